"""Tests of texts: globs, whole words, regular expressions. All texts and what is sought in them are folded already."""

from __future__ import annotations

from sqlglot import exp

from ..model import Const, Expr, TextTest
from ..plan.words import NO_WORDS, WORD

# What Python takes for white space at the ends of a text.
_BLANKS = r"[\s\x0b\x1c-\x1f\x{85}\p{Z}]*"
_PLAIN_DOMAIN = "@[!-?A-~](?:[^@]*[!-?A-~])?$"


def found(test: TextTest, item: exp.Expr, sought: Expr, lowered: exp.Expr) -> exp.Expr:
    """Whether one of the texts that a test seeks is found in the item."""
    if test.item.kind == "list":
        return exp.ArrayContains(this=item, expression=lowered)
    match test.op:
        case "contains":
            return exp.Contains(this=item, expression=lowered)
        case "starts with":
            return exp.StartsWith(this=item, expression=lowered)
        case "ends with":
            return exp.EndsWith(this=item, expression=lowered)
    if isinstance(sought, Const) and isinstance(sought.value, str):
        return like(item, sought.value)
    return like_value(item, lowered)


def like(item: exp.Expr, glob: str) -> exp.Expr:
    """The whole text matches a glob: `*` any characters, `?` one, a backslash makes the next one plain."""
    pieces = _pieces(glob)
    plain = "".join(piece for piece in pieces if len(piece) == 1)
    wild = [piece for piece in pieces if len(piece) > 1]
    text = exp.Literal.string(plain)
    if pieces == [ANY]:
        return exp.Not(this=exp.Is(this=item, expression=exp.Null()))
    if not wild:
        return exp.EQ(this=item, expression=text)
    if wild == [ANY] and pieces[-1] == ANY:
        return exp.StartsWith(this=item, expression=text)
    if wild == [ANY] and pieces[0] == ANY:
        return exp.EndsWith(this=item, expression=text)
    if wild == [ANY, ANY] and pieces[0] == pieces[-1] == ANY and len(pieces) > 2:
        return exp.Contains(this=item, expression=text)
    pattern = "".join({ANY: "%", ONE: "_"}.get(piece, _escaped(piece)) for piece in pieces)
    made = exp.Like(this=item, expression=exp.Literal.string(pattern))
    return exp.Escape(this=made, expression=exp.Literal.string("!")) if "!" in pattern else made


def like_value(item: exp.Expr, glob: exp.Expr) -> exp.Expr:
    """The same for a glob that is a value: what a backslash makes plain is first hidden behind characters that no text
    has (Unicode keeps them free), then the wild ones become those of LIKE, then the plain ones come back."""
    hidden = {"\\\\": "\ufdd0", "\\*": "\ufdd1", "\\?": "\ufdd2"}
    escapes = {"!": "!!", "%": "!%", "_": "!_"}
    pattern = _replaced(glob, hidden)
    pattern = exp.RegexpReplace(
        this=pattern,
        expression=exp.Literal.string(r"\\(.)"),
        replacement=exp.Literal.string(r"\1"),
        modifiers=exp.Literal.string("gs"),
    )
    pattern = _replaced(pattern, {**escapes, "*": "%", "?": "_"})
    pattern = _replaced(pattern, {"\ufdd0": "\\", "\ufdd1": "*", "\ufdd2": "?"})
    return exp.Escape(this=exp.Like(this=item, expression=pattern), expression=exp.Literal.string("!"))


def _replaced(item: exp.Expr, pairs: dict[str, str]) -> exp.Expr:
    for old, new in pairs.items():
        item = exp.func("REPLACE", item, exp.Literal.string(old), exp.Literal.string(new))
    return item


ANY, ONE = "any", "one"


def _pieces(glob: str) -> list[str]:
    """The characters of a glob, with the two wild ones named."""
    pieces: list[str] = []
    letters = iter(glob)
    for letter in letters:
        if letter == "\\":
            pieces.append(next(letters, "\\"))
        elif letter == "*":
            if not pieces or pieces[-1] != ANY:
                pieces.append(ANY)
        else:
            pieces.append(ONE if letter == "?" else letter)
    return pieces


def _escaped(letter: str) -> str:
    return f"!{letter}" if letter in "%_!" else letter


def words(item: exp.Expr) -> exp.Expr:
    """The words of a text with one blank before and after each."""
    other, blank = exp.Literal.string(f"[^{WORD}]+"), exp.Literal.string(" ")
    plain = exp.RegexpReplace(this=item, expression=other, replacement=blank, modifiers=exp.Literal.string("g"))
    begun = exp.DPipe(this=blank.copy(), expression=exp.Trim(this=plain))
    return exp.DPipe(this=begun, expression=blank.copy())


def phrase(item: exp.Expr) -> exp.Expr:
    """The words of a phrase that is looked for; missing if it has none."""
    return exp.Nullif(this=item, expression=exp.Literal.string(NO_WORDS))


def matches(item: exp.Expr, pattern: str, ignore_case: bool) -> exp.Expr:
    """The pattern is found anywhere in the text."""
    flag = exp.Literal.string("i") if ignore_case else None
    return exp.RegexpLike(this=item, expression=exp.Literal.string(pattern), flag=flag)


def domain(item: exp.Expr) -> exp.Expr:
    """What stands after the last `@`, without blanks around it; missing if nothing does.

    Most often no blank is there to be looked for: signs of ASCII at both ends say so, at a fraction of the cost.
    """
    last = exp.func("SPLIT_PART", item.copy(), exp.Literal.string("@"), exp.Literal.number(-1), dialect="duckdb")
    plain = exp.RegexpLike(this=item.copy(), expression=exp.Literal.string(_PLAIN_DOMAIN))
    pattern = exp.Literal.string(f"@{_BLANKS}([^@]*?){_BLANKS}$")
    part = exp.RegexpExtract(this=item, expression=pattern, group=exp.Literal.number(1))
    otherwise = exp.Nullif(this=part, expression=exp.Literal.string(""))
    return exp.Case(ifs=[exp.If(this=plain, true=last)], default=otherwise)
