"""Texts in the data that rules just miss: one letter, or one sign between two words, makes them another value.

Avoid: rules that name a value otherwise than the data write it.

    contact.role == 'economic_buyer' => +10       # 214 contacts are `economic buyer`

Prefer: mend the data, or name both.

    contact.role in ['economic_buyer', 'economic buyer'] => +10
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..data.sql import Sql, call, cast, column, rows, text
from ..fold import fold
from ..interpreter.texts import TESTS, matches
from ..model import Const, Matches, TextTest
from ..suggest import slips
from .asked import Attribute, Use
from .observed import Observed
from .wording import counted

SHORTEST = 6
"""Among shorter texts many a pair differs in one letter and is right: `paid` and `said`."""

RARE = 0.1
"""A slip of a letter is rarer than the right spelling: at most this share of it."""

MOST_VALUES = 200
_SIGNS = r"[\s_\-./]+"


@dataclass(frozen=True)
class Near:
    """A value of the data, how often it occurs, and the value of the rules that it is near to."""

    value: str
    count: int
    named: str
    place: Span
    of_named: int

    @property
    def is_certain(self) -> bool:
        """Only the signs between words differ; or one letter does, and hardly anybody writes it so (or all do)."""
        if _bare(self.value) == _bare(self.named):
            return True
        return _by_a_letter(self.value, fold(self.named)) and self.count <= RARE * self.of_named


def near_values(observed: Observed) -> Iterator[Diagnostic]:
    """L605: values that no rule names, and that are one edit away from one that rules do name."""
    for attribute, use in observed.asked.attributes.items():
        if use.values and _is_free_text(observed, attribute):
            certain = [near for near in _near(observed, attribute, use) if near.is_certain]
            for near in {each.value: each for each in reversed(certain)}.values():
                yield _finding(attribute, near)


def _finding(attribute: Attribute, near: Near) -> Diagnostic:
    record = "event" if attribute.owner == "event" else attribute.owner
    never = ", which never occurs" if not near.of_named else ""
    return finding(
        "L605",
        f"`{attribute.words}` is `{near.value}` for {counted(near.count, record)}; the rules say `{near.named}`{never}",
        near.place,
        label=f"not `{near.value}`",
        hint="mend the data, or name both: `in ['…', '…']`",
    )


def _is_free_text(observed: Observed, attribute: Attribute) -> bool:
    """A text without a list of the values it may have: where there is one, the reader tells of all others (D201)."""
    schema = observed.model.schema
    if attribute.owner == "event":
        declared = [schema.events[name].get(attribute.name) for name in attribute.types]
    else:
        declared = [schema.fields(attribute.owner).get(attribute.name)]
    return all(each is not None and each.kind == "text" and each.values is None for each in declared)


def _near(observed: Observed, attribute: Attribute, use: Use) -> Iterator[Near]:
    """The values beside each named one, found inside the engine."""
    found = rows(observed.dataset.connection, *_query(observed, attribute, use))
    counts = {str(value): int(str(count)) for value, count, named in found if named is None}
    for value, count, named in found:
        if named is not None and not _is_covered(use, str(value)):
            spelling, place = use.values[str(named)]
            yield Near(str(value), int(str(count)), spelling, place, counts.get(str(named), 0))


def _query(observed: Observed, attribute: Attribute, use: Use) -> tuple[Sql, list[object]]:
    """How often each named value occurs (`named` is NULL), and the others that are near to one."""
    parameters: list[object] = [list(use.values)]
    named = exp.select(call("unnest", cast(exp.Placeholder(), "TEXT[]")).as_("named"))
    value, other = column("value", "v"), column("named", "w")
    is_named = exp.In(this=value, query=exp.select(column("named")).from_("named").subquery())
    close = exp.LTE(this=call("damerau_levenshtein", value, other), expression=exp.Literal.number(1))
    lengths = exp.LTE(
        this=call("abs", exp.Sub(this=call("length", value), expression=call("length", other))),
        expression=exp.Literal.number(1),
    )
    same = exp.EQ(this=_without_signs(value), expression=_without_signs(other))
    alike = exp.or_(same, exp.and_(lengths, close))
    exactly = exp.select(value, column("n", "v"), exp.cast(exp.null(), "TEXT").as_("named"))
    exactly = exactly.from_(exp.alias_(exp.to_table("found"), "v", table=True)).where(is_named)
    nearly = exp.select(value, column("n", "v"), other).from_(exp.alias_(exp.to_table("found"), "v", table=True))
    nearly = nearly.join(exp.alias_(exp.to_table("named"), "w", table=True), on=alike).where(exp.Not(this=is_named))
    nearly = nearly.order_by(exp.Ordered(this=column("n", "v"), desc=True), value, other).limit(MOST_VALUES)
    both = exp.Union(this=exactly, expression=exp.select("*").from_(nearly.subquery("nearly")), distinct=False)
    return both.with_("named", as_=named).with_("found", as_=observed.values(attribute)), parameters


def _without_signs(value: Sql) -> Sql:
    return call("regexp_replace", value, text(_SIGNS), text(""), text("g"))


def _bare(value: str) -> str:
    return re.sub(_SIGNS, "", fold(value))


def _by_a_letter(value: str, named: str) -> bool:
    """One letter was left out, added, changed or swapped in a word: no digit, no sign, no word of one letter."""
    if min(len(value), len(named)) < SHORTEST or slips(value, named) > 1:
        return False
    words, wanted = re.split(_SIGNS, value), re.split(_SIGNS, named)
    if len(words) != len(wanted):
        return False
    return all(one == other or _is_a_slip(one, other) for one, other in zip(words, wanted, strict=True))


def _is_a_slip(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= SHORTEST - 2 and (one + other).isalpha() and f"{other}s" != one != f"{one}s"


def _is_covered(use: Use, value: str) -> bool:
    """Whether another test of the rules sees the value."""
    return any(_sees(test, value) for test in use.patterns)


def _sees(test: TextTest | Matches, value: str) -> bool:
    if isinstance(test, Matches):
        return matches(value, test.pattern, True)
    sought = [fold(each.value) for each in test.sought if isinstance(each, Const) and isinstance(each.value, str)]
    return any(TESTS[test.op](value, each) for each in sought)
