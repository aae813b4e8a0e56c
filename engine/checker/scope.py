"""Where an expression stands and what it can see; how it gets from a node to an expression of the model.

Each module of this package registers resolvers for the nodes that it knows, so that they can call each other
through `Scope.resolve` without importing each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from typing import Any, Literal, NoReturn, TypeVar

from ...grammar import nodes as n
from ...grammar.diagnostics import Fix, Related
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from .. import model as m
from ..schema import Kind
from ..suggest import foreign_letters
from .book import Book
from .wording import NAMES, conversion, kinds_in_words

MOST_WRITTEN_OUT = 1000
Row = Literal["entity", "event", "member", "record"]
Item = TypeVar("Item")
Made = TypeVar("Made")


class Refused(Exception):
    """Raised after a finding was noted: the nearest line or statement goes on without this part."""


@dataclass(frozen=True)
class Scope:
    """The place of an expression.

    `row`: an `entity` of the rule's level; an `event` selected for one; a `member`, a lead inside an account's
    roll-up; or a contact's `record` as read. `types` are the event types that an event test is about, `bound` the
    arguments of the signal that is being written out, `signal` the outermost of these, `points` is true in the points
    of an `each` line, `ignoring` in `ignore` statements, and `account_side` where a lead rule selects its account's
    events. `since` are the selections that the blocks around are `counting since`.
    """

    book: Book
    level: n.Level
    row: Row = "entity"
    types: tuple[str, ...] = ()
    bound: Mapping[str, tuple[n.Expr, Scope]] = field(default_factory=dict)
    signal: n.SignalDef | None = None
    points: bool = False
    ignoring: bool = False
    account_side: bool = False
    since: tuple[m.Selection, ...] = ()

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

    def refuse_unknown(
        self, code: str, name: str, message: str, span: Span, label: str, known: Iterable[str], otherwise: str = ""
    ) -> NoReturn:
        """Refuse a name that nothing defines: with what was meant, or else with another way out.

        Silently where something that could not be read seems to define it: that has a finding of its own.
        """
        meant = self.book.meant(name, [*known, *self.book.unread])
        if self.book.may_be_defined(name, meant):
            raise Refused
        fix = Fix(span, meant) if meant and span.end_column - span.column == len(name) else None
        hint = foreign_letters(name) or self._of_the_standard(code, name) or otherwise
        self.refuse(code, message, span, label, f"did you mean `{meant}`?" if meant else hint, fix=fix)

    def _of_the_standard(self, code: str, name: str) -> str:
        """Where a name is a word of the vocabulary that ships, how it becomes known; else ''."""
        if code not in ("T101", "T103") or name not in self.book.standard():
            return ""
        return f"`{name}` is a word of the standard vocabulary: write `extends: standard` in ruleset.yaml, or define it"

    def grow(self, definition: n.SignalDef) -> bool:
        """Count one more signal or argument that is written out; false once one signal becomes too many of them."""
        if self.signal is None:
            self.book.written_out = 0
        self.book.written_out += 1
        if self.book.written_out <= MOST_WRITTEN_OUT:
            return True
        whole = self.signal or definition
        self.book.endless.add((whole.name, len(whole.params or ())))
        message = f"`{whole.name}` is made of more than {MOST_WRITTEN_OUT:,} signals and arguments"
        hint = "name each event type once, and give the signals fewer signals of their own"
        self.note("G106", message, whole.place, "grows beyond bounds", hint)
        return False

    # --- other places -------------------------------------------------------------------

    def on_events(self, types: tuple[str, ...]) -> Scope:
        """Inside a test of events of these types; arguments of an outer signal are out of sight."""
        return replace(self, row="event", types=types, bound={}, points=False)

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
        found = RESOLVERS[type(node)](node, self)
        return found if found.origin is not None else replace(found, origin=node)

    def every(self, items: Iterable[Item], how: Callable[[Item], Made]) -> tuple[Made, ...]:
        """Make something of each item, so that every one that is wrong is noted; give up if one was."""
        made: list[Made] = []
        failed = False
        for item in items:
            try:
                made.append(how(item))
            except Refused:
                failed = True
        if failed:
            raise Refused
        return tuple(made)

    def condition(self, node: n.Expr) -> m.Expr:
        """A node where a truth is needed: a selection is true if it selects anything."""
        return CONDITION[0](node, self)

    def value(self, node: n.Expr, *kinds: Kind) -> m.Expr:
        """A node where a value of one of these kinds is needed."""
        found = self.settle(self.resolve(node), kinds[0])
        if found.kind not in kinds:
            self.refuse(
                "T110",
                f"{kinds_in_words(kinds)} is needed here, and {self.book.text(node)} is {NAMES[found.kind]}",
                node.span,
                f"this is {NAMES[found.kind]}",
                conversion(found.kind, kinds[0], node),
            )
        return found

    def number(self, node: n.Expr) -> m.Expr:
        """A node where a number is needed."""
        return self.value(node, "number")

    def constant(self, node: n.Expr, what: str) -> float:
        """The value of a number, or of a param that is one, where the text must fix it."""
        found = self.number(node)
        if isinstance(found, m.Const) and isinstance(found.value, float):
            return found.value
        if isinstance(found, m.Const):
            raise Refused  # the argument of a signal that nothing calls
        self.refuse(
            "T110", f"{what} is a number or a param", node.span, "not fixed by the text", "write a number, or a `param`"
        )

    def whole(self, node: n.Expr, what: str, least: int) -> m.Expr:
        """A count: where the text fixes it, a whole number that is not too small."""
        found = self.number(node)
        if isinstance(found, m.Const) and isinstance(found.value, float):
            message = f"{what} is a whole number, {least} or more"
            if found.value != int(found.value):
                near = max(least, round(found.value))
                self.refuse("T120", message, node.span, "not a whole number", f"write `{near}`")
            if found.value < least:
                self.refuse("T120", message, node.span, f"below {least}", f"write `{least}` or more")
        return found

    def settle(self, found: m.Expr, kind: Kind) -> m.Expr:
        """Give an expression of unknown kind the kind that its use asks for."""
        if found.kind != "unknown" or kind == "unknown":
            return found
        if isinstance(found, m.Field):
            self.book.guess(found.level, found.name, kind)
        elif isinstance(found, m.Prop):
            for event_type in self.types:
                self.book.guess(f"event {event_type}", found.name, kind)
        return replace(found, kind=kind)


Resolver = Callable[[Any, Scope], m.Expr]
RESOLVERS: dict[type[n.Node], Resolver] = {}
CONDITION: list[Resolver] = []


def resolves(*types: type[n.Node]) -> Callable[[Resolver], Resolver]:
    """Register a function as the resolver of these nodes."""

    def register(function: Resolver) -> Resolver:
        RESOLVERS.update(dict.fromkeys(types, function))
        return function

    return register


def reads_conditions(function: Resolver) -> Resolver:
    """Register the function that turns a node into a truth."""
    CONDITION[:] = [function]
    return function
