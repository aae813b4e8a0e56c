"""What a shell offers for the words of a command: rulesets that ship, and the params, stages and scenarios of one.

A mistake must never show up in a prompt: where a ruleset cannot be read, nothing is offered.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ..engine.compiling import Compiled


def rulesets(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rulesets that ship, by name; files where none begins so."""
    from ..engine.places import published, shipped

    found = _starting(incomplete, ((name, "ships with Scoreline") for name in [*shipped(), *published()]))
    return [CompletionItem(incomplete, type="file"), *found]


def params(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """`--set name=value`, with the value that it has."""
    compiled = _ruleset(ctx)
    if compiled is None:
        return []
    from ..engine.writers import plain_params

    return _starting(
        incomplete, ((f"{name}={value}", "") for name, value in plain_params(compiled.model.params).items())
    )


def stages(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The stages of accounts and leads."""
    return _starting(incomplete, _stages(_ruleset(ctx)))


def scenarios(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of the scenarios."""
    return _starting(incomplete, _scenarios(_ruleset(ctx)))


def names(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What rules and data name: scores, measures, grades, fields, signals."""
    return _starting(incomplete, _names(_ruleset(ctx)))


def _starting(incomplete: str, offered: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    found = [(name, about) for name, about in dict(offered).items() if name.startswith(incomplete)]
    return [CompletionItem(_typed(name), help=about) for name, about in found]


def _typed(name: str) -> str:
    """A name as it is typed: bash puts blanks in as they are, the others mask them on their own.

    Click's script for bash reads each answer with `read`, which takes one backslash of two away.
    """
    if os.environ.get("_SCORELINE_COMPLETE", "").startswith("bash"):
        return re.sub(r"[^\w@%+=:,./-]", lambda found: "\\\\" + found[0], name)
    return name


def _stages(compiled: Compiled | None) -> Iterator[tuple[str, str]]:
    ladders = [compiled.model.stages("account"), compiled.model.stages("lead")] if compiled is not None else []
    for ladder in filter(None, ladders):
        yield from ((stage.name, stage.label or f"a stage of {ladder.level}s") for stage in ladder.stages)


def _scenarios(compiled: Compiled | None) -> Iterator[tuple[str, str]]:
    if compiled is None or not compiled.path.is_dir():
        return
    from ..engine.scenarios.files import load_scenarios

    for file in load_scenarios(compiled.path, compiled.model)[0]:
        yield from ((scenario.name, "") for scenario in file.scenarios)


def _names(compiled: Compiled | None) -> Iterator[tuple[str, str]]:
    if compiled is None:
        return
    from ..engine.links import key_of

    yield from ((key.name, key.words) for key in map(key_of, compiled.model.order) if key.kind != "disqualify")


def _ruleset(ctx: click.Context) -> Compiled | None:
    """The ruleset that stands on the command line so far, if it is sound."""
    name = ctx.params.get("ruleset") or next(iter(ctx.args), None)  # an option without its value ends the reading
    try:
        from ..engine.compiling import compile_at

        return compile_at(name)[0] if name else None
    except Exception:  # a key that completes words must never print a traceback into the line that is typed
        return None
