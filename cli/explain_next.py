"""What would have to happen next, as rows: the sets of steps one after the other, and what they would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..engine.explain import words
from ..engine.explain.report import Doing, Gain, Known, Moved, Next, Obstacle, StepSet
from ..engine.steps.obstacles import CERTAIN, WHY
from .rows import Row

DASH = "– "
"""What stands before each of several things that are not numbered."""


def next_rows(found: Next, most: int | None = None) -> Iterator[Row]:
    """What would have to happen for a stage or a line, by so many sets at most; or why that is not known."""
    if found.reached:
        return
    yield Row(f"what next: {found.goal}", "head")
    sets = found.sets[:most]
    if sets:
        together = "" if all(len(each.steps) == 1 for each in sets) else ", with all of its steps"
        yield Row("this would reach it:" if len(sets) == 1 else f"any of these would reach it{together}:", indent=1)
    for number, each in enumerate(sets, 1):
        yield from _set(each, f"{number}. ")
    if not found.sets and (found.trials or found.complete):
        yield Row(_nothing(found), indent=1)
    yield from (_obstacle(each) for each in found.obstacles)
    if found.helps:
        yield Row("what helps most:", indent=1)
    for each in found.helps:
        yield from _set(each, DASH)
    if not found.complete and most is not None:
        more = "there was more to try" if found.trials else "not looked for among so many events"
        yield Row(f"{more}: --why-not {found.goal}", indent=1)


def _nothing(found: Next) -> str:
    if found.obstacles and (not found.helps or any(each.why in CERTAIN for each in found.obstacles)):
        return "further events alone do not reach it:"
    return f"no set of up to {found.most_steps} further events was found that reaches it ({found.trials} were tried)"


def _obstacle(each: Obstacle) -> Row:
    return Row(f"{each.said}: {WHY[each.why]}", "unmet", 2)


# --- a set ------------------------------------------------------------------------------------------------------------


def _set(found: StepSet, mark: str) -> Iterator[Row]:
    for place, (doing, times) in enumerate(_repeated(found.steps)):
        yield Row(f"{mark if place == 0 else 'and '}{_doing(doing, times)}", "step", 2 if place == 0 else 3)
    told = [each for each in found.moved if each.before != each.after or each.holds] or found.moved
    moved = "; ".join(map(_moved, told))
    yield Row(moved, indent=4)
    if found.gains:
        yield Row("by " + ", ".join(_gains(found.gains)), indent=4)


def _repeated(steps: Iterable[Doing]) -> list[tuple[Doing, int]]:
    """Each step once, with how often it is asked for."""
    found: list[tuple[Doing, int]] = []
    for step in steps:
        if found and found[-1][0] == step:
            found[-1] = step, found[-1][1] + 1
        else:
            found.append((step, 1))
    return found


def _doing(step: Doing, times: int) -> str:
    known = ", ".join(_bare(value) for value in step.known.values())
    if step.contact is None:
        who = "for the account"
    elif step.new:
        who = f"someone new ({known})" if known else "someone new"
    else:
        who = f"{step.contact} ({known})" if known else step.contact
    if step.type is None:
        return f"{who}: it is enough that they are known"
    said = [f"{name} {words.shown(value)}" for name, value in step.properties.items()]
    often = f", {'twice' if times == 2 else f'{times} times'}" if times > 1 else ""
    return f"{who}: {step.type}{' (' + ', '.join(said) + ')' if said else ''}{often}"


def _bare(value: Known) -> str:
    return value if isinstance(value, str) else words.shown(value)


def _moved(each: Moved) -> str:
    if isinstance(each.before, float) or isinstance(each.after, float):
        return f"{each.said} {words.shown(each.before)} → {words.shown(each.after)} (it takes {each.needs})"
    return f"{each.said}: {each.after}" if each.after != each.before else f"{each.said} — {each.after}"


def _gains(gains: Iterable[Gain]) -> Iterator[str]:
    """The lines that give more, each once, with its label."""
    for gain in gains:
        of = f" of {gain.id}" if gain.level == "lead" else ""
        name = words.quoted(gain.label) if gain.label else gain.line
        yield f"{words.signed(gain.points)} {name}{of}"
