"""The first pass: what every statement declares, and names that are given twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.source import Span
from .. import model as m
from ..instants import parse_instant
from ..records import Value
from ..suggest import did_you_mean
from .book import Book
from .listed import read_list, read_table
from .scope import NAMES, Refused, Scope

LOOSE_SCORE = "points"


@dataclass
class Declarations:
    """The statements of a ruleset by what they declare; `own` are those that it did not get from a base."""

    statements: list[n.Statement] = field(default_factory=list)
    own: set[int] = field(default_factory=set)

    def is_own(self, statement: n.Statement) -> bool:
        """Whether the ruleset itself says it, not the vocabulary that it builds on."""
        return id(statement) in self.own

    def of(self, *kinds: type[n.Statement]) -> list[n.Statement]:
        """The statements of these kinds, in the order of the files."""
        return [item for item in self.statements if isinstance(item, kinds)]


def gather(files: Iterable[n.File], base: Iterable[n.File], event_types: Iterable[str] = ()) -> Declarations:
    """All statements: those of the base first, without those that the ruleset replaces; loose lines as a score.

    An event type of the ruleset goes before a signal of the base that has its name.
    """
    own = [item for file in files for item in file.statements]
    named = {_key(item) for item in own} - {None}
    taken = set(event_types)
    statements = [
        item
        for file in base
        for item in file.statements
        if _key(item) not in named and not (isinstance(item, n.SignalDef) and item.name in taken)
    ]
    loose = [item for item in own if isinstance(item, n.LooseItem)]
    own = [item for item in own if not isinstance(item, n.LooseItem)]
    if loose:
        body = n.Body(tuple(item.item for item in loose), span=loose[0].span)
        own.append(n.ScoreDef(LOOSE_SCORE, "lead", None, (), body, span=loose[0].span))
    return Declarations(statements + own, {id(item) for item in own})


def _key(item: n.Statement) -> tuple[object, ...] | None:
    """What makes a statement replace another of a base."""
    if isinstance(item, n.SignalDef):
        return ("signal", item.name, len(item.params or ()))
    if isinstance(item, n.ParamDef | n.ListDef | n.TableDef):
        return ("value", item.name)
    if isinstance(item, n.MeasureDef | n.ScoreDef | n.GradeDef):
        return ("result", item.level, item.name)
    if isinstance(item, n.DeriveDef):
        return ("derive", item.level, str(item.field))
    return ("stages", item.level) if isinstance(item, n.StagesDef) else None


@dataclass
class Declarer:
    """Fills a book from declarations."""

    book: Book
    declared: Declarations
    root: Path | None
    overrides: Mapping[str, str]
    places: dict[tuple[str, str], Span] = field(default_factory=dict)

    def run(self) -> None:
        """Declare everything; names first, then values, so that order does not matter between kinds."""
        for item in self.declared.statements:
            self._name(item)
        for param in self.declared.of(n.ParamDef):
            self._guarded(param, self._param)
        for listed in self.declared.of(n.ListDef):
            self._guarded(listed, self._list)
        for table in self.declared.of(n.TableDef):
            self._guarded(table, self._table)
        for name in self.overrides:
            if name not in self.book.params:
                self.book.note(
                    "T108", f"there is no param `{name}` to set", Span(), hint=did_you_mean(name, self.book.params)
                )

    @property
    def scope(self) -> Scope:
        return Scope(self.book, "lead")

    def _guarded(self, item: n.Statement, declare: object) -> None:
        try:
            declare(item)  # type: ignore[operator]
        except Refused:
            return

    # --- names --------------------------------------------------------------------------

    def _name(self, item: n.Statement) -> None:
        own = self.declared.is_own(item)
        if isinstance(item, n.SignalDef):
            self._signal(item, own)
        elif isinstance(item, n.ParamDef | n.ListDef | n.TableDef):
            what = {n.ParamDef: "param", n.ListDef: "list", n.TableDef: "table"}[type(item)]
            if own:
                self.book.usage.declare(what, item.name, item.span)  # type: ignore[arg-type]
            self._claim("value", item.name, item.span, what)
        elif isinstance(item, n.MeasureDef | n.ScoreDef | n.GradeDef):
            self._result(item)
        elif isinstance(item, n.DeriveDef):
            level = "contact" if item.level == "lead" else "account"
            self._claim(f"derived {level}", str(item.field), item.span, "derived field")
            self.book.derived.setdefault((level, str(item.field)), item)
        elif isinstance(item, n.StagesDef):
            self._claim("stages", item.level, item.span, "ladder of stages for")
            self.book.ladders.setdefault(item.level, item)

    def _claim(self, space: str, name: str, span: Span, what: str) -> None:
        earlier = self.places.setdefault((space, name), span)
        if earlier is not span:
            self._taken(f"the {what} `{name}` is defined twice", span, earlier)

    def _taken(self, message: str, span: Span, earlier: Span, hint: str = "keep one of them, or rename one") -> None:
        self.book.note("T130", message, span, "the second definition", hint, (Related(earlier, "the first one"),))

    def _signal(self, item: n.SignalDef, own: bool) -> None:
        count = len(item.params or ())
        if item.name in self.book.schema.events:
            place = next((kind.span for kind in self.book.schema.events[item.name].values()), Span())
            self._taken(
                f"`{item.name}` is an event type already",
                item.span,
                place,
                "an event type is itself a signal; give this one another name",
            )
            return
        self._claim("signal", f"{item.name}/{count}", item.span, "signal")
        if own:
            self.book.usage.declare("signal", item.name, item.span)
        self.book.signals.setdefault(item.name, {}).setdefault(count, item)

    def _result(self, item: n.MeasureDef | n.ScoreDef | n.GradeDef) -> None:
        what = {n.MeasureDef: "measure", n.ScoreDef: "score", n.GradeDef: "grade"}[type(item)]
        if item.name in ("id", "account_id", "stage", "disqualified", "lines", "not_lines"):
            self.book.note(
                "T130",
                f"`{item.name}` is a name that every {item.level} has",
                item.span,
                "reserved",
                "choose another name",
            )
            return
        self._claim(f"result {item.level}", item.name, item.span, what)
        fields = self.book.schema.contact if item.level == "lead" else self.book.schema.account
        if item.name in fields:
            self._taken(
                f"`{item.name}` is a field of {'contacts' if item.level == 'lead' else 'accounts'} already",
                item.span,
                fields[item.name].span,
            )
        self.book.results.setdefault((item.level, item.name), item)

    # --- values -------------------------------------------------------------------------

    def _param(self, item: n.ParamDef) -> None:
        self._one_meaning(item.name, item.span, "param")
        found = self.scope.resolve(item.value)
        if not isinstance(found, m.Const):
            self.scope.refuse(
                "T110",
                f"the param `{item.name}` is a number, a text, a truth value or a date",
                item.value.span,
                "not fixed by the text",
            )
        value = replace(found, param=item.name)
        if item.name in self.overrides:
            value = self._overridden(value, self.overrides[item.name], item)
        if item.range is not None:
            self._in_range(item, value)
        self.book.params[item.name] = value

    def _overridden(self, value: m.Const, text: str, item: n.ParamDef) -> m.Const:
        found = _parsed(text, value, self.book)
        if found is None:
            self.scope.refuse(
                "T108",
                f"`{text}` is not {NAMES[value.kind]}: the param `{item.name}` cannot be set to it",
                item.span,
                f"{NAMES[value.kind]} is needed",
            )
        return replace(value, value=found)

    def _in_range(self, item: n.ParamDef, value: m.Const) -> None:
        assert item.range is not None
        low = self.scope.constant(item.range.low, "the end of a range") if item.range.low is not None else float("-inf")
        high = (
            self.scope.constant(item.range.high, "the end of a range") if item.range.high is not None else float("inf")
        )
        if low > high:
            self.scope.refuse(
                "T132",
                f"the range of `{item.name}` is empty",
                item.range.span,
                "the wrong way round",
                "write the smaller end first",
            )
        if not isinstance(value.value, float):
            self.scope.refuse(
                "T110",
                f"only a number has a range, and `{item.name}` is {NAMES[value.kind]}",
                item.range.span,
                "no number",
            )
        if not low <= value.value <= high:
            self.scope.note(
                "T133",
                f"`{item.name}` is {value.value:g}, outside of its range",
                item.span,
                f"allowed: {self.book.text(item.range)}",
                "choose a value inside, or widen the range",
            )

    def _list(self, item: n.ListDef) -> None:
        self._one_meaning(item.name, item.span, "list")
        self.book.lists[item.name] = read_list(item, self.root, self.scope)

    def _table(self, item: n.TableDef) -> None:
        self._one_meaning(item.name, item.span, "table")
        self.book.tables[item.name] = read_table(item, self.root, self.scope)

    def _one_meaning(self, name: str, span: Span, what: str) -> None:
        """A bare name in a rule may mean one thing only."""
        for level in ("lead", "account"):
            owner = self.book.results.get((level, name))
            if owner is not None:
                self._taken(f"`{name}` is a {what} and a result of {level}s", owner.span, span)
        if name in self.book.signals:
            self._taken(f"`{name}` is a {what} and a signal", next(iter(self.book.signals[name].values())).span, span)


def _parsed(text: str, value: m.Const, book: Book) -> Value:
    import datetime

    if value.kind == "number":
        try:
            number = float(text)
        except ValueError:
            return None
        return number if abs(number) < float("inf") else None
    if value.kind == "bool":
        return {"true": True, "false": False}.get(text.strip().lower())
    if value.kind == "date":
        try:
            return datetime.date.fromisoformat(text.strip())
        except ValueError:
            return None
    return parse_instant(text, book.zone) if value.kind == "timestamp" else (text.strip() or None)
