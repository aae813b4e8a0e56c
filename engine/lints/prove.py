"""Proofs about conditions: that some cannot hold together, that one implies another.

A proof is never wrong, but not everything true is proved: where the prover does not see through, or would have to
try too many cases, it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ...grammar.late_methods import dataclass
from ..model import And, Const, Expr, Near, Not, Or, Selection, SomeOf
from ..schema import Schema
from .domains import Domain, Numbers, Values, numbers
from .facts import Subject, beforehand, facts
from .tallies import Tally, fixed

MOST_STEPS = 4000

Claim = tuple[Expr, bool]
"""A condition, and whether it holds."""
Known = tuple[int, Subject, Domain]
"""The number of a subject, the subject, and what values it can have."""


@dataclass(frozen=True)
class Clash:
    """Why some claims exclude each other, in the first case tried: two tests, or one that never holds at all."""

    first: Claim | None
    second: Claim | None


class Numbering:
    """A number for each thing, the same for equal ones: trees are compared and hashed once, and numbers after that."""

    def __init__(self) -> None:
        self._by_value: dict[object, int] = {}
        self._by_id: dict[int, tuple[object, int]] = {}

    def of(self, thing: object) -> int:
        known = self._by_id.get(id(thing))
        if known is None:
            number = self._by_value.setdefault(thing, len(self._by_value))
            known = self._by_id[id(thing)] = (thing, number)  # the thing is kept, so that no other one gets its id
        return known[1]


class _TooMany(Exception):
    """More cases than are worth trying."""


class Prover:
    """Proofs for the rows of one ruleset."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.numbers = Numbering()
        self._known: dict[tuple[tuple[int, bool], ...], Clash | None] = {}
        self._facts: dict[tuple[int, bool], tuple[Expr, list[Known]]] = {}

    def clash(self, *claims: Claim) -> Clash | None:
        """A proof that the claims about one row cannot all be so; None without one."""
        key = tuple([(self.numbers.of(expr), truth) for expr, truth in claims])
        if key not in self._known:
            try:
                self._known[key] = _Search(self).run(claims)
            except _TooMany:
                self._known[key] = None
        return self._known[key]

    def impossible(self, *conditions: Expr) -> Clash | None:
        """A proof that the conditions never hold together."""
        return self.clash(*((condition, True) for condition in conditions))

    def implies(self, one: Expr, other: Expr) -> bool:
        """Whether the second is proved to hold wherever the first does."""
        same = self.numbers.of(one) == self.numbers.of(other)
        return same or self.clash((one, True), (other, False)) is not None

    def always(self, condition: Expr) -> bool:
        """Whether the condition is proved to hold for every row."""
        return self.clash((condition, False)) is not None

    def selects_nothing(self, selection: Selection) -> Clash | None:
        """A proof that no event can pass the test of a selection."""
        return self.impossible(selection.test)

    def facts(self, test: Expr, truth: bool) -> list[Known]:
        """What a test says, each with the number of its subject; worked out once for each test as it is written."""
        key = (id(test), truth)
        if key not in self._facts:
            said = [(self.numbers.of(subject), subject, domain) for subject, domain in facts(test, truth)]
            self._facts[key] = (test, said)  # the test is kept, so that no other one gets its id
        return self._facts[key][1]


class _Search:
    """One proof: tries the cases of the claims until one stands without contradiction."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover
        self.steps = 0

    def run(self, claims: tuple[Claim, ...]) -> Clash | None:
        return self._close(list(claims), [], _State(self.prover))

    def _close(self, todo: list[Claim], later: list[list[list[Claim]]], state: _State) -> Clash | None:
        """Contradicts every case; None as soon as one case stands. Choices wait until all that is sure is known."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _TooMany
        while todo:
            cases = list(_cases(*todo.pop(0)))
            if len(cases) > 1:
                later.append(cases)
            elif not cases:
                return Clash(None, None)
            elif len(cases[0]) == 1 and _is_test(cases[0][0][0]):
                if clash := state.add(*cases[0][0]):
                    return clash
            else:
                todo = cases[0] + todo
        if not later:
            return None
        found: Clash | None = None
        for case in later[0]:
            clash = self._close(list(case), later[1:], state.copy())
            if clash is None:
                return None
            found = found or clash
        return found


