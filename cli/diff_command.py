"""`scoreline diff`: what a change of rules means, in the rules and in the accounts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import loading
from .console import progress, say, say_next, tell, width
from .failures import MISUSED, WRONG, fail
from .options import as_of_option, format_option, max_rejected_option, set_option, strict_option
from .sides import Side, sides
from .step_summary import append_text, summary_option

if TYPE_CHECKING:
    from ..engine.data import Dataset
    from ..engine.impact.difference import Difference
    from ..engine.impact.effect import Effect
    from ..engine.impact.gate import Gate
    from ..engine.impact.measure import Question
    from ..engine.impact.verdict import Verdict
    from ..engine.ruleset import Ruleset
    from .diff_page import Compared


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@click.option("--data", "-d", metavar="PATH", help="Also score these data with both, and say who is affected.")
@as_of_option
@set_option
@strict_option
@max_rejected_option
@click.option("--by", metavar="FIELD", help="Tell the gained and lost apart by this: `account.industry`, or a grade.")
@click.option("--stage", metavar="STAGE", help="The stage whose gains and losses count. Default: MQA, or the last one.")
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="How many of the largest movers of each level are named; 0 for all of them.",
)
@click.option(
    "--fail-if",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="Exit code 1 if it holds: 'mqa_change > 10%', 'lost_mqas > 0', 'breaking > 0'. May be repeated.",
)
@format_option("text", "json", "markdown", "html", "changelog")
@summary_option
@click.pass_context
def command(
    ctx: click.Context,
    old: str,
    new: str | None,
    data: str | None,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    by: str | None,
    stage: str | None,
    top: int,
    conditions: tuple[str, ...],
    form: str,
    summary: Path | None,
) -> None:
    """Compare two versions of a ruleset: OLD with NEW.

    Each is a folder, a .rules file, one that ships, or a git revision: `main rulesets/abm`, `main.. rulesets/abm`,
    `HEAD~3:rulesets/abm rulesets/abm`. Without NEW it is the ruleset in this folder. Layout and comments are no
    difference. --set gives params of NEW another value: what would it do?
    """
    from ..engine.impact.difference import difference
    from ..engine.impact.measure import Question
    from ..engine.impact.verdict import verdict

    gates = [_gate(text) for text in conditions]
    _check(data, gates, {"--by": by, "--stage": stage, "--as-of": as_of})
    with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
        pair = sides(old, new, Path(folder))
        rules = _load(pair[0], (), data), _load(pair[1], settings, data)
    found = difference(*rules)
    question = Question(stage, by, top or None)
    if data is not None:
        _check_aim(found, question)
    measured = None
    if data is not None and (found.changes or any(item.needs_data for item in gates)):
        measured = _effect(found, rules, data, as_of, strict, max_rejected, question)
    shown = pair[0].shown, pair[1].shown
    compared = replace(_compared(found, verdict(found), measured, shown, gates), only_tried=bool(settings))
    tell(rendered(compared, form), end="")
    if summary is not None:
        append_text(summary, rendered(compared, "markdown"))
    if form == "text" and data is None and found.changes:
        say_next(f"scoreline diff {old} {new or ''}".rstrip() + " --data PATH")
    for reason in compared.failed:
        say(click.style(reason, fg="red", bold=True))
    if compared.failed:
        ctx.exit(WRONG)


def rendered(compared: Compared, form: str) -> str:
    """The comparison in one format, ending in a line feed."""
    if form == "json":
        from ..engine.impact.document import document

        made = document(compared.found, compared.verdict, compared.effect)
        whole = {**made, "failed": list(compared.failed)}
        return json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if form == "changelog":
        from .diff_changelog import changelog

        return changelog(compared.found, compared.verdict)
    from .diff_page import page

    if form == "markdown":
        from .page_markdown import render as markdown

        return markdown(page(compared))
    if form == "html":
        from .page_html import render as html

        return html(page(compared))
    from .page_text import render as text

    return text(page(compared), min(width(), 100))


# --- what is given ------------------------------------------------------------------


def _gate(text: str) -> Gate:
    from ..engine.impact.gate import BadGate, gate

    try:
        return gate(text)
    except BadGate as error:
        fail(f"--fail-if: {error}", error.hint)


def _check(data: str | None, gates: Sequence[Gate], options: dict[str, str | None]) -> None:
    """What speaks of leads and accounts needs some."""
    if data is not None:
        return
    for item in gates:
        if item.needs_data:
            fail(f"`--fail-if '{item.text}'` is about leads and accounts", "add `--data PATH`")
    for name, value in options.items():
        if value is not None:
            fail(f"`{name}` is about leads and accounts", "add `--data PATH`")


def _check_aim(found: Difference, question: Question) -> None:
    """Whether there is what is asked for, before any data are read."""
    from ..engine.impact.measure import aim
    from ..engine.impact.qualified import NoSuch

    try:
        aim(found, question)
    except NoSuch as error:
        fail(str(error), error.hint)


def _load(side: Side, settings: Sequence[str], data: str | None) -> Ruleset:
    """One of the two; where it has errors they are printed below its name, and the command ends."""
    ruleset, report = loading.compiled(side.name, settings, data)
    if ruleset is None:
        say(f"{side.shown} cannot be compared:\n")
        loading.stop(report, MISUSED if settings and loading.is_sound(side.name, data) else None)
    return ruleset


# --- the effect ---------------------------------------------------------------------


def _effect(
    found: Difference,
    rules: tuple[Ruleset, Ruleset],
    data: str,
    as_of: str | None,
    strict: bool,
    max_rejected: float,
    question: Question,
) -> Effect:
    from ..engine.impact.measure import effect

    before, after = _read(rules, data, strict, max_rejected, question.by)
    loading.mention_doubts(after)
    instant = loading.instant(as_of, rules[1], after)
    return loading.with_plan(rules[1], rules[1].name, lambda: effect(found, before, after, instant, question, progress))


def _read(
    rules: tuple[Ruleset, Ruleset], data: str, strict: bool, max_rejected: float, by: str | None
) -> tuple[Dataset, Dataset]:
    """The data, read once where both rulesets read them in the same way."""
    from ..engine.impact.reading import reading_also, shared_reader

    def read(ruleset: Ruleset) -> Dataset:
        wanted = ruleset if by is None else reading_also(ruleset, by)
        return loading.read(wanted, data, strict=strict, max_rejected=max_rejected, only_read=True)

    once = shared_reader(*rules)
    if once is not None:
        dataset = read(once)
        return dataset, dataset
    return read(rules[0]), read(rules[1])


def _compared(
    found: Difference, said: Verdict, effect: Effect | None, shown: tuple[str, str], gates: Sequence[Gate]
) -> Compared:
    from ..engine.impact.gate import BadGate
    from .diff_page import Compared

    try:
        results = [(item, item.fails(found, said, effect)) for item in gates]
    except BadGate as error:
        fail(f"--fail-if: {error}", error.hint)
    failed = [f"fails {item.text}: {why}" for item, why in results if why]
    return Compared(found, said, effect, shown, failed, [item.text for item, why in results if not why])
