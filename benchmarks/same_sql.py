"""What the product adds to its own SQL: the statements of a run, recorded once, are sent again by a bare script.

    python -m benchmarks.same_sql record DATA OUT SCRIPT
    python -m benchmarks.same_sql send SCRIPT

The script is a list of statements with their values: it reads the same files, makes the same tables, and writes the
same results.
"""

from __future__ import annotations

import json
import sys
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


def send(script: Path) -> None:
    """The same statements, and nothing else."""
    import duckdb

    connection = duckdb.connect()
    for statement, *values in json.loads(script.read_text(encoding="utf-8")):
        connection.execute(statement, *values).fetchall()


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(*map(Path, sys.argv[2:5]))
    else:
        send(Path(sys.argv[2]))
