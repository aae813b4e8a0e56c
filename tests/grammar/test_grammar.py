"""The grammar itself: what it leaves ambiguous is only what binds to the nearest selection, and every rule is built."""

from __future__ import annotations

import logging
import re
from importlib.resources import files

import pytest
from lark import Lark, logger

from scoreline.grammar.build_statements import Statements
from scoreline.grammar.expected import PHRASES, WORDS, expected
from scoreline.grammar.parser import _STARTS

GRAMMAR = files("scoreline.grammar").joinpath("rules.lark").read_text(encoding="utf-8")
PIECES = {"WITHIN", "BETWEEN", "MORE_THAN", "SINCE", "BEFORE", "CALENDAR", "TODAY", "EVER", "WITHOUT", "BY_SAME"}


def test_only_the_pieces_of_selections_are_resolved_by_nearness(caplog: pytest.LogCaptureFixture) -> None:
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG, logger=logger.name):
            Lark(GRAMMAR, parser="lalr", start=_STARTS, keep_all_tokens=True, debug=True)
    finally:
        logger.removeHandler(caplog.handler)
    conflicts = re.findall(r"Shift/Reduce conflict for terminal (\w+)", caplog.text)
    assert set(conflicts) == PIECES


def test_every_rule_has_its_builder() -> None:
    lark = Lark(GRAMMAR, parser="lalr", start=_STARTS, keep_all_tokens=True)
    inlined = ("_", "statement", "item", "expression")
    missing = {
        name
        for rule in lark.rules
        for name in [str(rule.alias or rule.origin.name)]
        if not name.startswith(inlined) and not hasattr(Statements, name) and not rule.options.expand1
    }
    assert missing == set()


def test_every_terminal_has_a_name_for_people() -> None:
    lark = Lark(GRAMMAR, parser="lalr", start=_STARTS)
    terminals = {terminal.name for terminal in lark.terminals if not terminal.name.startswith("__IGNORE")}
    assert terminals - set(WORDS) - set(PHRASES) == {"NEWEST_COUNT"} - set(PHRASES)
    assert {name for terminal in terminals for name in expected({terminal})} <= {
        *PHRASES.values(),
        *(f"`{word}`" for word in WORDS.values()),
    }
