"""What stands after the last `@`: the SQL and the reference say the same of every short text."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest
from sqlglot import exp

from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.interpreter.texts import domain as reference
from scoreline.engine.records import Contact, Population
from scoreline.engine.runners import run
from scoreline.engine.sql.texts import domain

from .building import NOON
from .compiled import model_of

ENDS = ["a@b\u2003", "a@\u2003b", "a@é", "é@xé", "a@b\n", "a@b\nc", "a@\x1fb", "a@~", "a@!", "a@\x7f", "x@y.example"]


def test_domains_of_short_texts() -> None:
    texts = ["".join(letters) for length in range(6) for letters in product("@a \n", repeat=length)] + ENDS
    found = exp.select(domain(exp.column("it"))).from_("texts").sql(dialect="duckdb")
    connection = duckdb.connect()
    connection.execute("CREATE TABLE texts AS SELECT unnest(?) AS it", [texts])
    values = [value and value.lower() for (value,) in connection.execute(found).fetchall()]
    assert dict(zip(texts, values, strict=True)) == {text: reference(text) for text in texts}


MANY = ", ".join(f"'{number}.example'" for number in range(9))


@pytest.mark.parametrize(
    "test",
    ["== 'Free.example'", "!= 'free.example'", "in ['free.example', 'x.example']", f"in ['free.example', {MANY}]"],
)
def test_domains_that_are_sought(test: str) -> None:
    mails = ["a@free.example", "A@FREE.example \n", "free.example", "a@free.example@b", "a@b.free.example", "", None]
    contacts = [Contact(id=f"c{number}", fields={"role": mail}) for number, mail in enumerate(mails)]
    people = Population((), contacts, ())
    found = model_of(f"free: domain(contact.role) {test} => +1\nother: not domain(contact.role) {test} => +2\n")
    with run(found, Dataset.from_population(people, found.schema), NOON) as made:
        assert made.outcome() == interpret(found, people, NOON)
