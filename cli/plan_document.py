"""The outline of a plan as JSON has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..engine.outline import Outline, Rule, StepOutline
    from ..engine.ruleset import Ruleset

DAY = 86_400_000_000


def document(found: Outline, rules: Ruleset, steps: tuple[StepOutline, ...], sql: Callable[[str], str] | None) -> Any:
    """Everything about a plan; `sql` gives the statement of a step, where statements are wanted."""
    return {
        "ruleset": {"name": rules.name, "version": rules.version, "fingerprint": rules.fingerprint},
        "contributions": found.plan.contributions is not None,
        "reads": {
            "events": {name: None if age is None else age / DAY for name, age in found.reading.reach.items()},
            "never_asked_for": list(found.reading.never),
            "all_once": found.reading.screened,
            "columns": {table: list(names) for table, names in found.reading.columns.items()},
        },
        "counts": {
            name: list(each) if isinstance(each, tuple) else each for name, each in asdict(found.counts).items()
        },
        "rules": [_rule(rule, found) for rule in found.rules],
        "steps": [_step(step, sql) for step in steps],
    }


def _rule(rule: Rule, found: Outline) -> dict[str, Any]:
    return {
        "level": rule.level,
        "score": rule.score or None,
        "name": rule.name,
        "kind": rule.kind,
        "file": rule.span.path or None,
        "line": rule.span.line or None,
        "counted": rule.how,
        "reasons": list(rule.reasons),
        "steps": list(found.steps_of(rule)),
    }


def _step(step: StepOutline, sql: Callable[[str], str] | None) -> dict[str, Any]:
    made = {
        "name": step.name,
        "role": step.role,
        "purpose": step.purpose,
        "reads": list(step.reads),
        "selections": step.selections,
        "columns": step.columns,
        "rules": None if step.rules is None else [rule.title for rule in step.rules],
        "once": step.is_once,
    }
    return made if sql is None else {**made, "sql": sql(step.name)}
