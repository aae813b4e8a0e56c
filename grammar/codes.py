"""Every code that a diagnostic can have: its name, its default severity and one line of what it is about.

Families: S syntax, T names and types, G graph and scope, L lints, P planning, R ruleset files, D data, X scenarios.
Each code has a page `docs/codes/CODE.md`; a test compares the two lists.
"""

from __future__ import annotations

from typing import Literal

from .late_methods import dataclass


@dataclass(frozen=True)
class Code:
    """What is the same for all findings of one code."""

    name: str
    severity: Literal["error", "warning", "info"]
    summary: str


def _errors(**codes: tuple[str, str]) -> dict[str, Code]:
    return {code: Code(name, "error", summary) for code, (name, summary) in codes.items()}


def _warnings(**codes: tuple[str, str]) -> dict[str, Code]:
    return {code: Code(name, "warning", summary) for code, (name, summary) in codes.items()}


def _infos(**codes: tuple[str, str]) -> dict[str, Code]:
    return {code: Code(name, "info", summary) for code, (name, summary) in codes.items()}


SYNTAX = _errors(
    S101=("unexpected-text", "something stands where the grammar expects something else"),
    S102=("unexpected-end", "a line ends before it is complete"),
    S103=("single-equals", "`=` where two values are compared"),
    S104=("foreign-operator", "an operator of another language"),
    S105=("capital-key-word", "a key word in capital letters"),
    S106=("missing-arrow", "a line without `=>`"),
    S107=("missing-colon", "the head of a block without its colon"),
    S108=("indentation", "a line that is indented like no block around it"),
    S109=("unclosed-text", "a text or a name in backquotes that does not end on its line"),
    S110=("unclosed-bracket", "a bracket that is not closed, or closed by another"),
    S111=("unclosed-pattern", "a pattern behind `matches` that does not end on its line"),
    S112=("curly-quotes", "typographic quotes around a text"),
    S113=("semicolon", "a semicolon"),
    S114=("if-then", "`if … then … else` around a line"),
    S115=("points-without-sign", "points without `+` or `-`"),
    S116=("points-in-words", "the word `points` behind points"),
    S117=("percent-sign", "a percent sign outside `loses … %`"),
    S118=("unit", "a length of time without a unit, or with one that does not exist"),
    S119=("number-in-words", "a number in words"),
    S120=("empty-block", "a block with nothing inside"),
    S121=("text-after-colon", "something behind the colon of a block"),
    S122=("said-twice", "a part that can stand only once"),
    S123=("misplaced-where", "`where` outside of the brackets of its selection"),
    S124=("impossible-date", "a date that does not exist, or is written another way"),
    S125=("compared-with-list", "a list behind `==` or `!=`"),
    S126=("chained-comparison", "two comparisons in a row"),
    S127=("bad-name", "a name that cannot stand there"),
    S128=("not-at-the-top", "a block's own decay or `counting since` that is not at its top"),
    S129=("bare-sequence", "`after` or `before` without a length of time"),
    S130=("too-large", "a file, a number or a nesting beyond what is read"),
    S131=("is-what", "`is` with something else than `known` or `missing`"),
    S132=("pattern-flag", "a flag of a pattern other than `i`"),
    S133=("how-often", "a `how often` that does not fit together"),
    S134=("per-what", "`per` where it does not belong"),
    S135=("cut-sign", "a cut of a grade with another sign than `>=`"),
    S136=("each-or", "`or` between signals behind `each` or before a piece, without brackets"),
    S137=("not-formatted", "a file that the formatter would not give back as it is meant"),
)

