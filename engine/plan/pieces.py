"""Bounds over the rows of lines: which of them lose what a bound takes, so that a later one sees what is left.

In each group the rows stand newest first (ties: the smaller id, then the line written first). A `max` takes its
excess from positive rows in this order, each down to 0, as a running sum tells; what is left over, the first row
takes. A `min` does the same with negative rows (decision 116).
"""

from __future__ import annotations

from typing import Protocol

from ..model import Compare, Expr
from .rowsets import Capped, Rows
from .scalars import Over, call, event, integer, only_if
from .selects import EVENT_ROW, Selects, wanted
from .steps import Query, Source


class MakesQueries(Protocol):
    def query(self, rows: Rows, names: list[str]) -> Query: ...


def capped(flows: MakesQueries, selects: Selects, rows: Capped, names: list[str]) -> Query:
    """The rows with what the bound leaves of each as `kept`."""
    carried = [name for name in names if name not in ("kept", "rank")]
    ordering = ("at", "id", "kept", "rank")
    below = list(dict.fromkeys([*carried, *ordering, *wanted((rows.by, rows.value))]))
    query = flows.query(rows.rows, [name for name in below if name != "owner"])
    columns: dict[str, Expr] = {name: event(name) for name in ("owner", *dict.fromkeys((*carried, *ordering)))}
    columns |= {"bound": rows.value, "spare": _size(rows, event("kept"))}
    if rows.by is not None:
        columns["by"] = rows.by
    flat = selects.select(Source(query), EVENT_ROW, columns)
    placed = Query(tuple({**{name: event(name) for name in columns}, **_sums(rows)}.items()), Source(flat))
    columns = {"owner": event("owner"), **{name: event(name) for name in names}}
    if "kept" in columns:
        columns["kept"] = _left(rows)
    return Query(tuple(columns.items()), Source(placed))


def _sums(rows: Capped) -> dict[str, Expr]:
    """Of each group: what it has in all, what could be taken, and how much of that comes before each row."""
    partition = (event("owner"),) if rows.by is None else (event("owner"), event("by"))
    order = ((event("at"), True), (event("id", "text"), False), (event("rank"), False))
    spare = call("sum", event("spare"))
    return {
        "total": Over(item=call("sum", event("kept")), partition=partition, kind="timestamp"),
        "all_spare": Over(item=spare, partition=partition, kind="timestamp"),
        "running": Over(item=spare, partition=partition, order=order, kind="timestamp"),
        "place": Over(item=call("row_number"), partition=partition, order=order, kind="timestamp"),
    }


def _left(rows: Capped) -> Expr:
    """What a row keeps; a bound that is missing takes nothing."""
    zero = integer(0)
    beyond = ("total", "bound") if rows.kind == "max" else ("bound", "total")
    excess = call("greatest", call("subtract", event(beyond[0]), event(beyond[1])), zero)
    before = call("subtract", event("running"), event("spare"))
    taken = call("greatest", call("least", event("spare"), call("subtract", excess, before)), zero)
    is_first = Compare(op="==", left=event("place"), right=integer(1))
    rest = only_if(is_first, call("greatest", call("subtract", excess, event("all_spare")), zero), zero)
    change = call("add", taken, rest)
    return call("subtract" if rows.kind == "max" else "add", event("kept"), change)


def _size(rows: Capped, kept: Expr) -> Expr:
    """What a row can lose to the bound."""
    return call("greatest", kept if rows.kind == "max" else call("subtract", integer(0), kept), integer(0))
