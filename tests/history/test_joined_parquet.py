"""Parquet files that are put one behind the other are one file, to whoever reads it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import duckdb
import polars
import pyarrow.parquet
import pytest

from scoreline.engine.joined_parquet import JoinedParquet
from scoreline.engine.thrift import read, written

ROWS = """
SELECT make_timestamptz(n * 1000) AS "at", if(n % 3 = 0, NULL, 'c' || n) AS id, (n * 1.5)::DECIMAL(18, 4) AS score,
    if(n % 2 = 0, NULL, [n, n + 1]) AS several, n % 5 = 0 AS is_out, n / 7 AS share
FROM range({first}, {last}) AS numbers(n)
"""


def parts(path: Path, bounds: list[int]) -> Path:
    with duckdb.connect() as connection, JoinedParquet(path) as joined:
        for first, last in pairwise(bounds):
            with joined.part() as part:
                rows = ROWS.format(first=first, last=last)
                connection.execute(f"COPY ({rows}) TO '{part}' (FORMAT PARQUET, ROW_GROUP_SIZE 5000)")
    assert list(path.parent.iterdir()) == [path]
    return path


@pytest.mark.parametrize("bounds", [[0, 10], [0, 0], [0, 9, 9, 20_000, 20_001], [3, 3, 4]])
def test_all_rows_are_there_in_their_order(tmp_path: Path, bounds: list[int]) -> None:
    path = parts(tmp_path / "joined.parquet", bounds)
    with duckdb.connect() as connection:
        expected = connection.sql(ROWS.format(first=bounds[0], last=bounds[-1])).to_arrow_table()
        found = connection.sql(f"SELECT * FROM '{path}'").to_arrow_table()
    assert found.equals(expected)
    assert pyarrow.parquet.read_table(path).to_pylist() == expected.to_pylist()
    assert polars.read_parquet(path).rows() == polars.DataFrame(expected).rows()


def test_what_is_known_of_row_groups_is_still_true(tmp_path: Path) -> None:
    """Readers leave out row groups by it."""
    path = parts(tmp_path / "joined.parquet", [0, 12_000, 30_000])
    about = pyarrow.parquet.ParquetFile(path).metadata
    assert about.num_rows == 30_000
    firsts = [about.row_group(number).column(2).statistics.min for number in range(about.num_row_groups)]
    assert firsts == sorted(firsts) and len(firsts) > 4
    for number in (20_001, 11_999, 12_000):
        asked = polars.scan_parquet(path).filter(polars.col("id") == f"c{number}")
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT count(*) FROM '{path}' WHERE id = 'c{number}'").fetchall()
        assert found == [(asked.collect().height,)] == [(0 if number % 3 == 0 else 1,)]


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with (
        duckdb.connect() as connection,
        pytest.raises(ValueError, match="other columns"),
        JoinedParquet(tmp_path / "joined.parquet") as joined,
    ):
        for rows in ("SELECT 1 AS a", "SELECT 'x' AS a"):
            with joined.part() as part:
                connection.execute(f"COPY ({rows}) TO '{part}' (FORMAT PARQUET)")


def test_a_footer_that_is_read_is_written_as_it_was(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        path = tmp_path / "one.parquet"
        connection.execute(f"COPY ({ROWS.format(first=0, last=9)}) TO '{path}' (FORMAT PARQUET)")
    data = path.read_bytes()
    footer = data[-8 - int.from_bytes(data[-8:-4], "little") : -8]
    assert written(read(footer)) == footer
