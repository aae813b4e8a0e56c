"""The outline of a plan for people: first what it amounts to, then step by step."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from .reports import plural, printable

if TYPE_CHECKING:
    from ..engine.outline import How, Outline, Reading, Rule, StepOutline

DAY = 86_400_000_000
_NAMED = 3
"""So many rules are named beside a step; the others are counted."""

_LISTED = 24
"""So many rules that are worked out in one way are named."""

_OTHERWISE = "more than the kind and age of single events"
_FEW = "one of so few that kinds of events do not pay"

_HOW: dict[How, str] = {
    "fields": "from fields and other results",
    "leads": "from roll-ups of leads",
    "summed": "summed where their selection is counted, by kind",
    "kind": "from selections that are counted by kind",
    "scan": "with selections that are tested event by event, in shared scans",
    "set": "with a set of events of their own",
}


def render(found: Outline, title: str, width: int) -> str:
    """The whole outline."""
    head = f"{title}: a plan of {plural(len(found.steps), 'step')}"
    parts = [[head], _section("What is read", _reading(found.reading, width))]
    parts.append(_section("How events are counted", _counting(found, width)))
    parts.append(_section("How the rules are worked out", _rules(found, width)))
    parts.append(_section("Steps", steps(found.steps, width)))
    return "\n\n".join("\n".join(lines) for lines in parts)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return [click.style(title, bold=True), *lines]


# --- what is read -----------------------------------------------------------------------------------------------------


def _reading(reading: Reading, width: int) -> Iterator[str]:
    by_age: dict[int | None, list[str]] = {}
    for name, age in reading.reach.items():
        by_age.setdefault(age, []).append(name)
    for age in sorted(by_age, key=lambda age: float("inf") if age is None else age):
        yield from _listed(f"events {_reach(age)}", by_age[age], width)
    if not by_age:
        yield "  no events"
    if reading.never:
        never = "events that no rule asks for" if reading.screened else "events that are never read"
        yield from _listed(never, reading.never, width)
    if reading.screened:
        yield from _wrapped("all events once, as `ignore` looks at those beside an event", width, "  ", "    ")
    for table, names in reading.columns.items():
        noun = "property" if table == "events" else "field"
        many = "properties" if table == "events" else "fields"
        declared = plural(reading.declared[table], noun, many)
        if reading.declared[table]:
            yield from _listed(f"{table}, {len(names)} of {declared}", names, width)


def _reach(age: int | None) -> str:
    if age is None:
        return "of any age"
    for size, noun in ((DAY, "day"), (DAY // 24, "hour"), (DAY // 1440, "minute")):
        if age % size == 0:
            return f"younger than {plural(age // size, noun)}"
    return f"younger than {age / DAY:,.4g} days"


# --- how it is counted ------------------------------------------------------------------------------------------------


def _counting(found: Outline, width: int) -> Iterator[str]:
    counts = found.counts
    if not counts.mentioned:
        yield "  no rule selects events"
        return
    said = [f"{plural(counts.mentioned, 'selection')} in the rules, {counts.distinct:,} different"]
    if counts.by_kind:
        passes, ages = plural(counts.passes, "pass", "passes"), plural(counts.ages, "range")
        of_age = f" and {ages} of age" if counts.ages else ""
        said.append(f"{counts.by_kind:,} counted by kind and age, in {passes}{of_age}")
        said.append(f"events are of one kind that are alike in {_told_apart(counts.told_apart)}")
    if counts.terms:
        said.append(f"{plural(counts.terms, 'term')} summed where they are counted, for {plural(counts.sums, 'sum')}")
    if counts.followed:
        said.append(f"{plural(counts.followed, 'sum')} and counts followed from one instant to the next")
    if counts.scanned:
        said.append(f"{counts.scanned:,} tested event by event, in {plural(counts.scans, 'shared scan')}")
    if counts.sets:
        said.append(f"{plural(counts.sets, 'set')} of events worked out one by one")
    for line in said:
        yield from _wrapped(line, width, "  ", "    ")


def _told_apart(columns: Sequence[str]) -> str:
    """What makes kinds of events; the outcomes of tests are kept as the bits of a number."""
    names = [name for name in columns if not name.startswith("traits ")]
    tests = ["the outcomes of other tests"] * (len(names) < len(columns))
    return ", ".join([*names, *tests]) or "nothing: there is one kind"


def _rules(found: Outline, width: int) -> Iterator[str]:
    for how, words in _HOW.items():
        rules = [rule for rule in found.rules if rule.how == how]
        if not rules:
            continue
        yield f"  {len(rules):>4,}  {words}"
        if how in ("scan", "set"):
            yield from _explained(rules, found, width)
        else:
            yield from _wrapped(_some([rule.title for rule in rules], _LISTED), width, " " * 8, " " * 8)


def _explained(rules: Sequence[Rule], found: Outline, width: int) -> Iterator[str]:
    """The rules that cost most, each with its place, its reasons and its steps."""
    for rule in rules:
        place = f"{rule.span.path}:{rule.span.line}" if rule.span.path else rule.level
        kind = "" if rule.kind in ("line", "measure", "stage", "grade", "disqualified") else f" ({rule.kind})"
        yield printable(f"        {place}  {rule.title}{kind}")
        why = "; ".join(rule.reasons) or (_OTHERWISE if found.counts.by_kind else _FEW)
        yield from _wrapped(f"{why} → {', '.join(found.steps_of(rule))}", width, " " * 10, " " * 10)


# --- steps ------------------------------------------------------------------------------------------------------------


def steps(shown: Sequence[StepOutline], width: int) -> Iterator[str]:
    """Each step: its name and purpose, what it stands for, what it reads."""
    for number, step in enumerate(shown, 1):
        first = f"  {number:>3}  {click.style(step.name, fg='cyan')}  "
        yield from _wrapped(step.purpose, width, first, " " * 7)
        yield from _wrapped("; ".join(_about(step)), width, " " * 7, " " * 7)


def _about(step: StepOutline) -> Iterator[str]:
    stands = []
    if step.selections is not None:
        stands.append(plural(step.selections, "selection"))
    if step.columns is not None:
        stands.append(plural(step.columns, "column"))
    if step.rules:
        stands.append(f"for {_some([rule.title for rule in step.rules], _NAMED)}")
    if stands:
        yield ", ".join(stands)
    if step.is_once:
        yield "once for all instants"
    yield f"reads {', '.join(step.reads)}"


def _some(names: Sequence[str], most: int) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - most
    return printable(", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else ""))


def _listed(title: str, names: Iterable[str], width: int) -> Iterator[str]:
    return _wrapped(printable(f"{title}: {', '.join(names) or 'none'}"), width, "  ", "    ")


def _wrapped(text: str, width: int, first: str, rest: str) -> Iterator[str]:
    """Lines that fit; what is coloured in the first indent takes no room."""
    plain = click.unstyle(first)
    lines = textwrap.wrap(text, width, initial_indent=plain, subsequent_indent=rest, break_on_hyphens=False)
    if lines:
        yield first + lines[0][len(plain) :]
        yield from lines[1:]
