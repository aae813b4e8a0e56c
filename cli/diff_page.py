"""The page of `scoreline diff`: the verdict, the changes of the rules, and their effect on data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..grammar.late_methods import dataclass
from .diff_changes import can_and_cannot, counted, heading, point, verdict_text
from .diff_effect import blocks, headline
from .pages import Block, Code, Folded, Head, Page, Point, Points, Prose, Tone, said

if TYPE_CHECKING:
    from ..engine.compiling import Compiled
    from ..engine.impact.difference import Difference
    from ..engine.impact.effect import Effect
    from ..engine.impact.verdict import Verdict

MOST_CHANGES = 100
_TONES: dict[str, Tone] = {"identical": "good", "cosmetic": "good", "additive": "good", "breaking": "bad"}


@dataclass(frozen=True)
class Compared:
    """Everything that a page of a comparison tells.

    `failed` is why gates fail, `shown` are the names of both sides; `only_tried` where params were set for this once.
    """

    found: Difference
    verdict: Verdict
    effect: Effect | None
    shown: tuple[str, str]
    failed: Sequence[str] = ()
    passed: Sequence[str] = ()
    only_tried: bool = False


def page(compared: Compared) -> Page:
    """The page, the most important first."""
    return tuple(_blocks(compared))


def _blocks(compared: Compared) -> Iterator[Block]:
    found = compared.found
    yield Head(said(_title(found.old, found.new)), 1)
    yield Prose(said(Code(compared.shown[0]), " → ", Code(compared.shown[1])))
    yield Prose(said(verdict_text(compared.verdict, found)), _TONES.get(compared.verdict.word, "doubt"))
    if compared.effect is not None and found.changes:
        yield from headline(compared.effect)
    yield from _version(compared)
    yield from _gates(compared)
    if not found.changes:
        return
    yield Head(said(counted(found)))
    yield Points(tuple(point(change) for change in found.changes[:MOST_CHANGES]))
    if len(found.changes) > MOST_CHANGES:
        yield Prose(said(f"… and {len(found.changes) - MOST_CHANGES:,} more: `--format json` has all of them."))
    yield from _reach(found)
    if compared.effect is not None:
        yield from blocks(compared.effect, found.new.model.timezone)


def _title(old: Compiled, new: Compiled) -> str:
    before, after = (side.name if side.is_single_file else f"{side.name} {side.version}" for side in (old, new))
    if old.name == new.name and not new.is_single_file:
        after = new.version
    return before if (old.name, old.version) == (new.name, new.version) else f"{before} → {after}"


def _gates(compared: Compared) -> Iterator[Block]:
    points = [Point(said(text), sign="−") for text in compared.failed]
    points += [Point(said(Code(text), " is not the case"), sign="+") for text in compared.passed]
    if points:
        yield Points(tuple(points))


def _version(compared: Compared) -> Iterator[Block]:
    """That the meaning changed and the version did not rise."""
    from ..engine.impact.versions import means_something_else, next_version, rises

    old, new = compared.found.old, compared.found.new
    is_next = old.name == new.name and not compared.only_tried
    if is_next and means_something_else(compared.verdict) and not rises(old.version, new.version):
        fitting = next_version(old.version, compared.verdict)
        yield Prose(said(f"The version has not risen: it was {old.version}, and {fitting} would fit."), "doubt")


def _reach(found: Difference) -> Iterator[Block]:
    """Rules that mean something else although no change names them, and what provably stays."""
    named = {user for change in found.changes for user in change.users}
    points = [Point(said(*heading(item.now))) for item in found.affected if item.now not in named]
    if points:
        yield Folded(said("Also mean something else, as they stand"), (Points(tuple(points)),))
    can, cannot = can_and_cannot(found)
    if cannot and can:
        yield Prose(said(f"Provably the same for everyone: {', '.join(cannot)}."))
