"""Slips of people who know what they mean and say it as they would elsewhere: in a spreadsheet, a CRM, a sentence."""

from __future__ import annotations

from .patterns import NUMBER
from .slip import Slip

_UNITS = "(?:second|minute|hour|day|week|month|year)s?"

HABITS = [
    Slip(
        "S101",
        "how points fade stands behind the points",
        "write `… => +5 {word} …`",
        ahead=r"(?P<here>(?P<word>halves\s+every|fades\s+over|loses)\b)",
        behind=r"^(?:(?!=>).)*",
        wants="ARROW WITHIN",
    ),
    Slip(
        "S101",
        "a pattern between slashes is asked for with `matches`",
        "write `matches /…/`",
        ahead="/",
        behind=r"\b(?P<here>like|contains|mentions|starts\s+with|ends\s+with|==)\s*",
    ),
    Slip(
        "S101",
        "a list stands in square brackets",
        "write `[{inside}]`",
        ahead=r"(?P<here>\((?P<inside>\s*['\"][^()]*)\))",
        behind=r"\b(?:in|contains|mentions|like|with)\s*",
        fix="[{inside}]",
    ),
    Slip(
        "S101",
        "any of a list suffices, without a word for it",
        "leave `{here}` out; `contains all [...]` asks for each",
        ahead=r"\[",
        behind=r"(?P<here>any(?:\s+of)?)\s*",
        fix="",
    ),
    Slip(
        "S104",
        "`{here}` is no comparison",
        "write `==`",
        ahead=r"(?P<here>equals?(?:\s+to)?)\b",
        wants="COMPARE",
        fix="==",
    ),
    Slip(
        "S118",
        "`between` is said of a time ago",
        "write `in {low}..{high}` for a number, `between {low} and {high} days ago` for a time",
        behind=rf"(?P<here>between\s+(?P<low>{NUMBER})\s+and\s+(?P<high>{NUMBER}))\s*",
        wants="UNIT",
    ),
    Slip(
        "S118",
        "a window is written with `within`",
        "write `within {number} {unit}`",
        ahead=rf"(?P<here>(?P<unit>{_UNITS})\b)",
        behind=rf"(?P<here>\bin\s+(?P<number>{NUMBER}))\s*",
        fix="within {number} {unit}",
    ),
    Slip(
        "S118",
        "a date is compared with a date, its age with a number",
        "write `days since {name}`, and compare that with `{number}`",
        ahead=rf"(?P<here>{_UNITS}(?:\s+ago)?)\b",
        behind=rf"(?P<here>(?P<name>[\w.]+)\s*[<>]=?\s*(?P<number>{NUMBER}))\s*",
    ),
    Slip(
        "S101",
        "a number has no letter behind it",
        "write `{number}000`",
        ahead=r"(?P<here>[kK])\b",
        behind=r"(?<![\w.])(?P<here>(?P<number>\d+))",
        fix="{number}000",
    ),
    *(
        Slip(
            "S115",
            "points are given by their sign",
            f"write `{sign}{{number}}`",
            ahead=rf"(?P<here>(?:{words})\s+(?P<number>{NUMBER})(?:\s+points?)?)",
            behind=r"=>\s*",
            wants="DISQUALIFY",
            fix=f"{sign}{{number}}",
        )
        for sign, words in (("+", "add|give|gives|plus"), ("-", "subtract|deduct|minus|remove|lose"))
    ),
    Slip(
        "S101",
        "points for every event need `each` before the selection",
        "write `each … => {points}`",
        ahead=r"(?P<here>(?:each|every)\b|per\s+(?:visit|event|time|view|click|open|download|form|meeting|webinar)\b)",
        behind=rf"=>\s*(?P<points>[+-]\s*{NUMBER})\s*",
    ),
    Slip(
        "S101",
        "`{word}` is no word for a bound",
        "write `max {number}`",
        ahead=rf"(?P<here>(?P<word>up\s+to|cap(?:ped)?(?:\s+at)?|limit(?:ed)?(?:\s+to)?|maximum)\s+(?P<number>{NUMBER}))",
        wants="MAX",
        fix="max {number}",
    ),
    Slip(
        "S101",
        "`{word}` is no word for a decay",
        "write `halves every {length}`",
        ahead=rf"(?P<here>(?P<word>half[\s-]?life(?:\s+of)?|halves\s+(?:after|in|over))\s+(?P<length>{NUMBER}\s+{_UNITS}))",
        wants="MAX",
        fix="halves every {length}",
    ),
    Slip(
        "S101",
        "`{word}` is no word for a decay",
        "write `fades over {length}`",
        ahead=rf"(?P<here>(?P<word>fades\s+(?:after|in|every|within))\s+(?P<length>{NUMBER}\s+{_UNITS}))",
        wants="MAX",
        fix="fades over {length}",
    ),
    Slip(
        "S102",
        "`disqualify` says why",
        "write the reason behind it: `disqualify 'unsubscribed'`",
        ahead=r"$",
        behind=r"=>.*(?P<here>disqualify)\s*",
    ),
    Slip(
        "S101",
        "silence is said with `not`",
        "write `not {name}`",
        ahead=r"(?P<here>(?P<name>[^\W\d]\w*))",
        behind=r"(?P<here>\b(?:no|never))\s*",
        fix="not {name}",
    ),
    Slip(
        "S101",
        "events are counted with `count`",
        "write `count({name})`",
        ahead=r"(?P<here>of\s+(?P<name>[^\W\d]\w*(?:\([^()]*\))?))",
        behind=r"(?P<here>\b(?:number|amount|count|total))\s*",
        fix="count({name})",
    ),
    Slip(
        "S129",
        "one thing after another is a sequence of its own",
        "write `S within 7 days after T`: first what came later",
        ahead=r"(?P<here>[^\W\d]\w*)",
        behind=r"\band\s+(?P<here>then)\s*",
    ),
]

NAMES_IN_A_ROW = Slip(
    "S101",
    "two names stand in a row",
    "what is asked of a signal stands in its brackets: `{name}('{text}')`; two conditions are joined with `and`",
    ahead=r"(?P<here>(?P<text>[^\W\d][\w-]*))",
    behind=r"(?<![\w.])(?P<here>(?P<name>[^\W\d]\w*))\s*",
    wants="WITHIN",
)
