"""Why a line cannot be read, and what to write: the diagnosis of one stumble.

The first of the known slips (slips.py) that fits gives its own code and hint; what fits none is said in general,
with what could have stood there, or the key word that was probably meant.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from .diagnostics import Diagnostic
from .expected import WORDS, expected, listed
from .habit_slips import NAMES_IN_A_ROW
from .slips import SLIPS
from .stumble import Stumble

_WORD = re.compile(r"=>|[=!<>]=|\.\.|[\w.]*\w|`[^`\n]*`|'[^'\n]*'|\"[^\"\n]*\"|[^\w\s]")
_LONGEST = 4_000  # a line of more characters is not what a person wrote: no guessing
_HEADS = [
    "param",
    "list",
    "table",
    "signal",
    "ignore",
    "derive",
    "measure",
    "score",
    "grade",
    "stages",
    "group",
    "each",
    "not",
]


def explain(stumble: Stumble) -> Diagnostic:
    """The finding for a line that cannot be read."""
    for slip in SLIPS if len(stumble.text) < _LONGEST else []:
        found = slip(stumble)
        if found is not None:
            return found
    named = _misspelled(stumble) or NAMES_IN_A_ROW(stumble)
    return named or (_unfinished(stumble) if stumble.at_end else _unexpected(stumble))


def _misspelled(stumble: Stumble) -> Diagnostic | None:
    """A key word with a letter wrong: here, or just before, where it was read as a name."""
    here = re.match(r"[A-Za-z]{3,}", stumble.rest)
    before = re.search(r"(?<![\w.`])[A-Za-z]{3,}$", stumble.done)
    for found, start, words in (
        (here, stumble.at, {WORDS[terminal].split()[0] for terminal in stumble.accepted if terminal in WORDS}),
        (before if here else None, before.start() if before else 0, _HEADS),
    ):
        close = get_close_matches(found[0].lower(), sorted(words), n=1, cutoff=0.75) if found else []
        if found and close and close[0] != found[0]:
            message = f"`{found[0]}` is no word of the language"
            place = (start, start + len(found[0]))
            return stumble.report("S101", message, place, hint=f"did you mean `{close[0]}`?", fix=close[0])
    return None


def _unfinished(stumble: Stumble) -> Diagnostic:
    end = len(stumble.done)
    last = [*_WORD.finditer(stumble.done)][-1:]
    behind = f" after `{last[0][0]}`" if last else ""
    place = (last[0].start(), end) if last else (end, end)
    hint = f"expected {listed(expected(stumble.accepted))}"
    return stumble.report("S102", f"the line ends{behind}, before it is complete", place, label="the end", hint=hint)


def _unexpected(stumble: Stumble) -> Diagnostic:
    word = _WORD.match(stumble.rest)
    text = word[0] if word else stumble.rest[0]
    place = (stumble.at, stumble.at + len(text))
    names = expected(stumble.accepted)
    if names == ["the end of the line"]:
        return stumble.report("S101", f"`{text}` stands where the line should end", place, hint="take the rest out")
    hint = f"expected {listed(names)}"
    return stumble.report("S101", f"`{text}` is not expected here", place, label="cannot be read from here", hint=hint)
