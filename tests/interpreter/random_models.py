"""Random scores over random events, for what must hold whatever the rules say. A seed gives the same ones again."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from scoreline.engine.model import (
    And,
    AtMost,
    Block,
    Bound,
    Cooldown,
    Decay,
    Disqualification,
    Each,
    Expr,
    Happened,
    InRange,
    LeadAggregate,
    LeadSet,
    Line,
    Measure,
    Missing,
    Model,
    Not,
    Or,
    Points,
    Score,
    Selection,
    SetTo,
    Stage,
    Stages,
    Times,
)
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.schema import Schema

from .build import AS_OF, DAY, attr, const, contact, events, happened, is_, near, over, prop, result, within

T = TypeVar("T")

MINUTES = prop("minutes", "number")
PAGE = prop("page")
ROLE = contact("role")
NUMBERS = (-7.5, -1.0, 0.0, 0.00005, 1 / 3, 1.0, 2.5, 10.0, 40.0)
LIMITS = (0.0, 1.0, 2.0, 3.5, 12.0)
AGES = (0, 1, 60, 1440, 3 * 1440, 7 * 1440, 20 * 1440, 45 * 1440)
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns")


class Maker:
    """Makes the parts of a model and of a population by chance."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.lines = 0

    def one(self, *choices: T) -> T:
        return self.random.choice(choices)

    def some(self, make: Callable[[], T], least: int, most: int) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.random.randint(least, most)))

    def id(self) -> str:
        self.lines += 1
        return f"line{self.lines}"

    # --- conditions ---

    def selection(self, scope: Any) -> Selection:
        call = events("call", scope=scope)
        where: tuple[Expr, ...] = self.one(
            (),
            (),
            (within(7),),
            (within(30), is_(MINUTES, ">", 1)),
            (is_(PAGE, "==", "A"),),
            (near("after", call, 5),),
            (near("without", call, None),),
        )
        types = self.one(("visit",), ("call",), ("visit", "call"))
        which = self.one(None, None, None, ("newest", const(2)), ("earliest", None))
        return events(*types, where=where, scope=scope, which=which)

    def condition(self, level: Any, depth: int = 2) -> Expr:
        if depth and self.random.random() < 0.3:
            inner = self.some(lambda: self.condition(level, depth - 1), 1, 3)
            return self.one(Not(inner[0]), And(inner), Or(inner))
        found = self.selection(level)
        return self.one(
            const(True),
            const(True),
            const(False),
            Happened(found),
            happened(found, ">=", self.one(*LIMITS)),
            happened(found, "<=", 1, "days"),
            InRange(over("sum", found, MINUTES), const(self.one(*LIMITS)), None),
        )

    # --- lines ---

    def value(self) -> Expr:
        return self.one(*map(const, NUMBERS), contact("bonus", "number"))

    def decay(self, ages_by: Selection | None) -> Decay | None:
        return self.one(
            None,
            None,
            Decay("halves", "day", 7.0, ages_by=ages_by),
            Decay("fades", "day", 30.0, grace=2, ages_by=ages_by),
            Decay("fades", "hour", 36.0, floor=2.0, ages_by=ages_by),
            Decay("loses percent", "day", 7.0, 20.0, compounding=True, ages_by=ages_by),
            Decay("loses points", "day", 3.0, 1.5, ages_by=ages_by),
        )

    def bound(self) -> Bound:
        return Bound(self.one("max", "max", "min"), self.value())

    def period_bound(self) -> Bound:
        limit = const(self.one(*LIMITS))
        per: Any = self.one("day", "week", "month", "value")
        return Bound(self.one("max", "max", "min"), limit, per, PAGE if per == "value" else None)

    def at_most(self) -> AtMost | Cooldown:
        limit = const(self.one(*LIMITS))
        return self.one(AtMost(limit, "day"), AtMost(limit, "contact"), AtMost(limit, "value", PAGE), Cooldown(3 * DAY))

    def each_line(self, level: Any) -> Line:
        unit: Any = self.one("event", "event", "day", "week", "value")
        each = Each(unit, self.selection(level), PAGE if unit == "value" else None)
        points = Points(self.one(self.value(), MINUTES, attr("age")))
        bounds = self.some(self.bound, 0, 1) + self.some(self.period_bound, 0, 2)
        return Line(self.id(), points, None, each, self.some(self.at_most, 0, 2), bounds, self.decay(None))

    def plain_line(self, level: Any) -> Line:
        effect = self.one(Points, Points, Points, Times, SetTo)(self.value())
        if not isinstance(effect, Points):
            return Line(self.id(), effect, self.condition(level))
        decay = self.decay(self.selection(level))
        return Line(self.id(), effect, self.condition(level), bounds=self.some(self.bound, 0, 2), decay=decay)

    # --- blocks and scores ---

    def item(self, level: Any, depth: int = 2) -> Line | Block:
        if depth == 0 or self.random.random() < 0.5:
            return self.one(self.plain_line, self.each_line)(level)
        return self.one(self.group, self.daily_group, self.first, self.best, self.when)(level, depth - 1)

    def items(self, level: Any, depth: int) -> tuple[Line | Block, ...]:
        return self.some(lambda: self.item(level, depth), 1, 4)

    def group(self, level: Any, depth: int) -> Block:
        return Block("group", self.items(level, depth), self.id(), None, self.some(self.bound, 0, 2))

    def daily_group(self, level: Any, depth: int) -> Block:
        """A group that bounds periods over `each` lines, some of them with bounds of their own."""
        lines = self.some(lambda: self.each_line(level), 1, 3)
        bounds = self.some(self.bound, 0, 1) + self.some(self.period_bound, 1, 2)
        return Block("group", lines, self.id(), None, bounds)

    def first(self, level: Any, depth: int) -> Block:
        return Block("first", self.items(level, depth))

    def best(self, level: Any, depth: int) -> Block:
        return Block("best", self.items(level, depth))

    def when(self, level: Any, depth: int) -> Block:
        return Block("when", self.items(level, depth), None, self.condition(level))

    def score(self, level: Any) -> Score:
        low, high = self.one((None, None), (0.0, 100.0), (None, 20.0), (-5.0, None))
        return Score(level, "points", self.items(level, 2), low, high)

    def model(self) -> Model:
        """A score of leads, one of accounts, a measure over leads, a disqualification and stages."""
        out = Disqualification("lead", "out", "student", is_(ROLE, "==", "student"))
        total = Measure("account", "total", LeadAggregate("sum", result("points"), LeadSet(), kind="number"))
        step = is_(result("points"), ">=", self.one(*NUMBERS))
        stages = Stages("lead", (Stage("A", step), Stage("B", Not(Missing(ROLE)))), self.one(True, False))
        order = (out, self.score("lead"), total, self.score("account"), stages)
        return Model("random", "1", self.one(*ZONES), Schema(), order)

    # --- data ---

    def event(self, number: int) -> Event:
        at = AS_OF - self.one(*AGES) * DAY // 1440 + self.one(0, 0, -1, 1)
        properties = {"page": self.one(None, "a", "A", "b"), "minutes": self.one(None, -1.0, 0.5, 4.0)}
        who = self.one(("ann", None), ("bob", None), ("eve", "acme"), ("named", "beta"), (None, "acme"))
        return Event(f"e{number}", self.one("visit", "visit", "call", "other"), at, *who, properties)

    def population(self) -> Population:
        contacts = [
            Contact(
                id,
                self.one("acme", "acme", "beta", None),
                {"role": self.one(None, "buyer", "buyer", "student"), "bonus": self.one(None, 0.5, -2.0)},
            )
            for id in ("ann", "bob", "eve")
        ]
        return Population([Account("acme")], contacts, [self.event(number) for number in range(self.one(0, 5, 15))])
