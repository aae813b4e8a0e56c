"""Scores in words: each line with its points, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...grammar import nodes as n
from .comments import explanation
from .document import Entry, Section
from .effects import bound, consequence, decay, limits, occasion, worth
from .english import English
from .names import Names
from .terms import Words, anchor, listed, sentence, words

LOOSE = "points"


def score(item: n.ScoreDef, names: Names) -> Section:
    """A score with its lines."""
    say = English(names, item.level)
    return Section(
        title=f"{item.name}, of {item.level}s",
        anchor=anchor("score", item.level, item.name),
        intro=tuple(_intro(item, say)),
        entries=tuple(entries(item.body, say, item.name)),
        depth=1,
    )


def loose(items: list[n.LooseItem], names: Names) -> Section:
    """The lines that stand outside any score."""
    say = English(names)
    found = tuple(entry for item in items for entry in _item(item.item, say, LOOSE, False))
    return Section(f"{LOOSE}, of leads", anchor("score", "lead", LOOSE), entries=found, depth=1)


def _intro(item: n.ScoreDef, say: English) -> Iterator[Words]:
    if note := explanation(item, above=True):
        yield (note,)
    if item.range is not None:
        yield sentence(words("its points add up to a number ", _ends(item.range, say)))
    if item.bounds:
        yield sentence(listed([bound(each, say) for each in item.bounds], last=" and "))
    yield from _defaults(item.body, say)


def _ends(node: n.RangeOf, say: English) -> Words:
    if node.low is not None and node.high is not None:
        return words("from ", say.value(node.low), " to ", say.value(node.high))
    return words("of ", say.range(node))


def _defaults(body: n.Body, say: English) -> Iterator[Words]:
    """What holds for all lines of a block."""
    if body.decay is not None:
        yield sentence(words("unless a line says otherwise, each of them ", decay(body.decay, say)))
    if body.counting_since is not None:
        yield sentence(words("only what came after the newest of these counts: ", say.value(body.counting_since)))


def entries(body: n.Body, say: English, score_name: str, is_in_group: bool = False) -> Iterator[Entry]:
    """The lines and blocks of a body."""
    for item in body.items:
        yield from _item(item, say, score_name, is_in_group)


def _item(item: n.Item, say: English, owner: str, is_in_group: bool) -> Iterator[Entry]:
    match item:
        case n.Line() | n.Otherwise():
            yield line(item, say, owner, is_in_group)
        case n.Group(name=name, bounds=bounds):
            limit = listed([bound(each, say) for each in bounds], last=" and ")
            said = sentence(words("together ", limit) if limit else ("counted together",))
            yield _block(item, item.body, say, owner, said, title="Group", id=name, in_group=True)
        case n.FirstOf(body=body):
            said = ("Only the first of these that fits counts:",)
            yield _block(item, body, say, owner, said, in_group=is_in_group)
        case n.BestOf(body=body):
            said = ("Only the one of these that gives the most counts:",)
            yield _block(item, body, say, owner, said, in_group=is_in_group)
        case n.When(condition=test, body=body):
            told = words("Only if ", say.condition(test), ":")
            yield _block(item, body, say, owner, told, in_group=is_in_group)


def _block(
    item: n.Item, body: n.Body, say: English, owner: str, said: Words, *, title: str = "", id: str = "", in_group: bool
) -> Entry:
    defaults = [words(" ", each) for each in _defaults(body, say)]
    below = tuple(entries(body, say, owner, in_group))
    where = anchor("line", say.level, owner, id) if id else ""
    return Entry(words(said, *defaults), title, id, where, note=explanation(item), below=below)


def line(item: n.Line | n.Otherwise, say: English, owner: str, is_in_group: bool = False) -> Entry:
    """One rule: its points, its label, when it holds, its limits."""
    pays = isinstance(item.effect, n.Points)
    when = occasion(item.head, say, pays) if isinstance(item, n.Line) else ("if nothing above it does",)
    does = consequence(item.effect, say, is_in_group)
    parts = [when or ("" if does else "for everyone",), does, *limits(item.modifiers, say)]
    return Entry(
        said=words(*_sentences(parts)),
        title=item.label or "",
        id=item.id or "",
        anchor=anchor("line", say.level, owner, item.id) if item.id else "",
        worth=worth(item.effect, say.names),
        note=explanation(item),
    )


def _sentences(parts: list[Words]) -> Iterator[Words]:
    for number, part in enumerate(part for part in parts if any(part)):
        yield words(" " if number else "", sentence(part))


def disqualifying(statement: n.ScoreDef, names: Names) -> Iterator[Entry]:
    """The lines of a score that take somebody out, for the list of them all."""
    say = English(names, statement.level)
    for item in statement.body.walk():
        if isinstance(item, n.Line) and isinstance(item.effect, n.Disqualify):
            yield replace(line(item, say, statement.name), anchor="")
