"""`scoreline explain`: why one lead or account has its scores and its stage."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import click

from . import loading
from .console import progress, tell, width
from .failures import fail
from .options import data_options, format_option, ruleset_argument

if TYPE_CHECKING:
    from ..engine.explain import Explanation


@click.command("explain")
@ruleset_argument
@click.argument("id_", metavar="ID")
@data_options
@format_option("text", "json", "markdown")
@click.option("--level", type=click.Choice(["lead", "account"]), help="Which is meant, where both have that id.")
@click.option("--why-not", metavar="STAGE", help="Only what is missing for this stage.")
@click.option(
    "--depth", type=click.IntRange(1, 4), help="1: scores, 2: their lines, 3: events and leads. Default: all."
)
def command(
    ruleset: str,
    id_: str,
    data: str,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    form: str,
    level: Literal["lead", "account"] | None,
    why_not: str | None,
    depth: int | None,
) -> None:
    """Explain the scores and the stage of the account or lead ID, down to its events.

    Every point is shown: what each line gives, decay, caps and clamps included, and what would have been needed
    where a line or a stage does not hold. It adds up to the score exactly.
    """
    from ..engine.explain import UnknownId
    from ..engine.scoring import explain

    rules = loading.load(ruleset, settings, data)
    dataset = loading.read(rules, data, strict=strict, max_rejected=max_rejected)
    loading.say_doubts(rules, dataset)
    instant = loading.instant(as_of, rules, dataset)
    progress("explaining …")
    try:
        explanation = explain(rules, id_, dataset, as_of=instant, level=level)
    except UnknownId as error:
        fail(str(error), error.hint)
    if why_not is not None:
        explanation = only_stage(explanation, why_not)
    tell(rendered(explanation, form, depth), end="")


def rendered(explanation: Explanation, form: str, depth: int | None) -> str:
    """The explanation in one format, ending in a line feed."""
    if form == "json":
        return json.dumps(explanation.to_dict(), ensure_ascii=False, indent=2) + "\n"
    if form == "markdown":
        from .explain_markdown import render_markdown

        return render_markdown(explanation, depth)
    from .explain_text import render_text

    return render_text(explanation, width(), depth)


def only_stage(explanation: Explanation, stage: str) -> Explanation:
    """The explanation reduced to one stage of the ladder: what holds of it, and what does not."""
    from ..engine.suggest import did_you_mean

    ladder = explanation.ladder
    if ladder is None:
        fail(f"{explanation.level}s have no stages in this ruleset")
    steps = tuple(step for step in ladder.steps if step.name == stage)
    if not steps:
        fail(f"there is no stage `{stage}`", did_you_mean(stage, [step.name for step in ladder.steps]))
    return replace(explanation, ladder=replace(ladder, steps=steps), scores=(), grades=(), measures=(), leads=())
