"""`plan`: a checked model as relational steps. Pure: no data, no instant, no dialect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...grammar.nodes import Level
from ..instants import Zone
from ..model import Const, Expr, Grade, Measure, Missing, Model, Not, Result, Score, Stages
from .adapter import EventColumns
from .book import Book, EntityColumn
from .definitions import Compiler
from .effects import Entry
from .flows import distinct_rows
from .population import Population, ignored
from .reach import ANY, Reach, reach
from .scalars import FALSE, Column, Ref, both, call, event, leaves, only_if
from .schedule import Schedule
from .selects import ACCOUNT_ROW, LEAD_ROW, Row, Selects
from .steps import Chain, DecayStep, Plan, Query, ResultColumn, Source, Step, Union

LEVELS: tuple[Level, ...] = ("lead", "account")


def plan(model: Model, contributions: bool = True) -> Plan:
    """The steps that compute a model's results, and with `contributions` the account of every score.

    Raises PlanError for what cannot be expressed in SQL, with its place in the rules.
    """
    return _Planner(model, contributions).build()


@dataclass(frozen=True)
class _Listed:
    """An entry with its place in the order of evaluation."""

    level: Level
    score: str
    entry: Entry
    columns: tuple[str | None, str | None, str | None, str | None]


class _Planner:
    def __init__(self, model: Model, contributions: bool) -> None:
        self._model = model
        self._contributions = contributions
        self._book = Book()
        self._events = EventColumns(self._book, model.schema, Zone.named(model.timezone), model.session_gap)
        self._compiler = Compiler(model, self._book, self._events)

    def build(self) -> Plan:
        book, model = self._book, self._model
        out = ignored(model, self._compiler.values)
        results = {level: tuple(self._results(level)) for level in LEVELS}
        listed = list(self._listed()) if self._contributions else []
        roots = [column.name for level in LEVELS for column in results[level] if column.role != "id"]
        roots += [name for item in listed for name in item.columns if name is not None]
        schedule = Schedule(book, roots)
        schedule.build()
        last = [self._result_step(level, results[level], schedule) for level in LEVELS]
        body = [*schedule.steps, *last]
        if self._contributions:
            body.append(_contributions(listed, schedule))
        decays = self._decay_steps(body)
        asked: tuple[Step | DecayStep, ...] = (*body, *decays)
        names = _read_of_events(asked)
        first = Population(book, out, self._reach(schedule.columns), names).build()
        return Plan(
            model=model,
            steps=(*first, *decays, *body),
            instant=tuple(book.instants.values()),
            results=results,
            reasons=tuple(line.text for line in model.ignored),
            contributions="contributions" if self._contributions else None,
            entries=tuple((item.level, item.score, item.entry.line, item.entry.kind) for item in listed),
        )

    # --- results ------------------------------------------------------------------------------------------------

    def _results(self, level: Level) -> Iterator[ResultColumn]:
        yield ResultColumn("id", "id", "id", "text")
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
        row = LEAD_ROW if level == "lead" else ACCOUNT_ROW
        query = Selects(schedule.home).select(Source(level), row, {"key": event("key"), **refs})
        return Step(f"{level}_results", query, f"the results of each {level}")

    def _listed(self) -> Iterator[_Listed]:
        for level in LEVELS:
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

    def _decay_steps(self, body: list[Step]) -> list[DecayStep]:
        read = {name for step in body for name in step.reads}
        steps = []
        for unit, columns in self._book.decays.items():
            if f"decay_{unit}" in read:
                ages = Query((("age", self._events.whole_age(unit)),), Source("event"), distinct=True)
                purpose = f"what points are worth by their age in {unit}s"
                steps.append(DecayStep(f"decay_{unit}", ages, tuple(columns.values()), purpose))
        return steps

    def _reach(self, columns: list[EntityColumn]) -> Reach:
        """Which events the columns can need."""
        if self._book.sessions is not None:
            return {ANY: None}  # every event is part of a session
        return reach(rows for column in columns if column.rows is not None for rows in distinct_rows(column.rows))


def _contributions(listed: list[_Listed], schedule: Schedule) -> Step:
    """All entries, one row each: who, which entry, its units and evidence."""
    nothing = Const(value=None, kind="timestamp")
    parts = []
    for number, item in enumerate(listed):
        refs = [None if name is None else Ref(level=item.level, name=name, kind="timestamp") for name in item.columns]
        home = next(schedule.home(ref) for ref in refs if ref is not None)
        row = Row(LEAD_ROW.keys if item.level == "lead" else ACCOUNT_ROW.keys, home)
        columns: dict[str, Expr] = {"key": event("key"), "entry": Const(value=number, kind="timestamp")}
        columns |= dict(zip(("points", "events", "first", "last"), (ref or nothing for ref in refs), strict=True))
        points = refs[0]
        assert points is not None
        parts.append(Selects(schedule.home).select(Source(home), row, columns, [_known(points)]))
    if not parts:
        names = ("key", "entry", "points", "events", "first", "last")
        parts.append(Query(tuple((name, nothing) for name in names), Source("lead"), where=(FALSE,)))
    return Step("contributions", Union(tuple(parts)), "every entry of every score", "contributions")


def _known(expr: Expr) -> Expr:
    return Not(item=Missing(item=expr))


def _read_of_events(steps: tuple[Step | DecayStep, ...]) -> list[str]:
    """The columns that any step reads of the relation `event`."""
    names: dict[str, None] = {}

    def visit(relation: object) -> None:
        if isinstance(relation, Union):
            for part in relation.parts:
                visit(part)
        elif isinstance(relation, Query):
            if relation.source.relation == "event":
                alias = relation.source.alias
                read = (relation.columns, relation.where, relation.group, tuple(join.on for join in relation.joins))
                names.update(
                    (leaf.name, None) for leaf in leaves(read) if isinstance(leaf, Column) and leaf.table == alias
                )
            visit(relation.source.relation)
            for join in relation.joins:
                visit(join.relation)
        elif isinstance(relation, Chain):
            visit(relation.first)

    for step in steps:
        visit(step.ages if isinstance(step, DecayStep) else step.relation)
    return list(names)
