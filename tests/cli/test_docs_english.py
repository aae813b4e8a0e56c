"""What a rule says in plain English."""

from __future__ import annotations

import pytest

from scoreline.engine.handbook import English, plain
from scoreline.engine.handbook.effects import decay
from scoreline.engine.handbook.names import Names
from scoreline.grammar import nodes as n
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

WORDS = """\
param most = 50
list kinds = ['a', 'b']
signal seen(name) = page_view where page like name
signal came = page_view
"""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("contact.role == 'cfo'", "the contact's role is “cfo”"),
        ("contact.age >= most", "the contact's age is at least 50 (most)"),
        ("contact.tools contains all ['a', 'b']", "the contact's tools contains all of “a” and “b”"),
        ("contact.tools contains kinds", "the contact's tools contains one of kinds"),
        ("contact.age in 1..5", "the contact's age is between 1 and 5"),
        ("contact.role is missing", "the contact's role is missing"),
        ("seen('pricing*') within 30 days", "seen “pricing*” within the last 30 days"),
        ("came within 1 year", "came within the last year"),
        ("came on at least 3 days", "came on at least 3 different days"),
        ("came at least 3 times in one session", "came at least 3 times in one visit"),
        ("not came within 7 days", "no came within the last 7 days"),
        ("came without seen('x') within 2 days", "came not followed by seen “x” within 2 days"),
        ("came(where page == 'x')", "came (where page is “x”)"),
        ("(came or contact.a == 1) and contact.b == 2", "(came or the contact's a is 1) and the contact's b is 2"),
        ("came and contact.a == 1 or contact.b == 2", "(came and the contact's a is 1) or the contact's b is 2"),
        ("contact.a - (contact.b - 1) > 0", "the contact's a − (the contact's b − 1) is more than 0"),
        ("2 * (contact.a + 1) > floor(contact.b / 3)",
         "2 × (the contact's a + 1) is more than (the contact's b ÷ 3, rounded down)"),
        ("count(came within 7 days) >= 2", "the number of came within the last 7 days is at least 2"),
        ("days since came <= 3", "the days since came is at most 3"),
    ],
)  # fmt: skip
def test_a_condition_in_words(written: str, said: str) -> None:
    file, findings = parse(Source("x.rules", f"{WORDS}\n{written} => +1\n"))
    assert not findings and file is not None
    *words, rule = file.statements
    assert isinstance(rule, n.LooseItem) and isinstance(rule.item, n.Line)
    assert plain(English(Names(words, {"most": 50.0})).condition(rule.item.head)) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("loses 25% every 30 days", "loses 25% every 30 days"),
        ("loses most% every 30 days compounding", "loses 50% (most) of what is left every 30 days"),
        ("loses most points every 7 days", "loses 50 points (most) every 7 days"),
        ("loses 1 point every 1 day", "loses 1 point every day"),
    ],
)
def test_how_points_go_down_in_words(written: str, said: str) -> None:
    file, findings = parse(Source("x.rules", f"{WORDS}\ncame => +1 {written}\n"))
    assert not findings and file is not None
    *words, rule = file.statements
    (loss,) = (node for node in rule.walk() if isinstance(node, n.Decay))
    assert plain(decay(loss, English(Names(words, {"most": 50.0})))) == said
