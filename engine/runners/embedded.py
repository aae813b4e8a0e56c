"""Runs a plan on DuckDB inside the process: the default.

Each step is a temporary table of a cursor of its own, dropped after its last reader; what remains are the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..datatypes import data_type
from ..instants import Zone, day_end, day_number, local_date
from ..memory import remembers
from ..model import Const, IgnoreContacts, Model
from ..plan.steps import LEVELS, DecayStep, Plan, ResultColumn, Step
from ..records import ReadCounts, Value
from ..results import STAGE_SINCE, Contribution, DataCounts, EntityResult, Outcome, stage_of
from ..sql.prepared import Prepared
from ..sql.queries import table
from ..sql.statements import text
from .entries import named_entries, owner_id
from .filling import instant_values
from .held import Held
from .making import AnyStep, drop, fill_table, make_steps

if TYPE_CHECKING:
    from ..plan.compile import Physical
    from .across import Counted
    from .recalling import Known
    from .told import Told

UNITS = 10_000


@dataclass(frozen=True)
class Timing:
    """How long a step took, and how many rows it has."""

    step: str
    purpose: str
    seconds: float
    rows: int


@dataclass
class Run(Held):
    """The results of one run, kept inside the engine until they are asked for. Close it, or use it in a `with`."""

    plan: Plan
    as_of: int
    connection: duckdb.DuckDBPyConnection
    read: ReadCounts
    has_contributions: bool
    _counted: DataCounts | None = None

    @property
    def leads(self) -> duckdb.DuckDBPyRelation:
        """The results of leads, ordered by id: scores as DECIMAL(18,4), measures as they are."""
        return self._relation("lead")

    @property
    def accounts(self) -> duckdb.DuckDBPyRelation:
        """The results of accounts, ordered by id."""
        return self._relation("account")

    @property
    def contributions(self) -> duckdb.DuckDBPyRelation:
        """All entries in order: level, id, score, line, kind, points, events, first, last."""
        return self.connection.sql(text(self.entries(typed=True)))

    def counts(self) -> DataCounts:
        """What became of the data: counted when it is first asked, and known from then on."""
        if self._counted is None:
            self._counted = self._count()
        return self._counted

    def let_go(self) -> None:
        """Gives back what results do not need, once that is counted: who there is, with all that is read of them."""
        self.counts()
        for level in LEVELS:
            drop(self.connection, level)

    def _count(self) -> DataCounts:
        existing, everything = self._rows("counts", "existing", "all_events")[0]
        found = self._rows("ignored", "reason", "n") if self.plan.reasons else []
        by_reason = dict(found)
        ignored: dict[str, int] = {}
        for number, reason in enumerate(self.plan.reasons):
            if by_reason.get(number):
                ignored[reason] = ignored.get(reason, 0) + by_reason[number]
        known = {level: self._known(level) for level in LEVELS}
        return DataCounts(
            read=self.read.read,
            duplicates=self.read.duplicates,
            rejected=self.read.rejected,
            after_as_of=everything - existing,
            ignored=sum(ignored.values()),
            events=existing - sum(ignored.values()),
            contacts=known["lead"][0],
            accounts=known["account"][0],
            named_only=sum(everyone - recorded for everyone, recorded in known.values()),
            ignored_by=ignored,
        )

    def outcome(self) -> Outcome:
        """Everything as plain objects, as the reference interpreter gives it."""
        leads, accounts = tuple(self.results_of("lead")), tuple(self.results_of("account"))
        entries = tuple(self._contributions()) if self.has_contributions else ()
        return Outcome(self.as_of, self.counts(), leads, accounts, entries)

    # --- tables -------------------------------------------------------------------------------------------------

    def entities(self, level: Level, titles: Sequence[str], typed: bool = False) -> exp.Select:
        """The results of a level with these columns in this order, ordered by id; one that no rule makes is missing.

        Whole units of points and instants as they are, or `typed`: points as DECIMAL(18,4), instants with their zone.
        """
        known = {column.title: column for column in self.plan.results[level]}
        columns = [exp.alias_(_shown(known.get(title), typed, title), _name(title), copy=False) for title in titles]
        return (
            exp.Select(expressions=columns)
            .from_(table(f"{level}_results"), copy=False)
            .order_by(_column("key"), copy=False)
        )

    def _relation(self, level: Level) -> duckdb.DuckDBPyRelation:
        titles = [column.title for column in self.plan.results[level]]
        return self.connection.sql(text(self.entities(level, titles, typed=True)))

    def entries(self, typed: bool = False) -> exp.Select:
        """The entries with the names of their scores and lines, and the ids of their owners, in order."""
        columns = [
            _column("level", "n"),
            owner_id(),
            *(_column(name, "n") for name in ("score", "line", "kind")),
            exp.alias_(_decimal(_column("points", "c")) if typed else _column("points", "c"), _name("points")),
            _column("events", "c"),
            *(exp.alias_(_instant_of(_column(name, "c"), typed), _name(name)) for name in ("first", "last")),
        ]
        return named_entries(self.plan, columns, ("key", "entry"))

    # --- rows ---------------------------------------------------------------------------------------------------

    def rows_of(self, name: str) -> int:
        """How many rows a step has made."""
        query = exp.select(exp.Count(this=exp.Star())).from_(table(name))
        return int(self.connection.execute(text(query)).fetchall()[0][0])

    def _known(self, level: Level) -> tuple[int, int]:
        """How many entities of a level there are, and how many of them have a record."""
        known = exp.CountIf(this=_column("known"))
        query = exp.Select(expressions=[exp.Count(this=exp.Star()), known]).from_(table(level))
        everyone, recorded = self.connection.execute(text(query)).fetchall()[0]
        return int(everyone), int(recorded or 0)

    def _rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        query = exp.Select(expressions=[_column(column) for column in columns]).from_(table(name))
        return self.connection.execute(text(query)).fetchall()

    def results_of(self, level: Level) -> Iterator[EntityResult]:
        """The results of each lead or account as plain objects."""
        columns = self.plan.results[level]
        shown = [_shown(column, typed=False) for column in columns]
        query = exp.Select(expressions=shown).from_(table(f"{level}_results"))
        for row in self.connection.execute(text(query.order_by(_column("key")))).fetchall():
            yield _entity(level, columns, row)

    def _contributions(self) -> Iterator[Contribution]:
        names = ("key", "entry", "points", "events", "first", "last")
        query = exp.Select(expressions=[_column(name) for name in names]).from_(table("contributions"))
        rows = self.connection.execute(text(query)).fetchall()
        ids = {level: dict(self._rows(f"{level}_results", "key", "id")) for level in LEVELS}
        entries = self.plan.entries
        rows.sort(key=lambda row: (entries[row[1]][0] != "lead", row[0], row[1]))
        for key, entry, points, events, first, last in rows:
            level, score, line, kind = entries[entry]
            yield Contribution(level, str(ids[level][key]), score, line, kind, points, events, first, last)


Watch = Callable[[Timing], None]
"""Told of each step when it is done."""


def run(
    model: Model,
    data: Dataset | duckdb.DuckDBPyConnection,
    as_of: int,
    contributions: bool = True,
    watch: Watch | None = None,
    physical: Physical = "auto",
    history: bool = False,
) -> Run:
    """Plans a model and runs it; without `contributions` only what the results need. Raises PlanError."""
    connection = data.connection if isinstance(data, Dataset) else data
    plan = plan_for(model, connection, contributions, physical, history)
    return run_plan(plan, data, as_of, contributions, watch)


def plan_for(
    model: Model,
    connection: duckdb.DuckDBPyConnection,
    contributions: bool = True,
    physical: Physical = "auto",
    history: bool = False,
    screened: bool = False,
    recorded: bool = False,
) -> Plan:
    """The plan of a run over data; they are looked at only if it matters to the days before. Raises PlanError."""
    from ..plan import plan as make_plan  # a ruleset that was planned before needs no planner

    versioned = is_versioned(connection) if history or remembers(model) else True
    return make_plan(model, contributions, physical, screened, history, versioned, recorded=recorded)


def is_versioned(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any contact or account of the data is dated, so that what is known of it depends on the instant."""
    is_dated = exp.not_(_column("valid_from").is_(exp.null()))
    dated = (exp.select(exp.true()).from_(table(name)).where(is_dated) for name in ("contacts", "accounts"))
    return any(connection.execute(text(query.limit(1))).fetchall() for query in dated)


