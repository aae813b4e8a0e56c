"""Results as tables with typed columns, which turn into Arrow, pandas and polars."""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, runtime_checkable

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .instants import format_instant
from .model import Grade, Measure, Model, Score
from .records import Value
from .results import STAGE_SINCE, Contribution, DataCounts, EntityResult, Outcome, reached, stage_of
from .rounding import UNITS, format_units

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

ColumnKind = Literal["text", "points", "number", "bool", "date", "timestamp", "count"]
Row = tuple[Value, ...]

Defined = TypeVar("Defined", Score, Measure, Grade)

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Column:
    """One column. `points` are whole units of 1/10000, `timestamp` microseconds, `count` whole numbers.

    `role` says what it holds: a `key` (ids), a `score`, a `measure`, a `grade`, the `stage`, or the reason of
    disqualification; with their history `stage_since`, and for each stage when it was first `reached`; in contributions
    everything is a `key` or a `detail`.
    """

    name: str
    kind: ColumnKind
    role: Literal["key", "score", "measure", "grade", "stage", "disqualified", "stage_since", "reached", "detail"] = (
        "key"
    )


class MissingLibrary(ImportError):
    """A frame was asked for whose library is not installed."""


@runtime_checkable
class HeldRows(Protocol):
    """Rows that stay inside an engine, which can hand them over whole."""

    def arrow(self) -> pyarrow.Table:
        """All of them, typed."""


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of results, ordered by id. Iterating gives a dict for each row, with plain Python values.

    >>> table = Table("accounts", (Column("id", "text"), Column("readiness", "points")), [("acme", 415000)])
    >>> list(table), len(table)
    ([{'id': 'acme', 'readiness': 41.5}], 1)
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = [column.name for column in self.columns]
        readers = [_PLAIN[column.kind] for column in self.columns]
        for row in self.rows:
            yield {
                name: None if value is None else reader(value)
                for name, reader, value in zip(names, readers, row, strict=True)
            }

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self)} rows of {', '.join(column.name for column in self.columns)}>"

    def only(self, rows: Iterable[Row]) -> Table:
        """The same table with some of its rows."""
        return Table(self.name, self.columns, list(rows))

    def index(self, name: str) -> int:
        """The position of a column."""
        return [column.name for column in self.columns].index(name)

    def values(self, position: int) -> list[Any]:
        """One column as plain Python values."""
        reader = _PLAIN[self.columns[position].kind]
        return [None if row[position] is None else reader(row[position]) for row in self.rows]

    def to_arrow(self) -> pyarrow.Table:
        """As a `pyarrow.Table`. Points are decimals with 4 digits, exact."""
        arrow = _library("pyarrow", "Arrow tables")
        if isinstance(self.rows, HeldRows):
            return self.rows.arrow()
        kinds = {
            "text": arrow.string(),
            "points": arrow.decimal128(18, 4),
            "number": arrow.float64(),
            "bool": arrow.bool_(),
            "date": arrow.date32(),
            "timestamp": arrow.timestamp("us", tz="UTC"),
            "count": arrow.int64(),
        }
        schema = arrow.schema([(column.name, kinds[column.kind]) for column in self.columns])
        columns = [
            [_exact(value) for value in self._raw(position)] if column.kind == "points" else self.values(position)
            for position, column in enumerate(self.columns)
        ]
        return arrow.table(columns, schema=schema)

    def to_pandas(self) -> pandas.DataFrame:
        """As a `pandas.DataFrame`. Points are doubles, which hold 4 decimals of any score."""
        library = _library("pandas", "pandas frames")
        kinds = {"points": "float64", "number": "float64", "bool": "boolean", "count": "Int64"}
        frame = library.DataFrame(self._columns())
        typed: pandas.DataFrame = frame.astype(
            {column.name: kinds[column.kind] for column in self.columns if column.kind in kinds}
        )
        return typed

    def to_polars(self) -> polars.DataFrame:
        """As a `polars.DataFrame`. Points are doubles, which hold 4 decimals of any score."""
        library = _library("polars", "polars frames")
        kinds = {
            "text": library.String,
            "points": library.Float64,
            "number": library.Float64,
            "bool": library.Boolean,
            "date": library.Date,
            "timestamp": library.Datetime("us", "UTC"),
            "count": library.Int64,
        }
        schema = {column.name: kinds[column.kind] for column in self.columns}
        frame: polars.DataFrame = library.DataFrame(self._columns(), schema=schema)
        return frame

    def _columns(self) -> dict[str, list[Any]]:
        return {column.name: self.values(position) for position, column in enumerate(self.columns)}

    def _raw(self, position: int) -> list[Any]:
        return [row[position] for row in self.rows]


def _exact(units: int | None) -> Decimal | None:
    return None if units is None else Decimal(format_units(units))


