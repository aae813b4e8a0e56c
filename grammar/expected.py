"""What could have stood somewhere, in words for people: names of the grammar's terminals, gathered into kinds."""

from __future__ import annotations

from collections.abc import Collection

WORDS = {
    "ACROSS": "across", "AFTER": "after", "AGO": "ago", "ALWAYS": "always", "AND": "and", "AT_LEAST": "at least",
    "AT_MOST": "at most", "BEFORE": "before", "BEST_OF": "best of", "BETWEEN": "between", "BY": "by",
    "BY_QUANTITY": "by at least", "BY_SAME": "by the same contact", "COLUMN": "column", "COMPOUNDING": "compounding",
    "COUNTING_SINCE": "counting since", "DAYS_SINCE": "days since", "DAYS_UNTIL": "days until", "DEFAULT": "default",
    "DERIVE": "derive", "DISQUALIFY": "disqualify", "EACH": "each", "ELSE": "else", "EVER": "ever", "EVERY": "every",
    "EXACTLY": "exactly", "FADES": "fades", "FALSE": "false", "FEWER_THAN": "fewer than", "FILE": "file",
    "FIRST_OF": "first of", "FOR": "for", "FOR_AT_LEAST": "for at least", "GRADE": "grade", "GROUP": "group",
    "HALVES": "halves", "IF": "if", "IGNORE": "ignore", "IN": "in", "IN_ANY": "in any", "IN_ONE": "in one",
    "IN_ORDER": "in order", "IN_STAGE": "in stage", "IS": "is", "KEY": "key", "KNOWN": "known", "LEAD": "lead",
    "LEADS": "leads", "LIST": "list", "LOSES": "loses", "MATCHES": "matches", "MAX": "max", "MEASURE": "measure",
    "MIN": "min", "MISSING": "missing", "MORE_THAN": "more than", "MORE_TIMES": "more than", "NEWEST": "newest",
    "NOT": "not",
    "NO_DECAY": "no decay", "OF": "of", "ON": "on", "ONCE": "once", "OR": "or", "OTHERWISE": "otherwise",
    "OVER": "over", "PARAM": "param", "PER": "per", "PERIOD_WITH": "day with", "POINTS": "points", "REMOVE": "remove",
    "REMOVE_STAGE": "remove",
    "SCORE": "score", "SET": "set", "SIGNAL": "signal", "SINCE": "since", "STAGES": "stages",
    "STAYS_WHILE": "stays while", "TABLE": "table", "TIMES": "times", "TO": "to", "TODAY": "today", "TOP": "top",
    "TRUE": "true", "VALUE": "value", "WHEN": "when", "WHERE": "where", "WITHIN": "within", "WITHOUT": "without",
}  # fmt: skip
"""The key word of each terminal that is one."""

PHRASES = {
    "ARROW": "`=>`", "COLON": "`:`", "EQUAL": "`=`", "DOTS": "`..`", "COMMA": "`,`", "LPAR": "`(`", "RPAR": "`)`",
    "LSQB": "`[`", "RSQB": "`]`", "LBRACE": "`{`", "RBRACE": "`}`", "PERCENT": "`%`", "PLUS": "`+`", "MINUS": "`-`",
    "STAR": "`*`", "SLASH": "`/`", "COMPARE": "a comparison", "NAME": "a name", "TEXT": "a text", "NUMBER": "a number",
    "MIXED": "a label", "MOMENT": "a date", "PATTERN": "a pattern like `/chief/i`", "UNIT": "a unit of time",
    "SESSIONS": "`sessions`", "CONTACTS": "`contacts`", "LEVEL": "`lead` or `account`", "TEXT_OP": "a comparison",
    "CONTAINS_ALL": "a comparison", "CALENDAR": "a window like `this month`", "NEWEST_COUNT": "`newest`",
    "$END": "the end of the line",
}  # fmt: skip
"""What each other terminal is called."""

# Terminals that say one thing together, where all of the first column could stand.
_KINDS: list[tuple[str, str, str]] = [
    ("PARAM SIGNAL SCORE", "LIST TABLE IGNORE DERIVE MEASURE GRADE STAGES GROUP FIRST_OF BEST_OF WHEN REMOVE EACH "
     "OTHERWISE COUNTING_SINCE HALVES FADES LOSES", "a statement"),
    ("EACH GROUP WHEN", "FIRST_OF BEST_OF REMOVE OTHERWISE COUNTING_SINCE HALVES FADES LOSES", "a line or a block"),
    ("PLUS MINUS STAR SET DISQUALIFY", "", "an effect like `+20`, `*1.5`, `set 50` or `disqualify 'reason'`"),
    ("NAME LPAR NUMBER NOT", "TEXT TRUE FALSE ALWAYS AT_LEAST AT_MOST EXACTLY IN_STAGE NEWEST NEWEST_COUNT DAYS_SINCE "
     "DAYS_UNTIL MINUS MOMENT OTHERWISE", "a condition"),
    ("NAME LPAR NUMBER DAYS_SINCE", "TEXT TRUE FALSE NEWEST NEWEST_COUNT DAYS_UNTIL MINUS MOMENT", "a value"),
    ("NAME LPAR TEXT", "NEWEST NEWEST_COUNT", "a signal"),
    ("NAME LPAR NUMBER", "MINUS MOMENT", "a number"),
    ("STAR SLASH PLUS", "MINUS DEFAULT", "an operator"),
    ("COMPARE IN", "IS MATCHES TEXT_OP CONTAINS_ALL NOT", "a comparison"),
    ("WITHIN BETWEEN", "SINCE BEFORE CALENDAR TODAY EVER WITHOUT MORE_THAN", "a window like `within 30 days`"),
    ("AT_LEAST ACROSS", "AT_MOST EXACTLY FEWER_THAN ON BY_QUANTITY MORE_THAN MORE_TIMES", "how often"),
    ("HALVES FADES", "LOSES NO_DECAY MAX MIN AT_MOST TEXT PER", "a cap, decay or label"),
]  # fmt: skip
_ORDER = ["`=>`", "`:`", "`=`", "an effect", "a statement", "a line", "a condition", "a value", "`and`", "`or`"]
_ORDER += ["a comparison", "a window", "how often"]
_MOST = 5


def expected(accepted: Collection[str]) -> list[str]:
    """What could stand where these terminals are accepted, the likeliest first, at most a handful."""
    left = set(accepted) - {"FOR_AT_LEAST"}
    if {"ARROW", "COLON"} <= left:
        left.remove("COLON")  # it would make a name the id of a line
    named: list[str] = []
    for core, more, name in _KINDS:
        if left.issuperset(core.split()):
            left -= {*core.split(), *more.split()}
            named.append(name)
    named += sorted({PHRASES.get(terminal) or f"`{WORDS.get(terminal, terminal.lower())}`" for terminal in left})
    named.sort(key=_rank)
    return list(dict.fromkeys(named))[:_MOST]


def _rank(name: str) -> int:
    return next((at for at, start in enumerate(_ORDER) if name.startswith(start)), len(_ORDER))


def listed(names: list[str]) -> str:
    """`a`, `b` or `c`."""
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