def has_all_recorded(made: Run, dataset: Dataset) -> bool:
    """Whether a run has shown that everyone whom the data name has a record, and that no record is a version."""
    if any(isinstance(line, IgnoreContacts) for line in made.plan.model.ignored):
        return False  # whom these leave out is not counted
    counts = made.counts()
    return counts.named_only == 0 and counts.after_as_of == 0 and not is_versioned(dataset.connection)


def run_plan(
    plan: Plan,
    data: Dataset | duckdb.DuckDBPyConnection,
    as_of: int,
    contributions: bool = True,
    watch: Watch | None = None,
    keep: Sequence[str] = (),
    known: Known | None = None,
    counted: Counted | None = None,
    steps: Sequence[Prepared] | None = None,
    prepare: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
    past: Told | None = None,
) -> Run:
    """Runs a plan over the tables `accounts`, `contacts` and `events` at an instant.

    `keep` are steps whose tables stay beside the results; `known` is what is known of the end of an earlier day;
    `counted` is told of the days before as they are worked out; `steps` are those of the plan, prepared for any
    instant; `prepare` makes the tables that steps read which are not among them; `past` makes those of the days before,
    if these have been worked out.
    """
    connection = data.connection if isinstance(data, Dataset) else data
    cursor = connection.cursor()
    counts = data.counts if isinstance(data, Dataset) else ReadCounts()
    made = Run(plan, as_of, cursor, counts, contributions and plan.contributions is not None)
    try:
        if plan.days is not None:
            from .doubts import remember_doubtful
            from .recalling import recall

            if past is not None:
                past(cursor)
            elif known is None or not recall(plan, cursor, as_of, known, counted):
                remember_doubtful(plan, cursor, [as_of], counted)
        if plan.history and plan.days is not None:
            from .remembering import days_before

            _make_ends(cursor, days_before(plan.model, cursor, as_of), as_of, Zone.named(plan.model.timezone))

        def tell(step: AnyStep, seconds: float) -> None:
            if watch is not None:
                watch(Timing(step.name, step.purpose, seconds, made.rows_of(step.name)))

        if prepare is not None:
            prepare(cursor)
        constants = instant_values(plan.instant, as_of, Zone.named(plan.model.timezone))
        every = _settled(plan, constants) if steps is None else steps
        asked = [step for step in every if made.has_contributions or step.part != "contributions"]
        make_steps(cursor, asked, (*KEPT, *keep), tell, constants)
    except BaseException:
        made.close()
        raise
    return made


