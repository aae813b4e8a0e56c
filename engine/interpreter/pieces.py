"""The pieces of a line: each event, group of events or lead that it counts, and what that is worth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from ...grammar.late_methods import dataclass
from ..model import AtMost, Bound, Cooldown, Decay, Each, Line, Points, Selection
from ..rounding import to_units
from .decaying import Decayed, decayed
from .keys import key_of, period_key, smallest_spelling
from .often import often_enough
from .people import Event, Lead, newest
from .rows import Context, Row, lead_row
from .selections import whole, without_windows


@dataclass(eq=False, slots=True)
class Piece:
    """What is counted once. `events` are in the order of time; `at` is the time of the newest (None for a lead).

    `points` are those before decay; `units` what comes of them; `dropped` the modifier that left it out;
    `kept` what is left of the units after the bounds (see `bounds.py`).
    """

    row: Row
    id: str
    at: int | None
    events: Sequence[Event] = ()
    lead: Lead | None = None
    key: Hashable = None
    points: float | None = None
    decay: Decayed | None = None
    units: int | None = None
    kept: int = 0
    dropped: AtMost | Cooldown | None = None

    def again(self) -> Piece:
        """The piece once more, to be changed by itself (`dataclasses.replace` takes longer, and there are many)."""
        return Piece(
            self.row,
            self.id,
            self.at,
            self.events,
            self.lead,
            self.key,
            self.points,
            self.decay,
            self.units,
            self.kept,
            self.dropped,
        )


def pieces_of(context: Context, line: Line, row: Row) -> list[Piece]:
    """Everything that an `each` line could count, oldest first; what an `at most` leaves out is marked.

    Each is as old as itself, or all of them as the newest event by which the decay says they age.
    """
    assert line.each is not None and isinstance(line.effect, Points)
    pieces = _found(context, line.each, row)
    for piece in pieces:
        piece.points = context.number(line.effect.value, piece.row)
    for cooldown in (item for item in line.at_most if isinstance(item, Cooldown)):
        _cool_down(context, cooldown, line.each, row, pieces)
    for limit in (item for item in line.at_most if isinstance(item, AtMost)):
        _limit(context, limit, row, [piece for piece in pieces if piece.dropped is None])
    of_its_own = line.decay is None or line.decay.ages_by is None
    since = None if line.decay is None else aging_instant(context, line.decay, row)
    for piece in pieces:
        if piece.dropped is None:
            value(context, piece, line.decay, piece.at if of_its_own else since)
    return pieces


def aging_instant(context: Context, decay: Decay, row: Row) -> int | None:
    """When the newest event of the selection by which a decay ages happened."""
    event = None if decay.ages_by is None else newest(context.select(decay.ages_by, row).events)
    return None if event is None else event.at


def value(context: Context, piece: Piece, decay: Decay | None, since: int | None) -> None:
    """Works out what a piece is worth, which ages since an instant; where there is none, nothing decays."""
    points = piece.points
    if points is not None and decay is not None and since is not None:
        piece.decay = decayed(context, decay, points, since)
        points = piece.decay.after
    piece.units = to_units(points)
    piece.kept = piece.units or 0


# --- what there is to count -------------------------------------------------------------------------------------


def _found(context: Context, each: Each, row: Row) -> list[Piece]:
    if each.leads is not None:
        leads = sorted(context.leads(each.leads, row), key=lambda lead: lead.id)
        return [Piece(lead_row(lead), lead.id, None, lead=lead) for lead in leads]
    assert each.selection is not None
    events = context.select(each.selection, row).events
    if each.unit == "event":
        return [Piece(row.at_event(event), event.id, event.at, (event,), key=event.id) for event in events]
    return sorted(_groups(context, each, row, events), key=lambda piece: (piece.at, piece.id))


def _groups(context: Context, each: Each, row: Row, events: Iterable[Event]) -> Iterable[Piece]:
    """The groups that count: a local day, week or month, or a distinct known value."""
    groups: dict[Hashable, list[Event]] = {}
    for event in events:
        key = _group_key(context, each, row, event)
        if key is not None:
            groups.setdefault(key, []).append(event)
    for key, members in groups.items():
        if each.often is None or often_enough(context, each.often, row, members):
            yield _group_piece(context, each, row, key, members)


def _group_key(context: Context, each: Each, row: Row, event: Event) -> Hashable | None:
    if each.unit == "value":
        assert each.prop is not None
        return key_of(context, each.prop, row.at_event(event))
    assert each.unit in ("day", "week", "month")
    return period_key(context, each.unit, event.at)


def _group_piece(context: Context, each: Each, row: Row, key: Hashable, members: Sequence[Event]) -> Piece:
    """A group is as old as its newest event; a distinct value is shown in its smallest spelling."""
    last = newest(members)
    assert last is not None
    shown = None
    if each.prop is not None:
        prop = each.prop
        shown = prop, smallest_spelling([context.value(prop, row.at_event(event)) for event in members])
    return Piece(row.at_event(last, shown), last.id, last.at, members, key=key)


# --- which of it counts -----------------------------------------------------------------------------------------


def _cool_down(context: Context, cooldown: Cooldown, each: Each, row: Row, pieces: Sequence[Piece]) -> None:
    """Over all time, oldest first, a piece counts if none counted within the length before it (decision 5)."""
    assert each.selection is not None
    selection: Selection = each.selection
    endless = context.lasting.remembered(
        each, "endless", lambda: Each(each.unit, without_windows(selection), each.prop, each.often)
    )
    counting: set[Hashable] = set()
    last: int | None = None
    for piece in _found(context, endless, row):
        assert piece.at is not None
        if last is None or piece.at - last >= cooldown.length:
            last = piece.at
            counting.add(piece.key)
    for piece in pieces:
        if piece.key not in counting:
            piece.dropped = cooldown


def _limit(context: Context, limit: AtMost, row: Row, pieces: Sequence[Piece]) -> None:
    """Keeps of each group those worth most before decay, then the newest, then the smaller id."""
    kept = whole(context, limit.count, row)
    groups: dict[Hashable, list[Piece]] = {}
    for piece in sorted(pieces, key=_worth_most_first):
        groups.setdefault(group_of(context, limit, piece), []).append(piece)
    for group in groups.values():
        for piece in group[kept:]:
            piece.dropped = limit


def _worth_most_first(piece: Piece) -> tuple[bool, float, int, str]:
    return piece.points is None, -(piece.points or 0.0), -(piece.at or 0), piece.id


def group_of(context: Context, modifier: AtMost | Bound, piece: Piece) -> Hashable:
    """The calendar period, the contact or the value under which a piece is counted; those without one are a group."""
    if modifier.per == "value":
        assert modifier.prop is not None
        return key_of(context, modifier.prop, piece.row)
    if modifier.per == "contact":
        event = piece.row.event
        return None if event is None or event.lead is None else event.lead.id
    assert modifier.per is not None and piece.at is not None
    return period_key(context, modifier.per, piece.at)
