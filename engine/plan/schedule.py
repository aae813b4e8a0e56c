"""From wishes to steps: layer by layer, with as many outputs in one scan as engines like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from types import MappingProxyType

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Expr
from . import calm
from .ahead import NOTHING_AHEAD, Ahead, ever, is_there
from .atoms import Atom, Found, Lane, atom_of
from .book import BASE, OWN, Book, EntityColumn, needed_columns
from .calm import BUSY
from .differing import Differing
from .distinct import Distinct
from .flows import Flows
from .hits import AT_ONCE, Counting, Entries, Hits
from .inlining import inlined
from .looking_back import looked, told
from .outputs import Outputs
from .pace import Pace
from .rowsets import EventSet, LeadRows, Rows
from .scalars import Factor, Instant, Ref, event, has_window, leaves
from .selects import ACCOUNT_ROW, LEAD_ROW, Columns, Row, Selects
from .spells import NEAR, at_hand, at_instant, beginnings, by_turn, spells
from .steps import LEVELS, Query, Relation, Source, Step, Union
from .terms import Tally, as_tally

WIDEST = 60
"""Aggregates in one scan: beyond about a hundred, plans of engines turn bad."""

MOST_COLUMNS = 300
"""Formulas in one statement."""

ACCOUNT_OF_LEAD = Ref(level="lead", name="account", kind="timestamp")


@dataclass(frozen=True)
class Spelt:
    """The sums and counts of a level as they are at the instant, and those at hand; whether these say who is busy."""

    found: str
    near: str
    has_busy: bool


class Schedule:
    """Makes the steps after the population, in the order in which they can run."""

    def __init__(
        self,
        book: Book,
        roots: Iterable[str],
        entries: Sequence[Entries] = (),
        by_kind: bool = True,
        ahead: Ahead = NOTHING_AHEAD,
        counting: Counting = AT_ONCE,
        pace: Pace | None = None,
        results: Mapping[Level, Collection[str]] = MappingProxyType({}),
    ) -> None:
        """`results` are the columns of levels whose results may be a step of formulas themselves."""
        self._book = book
        self._results = results
        self._beside: dict[tuple[Level, str], str] = {}
        self.with_results: set[Level] = set()
        self._ahead = ahead
        self._free: set[str] = set()
        self._complete: dict[str, Level] = {}
        self._spelt: dict[Level, Spelt] = {}
        self._counted: set[str] = set()
        self._gathered: dict[Lane, bool] = {}
        self._roots = dict.fromkeys(roots)
        self._reads = needed_columns(book, self._roots)
        self._homes: dict[str, str] = {}
        self.steps: list[Step] = []
        self._selects = Selects(self.home)
        self._flows = Flows(self._selects, self.emit, rows=self.rows)
        self._outputs = Outputs(self._flows, self._selects)
        self._numbers = {
            name: count(1)
            for name in (
                *("lead", "account", "lead_events", "account_events", "lead_marks", "account_marks"),
                *("walked", "cooled"),
            )
        }

        asked = self.columns if by_kind else ()
        self.hits = Hits(book, self._selects, self._step, asked, entries, ahead.events, counting, pace)
        self._distinct = Distinct(book, self._selects, self._step, pace if ahead.events else None)
        added = Flows(self._selects, self.emit, counting.events)
        self._differing = Differing(self._selects, added, self._step, counting)

    @cached_property
    def _readers(self) -> dict[str, set[str]]:
        """For each column those that read it."""
        readers: dict[str, set[str]] = {}
        for name, reads in self._reads.items():
            for read in reads:
                readers.setdefault(read, set()).add(name)
        return readers

    def home(self, ref: Ref) -> str:
        """The relation in which a column of leads or accounts is found."""
        fields = ever(ref.level) if self._ahead.records else ref.level
        if (ref.level, ref.name) in self._beside:
            return self._beside[ref.level, ref.name]
        return fields if ref.name in OWN else self._homes.get(ref.name, fields)

    def is_ahead(self, ref: Ref) -> bool:
        """Whether a column is worked out for all who ever are there, whoever is at the instant."""
        return self._ahead.records and (ref.name in self._free or self._book.columns[ref.name].layer == BASE)

    def emit(self, name: str, relation: Relation, purpose: str) -> str:
        """A step with a number of its own."""
        name = f"{name}_{next(self._numbers.setdefault(name, count(1)))}"
        self._step(name, relation, purpose)
        return name

    def _step(self, name: str, relation: Relation, purpose: str) -> None:
        self.steps.append(Step(name, relation, purpose))

    @property
    def columns(self) -> list[EntityColumn]:
        """All columns that the results need, in the order in which they were asked for."""
        return [column for column in self._book.columns.values() if column.name in self._reads]

    def build(self) -> list[Step]:
        """All steps for the needed columns."""
        columns = [column for column in self.columns if column.layer >= 0]
        if self.hits:
            self.hits.prepare()
        self._add_told()
        for layer in range(max((column.layer for column in columns), default=-1) + 1):
            here = [column for column in columns if column.layer == layer]
            here = self._add_looks(here)
            outputs = self._add_hits(self._add_followed([column for column in here if column.formula is None]))
            outputs = self._add_differing(outputs)
            self._add_outputs([column for column in outputs if not isinstance(column.rows, LeadRows)])
            self._add_formulas(
                [column for column in here if column.formula is not None and column.level == "lead"], "lead"
            )
            self._add_outputs([column for column in outputs if isinstance(column.rows, LeadRows)])
            accounts = [column for column in here if column.formula is not None and column.level == "account"]
            self._add_formulas(accounts, "account")
        if self.hits:
            self.steps = [replace(step, relation=self.hits.of_events(step.relation)) for step in self.steps]
        return self.steps

    # --- the days before ----------------------------------------------------------------------------------------

    def _add_told(self) -> None:
        """What the tables of the day before tell."""
        for level in LEVELS:
            columns = [column for column in self.columns if column.told is not None and column.level == level]
            if columns:
                names = {column.name: column.told for column in columns if column.told is not None}
                name = self.emit(f"{level}_told", told(self._selects, level, names), "what was so the day before")
                self._settle(columns, name)

    def _add_looks(self, columns: list[EntityColumn]) -> list[EntityColumn]:
        """The columns that look back over the days; gives the others."""
        for column in columns:
            if column.look is not None:
                query = looked(self._selects, column.level, column.name, column.look)
                self._settle([column], self.emit(f"{column.level}_looks", query, f"for {column.name}: the days before"))
        return [column for column in columns if column.look is None]

    # --- hits ---------------------------------------------------------------------------------------------------

    def _add_hits(self, columns: list[EntityColumn]) -> list[EntityColumn]:
        """The columns that stand on atoms; gives the others."""
        if not self.hits:
            return columns
        tallies: dict[Lane, list[tuple[EntityColumn, Tally]]] = {}
        pivots: dict[Lane, list[tuple[EntityColumn, Atom, Found]]] = {}
        others: list[EntityColumn] = []
        for column in columns:
            found = atom_of(column.rows, column.output)
            lane = column.tally.lane if column.tally is not None else None if found is None else found[0].lane
            if lane is not None and self._is_gathered(lane):
                continue
            if column.tally is not None:
                tallies.setdefault(column.tally.lane, []).append((column, column.tally))
            elif found is not None:
                pivots.setdefault(found[0].lane, []).append((column, *found))
            else:
                others.append(column)
        for lane, summed in tallies.items():
            query = self.hits.tallied(lane, [(column.name, tally) for column, tally in summed])
            name = self.emit(f"{lane.key}_tallies", query, "sums of many lines")
            self._settle([column for column, _ in summed], name)
            self._note_counted(lane, name)
        for lane, asked in pivots.items():
            for start in range(0, len(asked), WIDEST):
                part = asked[start : start + WIDEST]
                query = self.hits.pivoted(lane, [(column.name, atom, found) for column, atom, found in part])
                name = self.emit(f"{lane.key}_found", query, f"what {len(part)} formulas need of single selections")
                self._settle([column for column, *_ in part], name)
                self._note_counted(lane, name)
        return others

    def _is_gathered(self, lane: Lane) -> bool:
        """Whether columns of a lane are found all at once; adds the step that finds them before the first is needed."""
        if lane not in self._gathered:
            found = self.hits.gathered(lane, self._formulas_reading)
            self._gathered[lane] = found is not None
            if found is not None:
                number = next(self._numbers[f"{lane.key}_marks"])
                query = self.hits.gather(lane, found, f"{lane.key}_marks_{number}")
                name = self.emit(f"{lane.key}_found", query, f"{len(found.asked)} sums and counts of selections")
                self._settle([self._book.columns[column] for column, _ in found.asked], name)
        return self._gathered[lane]

    def _formulas_reading(self, name: str) -> Iterator[Expr]:
        """What reads a column: formulas, or the column itself where it is a result or something else reads it."""
        if name in self._roots:
            yield Ref(level=self._book.columns[name].level, name=name, kind="timestamp")
        for reader in self._readers.get(name, ()):
            column = self._book.columns[reader]
            yield column.formula or Ref(level=column.level, name=name, kind="timestamp")

    def _note_counted(self, lane: Lane, name: str) -> None:
        """Whoever is calm has no row in a relation of what is counted at each instant."""
        if self.hits.is_counted_at_each(lane):
            self._counted.add(name)

    # --- different values ---------------------------------------------------------------------------------------

    def is_added(self, column: EntityColumn) -> bool:
        """Whether the values that a column counts are kept, and those of new events come to them."""
        return self._differing.is_added(column)

    def _add_differing(self, columns: list[EntityColumn]) -> list[EntityColumn]:
        """The columns that count different values which are kept; gives the others."""
        added = [column for column in columns if self.is_added(column)]
        for part, query in self._differing.counts(added):
            name = self.emit(f"{part[0].level}_set", query, f"for {part[0].name}: how many different values there are")
            self._settle(part, name)
        return [column for column in columns if not self.is_added(column)]

    # --- spells -------------------------------------------------------------------------------------------------

    def is_followed(self, column: EntityColumn) -> bool:
        """Whether what a column counts is followed from one instant to the next."""
        tally = as_tally(column)
        return self._distinct.is_followed(column) if tally is None else self.hits.is_followed(tally.lane)

    def _add_followed(self, columns: list[EntityColumn]) -> list[EntityColumn]:
        """The columns that are followed from one instant to the next; gives the others."""
        followed: list[EntityColumn] = []
        others: list[EntityColumn] = []
        for column in columns:
            (followed if self.is_followed(column) else others).append(column)
        for level in LEVELS:
            here = [column for column in followed if column.level == level]
            for start in range(0, len(here), WIDEST):
                self._add_spells(level, here[start : start + WIDEST])
        return others

    def _add_spells(self, level: Level, columns: list[EntityColumn]) -> None:
        tallies: dict[Lane, list[tuple[int, Tally]]] = {}
        changes: list[Query] = []
        for number, column in enumerate(columns):
            tally = as_tally(column)
            if tally is None:
                changes.append(self._distinct.changes(column, number))
            else:
                tallies.setdefault(tally.lane, []).append((number, tally))
        for lane, summed in tallies.items():
            changes += self.hits.changes(lane, summed)
        names = [column.name for column in columns]
        comings = [] if level == "account" or level in self._spelt else [*self.hits.comings(level, len(names))]
        if comings:
            changes += comings
            names.append(BUSY)
        changing = Union((by_turn(changes, names), beginnings(level, names)))
        changed = self.emit(f"{level}_changes", changing, "by how much sums and counts change, and when")
        spelling = spells(changed, names)
        spelt = self.emit(f"{level}_spells", spelling, "sums and counts, from when until when")
        near = spelt.replace("spells", "current")
        self._step(near, at_hand(spelt, spelling.names, "key"), NEAR)
        query = at_instant(self._selects, near, names[: len(columns)])
        found = self.emit(f"{level}_found", query, f"{len(columns)} sums and counts at the instant")
        self._settle(columns, found)
        self._spelt.setdefault(level, Spelt(found, near, bool(comings)))

    # --- outputs ------------------------------------------------------------------------------------------------

    def _add_outputs(self, columns: list[EntityColumn]) -> None:
        sets: dict[Rows, list[EntityColumn]] = {}
        for column in columns:
            assert column.rows is not None
            sets.setdefault(column.rows, []).append(column)
        shared: dict[tuple[object, ...], list[tuple[EventSet | LeadRows, list[EntityColumn]]]] = {}
        for rows, asked in sets.items():
            plain = [column for column in asked if column.output is not None and column.output.is_plain]
            if plain and isinstance(rows, (EventSet, LeadRows)) and self._flows.is_local(rows):
                group = (type(rows), rows.key, _joins(rows, plain))
                shared.setdefault(group, []).append((rows, plain))
                asked = [column for column in asked if column not in plain]
            self._add_own(rows, asked)
        for sets_of_kind in shared.values():
            for batch in _batches(sets_of_kind):
                self._add_shared(batch)

    def _add_shared(self, batch: list[tuple[EventSet | LeadRows, list[EntityColumn]]]) -> None:
        rows = batch[0][0]
        asked = [(rows, {column.name: column.output for column in columns if column.output}) for rows, columns in batch]
        query = self._outputs.shared(asked)
        if isinstance(rows, LeadRows):
            name = self.emit("account_leads", query, "roll-ups of leads, in one scan")
        else:
            name = self.emit(f"{rows.key}_events", query, f"counts and sums of events by {rows.key}, in one scan")
        self._settle([column for _, columns in batch for column in columns], name)

    def _add_own(self, rows: Rows, columns: list[EntityColumn]) -> None:
        """Outputs of a set that has to be worked out by itself."""
        simple = {c.name: c.output for c in columns if c.output and (c.output.is_plain or c.output.what == "distinct")}
        if simple:
            made = [column for column in columns if column.name in simple]
            name = self.emit(
                f"{rows.key}_set", self._outputs.plain(rows, simple), f"for {made[0].name}: a set of its own"
            )
            self._settle(made, name)
        for column in columns:
            if column.name not in simple:
                assert column.output is not None
                query = self._outputs.special(rows, column.name, column.output)
                self._settle([column], self.emit(f"{rows.key}_set", query, f"for {column.name}"))

    def _settle(self, columns: list[EntityColumn], home: str) -> None:
        for column in columns:
            self._homes[column.name] = home

    # --- formulas -----------------------------------------------------------------------------------------------

    def _add_formulas(self, columns: list[EntityColumn], level: Level) -> None:
        free = [column for column in columns if self._is_free(column)] if self._ahead.records else []
        self._add_values(free, level, ever(level))
        self._add_values([column for column in columns if column not in free], level, level)

    def _add_values(self, columns: list[EntityColumn], level: Level, base: str) -> None:
        own = ["key", "account"] if level == "lead" else ["key"]
        source, row, there = self._everybody(level, base)
        for start in range(0, len(columns), MOST_COLUMNS):
            part = columns[start : start + MOST_COLUMNS]
            formulas = {column.name: column.formula for column in part if column.formula is not None}
            kept = [
                name for name in formulas if name in self._roots or self._readers.get(name, set()) - formulas.keys()
            ]
            spelt = self._spelt.get(level)
            is_of_spells = spelt is not None and source.relation == spelt.found
            if level == "lead" and is_of_spells:
                formulas["account"] = ACCOUNT_OF_LEAD
            formulas = inlined(formulas, kept)
            purpose = f"{len(kept)} columns of each {level}, out of {len(part)} formulas"
            if self._results.get(level) and {*self._results[level]} <= {*kept}:
                beside = self._read_with_results(level)
                whole = self._selects.staged(source, row, formulas, [*own, *beside, *kept], there)
                self._add_results(level, whole, beside, purpose)
                self._settle(part, f"{level}_results")
                continue
            query: Query | Union | None = None
            if spelt is not None and is_of_spells:
                query = self._of_spells(level, spelt, row, formulas, [*own, *kept])
            if query is None:
                query = self._selects.staged(source, row, formulas, [*own, *kept], there)
            name = self.emit(f"{level}_values", query, purpose)
            self._settle(part, name)
            if base == level:
                self._complete[name] = level

    def _add_results(self, level: Level, query: Query, beside: Iterable[str], purpose: str) -> None:
        """A step of formulas that has all results: nothing is joined with it again."""
        name = f"{level}_results"
        self._step(name, query, f"the results of each {level}: {purpose}")
        self._beside.update({(level, each): name for each in beside})
        self._complete[name] = level
        self.with_results.add(level)

    def _read_with_results(self, level: Level) -> list[str]:
        """What is read of records by whoever reads the results."""
        names = dict.fromkeys(["id", "account_id"] if level == "lead" else ["id"])
        for column in self.columns if level == "lead" else ():
            if isinstance(column.rows, LeadRows):
                read = (self._book.columns[name] for name in self._reads[column.name])
                names |= {each.name: None for each in read if each.level == level and each.layer == BASE}
        return [name for name in names if name not in ("key", "account")]

    def _of_spells(
        self, level: Level, spelt: Spelt, row: Row, formulas: Columns, keep: list[str]
    ) -> Query | Union | None:
        """The values at the instant, as far as can be worked out once for each spell; None if that is not enough."""

        def is_of_spell(ref: Ref) -> bool:
            own = ref.via == "" and self.home(ref) == spelt.found
            return own or ref.name in OWN or self.is_ahead(ref)

        def is_counted(ref: Ref) -> bool:
            return ref.via == "" and self.home(ref) in self._counted

        parts = calm.parted(formulas, is_of_spell, is_counted, spelt.has_busy)
        if parts is None:
            return None
        has_busy = bool(parts.each)
        query = calm.of_spells(self._selects, Source(spelt.near), row, parts, keep, has_busy)
        known = self.emit(f"{level}_spelt", query, f"what hangs on the spell of each {level} alone")
        if not has_busy:
            return calm.at_instant(self._selects, known, dict.fromkeys(keep))
        plain = Row({"": event("key")})
        names = dict.fromkeys(name for name in query.names if name not in (*calm.SPAN, BUSY))
        query = calm.calm(self._selects, Source(known), plain, parts, keep)
        calmed = self.emit(
            f"{level}_calm", query, f"the values of each {level} of whom nothing is counted at each instant"
        )
        return calm.values(
            self._selects, calmed, calm.at_instant(self._selects, known, names, busy=True), plain, parts, keep
        )

    def _everybody(self, level: Level, base: str) -> tuple[Source, Row, tuple[Expr, ...]]:
        """Every lead or account of a relation, and by what they are there at the instant: for all who are, as their
        spells have them if there are any, or else out of those who ever are."""
        keys = LEAD_ROW.keys if level == "lead" else ACCOUNT_ROW.keys
        if not self._ahead.records or base != level:
            return Source(base), Row(keys, base), ()
        if level not in self._spelt:
            return Source(ever(level)), Row(keys, ever(level)), is_there()
        found = self._spelt[level].found
        return Source(found), Row({"": event("key"), "account": ACCOUNT_OF_LEAD}, found), ()

    def rows(self, level: Level, read: object) -> tuple[Source, Row]:
        """Every lead or account, from that relation which has most of what is read of them."""
        homes = Counter(self.home(leaf) for leaf in leaves(read) if isinstance(leaf, Ref) and leaf.via == "")
        best = max((name for name, of in self._complete.items() if of == level), key=homes.__getitem__, default=level)
        base = best if homes[best] else level
        return Source(base), Row(LEAD_ROW.keys if level == "lead" else ACCOUNT_ROW.keys, base)

    def _is_free(self, column: EntityColumn) -> bool:
        """Whether no instant decides a formula: it reads fields, and other formulas that read fields."""
        reads = leaves(column.formula)
        found = not has_window(column.formula) and all(isinstance(leaf, Ref) and self.is_ahead(leaf) for leaf in reads)
        if found:
            self._free.add(column.name)
        return found


def _joins(rows: EventSet | LeadRows, columns: list[EntityColumn]) -> bool:
    """Whether a scan has to join other relations for a set: such sets have a scan of their own."""
    read = (rows, *(column.output for column in columns))
    return any(isinstance(leaf, (Ref, Factor, Instant)) for leaf in leaves(read))


def _batches(
    sets: list[tuple[EventSet | LeadRows, list[EntityColumn]]],
) -> Iterator[list[tuple[EventSet | LeadRows, list[EntityColumn]]]]:
    batch: list[tuple[EventSet | LeadRows, list[EntityColumn]]] = []
    wide = 0
    for rows, columns in sets:
        if batch and wide + len(columns) > WIDEST:
            yield batch
            batch, wide = [], 0
        batch.append((rows, columns))
        wide += len(columns)
    if batch:
        yield batch
