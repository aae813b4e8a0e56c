"""What stands behind the words of the grammar: for each of its terminals the ways to go on, with places to fill in."""

from __future__ import annotations

from collections.abc import Mapping

Templates = Mapping[str, tuple[tuple[str, str], ...]]


def _same(*texts: str) -> tuple[tuple[str, str], ...]:
    return tuple((text, text) for text in texts)


def periods() -> tuple[str, ...]:
    """What `per` can stand before besides properties."""
    return ("day", "week", "month")


STATEMENTS: Templates = {
    "SCORE": (("score … for lead", "score ${1:fit} for ${2|lead,account|} 0..100:\n    ${3:always} => +${4:10}"),),
    "MEASURE": (("measure … for account", "measure ${1:name} for ${2|account,lead|} = ${3:count(leads)}"),),
    "GRADE": (("grade … for lead", "grade ${1:rating} for ${2|lead,account|}:\n    ${3:fit}: A >= 75, B >= 50, C"),),
    "STAGES": (("stages for account", "stages for ${1|account,lead|}:\n    ${2:MQA} \"${3:Qualified}\": ${4:always}"),),
    "SIGNAL": (("signal … = …", "signal ${1:visited}(${2:name}) = ${3:page_view} where ${4:page} like ${2:name}"),),
    "PARAM": (("param … = …", "param ${1:name} = ${2:50} in ${3:10}..${4:90}"),),
    "LIST": (("list … = […]", "list ${1:name} = ['${2:value}']"),),
    "TABLE": (("table … = {…}", "table ${1:name} = {${2:key}: ${3:1}} default ${4:0}"),),
    "DERIVE": (("derive contact.…", "derive contact.${1:role}:\n    ${2:always} => '${3:value}'"),),
    "IGNORE": (("ignore … where", "ignore ${1:page_view} where ${2:user_agent} matches /bot/i"),),
}  # fmt: skip

BLOCKS: Templates = {
    "EACH": (("each …", "each ${1:visited} => +${2:5} max ${3:20}"),),
    "GROUP": (("group … max", "group ${1:name} max ${2:25}:"),),
    "FIRST_OF": _same("first of:"),
    "BEST_OF": _same("best of:"),
    "WHEN": (("when …:", "when ${1:condition}:"),),
    "OTHERWISE": _same("otherwise"),
    "COUNTING_SINCE": (("counting since", "counting since ${1:event}"),),
    "REMOVE": (("remove", "remove "),),
}

CONDITIONS: Templates = {
    "ARROW": (("=>", "=> "),),
    "AND": _same("and"),
    "OR": _same("or"),
    "NOT": _same("not"),
    "WITHIN": (("within … days", "within ${1:30} days"),),
    "AT_LEAST": (("at least … times", "at least ${1:3} times"),),
    "ON": (("on at least … days", "on at least ${1:3} days"),),
    "ACROSS": (("across at least … weeks", "across at least ${1:3} weeks"),),
    "BY_QUANTITY": (("by at least … contacts", "by at least ${1:3} contacts"),),
    "BETWEEN": (("between … days ago", "between ${1:30} and ${2:60} days ago"),),
    "MORE_THAN": (("more than … days ago", "more than ${1:60} days ago"),),
    "WITHOUT": (("without …", "without ${1:event}"),),
    "SINCE": (("since", "since "),),
    "CALENDAR": _same("this month", "last month", "this quarter", "last quarter", "this week", "last week"),
    "TODAY": _same("today"),
    "IN": _same("in"),
    "IS": _same("is known", "is missing"),
    "TEXT_OP": _same("contains", "mentions", "starts with", "ends with", "like"),
    "MATCHES": (("matches /…/i", "matches /${1:text}/i"),),
    "NEWEST": _same("newest", "earliest"),
    "DAYS_SINCE": _same("days since"),
    "DAYS_UNTIL": _same("days until"),
    "ALWAYS": _same("always"),
    "TRUE": _same("true", "false"),
    "WHERE": _same("where"),
    "LEADS": _same("leads", "leads where"),
    "TOP": (("top … leads by", "top ${1:3} leads by ${2:engagement}"),),
    "OF": _same("of"),
    "AGO": _same("ago"),
    "AFTER": _same("after"),
    "KNOWN": _same("known", "missing"),
    "UNIT": _same("days", "weeks", "hours", "months", "minutes"),
    "TIMES": _same("times"),
    "CONTACTS": _same("contacts"),
    "SESSIONS": _same("sessions"),
    "LEVEL": _same("lead", "account"),
    "IF": _same("if"),
    "ELSE": _same("else"),
    "DEFAULT": _same("default"),
    "STAYS_WHILE": _same("stays while"),
    "IN_ORDER": _same("in order"),
    "FILE": (("file '….csv'", "file 'lists/${1:name}.csv'"),),
    "COLUMN": _same("column"),
}  # fmt: skip

EFFECTS: Templates = {
    "SET": (("set", "set ${1:50}"),),
    "DISQUALIFY": (("disqualify '…'", "disqualify '${1:reason}'"),),
    "MAX": (("max", "max ${1:20}"),),
    "MIN": (("min", "min ${1:0}"),),
    "AT_MOST": (
        ("at most … per day", "at most ${1:3} per ${2:day}"),
        ("at most once per … days", "at most once per ${1:90} days"),
    ),
    "HALVES": (("halves every … days", "halves every ${1:30} days"),),
    "FADES": (("fades over … days", "fades over ${1:90} days"),),
    "LOSES": (("loses …% every … days", "loses ${1:25}% every ${2:30} days"),),
    "NO_DECAY": _same("no decay"),
    "COMPOUNDING": _same("compounding"),
    "EVERY": _same("every"),
    "OVER": _same("over"),
    "TO": (("to", "to ${1:0}"),),
    "FOR": (("for … days", "for ${1:180} days"),),
    "PER": (("per", "per "),),
}  # fmt: skip

OF_EVENTS = frozenset(
    [
        "WITHIN",
        "AT_LEAST",
        "AT_MOST",
        "ON",
        "ACROSS",
        "BY_QUANTITY",
        "BETWEEN",
        "MORE_THAN",
        "WITHOUT",
        "SINCE",
        "CALENDAR",
        "TODAY",
        "AFTER",
    ]
)
"""What stands behind events only."""
OF_VALUES = frozenset(["IN", "IS", "TEXT_OP", "MATCHES", "DEFAULT"])
"""What stands behind values only."""

TEMPLATES: Templates = {**EFFECTS, **CONDITIONS, **BLOCKS, **STATEMENTS}
"""All of them, the likeliest first."""
