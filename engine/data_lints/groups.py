"""Limits per value of a property that many events do not have.

Avoid: a limit per campaign where every third mail has none: all of these count as one campaign.

    each email_open at most 1 per campaign => +1

Prefer: mails that say their campaign, or a limit by time.

    each email_open at most 1 per day => +1
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ..lints.lines import placed, title
from ..model import Line, Prop, Score
from ..reads import types_of
from .asked import Attribute, grouped_by
from .observed import FEWEST, Observed, scores
from .wording import percent

MANY = 0.1
"""From this share on, events without the property are no exception."""


def missing_groups(observed: Observed) -> Iterator[Diagnostic]:
    """L609: `at most 1 per campaign` where many events have no campaign: these are one group (decision 20)."""
    for score in scores(observed.model):
        for at in placed(score):
            yield from _line(observed, score, at.line)


def _line(observed: Observed, score: Score, line: Line) -> Iterator[Diagnostic]:
    selection = line.each.selection if line.each is not None else None
    types = tuple(dict.fromkeys(types_of(selection.test))) if selection is not None else ()
    for prop in dict.fromkeys(item for item in grouped_by(line) if isinstance(item, Prop)):
        having = tuple(name for name in types if prop.name in observed.model.schema.events.get(name, {}))
        attribute = Attribute("event", prop.name, having)
        use = observed.asked.attributes.get(attribute)
        if use is None or use.spoken_of:
            continue
        known = observed.known(attribute)
        if known.known and known.missing >= max(FEWEST, MANY * known.records):
            yield finding(
                "L609",
                f"`{prop.name}` is missing for {percent(known.missing, known.records)} of the events of {title(line)}",
                line.span,
                label=f"without `{prop.name}` they count as one group",
                hint=f"ask for it: `where {prop.name} is known`, or limit the line by time: `at most 1 per day`",
            )
