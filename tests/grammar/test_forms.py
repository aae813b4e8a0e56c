"""Every form of the language is read, and its canonical text is read as the same.

`forms/*.rules` hold a line for each form of the reference; `readings.yaml` says what binds to what: each text
is read exactly as its other spelling, which has all brackets written out.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scoreline.grammar import nodes as n
from scoreline.grammar.parser import parse, parse_expression
from scoreline.grammar.printer import print_file
from scoreline.grammar.source import Source

HERE = Path(__file__).parent
FORMS = sorted((HERE / "forms").glob("*.rules"))
READINGS = yaml.load((HERE / "readings.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_form_is_read_and_printed_so_that_it_is_read_the_same(path: Path) -> None:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    file, diagnostics = parse(source)
    assert diagnostics == []
    text = print_file(file)
    again, diagnostics = parse(Source("printed", text))
    assert diagnostics == []
    assert again == file
    assert print_file(again) == text


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_each_line_of_the_forms_gives_one_node(path: Path) -> None:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    file, _ = parse(source)
    owners = (n.Statement, n.Item, n.Case, n.Axis, n.StageDef)
    started = {node.span.line for node in file.walk() if isinstance(node, owners)}
    inside_others = ("counting since", "halves", "fades", "'a',", "'b',", "]")
    written = {
        number
        for number, row in enumerate(source.lines, start=1)
        if row.strip() and not row.strip().startswith(("#", *inside_others))
    }
    assert started == written


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_what_a_node_underlines_reads_as_the_node(path: Path) -> None:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    file, _ = parse(source)
    spelled_otherwise = {id(node) for parent in file.walk() for node in _not_as_written(parent)}
    checked = 0
    for node in file.walk():
        assert node.span.path == path.name
        if isinstance(node, n.Expr) and id(node) not in spelled_otherwise:
            written = source.line(node.span.line)[node.span.column - 1 : node.span.end_column - 1]
            assert parse_expression(written) == (node, [])
            checked += 1
    assert checked > 15


def _not_as_written(parent: n.Node) -> list[n.Node]:
    """Nodes whose text alone means something else, or that have none of their own."""
    match parent:
        case n.Often() | n.Cooldown() | n.AtMost() | n.Duration():  # once, every day
            return [next(parent.children())]
        case n.DeriveDef():  # contact.role gives the field role
            return [parent.field]
        case n.TableEntry():  # bare words are texts
            return [*parent.walk()]
        case n.Each() | n.Points():  # how often belongs to the group; `-5 + fit` is a sum
            return [*parent.children()]
        case n.ListDef() | n.ParamDef() | n.In() | n.TextTest() | n.Aggregate():  # lists and ranges are no expressions
            return [child for child in parent.children() if isinstance(child, n.ListOf | n.RangeOf)]
        case n.ScoreDef():
            return [parent.range] if parent.range else []
    return []


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading["text"])
def test_what_binds_to_what(reading: dict[str, str]) -> None:
    if "=>" in reading["text"]:
        read = [parse(Source("a", reading[key])) for key in ("text", "means")]
        assert [found for _, found in read] == [[], []]
        assert read[0][0] == read[1][0]
    else:
        first, second = (parse_expression(reading[key]) for key in ("text", "means"))
        assert (first[1], second[1]) == ([], [])
        assert first[0] == second[0]


def test_nodes_of_a_line() -> None:
    file, _ = parse(Source("a", "buyer: visited('x') within 7 days at least once => -2 max 5 per day \"Buyer\""))
    (statement,) = file.statements
    assert isinstance(statement, n.LooseItem)
    seven = n.Duration(parse_expression("7")[0] or n.Always(), "day")
    visited = n.Call(n.Name(("visited",)), (n.Text("x"),))
    one, two, five = (parse_expression(str(number))[0] or n.Always() for number in (1, 2, 5))
    assert statement.item == n.Line(
        n.Selection(visited, (n.Within(seven),), None, n.Often("at least", one)),
        n.Points(two, "-"),
        (n.Bound("max", five, n.Name(("day",))),),
        "buyer",
        "Buyer",
    )


def test_a_name_and_a_call_without_pieces_are_no_selection() -> None:
    assert parse_expression("visited") == (n.Name(("visited",)), [])
    assert parse_expression("visited('x')") == (n.Call(n.Name(("visited",)), (n.Text("x"),)), [])