def _is_test(expr: Expr) -> bool:
    return not isinstance(expr, Not | And | Or | SomeOf) and _constant(expr) is None


def _constant(expr: Expr) -> bool | None:
    return expr.value if isinstance(expr, Const) and expr.param is None and isinstance(expr.value, bool) else None


def _cases(expr: Expr, truth: bool) -> Iterator[list[Claim]]:
    """The cases of a claim, each a list of smaller claims; none: it contradicts itself."""
    constant = _constant(expr)
    match expr:
        case _ if constant is not None:
            yield from [[]] if constant == truth else []
        case Not(item=item):
            yield [(item, not truth)]
        case And(items=items) | Or(items=items):
            if isinstance(expr, And) == truth:
                yield [(item, truth) for item in items]
            else:
                yield from ([(item, truth)] for item in items)
        case SomeOf():
            yield from _some_of(expr, truth)
        case _:
            yield [(expr, truth)]


def _some_of(expr: SomeOf, truth: bool) -> Iterator[list[Claim]]:
    """`at least 2 of` as the pairs of which one must hold; `at most 2 of` as all but two that must not."""
    count, size = fixed(expr.count), len(expr.items)
    if count is None or count != int(count) or expr.op == "==":
        if not (truth and count is not None and not 0 <= count <= size):
            yield []  # nothing is known of it
        return
    if expr.op == ">=":
        needed, holds = (int(count), True) if truth else (size - int(count) + 1, False)
    else:
        needed, holds = (size - int(count), False) if truth else (int(count) + 1, True)
    if needed <= 0:
        yield []
    elif needed <= size:
        yield from ([(item, holds) for item in chosen] for chosen in combinations(expr.items, needed))


class _State:
    """What is known of each subject so far, and which test said so last."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover
        self.domains: dict[int, tuple[Subject, Domain, Claim]] = {}

    def copy(self) -> _State:
        other = _State(self.prover)
        other.domains = dict(self.domains)
        return other

    def add(self, test: Expr, truth: bool) -> Clash | None:
        """Takes a test's outcome in; a clash if it contradicts what is known."""
        claim = (test, truth)
        if truth and isinstance(test, Near) and test.relation in ("after", "before") and self._empty(test.anchor):
            return Clash(None, claim)
        for number, subject, domain in self.prover.facts(test, truth):
            known = self.domains.get(number)
            before = self._beforehand(subject) if known is None else known[1]
            left = before.overlap(domain)
            if left.is_empty:
                return Clash(None if known is None else known[2], claim)
            if left != before:
                self.domains[number] = (subject, left, claim)
            if isinstance(subject, Tally) and (other := self._outnumbered(number, subject, left.values)):
                return Clash(other, claim)
        return None

    def _beforehand(self, subject: Subject) -> Domain:
        if isinstance(subject, Tally) and self._empty(subject.selection):
            return Domain(numbers("==", 0))
        return beforehand(subject, self.prover.schema)

    def _empty(self, selection: Selection) -> bool:
        return self.prover.selects_nothing(selection) is not None

    def _outnumbered(self, number: int, tally: Tally, values: Values) -> Claim | None:
        """A test that contradicts a tally because the events of one are among the events of the other."""
        for other_number, (other, domain, claim) in self.domains.items():
            if isinstance(other, Tally) and other_number != number and _comparable(tally, other):
                if _exceeds(values, domain.values) and self._among(tally.selection, other.selection):
                    return claim
                if _exceeds(domain.values, values) and self._among(other.selection, tally.selection):
                    return claim
        return None

    def _among(self, one: Selection, other: Selection) -> bool:
        return self.prover.implies(one.test, other.test)


def _comparable(one: Tally, other: Tally) -> bool:
    """Both count the same thing of all events that pass a test."""
    same = one.counts == other.counts and one.selection.scope == other.selection.scope
    return same and one.selection.which is None and other.selection.which is None


def _exceeds(more: Values, less: Values) -> bool:
    """Whether every number of one set is above every number of the other."""
    if not (isinstance(more, Numbers) and isinstance(less, Numbers)) or more.is_empty or less.is_empty:
        return False
    return more.low > less.high or (more.low == less.high and more.overlap(less).is_empty)
