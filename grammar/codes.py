"""Every code that a diagnostic can have: its name, its default severity and one line of what it is about.

Families: S syntax, T names and types, G graph and scope, L lints, P planning, R ruleset files, D data, X scenarios.
Each code has a page `docs/codes/CODE.md`; a test compares the two lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Code:
    """What is the same for all findings of one code."""

    name: str
    severity: Literal["error", "warning", "info"]
    summary: str


def _errors(**codes: tuple[str, str]) -> dict[str, Code]:
    return {code: Code(name, "error", summary) for code, (name, summary) in codes.items()}


def _warnings(**codes: tuple[str, str]) -> dict[str, Code]:
    return {code: Code(name, "warning", summary) for code, (name, summary) in codes.items()}


SYNTAX = _errors(
    S101=("unexpected-text", "something stands where the grammar expects something else"),
)

NAMES_AND_TYPES = _errors(
    T101=("unknown-name", "a name that nothing defines"),
)

GRAPH_AND_SCOPE = _errors(
    G101=("cycle", "definitions that need each other"),
)

LINTS = _warnings()

PLANNING = _errors(
    P101=("not-yet", "a part of the language that this version cannot compute yet"),
)

RULESET_FILES = _errors(
    R101=("ruleset-not-found", "there is no ruleset of that name or path"),
)

DATA = _errors(
    D101=("data-not-found", "there is no data at that path"),
)

SCENARIOS = _errors(
    X101=("scenario-malformed", "a scenario file that cannot be read"),
    X102=("scenario-unknown-name", "a scenario names something that neither it nor the ruleset has"),
    X103=("scenario-impossible-value", "a value in a scenario that its field or result cannot have"),
    X104=("no-scenarios", "a ruleset without scenarios to test"),
)

CODES: dict[str, Code] = {
    **SYNTAX,
    **NAMES_AND_TYPES,
    **GRAPH_AND_SCOPE,
    **LINTS,
    **PLANNING,
    **RULESET_FILES,
    **DATA,
    **SCENARIOS,
}
