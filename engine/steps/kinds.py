"""Kinds of events that would pass a test if they happened now: made of what it asks for, and of what the data have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

from ..interpreter.evaluation import Evaluation
from ..interpreter.people import Account, Event, Lead
from ..interpreter.rows import Row
from ..interpreter.selections import Reading
from ..interpreter.world import World
from ..model import (
    And,
    AtMost,
    Bound,
    Compare,
    Each,
    EventAggregate,
    Expr,
    InRange,
    InSet,
    Model,
    Not,
    Often,
    OfType,
    Or,
    Prop,
    Selection,
    TextTest,
)
from ..records import Value
from ..rows import walk
from .step import Pairs

FEW = 3
"""How many kinds are tried for one test."""
LIKE_NONE = ("another", "yet another")
"""What stands for a value that the data have not shown: an asset, a page, a title that counts anew."""

TYPE = "#type"
Wanted = dict[str, Value]
"""What the properties of an event must be; `TYPE` is its type."""


class Kind(NamedTuple):
    """A type of event with the properties that matter."""

    type: str
    properties: Pairs = ()


def kinds(
    evaluation: Evaluation, selection: Selection, row: Row, lead: Lead | None, account: Account | None
) -> list[Kind]:
    """Kinds of events of a lead or an account that pass the test now, those of most events in the data first.

    A test that asks nothing but the event itself has the same kinds for everybody.
    """
    test = selection.test
    reading: Reading = evaluation.lasting.remembered(selection, "reading", lambda: Reading.of(selection))
    if reading.rest.items:
        return _found(evaluation, test, row, lambda kind: _passes(evaluation, test, row, kind, lead, account))
    passing: dict[Kind, bool] = evaluation.lasting.remembered(selection, f"kinds passing at {evaluation.as_of}", dict)

    def passes(kind: Kind) -> bool:
        if kind not in passing:
            passing[kind] = _passes(evaluation, test, row, kind, lead, account)
        return passing[kind]

    purpose = f"kinds at {evaluation.as_of}"
    found: list[Kind] = evaluation.lasting.remembered(test, purpose, lambda: _found(evaluation, test, row, passes))
    return found


def _found(evaluation: Evaluation, test: Expr, row: Row, passes: Callable[[Kind], bool]) -> list[Kind]:
    every = _in_the_data(evaluation, test)
    made = list(islice(filter(passes, every), FEW)) or list(filter(passes, _made(evaluation, test, row)))[:FEW]
    others = filter(passes, _made(evaluation, test, row))
    made += islice(_unseen(made, others, test), max(1, FEW - len(made)))
    anew = filter(passes, _anew(evaluation, made[:1]))
    return list(dict.fromkeys([*made, *anew]))


def _unseen(seen: Iterable[Kind], others: Iterable[Kind], test: Expr) -> Iterator[Kind]:
    """Kinds with values of lists that the test asks for, each with one that is not among those before."""
    listed = {part.item.name for part in test.walk() if isinstance(part, InSet) and isinstance(part.item, Prop)}
    known = {pair for kind in seen for pair in kind.properties if pair[0] in listed}
    for kind in others:
        new = {pair for pair in kind.properties if pair[0] in listed} - known
        if new:
            known |= new
            yield kind


def _passes(
    evaluation: Evaluation, test: Expr, row: Row, kind: Kind, lead: Lead | None, account: Account | None
) -> bool:
    event = Event("", kind.type, evaluation.as_of, lead, account, dict(kind.properties))
    return evaluation.holds(test, row.at_event(event))


# --- what the data have -----------------------------------------------------------------------------------------------


def _in_the_data(evaluation: Evaluation, test: Expr) -> list[Kind]:
    """The kinds of events of the types that a test names, by what it reads of them; the most common first."""
    data = evaluation.world.data
    known: dict[int, list[Kind]] = evaluation.lasting.remembered(data, "kinds of events", dict)
    if id(test) not in known:
        counts = _counts(data, test)
        known[id(test)] = sorted(counts, key=lambda kind: (-counts[kind], kind.type, repr(kind.properties)))
    return known[id(test)]


def _counts(data: World, test: Expr) -> Counter[Kind]:
    """How many events of each kind there are."""
    types, read = types_in(test), {part.name for part in test.walk() if isinstance(part, Prop)}
    events = (event for event in data.events if event.type in types)
    return Counter(Kind(event.type, _pairs({name: event.properties.get(name) for name in read})) for event in events)


def types_in(test: Expr) -> frozenset[str]:
    """The types that a test names."""
    return frozenset(type for part in test.walk() if isinstance(part, OfType) for type in part.types)


def _pairs(wanted: Mapping[str, Value]) -> Pairs:
    return tuple(sorted((name, value) for name, value in wanted.items() if name != TYPE and value is not None))


# --- what a test asks for ---------------------------------------------------------------------------------------------


def _made(evaluation: Evaluation, test: Expr, row: Row) -> list[Kind]:
    wanted = islice(_wanted(evaluation, test, row), FEW * FEW)
    return [Kind(str(each[TYPE]), _pairs(each)) for each in wanted if TYPE in each]


def _wanted(evaluation: Evaluation, test: Expr, row: Row) -> Iterator[Wanted]:
    """Properties that would pass; what a test asks beside (a time, a contact) is looked at afterwards."""
    match test:
        case And():
            for several in product(*(list(islice(_wanted(evaluation, item, row), FEW)) for item in test.items)):
                yield _merged(several)
        case Or():
            for item in test.items:
                yield from _wanted(evaluation, item, row)
        case OfType():
            for type in test.types:
                yield {TYPE: type}
        case Compare(left=Prop(name=name)):
            yield {name: _beyond(test.op, evaluation.value(test.right, row.owner()))}
        case Compare(right=Prop(name=name)):
            yield {name: _beyond(_TURNED.get(test.op, test.op), evaluation.value(test.left, row.owner()))}
        case InSet(item=Prop(name=name)):
            for value in test.values:
                yield {name: value}
        case InRange(item=Prop(name=name)):
            end = test.low or test.high
            yield {} if end is None else {name: evaluation.value(end, row.owner())}
        case TextTest(item=Prop(name=name)):
            sought = [str(evaluation.value(each, row.owner())) for each in test.sought]
            texts = [" ".join(sought)] if test.every else sought
            for text in texts:
                yield {name: _filled(text) if test.op == "like" else text}
        case Not(item=Prop(name=name)):
            yield {name: False}
        case Prop(name=name, kind="bool"):
            yield {name: True}
        case _:
            yield {}


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _beyond(op: str, value: Value) -> Value:
    """A value for which the comparison holds, where it is easily found."""
    if isinstance(value, float) and op in ("<", ">", "!="):
        return value - 1.0 if op == "<" else value + 1.0
    return None if op == "!=" else value


def _merged(several: Iterable[Wanted]) -> Wanted:
    """All of them together: of two numbers the larger, else what was asked for first."""
    found: Wanted = {}
    for wanted in several:
        for name, value in wanted.items():
            known = found.get(name)
            larger = isinstance(known, float) and isinstance(value, float) and value > known
            if known is None or larger:
                found[name] = value
    return found


def _filled(pattern: str) -> str:
    """The plainest text that a pattern matches.

    >>> _filled("pricing*"), _filled("paper/*"), _filled("*")
    ('pricing', 'paper/any', 'any')
    """
    plain = pattern.replace("?", "x").replace("*", "")
    return plain if plain and not plain.endswith("/") else pattern.replace("?", "x").replace("*", "any")


# --- values that count anew -------------------------------------------------------------------------------------------


def _anew(evaluation: Evaluation, kinds: Iterable[Kind]) -> Iterator[Kind]:
    """The same kinds with another asset, page or title, where rules count each of these only once."""
    model = evaluation.model
    grouped: frozenset[str] = evaluation.lasting.remembered(model, "counted once each", lambda: _counted_once(model))
    for kind in kinds:
        declared = model.schema.events.get(kind.type, {})
        for name in sorted(grouped):
            if name in declared and declared[name].kind == "text":
                yield from (_with(kind, name, value) for value in _values(evaluation, kind, name))


def _counted_once(model: Model) -> frozenset[str]:
    """The properties of which rules count each value once, or so many times."""
    found: set[str] = set()
    for item in model.order:
        for step in walk(item, "lead"):
            part = step.item
            by = None
            if isinstance(part, AtMost | Each | Bound):
                by = part.prop
            elif isinstance(part, Often):
                by = part.group
            elif isinstance(part, EventAggregate) and part.function == "distinct":
                by = part.what
            if isinstance(by, Prop):
                found.add(by.name)
    return frozenset(found)


def _values(evaluation: Evaluation, kind: Kind, name: str) -> list[str]:
    """Values of a property beside that of the kind: other members of an enumeration, or made-up ones."""
    declared = evaluation.model.schema.events[kind.type][name]
    now = dict(kind.properties).get(name)
    if declared.values is not None:
        return [value for value in declared.values if value != now][:FEW]
    if not isinstance(now, str):
        return [f"{word} {name}" for word in LIKE_NONE]
    start = now.rpartition("/")[0]
    return [f"{start}/{word}" if start else f"{now}-{word}" for word in LIKE_NONE]


def _with(kind: Kind, name: str, value: Value) -> Kind:
    return kind._replace(properties=_pairs({**dict(kind.properties), name: value}))