NAMES_AND_TYPES = {
    **_errors(
        T101=("unknown-name", "a name that nothing defines"),
        T102=("unknown-field", "a field that the schema does not declare"),
        T103=("unknown-signal", "a signal, event type, table or function that nothing defines"),
        T104=("unknown-table", "a table that nothing defines"),
        T105=("unknown-property", "a property that the event type does not have"),
        T106=("unknown-list", "a list that nothing defines"),
        T108=("unusable-param", "a param set on the command line that does not exist, or cannot have that value"),
        T110=("wrong-type", "a value of one type where another is needed"),
        T111=("no-condition", "a value where true or false is needed"),
        T113=("never-this-value", "a literal that an enumeration, a grade or a ladder of stages does not have"),
        T114=("wrong-arguments", "arguments that do not fit"),
        T115=("empty-text", "a comparison with an empty text"),
        T116=("no-such-date", "a date or an instant that does not exist"),
        T117=("unreadable-pattern", "a regular expression that RE2 does not read"),
        T119=("too-many-decimals", "points with more than 4 decimals"),
        T120=("impossible-number", "a number, unit or length that makes no sense at its place"),
        T121=("no-selection", "something that selects no events where events are needed"),
        T130=("defined-twice", "two definitions of one name"),
        T131=("id-taken", "two lines or groups with one id"),
        T132=("wrong-way-round", "a range, window or pair of bounds that is empty"),
        T133=("param-out-of-range", "a param outside of its own range"),
        T134=("cuts-out-of-order", "cuts of a grade that do not fall from left to right"),
        T136=("stages-out-of-order", "a later stage that asks for less than an earlier one"),
        T140=("ambiguous-age", "a decay or a term without one event to count from"),
        T141=("modifier-without-points", "a modifier on an effect that it cannot work on"),
        T142=("modifier-twice", "the same modifier twice on one line"),
        T144=("often-on-each-event", "how often, on `each` single event"),
        T145=("modifier-out-of-place", "a modifier or an effect where it can do nothing"),
        T146=("otherwise-not-last", "an `otherwise` that does not stand last"),
    ),
    **_warnings(
        T107=("never-seen", "a field or an event type that the data do not have"),
        T137=("grade-gap", "values for which an axis of a grade has no label"),
        T138=("key-never-found", "a key of a table that what it is asked with never is"),
        T139=("parameter-unused", "a parameter of a signal that changes nothing"),
    ),
}

GRAPH_AND_SCOPE = _errors(
    G101=("cycle", "definitions that need each other"),
    G102=("lead-result-in-account", "an account rule that reads a lead's result without aggregating it"),
    G103=("wrong-level", "a field or a result of the other level"),
    G104=("many-in-one", "contacts or leads counted where there is only one"),
    G105=("outside-of-an-event", "a property where there is no event, or a selection where there is one"),
    G106=("beyond-bounds", "rules that are nested, chained or multiplied beyond what can be computed"),
    G107=("not-as-read", "an `ignore` line that asks for more than the data as they are read"),
)

LINTS = {
    **_errors(L701=("looks-ahead", "a rule that reads what the outcome of a backtest is made of")),
    **_warnings(
        L101=("unreachable-threshold", "a comparison that no combination of lines can make true"),
        L102=("always-true", "a comparison that is true whatever the data"),
        L103=("never-holds", "a line, case, stage or selection that can never hold"),
        L104=("never-counts", "a line that never changes the score"),
        L105=("same-condition", "two lines of a score that hold for exactly the same entities"),
        L106=("shadowed", "something that an earlier item always takes, or a better one always beats"),
        L201=("points-for-missing", "an effect that also comes about where a field is missing"),
        L202=("at-most-of-nothing", "an upper bound on how often that also holds for those who never came"),
        L301=("cap-on-single-points", "a bound on a line that pays a fixed number of points once"),
        L302=("factor-on-negative-sum", "a factor below 1 that makes a negative sum better"),
        L303=("short-contains", "`contains` with a text of three letters or fewer"),
        L304=("default-decay-misses", "a line with events that the default decay of its block does not reach"),
        L305=("window-outlives-decay", "a window that is wider than the time in which a decay leaves any points"),
        L306=("cap-below-one-step", "a bound on an `each` line below what one event is worth"),
        L307=("floor-above-points", "a lower bound that all points together never reach"),
        L308=("set-beyond-range", "`set` to a number that the range or a bound takes back"),
        L309=("thousands-separator", "a number such as `1.000`, which is one"),
        L310=("window-on-the-last", "`a or b within 30 days`, where the window is b's alone"),
        L401=("unused-definition", "a param, list, table or signal that nothing uses"),
        L402=("unused-field", "a declared field or event type that no rule reads"),
        L502=("list-beyond-enumeration", "a list with values that the field it is compared with never has"),
        L503=("many-levels", "a result more than four changes of level away from the data"),
        L505=("unused-allowance", "a comment that allows a lint where there is none"),
        L506=("unexplained-allowance", "a comment that allows a lint and does not say why"),
        L601=("absent-value", "a field or property that rules read and no record of the data has"),
        L605=("near-value", "a value in the data one edit away from one that rules name"),
        L607=("surface-dominates", "a score that is mostly made of looking and opening"),
        L608=("counted-twice", "two lines that fire for the same leads or accounts"),
        L609=("missing-groups", "a limit per value of a property that many events do not have"),
    ),
    **_infos(
        L203=("days-since-is-no-silence", "`days since S` above a number, which leaves out those who never came"),
        L403=("unused-property", "a declared property of an event type that no rule reads"),
        L404=("unread-measure", "a measure that no rule reads"),
        L501=("line-without-id", "a line whose id is made from its text"),
        L504=("whole-population", "a result with which one event can change everyone's"),
        L602=("absent-events", "an event type that rules read and that the data do not have"),
        L603=("mostly-missing", "a value that rules read and hardly any record has"),
        L604=("never-fires", "a line that fires for nobody in the data"),
        L606=("unread-events", "event types in the data that no rule reads"),
        L610=("param-at-edge", "a param whose value is an end of its range"),
    ),
}

