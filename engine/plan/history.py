"""Since when somebody has been at his stage, and when each stage was first held, as columns of the results."""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.nodes import Level
from ..instants import DAY, Zone
from ..model import Compare, Expr, Result
from ..results import STAGE_SINCE, reached
from .adapter import AS_OF, offset
from .book import Book
from .definitions import Compiler
from .past import Past
from .scalars import Ref, call, integer, only_if
from .steps import ResultColumn


def history_columns(level: Level, compiler: Compiler, past: Past, book: Book, zone: Zone) -> Iterator[ResultColumn]:
    """The columns of a level, as instants; nothing where it has no stages."""
    if compiler.model.stages(level) is None:
        return
    stage = compiler.result(Result(level=level, what="stage", name=""))
    since = book.formula(level, STAGE_SINCE, _instant(past.since(level, stage), past.day, zone))
    yield ResultColumn(since.name, STAGE_SINCE, "stage_since", "timestamp")
    for name, held in compiler.held[level].items():
        first = book.formula(level, reached(name), _instant(past.reached(level, name, held), past.day, zone))
        yield ResultColumn(first.name, reached(name), "reached", "timestamp")


def _instant(day: Ref, today: Expr, zone: Zone) -> Expr:
    """The end of a local day; of the day of the instant, the instant itself."""
    wall = call("multiply", call("add", day, integer(1)), integer(DAY))
    end = call("subtract", call("subtract", wall, offset(zone.walls, wall)), integer(1))
    return only_if(Compare(op="==", left=day, right=today), AS_OF, end)
