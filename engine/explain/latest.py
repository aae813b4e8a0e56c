"""When something that is asked for happened last, where it does not count: too long ago, or undone since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..interpreter.evaluation import Evaluation
from ..interpreter.people import newest
from ..interpreter.rows import Row
from ..interpreter.selections import conjuncts, without_windows
from ..model import And, Near, Selection
from . import words
from .describe import selection_text
from .evidence import event_shown

Wider = tuple[Selection, str]
"""A selection that asks for less, and what is so of those of its events which are not selected for it."""


def last_time(evaluation: Evaluation, selection: Selection, row: Row) -> str | None:
    """`last 2026-01-10, 50 days ago`, of events that a selection has at other times; `last 2026-01-10, but deal_lost
    since`, of those that it had before they were undone. None where there are neither."""
    wider: Sequence[Wider] = evaluation.lasting.remembered(selection, "wider", lambda: _wider(selection))
    for each, why in wider:
        event = newest(evaluation.select(each, row).events)
        if event is not None:
            shown = event_shown(evaluation, event)
            return f"last {shown.at[:10]}, {why or words.ago(shown.age, hours=shown.hours)}"
    return None


def _wider(selection: Selection) -> list[Wider]:
    """Without its windows first, then also without what undoes it however much later it comes."""
    endless = without_windows(selection)
    parts = conjuncts(endless.test)
    undoing = [part for part in parts if isinstance(part, Near) and part.relation == "without" and part.length is None]
    found = [(endless, "")] if endless.test != selection.test else []
    if undoing:
        kept = And(tuple(part for part in parts if part not in undoing))
        came = words.listed([selection_text(part.anchor) for part in undoing], "or")
        found.append((replace(endless, test=kept), f"but {came} since"))
    return found
