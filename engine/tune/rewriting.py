"""The suggestion as a change of the rules: the numbers behind `param`, and nothing else."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.diagnostics import Fix
from ...grammar.late_methods import dataclass
from ...grammar.source import Source
from ..compiled import Compiled
from ..compiling import compile_at
from ..fixes import edited, write
from ..folder import inside, read_text
from .rescoring import shown


class CannotWrite(ValueError):
    """The files are not as they were read, or are not the ruleset's own."""


@dataclass(frozen=True)
class Rewritten:
    """One file of rules, before and after."""

    source: Source
    after: str

    def diff(self, folder: str = "") -> list[str]:
        """The change as `patch -p1` and `git apply` take it, from the folder in which `folder` leads to the ruleset."""
        path = f"{folder}/{self.source.path}" if folder not in ("", ".") else self.source.path
        before, after = self.source.text.splitlines(), self.after.splitlines()
        return list(difflib.unified_diff(before, after, f"a/{path}", f"b/{path}", lineterm="", n=1))


def rewritten(ruleset: Compiled, values: Mapping[str, float]) -> list[Rewritten]:
    """The files that change, each with the numbers of its params replaced.

    Params of a ruleset that this one builds on stay as they are: they are tuned there.
    """
    fixes: dict[str, list[Fix]] = {}
    for param in _own(ruleset):
        if param.name in values:
            span = param.value.span
            fixes.setdefault(span.path, []).append(Fix(span, shown(values[param.name])))
    return [
        Rewritten(ruleset.sources[path], edited(ruleset.sources[path], some)) for path, some in sorted(fixes.items())
    ]


def not_own(ruleset: Compiled, values: Mapping[str, float]) -> list[str]:
    """The params that stand in a ruleset that this one builds on."""
    own = {param.name for param in _own(ruleset)}
    return sorted(name for name in values if name not in own)


def _own(ruleset: Compiled) -> Iterator[n.ParamDef]:
    return (item for file in ruleset.files for item in file.statements if isinstance(item, n.ParamDef))


def apply(ruleset: Compiled, values: Mapping[str, float]) -> list[Path]:
    """Writes the files, and gives their paths. Raises CannotWrite, and then all is as it was."""
    files = [(_place(ruleset, item.source), item) for item in rewritten(ruleset, values)]
    for path, item in files:
        write(path, item.after)
    now, _, _ = compile_at(ruleset.path)
    own = {name: value for name, value in values.items() if name not in not_own(ruleset, values)}
    if now is None or any(now.model.params.get(name) != value for name, value in own.items()):
        for path, item in files:
            write(path, item.source.text)
        raise CannotWrite("the rules do not mean what was tried; nothing was changed")
    return [path for path, _ in files]


def _place(ruleset: Compiled, source: Source) -> Path:
    """The file of a source, which must be as it was read."""
    root = ruleset.path
    path = root if root.is_file() else inside(root, source.path)
    found = read_text(path, source.path)[0] if isinstance(path, Path) else None
    if not isinstance(path, Path) or found is None or found.text != source.text:
        raise CannotWrite(f"`{source.path}` is not as it was read")
    return path
