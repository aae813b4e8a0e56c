"""`scoreline backtest`: is the model any good?"""

from __future__ import annotations

import datetime
import importlib.util
import json
import shlex
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from . import loading
from .console import progress, say, say_next, tell, width
from .failures import MISUSED, WRONG, fail
from .options import (
    data_again,
    data_option,
    form_for,
    format_option,
    max_rejected_option,
    out_file_option,
    ruleset_argument,
    set_option,
    strict_option,
)
from .outputs import write_text
from .questions import question, question_options, until_option
from .values import Amount

if TYPE_CHECKING:
    from ..engine.backtest.backtest import Wishes
    from ..engine.backtest.question import Every, Question
    from ..engine.backtest.report import Backtest
    from ..engine.data import Dataset
    from ..engine.ruleset import Ruleset

Found = TypeVar("Found")

NEEDED = ("numpy", "sklearn")


@click.command("backtest")
@ruleset_argument
@data_option
@question_options
@click.option("--by", metavar="FIELD", help="Also apart by this: account.industry, a measure or a grade.")
@click.option(
    "--capacity", type=click.IntRange(min=1), metavar="N", help="Recommend a threshold for so many at a time."
)
@click.option(
    "--precision",
    type=Amount(0, 1, min_open=True),
    metavar="SHARE",
    help="Recommend a threshold at which this share is won: 0.3.",
)
@click.option("--against", metavar="OTHER", help="Compare with another ruleset, or a revision of this one: main.")
@click.option("--accepted", metavar="CONDITION", help="Events by which sales accepts: sales_accepted.")
@click.option("--rejected", metavar="CONDITION", help="Events by which sales rejects: sales_rejected.")
@click.option("--reason", metavar="PROPERTY", help="The property of the rejecting events that says why.")
@click.option(
    "--quick", is_flag=True, help="Leave out what takes longest: the way through the stages, AUC without lines."
)
@click.option("--all-lines", is_flag=True, help="Also score without each line of the scores below: one run a line.")
@until_option
@set_option
@strict_option
@max_rejected_option
@format_option("text", "json", "markdown", "html")
@out_file_option
def command(
    ruleset: str,
    data: str,
    won: str,
    lost: str | None,
    horizon: int,
    gap: int,
    every: Every,
    first: datetime.datetime | None,
    last: datetime.datetime | None,
    score: str | None,
    by: str | None,
    capacity: int | None,
    precision: float | None,
    against: str | None,
    accepted: str | None,
    rejected: str | None,
    reason: str | None,
    quick: bool,
    all_lines: bool,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    form: str,
    out: Path | None,
) -> None:
    """Say whether the scores of RULESET predict: as they were before each outcome, held against what came of it.

    No event at or after an outcome counts, and rules that read the outcome are refused. Every figure has its 95 %
    interval; where the data carry no signal, it says so.
    """
    form = form_for(out, form)
    check_libraries()
    _check(accepted, rejected, reason)
    from ..engine.backtest.backtest import Wishes, asked

    wanted = question(won, lost, score, horizon, gap, every, first, last, settings)
    wishes = Wishes(capacity, precision, by, None, accepted, rejected, reason, all_lines, not quick)
    rules = loading.load(ruleset, settings, data)
    answered(rules, ruleset, lambda: asked(rules, wanted, wishes))
    dataset = loading.read(rules, data, strict=strict, max_rejected=max_rejected)
    loading.mention_doubts(dataset)
    with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
        other = _other(against, ruleset, rules, dataset, data, Path(folder)) if against is not None else None
        found = tested(rules, ruleset, dataset, wanted, as_of, replace(wishes, against=other))
    made = rendered(found, form)
    if out is not None:
        write_text(out, made)
        say(f"wrote {out}")
        return
    tell(made, end="")
    if form == "text":
        words = [ruleset, *data_again(data), "--won", won, *(["--lost", lost] if lost else [])]
        say_next(f"scoreline tune {' '.join(map(quoted, words))}")


def quoted(word: str) -> str:
    """A word for a shell; texts of rules keep their own quotes where they can.

    >>> print(quoted("account.status == 'Won'"), quoted("deal_won"))
    "account.status == 'Won'" deal_won
    """
    plain = not set(word) & set('"$`\\!')
    return f'"{word}"' if "'" in word and plain else shlex.quote(word)


def tested(
    rules: Ruleset, name: str, dataset: Dataset, question: Question, as_of: str | None, wishes: Wishes
) -> Backtest:
    """The backtest; what cannot be answered ends the command with the reason."""
    from ..engine.backtest.backtest import backtest

    until = known_until(as_of, rules, dataset)
    return answered(rules, name, lambda: backtest(rules, dataset, question, until, wishes, progress))


def answered(rules: Ruleset, name: str, work: Callable[[], Found]) -> Found:
    """What the work gives; what cannot be answered ends the command with the reason."""
    from ..engine.backtest.question import CannotTest, NoSuch
    from ..engine.compiled import RulesetError

    try:
        return loading.with_plan(rules, name, work)
    except CannotTest as error:
        fail(str(error), error.hint, MISUSED if isinstance(error, NoSuch) else WRONG)
    except RulesetError as error:
        sources = {**rules.sources, **error.sources}
        report = loading.report_of(error.diagnostics, sources, loading.folder_of(name))
        loading.stop(report, MISUSED if all(item.span.path.startswith("--") for item in error.diagnostics) else WRONG)


def known_until(as_of: str | None, rules: Ruleset, dataset: Dataset) -> int:
    """The instant up to which the data are known: that of the newest event; where there are none, now."""
    newest = dataset.newest_event()
    if as_of is None and newest is None:
        return time.time_ns() // 1000
    return loading.instant(as_of or "latest", rules, dataset)


def check_libraries() -> None:
    """The statistics need more than scoring does."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        names = " and ".join({"sklearn": "scikit-learn"}.get(name, name) for name in missing)
        fail(f"this needs {names}, which is not installed", "pip install 'scoreline[backtest]'")


def _check(accepted: str | None, rejected: str | None, reason: str | None) -> None:
    if (accepted is None) != (rejected is None):
        there, lacks = ("--accepted", "--rejected") if accepted is not None else ("--rejected", "--accepted")
        fail(f"`{there}` without `{lacks}` compares nothing", "give both: `--accepted sales_accepted --rejected …`")
    if reason is not None and rejected is None:
        fail("`--reason` is a property of the events behind `--rejected`", "add `--accepted … --rejected …`")


def _other(
    against: str, ruleset: str, rules: Ruleset, dataset: Dataset, data: str, folder: Path
) -> tuple[Ruleset, Dataset]:
    """The other ruleset with the data as it reads them: read once where both read them in the same way."""
    from .sides import against as side_of

    side = side_of(against, ruleset, folder)
    if side is None:
        fail(f"{ruleset} was not there yet at `{against}`", "name another revision")
    other, report = loading.compiled(side.name, (), data)
    if other is None:
        say(f"{side.shown} cannot be compared:\n")
        loading.stop(report)
    ours, theirs = ((side.model.schema, side.manifest.sources, side.model.timezone) for side in (rules, other))
    return other, dataset if ours == theirs else loading.read(other, data)


def rendered(found: Backtest, form: str) -> str:
    """The backtest in one format, ending in a line feed."""
    if form == "json":
        from ..engine.backtest.document import document

        return json.dumps(document(found), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    from .backtest_page import page

    if form == "markdown":
        from .page_markdown import render as markdown

        return markdown(page(found))
    if form == "html":
        from .page_html import render as html

        return html(page(found))
    from .page_text import render as text

    return text(page(found), min(width(), 100))
