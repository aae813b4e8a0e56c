"""What is counted at many instants, followed from one to the next: an event comes into a selection at one of them and
leaves it at a later one, and in between nothing has to be counted anew.

    struck ──▶ turns (at which instant an owner has one more of an atom, or one less)
                 └──▶ counted (how many there are from then on, and were before)
                        └──▶ changes (of the sums that stand on them)
                               └──▶ spells (the sums, from when until when)
                                      └──▶ near (those of some instants that follow each other)
                                             └──── now ────▶ the same at each instant

Only what is counted can be followed so: of what is worth less day by day, nothing stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ...grammar.nodes import Level
from ..model import Compare, Default, Expr
from .ahead import FROM, GONE, UNTIL, counts_from, ever
from .population import SEEN
from .reach import EVER
from .scalars import Column, Frame, Over, call, event, integer, joined, only_if, rewrite
from .selects import EVENT_ROW, Selects
from .steps import AT_HAND, EVERY, Join, Query, Source, Union
from .terms import ATOM, Term, of_atom

NEAR = "those of the instants at hand"
"""What `at_hand` is for."""

BEFORE = "n before"
"""How many there were before a turn."""


def turns(struck: str, whose: Sequence[Column]) -> Union:
    """The instants at which events begin to count, and those at which they cease to. `whose` they are is named by
    columns, which both have."""
    return Union(tuple(_turns(struck, whose, bound, by) for bound, by in ((FROM, 1), (UNTIL, -1))))


def _turns(struck: str, whose: Sequence[Column], bound: str, by: int) -> Query:
    first = Join(EVERY, "i", Compare(op="<=", left=event(bound), right=joined("i", "as_of")), "next")
    own = ((each.name, each) for each in whose)
    return Query((*own, ("at", joined("i", "as_of")), ("by", integer(by))), Source(struck), (first,))


def counted(turned: str | Query, whose: Sequence[Column]) -> Query:
    """How many events there are from each turn on, and were before; missing if there are none."""
    own = tuple((each.name, each) for each in whose)
    moved = (("at", event("at")), ("by", event("by")))
    running = Query((*own, *moved, ("total", _so_far("by", whose))), Source(turned))
    before = call("subtract", event("total"), event("by"))
    return Query((*own, ("at", event("at")), ("n", if_any(event("total"))), (BEFORE, if_any(before))), Source(running))


def aged(low: Expr, high: Expr) -> tuple[Expr, Expr]:
    """From when on an event counts that does between two ages, and until when: once it is known, and not ignored."""
    at = event("at")
    return call("greatest", event(SEEN), call("add", at, low)), call("least", event(GONE), call("add", at, high))


def in_span(since: Expr, until: Expr) -> tuple[Expr, ...]:
    """Whether what is so from one instant until another can be so at any that there is; read beside SPAN."""
    return (
        Compare(op="<", left=since, right=until),
        Compare(op="<=", left=since, right=joined("span", "last")),
        Compare(op=">", left=until, right=joined("span", "first")),
    )


_FIRST_AND_LAST = (("first", call("min", event("as_of"))), ("last", call("max", event("as_of"))))
SPAN = Join(Query(_FIRST_AND_LAST, Source(EVERY)), "span", None, "cross")
"""The first and the last of all instants."""


def is_count(term: Term) -> bool:
    """Whether a term's first value is how many events there are: it changes as that does."""
    return term.values[0] == of_atom("n")


def as_they_come(term: Term) -> Term:
    """By how much a number of events differs at a turn."""
    return Term(term.atom, (joined(ATOM, "by"),))


def change(term: Term) -> Term:
    """By how much a term's first value differs from what it was before a turn."""

    def earlier(expr: Expr) -> Expr | None:
        return joined(ATOM, BEFORE) if isinstance(expr, Column) and expr.table == ATOM else None

    value = Default(item=term.values[0], fallback=integer(0), kind="timestamp")
    return Term(term.atom, (call("subtract", value, rewrite(value, earlier)),))


def sums(names: Collection[str], none: Expr | None = None) -> dict[str, Expr]:
    """The sum of the units of each tally, which is known by its place; of other rows it adds `none`."""
    if len(names) == 1:
        return dict.fromkeys(names, call("sum", event("units")))
    columns: dict[str, Expr] = {}
    for place, name in enumerate(names):
        mine = Compare(op="==", left=event("tally"), right=integer(place))
        columns[name] = call("sum", only_if(mine, event("units"), none))
    return columns


def by_turn(changes: Iterable[Query], names: Collection[str]) -> Query:
    """All changes (`owner`, `tally`, `at`, `units`) of an owner at an instant, a column for each sum. Engines add up
    zeros faster than they look for what is missing."""
    owner, at = event("owner"), event("at")
    differs = Compare(op="!=", left=event("units"), right=integer(0))
    columns = (("owner", owner), ("at", at), *sums(names, integer(0)).items())
    return Query(columns, Source(Union(tuple(changes))), where=(differs,), group=(owner, at))


def beginnings(level: Level, names: Iterable[str]) -> Query:
    """Nothing, for everybody, from when on they are there: so that they have a spell at any time from then on."""
    nothing = ((name, integer(0)) for name in names)
    return Query((("owner", event("key")), ("at", event(SEEN)), *nothing), Source(ever(level)))


def spells(changed: str, names: Collection[str]) -> Query:
    """The sums out of their changes: from each instant with any, until the next one."""
    owner, at = event("owner"), event("at")
    following = Over(item=call("min", at), partition=(owner,), order=_IN_TIME, frame=_NEXT, kind="timestamp")
    columns: dict[str, Expr] = {
        "key": owner,
        FROM: at,
        UNTIL: Default(item=following, fallback=integer(EVER), kind="timestamp"),
        **{name: _so_far(name, [owner]) for name in names},
    }
    found = {name: if_any(event(name)) if name in names else event(name) for name in columns}
    return Query(tuple(found.items()), Source(Query(tuple(columns.items()), Source(changed))))


def at_hand(relation: str, names: Iterable[str], by: str) -> Query:
    """Those rows of a relation that count at any of the instants at hand, in the order of a column."""
    counts = (
        Compare(op="<=", left=event(FROM), right=joined("hand", "last")),
        Compare(op=">", left=event(UNTIL), right=joined("hand", "first")),
    )
    columns = tuple((name, event(name)) for name in names)
    return Query(columns, Source(relation), (Join(AT_HAND, "hand", None, "cross"),), counts, order=(event(by),))


def at_instant(selects: Selects, spelt: str, names: Iterable[str]) -> Query:
    """The sums as they are at the instant."""
    columns = {name: event(name) for name in ("key", *names)}
    return selects.select(Source(spelt), EVENT_ROW, columns, counts_from(FROM))


def _so_far(name: str, of: Sequence[Expr]) -> Over:
    """The sum of a column from the first turn up to this one."""
    return Over(item=call("sum", event(name)), partition=tuple(of), order=_IN_TIME, frame=_SO_FAR, kind="timestamp")


def if_any(count: Expr) -> Expr:
    """A count or a sum, missing if it is 0."""
    return only_if(Compare(op="!=", left=count, right=integer(0)), count)


_IN_TIME: tuple[tuple[Expr, bool], ...] = ((event("at"), False),)
_SO_FAR = Frame("ROWS", "unbounded", "PRECEDING", "current", "FOLLOWING")
_NEXT = Frame("ROWS", integer(1), "FOLLOWING", integer(1), "FOLLOWING")
