"""`scoreline replay --out`: the files of a replay, and where they may be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .failures import fail
from .kept_moves import CAUSES, plain, shown
from .out_folder import WAY_OUT, check_place

if TYPE_CHECKING:
    from ..engine.frames import Table
    from ..engine.history.files import Form
    from ..engine.model import Model
    from ..grammar.nodes import Level
    from .replay_found import Moves

TABLES = ("moves", "reasons")


def check_files(out: Path, data: str, ruleset: Path, form: Form, contributions: bool) -> None:
    """Refuse a folder in which the files would replace data, rules, or what no replay has written."""
    from ..engine.history.files import files_of_replay, names_of

    if out.exists() and not out.is_dir():
        fail(f"`{out}` is a file", "give a folder to --out")
    check_place(out, data, ruleset)
    for name in sorted({*names_of(form, TABLES, contributions)} - files_of_replay(out)):
        if (out / name).exists() or (out / name).is_symlink():
            fail(f"`{out / name}` is there already, and no earlier replay wrote it (no `replay.json` says so)", WAY_OUT)


def about(
    model: Model, instants: Sequence[int], source: str, every: str, settings: Mapping[str, str]
) -> dict[str, Any]:
    """What `replay.json` says."""
    from .. import __version__
    from ..engine.frames import named
    from ..engine.instants import format_instant

    return {
        "ruleset": named(model),
        "first": format_instant(instants[0]),
        "last": format_instant(instants[-1]),
        "instants": len(instants),
        "scoreline": __version__,
        "source": source,
        "every": every,
        "set": dict(settings),
    }


def tables(moves: Mapping[Level, Moves]) -> list[Table]:
    """What is written beside the results."""
    return [_moves(moves), _reasons(moves)]


def _moves(moves: Mapping[Level, Moves]) -> Table:
    """A move a row, with its reasons in words."""
    from ..engine.frames import Column, Table

    names = ("level", "id", "was", "now", "change", "reasons")
    columns = (Column("as_of", "timestamp"), Column("since", "timestamp"), *(Column(name, "text") for name in names))
    rows = [
        (move.at, move.since, move.level, move.id, move.was, move.now, change, "; ".join(plain(move)))
        for move, change in _by_instant(moves)
    ]
    return Table("moves", columns, rows)


def _reasons(moves: Mapping[Level, Moves]) -> Table:
    """A reason a row: all of them, with the points by which a line or score differs."""
    from ..engine.frames import Column, Table

    names = ("level", "id", "what", "name", "of", "was", "now", "because")
    columns = (Column("as_of", "timestamp"), *(Column(name, "text") for name in names), Column("points", "points"))
    rows = [
        (
            move.at,
            move.level,
            move.id,
            each.what,
            each.name or None,
            each.of or None,
            shown(each, each.was) or None,
            shown(each, each.now) or None,
            CAUSES[each.because] if each.because else None,
            (each.now or 0) - (each.was or 0) if each.kind == "points" else None,
        )
        for move, _ in _by_instant(moves)
        for each in move.reasons
    ]
    return Table("reasons", columns, rows)


def _by_instant(moves: Mapping[Level, Moves]) -> Moves:
    everything = [each for some in moves.values() for each in some]
    return sorted(everything, key=lambda each: (each[0].at, each[0].level, each[0].id))