PLANNING = {
    **_errors(
        P102=("not-in-sql", "a part of the rules that the planner cannot turn into SQL"),
    ),
}

RULESET_FILES = {
    **_errors(
        R101=("ruleset-not-found", "there is no ruleset of that name or path"),
        R102=("file-not-found", "a file that the ruleset names and that is not there"),
        R103=("not-yaml", "a file that is not readable YAML"),
        R104=("manifest-malformed", "a manifest that says something it cannot say"),
        R105=("outside-the-folder", "a path that leaves the ruleset's folder"),
        R106=("file-malformed", "a list, table or file of rules that cannot be read"),
        R107=("unreadable", "a file that the system does not let us read"),
        R108=("no-base", "a change to a base ruleset where there is none"),
        R112=("circle-of-bases", "rulesets that build on each other in a circle"),
        R113=("version-not-raised", "rules that mean something else under the version that they had"),
    ),
    **_warnings(R111=("file-not-listed", "a file of rules that the manifest does not name")),
    "R110": Code("not-checked", "info", "what could not be checked without data"),
}

DATA = {
    **_errors(
        D101=("data-not-found", "there is no data at that path"),
        D102=("data-empty", "there is nothing to read: no events, or no file that fits"),
        D103=("data-unreadable", "a file that cannot be opened, unpacked or decoded"),
        D104=("data-malformed", "a file whose contents are not laid out as its kind asks"),
        D105=("column-missing", "a table without a column that every record needs"),
        D106=("column-duplicate", "a table with two columns of one name"),
        D108=("too-many-rejected", "more records are unreadable than allowed"),
        D109=("names-alike", "fields or properties whose names differ only in case"),
        D110=("sources-malformed", "a `sources:` section that cannot be understood"),
        D111=("ids-not-unique", "an id of several records, where a source promises that there is none"),
    ),
    **_warnings(
        D201=("impossible-value", "values that are none of the declared type, and count as missing"),
        D202=("conflicting-duplicates", "records of one id that say different things"),
        D203=("unknown-event-type", "events of a type that the schema does not name"),
        D204=("records-rejected", "records that were set aside"),
        D205=("file-not-read", "a file in the data folder that no reader takes"),
        D206=("key-missing", "a key that `sources:` maps something to, and that no record of the JSON has"),
    ),
}

SCENARIOS = _errors(
    X101=("scenario-malformed", "a scenario file that cannot be read"),
    X102=("scenario-unknown-name", "a scenario names something that neither it nor the ruleset has"),
    X103=("scenario-impossible-value", "a value in a scenario that its field or result cannot have"),
    X104=("no-scenarios", "a ruleset without scenarios to test"),
)

CODES: dict[str, Code] = {
    **SYNTAX,
    **NAMES_AND_TYPES,
    **GRAPH_AND_SCOPE,
    **LINTS,
    **PLANNING,
    **RULESET_FILES,
    **DATA,
    **SCENARIOS,
}
