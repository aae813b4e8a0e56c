"""Where rulesets are: a folder, a single file, or one that ships, by its name."""

from __future__ import annotations

from pathlib import Path

from ..grammar.diagnostics import Diagnostic, finding
from .folder import FAILURES, reason
from .suggest import did_you_mean, listing

MANIFEST = "ruleset.yaml"
OWN_DATA = "data"
WHAT = "a ruleset is a folder with a `ruleset.yaml`, or a file that ends in `.rules`"


def rulesets_folder() -> Path:
    """The folder with the rulesets that ship, and the standard vocabulary."""
    return Path(__file__).parent.parent / "rulesets"


def shipped() -> dict[str, Path]:
    """The rulesets that ship, by name."""
    return _shipped_in("*")


def published() -> dict[str, Path]:
    """Models that others have published, which ship as examples: `published/gitlab`."""
    return _shipped_in("published/*")


def _shipped_in(folders: str) -> dict[str, Path]:
    root = rulesets_folder()
    found = sorted(root.glob(f"{folders}/{MANIFEST}"))
    return {item.parent.relative_to(root).as_posix(): item.parent for item in found}


def find(path: str | Path) -> tuple[Path | None, list[Diagnostic]]:
    """The folder or file of a ruleset by its path or its shipped name; else the finding that it is not there."""
    place = Path(path)
    try:
        if place.is_dir() and (place / MANIFEST).is_file():
            return place, []
        if place.is_file() and place.suffix == ".rules":
            return place, []
        if str(path) in (named := shipped() | published()):
            return named[str(path)], []
        return None, [_not_found(place)]
    except FAILURES as error:
        return None, [finding("R107", f"`{path}` cannot be read: {reason(error)}")]


def own_data(path: str | Path) -> Path | None:
    """The data that lie with a ruleset, in its folder `data`."""
    place, _ = find(path)
    folder = place / OWN_DATA if place is not None else None
    return folder if folder is not None and folder.is_dir() else None


def _not_found(place: Path) -> Diagnostic:
    if place.name == MANIFEST and place.is_file():
        return finding("R101", f"`{place}` is the manifest of a ruleset", hint=f"name its folder: `{place.parent}`")
    if place.is_dir():
        rules = sorted(item.name for item in place.glob("*.rules"))
        hint = (
            f"add one, or name a file: `{place / rules[0]}`"
            if rules
            else "add one (`scoreline init DIR` writes a small ruleset)"
        )
        return finding("R101", f"the folder `{place}` has no `{MANIFEST}`", hint=hint)
    if place.is_file():
        return finding(
            "R101",
            f"`{place}` is no ruleset",
            hint=WHAT,
        )
    if place.exists():
        return finding("R101", f"`{place}` is no ruleset: it is neither a folder nor a file", hint=WHAT)
    near = [str(item) for item in sorted(place.parent.iterdir())[:500]] if place.parent.is_dir() else []
    by_last_name = {item.rpartition("/")[2]: item for item in published()}
    return finding(
        "R101",
        f"there is no ruleset `{place}`",
        hint=did_you_mean(
            by_last_name.get(str(place), str(place)),
            [*shipped(), *published(), *near],
            f"rulesets that ship: {listing(shipped()).removeprefix('known here: ')}, and those in `published`",
        ),
    )
