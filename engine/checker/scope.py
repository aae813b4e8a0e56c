"""Where an expression stands and what it can see; how it gets from a node to an expression of the model.

Each module of this package registers resolvers for the nodes that it knows, so that they can call each other
through `Scope.resolve` without importing each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn

from ...grammar import nodes as n
from ...grammar.diagnostics import Fix, Related
from ...grammar.source import Span
from .. import model as m
from ..schema import Kind
from .book import Book

Row = Literal["entity", "event", "member", "record"]


class Refused(Exception):
    """Raised after a finding was noted: the nearest line or statement goes on without this part."""


@dataclass(frozen=True)
class Scope:
    """The place of an expression.

    `row`: an `entity` of the rule's level; an `event` selected for one; a `member`, a lead inside an account's
    roll-up; or a contact's `record` as read. `types` are the event types that an event test is about, `bound` the
    arguments of the signal that is being expanded, `points` is true in the points of an `each` line, and
    `ignoring` in `ignore` statements.
    """

    book: Book
    level: n.Level
    row: Row = "entity"
    types: tuple[str, ...] = ()
    bound: Mapping[str, tuple[n.Expr, Scope]] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    points: bool = False
    ignoring: bool = False
    account_side: bool = False

    # --- findings -----------------------------------------------------------------------

    def note(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        hint: str = "",
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
    ) -> None:
        """Note a finding and go on."""
        self.book.note(code, message, span, label, hint, related, fix)

    def refuse(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        hint: str = "",
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
    ) -> NoReturn:
        """Note a finding and give this part up."""
        self.note(code, message, span, label, hint, related, fix)
        raise Refused

    def later(self, what: str, span: Span, hint: str = "") -> NoReturn:
        """Refuse what a later version computes, by its name."""
        self.refuse("P101", f"{what} cannot be computed yet", span, "comes with a later version", hint)

    # --- other places -------------------------------------------------------------------

    def on_events(self, types: tuple[str, ...], signals: tuple[str, ...] = ()) -> Scope:
        """Inside a test of events of these types; arguments of an outer signal are out of sight."""
        return replace(self, row="event", types=types, bound={}, signals=(*self.signals, *signals), points=False)

    def on_members(self) -> Scope:
        """Inside a roll-up: for each lead of the account."""
        return replace(self, row="member", level="lead", points=False)

    @property
    def selects(self) -> n.Level:
        """Whose events a selection written here is over."""
        return "account" if self.account_side else self.level

    # --- resolving ----------------------------------------------------------------------

    def resolve(self, node: n.Expr) -> m.Expr:
        """The expression of the model for a node; raises Refused after noting what is wrong."""
        resolver = RESOLVERS.get(type(node))
        if resolver is None:
            raise AssertionError(f"no resolver for {type(node).__name__}")
        found = resolver(node, self)
        return found if found.origin is not None else replace(found, origin=node)

    def all_of(self, items: tuple[n.Expr, ...], how: Callable[[n.Expr], m.Expr]) -> tuple[m.Expr, ...]:
        """Resolve each, so that every one that is wrong is noted, and give up if one was."""
        found: list[m.Expr] = []
        failed = False
        for item in items:
            try:
                found.append(how(item))
            except Refused:
                failed = True
        if failed:
            raise Refused
        return tuple(found)

    def condition(self, node: n.Expr) -> m.Expr:
        """A node where a truth is needed: a selection is true if it selects anything."""
        return CONDITION[0](node, self)

    def value(self, node: n.Expr, *kinds: Kind) -> m.Expr:
        """A node where a value of one of these kinds is needed."""
        found = self.resolve(node)
        if found.kind == "unknown":
            return self.book.settle(found, kinds[0])
        if found.kind not in kinds:
            self.refuse(
                "T110",
                f"{describe(kinds)} is needed here, and {self.book.text(node)} is {NAMES[found.kind]}",
                node.span,
                f"this is {NAMES[found.kind]}",
                CONVERSIONS.get((found.kind, kinds[0]), ""),
            )
        return found

    def number(self, node: n.Expr) -> m.Expr:
        """A node where a number is needed."""
        return self.value(node, "number")

    def constant(self, node: n.Expr, what: str) -> float:
        """The value of a number, or of a param that is one, where the text must fix it."""
        found = self.number(node)
        if not isinstance(found, m.Const) or not isinstance(found.value, float):
            self.refuse(
                "T110",
                f"{what} is a number or a param",
                node.span,
                "not fixed by the text",
                "write a number, or define a `param`",
            )
        return found.value


NAMES: Mapping[Kind, str] = {
    "text": "a text",
    "number": "a number",
    "bool": "true or false",
    "date": "a date",
    "timestamp": "a timestamp",
    "list": "a list of texts",
    "unknown": "of unknown type",
}
CONVERSIONS: Mapping[tuple[Kind, Kind], str] = {
    (
        "text",
        "number",
    ): "nothing is converted in silence: if the field holds numbers, declare it as `number` in the schema",
    ("number", "text"): "nothing is converted in silence: if the field holds texts, declare it as `text` in the schema",
    ("bool", "number"): "for points by a truth, write a line of its own: `condition => +5`",
    ("date", "number"): "write `days since` or `days until` it",
    ("timestamp", "number"): "write `days since` or `days until` it",
    ("list", "text"): "write `contains` to ask for one of its values, or `count(…)` for how many there are",
    ("list", "number"): "write `count(…)` for how many values it has",
}


def describe(kinds: tuple[Kind, ...]) -> str:
    """`a number`, `a text or a date`."""
    return " or ".join(NAMES[kind] for kind in kinds)


Resolver = Callable[[n.Expr, Scope], m.Expr]
RESOLVERS: dict[type[n.Node], Resolver] = {}
CONDITION: list[Resolver] = []


def resolves(*types: type[n.Node]) -> Callable[[Callable[..., m.Expr]], Callable[..., m.Expr]]:
    """Register a function as the resolver of these nodes."""

    def register(function: Callable[..., m.Expr]) -> Callable[..., m.Expr]:
        for kind in types:
            RESOLVERS[kind] = function
        return function

    return register


def reads_conditions(function: Resolver) -> Resolver:
    """Register the function that turns a node into a truth."""
    CONDITION[:] = [function]
    return function
