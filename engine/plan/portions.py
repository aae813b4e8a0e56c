"""How often within one group or stretch of time: the rows of the portions that have as many.

Of a group all rows are kept, of a stretch the one with which it ends; so the newest row that is kept is the newest of
the newest portion.
"""

from __future__ import annotations

from typing import Protocol

from ..model import Compare, Expr
from .rowsets import Counter, Portioned, Rows
from .scalars import Column, Frame, Over, both, call, event, integer, is_known, joined, only_if
from .selects import Columns, Row, Selects, wanted
from .steps import Join, Query, Source
from .values import compare_count

ENOUGH = "has enough"
BOUND, LENGTH, COUNTED = "portion bound", "portion length", "portion counted"


class MakesQueries(Protocol):
    def query(self, rows: Rows, names: list[str]) -> Query: ...

    def row(self, rows: Rows) -> Row: ...


def portioned(flows: MakesQueries, selects: Selects, rows: Portioned, names: list[str]) -> Query:
    """The rows of the portions that have as many as the counter says."""
    carried = list(dict.fromkeys((*names, *read_by(rows.counter))))
    row = flows.row(rows.rows)
    marked = with_enough(selects, row, flows.query(rows.rows, carried), rows.counter, (), names)
    return Query(_same(("owner", *names)), Source(marked), where=(event(ENOUGH, "bool"),))


def read_by(counter: Counter) -> list[str]:
    """The columns of rows that a counter reads."""
    own = ["at"] if counter.length is not None else []
    return [name for name in (*own, *wanted(counter)) if name != "owner"]


def with_enough(
    selects: Selects, row: Row, query: Query, counter: Counter, within: tuple[Expr, ...], names: list[str]
) -> Query:
    """The rows with these columns and one more: whether the portion has as many, each portion within some groups."""
    keys = {f"portion key {i}": key for i, key in enumerate(within)}
    columns: dict[str, Expr] = {"owner": event("owner"), **{name: event(name) for name in names if name != "owner"}}
    columns |= {**keys, BOUND: counter.count}
    if counter.distinct is not None:
        columns[COUNTED] = counter.distinct
    partition = (event("owner"), *(event(name) for name in keys))
    if counter.length is None:
        return _in_groups(selects, row, query, counter, columns, partition)
    columns |= {"at": event("at"), LENGTH: counter.length}
    flat = selects.select(Source(query), row, columns)
    if counter.distinct is None:
        return _in_stretches(flat, counter, partition)
    return _distinct_in_stretches(flat, counter, tuple(keys))


def _in_groups(
    selects: Selects, row: Row, query: Query, counter: Counter, columns: Columns, partition: tuple[Expr, ...]
) -> Query:
    assert counter.by is not None
    flat = selects.select(Source(query), row, {**columns, "portion": counter.by})
    item = call("count") if counter.distinct is None else call("count_distinct", event(COUNTED))
    number = Over(item=item, partition=(*partition, event("portion")), kind="timestamp")
    counted = Query((*_same(flat.names), ("n", number)), Source(flat))
    return _marked(counted, counter, is_known(event("portion")))


def _in_stretches(flat: Query, counter: Counter, partition: tuple[Expr, ...]) -> Query:
    """The events of a stretch up to the one with which it ends."""
    back = call("greatest", call("subtract", event(LENGTH), integer(1)), integer(0))
    frame = Frame("RANGE", back, "PRECEDING", "current", "FOLLOWING")
    some_time = Compare(op=">=", left=event(LENGTH), right=integer(1))
    number = only_if(
        some_time, Over(item=call("count"), partition=partition, order=((event("at"), False),), frame=frame)
    )
    return _marked(Query((*_same(flat.names), ("n", number)), Source(flat)), counter, _lasts())


def _distinct_in_stretches(flat: Query, counter: Counter, keys: tuple[str, ...]) -> Query:
    """The same for distinct values: SQL has no distinct counts over a moving frame."""
    start = call("subtract", event("at"), event(LENGTH))
    inside = both(
        *(_equal(joined("r", name), event(name)) for name in ("owner", *keys)),
        Compare(op="<=", left=joined("r", "at"), right=event("at")),
        Compare(op=">", left=joined("r", "at"), right=start),
    )
    by = tuple(event(name) for name in ("owner", *keys, "at"))
    counts = Query(
        (*_same(("owner", *keys, "at")), ("n", call("count_distinct", joined("r", COUNTED)))),
        Source(flat),
        (Join(flat, "r", inside, "inner"),),
        (),
        by,
    )
    same = both(*(_equal(joined("c", name), event(name)) for name in ("owner", *keys, "at")))
    counted = Query((*_same(flat.names), ("n", joined("c", "n"))), Source(flat), (Join(counts, "c", same),))
    return _marked(counted, counter, _lasts())


def _lasts() -> Expr:
    return Compare(op=">", left=event(LENGTH), right=integer(0))


def _marked(counted: Query, counter: Counter, there_is: Expr) -> Query:
    enough = both(there_is, compare_count(counter.op, event("n"), event(BOUND, "number")))
    return Query((*_same(tuple(name for name in counted.names if name != "n")), (ENOUGH, enough)), Source(counted))


def _equal(left: Expr, right: Expr) -> Expr:
    return Compare(op="==", left=left, right=right, exact=True)


def _same(names: tuple[str, ...]) -> tuple[tuple[str, Column], ...]:
    return tuple((name, event(name)) for name in dict.fromkeys(names))
