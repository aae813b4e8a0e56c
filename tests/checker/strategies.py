"""Random rules over one vocabulary: every name exists, most of them stand where they make no sense."""

from __future__ import annotations

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

VOCABULARY = """\
param threshold = 5 in 0..9
param word = 'a'
param launch = 2026-01-01
list roles = ['champion', 'user']
list sizes = [1, 2, 3]
list codes = file 'codes.csv'
table points = {champion: 3, user: 1} default 0
table pairs = {(a, 1..5): 3, (b, 6..): 4}
signal visited = page_view
signal visited(name) = page_view where page like name
signal attended(name) = webinar where title like name
signal deep(a, b) = visited(a) or attended(b)
derive contact.segment = 'a' if contact.age > 3 else 'b'
measure visits for lead = count(visited)
measure engaged for account = count(leads where fit >= 20)
score fit for lead 0..100:
    contact.age > 3 => +5
score readiness for account 0..100:
    engaged >= 3 => +20
grade rating for lead:
    fit: A >= 75, B >= 50, C
    visits: 1 >= 3, 2
stages for lead:
    MQL: fit >= 50
    SQL: fit >= 70
stages for account:
    MQA: readiness >= 50
"""


def among(*words: str) -> Texts:
    return st.sampled_from(words)


def joined(*parts: Texts | str) -> Texts:
    """Parts one behind the other, with blanks between them."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(" ".join)


numbers = among("0", "1", "3", "2.5", "0.00001", "-4", "threshold", "99999999999")
texts = among("'champion'", "'user'", "'pricing*'", "''", "'nobody'", "word")
moments = among("2026-01-01", "2026-01-01T07:00Z", "launch")
names = among(
    *("contact.role", "contact.age", "contact.title", "contact.created", "contact.seen", "contact.interests"),
    *("contact.subscribed", "contact.segment", "contact.id", "account.employees", "account.technologies"),
    *(
        "account.target",
        "account.readiness",
        "account.visited",
        "account.stage",
        "account.match.industry",
        "account.id",
    ),
    *("role", "age", "page", "minutes", "event.minutes", "date", "hour", "contact", "month", "session", "amount"),
    *("fit", "visits", "readiness", "engaged", "rating", "stage", "disqualified", "threshold", "word", "launch"),
    *("visited", "page_view", "roles", "sizes", "codes", "points", "nothing", "contact.nothing"),
)
durations = joined(numbers, among("days", "weeks", "hours", "seconds", "months"))
labels = among("A1", "B2", "MQL", "SQL", "A9", "'x'")


def calls(values: Texts) -> Texts:
    called = among(
        "visited", "attended", "deep", "points", "pairs", "round", "min", "domain", "lower", "weighted", "log"
    )
    where = st.just("") | values.map(lambda value: f" where {value}")
    return st.tuples(called, st.lists(values, max_size=2).map(", ".join), where).map(lambda t: f"{t[0]}({t[1]}{t[2]})")


def pieces(values: Texts) -> Texts:
    return st.one_of(
        joined("within", durations),
        joined("more than", durations, "ago"),
        joined("between", numbers, "and", durations, "ago"),
        joined("since", moments),
        joined("between", moments, "and", moments),
        joined("within", durations, among("after", "before"), sources(values)),
        joined("ever after", sources(values)),
        joined("without", sources(values)),
        among("this month", "today"),
    )


def often() -> Texts:
    times = joined(among("at least", "at most", "exactly", "more than"), numbers, "times")
    counted = among("on at least 3 days", "by at least 2 contacts", "across at least 3 sessions", "exactly 0 times")
    return times | counted | joined(times, among("in one day", "in any 7 days"))


def sources(values: Texts) -> Texts:
    one = among("visited", "page_view", "account.visited", "'Open Opportunity'", "intent", "fit") | calls(values)
    return one | st.tuples(one, one).map(lambda two: f"({two[0]} or {two[1]})")


def selections(values: Texts) -> Texts:
    one = joined(sources(values), pieces(values))
    return st.one_of(one, joined(one, often()), joined(sources(values), often()), joined(one, pieces(values)))


def leads(values: Texts) -> Texts:
    return st.one_of(
        st.just("leads"),
        joined("leads where", values),
        joined("top", numbers, "leads by", values),
        joined("bottom 3 leads where", values),
    )


def aggregates(values: Texts) -> Texts:
    function = among("count", "sum", "avg", "distinct", "max", "newest", "most_common", "share", "any", "median")
    many = leads(values) | selections(values) | sources(values)
    of = st.tuples(values, many).map(" of ".join)
    coverage = st.tuples(values, leads(values), among("roles", "['champion']", "sizes", "roles, points"))
    return st.one_of(
        st.tuples(function, many | of).map(lambda two: f"{two[0]}({two[1]})"),
        coverage.map(lambda three: f"coverage({three[0]} of {three[1]}, {three[2]})"),
        sources(values).map(lambda source: f"avg(count of {source} per week over 12 weeks)"),
        values.map(lambda value: f"percentile({value})"),
    )


def extend(values: Texts) -> Texts:
    """Values and conditions made of smaller ones."""
    return st.one_of(
        calls(values),
        selections(values),
        aggregates(values),
        joined(values, among("==", "!=", "<", ">="), values),
        joined(values, among("and", "or"), values),
        joined("not", values),
        joined(values, among("+", "*", "/"), values),
        joined(
            values,
            among("in", "not in"),
            among("roles", "sizes", "codes", "1..5", "5..1", "['a', 3]", "contact.interests"),
        ),
        joined(values, among("contains", "like", "mentions", "starts with"), texts | among("['a', 'b']", "roles")),
        joined(values, among("is known", "is missing", "matches /(?:cfo|vp)/i", "matches /(/")),
        joined(values, "at least", labels),
        joined(values, "default", numbers | texts),
        st.tuples(values, values, values).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(numbers, values, values).map(lambda t: f"at least {t[0]} of ({t[1]}, {t[2]})"),
        joined(among("days since", "days until"), names | sources(values)),
        values.map(lambda value: f"({value})"),
    )


values = st.deferred(
    lambda: st.recursive(
        st.one_of(names, names, numbers, texts, moments, among("always", "true")), extend, max_leaves=5
    )
)

limits = joined("at most", numbers, "per", among("day", "page", "contact", "nothing"))
modifiers = st.one_of(
    joined(among("max", "min"), numbers),
    joined("max", numbers, "per day"),
    limits,
    joined("halves every", durations),
    joined("fades over", durations),
    among("no decay", "loses 25% every 30 days", "halves every 3 days to 2"),
)
heads = st.one_of(
    values,
    values,
    st.just("otherwise"),
    joined("each", sources(values) | selections(values)),
    joined("each", among("day with", "page of", "contact of", "age of"), sources(values)),
    joined("each lead where", values),
)
effects = st.one_of(
    numbers.map(lambda number: f"+{number}"),
    values.map(lambda value: f"+({value})"),
    values.map(lambda value: f"*({value})"),
    joined("set", numbers),
    joined("disqualify", texts, st.just("") | joined("for", durations)),
)
lines = st.builds(
    lambda name, head, effect, more: f"{name}{head} => {effect} {' '.join(more)}",
    st.just("") | among("one: ", "two: "),
    heads,
    effects,
    st.lists(modifiers, max_size=2),
)


def blocks(items: Texts) -> Texts:
    opened = st.one_of(
        among("first of:", "best of:", "group one:", "group two max 3 min 9:"),
        values.map(lambda value: f"when {value}:"),
    )
    default = st.just([]) | among("halves every 30 days", "counting since visited").map(lambda word: [word])
    inside = st.tuples(default, st.lists(items, min_size=1, max_size=3)).map(lambda two: two[0] + two[1])
    return st.tuples(opened, inside).map(lambda two: "\n".join([two[0], *indented(two[1])]))


def indented(items: list[str]) -> list[str]:
    return ["    " + row for item in items for row in item.split("\n")]


items = st.deferred(lambda: st.recursive(lines, blocks, max_leaves=4))
levels = among("lead", "account")
statements = st.one_of(
    st.tuples(levels, st.lists(items, min_size=1, max_size=4)).map(
        lambda two: "\n".join([f"score s for {two[0]} 0..100:", *indented(two[1])])
    ),
    st.tuples(levels, values).map(lambda two: f"measure m for {two[0]} = {two[1]}"),
    st.tuples(among("contact.x", "account.y", "contact.role", "contact.age"), values).map(
        lambda two: f"derive {two[0]} = {two[1]}"
    ),
    st.tuples(among("", "(a)", "(a, b)", "(page)"), sources(values), values).map(
        lambda three: f"signal s{three[0]} = page_view where {three[2]}"
    ),
    values.map(lambda value: f"ignore contact where {value}"),
    st.tuples(values, pieces(values)).map(lambda two: f"ignore page_view {two[1]} where {two[0]}"),
    st.tuples(levels, values, numbers).map(lambda t: f"grade g for {t[0]}:\n    {t[1]}: A >= {t[2]}, B >= 3, C"),
    st.tuples(levels, values, values).map(
        lambda t: f"stages for {t[0]}:\n    ONE: {t[1]}\n    TWO: {t[2]} stays while {t[1]}"
    ),
    st.tuples(values, numbers).map(lambda two: f"table t = {{a: {two[1]}, 'b': {two[1]}}}"),
)
files = st.lists(statements, min_size=1, max_size=4).map(lambda found: VOCABULARY + "\n".join(found) + "\n")
