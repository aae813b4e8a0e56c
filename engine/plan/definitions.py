"""The definitions of a model as columns: derived fields, measures, scores, grades, stages, disqualification."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ...grammar.nodes import Level
from ..instants import DAY
from ..memory import held_conditions
from ..model import (
    And,
    Axis,
    Cases,
    Compare,
    Const,
    Coverage,
    Default,
    Derived,
    Disqualification,
    EventAggregate,
    Expr,
    Field,
    Grade,
    Happened,
    HeldFor,
    InStageFor,
    LeadAggregate,
    Length,
    Measure,
    Missing,
    Model,
    PeriodAggregate,
    Result,
    Score,
    Stages,
    Standing,
)
from .adapter import AS_OF, EventColumns, data
from .blocks import Blocks, ScoreColumns
from .book import Book
from .effects import Effects
from .errors import NeedsItself, PlanError, refuse
from .past import Past
from .places import Place
from .rollups import Rollups
from .scalars import TRUE, Ref, both, call, integer, is_known, only_if
from .selections import Selections
from .values import Values


class Compiler:
    """Works out each definition when it is first asked for, and keeps its columns.

    `evidence`: also which events each line stands on, for the account of every score.
    """

    def __init__(self, model: Model, book: Book, events: EventColumns, past: Past, evidence: bool = True) -> None:
        self.model = model
        self.book = book
        self.past = past
        self.values = Values(book, events, self)
        self._selections = Selections(self.values)
        self._rollups = Rollups(self.values)
        effects = Effects(self.values, self._selections, self._rollups, evidence)
        self._blocks = Blocks(self.values, self._selections, effects)
        self.values.worked_out = {
            Happened: self._selections.happened,
            EventAggregate: self._selections.aggregate,
            PeriodAggregate: self._selections.per_period,
            LeadAggregate: self._rollups.aggregate,
            Coverage: self._rollups.coverage,
            Standing: self._rollups.standing,
            HeldFor: self._held_for,
            InStageFor: self._in_stage_for,
        }
        self._runs = list(dict.fromkeys(held_conditions(model.order)))
        self.scores: dict[tuple[Level, str], ScoreColumns] = {}
        self.held: dict[Level, dict[str, Ref]] = {"lead": {}, "account": {}}
        self._made: dict[tuple[str, str, str], Ref] = {}
        self._under_way: list[tuple[str, str, str]] = []
        self._index = {_key(item): item for item in model.order if not isinstance(item, Disqualification)}

    def result(self, result: Result) -> Ref:
        """The column of what a rule made of an entity."""
        if result.what == "disqualified":
            found = self.disqualified(result.level)
            missing = Const(value=None, kind="text")
            return found or self.book.formula(result.level, "disqualified", missing)
        name = "" if result.what == "stage" else result.name
        return self._once((result.level, result.what, name), result)

    def field(self, field: Field, raw: bool) -> Expr:
        """The column of a field: what the data say, else what rules derive."""
        level: Level = "lead" if field.level == "contact" else "account"
        if not raw and (field.level, "field", field.name) in self._index:
            return self._once((field.level, "field", field.name), field)
        return self._read(level, field)

    def disqualified(self, level: Level) -> Ref | None:
        """The column with the reason; None if the model disqualifies nobody at that level."""
        lines = self.model.disqualifications(level)
        if not lines:
            return None
        key = (level, "disqualified", "")
        if key not in self._made:
            self._enter(key, None)
            place = Place(level)
            items = tuple((self._disqualifies(line, place), _text(line.reason)) for line in lines)
            self._leave(key, self.book.formula(level, "disqualified", Cases(items=items, kind="text")))
        return self._made[key]

    # --- one definition -----------------------------------------------------------------------------------------

    def _once(self, key: tuple[str, str, str], asker: Expr) -> Ref:
        if key not in self._made:
            definition = self._index.get(key)
            if definition is None:
                raise refuse(f"`{key[2]}`, which nothing defines,", asker)
            self._enter(key, asker)
            self._leave(key, self._make(definition))
        return self._made[key]

    def _enter(self, key: tuple[str, str, str], asker: Expr | None) -> None:
        if key in self._under_way:
            raise NeedsItself(refuse(f"`{key[2] or key[1]}`, which needs itself,", asker).diagnostic)
        self._under_way.append(key)

    def _leave(self, key: tuple[str, str, str], made: Ref) -> None:
        self._under_way.pop()
        self._made[key] = made

    def _make(self, definition: object) -> Ref:
        try:
            match definition:
                case Derived():
                    return self._derived(definition)
                case Measure():
                    return self._measure(definition)
                case Score():
                    made = self._blocks.score(definition)
                    self.scores[definition.level, definition.name] = made
                    return made.units
                case Grade():
                    return self._grade(definition)
                case Stages():
                    return self._stages(definition)
        except PlanError as error:
            span = getattr(definition, "span", None)
            if error.diagnostic.span.line or span is None:
                raise
            raise type(error)(replace(error.diagnostic, span=span)) from None
        raise AssertionError(definition)

    def _derived(self, derived: Derived) -> Ref:
        level: Level = "lead" if derived.level == "contact" else "account"
        value = self.values.value(derived.value, Place(level))
        read = self._read(level, Field(level=derived.level, name=derived.name, kind=value.kind))
        known = value if isinstance(read, Const) else Default(item=read, fallback=value, kind=value.kind)
        return self.book.formula(level, f"{derived.name} derived", known)

    def _read(self, level: Level, field: Field) -> Expr:
        declared = self.model.schema.fields(field.level)
        if field.name == "id" or (field.name == "account_id" and level == "lead"):
            return Ref(level=level, name=field.name, kind="text")
        if field.name not in declared or field.kind == "unknown":
            return Const(value=None, kind=field.kind)
        return self.book.base(level, field.name, data(field.name, field.kind))

    def _measure(self, measure: Measure) -> Ref:
        value = self.values.value(measure.value, Place(measure.level))
        return self.book.formula(measure.level, measure.name, value, measure.value.kind)

    def _grade(self, grade: Grade) -> Ref:
        place = Place(grade.level)
        axes = [
            self.book.formula(grade.level, f"{grade.name} axis", self._axis(axis, place, grade.name))
            for axis in grade.axes
        ]
        label = axes[0] if len(axes) == 1 else call("concat", *axes, kind="text")
        return self.book.formula(grade.level, grade.name, label)

    def _axis(self, axis: Axis, place: Place, name: str) -> Expr:
        value = self.values.value(axis.value, place)
        if not isinstance(value, Const):
            value = self.book.formula(place.row, f"{name} value", value)
        items = tuple(
            (Compare(op=">=", left=value, right=self.values.value(cut, place)), _text(label))
            for label, cut in axis.cuts
        )
        return Cases(items=items, otherwise=None if axis.rest is None else _text(axis.rest), kind="text")

    def _stages(self, stages: Stages) -> Ref:
        place = Place(stages.level)
        items: list[tuple[Expr, Expr]] = []
        earlier: Expr = TRUE
        out = self.disqualified(stages.level)
        counts = TRUE if out is None else Missing(item=out)
        for stage in stages.stages:
            condition = both(self.values.value(stage.condition, place), earlier)
            if stage.stays_while is None:
                held = self.book.formula(stages.level, f"holds {stage.name}", condition)
            else:
                stays = self.values.value(stage.stays_while, place)
                held = self.past.held(stages.level, stage.name, both(counts, condition), both(counts, stays))
            items.append((held, _text(stage.name)))
            self.held[stages.level][stage.name] = self.book.formula(stages.level, "is held", both(counts, held))
            if stages.in_order:
                earlier = both(earlier, held)
        ladder: Expr = Cases(items=tuple(items[::-1]), kind="text")
        if out is not None:
            ladder = only_if(is_known(out), _text("disqualified"), ladder)
        return self.book.formula(stages.level, "stage", ladder)

    # --- the days before ----------------------------------------------------------------------------------------

    def _held_for(self, expr: Expr, place: Place) -> Expr:
        """`HeldFor`: the condition holds, and has at the end of each day for as long."""
        assert isinstance(expr, HeldFor)
        number = self._runs.index(expr.condition)
        condition = self.book.formula(place.row, "is so", self.values.value(expr.condition, place), kind="bool")
        since = self.past.run(place.row, number, condition)
        return self._for_days(since, self.past.day, expr.length, place, ">=")

    def _in_stage_for(self, expr: Expr, place: Place) -> Expr:
        """`InStageFor`: the stage was so at the end of the day before, and had been for longer."""
        assert isinstance(expr, InStageFor)
        looks = self.past.knows == "looks back"
        now = self.result(Result(level=place.row, what="stage", name="")) if looks else None
        stage, since = self.past.before(place.row, now)
        same = Compare(op="==", left=stage, right=_text(expr.stage), exact=True)
        return both(same, self._for_days(since, self.past.day, expr.length, place, ">"))

    def _for_days(self, since: Ref, day: Expr, length: Length, place: Place, op: Literal[">", ">="]) -> Expr:
        lasted = call("multiply", call("subtract", day, since), integer(DAY))
        return Compare(op=op, left=lasted, right=self.values.length(length, place))

    def _disqualifies(self, line: Disqualification, place: Place) -> Expr:
        try:
            condition = self.values.value(line.condition, place)
            if line.lasting is not None and line.ages_by is not None:
                age = call("subtract", AS_OF, self._selections.newest(line.ages_by, place))
                length = self.values.length(line.lasting, place)
                condition = And(items=(condition, Compare(op="<", left=age, right=length)))
        except PlanError as error:
            raise type(error)(replace(error.diagnostic, span=line.span)) from None
        return self.book.formula(line.level, f"{line.id} holds", condition)


def _key(item: object) -> tuple[str, str, str]:
    match item:
        case Derived():
            return item.level, "field", item.name
        case Measure():
            return item.level, "measure", item.name
        case Score():
            return item.level, "score", item.name
        case Grade():
            return item.level, "grade", item.name
        case Stages():
            return item.level, "stage", ""
    raise AssertionError(item)


def _text(value: str) -> Const:
    return Const(value=value, kind="text")
