"""Contacts without an account find it by the domain of their e-mail address (decision 79)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import resources

import duckdb
from sqlglot import exp

from ..fold import fold
from ..records import Contact, Population
from ..schema import Schema
from .merging import rename
from .sql import both, column, is_known, is_null, rows, table

EMAIL, DOMAIN = "email", "domain"
MATCHED = (("contact", EMAIL), ("account", DOMAIN))
"""The field of contacts and the field of accounts that are compared."""


def lacking(schema: Schema) -> list[str]:
    """The fields that matching needs and a schema does not declare as texts."""
    wanted = {"contact.email": schema.contact.get(EMAIL), "account.domain": schema.account.get(DOMAIN)}
    return [name for name, declared in wanted.items() if declared is None or declared.kind != "text"]


@cache
def free_mail() -> frozenset[str]:
    """Domains at which anybody can have an address: they are nobody's. The list is the one that ships with `abm`."""
    path = resources.files(__package__.split(".")[0]) / "rulesets" / "abm" / "lists" / "free_mail.csv"
    _header, *found = csv.reader(path.read_text("utf-8").splitlines())
    return frozenset(fold(row[0].strip()) for row in found if row)


def domain_of(address: str) -> str | None:
    """What stands after the last `@`, in lower case; None for domains at which anybody can have an address.

    >>> domain_of("Ann@Acme.example"), domain_of("ann@gmail.com"), domain_of("ann")
    ('acme.example', None, None)
    """
    found = fold(address.rpartition("@")[2]).strip() if "@" in address else ""
    return found if found and found not in free_mail() else None


def owners(accounts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The account of each domain: the smaller id where several have it. `accounts` are pairs of id and domain."""
    found: dict[str, str] = {}
    for id_, domain in accounts:
        name = fold(domain).strip()
        if name and name not in free_mail():
            found[name] = min(id_, found.get(name, id_))
    return found


def matched(population: Population) -> Population:
    """The same matching for typed records: those of a scenario."""
    newest = sorted(population.accounts, key=lambda item: (item.id, item.valid_from is not None, item.valid_from or 0))
    domains = {item.id: item.fields.get(DOMAIN) for item in newest}
    by_domain = owners((id_, domain) for id_, domain in domains.items() if isinstance(domain, str))

    def account_of(contact: Contact) -> str | None:
        address = contact.fields.get(EMAIL)
        found = by_domain.get(domain_of(address) or "") if isinstance(address, str) else None
        return contact.account_id or found

    contacts = [replace(item, account_id=account_of(item)) for item in population.contacts]
    return replace(population, contacts=contacts)


def match_accounts(connection: duckdb.DuckDBPyConnection) -> None:
    """Give contacts without an account the one that has the domain of their address, in its newest version."""
    accounts = exp.select(column("id"), column(DOMAIN)).from_(table("accounts"))
    versions = accounts.order_by(column("id"), exp.Ordered(this=column("valid_from"), nulls_first=True))
    newest = {str(id_): domain for id_, domain in rows(connection, versions)}
    by_domain = owners((id_, str(domain)) for id_, domain in newest.items() if domain is not None)
    without = both(is_null(column("account_id")), is_known(column(EMAIL)))
    addresses = exp.select(column(EMAIL)).distinct().from_(table("contacts")).where(without)
    found = {str(address): by_domain.get(domain_of(str(address)) or "") for (address,) in rows(connection, addresses)}
    matched = {address: account for address, account in found.items() if account is not None}
    rename(connection, "contacts", "account_id", matched, by=EMAIL)
