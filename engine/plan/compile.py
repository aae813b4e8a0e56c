"""`plan`: a checked model as relational steps. Pure: no data, no instant, no dialect."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..garbage import uncollected
from ..instants import Zone
from ..model import Const, Expr, Grade, Measure, Model, Or, Result, Score, Stages
from .adapter import EventColumns
from .ahead import EVENT_EVER, NOTHING_AHEAD, Early, ahead
from .arriving import Arriving
from .atoms import atom_of
from .book import BASE, Book, EntityColumn, needed_columns
from .carried import Carrying, carried
from .compact import compacted
from .definitions import Compiler
from .early_tests import try_early
from .effects import Entry
from .errors import NeedsItself
from .flows import distinct_rows
from .history import history_columns
from .hits import AT_ONCE, Counting, Entries, Hits, worths
from .nothing import nothing
from .pace import ALWAYS, DAYS, Pace
from .past import Knows, Past
from .population import Population, ignored
from .reach import ANY, Reach, reach, youngest_out
from .scalars import FALSE, Column, Ref, both, call, event, is_known, leaves, only_if
from .schedule import Schedule
from .selects import ACCOUNT_ROW, LEAD_ROW, Row, Selects, made_from, wanted
from .steps import LEVELS, NOTHING_CARRIED, Chain, DecayStep, Join, Plan, Query, ResultColumn, Source, Step, Union
from .terms import FEWEST, Term, Terms

Results = Mapping[Level, tuple[ResultColumn, ...]]


Physical = Literal["auto", "wide", "by kind", "in spells"]
"""How selections are counted: `by kind` looks up by the kind and age of an event which of them it is in; `wide` tests
each of them for each event, which takes less than to set that up where there are few. `in spells` is `by kind`, where
counts are followed from one of many instants to the next wherever that can be done (see `spells.py`)."""

DOUBT = "in doubt"
"""The title of the column that says whose results the days before may change."""

_ID = ResultColumn("id", "id", "id", "text")

Titles = Mapping[Level, Collection[str]]

FEW = 6
"""Up to so many questions about events are asked `wide`."""


def plan(
    model: Model,
    contributions: bool = True,
    physical: Physical = "auto",
    screened: bool = False,
    history: bool = False,
    versioned: bool = True,
    many: Pace | None = None,
    only: Titles | None = None,
    counting: Counting = AT_ONCE,
    entries_of: Collection[Level] = LEVELS,
    recorded: bool = False,
) -> Plan:
    """The steps that compute a model's results, and with `contributions` the account of every score.

    `screened`: with a step that says of each event which line ignores it. `history`: also since when stages are so, and
    when each was first held. `versioned`: whether any record of the data may be dated (`valid_from`). `many`: for many
    instants of that pace (see `across.py`), where what no instant decides is worked out once. `only`: these results
    alone, by their titles; none of a level leave it out. `counting`: from which events selections are counted (see
    `increments.py`). `entries_of`: of which levels the account of scores is made. `recorded`: everyone whom the data
    name has a record, and none of these is a version, so that records are taken as they stand. Raises PlanError for
    what cannot be expressed in SQL, with its place in the rules.
    """
    early = None if versioned else many
    with uncollected():
        made = _Planner(
            model,
            contributions,
            physical,
            screened=screened,
            history=history,
            early=early,
            counting=counting,
            entries_of=entries_of,
            recorded=recorded,
            at_once=many is None and not contributions and counting == AT_ONCE,
        )
        found = made.build(only)
        if not made.remembers:
            return found
        doubt = _Planner(model, False, physical, history=history).build_doubt()
        return replace(found, days=_days(model, physical, history, None if versioned else DAYS), doubt=doubt)


def _days(model: Model, physical: Physical, history: bool, early: Pace | None) -> Plan:
    """The plan of the days before: of many at once, unless what a day shows decides how the next one is worked out."""
    try:
        return _Planner(model, False, physical, "looks back", history=history, early=early).build_days()
    except NeedsItself:
        return _Planner(model, False, physical, "told", history=history, early=early).build_days()


@dataclass(frozen=True)
class _Listed:
    """An entry with its place in the order of evaluation."""

    level: Level
    score: str
    entry: Entry
    columns: tuple[str | None, str | None, str | None, str | None]


class _Planner:
    def __init__(
        self,
        model: Model,
        contributions: bool,
        physical: Physical,
        knows: Knows = "told",
        screened: bool = False,
        history: bool = False,
        early: Pace | None = None,
        counting: Counting = AT_ONCE,
        entries_of: Collection[Level] = LEVELS,
        recorded: bool = False,
        at_once: bool = False,
    ) -> None:
        self._at_once = at_once
        self._model = model
        self._recorded = recorded
        self._history = history
        self._early = early
        self._counting = counting
        self._entries_of = [level for level in LEVELS if level in entries_of]
        self._ahead = NOTHING_AHEAD
        self._screened = screened
        self._physical = physical
        self._contributions = contributions
        self._book = Book()
        self._events = EventColumns(self._book, model.schema, Zone.named(model.timezone), model.session_gap)
        self._past = Past(self._book, knows)
        self._compiler = Compiler(model, self._book, self._events, self._past, contributions)
        self._ignored = ignored(model, self._compiler.values)
        self._all = {level: tuple(self._results(level)) for level in LEVELS}

    @property
    def remembers(self) -> bool:
        """Whether anything asks for the days before."""
        return bool(self._past.asked) or any(self._past.kept.values())

    def build(self, only: Titles | None = None) -> Plan:
        """The plan of all results, or of some."""
        asked = self._all
        if only is not None:
            asked = {level: tuple(each for each in asked[level] if each.title in only[level]) for level in LEVELS}
        return self._build(asked, list(self._listed()) if self._contributions else [], self._told_next())

    def build_doubt(self) -> Plan | None:
        """The plan of who may have other results if he is told of the days before; None where that may be anybody."""
        if self._past.asked or self._compares_all():
            return None
        return self._build({level: (_ID, *self._doubt(level)) for level in LEVELS}, [])

    def _doubt(self, level: Level) -> Iterator[ResultColumn]:
        tests = self._past.doubts[level]
        if tests:
            made = self._book.formula(level, DOUBT, Or(items=tuple(dict.fromkeys(tests)), kind="bool"))
            yield ResultColumn(made.name, DOUBT, "kept", "bool")

    def build_days(self) -> Plan:
        """The plan of what a day must tell the next one."""
        kept = self._told_next()
        made = self._build(dict.fromkeys(LEVELS, (_ID,)), [], kept)
        return replace(made, looks_back=self._past.knows == "looks back", compares=self._compares_all())

    def _told_next(self) -> Results:
        """What a day must tell the next one."""
        for level in (level for level in LEVELS if level in self._past.asked):
            self._past.keep_stage(level, self._compiler.result(Result(level=level, what="stage", name="")))
        return {level: tuple(self._kept(level)) for level in LEVELS}

    def _kept(self, level: Level) -> Iterator[ResultColumn]:
        for title, ref in self._past.kept[level].items():
            yield ResultColumn(ref.name, title, "kept", ref.kind)

    def _compares_all(self) -> bool:
        """Whether what a day must tell the next one compares anybody with all others."""
        kept = [ref.name for refs in self._past.kept.values() for ref in refs.values()]
        return bool(self._book.ranked & needed_columns(self._book, kept).keys())

    def _build(self, results: Results, everything: list[_Listed], kept: Results = MappingProxyType({})) -> Plan:
        book, model = self._book, self._model
        made = {level: (*results[level], *kept.get(level, ())) for level in LEVELS}
        roots = [column.name for level in LEVELS for column in made[level] if column.role != "id"]
        schedule, listed, entries = self._scheduled(roots, everything, self._as_they_are(made))
        schedule.build()
        shown = [level for level in LEVELS if made[level] or self._contributions]
        left = [level for level in shown if level not in schedule.with_results]
        last = [self._result_step(level, made[level], schedule) for level in left]
        body = [*schedule.steps, *last]
        if self._contributions:
            body.append(_contributions(listed, entries, schedule))
        decays = self._decay_steps(body, schedule.hits)
        read = self._reach(schedule)
        population = self._population(schedule, read, (*body, *decays))
        return Plan(
            model=model,
            steps=self._in_little_room((*population.build(), *_with_decays(body, decays))),
            instant=tuple(book.instants.values()),
            results=results,
            reasons=tuple(line.text for line in model.ignored),
            contributions="contributions" if self._contributions else None,
            entries=tuple((item.level, item.score, item.entry.line, item.entry.kind) for item in everything),
            reach=read,
            kept=kept,
            history=self._history,
            compares=bool(book.ranked & needed_columns(book, roots).keys()),
            carried=population.carried,
            again=population.again() if isinstance(population, Carrying) else (),
        )

    def _in_little_room(self, steps: tuple[Step | DecayStep, ...]) -> tuple[Step | DecayStep, ...]:
        """The steps, whose events take little room where all are there at once."""
        if self._counting.is_additive or self._early is not None:
            return steps
        return tuple(compacted(steps, "event", self._book.events, ("lead", "account")))

    def _population(self, schedule: Schedule, read: Reach, asked: tuple[Step | DecayStep, ...]) -> Population:
        """What makes the steps before the schedule's."""
        fields = [column.name for column in schedule.columns if column.layer == BASE]
        names = read_of(asked, "event")
        if self._counting.is_additive:
            return self._additive(schedule, read, asked, fields, names)
        if self._early is None:
            return Population(self._book, self._ignored, read, fields, names, self._screened, recorded=self._recorded)
        if not self._ahead.events:
            return Early(self._book, self._ignored, read, fields, names, None)
        ahead = (read, read_of(asked, EVENT_EVER))
        later = self._reach(schedule, atoms=not schedule.hits.are_ahead, followed=False)
        return Early(self._book, self._ignored, later, fields, names, ahead)

    def _additive(
        self, schedule: Schedule, read: Reach, asked: tuple[Step | DecayStep, ...], fields: list[str], names: list[str]
    ) -> Population:
        """The same where new events are added to what was found before, or will be."""
        counted = self._counting.events
        new = read_of(asked, counted) if self._counting.adds else []
        left = carried(self._book, self._ignored, [*names, *new], read)
        if not self._counting.adds:
            return Carrying(self._book, self._ignored, read, fields, names, left)
        others = (self._reach(schedule, atoms=False), names)
        there = left if left == self._counting.carried else NOTHING_CARRIED
        relations = {counted: (read, new), "event": others}
        return Arriving(self._book, self._ignored, fields, relations, there, schedule.hits.told)

    def _as_they_are(self, results: Results) -> Titles:
        """The columns of those levels whose results are columns as they are worked out."""
        if not self._at_once:
            return {}
        numbers = {
            level for level in LEVELS for each in results[level] if each.role == "measure" and each.kind == "number"
        }
        names = {level: [each.name for each in results[level] if each.role != "id"] for level in LEVELS}
        return {level: names[level] for level in LEVELS if names[level] and level not in numbers}

    def _scheduled(
        self, roots: list[str], listed: list[_Listed], results: Titles
    ) -> tuple[Schedule, list[tuple[int, _Listed]], list[Entries]]:
        """The schedule; which entries are columns of leads and accounts, and which are found atom by atom."""
        numbered = list(enumerate(listed))
        wide = [*roots, *(name for item in listed for name in item.columns if name is not None)]
        if not self._reads_sessions(wide):
            self._book.sessions = None
        if self._early is not None:
            self._ahead = ahead(self._book, self._ignored)
        if self._physical == "wide" or (self._physical == "auto" and self._questions(wide) <= FEW):
            try_early(self._book, wide)
            return Schedule(self._book, wide, by_kind=False, ahead=self._ahead, results=results), numbered, []
        terms = Terms(self._book, fewest=FEWEST if self._physical == "auto" else 1)
        entries = [Entries(number, term) for number, item in numbered if (term := _as_term(terms, item)) is not None]
        apart = {each.number for each in entries}
        left = [(number, item) for number, item in numbered if number not in apart]
        roots = [*roots, *(name for _, item in left for name in item.columns if name is not None)]
        roots += [leaf.name for each in entries for leaf in leaves(each.term.atom.lane) if isinstance(leaf, Ref)]
        terms.tally(roots)
        try_early(self._book, roots)
        made = Schedule(
            self._book,
            roots,
            entries,
            ahead=self._ahead,
            counting=self._counting,
            pace=self._followed_at(),
            results=results,
        )
        return made, left, entries

    def _followed_at(self) -> Pace | None:
        """The pace that decides whether counts are followed; None if they never are."""
        if self._physical == "in spells":
            return ALWAYS
        return self._early if self._physical == "auto" else None

    def _reads_sessions(self, roots: list[str]) -> bool:
        """Whether any column that is worked out asks in which session an event is."""
        columns = tuple(self._book.columns[name] for name in needed_columns(self._book, roots))
        read = wanted(tuple((column.rows, column.output) for column in columns))
        return "session" in {*read, *wanted(tuple(made_from(self._book.events, read).values()))}

    def _questions(self, roots: list[str]) -> int:
        """How many columns are questions about events that could be answered by kind."""
        columns = (self._book.columns[name] for name in needed_columns(self._book, roots))
        return sum(atom_of(column.rows, column.output) is not None for column in columns)

    # --- results ------------------------------------------------------------------------------------------------

    def _results(self, level: Level) -> Iterator[ResultColumn]:
        yield _ID
        if level == "lead":
            yield ResultColumn("account_id", "account_id", "id", "text")
        for definition in self._model.order:
            match definition:
                case Score() | Measure() | Grade() if definition.level == level:
                    yield self._column(level, definition)
                case Stages() if definition.level == level:
                    made = self._compiler.result(Result(level=level, what="stage", name=""))
                    yield ResultColumn(made.name, "stage", "stage", "text")
        reason = self._compiler.disqualified(level)
        if reason is not None:
            yield ResultColumn(reason.name, "disqualified", "disqualified", "text")
        if self._history:
            yield from history_columns(level, self._compiler, self._past)

    def _column(self, level: Level, definition: Score | Measure | Grade) -> ResultColumn:
        if isinstance(definition, Score):
            made = self._compiler.result(Result(level=level, what="score", name=definition.name))
            return ResultColumn(made.name, definition.name, "score", "timestamp")
        if isinstance(definition, Measure):
            made = self._compiler.result(Result(level=level, what="measure", name=definition.name))
            return ResultColumn(made.name, definition.name, "measure", definition.value.kind)
        made = self._compiler.result(Result(level=level, what="grade", name=definition.name))
        return ResultColumn(made.name, definition.name, "grade", "text")

    def _result_step(self, level: Level, columns: tuple[ResultColumn, ...], schedule: Schedule) -> Step:
        refs: dict[str, Expr] = {}
        for column in columns:
            ref = Ref(level=level, name=column.name, kind=column.kind)
            is_number = column.role == "measure" and column.kind == "number"
            refs[column.name] = call("plain_zero", ref, kind="number") if is_number else ref
        source, row = schedule.rows(level, tuple(refs.values()))
        query = Selects(schedule.home).select(source, row, {"key": event("key"), **refs})
        return Step(f"{level}_results", query, f"the results of each {level}")

    def _listed(self) -> Iterator[_Listed]:
        for level in self._entries_of:
            for definition in self._model.order:
                if isinstance(definition, Score) and definition.level == level:
                    for entry in self._compiler.scores[level, definition.name].entries:
                        yield self._entry(level, definition.name, entry)

    def _entry(self, level: Level, score: str, entry: Entry) -> _Listed:
        hint = f"{entry.line or score} {entry.kind}"
        points = self._book.formula(level, hint, only_if(both(*entry.when), entry.points), "timestamp")
        names: list[str | None] = [points.name]
        for what, value in (("events", entry.events), ("first", entry.first), ("last", entry.last)):
            if value is None or isinstance(value, Const):
                names.append(None)
            else:  # side by side with the points, so that one scan finds them all
                names.append(self._book.formula(level, f"{hint} {what}", call("same", value)).name)
        return _Listed(level, score, entry, (names[0], names[1], names[2], names[3]))

    # --- what the steps read ------------------------------------------------------------------------------------

    def _decay_steps(self, body: list[Step], hits: Hits) -> list[DecayStep]:
        read = {name for step in body for name in step.reads}
        steps = []
        for unit, columns in self._book.decays.items():
            purpose = f"what points are worth by their age in {unit}s"
            if f"decay_{unit}" in read:
                ages = Query((("age", self._events.whole_age(unit)),), Source("event"), distinct=True)
                steps.append(DecayStep(f"decay_{unit}", ages, tuple(columns.values()), purpose))
            if worths(unit) in read:
                ages = hits.ages(unit, self._events.whole_age(unit))
                asked = tuple(columns[name] for name in hits.decays[unit])
                purpose = f"what the points of each decay are worth by their age in {unit}s"
                steps.append(DecayStep(worths(unit), ages, asked, purpose, long=True))
        return steps

    def _reach(self, schedule: Schedule, atoms: bool = True, followed: bool = True) -> Reach:
        """Which events the columns can need; without `atoms` those that are counted by kind need none, nor those whose
        values are kept, and without `followed` those whose values are followed from one instant to the next."""
        if self._book.sessions is not None:
            return {ANY: None}  # every event is part of a session
        by_kind = schedule.hits.atoms if atoms else ()
        columns = schedule.columns if atoms or not schedule.hits else _not_by_kind(schedule.columns)
        columns = columns if atoms else [column for column in columns if not schedule.is_added(column)]
        columns = columns if followed else [column for column in columns if not schedule.is_followed(column)]
        sets = (rows for column in columns if column.rows for rows in distinct_rows(column.rows))
        tests = [
            *((rows.test, youngest_out(rows)) for rows in sets),
            *((both(*atom.tests), atom.high) for atom in by_kind),
        ]
        return reach(tests)


