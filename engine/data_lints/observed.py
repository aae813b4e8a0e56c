"""A ruleset beside the data that it reads: what is counted once and looked at by several lints.

Everything here is an aggregate inside the engine: who fired, how many records know a value, which values there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import networkx as nx
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..compiling import Compiled
from ..data import Dataset
from ..data.sql import Sql, call, column, equals, is_known, number, one_of, rows, table, text
from ..graph import build, key_of
from ..model import Expr, Measure, Model, Score
from ..runners import Run, run
from ..sql.statements import unordered
from .asked import Asked, Attribute, asked_by

FEWEST = 30
"""With fewer records than this nothing is said about how often something happens."""

LEVELS: tuple[Level, Level] = ("lead", "account")


@dataclass(frozen=True)
class Entry:
    """What one entry of a score gave in all: to how many leads or accounts, and how many points (units)."""

    owners: int
    points: int


@dataclass(frozen=True)
class Known:
    """Of how many records the value of an attribute is known, and how many different values that are."""

    records: int
    known: int
    different: int

    @property
    def missing(self) -> int:
        return self.records - self.known


class Observed:
    """One sound ruleset, one set of data, one instant. Close it, or use it in a `with`.

    The data are scored when a result is first asked for; where the rules cannot be computed that raises PlanError.
    """

    def __init__(self, ruleset: Compiled, dataset: Dataset, as_of: int) -> None:
        self.ruleset = ruleset
        self.model: Model = ruleset.model
        self.dataset = dataset
        self.as_of = as_of
        self.asked: Asked = asked_by(self.model)

    def __enter__(self) -> Observed:
        return self

    def __exit__(self, *_: object) -> None:
        if "_run" in self.__dict__:
            self._run.close()

    @cached_property
    def _run(self) -> Run:
        return run(self.model, self.dataset, self.as_of)

    # --- results ----------------------------------------------------------------------------------------------------

    @cached_property
    def sizes(self) -> dict[Level, int]:
        """How many leads and accounts there are."""
        counts = self._run.counts()
        return {"lead": counts.contacts, "account": counts.accounts}

    @cached_property
    def entries(self) -> dict[tuple[Level, str, str | None, str], Entry]:
        """All entries of all scores, by level, score, line and kind."""
        keys = [column(name) for name in ("level", "score", "line", "kind")]
        counted = exp.select(*keys, call("count", exp.Star()), call("sum", column("points")))
        found: list[tuple[Any, ...]] = rows(self._run.connection, counted.from_(self._entries()).group_by(*keys))
        return {
            (level, score, line, kind): Entry(int(owners), int(points or 0))
            for level, score, line, kind, owners, points in found
        }

    def fired(self, score: Score, line: str) -> int:
        """For how many leads or accounts a line fired."""
        entry = self.entries.get((score.level, score.name, line, "line"))
        return entry.owners if entry else 0

    def together(self, level: Level, score: str, first: str, second: str) -> int:
        """For how many both lines of a score fired."""
        wanted = {"level": level, "score": score, "kind": "line"}
        chosen: list[Sql] = [equals(column(name), text(value)) for name, value in wanted.items()]
        chosen.append(one_of(column("line"), [first, second]))
        each = exp.select(column("id")).from_(self._entries()).where(*chosen).group_by(column("id"))
        both = each.having(equals(call("count", exp.Star()), number(2)))
        return self._number(exp.select(call("count", exp.Star())).from_(both.subquery("both")))

    def _entries(self) -> exp.Subquery:
        return unordered(self._run.entries()).subquery("entries")

    def holding(self, level: Level, conditions: Sequence[Expr]) -> list[int]:
        """For how many leads or accounts each condition holds: they are worked out beside the rules."""
        names = [f"holds {number}" for number in range(len(conditions))]
        probes = tuple(
            Measure(level, name, replace(condition, origin=None))
            for name, condition in zip(names, conditions, strict=True)
        )
        if not probes:
            return []
        with run(with_only(self.model, probes), self.dataset, self.as_of, contributions=False) as made:
            counted = [exp.CountIf(this=column(name)) for name in names]
            entities = unordered(made.entities(level, names))
            (found,) = rows(made.connection, exp.select(*counted).from_(entities.subquery("entities")))
        return [int(str(count)) for count in found]

    # --- records ----------------------------------------------------------------------------------------------------

    @property
    def events(self) -> dict[str, int]:
        """How many events there are of each type, the most first."""
        return {name: count for name, (count, _) in self._by_type.items()}

    @property
    def of_contacts(self) -> dict[str, int]:
        """How many of them name a contact."""
        return {name: count for name, (_, count) in self._by_type.items()}

    @cached_property
    def _by_type(self) -> dict[str, tuple[int, int]]:
        counts = call("count", exp.Star()).as_("events"), call("count", column("contact_id"))
        counted = exp.select(column("type"), *counts).from_(table("events"))
        order: list[Sql] = [exp.Ordered(this=column("events"), desc=True), column("type")]
        found = rows(self.dataset.connection, counted.group_by(column("type")).order_by(*order))
        return {str(name): (int(str(count)), int(str(of_contacts))) for name, count, of_contacts in found}

    def known(self, attribute: Attribute) -> Known:
        """How far an attribute is known."""
        return self._known[attribute]

    @cached_property
    def missing(self) -> frozenset[Attribute]:
        """The attributes that no record knows."""
        return frozenset(each for each, known in self._known.items() if not known.known)

    @cached_property
    def _known(self) -> dict[Attribute, Known]:
        found: dict[Attribute, Known] = {}
        for source in dict.fromkeys((each.owner, each.types) for each in self.asked.attributes):
            group = [each for each in self.asked.attributes if (each.owner, each.types) == source]
            counted: list[Sql] = [call("count", exp.Star())]
            for each in group:
                counted += [call("count", self.value(each)), call("approx_count_distinct", self.value(each))]
            (row,) = rows(self.dataset.connection, self._records(group[0], *counted))
            numbers = [int(str(number)) for number in row]
            for place, each in enumerate(group):
                found[each] = Known(numbers[0], *numbers[1 + 2 * place : 3 + 2 * place])
        return found

    @cached_property
    def linked(self) -> Known:
        """How many of the contacts have an account."""
        counted = [call("count", exp.Star()), call("count", column("account_id"))]
        (row,) = rows(self.dataset.connection, exp.select(*counted).from_(table("contacts")))
        records, known = (int(str(number)) for number in row)
        return Known(records, known, known)

    def value(self, attribute: Attribute) -> Sql:
        """The column of an attribute; of an event's property that of the kind which these types declare."""
        if attribute.owner != "event":
            return column(attribute.name)
        declared = (self.model.schema.events[name][attribute.name] for name in attribute.types)
        names = self.model.schema.event_columns()
        columns = [column(names[attribute.name, kind]) for kind in dict.fromkeys(each.kind for each in declared)]
        return columns[0] if len(columns) == 1 else call("coalesce", *(call("to_json", each) for each in columns))

    def _records(self, attribute: Attribute, *columns: Sql) -> exp.Select:
        query = exp.select(*columns).from_(table("events" if attribute.owner == "event" else f"{attribute.owner}s"))
        return query.where(one_of(column("type"), attribute.types)) if attribute.owner == "event" else query

    def values(self, attribute: Attribute) -> exp.Select:
        """Its different known values, folded and without blanks around, with how often each occurs (`n`)."""
        folded = call("lower", call("trim", self.value(attribute)))
        found = self._records(attribute, folded.as_("value"), call("count", exp.Star()).as_("n"))
        return found.where(is_known(self.value(attribute))).group_by(column("value"))

    def _number(self, query: Sql) -> int:
        return int(str(rows(self._run.connection, query)[0][0]))


def with_only(model: Model, probes: tuple[Measure, ...]) -> Model:
    """The model with these measures, and of its own definitions those that they read."""
    graph = build([*model.order, *probes], model.ignored)
    needed = {source for probe in probes for source in nx.ancestors(graph, key_of(probe))}
    return replace(model, order=(*(item for item in model.order if key_of(item) in needed), *probes))


def scores(model: Model) -> Iterator[Score]:
    """The scores of both levels."""
    for level in LEVELS:
        yield from model.scores(level)
