"""All lints, as data, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ...grammar.diagnostics import Diagnostic, Severity
from ...grammar.nodes import File
from ...grammar.source import Source
from ..links import Links
from ..model import Model
from .allowances import apply_allowances
from .beyond import beyond
from .dead import dead
from .decays import long_windows, missed_lines
from .effects import caps_below_one_step, caps_on_single_points, factors_on_negative_sums
from .form import lines_without_id, lists_beyond_enumerations, many_levels, standings
from .frequency import frequency
from .idle import idle
from .missing import missing
from .reach import thresholds
from .readings import thousands, windows_of_the_last
from .repeats import repeats
from .review import Review
from .short_texts import short_texts
from .unused import unread_measures, unused
from .usage import Usage

Lint = Callable[[Review], Iterator[Diagnostic]]

LINTS: tuple[Lint, ...] = (
    thresholds,
    dead,
    idle,
    repeats,
    missing,
    frequency,
    caps_on_single_points,
    caps_below_one_step,
    factors_on_negative_sums,
    short_texts,
    thousands,
    windows_of_the_last,
    beyond,
    missed_lines,
    long_windows,
    unused,
    unread_measures,
    lines_without_id,
    lists_beyond_enumerations,
    many_levels,
    standings,
)


def lint(
    model: Model,
    usage: Usage | None = None,
    files: Sequence[File] = (),
    levels: Mapping[str, str] | None = None,
    manifest: Source | None = None,
    bases: Sequence[File] = (),
    links: Links | None = None,
) -> list[Diagnostic]:
    """What is allowed but doubtful in a checked ruleset, in order of place.

    `levels` are the severities that the manifest gives to codes (`off` drops them); comments `# allow L303 reason`
    in the files and the manifest silence a lint on their line. `bases` are the files of the rulesets that this one
    builds on: what is doubtful there counts here, too; what is only worth knowing was said there. `links` are those of
    the model's definitions, where they are known.
    """
    review = Review(model, usage or Usage(), files, links)
    found = dict.fromkeys(item for check in LINTS for item in check(review))
    elsewhere = {file.span.path for file in bases}
    told = [item for item in found if item.severity != "info" or item.span.path not in elsewhere]
    return with_levels(apply_allowances(told, files, manifest, bases), levels or {})


def with_levels(diagnostics: Sequence[Diagnostic], levels: Mapping[str, str]) -> list[Diagnostic]:
    """The findings with the severities that a manifest asks for; those that are `off` are gone."""
    severities: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info"}
    kept = [item for item in diagnostics if levels.get(item.code) != "off"]
    return [
        item.with_severity(severities[levels[item.code]]) if levels.get(item.code) in severities else item
        for item in kept
    ]
