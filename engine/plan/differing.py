"""How many different values (days, contacts, pages) somebody's events have, by way of relations that new events only
add to: each value once, beside its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from ..model import Compare, Expr, Missing
from ..schema import Kind
from .atoms import Atom, Lane, only_events
from .book import EntityColumn
from .flows import Flows
from .hits import Counting
from .increment import BY_CONTACT
from .rowsets import EventSet, Grouped, Output
from .scalars import Column, call, event, integer, is_known, leaves, only_if
from .selects import EVENT_ROW, Selects, wanted
from .steps import Query, Relation, Source, Union

Emit = Callable[[str, Relation, str], None]


class Differing:
    """Makes the steps of columns that count different values, where new events are added to what was found before, or
    will be; `emit` makes a step of that name."""

    def __init__(self, selects: Selects, flows: Flows, emit: Emit, counting: Counting) -> None:
        self._selects = selects
        self._flows = flows
        self._emit = emit
        self._counting = counting
        self._numbers = count(1)

    def is_added(self, column: EntityColumn) -> bool:
        """Whether the values that a column counts are kept, and those of new events come to them."""
        found = values_counted(column) if self._counting.is_additive else None
        if found is None:
            return False
        *_, value = found
        return all(isinstance(leaf, Column) and leaf.table == "e" and leaf.name != "session" for leaf in leaves(value))

    def counts(self, columns: Sequence[EntityColumn]) -> Iterator[tuple[list[EntityColumn], Query]]:
        """The columns in parts, each of which one query counts."""
        parts: dict[tuple[Lane, Kind], list[tuple[EntityColumn, EventSet, Expr]]] = {}
        for column in columns:
            found = values_counted(column)
            assert found is not None
            rows, atom, value = found
            parts.setdefault((atom.lane, value.kind), []).append((column, rows, value))
        for (lane, _), part in parts.items():
            names = [column.name for column, *_ in part]
            yield [column for column, *_ in part], self._counted(lane, names, self._values(lane, part))

    def _values(self, lane: Lane, part: Sequence[tuple[EntityColumn, EventSet, Expr]]) -> str | Union:
        """The relation of the values: `owner`, the `set` that has it, `value`, and of accounts whose event had it, so
        that one contact can be counted anew, or left out."""
        queries = tuple(self._differing(lane, number, rows, value) for number, (_, rows, value) in enumerate(part))
        found = queries[0] if len(queries) == 1 else Union(queries)
        name = f"{lane.key}_differing_{next(self._numbers)}{BY_CONTACT if lane.key == 'account' else ''}"
        purpose = f"the values that {len(part)} counts of different ones stand on"
        return self._counting.found(self._emit, name, found, purpose)

    def _differing(self, lane: Lane, number: int, rows: EventSet, value: Expr) -> Query:
        contact = ["lead"] if lane.key == "account" else []
        of_all = replace(rows, without=None) if contact else rows
        events = self._flows.query(of_all, [*wanted(value), *contact])
        columns = (
            ("owner", event("owner")),
            *((name, event(name)) for name in contact),
            ("set", integer(number)),
            ("value", value),
        )
        return Query(columns, Source(events), where=(is_known(value),), distinct=True)

    def _counted(self, lane: Lane, names: Sequence[str], values: str | Union) -> Query:
        tests = [] if lane.without is None or lane.key == "lead" else [Missing(item=lane.without)]
        columns = {name: event(name) for name in ("owner", "set", "value")}
        each = self._selects.select(Source(values), EVENT_ROW, columns, tests, distinct=True)
        numbers = {name: Compare(op="==", left=event("set"), right=integer(place)) for place, name in enumerate(names)}
        found = {
            name: call("null_if_zero", call("count", only_if(is_of_set, integer(1))))
            for name, is_of_set in numbers.items()
        }
        return Query((("key", event("owner")), *found.items()), Source(each), group=(event("owner"),))


def values_counted(column: EntityColumn) -> tuple[EventSet, Atom, Expr] | None:
    """The events, also as an atom, and the value of which a column counts how many different ones there are; None if
    it asks for more than the events themselves and their age."""
    match column.rows, column.output:
        case Grouped(rows=EventSet() as rows, by=value, often=None), Output(what="count", item=None) as output:
            pass
        case EventSet() as rows, Output(what="distinct", item=Expr() as value) as output:
            pass
        case _:
            return None
    atom = None if output.counter or output.by else only_events(rows, None)
    return None if atom is None else (rows, atom, value)
