"""Names that are declared and that nothing uses.

Avoid: params, lists and fields that are left over: people tune and fill what has no effect.

    param old_threshold = 50
    list partners = ['acme.com']

Prefer: take them out, or use them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ..model import Measure
from .review import Review
from .usage import Declared, What

WORDS: dict[What, tuple[str, str]] = {
    "param": ("L401", "param"),
    "list": ("L401", "list"),
    "table": ("L401", "table"),
    "signal": ("L401", "signal"),
    "event type": ("L402", "event type"),
    "contact field": ("L402", "field of contacts"),
    "account field": ("L402", "field of accounts"),
    "property": ("L403", "property"),
}


OUTCOME = (
    "take it out, or use it in a rule; if it is the outcome that backtests ask for, which no rule may read, "
    "write `# allow {code} the outcome` behind it"
)
"""What to do with an event type."""

SHOWN = f"{OUTCOME}, or `# allow {{code}} shown` if `scoreline report` is to show it"
"""What to do with a field; those that name people and companies need no rule: pages call them so."""

OUT_OR_IN = "take it out, or use it in a rule"
_HINTS: dict[What, str] = {"event type": OUTCOME, "contact field": SHOWN, "account field": SHOWN}


def unused(review: Review) -> Iterator[Diagnostic]:
    """L401, L402 and L403: vocabulary, fields, event types and properties that no rule reads."""
    types = {item.name for item in review.usage.unused() if item.what == "event type"}
    schema = review.model.schema
    naming: dict[What, tuple[str, ...]] = {
        "contact field": schema.naming("contact"),
        "account field": schema.naming("account"),
    }
    for item in review.usage.unused():
        is_told = item.what == "property" and (_owner(item, types) or _tells_sessions(item))
        if not is_told and item.name not in naming.get(item.what, ()):
            code, what = WORDS[item.what]
            yield finding(
                code,
                f"nothing uses the {what} `{item.name}`",
                item.span,
                label="declared here, never used",
                hint=_HINTS.get(item.what, OUT_OR_IN).format(code=code),
            )


def _owner(item: Declared, types: set[str]) -> bool:
    """A property of an event type that is unused itself: one finding is enough."""
    return any(item.name.startswith(f"{name}.") for name in types)


def _tells_sessions(item: Declared) -> bool:
    """A property `session` says which events belong together, whether or not a rule names it."""
    return item.name.endswith(".session")


def unread_measures(review: Review) -> Iterator[Diagnostic]:
    """L404: measures that no other rule reads; they may still be meant for the results."""
    for key, definition in review.links.definitions.items():
        if isinstance(definition, Measure) and not review.links.readers[key]:
            yield finding(
                "L404",
                f"no rule reads the measure `{key.name}`",
                definition.span,
                label="only shown in the results",
                hint="fine if the results are all that it is for",
            )
