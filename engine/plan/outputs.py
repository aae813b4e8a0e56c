"""Outputs of sets of rows as queries by `key`: aggregates that share a scan, and those that need one of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Compare, Expr
from .flows import Flows, conjuncts
from .rowsets import EventSet, LeadRows, Output, Rows
from .scalars import Column, Factor, Over, both, call, event, integer, is_known, only_if
from .selects import Columns, Row, Selects, wanted
from .steps import Query, Source

Asked = Mapping[str, Output]
"""Outputs by the name of their column."""


class Outputs:
    """Makes the queries of outputs."""

    def __init__(self, flows: Flows, selects: Selects) -> None:
        self._flows = flows
        self._selects = selects

    def shared(self, batch: Sequence[tuple[EventSet | LeadRows, Asked]]) -> Query:
        """One scan for several sets: each test is a column, each output an aggregate over the rows that pass."""
        source, row, owner = self._flows.scan(batch[0][0], tuple((rows, *asked.values()) for rows, asked in batch))
        columns: dict[str, Expr] = {"owner": owner}
        finals: dict[str, Expr] = {"key": event("owner")}
        for number, (rows, asked) in enumerate(batch):
            passes = f"passes {number + 1}"
            columns[passes] = both(*self._flows.tests(rows), *conjuncts_of(rows))
            for name, output in asked.items():
                item = output.item
                if isinstance(item, Column):
                    columns[item.name] = item
                elif isinstance(item, Factor) and isinstance(item.age, Column):
                    carried = f"{item.column} by {item.age.name}"
                    columns[carried] = item
                    item = event(carried, item.kind)
                elif item is not None:
                    columns[f"{name} item"] = only_if(columns[passes], item)
                    item = event(f"{name} item", item.kind)
                elif output.what != "count":
                    columns["at"] = event("at")
                finals[name] = _aggregate(output, item, event(passes, "bool"))
        inner = self._selects.select(source, row, columns, [is_known(owner)])
        return Query(tuple(finals.items()), Source(inner), group=(event("owner"),))

    def plain(self, rows: Rows, asked: Asked) -> Query:
        """Simple aggregates over a set of its own, distinct counts included."""
        items = tuple(output.item for output in asked.values())
        at = ["at"] if any(output.what in ("newest", "oldest") for output in asked.values()) else []
        query = self._flows.query(rows, [*at, *wanted(items)])
        columns = {"key": event("owner"), **{name: _aggregate(output, output.item) for name, output in asked.items()}}
        return self._grouped(query, rows, columns)

    def special(self, rows: Rows, name: str, output: Output) -> Query:
        """An output that needs more than one aggregate."""
        match output.what:
            case "newest_value" | "earliest_value":
                order = ((event("at"), output.what == "newest_value"), (event("id", "text"), False))
                return self._first(rows, name, output, order, ["at", "id"])
            case "smallest" | "largest":
                falling = output.what == "largest"
                assert output.item is not None
                return self._first(rows, name, output, ((output.by[0], falling), (output.item, False)), [])
            case "median":
                return self._median(rows, name, output)
            case "most_common":
                return self._most_common(rows, name, output)
            case "periods":
                return self._periods(rows, name, output)
            case "bounded":
                return self._bounded(rows, name, output)
        raise AssertionError(output.what)

    # --- the special ones ---------------------------------------------------------------------------------------

    def _first(
        self, rows: Rows, name: str, output: Output, order: tuple[tuple[Expr, bool], ...], names: list[str]
    ) -> Query:
        """The value of the first row where it is known."""
        assert output.item is not None
        query = self._flows.query(rows, [*names, *wanted((output.item, output.by))])
        place = Over(item=call("row_number"), partition=(event("owner"),), order=order, kind="timestamp")
        columns = {"owner": event("owner"), name: output.item, "place": place}
        placed = self._selects.select(Source(query), self._row(rows), columns, [is_known(output.item)])
        return _only({"key": event("owner"), name: event(name)}, placed, _is("place", 1))

    def _median(self, rows: Rows, name: str, output: Output) -> Query:
        """The middle value, or the mean of the middle two, in units."""
        assert output.item is not None
        query = self._flows.query(rows, wanted(output.item))
        valued = self._selects.select(Source(query), self._row(rows), {"owner": event("owner"), "value": output.item})
        order = ((event("value"), False),)
        owner = (event("owner"),)
        placed = Query(
            (
                ("owner", event("owner")),
                ("value", event("value")),
                ("place", Over(item=call("row_number"), partition=owner, order=order, kind="timestamp")),
                ("rows", Over(item=call("count"), partition=owner, kind="timestamp")),
            ),
            Source(valued),
            where=(is_known(event("value")),),
        )
        twice = call("multiply", event("place"), integer(2))
        middle = (
            Compare(op=">=", left=twice, right=event("rows")),
            Compare(op="<=", left=twice, right=call("add", event("rows"), integer(2))),
        )
        mean = call("mean", call("sum", event("value")), call("count"), kind="number")
        return Query((("key", event("owner")), (name, mean)), Source(placed), where=middle, group=(event("owner"),))

    def _most_common(self, rows: Rows, name: str, output: Output) -> Query:
        assert output.item is not None
        query = self._flows.query(rows, wanted((output.item, output.by)))
        columns = {"owner": event("owner"), "value": output.item, "by": output.by[0]}
        valued = self._selects.select(Source(query), self._row(rows), columns, [is_known(output.item)])
        counted = Query(
            (
                ("owner", event("owner")),
                ("by", event("by")),
                ("value", call("min", event("value"))),
                ("n", call("count")),
            ),
            Source(valued),
            group=(event("owner"), event("by")),
        )
        order = ((event("n"), True), (event("by"), False))
        place = Over(item=call("row_number"), partition=(event("owner"),), order=order, kind="timestamp")
        placed = Query((*((n, event(n)) for n in ("owner", "value")), ("place", place)), Source(counted))
        return _only({"key": event("owner"), name: event("value")}, placed, _is("place", 1))

    def _periods(self, rows: Rows, name: str, output: Output) -> Query:
        """A function over the counts of those rolling periods that have events."""
        assert output.counter is not None
        query = self._flows.query(rows, ["age", *wanted(output.counter)])
        period = call("div", event("age"), integer(output.unit))
        columns = {"owner": event("owner"), "period": period, "bound": call("whole", output.counter.count)}
        flat = self._selects.select(Source(query), self._row(rows), columns)
        among = (
            Compare(op=">=", left=event("period"), right=integer(1)),
            Compare(op="<=", left=event("period"), right=event("bound")),
        )
        by = (event("owner"), event("period"))
        columns = {"owner": event("owner"), "n": call("count"), "bound": call("min", event("bound"))}
        counted = Query(tuple(columns.items()), Source(flat), where=among, group=by)
        if output.function == "middle":
            return _twice_the_median(counted, name)
        n = event("n")
        made = {
            "sum": call("sum", n),
            "squares": call("sum", call("multiply", n, n)),
            "max": call("max", n),
            "min": call("min", n),
            "known": call("count"),
        }[output.function]
        return Query((("key", event("owner")), (name, made)), Source(counted), group=(event("owner"),))

    def _bounded(self, rows: Rows, name: str, output: Output) -> Query:
        """What bounds within each group change of the sum."""
        assert output.item is not None
        values = tuple(bound.value for bound in output.bounds)
        query = self._flows.query(rows, wanted((output.item, output.by, values)))
        columns = {"owner": event("owner"), "by": output.by[0], "worth": output.item}
        columns |= {f"bound {i}": value for i, value in enumerate(values)}
        flat = self._selects.select(Source(query), self._row(rows), columns)
        bounds = [(f"bound {i}", call("min", event(f"bound {i}"))) for i in range(len(values))]
        total = ("total", call("sum", event("worth")))
        grouped = Query((("owner", event("owner")), total, *bounds), Source(flat), group=(event("owner"), event("by")))
        new: Expr = event("total")
        for number, bound in enumerate(output.bounds):
            new = call("least" if bound.kind == "max" else "greatest", new, event(f"bound {number}"))
        change = only_if(is_known(event("total")), call("subtract", new, event("total")))
        return Query((("key", event("owner")), (name, call("sum", change))), Source(grouped), group=(event("owner"),))

    def _grouped(self, query: Query, rows: Rows, columns: Columns) -> Query:
        return self._selects.select(Source(query), self._row(rows), columns, (), (event("owner"),))

    def _row(self, rows: Rows) -> Row:
        row = self._flows.row(rows)
        return Row(row.keys)


def _aggregate(output: Output, item: Expr | None, passes: Expr | None = None) -> Expr:
    """A simple aggregate; with `passes` only over the rows that pass."""

    def among(expr: Expr) -> Expr:
        return expr if passes is None else only_if(passes, expr)

    match output.what:
        case "count" if item is None:
            return call("count") if passes is None else call("count", among(integer(1)))
        case "count":
            assert item is not None
            return call("count", among(item))
        case "newest":
            return call("max", among(event("at")))
        case "oldest":
            return call("min", among(event("at")))
        case "distinct":
            assert item is not None
            return call("count_distinct", among(item))
    assert item is not None
    return call(output.what, among(item), kind=output.kind)


def _twice_the_median(counted: Query, name: str) -> Query:
    """The sum of the middle two counts (of an odd number twice the middle one), where empty periods come first."""
    owner = (event("owner"),)
    place = Over(item=call("row_number"), partition=owner, order=((event("n"), False),), kind="timestamp")
    rows = Over(item=call("count"), partition=owner, kind="timestamp")
    columns = (*((column, event(column)) for column in ("owner", "n", "bound")), ("place", place), ("rows", rows))
    placed = Query(columns, Source(counted))
    rank = call("add", call("subtract", event("bound"), event("rows")), event("place"))
    low, high = (call("div", call("add", event("bound"), integer(more)), integer(2)) for more in (1, 2))
    middle = call(
        "add",
        only_if(Compare(op="==", left=rank, right=low), event("n"), integer(0)),
        only_if(Compare(op="==", left=rank, right=high), event("n"), integer(0)),
    )
    return Query((("key", event("owner")), (name, call("sum", middle))), Source(placed), group=owner)


def conjuncts_of(rows: EventSet | LeadRows) -> list[Expr]:
    """The test of a set itself, in its parts."""
    return list(conjuncts(rows.test)) if isinstance(rows, EventSet) else []


def _is(name: str, value: int) -> Expr:
    return Compare(op="==", left=event(name), right=integer(value))


def _only(columns: Columns, query: Query, test: Expr) -> Query:
    return Query(tuple(columns.items()), Source(query), where=(test,))
