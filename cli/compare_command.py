"""`scoreline compare`: what differs between two accounts, or one at two instants or under two rulesets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import click

from . import loading
from .completing import rulesets
from .console import progress, tell, width
from .failures import fail
from .options import data_options, format_option, ruleset_argument
from .page_formats import page_as

if TYPE_CHECKING:
    from ..engine.data import Dataset
    from ..engine.interpreter import Evaluation, Row
    from ..engine.ruleset import Ruleset

_WAYS = "write a second id, `--as-of2 2026-02-01`, or `--with OTHER_RULESET`"


@click.command("compare")
@ruleset_argument
@click.argument("id_", metavar="ID")
@click.argument("id2", metavar="[ID2]", required=False)
@data_options
@click.option("--as-of2", "as_of2", metavar="WHEN", help="The second instant, as in --as-of.")
@click.option(
    "--with", "other", metavar="RULESET", shell_complete=rulesets, help="The second ruleset, for the same data."
)
@click.option("--level", type=click.Choice(["lead", "account"]), help="Which is meant, where both have that id.")
@format_option("text", "json", "markdown", "html")
def command(
    ruleset: str,
    id_: str,
    id2: str | None,
    data: str,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    as_of2: str | None,
    other: str | None,
    level: Literal["lead", "account"] | None,
    form: str,
) -> None:
    """Say what differs, and why, between the accounts (or leads) ID and ID2.

    Or of ID alone, between --as-of and --as-of2, or between RULESET and the one of --with.
    """
    from ..engine.chronicle.compare import compare

    if sum(each is not None for each in (id2, as_of2, other)) != 1:
        fail("two things are compared", _WAYS)
    loading.ruleset_first(ruleset, id_)
    rules = loading.load(ruleset, settings, data)
    dataset = loading.read(rules, data, strict=strict, max_rejected=max_rejected)
    loading.mention_doubts(dataset)
    first = second = loading.instant(as_of, rules, dataset)
    if (
        as_of2 is not None
    ):  # what happened in between is told from the earlier to the later, in whatever order they come
        first, second = sorted((first, loading.instant(as_of2, rules, dataset)))
    progress("comparing …")
    left = worked_out(rules, dataset, id_, first, level)
    if other is not None:
        theirs = loading.load(other, (), data)
        dataset = loading.read(theirs, data, strict=strict, max_rejected=max_rejected)
    else:
        theirs = rules
    right = worked_out(theirs, dataset, id2 or id_, second, level or left[1].level)
    found = compare(left, right)
    if form == "json":
        tell(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        return
    from .compare_page import page

    tell(page_as(page(found), form, width()), end="")


def worked_out(
    rules: Ruleset, dataset: Dataset, id_: str, instant: int, level: Literal["lead", "account"] | None
) -> tuple[Evaluation, Row]:
    """One side; where there is no such id the command ends."""
    from ..engine.chronicle.compare import side_of
    from ..engine.explain import UnknownId

    try:
        return side_of(rules.model, dataset, id_, instant, level)
    except UnknownId as error:
        fail(str(error), error.hint)
