"""What may be tuned: the params with a range, and what each of them does to the score."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import numpy as np

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ..backtest.question import NoSuch
from ..compiled import Compiled
from ..model import Block, Definition, Line, Points, Score, lines
from ..suggest import did_you_mean
from .rescoring import Rescoring
from .scorecard import Floats

Role = Literal["points", "shape", "elsewhere"]
GRID = 5
"""Values of a threshold, a window or a cap that are tried, besides the present one."""


@dataclass(frozen=True)
class Tunable:
    """A param with a range.

    `role` says what it does to the score: it stands for `points` of lines, it changes the `shape` of the rules
    (a threshold, a window, a cap …), or it plays no part in this score. `lines` are the ids of the lines that it gives
    points to. `step` is the smallest step that the author's numbers have. `is_own`: it stands in the ruleset itself,
    not in one that it builds on.
    """

    param: n.ParamDef
    now: float
    low: float
    high: float
    step: float
    role: Role
    lines: tuple[str, ...]
    is_own: bool

    @property
    def name(self) -> str:
        return self.param.name

    @property
    def width(self) -> float:
        return self.high - self.low

    def tried(self) -> list[float]:
        """The values that are tried where points do not simply follow the param."""
        steps = np.round((np.linspace(self.low, self.high, GRID) - self.low) / self.step) * self.step + self.low
        values = {round(float(np.clip(value, self.low, self.high)), 9) for value in steps}
        return sorted(values - {self.now})

    def ends(self) -> list[float]:
        """The ends of the range that are not the present value."""
        return [end for end in (self.low, self.high) if end != self.now]


def tunables(ruleset: Compiled, rescoring: Rescoring, only: tuple[str, ...] = ()) -> list[Tunable]:
    """All params with a range that is closed, in the order of the rules, or only those that are named."""
    own = {item.name for file in ruleset.files for item in file.statements if isinstance(item, n.ParamDef)}
    found = [_tunable(item, ruleset, rescoring, item.name in own) for item in _with_range(ruleset)]
    known = {item.name: item for item in found}
    for name in only:
        if name not in known:
            hint = did_you_mean(name, known, empty="no param has a range: `param pricing_points = 10 in 0..30`")
            raise NoSuch(f"there is no param `{name}` with a range", hint)
    return [item for item in found if not only or item.name in only]


def _with_range(ruleset: Compiled) -> Iterator[n.ParamDef]:
    for item in ruleset.written.statements:
        is_number = isinstance(item, n.ParamDef) and isinstance(ruleset.model.params.get(item.name), float)
        if isinstance(item, n.ParamDef) and is_number and _range(item) is not None:
            yield item


def _range(param: n.ParamDef) -> tuple[Decimal, Decimal] | None:
    """Both ends, where both are numbers and they differ."""
    if param.range is None:
        return None
    low, high = _number(param.range.low), _number(param.range.high)
    return (low, high) if low is not None and high is not None and low < high else None


def _number(node: n.Expr | None) -> Decimal | None:
    if isinstance(node, n.Negative):
        inner = _number(node.item)
        return None if inner is None else -inner
    return node.value if isinstance(node, n.Number) else None


def _tunable(param: n.ParamDef, ruleset: Compiled, rescoring: Rescoring, is_own: bool) -> Tunable:
    ends = _range(param)
    assert ends is not None
    low, high = float(ends[0]), float(ends[1])
    now = ruleset.model.params[param.name]
    assert isinstance(now, float)
    changed = [item for end in (low, high) if end != now for item in rescoring.changes({param.name: end})]
    of_lines = _only_points(changed, ruleset)
    role: Role = "elsewhere" if not changed else "shape" if of_lines is None else "points"
    return Tunable(param, now, low, high, _step(param, ends), role, of_lines or (), is_own)


def _step(param: n.ParamDef, ends: tuple[Decimal, Decimal]) -> float:
    """Whole numbers, or as many decimals as the author wrote; finer where the range would have too few values."""
    written = [*ends, _number(param.value) or Decimal(0)]
    decimals = max(0, *(-int(value.normalize().as_tuple().exponent) for value in written))
    while float(ends[1] - ends[0]) * 10**decimals < 4:
        decimals += 1
    return float(Decimal(1).scaleb(-decimals))


def _only_points(changed: list[Definition], ruleset: Compiled) -> tuple[str, ...] | None:
    """The ids of the lines whose points are all that is changed; None where anything else is."""
    found: list[str] = []
    for item in changed:
        before = next((each for each in ruleset.model.order if isinstance(each, Score) and _same(each, item)), None)
        if before is None or not isinstance(item, Score) or _bare(before.items) != _bare(item.items):
            return None
        if (before.low, before.high, before.bounds) != (item.low, item.high, item.bounds):
            return None
        pairs = zip(lines(before.items), lines(item.items), strict=True)
        found += [new.id for old, new in pairs if old.effect != new.effect]
    return tuple(dict.fromkeys(found))


def _same(one: Score, other: Definition) -> bool:
    return isinstance(other, Score) and (one.level, one.name) == (other.level, other.name)


def _bare(items: tuple[Line | Block, ...]) -> tuple[object, ...]:
    """The items without the points of their lines."""
    return tuple(
        (item.id, item.condition, item.each, item.at_most, item.bounds, item.decay, _kind(item))
        if isinstance(item, Line)
        else (item.kind, item.id, item.condition, item.bounds, _bare(item.items))
        for item in items
    )


def _kind(line: Line) -> object:
    return Points if isinstance(line.effect, Points) else line.effect


@dataclass(frozen=True)
class Responses:
    """How the score of each case answers to a param: what one unit gives, or what each tried value gives.

    `bent` is the number of cases where the score does not simply follow (a cap, a clamp or `first of` is in the way).
    """

    tunable: Tunable
    gives: Floats
    tried: tuple[tuple[float, Floats], ...]
    bent: int


def responses(found: list[Tunable], rescoring: Rescoring) -> list[Responses]:
    """How the score answers to each param that plays a part in it.

    Thresholds are first tried at the ends of their range: where nothing moves there, nothing will in between.
    """
    inside = [item for item in found if item.role != "elsewhere"]
    rescoring.scores([{item.name: end} for item in inside for end in item.ends()])
    moving = [item for item in inside if item.role == "shape" and _moves(item, rescoring)]
    rescoring.scores([{item.name: value} for item in moving for value in item.tried()])
    return [_response(item, rescoring, item in moving) for item in inside]


def _moves(item: Tunable, rescoring: Rescoring) -> bool:
    present = rescoring.sample.points
    return any((rescoring.score_of({item.name: end}) != present).any() for end in item.ends())


def _response(item: Tunable, rescoring: Rescoring, moves: bool) -> Responses:
    present = rescoring.sample.points
    if item.role == "shape" and not moves:
        return Responses(item, np.zeros(len(present)), (), 0)
    if item.role == "shape":
        tried = [(value, rescoring.score_of({item.name: value}) - present) for value in item.tried()]
        return Responses(item, np.zeros(len(present)), tuple(tried), 0)
    low, high = (rescoring.score_of({item.name: end}) for end in (item.low, item.high))
    gives = (high - low) / item.width
    straight = low + gives * (item.now - item.low)
    return Responses(item, gives, (), int((np.abs(straight - present) > 0.001).sum()))
