"""Properties and fields may be called as the columns that plans make for themselves."""

from __future__ import annotations

import pytest

from scoreline.engine.checker.check import check
from scoreline.engine.data import Dataset
from scoreline.engine.instants import UTC_ZONE, parse_instant
from scoreline.engine.interpreter import interpret
from scoreline.engine.manifest import read_manifest
from scoreline.engine.model import Model
from scoreline.engine.plan.compile import Physical
from scoreline.engine.records import Contact, Event, Population
from scoreline.engine.runners import run
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

NAMES = (
    "kind",
    "slot",
    "bucket",
    "lane",
    "atom",
    "decay",
    "lead",
    "owner",
    "at",
    "n",
    "first",
    "key",
    "units",
    "tally",
)
NUMBERS = ("minutes", "hours", "days", "place", "value", "points", "total", "sum", "max")
AS_OF = parse_instant("2026-03-31T12:00:00Z", UTC_ZONE)
DAY = 86_400_000_000


def model_of() -> Model:
    texts = ", ".join(f"{name}: text" for name in NAMES)
    numbers = ", ".join(f"{name}: number" for name in NUMBERS)
    fields = ", ".join(f"{name}: text" for name in ("kind", "slot", "owner", "n", "lane"))
    manifest, _ = read_manifest(
        Source(
            "ruleset.yaml",
            "scoreline: 1\nname: named\nversion: 1.0.0\ntimezone: UTC\nfiles: []\nschema:\n"
            f"  contact: {{{fields}}}\n  account: {{target: bool}}\n  events:\n    talk: {{{texts}, {numbers}}}\n",
        ),
        "named",
    )
    assert manifest is not None
    lines = [f"talk(where {name} == 'x') within {day} days => +1" for day, name in enumerate(NAMES, 2)]
    lines += [f"each talk(where {name} >= 5) within {day} days => +2" for day, name in enumerate(NUMBERS, 2)]
    lines += [f"each talk(where {name} >= 5) => +3 halves every 2 days" for name in NUMBERS]
    lines += [f"each day with talk(where {name} == 'x') => +1 fades over 9 hours" for name in NAMES]
    lines += ["each kind of talk => +1", "contact.kind == 'x' and talk(where kind mentions 'x') => +1"]
    rules = "score s for lead:\n" + "".join(f"    l{number}: {line}\n" for number, line in enumerate(lines))
    file, findings = parse(Source("named.rules", rules))
    checked = check([file], manifest)
    assert checked.model is not None, [item.message for item in (*findings, *checked.findings)]
    return checked.model


def people() -> Population:
    events = [
        Event(
            id=f"e{number}",
            type="talk",
            at=AS_OF - number * DAY // 3,
            contact_id=f"c{number % 3}",
            account_id=None,
            properties={
                **{name: "X" if (number + place) % 2 else "y" for place, name in enumerate(NAMES)},
                **{name: float((number * 7 + place) % 11) for place, name in enumerate(NUMBERS)},
            },
        )
        for number in range(24)
    ]
    contacts = [Contact(id=f"c{number}", account_id=None, fields={"kind": "x", "lane": "y"}) for number in range(3)]
    return Population(accounts=(), contacts=tuple(contacts), events=tuple(events))


@pytest.mark.parametrize("physical", ["wide", "by kind"])
def test_any_name_may_be_used(physical: Physical) -> None:
    model, population = model_of(), people()
    assert AS_OF is not None
    data = Dataset.from_population(population, model.schema)
    with run(model, data, AS_OF, physical=physical) as made:
        assert made.outcome() == interpret(model, population, AS_OF, data.counts)
