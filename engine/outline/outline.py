"""The outline of a plan: what is read, how the rules are counted, and what each step stands for."""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.late_methods import dataclass
from ..instants import DAY
from ..model import Compare, Const, Model, Selection
from ..plan import plan as make_plan
from ..plan.across import across
from ..plan.ahead import FROM, UNTIL
from ..plan.calm import BUSY
from ..plan.codes import NUMBER
from ..plan.gathered import terms_of
from ..plan.pace import MANY, Pace
from ..plan.scalars import Call, Column, leaves
from ..plan.steps import DecayStep, Plan, Query, Step
from ..rows import walk
from .lineage import values_in
from .reading import Reading, reading
from .roles import Role, role
from .rules import Rule, reads_events, rules


@dataclass(frozen=True)
class Counts:
    """How many selections of events there are, and how they are counted.

    `mentioned` are those that rules name, `distinct` those that differ. `by_kind` of the plan's selections are counted
    by kind, in so many `passes`, at so many `ages`; `told_apart` are the columns that make kinds of events. Of what is
    summed there are so many `terms` in `sums`. `followed` sums and counts are from one of many instants to the next.
    `scanned` share `scans`; `sets` need one of their own.
    """

    mentioned: int
    distinct: int
    by_kind: int
    passes: int
    ages: int
    told_apart: tuple[str, ...]
    terms: int
    sums: int
    followed: int
    scanned: int
    scans: int
    sets: int


@dataclass(frozen=True)
class StepOutline:
    """A step: `selections` that it counts, `columns` that it makes, and the `rules` that need them; None where that
    says nothing. `is_once`: whether it is made once for many instants."""

    name: str
    role: Role
    purpose: str
    reads: tuple[str, ...]
    selections: int | None
    columns: int | None
    rules: tuple[Rule, ...] | None
    is_once: bool


@dataclass(frozen=True)
class Outline:
    """What a plan does. `steps_of` says of a rule in which steps with sets of events it is counted."""

    plan: Plan
    reading: Reading
    counts: Counts
    rules: tuple[Rule, ...]
    steps: tuple[StepOutline, ...]

    def steps_of(self, rule: Rule) -> tuple[str, ...]:
        """The scans and sets of its own that a rule needs."""
        steps = (step for step in self.plan.steps if role(step.name) in ("scan", "set") and reads_events(step))
        return tuple(step.name for step in steps if rule.columns & _made_by(step))


def outline(model: Model, contributions: bool = False, days: int | None = None) -> Outline:
    """The plan of a model, and what it does; of a replay of so many `days`, over data without versions. Raises
    PlanError."""
    pace = None if days is None else Pace(min(MANY, days), DAY)
    plan = make_plan(model, contributions, versioned=pace is None, many=pace)
    lifted = None if days is None else across(plan.steps)
    once = {step.name for step in (*lifted.once, *lifted.spanning)} if lifted else set[str]()
    is_by_kind = any(step.name in _BY_KIND for step in plan.steps)
    explained = plan if contributions else make_plan(model, True, "by kind" if is_by_kind else "wide")
    found = tuple(rules(explained))
    steps = tuple(_outlined(step, plan, found, step.name in once) for step in plan.steps)
    return Outline(plan, reading(plan), _counts(plan), found, steps)


_BY_KIND = ("dispatch", "matched")
"""The step that has the selections that are counted by kind: at one instant, or at many."""


# --- counts -----------------------------------------------------------------------------------------------------------


def _counts(plan: Plan) -> Counts:
    mentioned = list(_selections(plan.model))
    steps = {step.name: step for step in plan.steps}
    atoms = _atoms(plan)
    events = [step for step in plan.steps if reads_events(step)]
    scans = [step for step in events if role(step.name) == "scan"]
    terms = [row for step in plan.steps if "_tallies_" in step.name for row in _rows(step, "tally")]
    gathered = [number for step in plan.steps for number in _gathered(step)]
    return Counts(
        mentioned=len(mentioned),
        distinct=len(set(mentioned)),
        by_kind=len(atoms),
        passes=len({lane for lane, _ in atoms}),
        ages=len(_rows(steps["dispatch"], "bucket")) if "dispatch" in steps else 0,
        told_apart=_told_apart(plan),
        terms=len(terms) + sum(gathered),
        sums=sum(_columns(step) for step in plan.steps if "_tallies_" in step.name) + len(gathered),
        followed=sum(len(_made_by(step) - {FROM, UNTIL, BUSY}) for step in plan.steps if "_spells_" in step.name),
        scanned=sum(_passes(step) for step in scans),
        scans=len(scans),
        sets=sum(role(step.name) == "set" for step in events),
    )


def _gathered(step: Step | DecayStep) -> list[int]:
    """How many terms each sum has that a step finds together with what is found of single selections."""
    if isinstance(step, Step) and isinstance(step.relation, Query) and any("_marks_" in name for name in step.reads):
        return terms_of(step.relation)
    return []


