"""The statements of a ruleset, with those of the rulesets that it builds on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from .extending import extended

LOOSE_SCORE = "points"


@dataclass
class Declarations:
    """The statements of a ruleset; `own` are those that it did not get from a base."""

    statements: list[n.Statement] = field(default_factory=list)
    own: set[int] = field(default_factory=set)

    def is_own(self, statement: n.Statement) -> bool:
        """Whether the ruleset itself says it, not the vocabulary that it builds on."""
        return id(statement) in self.own


def gather(
    files: Iterable[n.File], bases: Iterable[Iterable[n.File]] = (), event_types: Iterable[str] = ()
) -> Declarations:
    """All statements: those of the bases, the first one first, as the later ones and the ruleset itself change them.

    Loose lines are a score. An event type goes before a signal of a base that has its name (decision 103).
    """
    taken = set(event_types)
    statements: list[n.Statement] = []
    for base in bases:
        layer = [item for item in _statements(base) if not (isinstance(item, n.SignalDef) and item.name in taken)]
        statements = _upon(statements, layer)
    own = _statements(files)
    return Declarations(_upon(statements, own), {id(item) for item in own})


def _statements(files: Iterable[n.File]) -> list[n.Statement]:
    return _with_loose_lines([item for file in files for item in file.statements])


def _upon(base: list[n.Statement], own: list[n.Statement]) -> list[n.Statement]:
    """The statements of a base, changed in their places by those of the same name; the others follow."""
    places = {key: place for place, item in enumerate(base) if (key := _key(item)) is not None}
    found = list(base)
    for item in own:
        key = _key(item)
        place = places.pop(key, None) if key is not None else None
        if place is None:
            found.append(item)
        else:
            found[place] = extended(found[place], item)
    return found


def _with_loose_lines(statements: list[n.Statement]) -> list[n.Statement]:
    """Lines outside of any block belong to `score points for lead`, the written one if there is one."""
    loose = tuple(item.item for item in statements if isinstance(item, n.LooseItem))
    rest = [item for item in statements if not isinstance(item, n.LooseItem)]
    if not loose:
        return rest
    for index, item in enumerate(rest):
        if isinstance(item, n.ScoreDef) and (item.level, item.name) == ("lead", LOOSE_SCORE):
            rest[index] = replace(item, body=replace(item.body, items=(*item.body.items, *loose)))
            return rest
    return [*rest, n.ScoreDef(LOOSE_SCORE, "lead", None, (), n.Body(loose, span=loose[0].span), span=loose[0].span)]


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
