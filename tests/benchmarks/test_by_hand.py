"""What benchmarks compare must be the same: rules by hand and generated ones give exactly the product's results."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoreline.benchmarks.by_hand import loop
from scoreline.benchmarks.contenders import BY_HAND, CONTENDERS, RULES, differences
from scoreline.benchmarks.data import Size, write
from scoreline.benchmarks.generated import differences as points_that_differ
from scoreline.benchmarks.generated import ruleset, textbook
from scoreline.benchmarks.layout import AS_OF
from scoreline.engine.frames import Results
from scoreline.engine.ruleset import load
from scoreline.engine.scoring import score
from scoreline.engine.writers import write_folder


def written(results: Results, folder: Path) -> Path:
    write_folder(results, folder, "parquet", contributions=False, rejected=None, about={})
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmark") / "data"
    write(Size(events=20_000, contacts=1500, accounts=150), folder)
    return folder


@pytest.fixture(scope="module")
def results(data: Path) -> Results:
    """The product's: every line fires for someone."""
    found = score(load(RULES), data, as_of=AS_OF)
    fired = {row["line"] for row in found.contributions if row["kind"] in ("line", "multiplier")}
    assert len(fired) == 41 + 17
    return found


@pytest.fixture(scope="module")
def product(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(results, tmp_path_factory.mktemp("product") / "out")


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand_gives_the_same_results(name: str, data: Path, product: Path, tmp_path: Path) -> None:
    CONTENDERS[name](data, tmp_path)
    assert differences(product, tmp_path) == {"leads": 0, "accounts": 0}


def test_a_difference_is_seen(product: Path, tmp_path: Path) -> None:
    import duckdb

    for name, column in (("leads", "engagement"), ("accounts", "readiness")):
        changed = f"* REPLACE (CASE WHEN id LIKE '%7' THEN {column} + 0.0001 ELSE {column} END AS {column})"
        duckdb.sql(f"COPY (SELECT {changed} FROM '{product / name}.parquet') TO '{tmp_path / name}.parquet'")
    assert differences(product, tmp_path) == {"leads": 150, "accounts": 15}


def test_a_python_loop_gives_the_same_scores(data: Path, results: Results) -> None:
    expected = {lead["id"]: (lead["fit"], lead["engagement"]) for lead in results.leads}
    found = {lead: (fit / 10_000, engagement / 10_000) for lead, (fit, engagement) in loop.score(data, AS_OF).items()}
    assert found == expected


def test_generated_rules_and_their_sql_say_the_same(data: Path, tmp_path: Path) -> None:
    rules = load(ruleset(60, tmp_path / "rules"))
    scored = score(rules, data, as_of=AS_OF, contributions=False)
    assert sum(lead["points"] > 0 for lead in scored.leads) > 1000
    ours = written(scored, tmp_path / "ours")
    textbook(60, data, tmp_path)
    assert points_that_differ(ours, tmp_path) == 0
