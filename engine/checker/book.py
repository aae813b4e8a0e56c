"""What a ruleset declares: one table of names for the whole ruleset, the findings so far, and what is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ...grammar import nodes as n
from ...grammar.diagnostics import Diagnostic, Fix, Related, finding
from ...grammar.printer import to_text
from ...grammar.source import Span
from .. import model as m
from ..instants import Zone
from ..lints.usage import Usage
from ..records import Value
from ..schema import FieldType, Kind, Schema
from ..suggest import did_you_mean

UNKNOWN = FieldType("unknown")


@dataclass(frozen=True)
class Values:
    """A list: distinct known values of one kind, in written order; `texts` are the cells of a file as they are."""

    kind: Kind
    values: tuple[Value, ...]
    texts: tuple[str, ...] = ()

    def of(self, kind: Kind) -> Values:
        """The list as texts, where it came from a file and is compared with a text (`007` is no number then)."""
        return Values("text", self.texts) if kind == "text" and self.texts else self


@dataclass(frozen=True)
class TableInfo:
    """A table with the kinds of its keys and of its values."""

    table: m.Table
    keys: tuple[Kind, ...]
    kind: Kind


Owner = n.MeasureDef | n.ScoreDef | n.GradeDef


@dataclass
class Book:
    """The declarations of a ruleset.

    `has_data` tells, for an inferred schema, whether data have shown what there is; `guessed` are fields and
    properties that rules name and nothing declares, with the kind that their use gives them.
    """

    schema: Schema
    zone: Zone
    has_data: bool = True
    findings: list[Diagnostic] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    params: dict[str, m.Const] = field(default_factory=dict)
    lists: dict[str, Values] = field(default_factory=dict)
    tables: dict[str, TableInfo] = field(default_factory=dict)
    signals: dict[str, dict[int, n.SignalDef]] = field(default_factory=dict)
    results: dict[tuple[n.Level, str], Owner] = field(default_factory=dict)
    derived: dict[tuple[str, str], n.DeriveDef] = field(default_factory=dict)
    ladders: dict[n.Level, n.StagesDef] = field(default_factory=dict)
    kinds: dict[tuple[str, str, str], Kind] = field(default_factory=dict)
    members: dict[tuple[str, str, str], tuple[str, ...] | None] = field(default_factory=dict)
    guessed: dict[tuple[str, str], Kind] = field(default_factory=dict)
    infer_kind: Callable[[str, str, str], Kind] | None = None

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
        """Note a finding, once for each place."""
        found = finding(code, message, span, label=label, hint=hint, related=related, fix=fix)
        if found not in self.findings:
            self.findings.append(found)

    @staticmethod
    def text(node: n.Node) -> str:
        """The canonical text of a node in backquotes, shortened."""
        text = to_text(node)
        return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}…`"

    # --- fields and properties ----------------------------------------------------------

    def field_type(self, level: str, name: str) -> FieldType | None:
        """The type of a field of `contact` or `account`, derived ones included; None if there is none."""
        if name in ("id", "account_id") and (level == "contact" or name == "id"):
            return FieldType("text")
        declared = self._fields(level).get(name)
        if declared is not None:
            return declared
        if (level, name) in self.derived:
            return FieldType(self.kind_of("derived", level, name))
        if self.schema.inferred:
            return FieldType(self.guessed.setdefault((level, name), "unknown"))
        return None

    def _fields(self, level: str) -> Mapping[str, FieldType]:
        return self.schema.contact if level == "contact" else self.schema.account

    def field_names(self, level: str) -> list[str]:
        """The fields that rules can read at a level."""
        derived = [name for owner, name in self.derived if owner == level]
        return sorted({"id", *self._fields(level), *derived})

    def property_type(self, event_type: str, name: str) -> FieldType | None:
        """The type of a property of an event type; None if it has none."""
        declared = self.schema.events.get(event_type, {}).get(name)
        if declared is not None:
            return declared
        if self.schema.inferred:
            return FieldType(self.guessed.setdefault((f"event {event_type}", name), "unknown"))
        return None

    def settle(self, expr: m.Expr, kind: Kind) -> m.Expr:
        """Give an expression of unknown type the type that its use asks for."""
        if expr.kind != "unknown" or kind == "unknown":
            return expr
        if isinstance(expr, m.Field):
            self.guessed[(expr.level, expr.name)] = kind
        return replace(expr, kind=kind)

    def settle_property(self, types: Iterable[str], name: str, kind: Kind) -> None:
        """Note the type that a use gives to a property nothing declares."""
        for event_type in types:
            if self.guessed.get((f"event {event_type}", name)) == "unknown":
                self.guessed[(f"event {event_type}", name)] = kind

    def enumeration(self, expr: m.Expr, types: tuple[str, ...] = ()) -> tuple[str, ...] | None:
        """The only values that an expression can have, if its declaration names them."""
        if isinstance(expr, m.Field):
            declared = self._fields(expr.level).get(expr.name)
            return declared.values if declared else None
        if isinstance(expr, m.Prop):
            declared_values = [self.schema.events.get(item, {}).get(expr.name, UNKNOWN).values for item in types]
            if declared_values and all(values is not None for values in declared_values):
                return tuple(dict.fromkeys(value for values in declared_values if values for value in values))
        if isinstance(expr, m.Result):
            return self._result_values(expr)
        return None

    def _result_values(self, expr: m.Result) -> tuple[str, ...] | None:
        if expr.what == "stage":
            ladder = self.ladders.get(expr.level)
            return (*(stage.name for stage in ladder.stages), "disqualified") if ladder else None
        owner = self.results.get((expr.level, expr.name))
        if expr.what == "grade" and isinstance(owner, n.GradeDef):
            return grade_labels(owner)
        return None

    # --- results ------------------------------------------------------------------------

    def kind_of(self, what: str, level: str, name: str) -> Kind:
        """The kind of a measure or a derived field: that of its expression, worked out once."""
        key = (what, level, name)
        if key not in self.kinds:
            self.kinds[key] = "unknown"  # read again while it is worked out: a cycle, which the graph will name
            assert self.infer_kind is not None
            self.kinds[key] = self.infer_kind(what, level, name)
        return self.kinds[key]

    def result_names(self, level: n.Level) -> list[str]:
        """The scores, measures and grades of a level."""
        return sorted(name for owner, name in self.results if owner == level)

    def signal_names(self) -> list[str]:
        """Signals and event types: what selects events."""
        return sorted({*self.signals, *self.schema.events})

    def suggest(self, name: str, known: Iterable[str], otherwise: str = "") -> str:
        """A did-you-mean, or a list of what there is."""
        return did_you_mean(name, known, otherwise)


def grade_labels(grade: n.GradeDef) -> tuple[str, ...]:
    """All labels of a grade: one of each axis, put together."""
    labels = [""]
    for axis in grade.axes:
        labels = [label + cut.label for label in labels for cut in axis.cuts]
    return tuple(labels)
