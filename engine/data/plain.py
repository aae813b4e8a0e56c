"""Texts of JSON as the engine's own reader takes them out: fast, but it makes texts of numbers and objects, too.

Whatever may have been no text is a doubt; where there is one, everything is read again in a form that tells them apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .cells import Cell, JsonForm, is_quoted, unquoted
from .soundness import Reading
from .sql import Sql, both, call, case, cast, either, is_known, is_null, negated, number, one_of, text
from .texts import NUMBER, as_date, as_instant, ends_well, is_tidy, matches, trimmed

_TEXTS, _TIMES = {"text", "identity"}, {"instant", "timestamp", "date"}
_DIGITS = r"(?:0|-?[1-9]\d*)"
_WORDS = ("true", "false", "nan", "-nan", "inf", "-inf", "infinity", "-infinity")
_LONGEST_WORD = 8
"""Of those that begin with a letter: f, i, n or t."""


def can_be_plain(readings: Collection[Reading]) -> bool:
    """Whether values that are read as these can be taken out as texts: all as texts and ids, or all as times."""
    kinds = {kind for kind, _ in readings}
    return bool(kinds) and (kinds <= _TEXTS or kinds <= _TIMES)


def is_bare(readings: Collection[Reading]) -> bool:
    """Whether values that are read as these are never texts."""
    return {kind for kind, _ in readings} <= {"number", "bool"}


@dataclass(frozen=True)
class BareJson(JsonForm):
    """JSON of which nobody wants texts: they are only looked at where there are any."""

    def text_of(self, raw: Sql) -> Sql:
        return cast(exp.null(), "TEXT")

    def is_there(self, cell: Cell) -> Sql:
        says_something = is_known(trimmed(unquoted(cell.raw)))
        return case((is_null(cell.raw), exp.false()), (is_quoted(cell.raw), says_something), otherwise=exp.true())


@dataclass(frozen=True)
class PlainText:
    """A value that the engine took out as a text. What names an instant or a day was one, for certain.

    `is_tidy`: outer blanks are not removed, but are a doubt.
    """

    readings: frozenset[Reading]
    is_tidy: bool = True

    def text_of(self, raw: Sql) -> Sql:
        return raw

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
        return as_instant(cell.text, zone)

    def as_list(self, cell: Cell) -> Sql:
        return exp.null()

    def as_identity(self, cell: Cell) -> Sql:
        return cell.text

    @property
    def says_times(self) -> bool:
        """Whether only instants and days are read of it: then nothing is in doubt."""
        return {kind for kind, _ in self.readings} <= _TIMES

    def letters_doubt(self, raw: Sql) -> Sql:
        """The same as `doubt`, of a value that begins with a small letter."""
        word = both(exp.LTE(this=call("strlen", raw), expression=number(_LONGEST_WORD)), _may_be_word(raw))
        return either(negated(ends_well(raw)), word) if self.is_tidy else word

    def doubt(self, raw: Sql) -> Sql:
        """Whether a value may have been something else than a text, or has blanks that stay."""
        if self.says_times:
            return exp.false()
        no_word = either(exp.GT(this=call("strlen", raw), expression=number(_LONGEST_WORD)), *_other_letters(raw))
        branches = [
            (both(begins_with_letter(raw), ends_well(raw), no_word), exp.false()),  # nearly all
            (is_null(raw), exp.false()),
            (_starts(raw, "-", ":"), self._may_be_number(raw)),
            (either(_starts(raw, "[", "\\"), _starts(raw, "{", "|")), exp.true()),
        ]
        if self.is_tidy:
            branches.insert(2, (negated(is_tidy(raw)), exp.true()))
        return case(*branches, otherwise=_may_be_word(raw))

    def _may_be_number(self, raw: Sql) -> Sql:
        """Whether a number could be written so; of ids, whole numbers are none, because they are their digits."""
        found = matches(raw, NUMBER)
        if self.readings == {("identity", None)}:
            found = both(found, negated(matches(raw, _DIGITS)))
        return either(found, _may_be_word(raw))


def _other_letters(raw: Sql) -> Iterator[Sql]:
    """Whether the first letter is a small one with which no word begins."""
    for first, behind in ("af", "gi", "jn", "ot", "u{"):
        yield _starts(raw, first, behind)


def _may_be_word(raw: Sql) -> Sql:
    """Whether one of the words of JSON could be written so, or a number that the engine takes beyond it."""
    return one_of(call("lower", raw), _WORDS)


def begins_with_letter(raw: Sql) -> Sql:
    """Whether a text begins with a small letter; of most columns the engine knows that all do."""
    return _starts(raw, "a", "{")


def _starts(raw: Sql, first: str, behind: str) -> Sql:
    """Whether the first letter is one of those from `first` to the one before `behind`."""
    return both(exp.GTE(this=raw, expression=text(first)), exp.LT(this=raw, expression=text(behind)))
