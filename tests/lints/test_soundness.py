"""The proofs behind the lints are never wrong: what is proved impossible never holds, scores stay in their bounds.

Random conditions and scores are checked against what the reference interpreter makes of random people and events.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoreline.engine.interpreter.outcome import interpret
from scoreline.engine.lints.bounds import Bounds
from scoreline.engine.lints.prove import Prover
from scoreline.engine.model import (
    MICROS,
    AgeWindow,
    And,
    AtMost,
    Block,
    Bound,
    Compare,
    Const,
    Cooldown,
    Decay,
    Each,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Function,
    Happened,
    InRange,
    InSet,
    Length,
    Line,
    Missing,
    Model,
    Near,
    Not,
    Often,
    OfType,
    Or,
    Points,
    Prop,
    Score,
    Selection,
    SetTo,
    SomeOf,
    TextTest,
    Times,
)
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.schema import FieldType, Schema

DAY = MICROS["day"]
AS_OF = 100 * DAY
ROLES = ("Buyer", "champion", "user")
SCHEMA = Schema(
    contact={
        "role": FieldType("text", ROLES),
        "age": FieldType("number"),
        "size": FieldType("number"),
        "flag": FieldType("bool"),
        "title": FieldType("text"),
    },
    events={"a": {"n": FieldType("number")}, "b": {"n": FieldType("number")}},
)


def number(value: float) -> Const:
    return Const(float(value), kind="number")


def text(value: str) -> Const:
    return Const(value, kind="text")


ROLE = Field("contact", "role", kind="text")
TITLE = Field("contact", "title", kind="text")
FLAG = Field("contact", "flag", kind="bool")
AGE = Field("contact", "age", kind="number")
SIZE = Field("contact", "size", kind="number")
OPS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
SMALL = st.integers(0, 4)

# --- conditions ---------------------------------------------------------------------


def lengths() -> st.SearchStrategy[Length]:
    return st.builds(Length, st.sampled_from([0, 1, 3, 7, 30]).map(number), st.just(DAY))


def windows() -> st.SearchStrategy[Expr]:
    return st.builds(AgeWindow, st.none() | lengths(), lengths()) | st.builds(AgeWindow, lengths(), st.none())


def near() -> st.SearchStrategy[Expr]:
    anchors = st.sampled_from(["a", "b"]).map(lambda name: Selection("lead", OfType((name,))))
    since = st.builds(Near, st.just("since"), anchors)
    return st.builds(Near, st.sampled_from(["after", "before", "without"]), anchors, lengths()) | since


def filters() -> st.SearchStrategy[Expr]:
    amounts = st.builds(Compare, OPS, st.just(Prop("n", kind="number")), SMALL.map(number))
    hours = st.builds(Compare, OPS, st.just(EventAttr("hour", kind="number")), st.sampled_from([0, 12]).map(number))
    return amounts | hours | windows() | near() | amounts.map(Not)


def selections() -> st.SearchStrategy[Selection]:
    types = st.sampled_from([("a",), ("b",), ("a", "b")]).map(OfType)
    tests = st.builds(lambda head, rest: And((head, *rest)), types, st.lists(filters(), max_size=2))
    return st.builds(Selection, st.just("lead"), tests)


def often() -> st.SearchStrategy[Often]:
    ops = st.sampled_from([">=", "<=", "==", ">", "<"])
    return st.builds(Often, ops, SMALL.map(number), st.sampled_from(["times", "days"]))


def single_tests() -> st.SearchStrategy[Expr]:
    counts = st.builds(lambda chosen: EventAggregate("count", None, chosen, kind="number"), selections())
    return st.one_of(
        st.builds(Compare, st.sampled_from(["==", "!="]), st.just(ROLE), st.sampled_from(["buyer", "USER"]).map(text)),
        st.builds(Compare, OPS, st.sampled_from([AGE, SIZE]), SMALL.map(number)),
        st.builds(Compare, OPS, st.just(AGE), st.just(SIZE)),
        st.builds(Compare, OPS, st.just(Function("abs", (AGE,), kind="number")), SMALL.map(number)),
        st.builds(Compare, OPS, SMALL.map(number), st.just(AGE)),
        st.builds(InSet, st.just(ROLE), st.lists(st.sampled_from(["buyer", "Champion", "x"]), max_size=2).map(tuple)),
        st.builds(InRange, st.just(AGE), st.none() | SMALL.map(number), SMALL.map(number)),
        st.builds(Missing, st.sampled_from([ROLE, AGE, TITLE, FLAG])),
        st.builds(TextTest, st.just("contains"), st.just(TITLE), st.sampled_from([(text("ab"),), (text("b"),)])),
        st.just(FLAG),
        st.builds(Happened, selections(), st.none() | often()),
        st.builds(Compare, OPS, counts, SMALL.map(number)),
    )


def conditions() -> st.SearchStrategy[Expr]:
    def larger(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        some = st.builds(SomeOf, st.sampled_from([">=", "<=", "=="]), st.integers(0, 3).map(number), several)
        return several.map(And) | several.map(And) | several.map(Or) | inner.map(Not) | some

    return st.recursive(single_tests(), larger, max_leaves=6)


# --- people -------------------------------------------------------------------------


def people() -> st.SearchStrategy[Population]:
    fields = st.fixed_dictionaries(
        {
            "role": st.sampled_from([None, *ROLES]),
            "age": st.none() | st.integers(-1, 5).map(float),
            "size": st.none() | st.integers(0, 4).map(float),
            "flag": st.sampled_from([None, True, False]),
            "title": st.sampled_from([None, "ab", "b", "c"]),
        }
    )
    happenings = st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from([0, 1, 2, 3, 7, 29, 30, 31]),
        st.sampled_from([0, 1, DAY // 2]),
        st.none() | st.integers(0, 4).map(float),
    )
    person = st.tuples(fields, st.lists(happenings, max_size=5))
    return st.lists(person, min_size=6, max_size=12).map(population)


def population(persons: list[tuple[dict[str, object], list[tuple[str, int, int, float | None]]]]) -> Population:
    contacts, events = [], []
    for index, (fields, happenings) in enumerate(persons):
        contacts.append(Contact(f"c{index}", "acme", fields))  # type: ignore[arg-type]
        for count, (kind, days, rest, amount) in enumerate(happenings):
            at = AS_OF - days * DAY - rest
            events.append(Event(f"e{index}-{count}", kind, at, f"c{index}", None, {"n": amount}))
    return Population([Account("acme")], contacts, events)


def held(conditions: list[Expr], persons: Population) -> list[set[int]]:
    """For each lead the conditions that hold, by their place."""
    lines = tuple(Line(f"l{place}", Points(number(1)), condition) for place, condition in enumerate(conditions))
    outcome = interpret(Model("x", "1", "UTC", SCHEMA, (Score("lead", "s", lines),)), persons, AS_OF)
    return [
        {int(entry.line[1:]) for entry in outcome.contributions if entry.id == lead.id and entry.line}
        for lead in outcome.leads
    ]


EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(EXAMPLES, max_examples=2000)
SOME = st.lists(conditions(), min_size=2, max_size=12)


@EXAMPLES
@given(SOME, people())
def test_what_is_proved_about_conditions_is_so(conditions: list[Expr], persons: Population) -> None:
    prover = Prover(SCHEMA)
    rows = held(conditions, persons)
    for place, condition in enumerate(conditions):
        assert not (prover.impossible(condition) and any(place in row for row in rows)), condition
        assert not (prover.always(condition) and any(place not in row for row in rows)), condition
        for other_place, other in enumerate(conditions):
            if prover.implies(condition, other):
                assert all(other_place in row for row in rows if place in row), (condition, other)


@pytest.mark.soak
def test_what_is_proved_about_conditions_is_so_for_long() -> None:
    LONG(given(SOME, people())(test_what_is_proved_about_conditions_is_so.hypothesis.inner_test))()


def test_the_examples_do_prove_something() -> None:
    """The strategy would show nothing if it never came upon a proof."""
    found = {"impossible": 0, "always": 0, "implies": 0}

    @settings(max_examples=40, deadline=None, database=None, derandomize=True)
    @given(conditions(), conditions())
    def count(one: Expr, other: Expr) -> None:
        prover = Prover(SCHEMA)
        found["impossible"] += prover.impossible(one) is not None
        found["always"] += prover.always(one)
        found["implies"] += one != other and prover.implies(And((one, other)), other)

    count()
    assert all(found.values()), found


# --- scores -------------------------------------------------------------------------


def values() -> st.SearchStrategy[Expr]:
    return st.sampled_from([number(n) for n in (-20, -3, 0, 0.5, 5, 30)] + [AGE, SIZE])


LIMITS = st.sampled_from([-5, 0, 4, 20]).map(number)
MAX_OR_MIN = st.sampled_from(["max", "min"])


def bounds() -> st.SearchStrategy[tuple[Bound, ...]]:
    single = st.builds(Bound, MAX_OR_MIN, LIMITS)
    return st.just(()) | single.map(lambda bound: (bound,))


def periodic() -> st.SearchStrategy[tuple[Bound, ...]]:
    single = st.builds(Bound, MAX_OR_MIN, LIMITS, st.sampled_from(["day", "week"]))
    return st.lists(single, max_size=2).map(tuple)


def decays() -> st.SearchStrategy[Decay | None]:
    def build(kind: str, period: float, amount: float, floor: float | None, grace: int, by: Selection | None) -> Decay:
        loses = kind.startswith("loses")
        compounding = kind.endswith("compounding")
        return Decay(
            kind.removesuffix(" compounding"),  # type: ignore[arg-type]
            "day",
            period,
            amount if loses else None,
            compounding,
            floor,
            grace,
            by,
        )

    kinds = ["halves", "fades", "loses percent", "loses percent compounding", "loses points"]
    return st.none() | st.builds(
        build,
        st.sampled_from(kinds),
        st.sampled_from([2.0, 30.0]),
        st.sampled_from([1.0, 25.0]),
        st.sampled_from([None, 0.0, 2.0]),
        st.sampled_from([0, 3]),
        st.none() | selections(),
    )


def lines() -> st.SearchStrategy[Line]:
    sure = st.just(And(()))
    names = st.integers(0, 10**9).map(lambda n: f"l{n}")
    once = st.builds(
        lambda name, value, condition, bound, decay: Line(name, Points(value), condition, bounds=bound, decay=decay),
        names,
        values(),
        sure | single_tests(),
        bounds(),
        decays().filter(lambda decay: decay is None or decay.ages_by is not None),
    )
    factors = st.sampled_from([0.0, 0.5, 1.0, 2.0]).map(number) | st.just(AGE)
    times = st.builds(lambda name, value, test: Line(name, Times(value), test), names, factors, sure | single_tests())
    sets = st.builds(lambda name, value, test: Line(name, SetTo(value), test), names, values(), sure | single_tests())
    return once | once | each_lines() | times | sets


def each_lines() -> st.SearchStrategy[Line]:
    names = st.integers(0, 10**9).map(lambda n: f"l{n}")
    cooled = st.sampled_from([1, DAY, 20 * DAY]).map(lambda length: (Cooldown(length),))
    limits = st.just(()) | SMALL.map(lambda n: (AtMost(number(n), "day"),)) | cooled
    return st.builds(
        lambda name, value, unit, chosen, limit, per, bound, decay: Line(
            name, Points(value), each=Each(unit, chosen), at_most=limit, bounds=(*bound, *per), decay=decay
        ),
        names,
        values(),
        st.sampled_from(["event", "day", "week"]),
        selections(),
        limits,
        periodic(),
        bounds(),
        decays(),
    )


def items() -> st.SearchStrategy[tuple[Line | Block, ...]]:
    def block(inner: st.SearchStrategy[tuple[Line | Block, ...]]) -> st.SearchStrategy[tuple[Line | Block, ...]]:
        groups = st.builds(lambda below, bound: Block("group", below, "g", bounds=bound), inner, bounds())
        firsts = inner.map(lambda below: Block("first", below))
        bests = st.lists(each_lines() | groups, min_size=1, max_size=3).map(lambda below: Block("best", tuple(below)))
        whens = st.builds(lambda below, test: Block("when", below, condition=test), inner, single_tests())
        return st.lists(lines() | groups | firsts | bests | whens | pools(), min_size=1, max_size=3).map(tuple)

    return st.recursive(st.lists(lines(), min_size=1, max_size=3).map(tuple), block, max_leaves=4)


def pools() -> st.SearchStrategy[Block]:
    """Groups of lines that are all `each` over events, bounded per period; perhaps one in another."""

    def build(lines: list[Line], inner: list[Line], per: tuple[Bound, ...], bound: tuple[Bound, ...]) -> Block:
        below = Block("group", tuple(inner), "h", bounds=bound)
        return Block("group", (*lines, below) if inner else tuple(lines), "g", bounds=(*bound, *per))

    return st.builds(
        build, st.lists(each_lines(), min_size=1, max_size=2), st.lists(each_lines(), max_size=2), periodic(), bounds()
    )


RANGES = st.sampled_from([(None, None), (0, 100), (5, None)])


@EXAMPLES
@given(items(), RANGES, people())
def test_scores_stay_within_their_bounds(
    items: tuple[Line | Block, ...], ends: tuple[float | None, float | None], persons: Population
) -> None:
    model = Model("x", "1", "UTC", SCHEMA, (Score("lead", "s", items, *ends),))
    interval = Bounds(model).result("score", "lead", "s")
    for lead in interpret(model, persons, AS_OF).leads:
        points = lead.scores["s"] / 10000
        assert interval.low - 1e-6 <= points <= interval.high + 1e-6, (interval, points)


@pytest.mark.soak
def test_scores_stay_within_their_bounds_for_long() -> None:
    LONG(given(items(), RANGES, people())(test_scores_stay_within_their_bounds.hypothesis.inner_test))()
