"""The second pass: derived fields, measures, scores, grades, stages and what is ignored, each with its expressions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.printer import to_text
from .. import model as m
from ..schema import FieldType, Kind
from ..suggest import listing
from .book import Book
from .events import _filter, expand
from .lines import Ids, ScoreReader
from .scope import NAMES, Refused, Scope
from .values import cases, lookup


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
            if isinstance(item, n.DeriveDef):
                self.found.append(self._derived(item))
            elif isinstance(item, n.MeasureDef):
                scope = Scope(self.book, item.level)
                self.found.append(m.Measure(item.level, item.name, self._value(item.value, scope), item.span))
            elif isinstance(item, n.ScoreDef):
                self._score(item)
            elif isinstance(item, n.GradeDef):
                self.found.append(self._grade(item))
            elif isinstance(item, n.StagesDef):
                self.found.append(self._stages(item))
            elif isinstance(item, n.IgnoreEvents | n.IgnoreContacts):
                self.ignored.append(self._ignore(item))
        except Refused:
            return

    def kind_of(self, what: str, level: str, name: str) -> Kind:
        """The kind of a measure or derived field; findings are noted when the definition itself is read."""
        before = len(self.book.findings)
        try:
            if what == "derived":
                value = self.book.derived[(level, name)].value
                return self._value(value, Scope(self.book, "lead" if level == "contact" else "account")).kind
            owner = self.book.results[("lead" if level == "lead" else "account", name)]
            assert isinstance(owner, n.MeasureDef)
            return self._value(owner.value, Scope(self.book, owner.level)).kind
        except Refused:
            return "unknown"
        finally:
            del self.book.findings[before:]

    @staticmethod
    def _value(node: n.Expr | n.Cases, scope: Scope) -> m.Expr:
        return cases(node, scope) if isinstance(node, n.Cases) else scope.resolve(node)

    # --- derived fields -----------------------------------------------------------------

    def _derived(self, item: n.DeriveDef) -> m.Derived:
        level = "contact" if item.level == "lead" else "account"
        scope = Scope(self.book, item.level)
        value = self._value(item.value, scope)
        name = str(item.field)
        fields = self.book.schema.contact if level == "contact" else self.book.schema.account
        declared = fields.get(name)
        if declared is not None:
            value = self.book.settle(value, declared.kind)
            if value.kind != declared.kind and declared.kind != "unknown":
                scope.refuse(
                    "T110",
                    f"`{level}.{name}` is declared as {NAMES[declared.kind]}, and this gives {NAMES[value.kind]}",
                    item.span,
                    "another type",
                    related=(Related(declared.span, "declared here"),),
                )
            self._members(item, declared, scope)
        return m.Derived("contact" if level == "contact" else "account", name, value, item.span)

    @staticmethod
    def _members(item: n.DeriveDef, declared: FieldType, scope: Scope) -> None:
        """A value outside of the field's enumeration is an error (decision 64)."""
        if declared.values is None:
            return
        allowed = {value.lower() for value in declared.values}
        values = [case.value for case in item.value.items] if isinstance(item.value, n.Cases) else [item.value]
        for node in values:
            if isinstance(node, n.Text) and node.value.strip().lower() not in allowed:
                scope.note(
                    "T113",
                    f"`{item.field}` is never `{node.value}`",
                    node.span,
                    "not one of its values",
                    scope.book.suggest(node.value, declared.values, listing(declared.values)),
                )

    # --- what is ignored ----------------------------------------------------------------

    def _ignore(self, item: n.IgnoreEvents | n.IgnoreContacts) -> m.IgnoreEvents | m.IgnoreContacts:
        text = to_text(item).removeprefix("ignore ")
        if isinstance(item, n.IgnoreContacts):
            scope = Scope(self.book, "lead", row="record", ignoring=True)
            return m.IgnoreContacts(scope.condition(item.where), text, item.span)
        scope = Scope(self.book, "lead", ignoring=True)
        signal = n.SignalDef("", None, item.sources, item.where, span=item.span)
        tested = expand(signal, (), scope)
        filters = tuple(_filter(node, tested.types, scope) for node in item.filters)
        tests = (*(tested.test.items if isinstance(tested.test, m.And) else (tested.test,)), *filters)
        return m.IgnoreEvents(tests[0] if len(tests) == 1 else m.And(tests), text, item.span)

    # --- scores -------------------------------------------------------------------------

    def _score(self, item: n.ScoreDef) -> None:
        scope = Scope(self.book, item.level)
        reader = ScoreReader(scope, item.name, self.ids)
        if item.bounds:
            scope.later(f"`{to_text(item.bounds[0])}` in the head of a score", item.bounds[0].span)
        low = (
            scope.constant(item.range.low, "the end of a range") if item.range and item.range.low is not None else None
        )
        high = (
            scope.constant(item.range.high, "the end of a range")
            if item.range and item.range.high is not None
            else None
        )
        if low is not None and high is not None and low > high:
            assert item.range is not None
            scope.note(
                "T132",
                f"the range of `{item.name}` is empty",
                item.range.span,
                "the wrong way round",
                "write the smaller end first",
            )
        items = reader.items(item.body, None, (), "score")
        self.found.append(m.Score(item.level, item.name, items, low, high, span=item.span))
        self.found.extend(reader.disqualifications)

    # --- grades -------------------------------------------------------------------------

    def _grade(self, item: n.GradeDef) -> m.Grade:
        return m.Grade(item.level, item.name, tuple(self._axis(axis, item) for axis in item.axes), item.span)

    def _axis(self, axis: n.Axis, grade: n.GradeDef) -> m.Axis:
        scope = Scope(self.book, grade.level)
        value = self._axis_value(axis.value, scope)
        cuts: list[tuple[str, m.Expr]] = []
        rest: str | None = None
        for index, cut in enumerate(axis.cuts):
            if cut.label in [label for label, _ in cuts]:
                scope.refuse("T130", f"the label `{cut.label}` stands twice on this axis", cut.span, "the second one")
            if cut.cut is None and index < len(axis.cuts) - 1:
                scope.refuse(
                    "T134",
                    f"`{cut.label}` has no cut, so nothing gets past it",
                    cut.span,
                    "takes all the rest",
                    "the label without a cut stands last",
                )
            if cut.cut is None:
                rest = cut.label
            else:
                cuts.append((cut.label, scope.number(cut.cut)))
        self._falling(axis, cuts, scope)
        if rest is None:
            self._gap(axis, value, cuts, scope)
        return m.Axis(value, tuple(cuts), rest)

    def _axis_value(self, node: n.Expr, scope: Scope) -> m.Expr:
        """A score, a measure, or a number field of this level by its bare name."""
        level = "contact" if scope.level == "lead" else "account"
        if isinstance(node, n.Name) and lookup(node, scope) is None and str(node) in self.book.field_names(level):
            return scope.number(n.Name((level, *node.parts), span=node.span))
        return scope.number(node)

    @staticmethod
    def _falling(axis: n.Axis, cuts: list[tuple[str, m.Expr]], scope: Scope) -> None:
        values = [cut.value for _, cut in cuts if isinstance(cut, m.Const) and isinstance(cut.value, float)]
        for index in range(1, len(values)):
            if values[index] >= values[index - 1]:
                scope.note(
                    "T134",
                    f"`{cuts[index][0]}` is never reached: `{cuts[index - 1][0]}` begins at {values[index - 1]:g}",
                    axis.cuts[index].span,
                    "cuts fall from left to right",
                    "put the highest cut first",
                )

    def _gap(self, axis: n.Axis, value: m.Expr, cuts: list[tuple[str, m.Expr]], scope: Scope) -> None:
        """Without a last label for the rest a value below all cuts has no grade."""
        lowest = cuts[-1][1] if cuts else None
        if isinstance(value, m.Result) and value.what == "score" and isinstance(lowest, m.Const):
            owner = self.book.results[(value.level, value.name)]
            low = owner.range.low if isinstance(owner, n.ScoreDef) and owner.range else None
            if isinstance(low, n.Number) and isinstance(lowest.value, float) and float(low.value) >= lowest.value:
                return
        scope.note(
            "T137",
            f"{scope.book.text(axis.value)} below the last cut has no grade",
            axis.span,
            "a gap at the lower end",
            "add a last label without a cut: it takes the rest, missing included",
        )

    # --- stages -------------------------------------------------------------------------

    def _stages(self, item: n.StagesDef) -> m.Stages:
        scope = Scope(self.book, item.level)
        found: list[m.Stage] = []
        for stage in item.stages:
            try:
                found.append(self._stage(stage, found, scope))
            except Refused:
                continue
        self._rising(item, found, scope)
        return m.Stages(item.level, tuple(found), item.in_order, item.span)

    @staticmethod
    def _stage(item: n.StageDef, earlier: list[m.Stage], scope: Scope) -> m.Stage:
        if item.name.lower() == "disqualified":
            scope.refuse(
                "T130", "`disqualified` is where disqualified ones are", item.span, "reserved", "choose another name"
            )
        if item.name.lower() in [stage.name.lower() for stage in earlier]:
            scope.refuse(
                "T130", f"the stage `{item.name}` stands twice", item.span, "the second one", "keep one of them"
            )
        condition = scope.condition(item.condition)
        stays = scope.condition(item.stays_while) if item.stays_while is not None else None
        return m.Stage(item.name, condition, item.label, stays, item.span)

    def _rising(self, item: n.StagesDef, stages: list[m.Stage], scope: Scope) -> None:
        """A later stage asks for more: a lower threshold on the same value would swallow the stage before it."""
        before: dict[m.Expr, tuple[float, m.Stage]] = {}
        for stage in stages:
            condition = stage.condition
            if not (
                isinstance(condition, m.Compare)
                and condition.op in (">", ">=")
                and isinstance(condition.right, m.Const)
            ):
                continue
            value = condition.right.value
            if not isinstance(value, float):
                continue
            earlier = before.get(condition.left)
            if earlier is not None and value <= earlier[0]:
                scope.note(
                    "T136",
                    f"the stage `{stage.name}` is reached before `{earlier[1].name}`, so that one is never shown",
                    stage.span,
                    "asks for less than an earlier stage",
                    "stages are written from the first to the last: put the higher threshold later",
                    (Related(earlier[1].span, f"asks for {earlier[0]:g}"),),
                )
            before[condition.left] = (value, stage)


def numbered(found: list[m.Definition]) -> list[m.Definition]:
    """Disqualifications with their rank in file order."""
    ranked = []
    for position, item in enumerate(found):
        ranked.append(replace(item, position=position) if isinstance(item, m.Disqualification) else item)
    return ranked