def _as_term(terms: Terms, item: _Listed) -> Term | None:
    """An entry that one atom decides, and that nobody has for whom nothing was found."""
    refs = (None if name is None else Ref(level=item.level, name=name, kind="timestamp") for name in item.columns)
    term = terms.of(*(NOTHING if ref is None else ref for ref in refs))
    if term is None or term.atom.lane.key != item.level or nothing(term.values[0]) != Const(value=None):
        return None
    return term


NOTHING = Const(value=None, kind="timestamp")


def _contributions(listed: list[tuple[int, _Listed]], entries: list[Entries], schedule: Schedule) -> Step:
    """All entries, one row each: who, which entry, its units and evidence."""
    parts = [query for level in LEVELS for query in schedule.hits.entries(level, entries)]
    for number, item in listed:
        refs = [None if name is None else Ref(level=item.level, name=name, kind="timestamp") for name in item.columns]
        points = refs[0]
        assert points is not None
        home = item.level if schedule.is_ahead(points) else schedule.home(points)
        row = Row(LEAD_ROW.keys if item.level == "lead" else ACCOUNT_ROW.keys, home)
        columns: dict[str, Expr] = {"key": event("key"), "entry": Const(value=number, kind="timestamp")}
        columns |= dict(zip(("points", "events", "first", "last"), (ref or NOTHING for ref in refs), strict=True))
        parts.append(Selects(schedule.home).select(Source(home), row, columns, [is_known(points)]))
    if not parts:
        names = ("key", "entry", "points", "events", "first", "last")
        parts.append(Query(tuple((name, NOTHING) for name in names), Source("lead"), where=(FALSE,)))
    return Step("contributions", Union(tuple(parts)), "every entry of every score", "contributions")


