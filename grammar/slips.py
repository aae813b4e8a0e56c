"""The slips that people make, from other languages or by habit: how each is recognised, and what to write instead.

Most are a row of a table: what stands where reading stopped (`ahead`), what stands before it (`behind`), and
which terminals the grammar would have taken there (`wants`). The first that fits counts, so the special ones
stand above the general ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .diagnostics import Diagnostic
from .guesses import capital_word, missing_arrow, missing_colon, percent, unit
from .habit_slips import HABITS
from .patterns import NUMBER
from .selection_slips import BACK_FROM_NOW, SELECTIONS
from .slip import Slip
from .stumble import Stumble

_CURLY = "‘’‚‛“”„‟«»"


_OPERATORS = {
    "==>": "=>",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "=<": "<=",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "→": "=>",
    "⇒": "=>",
    "×": "*",
    "÷": "/",
    "!": "not",
    "~": "like",
}
_PAIRS = {("<", ">"): "!=", ("-", ">"): "=>", ("==", "="): "==", ("!=", "="): "!=", ("==", ">"): "=>"}

FOREIGN = [
    Slip(
        "S103",
        "`==` compares; a name is given with `=`",
        "write one `=`",
        ahead="(?P<here>=)",
        behind=r"^\s*(?:param|list|table|signal|measure|derive)\b[^=]*(?P<here>=)",
        fix="=",
    ),
    Slip(
        "S104",
        "a comparison is written `{op}=`, in one piece",
        "take the blank out",
        ahead=r"(?P<here>=)(?![=>])",
        behind=r"(?P<here>(?P<op>[<>!]))\s*",
        fix="{op}=",
    ),
    *(
        Slip(
            "S104",
            f"`{one}{two}` is an operator of another language",
            f"write `{ours}`",
            ahead=rf"(?P<here>{re.escape(two)})",
            behind=rf"(?P<here>{re.escape(one)})\s*",
            fix=ours,
        )
        for (one, two), ours in _PAIRS.items()
    ),
    *(
        Slip(
            "S104",
            f"`{theirs}` is an operator of another language",
            f"write `{ours}`",
            ahead=re.escape(theirs),
            fix=ours,
        )
        for theirs, ours in _OPERATORS.items()
    ),
    Slip(
        "S104",
        "`{here}` looks like a minus and is another sign",
        "write `-`, the sign that keyboards have",
        ahead="(?P<here>[−–])",
        fix="-",
    ),
    Slip(
        "S104",
        "points are not assigned with `{op}=`",
        "write the points alone: `{op}20`",
        ahead=r"(?P<here>=)",
        behind=r"=>\s*(?P<here>(?P<op>[+*-]))",
    ),
    Slip(
        "S103",
        "`=` gives a name to something; it compares nothing",
        "write `==`",
        ahead=r"=(?![=>])",
        wants="COMPARE",
        label="a comparison was meant",
        fix="==",
    ),
]

QUOTES = [
    Slip(
        "S112",
        "`{open}` is a typographic quote",
        "write straight quotes: `'{said}'`",
        ahead=rf"(?P<here>(?P<open>[{_CURLY}])(?P<said>[^{_CURLY}\n]*)[{_CURLY}])",
        fix="'{said}'",
    ),
    Slip("S112", "`{open}` is a typographic quote", "write straight quotes: `'…'`", ahead=rf"(?P<open>[{_CURLY}])"),
]

ORDER_OF_WORDS = [
    Slip(
        "S113",
        "a line ends without a semicolon",
        "take it out; things in a row are parted by commas",
        ahead=";",
        fix="",
    ),
    Slip(
        "S114",
        "`if` and `then` are not written",
        "write `condition => +20`: the arrow says both",
        behind=r"(?:^|[:\n])\s*(?P<here>[Ii]f|IF)",
    ),
    Slip("S114", "`then` is not written", "write `=>` instead", ahead=r"[Tt]hen\b|THEN\b", fix="=>"),
    Slip(
        "S114",
        "rules have no `else if`",
        "put the lines into a block `first of:`; its last line is `otherwise => …`",
        ahead=r"(?P<here>if\b)",
        behind=r"^\s*(?P<here>else)\s*",
    ),
    Slip(
        "S114",
        "rules have no `{here}`",
        "put the lines into a block `first of:`; its last line is `otherwise => …`",
        behind=r"^\s*(?P<here>else|elif|elseif|elsif)\b.*",
    ),
    Slip(
        "S121",
        "the lines of a block stand below its head",
        "begin a new line after the colon, indented by four blanks",
        ahead=r"(?P<here>.+)",
        behind=r":",
        wants="$END",
        label="not beside it",
    ),
]

EFFECTS = [
    Slip(
        "S101",
        "`{here}` stands behind the label",
        "the label comes last on its line",
        ahead=r"(?P<here>[a-z]+)",
        behind=r"=>.*[\"']",
        wants="$END",
    ),
    Slip(
        "S106",
        "a line begins with its condition",
        "turn it round: `condition => {points}`",
        ahead=rf"(?P<here>(?P<points>[+]\s*{NUMBER}))\s*(?:=>|if\b|when\b|for\b)",
        behind=r"^\s*",
    ),
    Slip(
        "S106",
        "a line begins with its condition",
        "turn it round: `condition => {points}`",
        ahead=r"(?:if|when|for)\b",
        behind=rf"^\s*(?P<here>(?P<points>-\s*{NUMBER}))\s*",
        wants="ARROW",
    ),
    Slip(
        "S106",
        "a line begins with its condition",
        "points for everyone: `always => {points}`",
        ahead=rf"(?P<here>(?:=>\s*)?(?P<points>[+-]\s*{NUMBER}))",
        behind=r"^\s*",
        fix="always => {points}",
    ),
    Slip(
        "S101",
        "a number has no comma",
        "a thousand is `1000`: write `{whole}{part}`; only decimals stand behind a point",
        ahead=r"(?P<here>,(?P<part>\d{3})(?!\d))",
        behind=r"(?<![\w.])(?P<here>(?P<whole>[1-9]\d{0,2}))",
    ),
    Slip(
        "S101",
        "a number has a point, not a comma",
        "write `{whole}.{part}`",
        ahead=r"(?P<here>,(?P<part>\d+))",
        behind=r"(?<![\w.])(?P<here>(?P<whole>\d+))",
        fix="{whole}.{part}",
    ),
    Slip(
        "S124",
        "`{here}` is no date",
        "write the year first: `2026-01-31`",
        ahead=r"(?P<here>\d{1,2}[./]\d{1,2}[./]\d{4})\b",
    ),
    Slip(
        "S101",
        "an id has letters, digits and `_`",
        "write `{first}_{rest}:`",
        ahead=":",
        behind=r"^\s*(?P<here>(?P<first>[A-Za-z_]\w*)\s?-\s?(?P<rest>\w+)\s*)",
        fix="{first}_{rest}",
    ),
    Slip(
        "S101",
        "`{here}` is no word for a decay",
        "write `halves every …`",
        ahead=r"(?P<here>(?:half|halfs|halve)\s+every)\b",
        wants="MAX",
        fix="halves every",
    ),
    Slip(
        "S101",
        "`{here}` does not say over which time",
        "write `halves every 30 days`, `fades over 90 days`",
        ahead=r"(?P<here>halves|fades)\s+\d",
        wants="MAX",
    ),
    Slip(
        "S101",
        "`{here}` is no word for a decay",
        "write `halves every 30 days`, `fades over 90 days` or `loses 25% every 30 days`",
        ahead=r"(?P<here>(?:decay|expire)s?)\b",
        wants="MAX",
    ),
    Slip(
        "S101",
        "`{here}` of what?",
        "write `{here}% every …` or `{here} points every …`",
        behind=rf"(?P<here>loses\s+{NUMBER})",
        ahead=r"every",
        wants="PERCENT",
    ),
    Slip(
        "S101",
        "what is left at the least stands behind `to`",
        "write `to {number}`",
        ahead=rf"(?P<here>(?:(?:but\s+)?not\s+below|until|down\s+to)\s+(?P<number>{NUMBER}))",
        behind=r"\b(?:loses|halves|fades)\b.*",
        wants="TO",
        fix="to {number}",
    ),
    Slip(
        "S101",
        "`{here}` stands for no period",
        "write `every {what}`",
        ahead=r"(?P<here>an?\s+(?P<what>\w+))",
        wants="EVERY",
        fix="every {what}",
    ),
    Slip(
        "S101",
        "`{here}` stands for no period",
        "write `per {what}`",
        ahead=r"(?P<here>an?\s+(?P<what>\w+))",
        wants="PER",
        fix="per {what}",
    ),
    Slip(
        "S133",
        "`once` stands behind `at most`, `at least` or `exactly`",
        "write `at most once per 90 days` to bound what counts, `exactly once` to ask how often",
        behind=r"\s(?P<here>on)",
        ahead=r"(?P<here>ce)\b",
    ),
    Slip(
        "S134",
        "`per` alone bounds nothing",
        "write `max 10 per {what}` for points, `at most 3 per {what}` for events",
        ahead=r"(?P<here>per)\s+(?P<what>[\w.]+)",
        wants="MAX",
    ),
    Slip(
        "S104",
        "`=>` comes before the effect; a comparison is written `>=`",
        "write `>= {number}`",
        ahead=rf"(?P<number>{NUMBER})[^#\n]*=>",
        behind=r"(?P<here>=>)\s*",
        wants="DISQUALIFY",
        fix=">=",
    ),
    Slip(
        "S115",
        "these points have no sign",
        "write `+{number}` to add them, `-{number}` to take them away",
        ahead=rf"(?P<number>{NUMBER})",
        wants="DISQUALIFY",
        label="plus or minus?",
        fix="+{number}",
    ),
    Slip(
        "S115",
        "an effect begins with what it does",
        "write `+{name}` to add it, `*{name}` to multiply by it",
        ahead=r"(?P<name>[^\W\d][\w.]*)\s*(?:\(|$|[+*/-])",
        behind="=>",
        wants="DISQUALIFY",
    ),
    Slip(
        "S116",
        "points are written without a word",
        "leave `{here}` out",
        ahead=r"(?P<here>(?:points?|pts?)\b)",
        wants="MAX",
        fix="",
    ),
]

COMPARISONS = [
    Slip(
        "S111",
        "a `/` inside a pattern ends it",
        "write `\\/` for a slash that belongs to the pattern",
        ahead="/",
        behind=r"matches\s+/(?:\\.|[^/\\])+/\w*",
    ),
    Slip(
        "S125",
        "a value is never `{op}` to a list",
        "write `in [...]`: whether it is one of them",
        ahead=r"\[",
        behind=r"(?P<here>(?P<op>==|!=))\s*",
        fix="in",
    ),
    Slip(
        "S126",
        "this comparison already has its two sides",
        "join two with `and`, or write a range: `in 500..5000`",
        ahead=r"==|!=|<=|>=|<|>",
        behind=r"(?:==|!=|<=|>=|<|>)[^=<>]*",
        wants="AND",
        label="one too many",
    ),
    *(
        Slip(
            "S131",
            f"`is not {word}` is said with one word",
            f"write `is {other}`",
            ahead=rf"(?P<here>not\s+{word})",
            behind="is",
            wants="KNOWN",
            fix=other,
        )
        for word, other in (("missing", "known"), ("known", "missing"))
    ),
    Slip(
        "S131",
        "`is` asks only whether there is a value",
        "write `==` to compare; `is known`, `is missing` to ask",
        ahead=r"",
        behind=r"(?P<here>is)",
        wants="KNOWN",
        fix="==",
    ),
    Slip(
        "S131",
        "`not` stands before the whole condition",
        "write `not … {word} …`",
        ahead=r"(?P<here>(?P<word>like|contains|mentions|matches|starts|ends))",
        behind="not",
        wants="IN",
    ),
]

HEADS = [
    Slip(
        "S107",
        "`{here}` gives no value and opens no block",
        "write `:` and the cases below it, or `= value`",
        behind=r"^\s*(?P<here>(?:measure|derive)\b.*)",
        ahead=r"$",
        wants="COLON",
    ),
    Slip(
        "S101",
        "a range is written with two dots",
        "write `{low}..{high}`",
        ahead=rf"(?P<here>(?:-|–|to)\s*(?P<high>{NUMBER}))",
        behind=rf"(?:for\s+\w+|in)\s+(?P<here>(?P<low>-?{NUMBER}))\s*",
        wants="DOTS",
        fix="{low}..{high}",
    ),
    Slip("S101", "a range has two dots, not three", "write `..`", ahead=r"(?P<here>\.)", behind=r"\.\.", fix=""),
    Slip(
        "S101",
        "it is not said whose `{what}` this is",
        "write `{here} for lead:` or `{here} for account:`",
        behind=r"^\s*(?P<here>(?P<what>score|grade|measure)\s+\S+)",
        wants="FOR",
    ),
    Slip(
        "S101",
        "`{here}` is no level",
        "write `lead` or `account`",
        ahead=r"(?P<here>\w+)",
        behind=r"for",
        wants="LEVEL",
    ),
    Slip(
        "S101",
        "`{here}:` is the id of a line that has nothing behind it",
        "write `{here} of:`",
        behind=r"^\s*(?P<here>first|best):",
    ),
]


SLIPS: list[Callable[[Stumble], Diagnostic | None]] = [
    *QUOTES,
    *ORDER_OF_WORDS,
    *HABITS,
    *EFFECTS,
    percent,
    *HEADS,
    *FOREIGN,
    capital_word,
    *COMPARISONS,
    *BACK_FROM_NOW,
    unit,
    *SELECTIONS,
    missing_colon,
    missing_arrow,
]
