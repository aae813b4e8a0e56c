"""A plan over what has changed since a run: new events are added to what was found before, and only those leads and
accounts are worked out anew whom they touch.

Each step reads of its own level only those who are touched. Where a step of one level reads what was worked out of the
other (an account its leads, a lead its account), or of other contacts by their events, it reads the new values of those
who are touched and the kept ones of all others: the relation whose name ends in " all".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..memory import remembers
from ..model import Compare, Model
from .adapter import AGES
from .arriving import EVENT_NEW
from .codes import NUMBER
from .compile import plan, read_of
from .hits import Counting, worths
from .increment import CARRIED_NEW, KEPT, LEADS_ASKED, NEW, TOUCHED, Increment, NotAdditive, Settled, level_of
from .kinds import DISPATCH, KIND, SLOT
from .renaming import renamed
from .scalars import event, joined
from .steps import LEVELS, DecayStep, Join, Plan, Query, Source, Step, Union, relations

KEEPING = Counting(is_additive=True)
"""How a run counts that others will be added to."""

ALL = " all"
_PEOPLE = ("lead", "account", "lead_all", "account_all", "contact_ignored")


def increment(model: Model, entries_of: Collection[Level] = LEVELS) -> Increment:
    """The plan over what has changed. Raises PlanError, and NotAdditive where that would not be enough."""
    if remembers(model):
        raise NotAdditive("the rules remember the days before")
    whole = plan(model, counting=KEEPING, entries_of=entries_of)
    if whole.compares:
        raise NotAdditive("the rules compare everybody with all others")
    adding = Counting(EVENT_NEW, is_additive=True, adds=True, carried=whole.carried)
    return _Narrowing(plan(model, counting=adding, entries_of=entries_of), whole, tuple(entries_of)).made()


@dataclass
class _Narrowing:
    """The steps of a plan, narrowed to those who are touched, and what was found on the way."""

    plan: Plan
    whole: Plan
    entries_of: tuple[Level, ...]
    crossing: dict[str, None] = field(default_factory=dict)
    reads_contacts: bool = False
    reads_accounts: bool = False

    def made(self) -> Increment:
        narrowed = [self._step(step) for step in self.plan.steps]
        crossing = {name: self._read_of(name, narrowed) for name in self.crossing}
        steps = _with_all(narrowed, crossing)
        names = {step.name for step in steps}
        read = dict.fromkeys(name for step in steps for name in step.reads)
        is_screened = any("contact_ignored" in step.reads for step in steps)
        screens = any(name.startswith("event_screened") for name in names)
        return Increment(
            plan=replace(self.plan, steps=tuple(steps)),
            whole=self.whole,
            entries_of=self.entries_of,
            people=_PEOPLE if is_screened else LEVELS,
            found=tuple(
                name.removeprefix(KEPT)
                for name in read
                if name.startswith(KEPT) and f"{name.removeprefix(KEPT)}{NEW}" in names - {CARRIED_NEW}
            ),
            crossing=crossing,
            reads_contacts=self.reads_contacts,
            reads_accounts=self.reads_accounts,
            needs_whole_contacts=screens or any(name.startswith("event_typed") for name in names),
            screens=screens,
            carried=self.plan.carried.names,
            settled=self._settled(),
        )

    def _settled(self) -> tuple[Settled, ...]:
        """What both plans make the same of: what the number of a kind of event tells, if it tells all, and what points
        are worth by their age in days, which most new events share with older ones."""
        found = [Settled(EVENT_NEW, AGES["day"], {worths("day"): "age"})]
        if NUMBER in self.plan.carried.names:
            found.append(Settled(CARRIED_NEW, NUMBER, {KIND: NUMBER, DISPATCH: SLOT}))
        made = {step.name: step for step in self.plan.steps}
        whole = {step.name: step for step in self.whole.steps}
        same = {name for name, step in made.items() if name in whole and _of_all_events(step) == whole[name]}
        order = [name for name in made if name in same]
        known = [each for each in found if same >= {*each.steps}]
        return tuple(sorted(known, key=lambda each: min(map(order.index, each.steps))))

    def _step(self, step: Step | DecayStep) -> Step | DecayStep:
        if isinstance(step, DecayStep) or step.part == "data":
            return step
        level = level_of(step.name)
        both = step.part == "contributions"

        def name_for(name: str, alias: str, is_source: bool) -> str:
            if name in LEVELS:
                is_own = step.name == f"{name}_results" and alias == name  # the record beside its results
                return self._people(name, alias, is_source or is_own, level, both)
            of = level_of(name)
            if of is None or both or name.startswith(KEPT):
                return name
            if of == level and (is_source or alias in (name, f"owner_{name}")):
                return name
            self._note(level, of, name, alias)
            return f"{name}{ALL}"

        return replace(step, relation=renamed(step.relation, name_for))

    def _read_of(self, name: str, steps: Sequence[Step | DecayStep]) -> tuple[str, ...]:
        """The columns of a step that are read of those who are not touched, the key among them."""
        return tuple(dict.fromkeys(("key", *read_of(steps, f"{name}{ALL}"))))

    def _people(self, name: str, alias: str, is_source: bool, level: Level | None, both: bool) -> str:
        if is_source:
            if both or name == level:
                return TOUCHED["lead" if name == "lead" else "account"]
            return LEADS_ASKED if (name, level) == ("lead", "account") else name
        if (name, alias, level) == ("lead", "o", "lead"):
            self.reads_accounts = True
            return TOUCHED["lead"]
        return name

    def _note(self, level: Level | None, of: Level, name: str, alias: str) -> None:
        """What it means that a step of a level reads a relation of a level that is not its own."""
        self.crossing[name] = None
        if of == "lead":
            self.reads_contacts |= alias.startswith("contact_") or level is None
        elif level != "account":
            self.reads_accounts = True
        if of == "account" and level != "lead" and not alias.startswith("owner_"):
            raise NotAdditive("accounts hang on other accounts")


def _of_all_events(step: Step | DecayStep) -> Step | DecayStep:
    """A step that reads new events, as it would read all."""

    def name_for(name: str, alias: str, is_source: bool) -> str:
        return "event" if name == EVENT_NEW else name

    if isinstance(step, Step):
        return replace(step, relation=renamed(step.relation, name_for))
    ages = renamed(step.ages, name_for)
    return replace(step, ages=ages) if isinstance(ages, Query) else step


def _with_all(steps: Sequence[Step | DecayStep], crossing: Mapping[str, Sequence[str]]) -> list[Step | DecayStep]:
    """The steps, with those of everybody where these are read. What is read once is no step, but part of its reader."""
    read = Counter(name for step in steps if isinstance(step, Step) for name in relations(step.relation))
    inside = {f"{name}{ALL}": _of_all(name, names) for name, names in crossing.items() if read[f"{name}{ALL}"] == 1}
    made: list[Step | DecayStep] = []
    for step in steps:
        made.append(_with_inside(step, inside))
        if step.name in crossing and f"{step.name}{ALL}" not in inside:
            purpose = f"{step.purpose}, and what is known of all others"
            made.append(Step(f"{step.name}{ALL}", _of_all(step.name, crossing[step.name]), purpose))
    return made


def _with_inside(step: Step | DecayStep, inside: Mapping[str, Union]) -> Step | DecayStep:
    """A step with relations in the place of the names of them."""
    if isinstance(step, DecayStep) or not inside.keys() & set(step.reads):
        return step
    return replace(step, relation=renamed(step.relation, lambda name, alias, is_source: inside.get(name, name)))


def _of_all(name: str, names: Sequence[str]) -> Union:
    """The rows of those who are touched, and those that are kept of all others."""
    level = level_of(name)
    assert level is not None
    is_touched = Join(TOUCHED[level], "t", Compare(op="==", left=joined("t", "key"), right=event("key")), "semi")
    mine = Query(tuple((name, event(name)) for name in names), Source(name), (is_touched,))
    others = Query(tuple((name, event(name)) for name in names), Source(f"{KEPT}{name}"))
    return Union((mine, others))
