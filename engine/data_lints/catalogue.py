"""All lints that need data, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...grammar.diagnostics import Diagnostic
from ...grammar.nodes import File
from ...grammar.parser import parse
from ..compiling import Compiled
from ..data import Dataset
from ..lints.allowances import apply_allowances
from ..lints.catalogue import with_levels
from ..places import MANIFEST
from ..plan.errors import PlanError
from .absent import absent_events, absent_links, absent_values, mostly_missing
from .edges import params_at_the_edge
from .groups import missing_groups
from .near_values import near_values
from .never import never_fires
from .observed import Observed
from .surface import surface
from .twice import twice
from .unread_events import unread_events

DataLint = Callable[[Observed], Iterator[Diagnostic]]

DATA_LINTS: tuple[DataLint, ...] = (
    absent_values,
    absent_links,
    absent_events,
    mostly_missing,
    never_fires,
    near_values,
    unread_events,
    missing_groups,
    surface,
    twice,
    params_at_the_edge,
)


def lint_with_data(ruleset: Compiled, dataset: Dataset, as_of: int) -> list[Diagnostic]:
    """What is doubtful about a sound ruleset beside these data at an instant, in order of place.

    The data are scored for it; where the rules cannot be computed the one finding says so.
    """
    try:
        with Observed(ruleset, dataset, as_of) as observed:
            found = list(dict.fromkeys(item for lint in DATA_LINTS for item in lint(observed)))
    except PlanError as error:
        return [error.diagnostic]
    manifest = ruleset.sources.get(MANIFEST)
    told = apply_allowances(found, ruleset.files, manifest, _bases(ruleset), with_data=True)
    return with_levels(told, ruleset.manifest.lints)


def _bases(ruleset: Compiled) -> list[File]:
    """The files of the rulesets that it builds on."""
    own = {file.span.path for file in ruleset.files}
    sources = [source for path, source in ruleset.sources.items() if path.endswith(".rules") and path not in own]
    return [file for source in sources if (file := parse(source)[0]) is not None]
