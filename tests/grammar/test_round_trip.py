"""What is printed parses back to the same nodes, and printed again it is the same text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from scoreline.grammar import nodes as n
from scoreline.grammar.formatting import comments_of
from scoreline.grammar.parser import parse, parse_expression
from scoreline.grammar.printer import print_file, to_text
from scoreline.grammar.source import Source

from . import strategies as some

relaxed = settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@relaxed
@given(some.files())
def test_what_is_printed_parses_to_the_same_file(file: n.File) -> None:
    text = print_file(file)
    again, diagnostics = parse(Source("printed.rules", text))
    assert diagnostics == []
    assert again == file
    assert comments_of(again) == comments_of(file)
    assert print_file(again) == text


@relaxed
@given(some.expressions())
def test_an_expression_on_one_line_parses_to_the_same_node(expression: n.Expr) -> None:
    text = to_text(expression)
    assert parse_expression(text) == (expression, [])
    assert "\n" not in text


@pytest.mark.soak
def test_what_is_printed_parses_for_long() -> None:
    many = settings(relaxed, max_examples=3000)
    many(given(some.files())(test_what_is_printed_parses_to_the_same_file.hypothesis.inner_test))()
    many(given(some.expressions())(test_an_expression_on_one_line_parses_to_the_same_node.hypothesis.inner_test))()