def _settled(plan: Plan, constants: Mapping[str, Const]) -> list[Step | DecayStep]:
    """The steps of a plan at an instant."""
    from ..plan.fixed import at_instant

    return [at_instant(step, constants) for step in plan.steps]


def _make_ends(cursor: duckdb.DuckDBPyConnection, before: Sequence[date], as_of: int, zone: Zone) -> None:
    """The table ENDS: when each day ends; that of the instant, at the instant."""
    days = [*before, local_date(as_of, zone)]
    ends = [*(day_end(day, zone) for day in before), as_of]
    fill_table(cursor, ENDS, ["day", "at"], ["BIGINT"] * 2, [[day_number(day) for day in days], ends])


ENDS = "day ends"

KEPT = ("lead", "account", "counts", "ignored", "contributions", "lead_results", "account_results")


def _entity(level: Level, columns: tuple[ResultColumn, ...], row: tuple[Value, ...]) -> EntityResult:
    found: dict[str, dict[str, Value]] = {
        "id": {},
        "score": {},
        "measure": {},
        "grade": {},
        "stage": {},
        "disqualified": {},
        "stage_since": {},
        "reached": {},
    }
    for column, value in zip(columns, row, strict=True):
        found[column.role][column.title] = tuple(value) if isinstance(value, list) else value
    account = found["id"].get("account_id")
    stage, reason = found["stage"].get("stage"), found["disqualified"].get("disqualified")
    return EntityResult(
        level=level,
        id=str(found["id"]["id"]),
        account_id=None if account is None else str(account),
        scores={name: int(str(value)) for name, value in found["score"].items()},
        measures=found["measure"],
        grades={name: None if value is None else str(value) for name, value in found["grade"].items()},
        stage=None if stage is None else str(stage),
        disqualified=None if reason is None else str(reason),
        stage_since=_whole(found["stage_since"].get(STAGE_SINCE)),
        stages_reached={
            stage_of(title): at for title, value in found["reached"].items() if (at := _whole(value)) is not None
        },
    )


def _whole(value: Value) -> int | None:
    return None if value is None else int(str(value))


def _shown(column: ResultColumn | None, typed: bool, title: str = "") -> exp.Expr:
    if column is None:
        return _cast(exp.Null(), "TIMESTAMPTZ" if typed and title == STAGE_SINCE else "TEXT")
    if typed and column.role == "score":
        return _decimal(_column(column.name))
    if column.role in ("stage_since", "reached"):
        return _instant_of(_end_of(_column(column.name)), typed)
    return _instant_of(_column(column.name), typed and column.role == "measure" and column.kind == "timestamp")


def _end_of(day: exp.Expr) -> exp.Expr:
    """The end of a day."""
    ends = exp.alias_(table(ENDS), "d", table=True)
    return exp.Select(expressions=[_column("at", "d")]).from_(ends).where(_column("day", "d").eq(day)).subquery()


def _instant_of(micros: exp.Expr, typed: bool) -> exp.Expr:
    return exp.Anonymous(this="make_timestamptz", expressions=[micros]) if typed else micros


def _decimal(units: exp.Expr) -> exp.Expr:
    """Units as points with four decimals, exactly: a product of decimals, no division."""
    one = _cast(exp.Literal.string("0.0001"), "DECIMAL(4, 4)")
    return _cast(exp.Mul(this=_cast(units, "DECIMAL(18, 0)"), expression=one), "DECIMAL(18, 4)")


def _cast(item: exp.Expr, type_: str) -> exp.Cast:
    return exp.Cast(this=item, to=data_type(type_, "duckdb"))


def _column(name: str, of: str | None = None) -> exp.Column:
    return exp.column(_name(name), table=None if of is None else _name(of), copy=False)


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
