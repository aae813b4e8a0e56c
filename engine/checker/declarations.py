"""The first pass: what every statement declares, and names that are given twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.late_methods import dataclass
from ...grammar.source import NOWHERE, Span
from ..functions import FUNCTIONS
from ..lints.usage import What
from ..suggest import did_you_mean
from .aggregates import OF_EVENTS
from .book import Book
from .gathering import Declarations
from .lists import read_list
from .params import read_param
from .rollups import OF_LEADS
from .scope import Refused, Scope
from .tables import read_table

RESERVED = ("id", "account_id", "stage", "disqualified", "lines", "not_lines")
CALLED = {*FUNCTIONS, *OF_EVENTS, *OF_LEADS, "stddev", "rank", "percentile"}
Constant = n.ParamDef | n.ListDef | n.TableDef
Result = n.MeasureDef | n.ScoreDef | n.GradeDef
_WHAT: Mapping[type[n.Statement], What] = {n.ParamDef: "param", n.ListDef: "list", n.TableDef: "table"}
_RESULT = {n.MeasureDef: "measure", n.ScoreDef: "score", n.GradeDef: "grade"}


@dataclass(frozen=True)
class Folders:
    """Where files of lists and tables may lie: a path belongs to the file of rules where it stands (decision 68)."""

    own: Path | None = None
    of_bases: Mapping[str, Path] = field(default_factory=dict)

    def of(self, item: n.Statement) -> Path | None:
        """The folder of the ruleset that says it."""
        return self.of_bases.get(item.span.path, self.own)


@dataclass
class Declarer:
    """Fills a book from declarations. `places` are the names that are taken, with what has them and where."""

    book: Book
    declared: Declarations
    folders: Folders
    overrides: Mapping[str, str]
    places: dict[tuple[str, str], tuple[str, Span]] = field(default_factory=dict)

    def run(self) -> None:
        """Declare everything; names first, then values, so that order does not matter between kinds."""
        self._schema_fields()
        for item in self.declared.statements:
            self._name(item)
        for kind in (n.ParamDef, n.ListDef, n.TableDef):
            for item in self.declared.statements:
                if isinstance(item, kind):
                    self._value(item)
        for name in self.overrides:
            if name not in self.book.params and name not in self.book.unread:
                hint = did_you_mean(name, self.book.params) or "the ruleset has no params"
                self.book.note("T108", f"there is no param `{name}` to set", NOWHERE, hint=hint)

    # --- names --------------------------------------------------------------------------

    def _schema_fields(self) -> None:
        """The fields of a level and its results share one namespace (decision 62)."""
        for level, whose in (("lead", "contact"), ("account", "account")):
            for name, declared in self.book.fields(whose).items():
                self.places[(level, name)] = (f"a field of `{whose}`", declared.span)

    def _name(self, item: n.Statement) -> None:
        if isinstance(item, n.SignalDef):
            self._signal(item)
        elif isinstance(item, Constant):
            self._constant(item)
        elif isinstance(item, Result):
            self._result(item)
        elif isinstance(item, n.DeriveDef):
            self._derived(item)
        elif isinstance(item, n.StagesDef):
            self._claim("stages", item.level, f"the stages for {item.level}", item.span)
            self.book.ladders.setdefault(item.level, item)

    def _claim(self, space: str, name: str, what: str, span: Span) -> bool:
        """Take a name; if it is taken, that is noted."""
        first, place = self.places.setdefault((space, name), (what, span))
        if place is span:
            return True
        message = f"`{name}` is {first} already" if first != what else f"`{name}` is defined twice"
        if space == "stages":
            message = f"there are two `stages for {name}`"
        related = (Related(place, "the first one"),) if place.line else ()
        hint = "put all stages into one block" if space == "stages" else "keep one of them, or rename one"
        self.book.note("T130", message, span, "the second definition", hint, related)
        return False

    def _reserved(self, name: str, reason: str, span: Span) -> None:
        self.book.note("T130", f"`{name}` {reason}", span, "a name of the language", "choose another name")

    def _constant(self, item: Constant) -> None:
        what = _WHAT[type(item)]
        if self.declared.is_own(item):
            self.book.usage.declare(what, item.name, item.place)
        if isinstance(item, n.TableDef) and item.name in CALLED:
            self._reserved(item.name, "is a function", item.place)
        if item.name in ("stage", "disqualified"):
            self._reserved(item.name, "is what every lead and account has", item.place)
        self._claim("value", item.name, f"a {what}", item.place)

    def _signal(self, item: n.SignalDef) -> None:
        params = item.params or ()
        if item.name in self.book.schema.events:
            hint = "an event type is itself a signal; give this one another name"
            message = f"`{item.name}` is an event type already"
            self.book.note("T130", message, item.place, "the second definition", hint)
            return
        if item.name in CALLED and params:
            self._reserved(item.name, "is a function", item.place)
        if item.name in ("stage", "disqualified"):
            self._reserved(item.name, "is what every lead and account has", item.place)
        if len(set(params)) < len(params):
            message, hint = f"`{item.name}` has two parameters of one name", "give each a name of its own"
            self.book.note("T130", message, item.place, "one name twice", hint)
        if self.declared.is_own(item):
            self.book.usage.declare("signal", item.name, item.place)
        if self.places.setdefault(("value", item.name), ("a signal", item.place))[0] != "a signal":
            self._claim("value", item.name, "a signal", item.place)
        if self._claim(f"signal {len(params)}", item.name, "a signal", item.place):
            self.book.signals.setdefault(item.name, {})[len(params)] = item

    def _result(self, item: Result) -> None:
        if item.name in RESERVED:
            self._reserved(item.name, f"is what every {item.level} has", item.place)
            return
        self._claim(item.level, item.name, f"a {_RESULT[type(item)]} for {item.level}", item.place)
        self.book.results.setdefault((item.level, item.name), item)

    def _derived(self, item: n.DeriveDef) -> None:
        level, name = "contact" if item.level == "lead" else "account", str(item.field)
        if name in RESERVED:
            self._reserved(name, f"is what every {item.level} has", item.place)
        elif name not in self.book.fields(level):
            self._claim(item.level, name, f"a derived field of `{level}`", item.place)
        else:
            self._claim(f"derived {level}", name, "a derived field", item.place)
        self.book.derived.setdefault((level, name), item)

    # --- values -------------------------------------------------------------------------

    def _value(self, item: Constant) -> None:
        """The value of a param, list or table; a name that has none is not reported where it is used."""
        try:
            self._one_meaning(item)
            self._read(item)
        except Refused:
            self.book.unread.add(item.name)

    def _read(self, item: Constant) -> None:
        scope = Scope(self.book, "lead")
        if isinstance(item, n.ParamDef):
            self.book.params[item.name] = read_param(item, self.overrides.get(item.name), scope)
        elif isinstance(item, n.ListDef):
            self.book.lists[item.name] = read_list(item, self.folders.of(item), scope)
        else:
            self.book.tables[item.name] = read_table(item, self.folders.of(item), scope)

    def _one_meaning(self, item: Constant) -> None:
        """A bare name in a rule means one thing only."""
        for level in ("lead", "account"):
            owner = self.book.results.get((level, item.name))
            if owner is not None:
                message = f"`{item.name}` is a {_WHAT[type(item)]} and a {_RESULT[type(owner)]} for {level}"
                related = (Related(item.place, "the other one"),)
                hint = "rename one of them"
                self.book.note("T130", message, owner.place, "two meanings of one name", hint, related)
