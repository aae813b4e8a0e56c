"""What contributions speak of, in words: each line of each score with its label, its meaning and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..compiled import Compiled
from ..handbook import Entry, Handbook
from ..handbook.definitions import used
from ..handbook.english import spoken
from ..handbook.scores import LOOSE
from ..handbook.terms import Term, Words, anchor
from ..model import Block, Line, Model, Score, lines
from ..plan import Plan

Place = tuple[str | None, Span]


@dataclass(frozen=True)
class Rule:
    """A line or a group of a score: its title for people, what it means, where the model is explained."""

    level: str
    score: str
    id: str
    title: str
    said: Words = ()
    worth: str = ""
    anchor: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the pages read it."""
        return {
            "id": self.id,
            "title": self.title,
            "said": said_json(self.said),
            "worth": self.worth,
            "anchor": self.anchor,
        }


def rules(model: Model, told: Mapping[Place, Entry]) -> dict[tuple[str, str, str], Rule]:
    """By level, score and id: every line and group that contributions name."""
    found: dict[tuple[str, str, str], Rule] = {}
    for score in model.order:
        if isinstance(score, Score):
            for item in _items(score.items):
                rule = _rule(score, item, told)
                found.setdefault((rule.level, rule.score, rule.id), rule)
    return found


def _items(items: Sequence[Line | Block]) -> Iterator[Line | Block]:
    for item in items:
        if isinstance(item, Line):
            yield item
        else:
            if item.id:
                yield item
            yield from _items(item.items)


def _rule(score: Score, item: Line | Block, told: Mapping[Place, Entry]) -> Rule:
    id = item.id or ""
    if isinstance(item, Block):
        return Rule(score.level, score.name, id, spoken(id), anchor=anchor("line", score.level, score.name, id))
    entry = told.get((item.span.path, item.span))
    title = item.label or (spoken(id) if item.has_written_id else item.text) or id
    if entry is None:
        return Rule(score.level, score.name, id, title)
    where = entry.anchor or anchor("score", score.level, score.name)
    return Rule(score.level, score.name, id, title, entry.said, entry.worth, where)


def told(ruleset: Compiled, book: Handbook) -> dict[Place, Entry]:
    """The words of the handbook for each line, by where the line is written."""
    places: dict[str, list[n.Node]] = {}
    for item in used(ruleset.written.statements):
        if isinstance(item, n.ScoreDef):
            places.setdefault(anchor("score", item.level, item.name), []).append(item.body)
        elif isinstance(item, n.LooseItem):
            places.setdefault(anchor("score", "lead", LOOSE), []).append(item.item)
    found: dict[Place, Entry] = {}
    for section in book.sections:
        written = [
            node
            for body in places.get(section.anchor, ())
            for node in body.walk()
            if isinstance(node, n.Line | n.Otherwise)
        ]
        for node, entry in zip(written, _leaves(section.entries), strict=False):
            found[node.span.path, node.span] = entry
    return found


def _leaves(entries: Sequence[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry.below:
            yield from _leaves(entry.below)
        else:
            yield entry


def entries(plan: Plan, order: Sequence[Rule]) -> list[list[Any]]:
    """Each kind of contribution by its number: the level, the score, the kind, and the number of its rule (or null)."""
    numbers = _numbers(order)
    return [[level, score, kind, numbers.get((level, score, line or ""))] for level, score, line, kind in plan.entries]


def numbers_of(known: Mapping[Place, Entry], model: Model, order: Sequence[Rule]) -> dict[int, int]:
    """The numbers of rules by the identity of the handbook's entries that tell of them."""
    numbers = _numbers(order)
    return {
        id(entry): numbers[score.level, score.name, line.id]
        for score in model.order
        if isinstance(score, Score)
        for line in lines(score.items)
        if (entry := known.get((line.span.path, line.span))) is not None
    }


def _numbers(order: Sequence[Rule]) -> dict[tuple[str, str, str], int]:
    return {(rule.level, rule.score, rule.id): number for number, rule in enumerate(order)}


def said_json(said: Words) -> list[Any]:
    """Pieces of a sentence; a name that is explained elsewhere comes with its place."""
    return [[str(piece), piece.anchor] if isinstance(piece, Term) else piece for piece in said]
