"""Scores and blocks: how the parts of lines are put together (SEMANTICS.md, decisions 1 to 9)."""

from __future__ import annotations

from dataclasses import replace

from ...grammar.late_methods import dataclass
from ..model import And, Block, Bound, Cases, Compare, Default, Expr, Line, Not, Or, Score
from ..rounding import to_units
from .effects import Adjust, Effects, Entry, Item, ItemPieces, difference
from .places import Place
from .rowsets import Pool, Pooled, for_each_lead
from .scalars import FALSE, TRUE, Ref, both, call, integer, is_known, only_if
from .selections import Selections
from .values import Values, compare


@dataclass(frozen=True)
class ScoreColumns:
    """A score: its clamped units and the entries of its account, in order."""

    score: Score
    units: Ref
    entries: tuple[Entry, ...]


class Blocks:
    """Makes the parts of blocks out of those of their items, and whole scores."""

    def __init__(self, values: Values, selections: Selections, effects: Effects) -> None:
        self._values = values
        self._selections = selections
        self._effects = effects
        self._book = values.book

    def score(self, score: Score) -> ScoreColumns:
        """The columns of a score."""
        place = Place(score.level)
        items = self._sum([self._item(item, place, score.name) for item in score.items], place, score.name)
        adjusted = self._adjusted(items, place, score.name)
        total, entries = adjusted.total, list(adjusted.entries)
        if score.bounds:
            bounded = self._bounded(score.bounds, adjusted, score.name, place)
            entries.append(Entry(score.name, "cap", difference(bounded, total), when=(adjusted.holds,)))
            total = bounded
        clamped = self._column(place, score.name, self._clamped(score, total))
        if score.low is not None or score.high is not None:
            entries.append(Entry(None, "clamp", difference(clamped, total)))
        return ScoreColumns(score, clamped, tuple(entries))

    def _clamped(self, score: Score, total: Expr) -> Expr:
        if score.high is not None:
            total = call("least", total, integer(to_units(score.high)))
        if score.low is not None:
            total = call("greatest", total, integer(to_units(score.low)))
        return total

    def _item(self, item: Line | Block, place: Place, name: str) -> Item:
        if isinstance(item, Line):
            return self._effects.line(item, place)
        name = item.id or name
        if item.kind == "when":
            return self._when(item, place, name)
        parts = [self._item(each, place, name) for each in item.items]
        if item.kind == "first":
            return self._sum(self._first(parts, place, name), place, name)
        if item.kind == "best":
            return self._sum(self._best(parts, place, name), place, name)
        return self._group(item, parts, place, name)

    def _when(self, block: Block, place: Place, name: str) -> Item:
        assert block.condition is not None
        condition = self._column(place, f"{name} when", self._values.value(block.condition, place))
        parts = [self._item(each, place, name) for each in block.items]
        return self._sum(parts, place, name).only_when(condition)

    def _first(self, parts: list[Item], place: Place, name: str) -> list[Item]:
        """Each counts where it holds and none before it does."""
        return self._only(parts, [part.holds for part in parts], place, f"{name} first")

    def _best(self, parts: list[Item], place: Place, name: str) -> list[Item]:
        """Only the largest total among those that hold; the first written on a tie."""
        totals = [self._column(place, f"{name} candidate", only_if(part.holds, part.total)) for part in parts]
        largest = self._column(place, f"{name} largest", call("greatest", *totals) if len(totals) > 1 else totals[0])
        wins = [
            both(Compare(op="==", left=total, right=largest), part.holds)
            for part, total in zip(parts, totals, strict=True)
        ]
        return self._only(parts, wins, place, f"{name} best")

    def _only(self, parts: list[Item], tests: list[Expr], place: Place, hint: str) -> list[Item]:
        """Of the parts only the first whose test holds."""
        cases = tuple((test, integer(number)) for number, test in enumerate(tests))
        chosen = self._column(place, hint, Cases(items=cases, kind="timestamp"))
        return [
            part.only_when(
                self._column(place, f"{hint} {number + 1}", Compare(op="==", left=chosen, right=integer(number)))
            )
            for number, part in enumerate(parts)
        ]

    def _group(self, block: Block, parts: list[Item], place: Place, name: str) -> Item:
        item = self._adjusted(self._sum(parts, place, name), place, name)
        if not block.bounds:
            return item
        bounded = self._bounded(block.bounds, item, name, place)
        cap = Entry(block.id, "cap", difference(bounded, item.total), when=(item.holds,))
        if item.pieces:
            pieces = ItemPieces(self._effects.capped(block.bounds, self._pooled(item, place), place))
            item = replace(item, pieces=(pieces,))
        return replace(item, total=bounded, entries=(*item.entries, cap))

    def _bounded(self, bounds: tuple[Bound, ...], item: Item, name: str, place: Place) -> Ref:
        """The total within bounds per period, then within the others, if anything fired."""
        total = item.total
        if any(bound.per is not None for bound in bounds):
            change = self._effects.per_period(bounds, self._pooled(item, place), place, name)
            assert change is not None
            total = call("add", total, Default(item=change, fallback=integer(0), kind="timestamp"))
        total = only_if(item.holds, self._effects.within(bounds, total, place), item.total)
        return self._column(place, f"{name} bounded", total)

    def _pooled(self, item: Item, place: Place) -> Pooled:
        """The valued rows of all lines below, each line's where it counts."""
        pools = []
        for part in item.pieces:
            applies = self._column(place, "applies", both(*part.when)) if part.when else TRUE
            applies = replace(applies, via="owner") if isinstance(applies, Ref) else applies
            rows = for_each_lead(part.rows) if place.row == "lead" else part.rows
            pools.append(Pool(rows, applies))
        return Pooled(tuple(pools), place.row)

    # --- sums and adjustments -----------------------------------------------------------------------------------

    def _sum(self, parts: list[Item], place: Place, name: str) -> Item:
        totals = [part.total for part in parts if part.total != integer(0)]
        total = call("add", *totals) if len(totals) > 1 else totals[0] if totals else integer(0)
        return Item(
            self._column(place, f"{name} holds", Or(items=tuple(part.holds for part in parts))) if parts else FALSE,
            self._column(place, f"{name} sum", total) if len(totals) > 1 else total,
            tuple(entry for part in parts for entry in part.entries),
            tuple(adjust for part in parts for adjust in part.adjusts),
            tuple(pieces for part in parts for pieces in part.pieces),
        )

    def _adjusted(self, item: Item, place: Place, name: str) -> Item:
        """The multipliers as written, then the last `set` that holds."""
        total, entries = item.total, list(item.entries)
        for adjust in item.adjusts:
            if adjust.kind == "multiplier":
                total, entry = self._multiplied(adjust, total, place)
                entries.append(entry)
        sets = [adjust for adjust in item.adjusts if adjust.kind == "set"]
        if sets:
            total, more = self._set(sets, total, place, name)
            entries += more
        return replace(item, total=total, entries=tuple(entries), adjusts=())

    def _multiplied(self, adjust: Adjust, total: Expr, place: Place) -> tuple[Ref, Entry]:
        factor = self._column(place, f"{adjust.line} factor", only_if(both(*adjust.when), adjust.value))
        applies = compare(">=", factor, integer(0))
        new = self._column(place, f"{adjust.line} total", only_if(applies, call("scaled", total, factor), total))
        return new, Entry(adjust.line, "multiplier", difference(new, total))

    def _set(self, sets: list[Adjust], total: Expr, place: Place, name: str) -> tuple[Ref, list[Entry]]:
        """The last that holds and has a value; each of the others gives way."""
        entries: list[Entry] = []
        taken: Expr = FALSE
        value: Expr = total
        for adjust in reversed(sets):
            wanted = self._column(place, f"{adjust.line} value", only_if(both(*adjust.when), adjust.value))
            known = is_known(wanted)
            here = known if taken == FALSE else And(items=(known, Not(item=taken)))
            wins = self._column(place, f"{adjust.line} wins", here)
            entries.append(Entry(adjust.line, "set", difference(wanted, total), when=(wins,)))
            value = only_if(wins, wanted, value)
            taken = wins if taken == FALSE else Or(items=(taken, wins))
        return self._column(place, f"{name} set", value), entries[::-1]

    def _column(self, place: Place, hint: str, expr: Expr) -> Ref:
        return self._book.formula(place.row, hint, expr)
