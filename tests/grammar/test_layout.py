"""Lines, blocks and comments: what stands inside what, and where a comment belongs."""

from __future__ import annotations

from textwrap import dedent

import pytest

from scoreline.grammar import nodes as n
from scoreline.grammar.parser import parse
from scoreline.grammar.printer import print_file
from scoreline.grammar.source import Source


def read(text: str) -> n.File:
    file, diagnostics = parse(Source("a.rules", dedent(text).lstrip("\n")))
    assert diagnostics == []
    return file


def printed(text: str) -> str:
    return print_file(read(text))


def test_comments_keep_their_places() -> None:
    text = """\
# about this file

# about the param
param n = 5  # behind it

score fit for lead:  # behind the head
    # about the decay
    halves every 30 days

    # about a line
    visited => +1  # behind a line
    when contact.opted_in:
        attended => +1
        # at the end of the inner block
    # at the end of the outer block

# at the end of the file
"""
    assert printed(text) == text


def test_a_comment_belongs_to_what_stands_below_it() -> None:
    file = read(
        """
        # one
        #two

        a => +1  # three
        """
    )
    statement = file.statements[0]
    assert isinstance(statement, n.LooseItem)
    assert (statement.item.before, statement.item.behind) == (("one", "two", n.BLANK), "three")


def test_a_comment_that_is_indented_belongs_to_the_block_above() -> None:
    file = read(
        """
        score fit for lead:
            a => +1
            # inside
        # below
        param n = 1
        """
    )
    score, param = file.statements
    assert isinstance(score, n.ScoreDef)
    assert (score.body.after, param.before) == (("inside",), ("below",))


def test_comments_inside_a_line_keep_their_places() -> None:
    text = """\
list roles = [  # who buys
    'a', 'b',  # first
    # and
    'c',
    # nobody else
]  # done

score fit for lead:
    student: contact.title mentions 'student'  # as they say themselves
        # universities
        or domain(contact.email) ends with '.edu'
        => -10  # the end
    when fit >= 10  # some
            or engaged >= 2:
        visited => +1
"""
    assert printed(text) == text


def test_a_comment_that_cannot_stay_moves_above() -> None:
    text = """
        a and (b or  # one
            c or  # two
            d) => +1  # three
        e =>
            # four
            +1
        """
    assert (
        printed(text)
        == """\
a
    # one
    and (b or c or d)  # two
    => +1              # three
e
    # four
    => +1
"""
    )


def test_several_blank_lines_are_one_and_blocks_stand_apart() -> None:
    text = """
        param a = 1



        param b = 1
        score fit for lead:

            x => +1
        param c = 1
        """
    assert printed(text) == "param a = 1\n\nparam b = 1\n\nscore fit for lead:\n    x => +1\n\nparam c = 1\n"


@pytest.mark.parametrize(
    "text",
    [
        "a and\n    b => +1",
        "a\n    and b => +1",
        "a\n    and b\n    => +1",
        "a and  # why\n    b => +1",
        "a and b =>\n    +1",
        "(a and\nb) => +1",
        "a and not\n    b => +1\n",
        "a and b\t=> +1\r\n",
        "\ufeffa and b => +1",
        "a and b => +1   # why",
    ],
)
def test_one_line_may_go_on_over_several(text: str) -> None:
    assert read(text) == read("a and b => +1") or read(text) == read("a and not b => +1")


def test_tabs_indent_as_well_as_blanks() -> None:
    tabs = "score fit for lead:\n\twhen a:\n\t\tb => +1\n\tc => +2\n"
    assert read(tabs) == read(tabs.replace("\t", "  "))
    assert print_file(read(tabs)) == tabs.replace("\t", "    ")


def test_a_line_called_and_is_a_line_of_its_own() -> None:
    text = "score fit for lead:\n    a => +1\n    `and`: b => +1\n"
    assert printed(text) == text


def test_a_long_line_parts_first_from_its_effect_and_then_between_its_conditions() -> None:
    some = " and ".join(f"contact.field_number_{number} == {number}" for number in range(3))
    text = f'score fit for lead:\n    long: {some} => +20 "A label, and nothing else"\n'
    effect = '        => +20 "A label, and nothing else"\n'
    assert printed(text) == f"score fit for lead:\n    long: {some}\n{effect}"
    more = f"{some} and {some}"
    rows = more.replace(" and ", "\n        and ")
    assert printed(text.replace(some, more)) == f"score fit for lead:\n    long: {rows}\n{effect}"


@pytest.mark.parametrize(
    "text",
    [
        "list roles = [\n" + f"    {', '.join(['x' * 20] * 4)},\n    {', '.join(['x' * 20] * 2)},\n]\n",
        "list roles = [\n    a, b,\n    c,\n]\n",
        "table weight = {\n    champion: 3,\n    user: 1,\n} default 0\n",
        f"signal activity = {' or '.join(['x' * 20] * 4)}\n    or {' or '.join(['x' * 20] * 2)}\n",
        f"signal met = talk\n    where {'x' * 50} >= 1\n    or {'y' * 50} >= 2\n",
        f"ignore contact where {'x' * 50} >= 1\n    or {'y' * 50} >= 2\n",
        f"measure m for lead = 2 * max(\n    {'x' * 50}, {'y' * 50},\n    {'z' * 50}\n) + 1\n",
        f"measure m for lead = sum({'x' * 50} of visited) >=\n    sum({'y' * 50} of visited)\n",
        f"stages for lead:\n    MQL: {'x' * 50} >= 1 and y >= 1\n        stays while {'z' * 50} >= 1\n",
        f"grade g for lead:\n    fit: {', '.join(['A >= 75'] * 12)},\n        {', '.join(['A >= 75'] * 2)}\n",
    ],
    ids=lambda text: text.split("\n")[0][:24],
)
def test_how_long_lines_are_parted(text: str) -> None:
    assert printed(text) == text


def test_lines_that_are_right_are_kept_beside_lines_that_are_wrong() -> None:
    text = dedent(
        """\
        param a =
        score fit for lead:
            visited => 20
            attended => +5
            first of
                fit = 1 => +5
                fit == 2 => +5
        stages for lead
            MQL fit
        param b = 2
        """
    )
    file, diagnostics = parse(Source("a.rules", text))
    assert [(found.code, found.span.line) for found in diagnostics] == [
        ("S102", 1), ("S115", 3), ("S107", 5), ("S103", 6), ("S107", 8), ("S101", 9),
    ]  # fmt: skip
    score, param = file.statements
    assert isinstance(score, n.ScoreDef) and isinstance(param, n.ParamDef)
    assert [type(item) for item in score.body.items] == [n.Line]


def test_a_bracket_that_is_not_closed_costs_one_line() -> None:
    text = "score fit for lead:\n    (a or b => +1\n    c => +2\n    d in ['x',\n    e => +3\n    f => +4\n"
    file, diagnostics = parse(Source("a.rules", text))
    assert [(found.code, found.span.line) for found in diagnostics] == [("S110", 2), ("S110", 4)]
    (score,) = file.statements
    assert isinstance(score, n.ScoreDef)
    assert len(score.body.items) == 3
