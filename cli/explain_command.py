"""`scoreline explain`: why one lead or account has its scores and its stage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import click

from . import loading
from .completing import stages
from .console import Growing, progress, tell, width
from .failures import fail
from .options import data_options, format_option, ruleset_argument
from .reports import printable

if TYPE_CHECKING:
    from ..engine.chronicle.history import History
    from ..engine.explain import Explanation
    from ..engine.explain.report import Ladder, Line, Score, Step
    from ..engine.ruleset import Ruleset
    from ..engine.surroundings import Surroundings


@click.command("explain")
@ruleset_argument
@click.argument("id_", metavar="ID")
@data_options
@format_option("text", "json", "markdown", "html")
@click.option("--level", type=click.Choice(["lead", "account"]), help="Which is meant, where both have that id.")
@click.option(
    "--why-not",
    metavar="STAGE",
    shell_complete=stages,
    help="Only what is missing for this stage (or for the line of this id), and what would have to happen.",
)
@click.option(
    "--depth",
    type=click.IntRange(1, 4),
    help="1: stages and scores, 2: also their lines, 3: also events and leads, 4: also what each lead's scores are "
    "made of. Default: all of it.",
)
@click.option(
    "--since/--no-since",
    default=None,
    help="Say since when it is at its stage, and what tipped it. Default: do, but where rules remember days look back "
    "a second or two at most, and where stages hang on everybody 7 to 30 days; with `--since` however long it takes.",
)
@click.option(
    "--history",
    is_flag=True,
    help="Since when it is so: its stages and scores from its first event, what tipped each move, and what will be "
    "lost by when if nothing more happens.",
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
    since: bool | None,
    history: bool,
) -> None:
    """Explain the scores and the stage of the account or lead ID, down to its events.

    Every point is shown: what each line gives, decay, caps and clamps included, and what would have been needed
    where a line or a stage does not hold. It adds up to the score exactly.
    """
    from ..engine.asking import explained
    from ..engine.explain import UnknownGoal, UnknownId

    if history and (why_not is not None or depth is not None):
        fail(f"`--history` has no `{'--why-not' if why_not is not None else '--depth'}`", "ask for one of the two")
    loading.ruleset_first(ruleset, id_)
    rules = loading.load(ruleset, settings, data)
    dataset = loading.surroundings(rules, data, strict=strict, max_rejected=max_rejected)
    loading.mention_doubts(dataset)
    instant = loading.instant(as_of, rules, dataset)
    progress(f"explaining{loading.days_before(rules)} …")
    if history:
        show_history(rules, id_, dataset, instant, level, form, settings)
        return
    ahead = depth is None or depth > 1
    looks_back = False if why_not is not None and since is None else since

    def text(found: Explanation) -> str:
        return rendered(found, form, depth, origin(found, rules, settings))

    told = Growing()

    def first(found: Explanation) -> None:
        progress(shortened(found.summary, " Since when …"))

    def early(found: Explanation) -> None:
        told.grow(text(begun(found if why_not is None else only(found, why_not))))
        progress("trying what would have to happen next …")

    try:
        explanation = explained(
            rules,
            id_,
            dataset,
            instant,
            level=level,
            goal=why_not,
            ahead=ahead,
            since=looks_back,
            first=first,
            early=early if form == "text" else None,
        )
    except (UnknownGoal, UnknownId) as error:
        fail(str(error), error.hint)
    if why_not is not None:
        explanation = only(explanation, why_not)
    if form == "json":
        tell(json.dumps(document(explanation, rules), ensure_ascii=False, indent=2))
    else:
        told.grow(text(explanation))


def show_history(
    rules: Ruleset,
    id_: str,
    dataset: Surroundings,
    instant: int,
    level: Literal["lead", "account"] | None,
    form: str,
    settings: Sequence[str],
) -> None:
    """Print since when one lead or account is what it is."""
    from ..engine.chronicle.history import NotTold, history
    from ..engine.explain import UnknownId
    from .explain_history import page
    from .page_formats import page_as

    try:
        found = history(rules.model, dataset, id_, instant, level)
    except (NotTold, UnknownId) as error:
        fail(str(error), error.hint)
    if form == "json":
        tell(json.dumps(document(found, rules), ensure_ascii=False, indent=2))
    else:
        tell(page_as(page(found, origin(found, rules, settings)), form, width()), end="")


def document(found: Explanation | History, rules: Ruleset) -> dict[str, Any]:
    """The explanation, or the history, as JSON has it, with what it was computed by."""
    from ..engine.writers import plain_params

    ruleset = {"name": rules.name, "version": rules.version, "fingerprint": rules.fingerprint}
    return {**found.to_dict(), "ruleset": ruleset, "params": plain_params(rules.model.params)}


def origin(explanation: Explanation | History, rules: Ruleset, settings: Sequence[str]) -> str:
    """One line by which the explanation can be checked wherever it is pasted: rules, instant, params that were set."""
    from ..engine.instants import Zone, parse_instant, said_instant

    name = f"{rules.name} {rules.version}".strip()
    zone = Zone.named(rules.model.timezone)
    at = parse_instant(explanation.as_of, zone)
    instant = explanation.as_of if at is None else said_instant(at, zone)
    changed = "".join(f", --set {param}={value}" for param, value in loading.params(settings).items())
    return printable(f"{name} as of {instant}{changed}")


def rendered(explanation: Explanation, form: str, depth: int | None, first: str) -> str:
    """The explanation as text or Markdown below its first line, ending in a line feed."""
    if form == "markdown":
        from .explain_markdown import render_markdown
        from .page_markdown import escaped

        return f"{escaped(first)}\n\n{render_markdown(explanation, depth)}"
    if form == "html":
        from .explain_html import render_html

        return render_html(explanation, first, depth)
    from .explain_text import render_text

    return f"{first}\n\n{render_text(explanation, width(), depth, colour=True)}"


def shortened(sentence: str, more: str) -> str:
    """As much of a sentence as fits on a line of the terminal, with more behind it."""
    room = width() - len(more) - 1
    said = printable(sentence)
    return (said if len(said) <= room else f"{said[: room - 1]}…") + more


def begun(explanation: Explanation) -> Explanation:
    """The explanation reduced to what its text says before what would have to happen next."""
    return replace(explanation, scores=(), grades=(), measures=(), leads=(), ignored=())


def only(explanation: Explanation, goal: str) -> Explanation:
    """The explanation reduced to one stage of the ladder, or to one line, and what would have to happen for it."""
    ladder, scores = explanation.ladder, explanation.scores
    steps = tuple(step for step in ladder.steps if step.name == goal) if ladder is not None else ()
    if steps and ladder is not None:
        kept = replace(explanation, ladder=replace(ladder, steps=steps), scores=())
        summary = already(explanation.id, ladder, steps[0])
    else:
        found = ((score, line) for score in scores for line in score.lines() if line.id == goal)
        kept = replace(explanation, ladder=None, scores=tuple(bare(score, line) for score, line in found))
        fires = any(line.holds and line.counts for score in scores for line in score.lines() if line.id == goal)
        summary = f"Nothing is missing: {goal} fires for {explanation.id}." if fires else ""
    return replace(kept, summary=summary or explanation.summary, grades=(), measures=(), leads=(), ignored=())


def bare(score: Score, line: Line) -> Score:
    """A score with nothing but one of its lines."""
    return replace(score, items=(line,), adjustments=(), partly=True)


def already(id_: str, ladder: Ladder, step: Step) -> str:
    """That somebody is at a stage, or past it; else ''."""
    if ladder.stage == step.name:
        return f"Nothing is missing for {id_}: it is at {step.name} already."
    names = [each.name for each in ladder.steps]
    if ladder.stage not in names or names.index(ladder.stage) < names.index(step.name):
        return ""
    if step.holds:
        return f"Nothing is missing for {id_}: it is at {ladder.stage} already, which comes after {step.name}."
    return f"{id_} is past {step.name}: it is at {ladder.stage}. What {step.name} itself asks for does not hold."
