"""One contender scores one data folder: a process to be timed. The product, and the same rules by hand.

    python -m benchmarks.contenders scoreline|new files|textbook|expert|polars DATA OUT

writes leads.parquet and accounts.parquet, ordered by id, and says the seconds from data to files.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .layout import AS_OF, AS_OF_DAY, COLUMNS
from .timing import Clock

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).parent
RULES = HERE / "rules"
NONE = "CAST(NULL AS VARCHAR) AS"
SHOWN = {
    "lead_results": (
        "leads",
        "id, account_id, points(fit) AS fit, points(engagement) AS engagement, rating, "
        f"{NONE} stage, {NONE} disqualified",
    ),
    "account_results": (
        "accounts",
        "id, points(interest) AS interest, points(readiness) AS readiness, engaged, committee, stage, "
        f"{NONE} disqualified",
    ),
}
POINTS = "CREATE MACRO points(units) AS CAST(units / 10000 AS DECIMAL(18, 4))"


def run_again(rules: Path, data: Path, out: Path, new_files: bool = False) -> Clock:
    """`scoreline run`, the second time in one process: without the time for imports. The first is on tiny data.

    `new_files`: as if it met the files for the first time; else what it has found in them before may be kept.
    """
    from scoreline.cli.main import main

    from .data import make

    def once(folder: Path, target: Path) -> None:
        sys.argv = ["scoreline", *arguments(rules, folder, target)]
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise

    with tempfile.TemporaryDirectory() as scratch:
        once(make("XS", Path(scratch)), Path(scratch) / "out")
    if new_files:
        forget_answers()
    clock = Clock()
    once(data, out)
    return clock


def forget_answers() -> None:
    """Let the product forget what it has found in files."""
    from scoreline.engine.unchanged import ANSWERS
    from scoreline.grammar.own_folder import own_folder

    folder = own_folder(ANSWERS.name)
    for kept in () if folder is None else folder.iterdir():
        kept.unlink(missing_ok=True)


def arguments(rules: Path, data: Path, out: Path) -> list[str]:
    """The arguments of the command that writes the results of rules for data."""
    words = ["run", str(rules), "--data", str(data), "--as-of", AS_OF_DAY]
    return [*words, "--out", str(out), "--format", "parquet"]


def in_duckdb(script: str, data: Path, out: Path) -> Clock:
    """A SQL script over views of the data."""
    import duckdb  # noqa: F401 (loading it is not the work)

    clock = Clock()
    connection = opened(data)
    connection.execute((HERE / "by_hand" / f"{script}.sql").read_text(encoding="utf-8"))
    connection.execute(POINTS)
    for made, (name, columns) in SHOWN.items():
        connection.execute(f"COPY (SELECT {columns} FROM {made} ORDER BY id) TO '{out / name}.parquet'")
    return clock


def opened(data: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with views of the data, and the instant as `as_of()`."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"CREATE MACRO as_of() AS CAST({AS_OF} AS BIGINT)")
    for kind, columns in COLUMNS.items():
        connection.execute(f"CREATE VIEW {kind} AS {table(data, kind, columns)}")
    return connection


def table(data: Path, kind: str, columns: dict[str, str]) -> str:
    """The query that reads a file of the data: Parquet, or NDJSON with its columns named."""
    if (data / f"{kind}.parquet").exists():
        return f"FROM read_parquet('{data / kind}.parquet')"
    named = ", ".join(f"{name}: '{of}'" for name, of in columns.items())
    return f"FROM read_json('{data / kind}.ndjson', format = 'newline_delimited', columns = {{{named}}})"


def in_polars(data: Path, out: Path) -> Clock:
    """The expert's Polars, from Parquet or NDJSON."""
    import polars as pl

    from .by_hand.polars_expert import score

    clock = Clock()
    types = {"VARCHAR": pl.String, "DOUBLE": pl.Float64, "BOOLEAN": pl.Boolean, "TIMESTAMPTZ": pl.String}

    def frame(kind: str) -> pl.LazyFrame:
        if (data / f"{kind}.parquet").exists():
            return pl.scan_parquet(data / f"{kind}.parquet")
        read = pl.scan_ndjson(data / f"{kind}.ndjson", schema={name: types[of] for name, of in COLUMNS[kind].items()})
        return read.with_columns(pl.col("timestamp").str.to_datetime(time_zone="UTC")) if kind == "events" else read

    leads, accounts = score(frame("contacts"), frame("accounts"), frame("events"), AS_OF)
    none = pl.lit(None, pl.String)

    def points(name: str) -> pl.Expr:
        return (pl.col(name) / 10_000).cast(pl.Decimal(18, 4))

    leads.sort("id").select(
        "id", "account_id", points("fit"), points("engagement"), "rating", stage=none, disqualified=none
    ).write_parquet(out / "leads.parquet")
    accounts.sort("id").select(
        "id", points("interest"), points("readiness"), "engaged", "committee", "stage", disqualified=none
    ).write_parquet(out / "accounts.parquet")
    return clock


CONTENDERS: dict[str, Callable[[Path, Path], Clock]] = {
    "scoreline": partial(run_again, RULES),
    "new files": partial(run_again, RULES, new_files=True),
    "textbook": partial(in_duckdb, "textbook"),
    "expert": partial(in_duckdb, "expert"),
    "polars": in_polars,
}
BY_HAND = ("textbook", "expert", "polars")


def differences(one: Path, other: Path) -> dict[str, int]:
    """How many leads and accounts have different results in two folders; every column counts."""
    import duckdb

    def apart(name: str) -> int:
        a, b = (f"SELECT * FROM '{folder / name}.parquet'" for folder in (one, other))
        query = f"SELECT count(DISTINCT id) FROM (({a} EXCEPT ALL {b}) UNION ALL ({b} EXCEPT ALL {a}))"
        found = duckdb.connect().execute(query).fetchall()
        return int(found[0][0])

    return {name: apart(name) for name in ("leads", "accounts")}


if __name__ == "__main__":
    name, data, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    CONTENDERS[name](data, out).say()
