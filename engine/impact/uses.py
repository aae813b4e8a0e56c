"""What uses what: the words of a vocabulary in rules, and the results and fields that rules read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ...grammar import nodes as n
from ..reads import Key, Read, reads
from .inventory import Inventory
from .things import Thing

NOT_READ = ("line", "group", "block", "ignore line", "event type", "setting", "reasons")
"""Things that no rule reads by their name."""


class Uses:
    """Answers for one ruleset; each thing is read once."""

    def __init__(self, inventory: Inventory) -> None:
        self._things = inventory.things
        self._known: dict[Thing, frozenset[str]] = {}

    def users(self, thing: Thing) -> list[Thing]:
        """The rules that use a word of the vocabulary, or read a result or a field, in written order."""
        rules = [item for item in self._things if not item.is_vocabulary and item is not thing]
        if thing.is_vocabulary:
            return [item for item in rules if word_of(thing) in self.words(item)]
        if thing.node is None or thing.what in NOT_READ:
            return []
        return [item for item in rules if thing.node in self._read(item)]

    def words(self, thing: Thing) -> frozenset[str]:
        """All words of the vocabulary that a thing uses, those inside its signals included."""
        if thing not in self._known:
            found = set(self._own_words(thing))
            waiting = list(found)
            while waiting:
                more = self._direct.get(waiting.pop(), frozenset()) - found
                found |= more
                waiting.extend(more)
            self._known[thing] = frozenset(found)
        return self._known[thing]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word_of(item) for item in self._things if item.is_vocabulary)

    @cached_property
    def _direct(self) -> dict[str, frozenset[str]]:
        """The words that each word is defined with; overloads of a signal are one word."""
        found: dict[str, frozenset[str]] = {}
        for item in self._things:
            if item.is_vocabulary:
                found[word_of(item)] = found.get(word_of(item), frozenset()) | frozenset(self._own_words(item))
        return found

    def _own_words(self, thing: Thing) -> Iterator[str]:
        for written in thing.written:
            for node in written.walk():
                name = node.name if isinstance(node, n.Call) else node
                if isinstance(name, n.Name):
                    word = name.parts[-1]
                    if word in self._vocabulary and word != word_of(thing):
                        yield word

    def _read(self, thing: Thing) -> set[Key]:
        if thing.part is None or thing.node is None:
            return set()
        found: set[Key] = set()
        for read in reads(thing.part, thing.node.level or "lead"):
            if isinstance(read, Read) and not read.implied:
                key = read.key
                found |= {key, Key("derived", key.level, key.name)} if key.kind == "field" else {key}
        return found


def word_of(thing: Thing) -> str:
    """The word that a thing of the vocabulary gives to rules; overloads of a signal share one."""
    return thing.key[1] if thing.what == "signal" else thing.key[0]