def _selections(model: Model) -> Iterator[Selection]:
    for definition in (*model.ignored, *model.order):
        for step in walk(definition, "lead"):
            if isinstance(step.item, Selection):
                yield step.item


def _atoms(plan: Plan) -> set[tuple[object, object]]:
    """The selections that are counted by kind: the numbers of their pass, and their own."""
    return {pair for step in plan.steps if step.name in _BY_KIND for pair in _rows(step, "lane", "atom")}


def _rows(step: Step | DecayStep, *names: str) -> list[tuple[object, object]]:
    """The constants of a step that have columns of these names."""
    found: list[tuple[object, ...]] = []
    if isinstance(step, Step):
        for values in values_in(step.relation):
            places = {column: place for place, (column, _) in enumerate(values.columns)}
            if places.keys() >= set(names):
                found += [tuple(row[places[name]] for name in names) for row in values.rows]
    return found  # type: ignore[return-value]


def _told_apart(plan: Plan) -> tuple[str, ...]:
    """The properties of which each combination that occurs is a kind of event, and the names of tests of others."""
    kinds = [step for step in plan.steps if isinstance(step, Step) and step.name == "kind"]
    distinct = [query.names for step in kinds for query in _queries(step) if query.distinct]
    if (NUMBER,) in distinct:  # it stands for these
        distinct = [tuple(name for name in step.relation.names if name != NUMBER) for step in kinds]
    properties, shared = dict(_properties(plan)), {**dict(_shared(plan)), **dict(_folded(plan))}
    names = (each for names in distinct for name in names for each in shared.get(name, (name,)))
    return tuple(properties.get(name, name) for name in names)


def _folded(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """Columns that hold another one folded, with that one."""
    for step in plan.steps:
        for query in _queries(step):
            for name, expr in query.columns:
                if isinstance(expr, Call) and expr.name == "fold" and isinstance(expr.args[0], Column):
                    yield name, [expr.args[0].name]


def _shared(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """Columns that hold whichever of other ones is known, with these."""
    for step in plan.steps:
        for query in _queries(step):
            for name, expr in query.columns:
                if isinstance(expr, Call) and expr.name == "first_known":
                    yield name, [leaf.name for leaf in leaves(expr) if isinstance(leaf, Column)]


def _properties(plan: Plan) -> Iterator[tuple[str, str]]:
    """Columns of events, with the property that each is as the data have it (without its kind)."""
    for step in plan.steps:
        for query in _queries(step):
            if role(step.name) == "events" and query.source.relation == "events":
                read = ((name, expr.name) for name, expr in query.columns if isinstance(expr, Column))
                yield from ((name, column.rpartition(" ")[0] or column) for name, column in read)


# --- steps ------------------------------------------------------------------------------------------------------------


def _outlined(step: Step | DecayStep, plan: Plan, found: tuple[Rule, ...], is_once: bool) -> StepOutline:
    kind = role(step.name)
    counted = kind in ("scan", "set", "leads", "values") or "_found_" in step.name
    needing = tuple(rule for rule in found if rule.columns & _made_by(step)) if counted else None
    columns = _columns(step) if counted or kind == "decay" or "_tallies_" in step.name else None
    selections = _selections_of(step, plan)
    return StepOutline(step.name, kind, step.purpose, step.reads, selections, columns, needing, is_once)


def _selections_of(step: Step | DecayStep, plan: Plan) -> int | None:
    match role(step.name):
        case "kinds" if step.name in _BY_KIND:
            return len(_atoms(plan))
        case "counts" if (here := _lane(step)) is not None:
            return sum(lane == here for lane, _ in _atoms(plan))
        case "scan" | "leads":
            return _passes(step)
        case "set":
            return 1
    return None


def _lane(step: Step | DecayStep) -> object:
    """The number of the pass that a step makes."""
    joined = (join.on for query in _queries(step) for join in query.joins if join.on is not None)
    asked = (test for query in _queries(step) for test in query.where)
    tests = (test for part in (*joined, *asked) for test in part.walk() if isinstance(test, Compare))
    return next((test.right.value for test in tests if _is_lane(test.left) and isinstance(test.right, Const)), None)


def _is_lane(expr: object) -> bool:
    return isinstance(expr, Column) and expr.name == "lane"


def _passes(step: Step | DecayStep) -> int:
    """How many sets share a scan."""
    return sum(name.startswith("passes ") for query in _queries(step) for name in query.names)


def _queries(step: Step | DecayStep) -> Iterator[Query]:
    relation: object = step.relation if isinstance(step, Step) else step.ages
    while isinstance(relation, Query):
        yield relation
        relation = relation.source.relation


def _made_by(step: Step | DecayStep) -> frozenset[str]:
    return frozenset(step.relation.names if isinstance(step, Step) else ()) - {"key"}


def _columns(step: Step | DecayStep) -> int:
    return len(_made_by(step)) if isinstance(step, Step) else len(step.columns)
