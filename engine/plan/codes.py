"""Kinds as one whole number: the outcomes of tests as bits, and above these, for each text, which of the values that
tests ask for it is. So a kind is known as soon as an event is read, and no text of an event is kept for its sake."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ...grammar.late_methods import dataclass
from ..model import And, Cases, Compare, Const, Default, Expr, InSet, Not, Or, TextTest
from .book import Book
from .scalars import Call, Column, OfText, call, event, integer, leaves, only_if, rewrite

NUMBER = "kind number"
"""The column with the number of a kind; no property can have this name."""
TRAITS = "traits 1"
"""The column of a kind with its bits."""

MOST_VALUES = 50
"""Of a text so many values are looked up; where tests ask for more, kinds are told apart by the texts themselves."""
MOST_TESTS = 8
"""So many tests of parts of a text are made for each event."""
_ROOM = 2**48
"""Numbers of kinds stay below, so that there is room for ages beside them."""

T = TypeVar("T")

_CHEAP = ("starts with", "ends with", "contains", "like")


@dataclass(frozen=True)
class Digit:
    """What a text is: the place of one of the values, counted from 1, or 0 for any other, in units of the number."""

    values: tuple[str, ...]
    unit: int

    def of(self, number: Expr) -> Expr:
        """The digit of a number of a kind."""
        return call("mod", call("div", number, integer(self.unit)), integer(len(self.values) + 1))


@dataclass(frozen=True)
class Code:
    """`number` is the kind of an event, over its columns; `bits` are the tests that it holds, by their place; `digits`
    say of texts, by the name of their column, what they are."""

    number: Expr
    bits: dict[Expr, int]
    digits: dict[str, Digit]

    @property
    def columns(self) -> dict[str, Expr]:
        """What is known of a kind, over its NUMBER: its bits, and the texts that tests ask for."""
        bits = {TRAITS: call("mod", event(NUMBER), integer(1 << len(self.bits)))} if self.bits else {}
        return {**bits, **{name: _text(digit) for name, digit in self.digits.items()}}

    def of_kind(self, test: Expr) -> Expr:
        """A test of events as one of kinds."""
        return rewrite(test, lambda each: holds(event(TRAITS), self.bits[each]) if each in self.bits else None)

    def of_number(self, number: Expr, item: T) -> T:
        """What is asked of events, asked of the numbers of their kinds as far as these tell."""
        return rewrite(item, lambda each: self._told(number, each))

    def _told(self, number: Expr, test: Expr) -> Expr | None:
        if test in self.bits and not isinstance(test, Column):  # a column may be wanted for what it is
            return holds(number, self.bits[test])
        asked = values_of(test)
        if asked is None or asked[0] not in self.digits:
            return None
        digit = self.digits[asked[0]]
        if not set(asked[1]) <= set(digit.values):
            return None
        places = tuple(digit.values.index(value) + 1 for value in asked[1])
        if len(places) == 1:
            return Compare(op="==", left=digit.of(number), right=integer(places[0]))
        return InSet(item=digit.of(number), values=places, exact=True)


def holds(traits: Expr, place: int) -> Expr:
    """Whether a bit is set."""
    shifted = call("div", traits, integer(1 << place))
    return Compare(op="==", left=call("mod", shifted, integer(2)), right=integer(1))


def values_of(test: Expr) -> tuple[str, list[str]] | None:
    """The name of a column of texts and the values that pass, if a test asks for nothing else."""
    match test:
        case Compare(op="==", left=Column(table="e", kind="text") as column, right=Const(value=value), exact=True):
            values: tuple[object, ...] = (value,)
        case InSet(item=Column(table="e", kind="text") as column, values=values, exact=True):
            pass
        case TextTest(op="like", item=Column(table="e", kind="text") as column, sought=sought) if len(sought) == 1:
            values = tuple(each.value if isinstance(each, Const) else None for each in sought)
            if any(sign in str(value) for value in values for sign in "*?\\"):
                return None
        case _:
            return None
    texts = [value for value in values if isinstance(value, str)]
    return (column.name, texts) if len(texts) == len(values) > 0 else None


def coded(book: Book, tests: Iterable[Expr]) -> Code | None:
    """The code that tells apart what tests of events do; None where they take whole texts."""
    found = _Asked(book)
    return found.code() if all(found.takes(test) for test in tests) else None


def texts_of(book: Book, expr: Expr) -> dict[str, None] | None:
    """The texts and truth values, as the data have them, that decide an expression; None if others do."""
    found: dict[str, None] = {}
    for leaf in leaves(expr):
        if not isinstance(leaf, Column) or leaf.table != "e" or leaf.name not in book.events:
            return None
        made = book.events[leaf.name]
        if isinstance(made, Column):
            if made.kind not in ("text", "bool") or made.name in ("id", "contact_id", "account_id"):
                return None
            found[leaf.name] = None
        elif (below := texts_of(book, made)) is not None:
            found.update(below)
        else:
            return None
    return found


class _Asked:
    """What tests ask of events."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._bits: dict[Expr, int] = {}
        self._parts: dict[str, int] = {}
        self._values: dict[str, dict[str, None]] = {}

    def takes(self, test: Expr) -> bool:
        """Whether a test can be told from numbers, which then are part of the code."""
        if not self._reads_texts(test):
            self._bits.setdefault(test, len(self._bits))
            return True
        asked = values_of(test)
        if asked is not None:
            return self._looks_up(*asked)
        match test:
            case And(items=items) | Or(items=items):
                return all(map(self.takes, items))
            case Not(item=item):
                return self.takes(item)
            case Compare(op="!=", left=left, right=right):  # no other value is that one, nor is a missing one
                return self.takes(Compare(op="==", left=left, right=right, exact=test.exact))
            case TextTest(op=op, item=Column() as column, sought=sought):
                return op in _CHEAP and all(isinstance(each, Const) for each in sought) and self._tries(column, test)
        return False

    def code(self) -> Code | None:
        """All of it in one number, if there is room."""
        terms = [only_if(test, integer(1 << place), integer(0)) for test, place in self._bits.items()]
        size = 1 << len(terms)
        digits: dict[str, Digit] = {}
        for name, values in self._values.items():
            digits[name] = Digit(tuple(values), size)
            terms.append(_looked_up(name, digits[name]))
            size *= len(values) + 1
        number = integer(0) if not terms else terms[0] if len(terms) == 1 else call("add", *terms)
        return Code(number, self._bits, digits) if size <= _ROOM else None

    def _reads_texts(self, test: Expr) -> bool:
        """Whether texts alone decide a test, so that it would be made once for each kind."""
        texts = texts_of(self._book, test)
        return texts is not None and any(self._book.events[name].kind == "text" for name in texts)

    def _looks_up(self, name: str, values: list[str]) -> bool:
        known = self._values.setdefault(name, {})
        known.update(dict.fromkeys(values))
        return self._is_at_hand(name) and len(known) <= MOST_VALUES

    def _tries(self, column: Column, test: Expr) -> bool:
        if test not in self._bits:
            self._bits[test] = len(self._bits)
            self._parts[column.name] = self._parts.get(column.name, 0) + 1
        return self._is_at_hand(column.name) and self._parts[column.name] <= MOST_TESTS

    def _is_at_hand(self, name: str) -> bool:
        """Whether a column is a text of the data, or that text folded."""
        made = self._book.events[name]
        return isinstance(made, Column) or (isinstance(made, Call) and made.name == "fold")


def _looked_up(name: str, digit: Digit) -> Expr:
    """The digit of an event, in its units."""
    places = tuple((value, integer(digit.unit * place)) for place, value in enumerate(digit.values, 1))
    found = OfText(item=event(name, "text"), values=places, kind="timestamp")
    return Default(item=found, fallback=integer(0), kind="timestamp")


def _text(digit: Digit) -> Expr:
    """The value that a kind has of a text; missing for those that no test asks for."""
    is_it = (Compare(op="==", left=digit.of(event(NUMBER)), right=integer(at + 1)) for at in range(len(digit.values)))
    items = tuple(zip(is_it, (Const(value=value, kind="text") for value in digit.values), strict=True))
    return Cases(items=items, kind="text")
