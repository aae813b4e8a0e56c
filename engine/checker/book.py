"""What a ruleset declares: one table of names for the whole ruleset, the findings so far, and what is used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field

from ...grammar import nodes as n
from ...grammar.diagnostics import Diagnostic, Fix, Related, finding
from ...grammar.late_methods import dataclass
from ...grammar.printer import to_text
from ...grammar.source import Span
from .. import model as m
from ..fold import fold
from ..instants import Zone, parse_date
from ..lints.usage import Usage
from ..records import Value
from ..schema import FieldType, Kind, Schema
from ..suggest import nearest
from .kinds import Kinds

SHOWN = 60
SUGGESTIONS = 50
"""For how many unknown names a near one is looked for: with more there is one cause that no suggestion mends."""


@dataclass(frozen=True)
class Values:
    """A list: distinct known values of one kind, in written order; `cells` are the texts of a file as they are."""

    kind: Kind
    values: tuple[Value, ...]
    cells: tuple[str, ...] = ()

    def of(self, kind: Kind) -> Values:
        """The list as it is compared with a kind: `007` in a file is no number beside a text, and a date beside one."""
        if kind == "text" and self.cells:
            return Values("text", self.cells)
        dates = tuple(parse_date(cell) for cell in self.cells) if kind == "date" else ()
        return Values("date", dates) if dates and None not in dates else self

    def folded(self) -> Values:
        """Without the texts that differ only in case; the first spelling stays."""
        if self.kind != "text":
            return self
        spelled: dict[str, Value] = {}
        for value in self.values:
            spelled.setdefault(fold(str(value)), value)
        return Values("text", tuple(spelled.values()))


@dataclass(frozen=True)
class TableInfo:
    """A table with the kinds of its keys and of its values, and the place of each entry."""

    table: m.Table
    keys: tuple[Kind, ...]
    kind: Kind
    places: tuple[Span, ...]


Owner = n.MeasureDef | n.ScoreDef | n.GradeDef


@dataclass
class Book:
    """The declarations of a ruleset.

    `has_data` tells, for an inferred schema, whether data have shown what there is; `guessed` are fields and
    properties that rules name and nothing declares, with the kind that their use gives them. `unread` are names that
    something seems to define which could not be read; `complete` is false where whole files are missing. `endless`
    are signals that cannot be written out, and `written_out` counts the parts of the one that is being so. `standard`
    gives the words of the standard vocabulary to a ruleset that could build on it.
    """

    schema: Schema
    zone: Zone
    kinds: Kinds
    has_data: bool = True
    complete: bool = True
    unread: set[str] = field(default_factory=set)
    guessed: dict[tuple[str, str], Kind] = field(default_factory=dict)
    findings: dict[Diagnostic, None] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    params: dict[str, m.Const] = field(default_factory=dict)
    lists: dict[str, Values] = field(default_factory=dict)
    tables: dict[str, TableInfo] = field(default_factory=dict)
    signals: dict[str, dict[int, n.SignalDef]] = field(default_factory=dict)
    results: dict[tuple[n.Level, str], Owner] = field(default_factory=dict)
    derived: dict[tuple[str, str], n.DeriveDef] = field(default_factory=dict)
    ladders: dict[n.Level, n.StagesDef] = field(default_factory=dict)
    endless: set[tuple[str, int]] = field(default_factory=set)
    written_out: int = 0
    suggestions: int = 0
    muted: bool = False
    standard: Callable[[], Collection[str]] = frozenset

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
        if not self.muted:
            self.findings[finding(code, message, span, label=label, hint=hint, related=related, fix=fix)] = None

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Read something ahead of its turn: what is wrong with it is noted when it is read for itself."""
        before, self.muted = self.muted, True
        try:
            yield
        finally:
            self.muted = before

    @staticmethod
    def text(node: n.Node) -> str:
        """The canonical text of a node in backquotes, shortened."""
        text = to_text(node)
        return f"`{text}`" if len(text) <= SHOWN else f"`{text[: SHOWN - 3]}…`"

    # --- unknown names ------------------------------------------------------------------

    def meant(self, name: str, known: Iterable[str]) -> str | None:
        """The known name that is nearest to an unknown one, if one is near."""
        if self.muted:
            return None
        self.suggestions += 1
        found = nearest(name, known) if self.suggestions <= SUGGESTIONS else []
        return found[0] if found else None

    def may_be_defined(self, name: str, meant: str | None) -> bool:
        """Whether something that could not be read seems to define a name."""
        return name in self.unread or (not self.complete and meant is None)

    # --- fields and properties ----------------------------------------------------------

    def field_type(self, level: str, name: str) -> FieldType | None:
        """The type of a field of `contact` or `account`, derived ones included; None if there is none."""
        if name == "id" or (level == "contact" and name == "account_id"):
            return FieldType("text")
        declared = self.fields(level).get(name)
        if declared is not None:
            return declared
        if (level, name) in self.derived:
            return FieldType(self.kinds.of(("derived", level, name)))
        return FieldType(self.guessed.setdefault((level, name), "unknown")) if self.schema.inferred else None

    def fields(self, level: str) -> Mapping[str, FieldType]:
        """The declared fields of `contact` or `account`."""
        return self.schema.contact if level == "contact" else self.schema.account

    def field_names(self, level: str) -> list[str]:
        """The fields that rules can read at a level."""
        derived = [name for owner, name in self.derived if owner == level]
        return sorted({"id", *self.fields(level), *derived})

    def property_type(self, event_type: str, name: str) -> FieldType | None:
        """The type of a property of an event type; None if it has none."""
        declared = self.schema.events.get(event_type, {}).get(name)
        if declared is None and self.schema.inferred:
            return FieldType(self.guessed.setdefault((f"event {event_type}", name), "unknown"))
        return declared

    def property_names(self, event_types: Iterable[str]) -> set[str]:
        """The declared properties of event types."""
        return {name for event_type in event_types for name in self.schema.events.get(event_type, {})}

    def guess(self, owner: str, name: str, kind: Kind) -> None:
        """Note the kind that a use gives to a field or property that nothing declares."""
        if self.guessed.get((owner, name)) == "unknown":
            self.guessed[(owner, name)] = kind

    # --- results and signals ------------------------------------------------------------

    def result_names(self, level: n.Level) -> list[str]:
        """The scores, measures and grades of a level."""
        return sorted(name for owner, name in self.results if owner == level)

    def has_events(self, name: str) -> bool:
        """Whether a name is a signal or an event type."""
        return name in self.signals or name in self.schema.events

    def signal_names(self) -> list[str]:
        """Signals and event types: what selects events."""
        return sorted({*self.signals, *self.schema.events})
