"""Mending a ruleset on disk: the fixes that findings offer, applied in rounds, as long as they do what they promise.

A fix of a lint keeps the meaning of the rules to the last digit; should it not, it is taken back. A fix of an error is
a correction: the text meant nothing before. It stays only if less of the text is left that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from pathlib import Path

from ..grammar.diagnostics import Diagnostic, Fix
from ..grammar.late_methods import dataclass
from ..grammar.parser import parse
from ..grammar.source import Source, Span
from .compiling import Compiled, compile_at
from .folder import inside
from .lints.allowances import allowing
from .model import Block, Definition, Disqualification, Line, Model, Score
from .places import find
from .scenarios.files import load_scenarios
from .writers import Together

MOST_ROUNDS = 50


@dataclass(frozen=True)
class Mended:
    """One finding that was mended, with the text of its line before and after."""

    finding: Diagnostic
    before: str
    after: str

    @property
    def is_correction(self) -> bool:
        """Whether it gave a meaning to what had none; else the meaning is the same as before."""
        return self.finding.is_error


@dataclass
class Mending:
    """What was mended, and the texts of the changed files as they were."""

    mended: list[Mended] = field(default_factory=list)
    originals: dict[str, str] = field(default_factory=dict)


def mend(place: Path) -> Mending:
    """Apply the fixes of the findings in a ruleset's own files until none is left, or none helps."""
    done = Mending()
    refused: set[tuple[str, str, str]] = set()
    for _ in range(MOST_ROUNDS):
        compiled, findings, sources = compile_at(place)
        offered = [item for item in _offered(place, compiled, findings, sources) if _key(item, sources) not in refused]
        path = next((item.span.path for item in offered), None)
        if path is None:
            break
        chosen = list(_apart(item for item in offered if item.span.path == path))
        if not _try(place, compiled, findings, sources[path], chosen, done):
            if len(chosen) > 1:  # one of them is to blame: the first alone, and the others after it
                chosen = chosen[:1]
                if _try(place, compiled, findings, sources[path], chosen, done):
                    continue
            refused.update(_key(item, sources) for item in chosen)
    return done


def _key(item: Diagnostic, sources: dict[str, Source]) -> tuple[str, str, str]:
    """What a finding is about, wherever its line has moved to."""
    return item.code, item.message, sources[item.span.path].line(item.span.line)


# --- what can be mended --------------------------------------------------------------------------------------------


def _offered(
    place: Path, compiled: Compiled | None, findings: Sequence[Diagnostic], sources: dict[str, Source]
) -> Iterator[Diagnostic]:
    """The findings with a fix, errors first: what they hide cannot be judged before."""
    named = _named_by_scenarios(compiled)
    usable = []
    for item in findings:
        source = sources.get(item.span.path)
        if source is None or _on_disk(place, source) is None:
            continue
        offer = item if item.fix is not None or item.code != "L505" else replace(item, fix=_comment_out(item, source))
        is_guess = item.is_error and not item.code.startswith("S")  # which name was meant is for a person to say
        if offer.fix is not None and not is_guess and not any(f"`{name}`" in item.label for name in named):
            usable.append(offer)
    errors = [item for item in usable if item.is_error]
    return iter(errors or usable if compiled is not None or errors else [])


def _on_disk(place: Path, source: Source) -> Path | None:
    """The file of a source, if it is one of this ruleset's own."""
    root, _ = find(place)
    if root is None or not source.path.endswith(".rules"):
        return None
    path = root if root.is_file() and root.name == source.path else inside(root, source.path)
    return path if isinstance(path, Path) and path.read_text("utf-8-sig") == source.text else None


def _named_by_scenarios(compiled: Compiled | None) -> set[str]:
    """The ids of lines that scenarios speak of: a made id that stands there must stay."""
    if compiled is None or not compiled.path.is_dir():
        return set()
    files, _, _ = load_scenarios(compiled.path, compiled.model)
    scenarios = (scenario for file in files for scenario in file.scenarios)
    return {each.name for scenario in scenarios for each in scenario.expected if each.role in ("line", "not_line")}


def _comment_out(item: Diagnostic, source: Source) -> Fix | None:
    """Takes an allowance that allows nothing out of its comment, and the comment with the last of them."""
    code = re.search(r"`(\w+)`", item.message)
    for number in range(item.span.end_line, 0, -1) if code else ():
        text = source.line(number)
        found = re.search(rf"\s*#\s*{allowing(code[1])}", text) if code else None
        if found is not None and code is not None:
            return _without(found, code[1], text, Span(source.path, number, 1, number, len(text) + 1))
        if number < item.span.line and not text.lstrip().startswith("#"):
            break
    return None


