"""What benchmarks compare must be the same: the rules by hand give exactly the product's results."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoreline.benchmarks.contenders import BY_HAND, CONTENDERS, RULES, differences
from scoreline.benchmarks.data import Size, write
from scoreline.benchmarks.layout import AS_OF
from scoreline.engine.ruleset import load
from scoreline.engine.scoring import score
from scoreline.engine.writers import write_folder


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Tiny data in which every line fires for someone, and the product's results for them."""
    folder = tmp_path_factory.mktemp("benchmark")
    write(Size(events=20_000, contacts=1500, accounts=150), folder / "data")
    results = score(load(RULES), folder / "data", as_of=AS_OF)
    fired = {row["line"] for row in results.contributions if row["kind"] in ("line", "multiplier")}
    assert len(fired) == 41 + 17
    write_folder(results, folder / "product", "parquet", contributions=False, rejected=None, about={})
    return folder / "data", folder / "product"


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand_gives_the_same_results(name: str, scored: tuple[Path, Path], tmp_path: Path) -> None:
    data, product = scored
    CONTENDERS[name](data, tmp_path)
    assert differences(product, tmp_path) == {"leads": 0, "accounts": 0}


def test_a_difference_is_seen(scored: tuple[Path, Path], tmp_path: Path) -> None:
    import duckdb

    _, product = scored
    for name in ("leads", "accounts"):
        changed = "* REPLACE (CASE WHEN id LIKE '%7' THEN NULL ELSE stage END AS stage)"
        duckdb.sql(f"COPY (SELECT {changed} FROM '{product / name}.parquet') TO '{tmp_path / name}.parquet'")
    assert differences(product, tmp_path)["accounts"] > 0
