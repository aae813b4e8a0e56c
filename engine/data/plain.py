"""Texts of JSON as the engine's own reader takes them out: fast, but it makes texts of numbers and objects, too.

Whatever may have been no text is a doubt; where there is one, everything is read again in a form that tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .cells import Cell, JsonForm
from .samples import Number
from .soundness import Reading
from .sql import Sql, both, call, case, either, is_known, negated, number, one_of, text
from .texts import NUMBER, USUAL_INSTANT, as_date, as_instant, ends_well, usual_instant

_TEXTS, _TIMES = {"text", "identity"}, {"instant", "timestamp", "date"}
_UNTIDY = "^[^!-~]|[^!-~]$|^$"
_FRACTION, _EXPONENT = r"\.\d+", r"[eE][+-]?\d+"
_BROKEN_NUMBER = rf"-?(?:0|[1-9]\d*)(?:{_FRACTION}(?:{_EXPONENT})?|{_EXPONENT})|-0"
_WORDS = "(?i:true|false|-?nan|-?inf(?:inity)?)"
"""The words of JSON, and of numbers that the engine takes beyond it."""

_LONGEST_WORD, _FIRST_LETTERS = 8, tuple("fintFINT")
"""Of the words that begin with a letter."""


def can_be_plain(readings: Collection[Reading]) -> bool:
    """Whether values that are read as these can be taken out as texts: all as texts and ids, or all as times."""
    kinds = {kind for kind, _ in readings}
    return bool(kinds) and (kinds <= _TEXTS or kinds <= _TIMES)


def is_bare(readings: Collection[Reading]) -> bool:
    """Whether values that are read as these are never texts."""
    return {kind for kind, _ in readings} <= {"number", "bool"}


@dataclass(frozen=True)
class BareJson(JsonForm):
    """JSON of which nobody wants texts."""

    def text_of(self, raw: Sql) -> Sql | None:
        return None

    def is_there(self, cell: Cell) -> Sql:
        """Texts of blanks count as something, though they are nothing: then someone looks at every record."""
        return exp.NEQ(this=cell.raw, expression=text('""'))


@dataclass(frozen=True)
class PlainText:
    """A value that the engine took out as a text. What names an instant or a day was one, for certain.

    `is_tidy`: outer blanks are not removed, but are a doubt. `is_usual`: all instants are written as most are; any that
    is not counts as impossible. `is_certain`: all values are known to be texts, and tidy if it says so.
    """

    readings: frozenset[Reading]
    is_tidy: bool = True
    is_usual: bool = False
    is_certain: bool = False

    @staticmethod
    def seen(readings: Collection[Reading], values: Iterable[object], are_all: bool) -> PlainText | None:
        """The form that fits values that were seen, and may be all that there are; None where they are not texts."""
        known = [value for value in values if value is not None]
        form = PlainText(frozenset(readings), is_certain=are_all)
        if not all(type(value) is str or (form._is_id and _is_whole(value)) for value in known):
            return None
        texts = list(map(str, known))
        odd = [each for each in texts if _LOOKS_UNTIDY.search(each)]
        form = replace(
            form,
            is_tidy=all(each and each == each.strip() for each in odd) if are_all else not odd,
            is_usual=form._is_time and all(map(USUAL_INSTANT.fullmatch, texts)),
        )
        return None if any(map(form.doubts, texts)) else form

    def text_of(self, raw: Sql) -> Sql | None:
        return None if self.is_tidy else raw

    def is_there(self, cell: Cell) -> Sql:
        return is_known(cell.text)

    def reads_every(self, reading: str) -> bool:
        return reading in _TEXTS

    def as_text(self, cell: Cell) -> Sql:
        return cell.text

    def as_number(self, cell: Cell) -> Sql:
        return exp.null()

    def as_bool(self, cell: Cell) -> Sql:
        return exp.null()

    def as_date(self, cell: Cell) -> Sql:
        return as_date(cell.text)

    def as_instant(self, cell: Cell, zone: Zone) -> Sql:
        return usual_instant(cell.text) if self.is_usual else as_instant(cell.text, zone)

    def as_list(self, cell: Cell) -> Sql:
        return exp.null()

    def as_identity(self, cell: Cell) -> Sql:
        return cell.text

    def doubt(self, raw: Sql) -> Sql | None:
        """Whether a value may have been something else than a text, or has blanks that stay; None if none can be."""
        if not self._pattern:
            return None
        long = exp.GT(this=call("strlen", raw), expression=number(_LONGEST_WORD))
        first = exp.Bracket(this=raw, expressions=[number(1)], offset=1)
        usual = both(_begins_with_letter(raw), ends_well(raw), either(long, negated(one_of(first, _FIRST_LETTERS))))
        return case((usual, exp.false()), otherwise=call("regexp_matches", raw, text(self._pattern)))

    def doubts(self, value: str) -> bool:
        """The same of one value."""
        return bool(self._pattern) and re.search(self._pattern, value, re.ASCII) is not None

    @property
    def _pattern(self) -> str:
        """What every value in doubt has somewhere; nothing where none can be."""
        if self.is_certain or self._is_time:
            return ""
        numbers = _BROKEN_NUMBER if self._is_id else NUMBER  # whole numbers are no other ids than their digits
        return rf"^(?:{numbers}|{_WORDS})$|^[\[{{]" + (f"|{_UNTIDY}" if self.is_tidy else "")

    @property
    def _is_id(self) -> bool:
        return self.readings == {("identity", None)}

    @property
    def _is_time(self) -> bool:
        return {kind for kind, _ in self.readings} <= _TIMES


_LOOKS_UNTIDY = re.compile(_UNTIDY, re.ASCII)
_WHOLE = re.compile(r"0|-?[1-9]\d*", re.ASCII)


def _is_whole(value: object) -> bool:
    return type(value) is Number and _WHOLE.fullmatch(value) is not None


def _begins_with_letter(raw: Sql) -> Sql:
    """Whether a text begins with a letter of ASCII."""
    ends = (("a", "{"), ("A", "["))
    ranges = [
        both(exp.GTE(this=raw, expression=text(low)), exp.LT(this=raw, expression=text(high))) for low, high in ends
    ]
    return exp.Paren(this=either(*ranges))
