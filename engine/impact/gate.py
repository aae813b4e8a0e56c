"""`--fail-if 'mqa_change > 10%'`: a small closed set of measures of a change, each with what its percentages are of."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from ...grammar.late_methods import dataclass
from ..suggest import did_you_mean
from .difference import Difference
from .effect import Effect, Qualified
from .verdict import Verdict

_FORM = re.compile(
    r"\s*(?P<name>\w+)\s*(?P<sign>>=|<=|==|>|<)\s*(?P<number>-?\d{1,15}(?:\.\d{1,6})?)\s*(?P<percent>%?)\s*"
)
_SIGNS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}


class BadGate(ValueError):
    """A condition that is none; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Measured:
    """A number, and what a percentage of it is of (None: it has none)."""

    value: Decimal
    of: int | None = None


@dataclass(frozen=True)
class Measure:
    """What is measured of the rules alone, or of their effect on data."""

    summary: str
    needs_data: bool
    read: Callable[[Difference, Verdict, Effect | None], Measured]


def _of_rules(summary: str, read: Callable[[Difference, Verdict], int]) -> Measure:
    return Measure(summary, False, lambda found, said, _effect: Measured(Decimal(read(found, said))))


def _of_data(summary: str, read: Callable[[Effect], Measured]) -> Measure:
    def measured(_found: Difference, _said: Verdict, effect: Effect | None) -> Measured:
        assert effect is not None
        return read(effect)

    return Measure(summary, True, measured)


def _qualified(read: Callable[[Qualified], int]) -> Callable[[Effect], Measured]:
    def measured(effect: Effect) -> Measured:
        found = effect.qualified
        if found is None:
            raise BadGate("the two rulesets have no stage in common, so there are no MQAs to count", "ask for `movers`")
        return Measured(Decimal(read(found)), found.old)

    return measured


def _everybody(effect: Effect) -> int:
    return sum(effect.present.values())


MEASURES: Mapping[str, Measure] = {
    "mqa_change": _of_data(
        "by how many the number of MQAs rises or falls; % of the MQAs before",
        _qualified(lambda found: abs(found.new - found.old)),
    ),
    "new_mqas": _of_data("who becomes an MQA; % of the MQAs before", _qualified(lambda found: found.gained)),
    "lost_mqas": _of_data("who is no longer an MQA; % of the MQAs before", _qualified(lambda found: found.lost)),
    "stage_changes": _of_data(
        "leads and accounts that are at another stage; % of all",
        lambda effect: Measured(Decimal(sum(effect.stage_changes.values())), _everybody(effect)),
    ),
    "movers": _of_data(
        "leads and accounts with any other result; % of all",
        lambda effect: Measured(Decimal(sum(effect.moved.values())), _everybody(effect)),
    ),
    "largest_move": _of_data(
        "the largest change of any score, in points", lambda effect: Measured(effect.largest_move)
    ),
    "idle_changes": _of_data(
        "changes that changed nothing in these data", lambda effect: Measured(Decimal(len(effect.idle)))
    ),
    "breaking": _of_rules(
        "what is provably broken", lambda _found, said: len(said.reasons) if said.word == "breaking" else 0
    ),
    "changes": _of_rules(
        "changes of meaning", lambda found, _said: sum(not change.is_cosmetic for change in found.changes)
    ),
}


@dataclass(frozen=True)
class Gate:
    """One condition under which a change fails."""

    text: str
    name: str
    sign: str
    limit: Decimal
    is_percent: bool

    @property
    def needs_data(self) -> bool:
        """Whether it asks for more than the rules alone can say."""
        return MEASURES[self.name].needs_data

    def fails(self, found: Difference, said: Verdict, effect: Effect | None) -> str:
        """Why the change fails, in words; '' if it passes. Raises BadGate for what these rulesets do not have.

        A percentage of nothing is beyond any limit, unless nothing came either.
        """
        measured = MEASURES[self.name].read(found, said, effect)
        value, shown = measured.value, f"{measured.value.normalize():,f}"
        if self.is_percent:
            assert measured.of is not None
            value = value * 100 / measured.of if measured.of else Decimal("Infinity") if value else Decimal(0)
            share = "there were none before" if value.is_infinite() else f"{value:.4g} % of {measured.of:,}"
            shown = f"{shown} ({share})"
        return f"{self.name} is {shown}" if _SIGNS[self.sign](value, self.limit) else ""


def gate(text: str) -> Gate:
    """A condition from its text. Raises BadGate.

    >>> gate("mqa_change > 10%").limit, gate("breaking > 0").needs_data
    (Decimal('10'), False)
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise BadGate(f"`{text}` is no condition", "write a measure, a sign and a number: `mqa_change > 10%`")
    name, limit, is_percent = found["name"], Decimal(found["number"]), bool(found["percent"])
    if name not in MEASURES:
        raise BadGate(f"there is no measure `{name}`", did_you_mean(name, MEASURES, f"measures: {', '.join(MEASURES)}"))
    if limit < 0:
        raise BadGate(
            f"`{name}` is never below 0", "what comes and what goes are measures of their own: `lost_mqas > 5%`"
        )
    if is_percent and name in ("largest_move", "idle_changes", "breaking", "changes"):
        raise BadGate(f"`{name}` has no percentage", f"write a number: `{name} > {limit}`")
    return Gate(text.strip(), name, found["sign"], limit, is_percent)
