"""Tables of results turn into frames with the right types, missing values included."""

from __future__ import annotations

import datetime
import sys
from decimal import Decimal

import pytest

from scoreline.engine import frames, model
from scoreline.engine.results import Contribution, EntityResult
from scoreline.engine.schema import Schema

MODEL = model.Model(
    name="m",
    version="1",
    timezone="UTC",
    schema=Schema(),
    order=(
        model.Score("account", "readiness", ()),
        model.Measure("account", "engaged", model.Const(1.0, kind="number")),
        model.Measure("account", "hot", model.Const(True)),
        model.Measure("account", "since", model.Const(None, kind="date")),
        model.Measure("account", "moment", model.Const(None, kind="timestamp")),
        model.Grade("account", "rating", ()),
    ),
)
FULL = EntityResult(
    "account",
    "acme",
    None,
    {"readiness": 415000},
    {"engaged": 2.5, "hot": True, "since": datetime.date(2026, 3, 1), "moment": 1_500_000},
    {"rating": "A1"},
    "MQA",
    None,
)
EMPTY = EntityResult(
    "account",
    "zeta",
    None,
    {"readiness": -5},
    {"engaged": None, "hot": None, "since": None, "moment": None},
    {"rating": None},
    None,
    "competitor",
)
TABLE = frames.entity_table(MODEL, "account", [FULL, EMPTY])
MOMENT = datetime.datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=datetime.UTC)


def test_rows_are_dicts_of_plain_values() -> None:
    first, second = TABLE
    assert first == {
        "id": "acme",
        "readiness": 41.5,
        "engaged": 2.5,
        "hot": True,
        "since": datetime.date(2026, 3, 1),
        "moment": MOMENT,
        "rating": "A1",
        "stage": "MQA",
        "disqualified": None,
    }
    assert second["readiness"] == -0.0005 and second["moment"] is None


@pytest.mark.parametrize("rows", [[FULL, EMPTY], [EMPTY], []])
def test_arrow_types_do_not_depend_on_the_rows(rows: list[EntityResult]) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = frames.entity_table(MODEL, "account", rows).to_arrow()
    assert table.schema.field("readiness").type == arrow.decimal128(18, 4)
    assert table.schema.field("moment").type == arrow.timestamp("us", tz="UTC")
    assert table.schema.field("since").type == arrow.date32()
    assert table.num_rows == len(rows)


def test_arrow_points_are_exact() -> None:
    pytest.importorskip("pyarrow")
    assert TABLE.to_arrow()["readiness"].to_pylist() == [Decimal("41.5000"), Decimal("-0.0005")]


@pytest.mark.parametrize("rows", [[FULL, EMPTY], [EMPTY], []])
def test_polars_types_do_not_depend_on_the_rows(rows: list[EntityResult]) -> None:
    polars = pytest.importorskip("polars")
    frame = frames.entity_table(MODEL, "account", rows).to_polars()
    assert frame.schema["readiness"] == polars.Float64
    assert frame.schema["moment"] == polars.Datetime("us", "UTC")
    assert frame.schema["hot"] == polars.Boolean
    assert frame.height == len(rows)


def test_pandas_knows_missing_values() -> None:
    pytest.importorskip("pandas")
    frame = TABLE.to_pandas()
    assert frame["readiness"].tolist() == [41.5, -0.0005]
    assert str(frame["hot"].dtype) == "boolean"
    assert frame["engaged"].isna().tolist() == [False, True]
    assert frames.contribution_table([]).to_pandas().empty


def test_contributions_have_their_columns() -> None:
    entry = Contribution("lead", "ann", "engagement", "buyer", "line", 200000, 1, 0, 1_500_000)
    (row,) = frames.contribution_table([entry])
    assert (row["points"], row["events"], row["last"]) == (20.0, 1, MOMENT)


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(frames.MissingLibrary, match=r"scoreline\[frames\]"):
        TABLE.to_polars()
