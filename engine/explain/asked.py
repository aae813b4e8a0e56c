"""What a condition asks for, as a colleague would say it: “one engaged lead”, “a demo within the last 30 days”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...grammar import nodes as n
from ...grammar.nodes import Level
from ..handbook.english import English, spoken
from ..handbook.names import Names
from ..handbook.terms import plain
from ..interpreter.evaluation import Evaluation
from ..interpreter.rows import Row
from ..interpreter.selections import Reading
from ..model import (
    And,
    Compare,
    Coverage,
    Expr,
    Field,
    Happened,
    InSet,
    LeadAggregate,
    Lookup,
    Measure,
    Model,
    Not,
    OfType,
    Or,
    Part,
    Result,
    Selection,
    SomeOf,
)
from ..rounding import round_to
from ..rows import walk
from . import words
from .describe import text_of
from .report import Condition

MOST = 3
"""So many parts of a condition are named, and so many types of events."""
_BOUNDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "==": "exactly", "!=": "other than"}
_PEOPLE = ("lead", "leads", "people", "person", "persons", "contact", "contacts", "buyers", "users")


def lacking(evaluation: Evaluation, expr: Expr, condition: Condition, row: Row) -> str:
    """What does not hold of a condition, as it follows “it needs”: all of these must come, or one of those."""
    inner = list(_parts(evaluation, expr, condition))
    missing = [(part, said) for part, said in inner if not said.holds]
    if condition.kind in ("test", "not") or not missing:
        return _Asked(evaluation, row).of(expr, condition)
    if isinstance(expr, SomeOf):
        count = f"{_BOUNDS[expr.op]} {words.shown(evaluation.number(expr.count, row))} of"
        return f"{count} {words.listed([lacking(evaluation, *each, row) for each in inner], 'and')} ({condition.has})"
    lacks = [lacking(evaluation, *each, row) for each in missing[:MOST]]
    if len(missing) > MOST:
        lacks.append(f"{len(missing) - MOST} more")
    return words.listed(lacks, "and" if condition.kind == "all" else "or")


def asked(evaluation: Evaluation, expr: Expr, row: Row) -> str:
    """What a condition asks for, and not what there is of it."""
    if isinstance(expr, And | Or):
        return words.listed(
            [asked(evaluation, item, row) for item in expr.items], "and" if isinstance(expr, And) else "or"
        )
    return _Asked(evaluation, row).of(expr, Condition(text_of(expr), False, "test"))


def _parts(evaluation: Evaluation, expr: Expr, condition: Condition) -> Iterator[tuple[Expr, Condition]]:
    """The conditions inside a condition, as they were explained; a measure that is a condition has one."""
    if isinstance(expr, And | Or | SomeOf):
        yield from zip(expr.items, condition.parts, strict=True)
    elif isinstance(expr, Result) and condition.parts:
        definition = _measure(evaluation.model, expr)
        if definition is not None:
            yield definition.value, condition.parts[0]


def _measure(model: Model, expr: Expr) -> Measure | None:
    if not isinstance(expr, Result) or expr.what != "measure":
        return None
    return next((item for item in model.measures(expr.level) if item.name == expr.name), None)


class _Asked:
    """Says what a condition without parts asks for, and what there is."""

    def __init__(self, evaluation: Evaluation, row: Row) -> None:
        self._evaluation = evaluation
        self._row = row
        self._level: Level = row.level

    def of(self, expr: Expr, condition: Condition) -> str:
        """What is asked for, as a noun, and in brackets what there is."""
        if expr.origin is None:
            return self._with(text_of(expr), condition.has)
        match expr:
            case Compare() if expr.left.kind == "number":
                return self._number(expr, condition)
            case Field(kind="bool"):
                whose = "the account" if expr.level == "account" else "the contact"
                state = {"false": "it is not", "missing": "nothing is known of it"}.get(condition.has or "", "")
                return self._with(f"{whose} to be marked “{spoken(expr.name)}”", state)
            case Happened(often=None):
                return self._with(self._event(expr), "none so far" if condition.has == "never" else condition.has)
            case Happened():
                return self._with(plain(self._say(expr).value(expr.origin)), condition.has)
            case Not(item=Happened() | LeadAggregate(function="any")):
                return self._with(plain(self._say(expr).condition(expr.origin)), condition.has)
            case LeadAggregate(function="any", what=Expr() as what) if what.origin is not None:
                who = plain(replace(self._say(expr), level="lead").condition(what.origin))
                return self._with(f"one lead for whom {who}", condition.has)
        return self._with(self._clause(expr), condition.has)

    @staticmethod
    def _with(said: str, state: str | None) -> str:
        return f"{said} ({words.cut(state)})" if state else said

    def _say(self, expr: Expr) -> English:
        model = self._evaluation.model
        return English(Names((), model.params, dict(_kinds(model, expr, self._level))), self._level)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def _number(self, expr: Compare, condition: Condition) -> str:
        limit, value = (self._evaluation.number(side, self._row) for side in (expr.right, expr.left))
        if limit is None:
            return self._with(self._clause(expr), condition.has)
        least = int(words.whole(limit)) if expr.op == ">=" else int(limit // 1) + 1
        what = self._counted(expr.left, least) if expr.op in (">=", ">") else None
        if what is not None and value is not None:
            return f"{what} ({words.number(value)} of {least})"
        definition = _measure(self._evaluation.model, expr.left)
        covered = definition.value if definition is not None else expr.left
        if isinstance(covered, Coverage) and value is not None:
            return f"{_BOUNDS[expr.op]} {_percent(limit)} of {self._sought(covered)} ({_percent(value)} now)"
        now = "none is known" if value is None else f"{_near(value, limit)} now"
        assert expr.left.origin is not None
        name = plain(self._say(expr).value(expr.left.origin))
        bound = f"{_BOUNDS[expr.op]} {words.level(limit)}"
        if isinstance(expr.left, Result):
            return f"{_one(name) if expr.left.what == 'score' else name} of {bound} ({now})"
        return f"{name} to be {bound} ({now})"

    def _counted(self, expr: Expr, least: int) -> str | None:
        """So many leads, if these are counted: `one engaged lead`; None where it is something else."""
        definition = _measure(self._evaluation.model, expr)
        counted = definition.value if definition is not None else expr
        if not isinstance(counted, LeadAggregate) or counted.function != "count" or counted.what is not None:
            return None
        many, noun = ("one", "lead") if least == 1 else (f"at least {least}", "leads")
        if definition is not None:
            name = spoken(definition.name)
            return f"{many} {name}" if name.split()[-1] in _PEOPLE else f"{many} {name} {noun}"
        where = counted.leads.where
        if where is None or where.origin is None:
            return f"{many} {noun}"
        return f"{many} {noun} for whom {plain(replace(self._say(expr), level='lead').condition(where.origin))}"

    def _sought(self, covered: Coverage) -> str:
        """What is to be there among the leads: `the buying roles`."""
        origin = covered.origin
        name = origin.args[0] if isinstance(origin, n.Aggregate) and origin.args else None
        by = ", by their weights," if covered.weights is not None else ""
        return f"the {spoken(str(name))}{by} engaged" if isinstance(name, n.Name) else "what is sought among its leads"

    # --- events -------------------------------------------------------------------------------------------------------

    def _event(self, expr: Happened) -> str:
        """One event: `a sales_accepted or opportunity_opened event within the last 180 days`."""
        origin, say = expr.origin, self._say(expr)
        assert origin is not None
        pieces = origin.filters if isinstance(origin, n.Selection) else ()
        source = origin.source if isinstance(origin, n.Selection) else origin
        if isinstance(origin, n.Selection) and origin.which is not None:
            return f"one {plain(say.value(origin))}"
        what = self._kind(expr.selection) if isinstance(source, n.Name) else f"{plain(say.value(source))} event"
        return " ".join([_one(what), *(plain(say.piece(piece)) for piece in pieces)])

    def _kind(self, selection: Selection) -> str:
        """The events by their types, where these say all; else by the name that the rules have for them."""
        own = Reading.of(selection).own.items
        types = sorted({name for part in own if isinstance(part, OfType) for name in part.types})
        if types and len(types) <= MOST and all(isinstance(part, OfType) for part in own):
            return f"{words.listed(types, 'or')} event"
        return f"{spoken(selection.signals[0])} event" if selection.signals else "such an event"

    # --- anything else ------------------------------------------------------------------------------------------------

    def _clause(self, expr: Expr) -> str:
        """`the account's industry to be one of …`, where it says what something is; else `that …`."""
        assert expr.origin is not None
        said = plain(self._say(expr).condition(expr.origin))
        subject, is_, rest = said.partition(" is ")
        is_plain = is_ and len(subject.removeprefix("the ").replace("'s ", "-").split()) == 1
        return f"{subject} to be {rest}" if is_plain else f"that {said}"


def _kinds(model: Model, expr: Expr, level: Level) -> Iterator[tuple[str, str]]:
    """What the names in an expression stand for."""
    yield from ((name, "param") for name in model.params)
    yield from ((item.name, "measure") for whose in ("lead", "account") for item in model.measures(whose))
    yield from ((item.name, "score") for whose in ("lead", "account") for item in model.scores(whose))
    for step in walk(expr, level):
        yield from _named(step.item)


def _named(part: Expr | Part) -> Iterator[tuple[str, str]]:
    match part:
        case Selection():
            yield from ((name, "signal") for name in part.signals)
        case InSet(source=str() as source):
            yield source, "list"
        case Lookup():
            yield part.table.name, "table"


def _one(what: str) -> str:
    return f"{'an' if what[:1].lower() in 'aeiou' else 'a'} {what}"


def _percent(share: float) -> str:
    return f"{words.number(round_to(100 * share, 1) or 0.0)}%"


def _near(value: float, limit: float) -> str:
    """A number with one decimal, or with all where it would look like the limit."""
    return words.level(value) if words.brief(value) == words.brief(limit) else words.brief(value)
