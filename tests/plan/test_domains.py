"""What stands after the last `@`: the SQL and the reference say the same of every short text."""

from __future__ import annotations

from itertools import product

import duckdb
from sqlglot import exp

from scoreline.engine.interpreter.texts import domain as reference
from scoreline.engine.sql.texts import domain

ENDS = ["a@b\u2003", "a@\u2003b", "a@é", "é@xé", "a@b\n", "a@b\nc", "a@\x1fb", "a@~", "a@!", "a@\x7f", "x@y.example"]


def test_domains_of_short_texts() -> None:
    texts = ["".join(letters) for length in range(6) for letters in product("@a \n", repeat=length)] + ENDS
    found = exp.select(domain(exp.column("it"))).from_("texts").sql(dialect="duckdb")
    connection = duckdb.connect()
    connection.execute("CREATE TABLE texts AS SELECT unnest(?) AS it", [texts])
    values = [value and value.lower() for (value,) in connection.execute(found).fetchall()]
    assert dict(zip(texts, values, strict=True)) == {text: reference(text) for text in texts}
