"""Folding is what DuckDB's `lower()` does, letter by letter."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from scoreline.engine.fold import fold

CONNECTION = duckdb.connect()


def test_every_code_point() -> None:
    letters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF]
    found = CONNECTION.execute("SELECT lower(letter) FROM (SELECT unnest(?) AS letter)", [letters]).fetchall()
    different = [(hex(ord(letter)), low) for letter, (low,) in zip(letters, found, strict=True) if fold(letter) != low]
    assert different == []


def test_special_letters() -> None:
    assert fold("Straße ΣΑΣ İI") == "straße σασ ii"


@given(st.text())
def test_length_stays(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
