"""What the product adds to its own SQL: the statements of a run, recorded once, are sent again by a bare script.

    python -m benchmarks.same_sql record DATA OUT SCRIPT
    python -m benchmarks.same_sql doubles SCRIPT INTO
    python -m benchmarks.same_sql send SCRIPT

The script is a list of statements with their values: it reads the same files, makes the same tables, and writes the
same results. `doubles` writes another one, whose sums of points are no whole numbers but DOUBLE.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def record(data: Path, out: Path, script: Path) -> None:
    """Run the product, and write down what it asks of DuckDB."""
    import duckdb

    from scoreline.cli.main import main

    from .contenders import RULES, arguments

    connection = duckdb.DuckDBPyConnection
    sent: list[tuple[str, Any]] = []

    def noting(name: str) -> None:
        original = getattr(connection, name)

        def noted(self: Any, statement: str, *values: Any) -> Any:
            sent.append((statement if name == "execute" else copied(statement, out, sent), *values[:1]))
            return original(self, statement, *values)

        setattr(connection, name, noted)

    for name in ("execute", "sql"):
        noting(name)
    sys.argv = ["scoreline", *arguments(RULES, data, out)]
    try:
        main()
    finally:
        script.write_text(json.dumps(sent), encoding="utf-8")


def copied(query: str, out: Path, before: list[Any]) -> str:
    """Results are relations that the product writes to files."""
    number = sum(statement.startswith("COPY") for statement, *_ in before)
    return f"COPY ({query}) TO '{out / f'bare-{number}.parquet'}' (FORMAT PARQUET)"


def doubles(script: Path, into: Path) -> None:
    """The same statements with sums that are not exact. Raises ValueError if none of them has a sum of points."""
    sent = json.loads(script.read_text(encoding="utf-8"))
    changed = [(in_doubles(statement), *values) for statement, *values in sent]
    if [statement for statement, *_ in changed] == [statement for statement, *_ in sent]:
        raise ValueError("no statement has a sum of points")
    into.write_text(json.dumps(changed), encoding="utf-8")


def in_doubles(statement: str) -> str:
    """A statement whose whole sums are sums in DOUBLE.

    >>> in_doubles('CREATE TEMP TABLE "t" AS SELECT CAST(SUM("e"."units") AS BIGINT) AS "n" FROM "e"')
    'CREATE TEMPORARY TABLE "t" AS SELECT SUM(CAST("e"."units" AS DOUBLE)) AS "n" FROM "e"'
    """
    if "CAST(SUM(" not in statement:
        return statement
    import sqlglot  # the bare script is timed without it
    from sqlglot import exp

    def change(node: Any) -> Any:
        if isinstance(node, exp.Cast) and isinstance(node.this, exp.Sum) and node.to.is_type("bigint"):
            return exp.Sum(this=exp.cast(node.this.this, "double"))
        return node

    return str(sqlglot.parse_one(statement, dialect="duckdb").transform(change).sql(dialect="duckdb"))


def send(script: Path) -> None:
    """The same statements, and nothing else."""
    import duckdb

    connection = duckdb.connect()
    for statement, *values in json.loads(script.read_text(encoding="utf-8")):
        connection.execute(statement, *values).fetchall()


if __name__ == "__main__":
    does: dict[str, Callable[..., None]] = {"record": record, "doubles": doubles, "send": send}
    does[sys.argv[1]](*map(Path, sys.argv[2:]))
