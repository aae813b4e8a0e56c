"""The buying committee as the rules see it: which roles they ask for, and who of the people counts as engaged."""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.late_methods import dataclass
from ..model import Compare, Const, Coverage, Expr, Field, Measure, Model, Result
from ..rows import walk

ROLE, ENGAGED = "committee role", "committee engaged"


@dataclass(frozen=True)
class Committee:
    """`roles` in the order of the rules, with what each weighs; `score` is by which people are engaged, from `cut` on.

    Without a rule that asks for coverage the roles are those of the schema, and nobody is said to be missing.
    """

    roles: tuple[tuple[str, float | None], ...]
    others: tuple[str, ...]
    score: str | None
    cut: float | None
    is_asked_for: bool
    measures: tuple[Measure, ...]


def committee(model: Model) -> Committee | None:
    """What a `coverage(…)` of accounts says; else the field `role` of contacts; else nothing."""
    asked = next(_coverages(model), None)
    field = model.schema.contact.get("role")
    if asked is not None:
        roles = tuple((str(value), _weight(asked, str(value))) for value in asked.values)
        engaged = asked.leads.where
        measures = [Measure("lead", ROLE, asked.what), *([Measure("lead", ENGAGED, engaged)] if engaged else [])]
        others = _others(model, asked.what, {role for role, _ in roles})
        return Committee(roles, others, *_threshold(engaged), True, tuple(measures))
    if field is None or field.kind != "text":
        return None
    role = Measure("lead", ROLE, Field(kind="text", level="contact", name="role"))
    return Committee(tuple((value, None) for value in field.values or ()), (), None, None, False, (role,))


def _coverages(model: Model) -> Iterator[Coverage]:
    for definition in model.order:
        if definition.level == "account":
            yield from (each.item for each in walk(definition, "account") if isinstance(each.item, Coverage))


def _weight(asked: Coverage, role: str) -> float | None:
    if asked.weights is None:
        return None
    for entry in asked.weights.entries:
        if str(entry.keys[0]).lower() == role.lower():
            return entry.value if isinstance(entry.value, float) else None
    return asked.weights.default if isinstance(asked.weights.default, float) else None


def _others(model: Model, what: Expr, asked: set[str]) -> tuple[str, ...]:
    """The other values that the field of the roles may have."""
    declared = model.schema.contact.get(what.name) if isinstance(what, Field) and what.level == "contact" else None
    return tuple(value for value in (declared.values if declared and declared.values else ()) if value not in asked)


def _threshold(engaged: Expr | None) -> tuple[str | None, float | None]:
    """The score of `engagement >= 20`, and the 20."""
    match engaged:
        case Compare(op=">=" | ">", left=Result(what="score", name=name), right=Const(value=float(cut))):
            return name, cut
    return None, None
