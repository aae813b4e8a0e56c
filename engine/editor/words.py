"""What the words of the language mean, in a sentence each: for whoever points at one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

KEY_WORDS: Mapping[str, str] = {
    "param": "A named number, text or date that `--set` can change for one run: `param mqa = 65 in 40..90`.",
    "list": "A set of values: `list roles = ['cfo', 'cto']`, or `file 'lists/x.csv' column domain`.",
    "table": "A look-up that is called like a function: `table weight = {champion: 3, user: 1} default 0`.",
    "signal": "Gives a kind of event a name: `signal visited(name) = page_view where page like name`.",
    "ignore": "Leaves events or contacts out before anything else is computed.",
    "derive": "Works a field out where the data have no value for it; the first case that holds counts.",
    "measure": "A named number, text or truth value that other rules use.",
    "score": "A sum of points. Its range clamps it: `score fit for lead 0..100:`.",
    "grade": "Buckets scores or numbers by cuts: `fit: A >= 75, B >= 50, C`. Several axes give `A1`, `B3` …",
    "stages": "A ladder: everyone is at the last stage whose condition holds.",
    "in order": "A stage counts only if every stage before it holds, too.",
    "stays while": "Once reached, the stage is kept as long as this holds, although its own condition no longer does.",
    "group": "Lines that are added up apart, often under a cap: `group content max 25:`.",
    "first of": "Only the first line that holds counts; `otherwise` is the last.",
    "best of": "Only the line or group that gives the most counts.",
    "when": "The lines below count only where this holds.",
    "otherwise": "Holds where none of the lines above does.",
    "remove": "Takes a line, group or stage of the base ruleset out.",
    "counting since": "Drops events up to the newest event of this kind: whoever comes back starts anew.",
    "always": "Holds for everyone.",
    "each": "Points for every event (or day, week, month, value, lead), not once.",
    "set": "If the line holds, the block's total is this, whatever its other lines give.",
    "disqualify": "Takes the lead or account out, for a reason; `for 180 days` counts from the newest event.",
    "max": "A cap: no more than this. `max 10 per day` caps each calendar day.",
    "min": "A floor: no less than this.",
    "halves every": "Points fade exponentially: half is left after each such time.",
    "fades over": "Points go down evenly, to nothing at the end of this time.",
    "loses": "Points go down in steps: `loses 25% every 30 days`, `loses 5 points every 30 days`.",
    "compounding": "Each step takes its percentage of what is left, not of the first points.",
    "no decay": "Switches the block's own decay off for this line.",
    "and": "Both hold.",
    "or": "At least one of both holds.",
    "not": "Holds where the other does not; a missing value counts as not holding.",
    "in": "Among the values of a list or an array, or within a range: `in 1..5`.",
    "is known": "There is a value.",
    "is missing": "There is no value.",
    "contains": "The text, or a value of the list, is in it.",
    "contains all": "Each of these is in it.",
    "starts with": "The text begins so; capital letters do not matter.",
    "ends with": "The text ends so; capital letters do not matter.",
    "like": "A pattern in which `*` stands for any text and `?` for one character.",
    "mentions": "Has one of these as whole words.",
    "matches": "A regular expression between slashes (RE2); `i` behind it: capital letters do not matter.",
    "default": "The value to take where this one is missing.",
    "if": "The value before it, if this holds; else the one behind `else`, or missing.",
    "else": "The value otherwise.",
    "within": "Events that are less than this old; with `after` or `before`: so near to another event.",
    "between": "Events of a stretch of time: `between 30 and 60 days ago`.",
    "more than": "Longer ago, or more often, than this.",
    "since": "From this date on.",
    "before": "Until this date, without it; or before another event.",
    "after": "Later than another event; in a decay: begins after this time.",
    "ever": "However far apart.",
    "without": "Events that no event of this kind followed.",
    "by the same contact": "Both events are of one and the same person.",
    "this month": "The calendar month of the instant that is scored; also `week`, `quarter`, `year`, and `last`.",
    "today": "The calendar day of the instant that is scored, in the ruleset's time zone.",
    "newest": "The newest of these events, or the newest few: `newest 10 visited`.",
    "earliest": "The first of these events.",
    "at least": "So many or more: `at least 3 times`, `on at least 3 days`. Of a grade or stage: that good or better.",
    "at most": "No more than so many; behind `each`: how many count per day, week, month or value.",
    "exactly": "Just so many.",
    "fewer than": "Less often than this.",
    "once": "One time.",
    "times": "How often it happened.",
    "on": "On so many different days.",
    "across": "In so many different weeks, months or sessions.",
    "in one": "Within one day, week, month, session or value of a property.",
    "in any": "Within some stretch of this length.",
    "days since": "How many whole days ago it was.",
    "days until": "How many whole days are left.",
    "leads": "The people of an account that are not disqualified.",
    "top": "The few with the largest value: `top 3 leads by engagement`.",
    "bottom": "The few with the smallest value.",
    "per": "For each calendar period or value apart.",
    "where": "Only those for which this holds; bare names are properties of events, or results and fields of leads.",
    "for at least": "Has held without a break for so long.",
    "in stage": "Has been at this stage for longer than this.",
}  # fmt: skip
"""Phrases of the grammar, longer ones go before the shorter ones in them."""

ATTRIBUTES: Mapping[str, str] = {
    "age": "How many whole days ago the event was.",
    "contact": "Who did it.",
    "session": "The sitting that the event belongs to.",
    "hour": "The hour of the day (0 to 23), in the ruleset's time zone.",
    "weekday": "The day of the week: 1 is Monday, 7 is Sunday.",
    "date": "The calendar day, in the ruleset's time zone.",
    "week": "The Monday of its week.",
    "month": "The month of the year (1 to 12).",
}

AGGREGATES: Mapping[str, str] = {
    "count": "How many there are.",
    "distinct": "How many different values there are.",
    "sum": "All added up.",
    "avg": "The average; of nothing: missing.",
    "median": "The one in the middle.",
    "share": "The part of the leads for which it holds, from 0 to 1.",
    "any": "Holds for at least one lead.",
    "all": "Holds for every lead.",
    "coverage": "The part of a list's values that is present, from 0 to 1; weighted by a table.",
    "rank": "The place among all of this run: 1 is the largest.",
    "percentile": "The place among all of this run, from 0 to 100.",
    "most_common": "The value that comes most often.",
    "stddev": "How far the values lie apart (standard deviation).",
}

FUNCTIONS: Mapping[str, str] = {
    "abs": "The number without its sign.",
    "floor": "The whole number below.",
    "ceil": "The whole number above.",
    "sqrt": "The square root: growth that slows down.",
    "log": "The natural logarithm: growth that slows down a lot.",
    "round": "Rounded, half away from zero.",
    "min": "The smallest; missing ones are skipped.",
    "max": "The largest; missing ones are skipped.",
    "weighted": "An average by weights; what is missing gives its weight to the others.",
    "domain": "What stands behind the `@` of an address.",
    "lower": "The text in small letters.",
}

_QUIET = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|#.*|\bmatches\s+/(?:\\.|[^/\\])+/\w*""")
_BY_LENGTH = sorted(KEY_WORDS, key=len, reverse=True)
_SEARCHED = {phrase: re.compile(r"\b" + phrase.replace(" ", r"\s+") + r"\b") for phrase in _BY_LENGTH}


def phrases_in(line: str) -> Iterator[tuple[int, int, str]]:
    """The phrases of the language in a line of rules, where they begin and end, the longest first.

    >>> [found[2] for found in phrases_in("not seen at least 3 times")]
    ['at least', 'times', 'not']
    """
    for phrase in _BY_LENGTH:
        for found in _SEARCHED[phrase].finditer(line):
            yield found.start(), found.end(), phrase


def without_texts(line: str) -> str:
    """A line in which texts, patterns and comments are blank, so that only words of the language are left.

    >>> without_texts("a like 'within' # and")
    'a like               '
    """
    return _QUIET.sub(lambda found: " " * len(found[0]), line)
