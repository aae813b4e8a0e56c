"""Rules that grow without end, and rulesets that are merely large."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.checker import book
from scoreline.engine.suggest import nearest
from scoreline.grammar.diagnostics import Diagnostic

from .compiled import compiled

USE = "score fit for lead:\n    s{} => +1\n"


def doubling(levels: int) -> str:
    signals = [f"signal s{level + 1} = s{level} or s{level}" for level in range(levels)]
    return "\n".join(["signal s0 = page_view where page == 'a'", *signals, USE.format(levels)])


def arguments_doubling(levels: int) -> str:
    signals = [f"signal s{level + 1}(x) = s{level}(x + x)" for level in range(levels)]
    return "\n".join(["signal s0(x) = page_view where seconds > x", *signals, USE.format(f"{levels}(1)")])


def chain(levels: int) -> str:
    signals = [f"signal s{level + 1} = s{level}" for level in range(levels)]
    return "\n".join(["signal s0 = page_view", *signals, USE.format(levels)])


def circle(length: int) -> str:
    signals = [f"signal s{place} = s{(place + 1) % length}" for place in range(length)]
    return "\n".join([*signals, USE.format(0)])


def blocks(depth: int) -> str:
    heads = ["    " * (level + 1) + "when contact.age > 3:" for level in range(depth)]
    return "\n".join(["score fit for lead:", *heads, "    " * (depth + 1) + "always => +1"])


def errors(folder: Path, rules: str) -> list[Diagnostic]:
    return [item for item in compiled(folder, rules).findings if item.is_error]


@pytest.mark.parametrize(
    ("rules", "code", "message"),
    [
        (doubling(15), "G106", "`s9` is made of more than 1,000 signals and arguments"),
        (arguments_doubling(15), "G106", "`s9` is made of more than 1,000 signals and arguments"),
        (chain(100), "G106", "signals are made of signals more than 20 deep"),
        (circle(3), "G101", "signals need each other: s0 → s1 → s2 → s0"),
        (circle(1), "G101", "signals need each other: s0 → s0"),
        (blocks(60), "G106", "blocks stand more than 20 deep inside one another"),
    ],
    ids=["doubling", "arguments", "chain", "circle", "itself", "blocks"],
)
def test_what_grows_without_end_is_refused_once(rules: str, code: str, message: str, tmp_path: Path) -> None:
    assert [(item.code, item.message) for item in errors(tmp_path, rules)] == [(code, message)]


@pytest.mark.parametrize("rules", [doubling(8), arguments_doubling(8), chain(19), blocks(20)])
def test_what_ends_is_written_out(rules: str, tmp_path: Path) -> None:
    assert errors(tmp_path, rules) == []


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 95 + "contact.age > 3" + ")" * 95,
        "not " * 95 + "contact.subscribed",
        "round(" * 90 + "contact.age" + ")" * 90 + " > 3",
        " or ".join(f"visited('{number}')" for number in range(1000)),
        " and ".join(f"contact.age > {number}" for number in range(1000)),
    ],
    ids=["brackets", "not", "calls", "or", "and"],
)
def test_long_and_deep_conditions_are_read(condition: str, tmp_path: Path) -> None:
    assert errors(tmp_path, f"score fit for lead:\n    x: {condition} => +1\n") == []


def test_a_thousand_lines_take_a_moment(tmp_path: Path) -> None:
    lines = [
        f"    l{number}: visited('p{number}') at least {number % 5 + 1} times within {number % 90 + 1} days => +1"
        for number in range(1000)
    ]
    begin = time.process_time()
    assert errors(tmp_path, "\n".join(["score fit for lead:", *lines])) == []
    assert time.process_time() - begin < 10  # about one second


def test_a_near_name_is_looked_for_a_few_dozen_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for each of many mistakes."""
    lines = [f"    l{number}: contact.thing{number} > 3 => +1" for number in range(1000)]
    fields = "".join(f"thing_{number}: number, " for number in range(200))
    manifest = f"scoreline: 1\nname: a\nfiles: [rules.rules]\nschema:\n  contact: {{{fields}}}\n"
    looked = Counter[str]()

    def counted(name: str, known: Iterable[str], *more: Any) -> list[str]:
        looked[name] += 1
        return nearest(name, known, *more)

    monkeypatch.setattr(book, "nearest", counted)
    outcome = compiled(tmp_path, "\n".join(["score fit for lead:", *lines]), manifest=manifest)
    assert len([item for item in outcome.findings if item.code == "T102"]) == 1000
    assert 0 < looked.total() <= book.SUGGESTIONS
