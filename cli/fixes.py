"""`scoreline validate --fix`: what was mended, shown as a change of the files."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import click

from ..engine.fixes import Mending, mend
from ..engine.folder import read_text
from .console import say
from .failures import fail
from .reports import plural, printable

_COLOURS = {"-": "red", "+": "green", "@": "cyan"}


def fix(name: str) -> None:
    """Mend what can be mended in a ruleset, and say what was changed."""
    place = Path(name)
    if not place.exists():
        fail(f"`{name}` is no path, so `--fix` has nothing to change", "copy the ruleset, and name its folder")
    done = mend(place)
    for line in told(place, done):
        say(line)


def told(place: Path, done: Mending) -> Iterator[str]:
    """What was mended, and the changed lines."""
    if not done.mended:
        yield "nothing here mends itself\n"
        return
    for each in done.mended:
        verb = "corrected" if each.is_correction else "mended"
        where = f"{each.finding.span.path}:{each.finding.span.line}"
        yield f"{verb} {where} {each.finding.code} {printable(each.finding.message)}"
    for path, before in done.originals.items():
        after, _ = read_text(place / path if place.is_dir() else place, path)
        yield ""
        yield from _changes(path, before, after.text if after else "")
    kept = sum(not each.is_correction for each in done.mended)
    what = [plural(kept, "fix that keeps the meaning", "fixes that keep the meaning")] if kept else []
    corrected = len(done.mended) - kept
    what += [plural(corrected, "correction") + " of what could not be read"] if corrected else []
    yield f"\n{' and '.join(what)}\n"


def _changes(path: str, before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), path, path, lineterm="", n=0)
    for line in lines:
        if not line.startswith(("---", "+++")):
            yield click.style(f"  {printable(line)}", fg=_COLOURS.get(line[0]))
        elif line.startswith("+++"):
            yield click.style(path, bold=True)
