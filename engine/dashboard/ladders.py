"""What the pages ask beside the results: which parts of each stage's condition hold, and with what values.

Each part becomes a measure of a larger model, so that one plan answers for everyone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..handbook.english import English
from ..handbook.names import Names
from ..handbook.terms import Words, sentence
from ..model import And, Compare, Const, Expr, HeldFor, InStageFor, Measure, Model, Or, Stage
from ..rows import walk

LEVELS: tuple[Level, ...] = ("lead", "account")
_ASKED = "stage part "
_SIGNS = {">=": ">=", ">": ">", "<=": "<=", "<": "<", "==": "=", "!=": "≠"}


@dataclass(frozen=True)
class Part:
    """A part of a stage's condition in words. `holds`, `has` and `needs` are names of measures; None: not asked.

    `op` and `bound` are those of a comparison with a number that is the same for everyone.
    """

    said: Words
    holds: str | None
    has: str | None = None
    op: str = ""
    bound: float | None = None
    needs: str | None = None


@dataclass(frozen=True)
class Step:
    """A stage: all of its parts must hold, or any of them."""

    name: str
    label: str
    joined: str
    parts: tuple[Part, ...]
    stays: Words = ()


@dataclass(frozen=True)
class Ladder:
    """The stages of a level, and the measures that their parts need."""

    level: Level
    steps: tuple[Step, ...]
    measures: tuple[Measure, ...]
    in_order: bool = False


def ladders(model: Model, names: Names) -> dict[Level, Ladder]:
    """The ladder of each level; one without stages has no steps."""
    return {level: _Builder(level, names).ladder(model) for level in LEVELS}


class _Builder:
    def __init__(self, level: Level, names: Names) -> None:
        self._level = level
        self._say = English(names, level)
        self._measures: list[Measure] = []

    def ladder(self, model: Model) -> Ladder:
        found = model.stages(self._level)
        steps = tuple(self._step(stage) for stage in (found.stages if found else ()))
        return Ladder(self._level, steps, tuple(self._measures), bool(found and found.in_order))

    def _step(self, stage: Stage) -> Step:
        test = stage.condition
        joined = "any" if isinstance(test, Or) else "all"
        items = test.items if isinstance(test, And | Or) else (test,)
        parts = tuple(self._part(item) for item in items)
        return Step(stage.name, stage.label or stage.name, joined, parts, self._words(stage.stays_while))

    def _part(self, test: Expr) -> Part:
        said = self._words(test)
        if any(isinstance(each.item, HeldFor | InStageFor) for each in walk(test, self._level)):
            return Part(said, None)
        holds = self._asked(test)
        if not isinstance(test, Compare) or test.left.kind != "number" or isinstance(test.left, Const):
            return Part(said, holds)
        has, op = self._asked(test.left), _SIGNS[test.op]
        if isinstance(test.right, Const):
            value = test.right.value
            return Part(said, holds, has, op, value if isinstance(value, float) else None)
        return Part(said, holds, has, op, needs=self._asked(test.right))

    def _words(self, test: Expr | None) -> Words:
        if test is None or test.origin is None:
            return ()
        return sentence(self._say.condition(test.origin))

    def _asked(self, value: Expr) -> str:
        """The name of a measure that has this value; with blanks no rule can have given it."""
        name = f"{_ASKED}{len(self._measures)}"
        self._measures.append(Measure(self._level, name, value))
        return name


def is_asked(title: str) -> bool:
    """Whether a result is one that the pages ask for; no name of a rule has a blank."""
    return " " in title


def measures(found: dict[Level, Ladder]) -> Iterator[Measure]:
    """All measures that the ladders ask for."""
    for ladder in found.values():
        yield from ladder.measures
