"""`scoreline fmt`: files of rules in their canonical form."""

from __future__ import annotations

import difflib
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..grammar.late_methods import dataclass
from .console import say, say_next, tell
from .failures import WRONG, fail
from .reports import Report, plural, printable, render

if TYPE_CHECKING:
    from ..grammar.diagnostics import Diagnostic
    from ..grammar.source import Source

STDIN = "-"


@dataclass(frozen=True)
class Outcome:
    """A file as it is and as it should be; `after` is None where `findings` say why it is left alone."""

    source: Source
    before: str
    after: str | None
    findings: Sequence[Diagnostic]

    @property
    def changes(self) -> bool:
        return self.after not in (None, self.before)


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], check: bool, diff: bool) -> None:
    """Write files of rules in their canonical form: one spelling, one layout, every comment kept.

    PATH is a file, a folder (all `.rules` files in it), or - for standard input, whose result goes to standard
    output. What the rules mean never changes; a file that cannot be read is left as it is.
    """
    piped = paths == (STDIN,)
    outcomes = [_piped()] if piped else [_read(path) for path in _files(paths)]
    if diff:
        tell("".join(_diff(outcome) for outcome in outcomes if outcome.changes), end="")
    elif piped and not check:
        tell(outcomes[0].after or "", end="")
    elif not check:
        for outcome in outcomes:
            _write(outcome)
    wrong = _say_findings(outcomes)
    if not piped:
        _say_summary(outcomes, would=check or diff, name_each=not diff)
        if (check or diff) and any(outcome.changes for outcome in outcomes):
            say_next(f"scoreline fmt {shlex.join(paths)}")
    if wrong or (check and any(outcome.changes for outcome in outcomes)):
        ctx.exit(WRONG)


# --- reading ----------------------------------------------------------------------------------------------------------


def _files(paths: Sequence[str]) -> list[Path]:
    """The files of rules that are named or stand in the folders, each once; hidden folders are left out."""
    found: dict[Path, Path] = {}
    for name in paths:
        path = Path(name)
        if name == STDIN:
            fail("`-` stands alone: standard input is one file", "format files and standard input one after the other")
        if path.is_dir():
            for file in sorted(path.rglob("*.rules")):
                if not any(part.startswith(".") for part in file.relative_to(path).parts) and file.is_file():
                    found.setdefault(file.resolve(), file)
        elif path.is_file():
            if path.suffix != ".rules":
                fail(f"`{name}` is no file of rules", "name files that end in `.rules`, or a folder with such files")
            found.setdefault(path.resolve(), path)
        else:
            fail(f"there is no file or folder `{name}`", "name a file of rules, or a folder with such files")
    return list(found.values())


def _read(path: Path) -> Outcome:
    from ..engine.folder import read_text
    from ..grammar.formatting import formatted
    from ..grammar.source import Source

    source, findings = read_text(path, str(path))
    if source is None:
        return Outcome(Source(str(path), ""), "", None, findings)
    written = path.read_bytes().decode("utf-8")
    text, findings = formatted(source)
    if text is not None and written.partition("\n")[0].endswith("\r"):
        text = text.replace("\n", "\r\n")
    return Outcome(source, written, text, findings)


def _piped() -> Outcome:
    from ..grammar.formatting import formatted
    from ..grammar.source import Source

    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fail(f"standard input is not UTF-8 text (byte {error.start + 1})", "save it as UTF-8")
    source = Source("<stdin>", text)
    after, findings = formatted(source)
    return Outcome(source, text, after, findings)


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(outcome: Outcome) -> None:
    if not outcome.changes:
        return
    from ..engine.writers import Together

    target = Path(outcome.source.path).resolve()
    with Together(target.parent) as files:
        part = files.path(target.name)
        part.write_text(outcome.after or "", encoding="utf-8", newline="")
        shutil.copymode(target, part)


def _diff(outcome: Outcome) -> str:
    path = printable(outcome.source.path)
    lines = difflib.unified_diff(
        outcome.before.splitlines(keepends=True), (outcome.after or "").splitlines(keepends=True), path, path
    )
    return "".join(_coloured(line) for line in _ended(lines))


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _coloured(line: str) -> str:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    if line.startswith(("+++", "---")):
        return click.style(line, bold=True)
    return click.style(line, fg=colours[line[0]]) if line[0] in colours else line


def _say_findings(outcomes: Sequence[Outcome]) -> bool:
    """What keeps files from being formatted; gives whether there is any."""
    findings = tuple(found for outcome in outcomes for found in outcome.findings)
    if findings:
        say(render(Report(findings, {outcome.source.path: outcome.source for outcome in outcomes}), "text") + "\n")
    return bool(findings)


def _say_summary(outcomes: Sequence[Outcome], would: bool, name_each: bool) -> None:
    changed = [outcome.source.path for outcome in outcomes if outcome.changes]
    kept = sum(outcome.after == outcome.before for outcome in outcomes)
    left = sum(outcome.after is None for outcome in outcomes)
    for path in changed if name_each else ():
        say(f"{'would format' if would else 'formatted'} {printable(path)}")
    verb = "would be formatted" if would else "formatted"
    counts = [
        f"{plural(len(changed), 'file')} {verb}" if changed else "",
        f"{plural(kept, 'file')} already in form" if kept else "",
        f"{plural(left, 'file')} left alone because of errors" if left else "",
    ]
    say(", ".join(filter(None, counts)) or "no files of rules there")
