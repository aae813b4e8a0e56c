"""How far back rules look: of which types events are read at all, and up to which age."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..model import Compare, Const, Default, Expr, InSet
from ..schema import Kind
from .adapter import AS_OF, data
from .flows import conjuncts, types_of
from .rowsets import EventSet
from .scalars import FALSE, TRUE, Column, OfText, both, call, event, integer

ANY = ""
"""Stands for events of every type."""

Reach = Mapping[str, int | None]
"""For each type of events, or for ANY, the age in microseconds from which nobody asks for them; None: for all."""


def reach(asked: Iterable[tuple[Expr, int | None]]) -> Reach:
    """What is read for tests of events, each with the age from which it asks for none."""
    found: dict[str, int | None] = {}
    for test, age in asked:
        types = types_of(test)
        for type_ in (ANY,) if types is None else types:
            known = found.get(type_, age)
            found[type_] = None if known is None or age is None else max(known, age)
    return found


def youngest_out(rows: EventSet) -> int | None:
    """The age from which no event is in the set, if its test says so."""
    ages = [age for test in conjuncts(rows.test) if (age := below(test)) is not None]
    return min(ages, default=None)


def below(test: Expr) -> int | None:
    """The bound of a test that asks for events younger than so many microseconds."""
    return _bound(test, "<")


def at_least(test: Expr) -> int | None:
    """The bound of a test that asks for events of at least so many microseconds."""
    return _bound(test, ">=")


def _bound(test: Expr, op: str) -> int | None:
    if isinstance(test, Compare) and test.op == op and test.left == event("age") and isinstance(test.right, Const):
        return None if test.right.value is None else int(str(test.right.value))
    return None


def within_reach(reach: Reach, of: Callable[[str, Kind], Column] = data) -> Expr:
    """Whether anybody could ask for an event of the data's own table, or whose columns `of` makes. One look at its type
    says how old it may be; one at its instant alone, before, passes over whole blocks of tables in order of time."""
    if reach.get(ANY, 0) is None:
        return TRUE
    ages = {*reach.values()}
    if ages == {None}:
        return _of_types(list(reach), of)
    if len(ages) == 1 and ANY not in reach:
        by_type = _of_types(list(reach), of)
    else:
        by_type = call("less", _by_type(reach, of, _youngest), of("at", "timestamp"), kind="bool")
    known = [age for age in ages if age is not None]
    return both(_younger(max(known), of), by_type) if len(known) == len(ages) > 0 else by_type


def oldest_read(reach: Reach, of: Callable[[str, Kind], Column] = data) -> Expr:
    """The age from which nobody asks for an event, by its type."""
    return integer(EVER) if reach.get(ANY, 0) is None else _by_type(reach, of, integer)


def _by_type(reach: Reach, of: Callable[[str, Kind], Column], make: Callable[[int], Expr]) -> Expr:
    """What is made of the age from which nobody asks for events of a type."""
    of_any = reach.get(ANY, 0) or 0
    ages = {type_: EVER if age is None else max(age, of_any) for type_, age in reach.items() if type_ != ANY}
    if not ages:
        return make(of_any)
    values = tuple((type_, make(age)) for type_, age in sorted(ages.items()))
    of_type = OfText(item=of("type", "text"), values=values, kind="timestamp")
    return Default(item=of_type, fallback=make(of_any), kind="timestamp")


def _younger(age: int, of: Callable[[str, Kind], Column]) -> Expr:
    """Whether an event is younger: a test of its instant alone, which engines make before anything else."""
    return call("less", _youngest(age), of("at", "timestamp"), kind="bool") if age else FALSE


def _youngest(age: int) -> Expr:
    """The instant after which events are younger."""
    return call("subtract", AS_OF, integer(age))


def is_read(reach: Reach, type_: str) -> bool:
    """Whether events of a type are read."""
    return type_ in reach or ANY in reach


def age_of(reach: Reach, type_: str) -> int | None:
    """The age in microseconds from which events of a type that is read are not; None: however old they are."""
    ages = [reach[name] for name in (type_, ANY) if name in reach]
    known = [age for age in ages if age is not None]
    return max(known) if len(known) == len(ages) else None


EVER = 10**18
"""An age that no event has, in microseconds."""


def _of_types(types: list[str], of: Callable[[str, Kind], Column]) -> Expr:
    return InSet(item=of("type", "text"), values=tuple(sorted(types)), exact=True)
