"""Records that live on under another id, and contacts that find their account by their address (decision 79)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.data import read
from scoreline.engine.data.matching import free_mail, owners
from scoreline.engine.data.merging import followed
from scoreline.engine.schema import Schema

from .folders import NUMBER, TEXT, folder, sources, visit

SCHEMA = Schema({"email": TEXT, "fit": NUMBER}, {"domain": TEXT}, {"visit": {"page": TEXT}})


def people(dataset: Any) -> list[tuple[str, str | None]]:
    return [(item.id, item.account_id) for item in dataset.population().contacts]


def contact(id_: str, into: str | None = None, **more: object) -> dict[str, object]:
    return {"id": id_, **({"merged_into": into} if into else {}), **more}


# --- merged_into --------------------------------------------------------------------


def test_chains_are_followed_to_their_end() -> None:
    contacts = [contact("a", "b", fit=1, account_id="x"), contact("b", "c", fit=2), contact("c", account_id="y")]
    accounts = [contact("y", "z"), contact("z", domain="z.example")]
    events = [visit(1, contact_id="a"), visit(2, contact_id="b", account_id="y"), visit(3, contact_id="c")]
    found = read({"accounts": accounts, "contacts": contacts, "events": events}, SCHEMA)
    population = found.population()
    assert [(item.id, item.account_id, item.fields) for item in population.contacts] == [("c", "z", {})]
    assert [(item.id, item.contact_id, item.account_id) for item in population.events] == [
        ("1", "c", None),
        ("2", "c", "z"),
        ("3", "c", None),
    ]
    assert [item.id for item in population.accounts] == ["z"]
    assert found.findings == []


def test_a_successor_without_a_record_exists() -> None:
    found = read({"contacts": [contact("a", "b")], "events": [visit(1, contact_id="a")]}, SCHEMA).population()
    assert [item.contact_id for item in found.events] == ["b"] and found.contacts == []


def test_every_version_of_a_merged_record_goes() -> None:
    """The newest version says where."""
    contacts = [
        contact("a", "x", valid_from="2026-01-01"),
        contact("a", "b", valid_from="2026-02-01"),
        contact("a", fit=3),
        contact("b", fit=4),
    ]
    found = read({"contacts": contacts, "events": [visit(1, contact_id="a")]}, SCHEMA).population()
    assert [(item.id, item.fields) for item in found.contacts] == [("b", {"fit": 4})]
    assert found.events[0].contact_id == "b"


def test_circles_are_rejected(tmp_path: Path) -> None:
    text = "id,merged_into\n" + "".join(f"c{number},\n" for number in range(97)) + "a,b\nb,a\nc,a\n"
    data = folder(
        tmp_path, {"contacts.csv": text, "events.csv": "id,type,timestamp,contact_id\n1,visit,2026-01-01,a\n"}
    )
    found = read(data, SCHEMA)
    assert [(item.file, item.line, item.reason) for item in found.rejects] == [
        ("contacts.csv", 99, "`merged_into` leads round in a circle"),
        ("contacts.csv", 100, "`merged_into` leads round in a circle"),
        ("contacts.csv", 101, "`merged_into` leads round in a circle"),
    ]
    assert {item.id for item in found.population().contacts}.isdisjoint("abc")
    assert found.population().events[0].contact_id == "a"


def test_a_long_chain_takes_no_recursion() -> None:
    chain = {str(number): str(number + 1) for number in range(50_000)}
    assert set(followed(chain).successors.values()) == {"50000"}


def test_a_source_says_where_the_successor_stands(tmp_path: Path) -> None:
    data = folder(tmp_path, {"contacts.csv": "id,master\na,b\nb,\n", "events.json": "[]"})
    found = read(data, SCHEMA, sources("contacts: {files: contacts.csv, merged_into: master}"))
    assert people(found) == [("b", None)]


def test_whole_numbers_are_ids() -> None:
    contacts: list[dict[str, object]] = [{"id": 1, "merged_into": 2}, {"id": 2}, {"id": 3, "merged_into": ""}]
    assert people(read({"contacts": contacts, "events": [visit(1)]}, SCHEMA)) == [("2", None), ("3", None)]


# --- match_accounts -----------------------------------------------------------------

ACCOUNTS = [
    {"id": "z", "domain": "Acme.example"},
    {"id": "b", "domain": "acme.example "},
    {"id": "g", "domain": "gmail.com"},
    {"id": "old", "domain": "gone.example", "valid_from": "2026-01-01"},
    {"id": "old", "domain": "here.example", "valid_from": "2026-02-01"},
]


@pytest.mark.parametrize(
    ("email", "account"),
    [
        ("ann@acme.example", "b"),
        ("ANN@ACME.EXAMPLE", "b"),
        ("ann@mail.acme.example", None),
        ("ann@gmail.com", None),
        ("ann@gone.example", None),
        ("ann@here.example", "old"),
        ("acme.example", None),
        (None, None),
    ],
)
def test_contacts_without_an_account_are_matched(email: str | None, account: str | None) -> None:
    """Exactly, in lower case, the smaller id where two have the domain, never by a free-mail domain."""
    data = {"accounts": ACCOUNTS, "contacts": [contact("ann", email=email)], "events": [visit(1)]}
    assert people(read(data, SCHEMA, match_by_domain=True)) == [("ann", account)]
    assert people(read(data, SCHEMA)) == [("ann", None)]


def test_an_account_that_is_given_stays_and_merged_ids_come_first() -> None:
    contacts = [
        contact("ann", account_id="own", email="ann@acme.example"),
        contact("bob", email="bob@two.example"),
    ]
    accounts = [*ACCOUNTS, contact("m", "n", domain="two.example"), contact("n", domain="three.example")]
    found = read({"accounts": accounts, "contacts": contacts, "events": [visit(1)]}, SCHEMA, match_by_domain=True)
    assert people(found) == [("ann", "own"), ("bob", None)]


def test_the_list_of_free_mail() -> None:
    assert {"gmail.com", "gmx.de", "outlook.com", "yahoo.com"} < free_mail()
    assert owners([("1", "gmail.com"), ("2", " ")]) == {}
