"""A replay as files: the results of each level at all instants, the points of lines, and what else there is to say."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from sqlglot import exp

from ..data.sql import call, cast, column, select, table, times
from ..frames import CONTRIBUTION_COLUMNS, Column, Table, entity_columns
from ..plan.steps import LEVELS
from ..sql.statements import text
from ..writers import Together, cell, write_csv, write_parquet
from .replay import Replayed

Form = Literal["parquet", "csv"]
ABOUT = "replay.json"
AS_OF = Column("as_of", "timestamp")
_AT_ONCE = 10_000


def write_files(
    folder: Path,
    replayed: Replayed,
    others: Sequence[Table],
    form: Form,
    contributions: bool,
    about: Mapping[str, Any],
) -> list[Path]:
    """Write the results at all instants, other tables, and `replay.json`; gives the files, which appear together.

    Files of an earlier replay that are not written now are removed: they would speak of something else.
    """
    old = files_of_replay(folder)
    histories = {f"{level}s": (f"{level}_history", entity_columns(replayed.model, level)) for level in LEVELS}
    if contributions:
        histories["contributions"] = ("contribution_history", CONTRIBUTION_COLUMNS)
    with Together(folder) as files:
        for name, (source, columns) in histories.items():
            path = files.path(f"{name}.{form}")
            _parquet(replayed, source, columns, path) if form == "parquet" else _csv(replayed, source, columns, path)
        for other in others:
            path = files.path(f"{other.name}.{form}")
            if form == "parquet":
                write_parquet(other, path)
            else:
                with path.open("w", encoding="utf-8", newline="") as out:
                    write_csv(other, out)
        said = {**about, "files": [path.name for path in files.names]}
        with files.text(ABOUT) as out:
            json.dump(said, out, ensure_ascii=False, indent=2)
            out.write("\n")
        written = files.names
    for name in old - {path.name for path in written}:
        (folder / name).unlink(missing_ok=True)
    return written


def names_of(form: Form, others: Sequence[str], contributions: bool) -> list[str]:
    """The names that the files have."""
    tables = [*(f"{level}s" for level in LEVELS), *others, *(["contributions"] if contributions else [])]
    return [*(f"{name}.{form}" for name in tables), ABOUT]


def files_of_replay(folder: Path) -> set[str]:
    """The files that an earlier replay says that it wrote into this folder, `replay.json` among them."""
    try:
        found = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return set()
    listed = found.get("files") if isinstance(found, dict) else None
    possible = {name for form in ("parquet", "csv") for name in names_of(form, ("moves", "reasons"), True)}
    if not isinstance(listed, list):
        return set()
    return {ABOUT, *(possible & {name for name in listed if isinstance(name, str)})}


def _parquet(replayed: Replayed, source: str, columns: Sequence[Column], path: Path) -> None:
    """Points as DECIMAL(18,4), instants with their zone."""
    replayed.connection.sql(text(_query(replayed, source, columns, typed=True))).write_parquet(str(path))


def _csv(replayed: Replayed, source: str, columns: Sequence[Column], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([each.name for each in (AS_OF, *columns)])
        for row in _rows(replayed, _query(replayed, source, columns, typed=False)):
            writer.writerow([cell(each, value) for each, value in zip((AS_OF, *columns), row, strict=True)])


def _rows(replayed: Replayed, query: exp.Select) -> Iterator[tuple[Any, ...]]:
    found = replayed.connection.execute(text(query))
    while some := found.fetchmany(_AT_ONCE):
        yield from some


def _query(replayed: Replayed, source: str, columns: Sequence[Column], typed: bool) -> exp.Select:
    """The rows by instant and id; a column that no rule makes is empty."""
    is_lines = source == "contribution_history"
    titles = {each.title for level in LEVELS for each in replayed.results[level] if source == f"{level}_history"}
    shown = [_shown(Column("at", "timestamp"), typed)]
    shown += [_shown(each, typed) if is_lines or each.name in titles else _NOTHING.copy() for each in columns]
    names = [AS_OF.name, *(each.name for each in columns)]
    made = [exp.alias_(value, exp.to_identifier(name, quoted=True)) for value, name in zip(shown, names, strict=True)]
    order = ("at", "level", "id", "score", "line", "kind") if is_lines else ("at", "id")
    return select(*made, source=table(source)).order_by(*map(column, order))


_NOTHING = cast(exp.null(), "TEXT")
_STEP = cast(exp.Literal.string("0.0001"), "DECIMAL(4, 4)")
"""A unit of points as an exact decimal."""


def _shown(each: Column, typed: bool) -> exp.Expr:
    value: exp.Expr = column(each.name)
    if typed and each.kind == "points":
        return cast(times(cast(value, "DECIMAL(18, 0)"), _STEP.copy()), "DECIMAL(18, 4)")
    return call("make_timestamptz", value) if typed and each.kind == "timestamp" else value
