"""The second pass: derived fields, measures, scores, grades, stages and what is ignored, each with its expressions."""

from __future__ import annotations

from dataclasses import field, replace

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.late_methods import dataclass
from ...grammar.printer import to_text
from .. import model as m
from ..fold import fold
from ..schema import FieldType, Kind
from ..suggest import listing
from .book import Book
from .cases import cases
from .ids import Ids
from .kinds import Key
from .ladders import read_grade, read_stages
from .names import EVENT_ATTRIBUTES
from .scope import Refused, Scope
from .scores import ScoreReader
from .selections import anchor_of
from .signals import conjoined, expand
from .values import Anything
from .windows import filter_test
from .wording import NAMES


@dataclass
class Definer:
    """Turns statements into definitions; what is wrong is noted in the book and left out."""

    book: Book
    ids: Ids = field(default_factory=Ids)
    found: list[m.Definition] = field(default_factory=list)
    ignored: list[m.IgnoreEvents | m.IgnoreContacts] = field(default_factory=list)

    def define(self, item: n.Statement) -> None:
        """Add what one statement defines."""
        try:
            self._define(item)
        except Refused:
            return
        except RecursionError:
            message, hint = "this is nested too deeply", "give parts of it names: measures, signals"
            self.book.note("G106", message, item.place, "too deep", hint)

    def _define(self, item: n.Statement) -> None:
        if isinstance(item, n.SignalDef):
            _read_signal(item, Scope(self.book, "lead"))
        elif isinstance(item, n.DeriveDef):
            self.found.append(_derived(item, self.book))
        elif isinstance(item, n.MeasureDef):
            self.found.append(_measure(item, self.book))
        elif isinstance(item, n.ScoreDef):
            reader = ScoreReader(Scope(self.book, item.level), item, self.ids)
            self.found += [reader.read(), *reader.disqualifications]
        elif isinstance(item, n.GradeDef):
            self.found.append(read_grade(item, Scope(self.book, item.level)))
        elif isinstance(item, n.StagesDef):
            self.found.append(read_stages(item, Scope(self.book, item.level)))
        elif isinstance(item, n.IgnoreEvents):
            self.ignored.append(_ignored_events(item, self.book))
        elif isinstance(item, n.IgnoreContacts):
            scope = Scope(self.book, "lead", row="record", ignoring=True)
            self.ignored.append(m.IgnoreContacts(scope.condition(item.where), _ignore_text(item), item.span))

    def numbered(self) -> list[m.Definition]:
        """All definitions; disqualifications with their rank in file order."""
        return [
            replace(item, position=position) if isinstance(item, m.Disqualification) else item
            for position, item in enumerate(self.found)
        ]


def kind_of(key: Key, book: Book) -> Kind:
    """The kind of a measure or derived field; its findings are noted when the definition itself is read."""
    what, level, name = key
    whose: n.Level = "account" if level == "account" else "lead"
    item = book.derived[(level, name)] if what == "derived" else book.results[(whose, name)]
    assert isinstance(item, n.DeriveDef | n.MeasureDef)
    with book.silence():
        try:
            return _value(item.value, Scope(book, whose)).kind
        except Refused:
            return "unknown"


def _read_signal(item: n.SignalDef, scope: Scope) -> None:
    """Read a signal for its mistakes, whether it is used or not; where it is used it is written out again."""
    params = item.params or ()
    tested = expand(item, tuple(Anything() for _ in params), scope)
    for param in params:
        if param in scope.book.property_names(tested.types) or param in EVENT_ATTRIBUTES:
            message = f"the parameter `{param}` is also what its events have"
            hint = "give the parameter another name: `signal visited(name) = page_view where page like name`"
            scope.note("T130", message, item.place, f"`{param}` means two things", hint)
        elif n.Name((param,)) not in item.walk():
            message, hint = (
                f"the parameter `{param}` of `{item.name}` is never used",
                "use it behind `where`, or leave it out",
            )
            scope.note("T139", message, item.place, f"`{param}` changes nothing", hint)


def _value(node: n.Expr | n.Cases, scope: Scope) -> m.Expr:
    return cases(node, scope) if isinstance(node, n.Cases) else scope.resolve(node)


def _measure(item: n.MeasureDef, book: Book) -> m.Measure:
    scope = Scope(book, item.level)
    value = _value(item.value, scope)
    if value.kind not in ("number", "text", "bool", "unknown"):
        message = f"a measure is a number, a text or a truth value, and this is {NAMES[value.kind]}"
        scope.refuse("T110", message, item.value.span, f"this is {NAMES[value.kind]}", "write `days since` a date")
    return m.Measure(item.level, item.name, value, item.span)


# --- derived fields -----------------------------------------------------------------


def _derived(item: n.DeriveDef, book: Book) -> m.Derived:
    scope = Scope(book, item.level)
    value = _value(item.value, scope)
    name = str(item.field)
    declared = book.fields("contact" if item.level == "lead" else "account").get(name)
    if declared is not None:
        value = scope.settle(value, declared.kind)
        if "unknown" not in (value.kind, declared.kind) and value.kind != declared.kind:
            scope.refuse(
                "T110",
                f"`{name}` is declared as {NAMES[declared.kind]}, and this gives {NAMES[value.kind]}",
                item.place,
                "another type",
                "change the one or the other",
                (Related(declared.span, "declared here"),) if declared.span.line else (),
            )
        _members(item, declared, scope)
    return m.Derived("contact" if item.level == "lead" else "account", name, value, item.span)


def _members(item: n.DeriveDef, declared: FieldType, scope: Scope) -> None:
    """A value outside of the field's enumeration is an error (decision 64)."""
    if declared.values is None:
        return
    allowed = declared.values
    values = [case.value for case in item.value.items] if isinstance(item.value, n.Cases) else [item.value]
    for node in values:
        if isinstance(node, n.Text) and fold(node.value.strip()) not in map(fold, allowed):
            meant = scope.book.meant(node.value, allowed)
            hint = f"did you mean `{meant}`?" if meant else listing(allowed)
            scope.note("T113", f"`{item.field}` is never `{node.value}`", node.span, "not one of its values", hint)


# --- what is ignored ----------------------------------------------------------------


def _ignore_text(item: n.Statement) -> str:
    return to_text(item).removeprefix("ignore ")


def _ignored_events(item: n.IgnoreEvents, book: Book) -> m.IgnoreEvents:
    scope = Scope(book, "lead", ignoring=True)
    signal = n.SignalDef("", None, item.sources, item.where, span=item.span)
    tested = expand(signal, (), scope)
    filters = scope.every(item.filters, lambda node: filter_test(node, scope, anchor_of))
    return m.IgnoreEvents(conjoined(tested.test, *filters), _ignore_text(item), item.span)
