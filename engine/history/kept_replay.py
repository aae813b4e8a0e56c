"""A replay of everybody that is kept: what all others have at some instants is worked out once, whoever asks.

It hangs on the rules, on the files of the data and on the instants, and on nothing else. So an entry belongs to these;
it counts as long as the files are as they were (see `unchanged`). Its tables are kept as Parquet, and of an id nothing
but a number that is made of it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ...grammar.late_methods import dataclass
from ..model import Model
from ..plan.past import REMEMBERED
from ..recall import is_switched_off
from ..shelf import Shelf
from ..surroundings import Surroundings
from ..unchanged import Unchanged
from .replayed import Replayed, Results, histories

if TYPE_CHECKING:
    from ..plan.compile import Titles

KEPT = Shelf("everybody")

_WITHOUT_IDS = "SELECT * REPLACE (md5(id) AS id) FROM {name}"
_NAMED = "CREATE TABLE named AS SELECT id, md5(id) AS made FROM (SELECT unnest(?::VARCHAR[]) AS id)"
_WITH_IDS = """
CREATE TABLE {name} AS
SELECT kept.* REPLACE (coalesce(named.id, kept.id) AS id) FROM read_parquet(?) AS kept LEFT JOIN named ON made = kept.id
"""


@contextmanager
def replay_everybody(
    model: Model,
    data: Surroundings,
    instants: Sequence[int],
    only: Titles | None,
    named: Collection[str],
    days: bool = False,
    known_at: int | None = None,
) -> Iterator[Replayed]:
    """As `replay` of all data, with the tables of what was so on the days before where `days`; with `known_at` as if
    nothing more happened after that instant. Who is not one of the `named` may have another id. Raises PlanError."""
    kept = _Kept.of(model, data.unchanged, instants, only, days, known_at)
    found = None if kept is None else kept.get(named)
    with ExitStack() as stack:
        if found is None:
            from .part import known  # what was worked out before needs no planner
            from .replaying import replay

            everything = stack.enter_context(known(data.whole(), known_at))
            found = replay(model, everything, instants, only=only)
            if kept is not None:
                kept.put(found, days)
        yield stack.enter_context(found)


def is_kept(
    model: Model, data: Surroundings, instants: Sequence[int], only: Titles | None, known_at: int | None = None
) -> bool:
    """Whether such a replay was kept, so that it takes no time; never of one with the days before."""
    kept = _Kept.of(model, data.unchanged, instants, only, False, known_at)
    return kept is not None and KEPT.get(kept.key) is not None


@dataclass(frozen=True)
class _Kept:
    """The entry of a replay, whether there is one or not."""

    key: str
    unchanged: Unchanged
    model: Model
    instants: tuple[int, ...]

    @staticmethod
    def of(
        model: Model,
        unchanged: Unchanged | None,
        instants: Sequence[int],
        only: Titles | None,
        days: bool,
        known_at: int | None,
    ) -> _Kept | None:
        """None where nothing is kept."""
        if unchanged is None or is_switched_off():
            return None
        titles = None if only is None else sorted((level, sorted(names)) for level, names in only.items())
        rules = (model.fingerprint, model.timezone, model.history_from)
        key = unchanged.key(*rules, titles, tuple(instants), days, known_at)
        return _Kept(key, unchanged, model, tuple(instants))

    def get(self, named: Collection[str]) -> Replayed | None:
        """What was kept, in an engine of its own, with the ids of these."""
        return KEPT.recall(self.key, partial(self._replayed, named))

    def _replayed(self, named: Collection[str], tree: Any) -> Replayed:
        results, tables = tree
        connection = duckdb.connect()
        connection.execute(_NAMED, [list(named)])
        with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
            for number, (name, content) in enumerate(tables.items()):
                path = Path(folder) / f"{number}.parquet"
                path.write_bytes(content)
                connection.execute(_WITH_IDS.format(name=name), [str(path)])
        return Replayed(self.model, self.instants, connection, results, False)

    def put(self, found: Replayed, days: bool) -> None:
        """Keep it, if the files have not changed."""
        if not self.unchanged.are_still():
            return
        names = [*histories(found.results, False), *(REMEMBERED.values() if days else ())]
        with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
            path = Path(folder) / "table.parquet"
            tables: dict[str, bytes] = {}
            for name in names:
                found.connection.sql(_WITHOUT_IDS.format(name=name)).write_parquet(str(path), compression="zstd")
                tables[name] = path.read_bytes()
        results: Results = dict(found.results)
        KEPT.keep(self.key, (results, tables))
