"""How far back rules look: of which types events are read at all, and up to which age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model import Compare, Const, Expr, InSet, Or
from .adapter import AS_OF, data
from .flows import conjuncts, types_of
from .rowsets import EventSet
from .scalars import FALSE, TRUE, both, call, event, integer

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


def within_reach(reach: Reach) -> Expr:
    """The test of the data's own table: whether any set could hold an event."""
    by_age: dict[int | None, list[str]] = {}
    for type_, age in reach.items():
        by_age.setdefault(age, []).append(type_)
    tests = [_younger(types, age) for age, types in by_age.items()]
    if TRUE in tests:
        return TRUE
    return FALSE if not tests else tests[0] if len(tests) == 1 else Or(items=tuple(tests))


def _younger(types: list[str], age: int | None) -> Expr:
    of_types = TRUE if ANY in types else InSet(item=data("type", "text"), values=tuple(sorted(types)), exact=True)
    if age is None:
        return of_types
    return both(of_types, Compare(op="<", left=call("subtract", AS_OF, data("at")), right=integer(age)))