def _without(found: re.Match[str], code: str, text: str, whole: Span) -> Fix:
    """The line without a code in its comment; without the comment, if the code was the only one."""
    head, *rest = re.split(r"(?<=allow)\s+", found[0], maxsplit=1)
    words = re.match(r"((?:[A-Z]\d{3}\b[\s,]*)*)(.*)", rest[0])
    others = [each for each in re.findall(r"[A-Z]\d{3}", words[1]) if each != code] if words else []
    before = text[: found.start()]
    if words and others:
        return Fix(whole, f"{before}{head} {', '.join(others)} {words[2]}".rstrip())
    if not before.strip():
        return Fix(replace(whole, end_line=whole.line + 1, end_column=1), "")
    return Fix(whole, before.rstrip())


def _apart(found: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
    """The fixes that do not touch each other; the rest wait for the next round."""
    end = (0, 0)
    for item in sorted(found, key=lambda item: (item.fix.span, item.code) if item.fix else (item.span, item.code)):
        assert item.fix is not None
        span = item.fix.span
        if (span.line, span.column) > end:
            yield item
            end = span.end_line, span.end_column


# --- trying it --------------------------------------------------------------------------------------------------------


def _try(
    place: Path,
    compiled: Compiled | None,
    findings: Sequence[Diagnostic],
    source: Source,
    chosen: Sequence[Diagnostic],
    done: Mending,
) -> bool:
    """Write the fixes; take them back where they do not help."""
    path = _on_disk(place, source)
    after = Source(source.path, edited(source, [item.fix for item in chosen if item.fix is not None]))
    if path is None or after.text == source.text or _errors(parse(after)[1]) > _errors(parse(source)[1]):
        return False
    write(path, after.text)
    now, left, _ = compile_at(place)
    if compiled is None:
        said = {(item.code, item.message) for item in left}
        helps = not all((item.code, item.message) in said for item in chosen) or len(left) < len(findings)
    else:
        helps = now is not None and meaning(now.model) == meaning(compiled.model)
    if not helps:
        write(path, source.text)
        return False
    done.originals.setdefault(source.path, source.text)
    shift = 0
    for item in chosen:
        done.mended.append(Mended(item, source.line(item.span.line), after.line(item.span.line + shift)))
        shift += _lines_added(item)
    return True


def _lines_added(item: Diagnostic) -> int:
    return 0 if item.fix is None else item.fix.text.count("\n") - (item.fix.span.end_line - item.fix.span.line)


def _errors(findings: Sequence[Diagnostic]) -> int:
    return sum(item.is_error for item in findings)


def meaning(model: Model) -> str:
    """The fingerprint of a model whatever its lines are called."""
    return replace(model, order=tuple(_nameless(item) for item in model.order)).fingerprint


def _nameless(definition: Definition) -> Definition:
    if isinstance(definition, Disqualification):
        return replace(definition, id="")
    return replace(definition, items=_unnamed(definition.items)) if isinstance(definition, Score) else definition


def _unnamed(items: tuple[Line | Block, ...]) -> tuple[Line | Block, ...]:
    return tuple(
        replace(item, id="") if isinstance(item, Line) else replace(item, items=_unnamed(item.items)) for item in items
    )


# --- text -------------------------------------------------------------------------------------------------------------


def edited(source: Source, fixes: Sequence[Fix]) -> str:
    """The text with some replacements that do not overlap.

    >>> fixes = Fix(Span("a.rules", 1, 3, 1, 4), "=="), Fix(Span("a.rules", 2, 1, 2, 1), "c")
    >>> edited(Source("a.rules", "a = 1\\nb"), fixes)
    'a == 1\\ncb'
    """
    starts = [0]
    for line in source.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    text = source.text
    for fix in sorted(fixes, key=lambda fix: fix.span, reverse=True):
        span = fix.span
        begin = starts[span.line - 1] + span.column - 1
        end = min(starts[min(span.end_line, len(starts)) - 1] + span.end_column - 1, len(source.text))
        before = text[:begin]
        if not fix.text and span.line == span.end_line and text[end : end + 1] in ("", "\n"):
            before = before.rstrip(" ")
        text = before + fix.text + text[end:]
    return text


def write(path: Path, text: str) -> None:
    """A file of rules with the line ends and the mark at its start that it had; beside it first, then renamed."""
    before = path.read_bytes()
    with Together(path.parent) as files, files.text(path.name) as out:
        out.write("\ufeff" if before.startswith(b"\xef\xbb\xbf") else "")
        out.write(text.replace("\n", "\r\n") if b"\r\n" in before else text)
