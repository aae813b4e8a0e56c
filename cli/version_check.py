"""`scoreline validate --against main`: a ruleset that means something else has a later version."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import loading
from .console import say, warn
from .sides import against

if TYPE_CHECKING:
    from ..engine.ruleset import Ruleset
    from ..grammar.diagnostics import Diagnostic


def version_findings(ruleset: Ruleset, name: str, revision: str) -> list[Diagnostic]:
    """The finding that the version has not risen, if that is so."""
    from ..engine.impact.difference import difference
    from ..engine.impact.versions import version_finding

    with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
        side = against(revision, name, Path(folder))
        if side is None:
            say(f"`{revision}` has no such ruleset: there is no version to compare with")
            return []
        before, _ = loading.compiled(side.name)
    if before is None:
        warn(f"{side.shown} has errors, so nothing can be said of its version")
        return []
    how = shlex.join(["scoreline", "diff", revision, name])
    found = version_finding(difference(before, ruleset), side.shown, how)
    return [] if found is None else [found]