def _instant(micros: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(microseconds=micros)


def _as_it_is(value: Any) -> Any:
    return value


_PLAIN: Mapping[ColumnKind, Any] = {
    "text": _as_it_is,
    "points": lambda units: units / UNITS,
    "number": _as_it_is,
    "bool": _as_it_is,
    "date": _as_it_is,
    "timestamp": _instant,
    "count": _as_it_is,
}


def _library(name: str, what: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingLibrary(f"{what} need {name}, which is not installed: pip install 'scoreline[frames]'") from error


@dataclass(frozen=True, eq=False)
class Results:
    """What scoring gives: `leads`, `accounts` and `contributions` as tables, and what they are the results of.

    >>> import scoreline
    >>> visit = {"id": 1, "type": "page_view", "timestamp": "2026-02-26T09:30Z", "contact_id": "ann", "page": "pricing"}
    >>> data = {"contacts": [{"id": "ann", "role": "economic_buyer"}], "events": [visit]}
    >>> results = scoreline.load("by-example").score(data, as_of="2026-03-01")
    >>> results, results.counts.events
    (<Results of by-example at 2026-03-01T22:59:59.999999Z: 1 leads, 0 accounts>, 1)
    >>> [(entry["line"], entry["points"]) for entry in results.contributions if entry["score"] == "engagement"]
    [('buyer_on_pricing', 20.0), ('engagement.each_day_with_visited_within_30_days', 1.0)]
    """

    as_of: int
    ruleset: Mapping[str, str]
    counts: DataCounts
    leads: Table
    accounts: Table
    contributions: Table

    @property
    def tables(self) -> tuple[Table, Table, Table]:
        return self.leads, self.accounts, self.contributions

    def __repr__(self) -> str:
        return (
            f"<Results of {self.ruleset['name']} at {format_instant(self.as_of)}: "
            f"{len(self.leads)} leads, {len(self.accounts)} accounts>"
        )


# --- from the results of a run ----------------------------------------------------------------------------------


def entity_columns(model: Model, level: Level, history: bool = False) -> tuple[Column, ...]:
    """The columns of leads or of accounts: ids, then a column for each score, measure and grade, then the stage; with
    `history` since when, and when each stage was first reached."""
    keys = [Column("id", "text")] + [Column("account_id", "text")] * (level == "lead")
    return (
        *keys,
        *(Column(score.name, "points", "score") for score in _as_written(model.scores(level))),
        *(Column(item.name, _kind(item.value.kind), "measure") for item in _as_written(model.measures(level))),
        *(Column(grade.name, "text", "grade") for grade in _as_written(model.grades(level))),
        Column("stage", "text", "stage"),
        Column("disqualified", "text", "disqualified"),
        *(_dates(model, level) if history else ()),
    )


def _dates(model: Model, level: Level) -> Iterator[Column]:
    yield Column(STAGE_SINCE, "timestamp", "stage_since")
    ladder = model.stages(level)
    for stage in ladder.stages if ladder else ():
        yield Column(reached(stage.name), "timestamp", "reached")


CONTRIBUTION_COLUMNS = (
    Column("level", "text"),
    Column("id", "text"),
    Column("score", "text"),
    Column("line", "text"),
    Column("kind", "text", "detail"),
    Column("points", "points", "detail"),
    Column("events", "count", "detail"),
    Column("first", "timestamp", "detail"),
    Column("last", "timestamp", "detail"),
)


def _as_written(definitions: Sequence[Defined]) -> list[Defined]:
    """Definitions of one level in the order in which a person wrote them, not that of their computation."""
    paths = list(dict.fromkeys(item.span.path for item in definitions))
    return sorted(definitions, key=lambda item: (paths.index(item.span.path), item.span))


def _kind(kind: str) -> ColumnKind:
    kinds: dict[str, ColumnKind] = {"number": "number", "bool": "bool", "date": "date", "timestamp": "timestamp"}
    return kinds.get(kind, "text")


def entity_table(model: Model, level: Level, results: Iterable[EntityResult], history: bool = False) -> Table:
    """Leads or accounts as a table."""
    columns = entity_columns(model, level, history)
    return Table(f"{level}s", columns, [tuple(_cell(item, column) for column in columns) for item in results])


def contribution_table(entries: Iterable[Contribution]) -> Table:
    """Contributions as a table."""
    names = [column.name for column in CONTRIBUTION_COLUMNS]
    return Table(
        "contributions", CONTRIBUTION_COLUMNS, [tuple(getattr(item, name) for name in names) for item in entries]
    )


def named(model: Model) -> dict[str, str]:
    """What results say of the rules that made them."""
    return {"name": model.name, "version": model.version, "fingerprint": model.fingerprint}


def results_of(model: Model, outcome: Outcome, history: bool = False) -> Results:
    """The plain results of a run as tables."""
    return Results(
        outcome.as_of,
        named(model),
        outcome.counts,
        entity_table(model, "lead", outcome.leads, history),
        entity_table(model, "account", outcome.accounts, history),
        contribution_table(outcome.contributions),
    )


def _cell(item: EntityResult, column: Column) -> Value:
    if column.role == "score":
        return item.scores[column.name]
    if column.role == "measure":
        return item.measures[column.name]
    if column.role == "grade":
        return item.grades[column.name]
    if column.role == "reached":
        return item.stages_reached.get(stage_of(column.name))
    value: Value = getattr(item, column.name)
    return value
