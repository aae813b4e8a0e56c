"""How each rule of a plan is counted, and why not in a cheaper way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ...grammar.source import NOWHERE, Span
from ..model import Block, Expr, Grade, Line, Measure, Model, Part, Score, Stages
from ..plan.steps import DecayStep, Plan, ResultColumn, Step
from .lineage import Cell, Lineage, constants, values_in
from .reasons import reasons
from .roles import role

How = Literal["fields", "leads", "summed", "kind", "scan", "set"]
"""From fields and other results; from roll-ups of leads; summed where its one selection is counted; by kind; in a scan
that it shares with others; with a set of events of its own."""

Cells = frozenset[Cell]
LEVELS: tuple[Level, ...] = ("lead", "account")


@dataclass(frozen=True)
class Rule:
    """A line of a score, or a definition: how it is counted; for `scan` and `set` the reasons, and the columns by which
    the steps are found that it needs."""

    level: Level
    score: str
    name: str
    kind: str
    span: Span
    how: How
    reasons: tuple[str, ...] = ()
    columns: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def title(self) -> str:
        """The rule for people: a line with its score."""
        return f"{self.score}.{self.name}" if self.score else self.name


def rules(plan: Plan) -> list[Rule]:
    """All lines of a plan with contributions, then its other definitions, in their order."""
    return _Rules(plan).found()


@dataclass(frozen=True)
class _Written:
    """What stands in the rules: where, and the parts that may say why."""

    span: Span
    parts: tuple[Expr | Part, ...]


class _Rules:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ends = [column.name for columns in plan.results.values() for column in columns if column.role != "id"]
        self._written = dict(_written(plan.model))

    def found(self) -> list[Rule]:
        entries = self._entries()
        return [*self._lines(entries), *self._definitions()]

    def _lines(self, entries: Mapping[int, tuple[Cells, bool]]) -> Iterator[Rule]:
        known: dict[tuple[Level, str], Cells] = {}
        for number, (cells, _) in entries.items():
            level, score, _, kind = self._plan.entries[number]
            if kind == "line":
                known[level, score] = known.get((level, score), frozenset()) | cells
        for number, (level, score, name, kind) in enumerate(self._plan.entries):
            cells, is_term = entries[number]
            if kind != "line":  # what it changes is there anyway
                before = known.get((level, score), frozenset())
                known[level, score] = before | cells
                cells -= before
            how = self._how(cells, is_term)
            if kind in ("line", "multiplier", "set") or how in ("scan", "set"):
                yield self._rule(level, score, name or score, kind, how, cells)

    def _definitions(self) -> Iterator[Rule]:
        for level, columns in self._plan.results.items():
            for column in columns:
                if column.role not in ("id", "score"):
                    cells = self._behind_result(level, column)
                    yield self._rule(level, "", column.title, column.role, self._how(cells), cells)

    def _rule(self, level: Level, score: str, name: str, kind: str, how: How, cells: Cells) -> Rule:
        written = self._written.get((level, score, name), _Written(NOWHERE, ()))
        why = reasons(written.parts) if how in ("scan", "set") else ()
        return Rule(level, score, name, kind, written.span, how, why, frozenset(column for _, column in cells))

    # --- what is behind it --------------------------------------------------------------------------------------

    def _entries(self) -> dict[int, tuple[Cells, bool]]:
        """What is behind the points of each entry, and whether they are found where its selection is counted."""
        lineage = Lineage(self._plan, self._ends)
        found: dict[int, tuple[Cells, bool]] = {}
        step = self._plan.step("contributions")
        assert isinstance(step, Step)
        for part in getattr(step.relation, "parts", ()):
            numbers = constants(part, "entry")
            cells = lineage.behind(part, "points")
            is_term = any("entry" in dict(values.columns) for values in values_in(part))
            found.update((int(str(number)), (cells, is_term)) for number in numbers if number is not None)
        return found

    def _behind_result(self, level: Level, column: ResultColumn) -> Cells:
        lineage = Lineage(self._plan, [name for name in self._ends if name != column.name])
        return lineage.behind(f"{level}_results", column.name)

    def _how(self, cells: Cells, is_term: bool = False) -> How:
        behind = {name for name, _ in cells}
        steps = [step for step in self._plan.steps if step.name in behind]
        roles = {role(step.name) for step in steps if reads_events(step)}
        if "set" in roles or "scan" in roles:
            return "set" if "set" in roles else "scan"
        if "counts" in roles:
            return "summed" if is_term else "kind"
        return "leads" if {"set", "leads"} & {role(step.name) for step in steps} else "fields"


def reads_events(step: Step | DecayStep) -> bool:
    """Whether a step counts events, and not leads."""
    return any(role(read) in ("events", "kinds", "counts") for read in step.reads)


# --- what is written --------------------------------------------------------------------------------------------------


def _written(model: Model) -> Iterator[tuple[tuple[Level, str, str], _Written]]:
    """Lines and named blocks by level, score and id; other definitions by level and the title of their column."""
    for definition in model.order:
        match definition:
            case Score(level=level, name=score):
                yield (level, score, score), _Written(definition.span, definition.bounds)
                for name, written in _of_items(definition.items, ()):
                    yield (level, score, name), written
            case Measure(level=level, name=name) | Grade(level=level, name=name):
                yield (level, "", name), _Written(definition.span, (definition,))
            case Stages(level=level):
                yield (level, "", "stage"), _Written(definition.span, (definition,))
    for level in LEVELS:
        if lines := model.disqualifications(level):
            yield (level, "", "disqualified"), _Written(lines[0].span, tuple(lines))


def _of_items(items: Sequence[Line | Block], around: tuple[Expr, ...]) -> Iterator[tuple[str, _Written]]:
    """Lines with the conditions of the blocks around them, and blocks with their bounds."""
    for item in items:
        if isinstance(item, Line):
            yield item.id, _Written(item.span, (item, *around))
            continue
        if item.id is not None:
            yield item.id, _Written(item.span, item.bounds)
        conditions = around if item.condition is None else (*around, item.condition)
        yield from _of_items(item.items, conditions)
