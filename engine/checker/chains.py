"""Signals that are made of signals: circles among them, and chains that no one can follow."""

from __future__ import annotations

from ...grammar import nodes as n
from .book import Book

DEEPEST = 20
Key = tuple[str, int]
"""The name of a signal and its number of arguments."""


def refuse_endless(book: Book) -> None:
    """Note each circle and the first signal of each chain that is too long; both are not written out then."""
    made_of = {
        (name, count): [key for key in map(_called, item.sources) if key[1] in book.signals.get(key[0], {})]
        for name, overloads in book.signals.items()
        for count, item in overloads.items()
    }
    depths: dict[Key, int] = {}
    for key in made_of:
        _follow(key, made_of, depths, book)
    for key, depth in depths.items():
        if depth > DEEPEST:
            book.endless.add(key)
        if depth == DEEPEST + 1:
            message, hint = f"signals are made of signals more than {DEEPEST} deep", "make some of them of event types"
            book.note("G106", message, book.signals[key[0]][key[1]].place, "too deep", hint)


def _called(node: n.Expr) -> Key:
    if isinstance(node, n.Call):
        return str(node.name), len(node.args)
    return (node.value if isinstance(node, n.Text) else str(node)), 0


def _follow(start: Key, made_of: dict[Key, list[Key]], depths: dict[Key, int], book: Book) -> None:
    """Work out how deep a signal is, and all that it is made of; without recursion."""
    way = [start]
    while way:
        key = way[-1]
        ahead = next((item for item in made_of[key] if item not in depths), None)
        if key in depths or ahead is None:
            depths.setdefault(key, 1 + max((depths[item] for item in made_of[key]), default=0))
            way.pop()
        elif ahead in way:
            circle = way[way.index(ahead) :]
            _note_circle(circle, book)
            depths.update(dict.fromkeys(circle, 0))
        else:
            way.append(ahead)


def _note_circle(circle: list[Key], book: Book) -> None:
    book.endless.update(circle)
    first = circle.index(min(circle))
    names = [name for name, _ in (*circle[first:], *circle[: first + 1])]
    message, hint = f"signals need each other: {' → '.join(names)}", "make one of them of event types only"
    name, count = circle[first]
    book.note("G101", message, book.signals[name][count].place, "comes back to itself", hint)
