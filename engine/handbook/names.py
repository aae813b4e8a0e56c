"""What a name in a rule stands for, as far as a reader needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...grammar import nodes as n
from ..records import Value
from .terms import Term, anchor


class Names:
    """The names that the statements of a ruleset give, with the values of params; of others `kinds` may be known."""

    def __init__(
        self,
        statements: Iterable[n.Statement] = (),
        params: Mapping[str, Value] | None = None,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        self.params = params or {}
        self._anchors: dict[tuple[str, str], str] = {}
        self._kinds: dict[str, str] = dict(kinds or {})
        for item in statements:
            if (found := key_of(item)) is not None:
                kind, level, name = found
                self._anchors[name, level] = anchor(*found)
                self._kinds[name] = kind

    def kind(self, name: str) -> str:
        """`signal`, `score`, `param` …; '' for fields, properties and types of events."""
        return self._kinds.get(name, "")

    def term(self, name: str, level: str) -> Term | None:
        """The name with the place where it is explained; `level` is whose result it is, if it is one."""
        for whose in (level, "", "account", "lead"):
            if (name, whose) in self._anchors:
                return Term(name, self._anchors[name, whose])
        return None

    def result(self, name: str, level: str) -> Term | None:
        """A score, measure or grade of just this level."""
        return Term(name, self._anchors[name, level]) if (name, level) in self._anchors else None


def key_of(item: n.Statement) -> tuple[str, str, str] | None:
    """The kind, level and name of what a statement defines; None for what has no name that rules can use."""
    match item:
        case n.ParamDef(name=name):
            return "param", "", name
        case n.ListDef(name=name):
            return "list", "", name
        case n.TableDef(name=name):
            return "table", "", name
        case n.SignalDef(name=name):
            return "signal", "", name
        case n.MeasureDef(name=name, level=level):
            return "measure", level, name
        case n.ScoreDef(name=name, level=level):
            return "score", level, name
        case n.GradeDef(name=name, level=level):
            return "grade", level, name
        case n.LooseItem():
            return "score", "lead", "points"
    return None
