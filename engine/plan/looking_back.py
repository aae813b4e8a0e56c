"""The queries about days before: what the tables of the day before tell, and what the rows of an entity show.

An entity has a row for each day on which it exists. What was so on the row before counts only if that was the day
before; of the first row the tables may tell more.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...grammar.nodes import Level
from ..model import Cases, Compare, Default, Expr, Not
from .past import REMEMBERED, Look
from .scalars import Frame, Instant, Over, Ref, both, call, event, integer, is_known, joined, only_if
from .selects import ACCOUNT_ROW, LEAD_ROW, Selects
from .steps import Join, Query, Source

DAY = Instant(name="day", kind="timestamp")


def told(selects: Selects, level: Level, names: Mapping[str, str]) -> Query:
    """Columns of the table of the day before; `names` has for each its name there."""
    same = Compare(op="==", left=joined("m", "id", "text"), right=event("id", "text"), exact=True)
    yesterday = Compare(op="==", left=joined("m", "day"), right=event("yesterday"))
    columns = {
        "key": event("key"),
        "id": Ref(level=level, name="id", kind="text"),
        "yesterday": call("subtract", DAY, integer(1)),
    }
    row = LEAD_ROW if level == "lead" else ACCOUNT_ROW
    dated = selects.select(Source(level), row, columns)
    table = Join(REMEMBERED[level], "m", both(same, yesterday))
    return Query(
        (("key", event("key")), *((name, joined("m", title)) for name, title in names.items())), Source(dated), (table,)
    )


def looked(selects: Selects, level: Level, name: str, look: Look) -> Query:
    """The column of a look, by `key`."""
    reads = {f"read {place}": ref for place, ref in enumerate(look.reads)}
    told = {f"told {place}": ref for place, ref in enumerate(look.told)}
    own = {"key": event("key"), "id": Ref(level=level, name="id", kind="text"), "on day": DAY}
    row = LEAD_ROW if level == "lead" else ACCOUNT_ROW
    days = selects.select(Source(level), row, {**own, **reads, **told})
    value = event("read 0", look.reads[0].kind)
    passed = tuple((each, event(each)) for each in days.names)
    seen = {
        "day before": _row_before(_DAY),
        "value before": _row_before(only_if(value, _DAY) if _is_test(look) else value),
    }
    beside = Query((*passed, *seen.items()), Source(days))
    if look.what in ("before", "since before"):
        found = Cases(items=((_FOLLOWS, event("value before", value.kind)),), otherwise=_TOLD, kind=value.kind)
        return Query((("key", event("key")), (name, found)), Source(beside))
    carried = Query((("key", event("key")), *own_columns(), ("read 0", value), *_marks(look, value)), Source(beside))
    if look.what == "reached":
        return _first(name, carried)
    newest = _so_far("max", event("mark"), _ENTITY)
    return Query((("key", event("key")), (name, _found(look, value, newest))), Source(carried))


def _first(name: str, carried: Query) -> Query:
    """The first mark since an entity has been there on each day."""
    there = ("there", _so_far("max", event("begins"), _ENTITY))
    stays = Query((("key", event("key")), *own_columns(), ("mark", event("mark")), there), Source(carried))
    first = _so_far("min", event("mark"), (*_ENTITY, event("there")))
    return Query((("key", event("key")), (name, first)), Source(stays))


def _so_far(what: str, item: Expr, partition: tuple[Expr, ...]) -> Over:
    return Over(item=call(what, item), partition=partition, order=_IN_TIME, frame=_SO_FAR, across=True)


def own_columns() -> tuple[tuple[str, Expr], ...]:
    return ("id", event("id", "text")), ("on day", _DAY)


def _is_test(look: Look) -> bool:
    return look.what in ("run", "held")


def _marks(look: Look, value: Expr) -> tuple[tuple[str, Expr], ...]:
    mark = ("mark", _mark(look, value))
    return (mark, ("begins", _unless(_FOLLOWS, _DAY))) if look.what == "reached" else (mark,)


def _mark(look: Look, value: Expr) -> Expr:
    """What the newest of decides: the day on which a run or a stage began; whether a stage is held, as a last bit
    behind the day that says so. What the first of decides: the day on which a stage is held."""
    match look.what:
        case "reached":
            return Default(item=_TOLD, fallback=only_if(value, _DAY), kind="timestamp")
        case "run":
            follows = Compare(op="==", left=event("value before"), right=_YESTERDAY)
            return only_if(value, _unless(follows, Default(item=_TOLD, fallback=_DAY, kind="timestamp")))
        case "since":
            same = Compare(op="==", left=event("value before", "text"), right=value, exact=True)
            told_same = Compare(op="==", left=event("told 0", "text"), right=value, exact=True)
            began = only_if(told_same, event("told 1"), _DAY)
            return only_if(is_known(value), _unless(both(_FOLLOWS, same), began))
        case "held":
            keeps = event("read 1", "bool")
            entered = ((value, integer(1)), (Not(item=keeps), integer(0)), (_FOLLOWS, integer(None)))
            bit = Cases(items=(*entered, (event("told 0", "bool"), integer(1))), otherwise=integer(0), kind="timestamp")
            return call("add", call("multiply", _DAY, integer(2)), bit)
    raise AssertionError(look.what)


def _found(look: Look, value: Expr, newest: Expr) -> Expr:
    """The column from the newest mark."""
    if look.what == "held":
        return Compare(op="==", left=call("floor_mod", newest, integer(2)), right=integer(1))
    return only_if(value if look.what == "run" else is_known(value), newest)


def _row_before(item: Expr) -> Over:
    return Over(
        item=call("max", item, kind=item.kind),
        partition=_ENTITY,
        order=_IN_TIME,
        frame=_LAST,
        across=True,
        kind=item.kind,
    )


def _unless(condition: Expr, value: Expr) -> Expr:
    return Cases(items=((condition, integer(None)),), otherwise=value, kind="timestamp")


_DAY = event("on day")
_YESTERDAY = call("subtract", _DAY, integer(1))
_FOLLOWS = Compare(op="==", left=event("day before"), right=_YESTERDAY)
_TOLD = event("told 0")
_ENTITY: tuple[Expr, ...] = (event("id", "text"),)
_IN_TIME: tuple[tuple[Expr, bool], ...] = ((_DAY, False),)
_LAST = Frame("ROWS", integer(1), "PRECEDING", integer(1), "PRECEDING")
_SO_FAR = Frame("ROWS", "unbounded", "PRECEDING", "current", "FOLLOWING")
