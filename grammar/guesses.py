"""Slips for which a row of the table is not enough: what was meant is worked out from the words around."""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches

from .diagnostics import Diagnostic
from .expected import WORDS
from .patterns import LENGTH, NUMBER, TEXT
from .stumble import Stumble


def capital_word(stumble: Stumble) -> Diagnostic | None:
    """`AND`, `Within`: here, or just before, where it was read as a name (`NOT visited`)."""
    heads = "not each when always newest earliest param list table signal ignore derive measure score grade group "
    heads += "first best stages otherwise remove"
    here = re.match(r"[A-Za-z]+", stumble.rest)
    before = re.search(r"(?<![\w.`])[A-Za-z]+$", stumble.done)
    follows = {WORDS[terminal].split()[0] for terminal in stumble.accepted if terminal in WORDS}
    follows |= {"contains", "starts", "ends", "like", "mentions"} if "TEXT_OP" in stumble.accepted else set()
    for found, start, words in (
        (here, stumble.at, follows),
        (before, before.start() if before else 0, set(heads.split())),
    ):
        if found and found[0] != found[0].lower() and found[0].lower() in words:
            small = found[0].lower()
            place = (start, start + len(small))
            message = f"`{found[0]}` is a name; key words are written in small letters"
            return stumble.report("S105", message, place, hint=f"write `{small}`", fix=small)
    return None


def percent(stumble: Stumble) -> Diagnostic | None:
    """`+20%`, `>= 50%`: the number that was meant."""
    number = re.search(rf"(?P<times>=>\s*)?(?P<sign>[+-]?)(?P<number>{NUMBER})$", stumble.done)
    if not stumble.rest.startswith("%") or number is None:
        return None
    share = Decimal(number["number"]) / 100
    if number["times"]:
        factor = 1 + (-share if number["sign"] == "-" else share)
        written = f"*{factor.normalize():f}"
        start = number.start("sign")
    else:
        written, start = f"{share.normalize():f}", number.start("number")
    message = f"`{number['sign'] if number['times'] else ''}{number['number']}%` is no number"
    return stumble.report("S117", message, (start, stumble.at + 1), hint=f"write `{written}`", fix=written)


_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")
_SHORT = {
    **dict.fromkeys(("s", "sec", "secs"), "seconds"),
    **dict.fromkeys(("min", "mins"), "minutes"),
    **dict.fromkeys(("h", "hr", "hrs"), "hours"),
    "d": "days",
    **dict.fromkeys(("w", "wk", "wks"), "weeks"),
    **dict.fromkeys(("mo", "mon", "mos", "mth"), "months"),
    **dict.fromkeys(("y", "yr", "yrs"), "years"),
}


def unit(stumble: Stumble) -> Diagnostic | None:
    """`within 30`, `within 30 dayz`, `within 2 quarters`: a length of time without a unit that there is."""
    number = re.search(rf"(?<![\w.])(?P<number>{LENGTH})$", stumble.done)
    if "UNIT" not in stumble.accepted or "TIMES" in stumble.accepted or number is None:
        return None
    word = re.match(r"[A-Za-z]+", stumble.rest)
    units = "seconds, minutes, hours, days, weeks, months or years"
    if below := re.match(r"-\s*[\d.]+", stumble.rest):
        place = (stumble.at, stumble.at + len(below[0]))
        hint = f"write `{number['number']} {below[0].lstrip('- ')} days`, without the sign"
        return stumble.report("S118", "a length of time is not negative", place, label="below 0", hint=hint)
    if word is None or word[0].lower() in WORDS.values() or word[0] in ("to", "per"):
        message = f"`{number['number']}` is no length of time without a unit"
        hint = _how_long(number["number"], stumble.done)
        return stumble.report("S118", message, number.span("number"), label="days?", hint=hint)
    place = (stumble.at, stumble.at + len(word[0]))
    message = f"`{word[0]}` is no unit of time"
    small = word[0].lower()
    if small.startswith("quarter"):
        return stumble.report("S118", message, place, hint="write months: a quarter is `3 months`")
    close = [_SHORT[small]] if small in _SHORT else get_close_matches(small, _UNITS, n=1, cutoff=0.6)
    if close:
        return stumble.report("S118", message, place, hint=f"did you mean `{close[0]}`?", fix=close[0])
    return stumble.report("S118", message, place, hint=f"a length of time is given in {units}")


def _how_long(written: str, done: str) -> str:
    """The way out for a length of which the unit is missing, or the number."""
    one = written.lower() if f"{written.lower()}s" in _UNITS else ""
    if one and re.search(rf"\bin any {written}$", done):
        return f"write `in one {one}`, or `in any 1 {one}` for any stretch of that length"
    return f"how many? write `1 {one}`" if one else f"of what? write `{written} days`"


def missing_colon(stumble: Stumble) -> Diagnostic | None:
    """The head of a block that ends without its colon."""
    if stumble.accepted.isdisjoint({"COLON"}) or not stumble.at_end:
        return None
    head = re.match(r"\s*(score|grade|stages|group|first\s+of|best\s+of|when)\b", stumble.text)
    if head is None:
        return None
    end = len(stumble.done)
    start = len(stumble.text) - len(stumble.text.lstrip())
    message = f"a block that begins with `{' '.join(head[1].split())}` needs a colon"
    return stumble.report(
        "S107", message, (start, end), label="a colon is missing behind it", hint="write `:` at the end"
    )


def missing_arrow(stumble: Stumble) -> Diagnostic | None:
    """A line that has a condition, perhaps an effect, and no `=>` between them."""
    plain = TEXT.sub(lambda found: "x" * len(found[0]), stumble.text)
    if "ARROW" not in stumble.accepted or "=>" in plain or stumble.start not in ("statement", "item", "case"):
        return None
    colon = re.match(r":\s*", stumble.rest)
    if colon:
        return stumble.report(
            "S106", "`:` does not lead to an effect", (stumble.at, stumble.at + 1), hint="write `=>`", fix="=>"
        )
    if re.match(r"[+*-]|set\b|disqualify\b", stumble.rest):
        return _arrow_before(stumble, stumble.at, len(stumble.text))
    points = re.search(r"(?<=[\w)'\"/])\s+([+-]\s*[\d.(][^=<>]*)$", plain[: len(stumble.done)])
    if stumble.at_end and points:
        return _arrow_before(stumble, points.start(1), len(stumble.done))
    if not stumble.at_end or (stumble.start == "statement" and re.match(r"\s*\w+\s*$", stumble.text)):
        return None
    start = len(stumble.text) - len(stumble.text.lstrip())
    hint = (
        "write what it is worth: `=> +10`" if stumble.start != "case" else "write the value that it gives: `=> 'user'`"
    )
    return stumble.report(
        "S106", "this condition leads to nothing", (start, len(stumble.done)), label="no `=>`", hint=hint
    )


def _arrow_before(stumble: Stumble, start: int, end: int) -> Diagnostic:
    effect = stumble.text[start:end].rstrip()
    message = f"there is no `=>` before `{effect}`"
    return stumble.report(
        "S106",
        message,
        (start, start + len(effect)),
        label="an effect",
        hint=f"write `=> {effect}`",
        fix=f"=> {effect}",
    )