def _not_by_kind(columns: list[EntityColumn]) -> list[EntityColumn]:
    return [column for column in columns if atom_of(column.rows, column.output) is None]


def _with_decays(steps: list[Step], decays: list[DecayStep]) -> Iterator[Step | DecayStep]:
    """The steps, each after the decays that it reads."""
    waiting = {decay.name: decay for decay in decays}
    for step in steps:
        yield from (waiting.pop(name) for name in step.reads if name in waiting)
        yield step


def read_of(steps: Sequence[Step | DecayStep], relation: str) -> list[str]:
    """The columns that any step reads of a relation."""
    names: dict[str, None] = {}

    def visit(part: object) -> None:
        if isinstance(part, Union):
            for each in part.parts:
                visit(each)
        elif isinstance(part, Query):
            reads: tuple[Source | Join, ...] = (part.source, *part.joins)
            aliases = {each.alias for each in reads if each.relation == relation}
            if aliases:
                read = (part.columns, part.where, part.group, tuple(join.on for join in part.joins))
                names.update(
                    (leaf.name, None) for leaf in leaves(read) if isinstance(leaf, Column) and leaf.table in aliases
                )
            visit(part.source.relation)
            for join in part.joins:
                visit(join.relation)
        elif isinstance(part, Chain):
            visit(part.first)
            visit(part.next)

    for step in steps:
        visit(step.ages if isinstance(step, DecayStep) else step.relation)
    return list(names)
