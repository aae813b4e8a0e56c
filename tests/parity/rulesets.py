"""Random rulesets as text: every construct that the engine computes, over the schema of `models`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

VOCABULARY = """
param threshold = 7 in 0..50
param span = 10
list roles = ['buyer', 'Champion']
list sizes = [10, 50, 200]
list pages = ['Pricing', 'docs/a']
table worth = {buyer: 3, champion: 1.5} default 0.25
table bands = {..9: 1, 10..49: 2.5, 50..: -4}
table both = {(buyer, software): 2, (user, software): 0.3333}
signal seen = view
signal seen(name) = view where page like name
signal long(n) = view or talk where page is known and (page starts with n or page ends with n)
signal met = talk where minutes >= 10
signal busy = seen('docs/*') or met
signal surge(about) = intent where topic == about and strength >= 50
"""

PAGES = ["'pricing'", "'docs/*'", "'doc?/a'", "'*'", "'PRICING*'"]
OF_EVENTS = ["avg", "median", "min", "max", "newest", "earliest"]
TOOLS = ["'dbt'", "['x', 'DBT']", "all ['dbt', 'crm']"]
TEXT_TESTS = ["contains", "starts with", "ends with", "mentions"]
SOUGHT = ["'chief'", "'officer'", "['it', 'Chief Fun']"]
SOME = ["at least", "at most", "exactly"]
IGNORED = [
    "view where hot",
    "talk within 2 hours after view",
    "contact where flag",
    "view where seconds < 10",
    "intent within 3 days",
]
Draw = Callable[[st.SearchStrategy], object]


@dataclass
class Writer:
    """Writes one ruleset. `known` are the results so far, by level: name → kind."""

    draw: Draw
    known: dict[str, dict[str, str]] = field(default_factory=lambda: {"lead": {}, "account": {}})
    count: int = 0
    has_range: set[str] = field(default_factory=set)
    has_stages: set[str] = field(default_factory=set)

    def pick(self, *options: object) -> object:
        found = self.draw(st.sampled_from(options))
        return found() if callable(found) else found

    def chance(self, of: int) -> bool:
        return self.whole(0, of - 1) == 0

    def whole(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))  # type: ignore[return-value]

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # --- selections ------------------------------------------------------------------------

    def source(self, level: str) -> tuple[str, str]:
        """A signal with one event type that it can have."""
        page = self.pick(*PAGES)
        name, kind = self.pick(
            (f"seen({page})", "view"),
            ("seen", "view"),
            ("met", "talk"),
            ("busy", ""),
            (f"long({self.pick('pri', 'a')!r})", ""),
            ("surge('crm')", "intent"),
            ("intent", "intent"),
            ("talk", "talk"),
            (f"view(where {self.event_test('view')})", "view"),
            (f"talk(where {self.event_test('talk')})", "talk"),
        )
        if level == "lead" and self.chance(6):
            return f"account.{name}", kind
        return name, kind

    def event_test(self, kind: str) -> str:
        def number() -> str:
            prop = {"view": "seconds", "talk": "minutes", "intent": "strength"}[kind]
            return f"{prop} {self.pick('>=', '<', '==', '!=', '>', '<=')} {self.pick(0, 10, 10.5, 30)}"

        return self.pick(  # type: ignore[return-value]
            number,
            number,
            lambda: f"{'topic' if kind == 'intent' else 'page'} is missing",
            lambda: "contact is missing",
            lambda: f"hour in {self.whole(0, 12)}..{self.whole(12, 23)}",
            lambda: f"weekday {self.pick('<=', '==', '>')} {self.whole(1, 7)}",
            lambda: f"month in [{self.whole(1, 6)}, {self.whole(7, 12)}]",
            lambda: f"age {self.pick('<', '>=')} {self.whole(0, 12)}",
            lambda: "contact.role == 'buyer'",
            lambda: "account.size > 10 or contact.flag",
            lambda: f"{'topic' if kind == 'intent' else 'page'} in pages",
            lambda: "hot" if kind == "view" else number(),
            lambda: "page matches /^p|A$/" if kind == "view" else number(),
            lambda: "not (page contains 'ric')" if kind == "view" else number(),
            lambda: "session == 's1'" if kind == "talk" else "session ends with '000'",
            lambda: "page like contact.title" if kind == "view" else number(),
        )

    def window(self) -> str:
        unit = self.pick("days", "hours", "days", "weeks")
        return self.pick(  # type: ignore[return-value]
            lambda: f"within {self.whole(1, 12)} {unit}",
            lambda: f"within {self.whole(1, 12)} {unit}",
            lambda: f"within {self.pick('40000 seconds', '900 minutes', '1 month', '1 year')}",
            lambda: f"between {self.whole(0, 4)} and {self.whole(5, 12)} {unit} ago",
            lambda: f"more than {self.whole(0, 10)} {unit} ago",
            lambda: "within span days",
            lambda: f"since 2026-03-{self.whole(20, 31)}",
            lambda: f"before 2026-03-{self.whole(20, 31)}T0{self.whole(0, 9)}:00Z",
            lambda: f"between 2026-03-{self.whole(15, 25)} and 2026-04-0{self.whole(1, 5)}",
            lambda: f"within account.size {unit}",
            lambda: f"more than (account.size / {self.whole(1, 10)}) {unit} ago",
            lambda: f"between {self.whole(0, 2)} and account.size {unit} ago",
            lambda: f"{self.pick('since', 'before')} account.renewal",
            lambda: f"{self.pick('this', 'last')} {self.pick('day', 'week', 'month', 'quarter', 'year')}",
            lambda: "today",
        )

    def which(self) -> str:
        return self.pick("newest", "earliest", "newest 2", "earliest 3", "newest account.size")  # type: ignore[return-value]

    def sequence(self, level: str) -> str:
        anchor = self.pick("seen('pricing')", "met", "seen", "surge('crm')", "busy")
        if level == "lead" and self.chance(6):
            anchor = f"account.{anchor}"
        by = " by the same contact" if level == "account" and self.chance(2) else ""
        length = f"{self.whole(1, 5)} {self.pick('days', 'hours')}"
        return self.pick(  # type: ignore[return-value]
            f"within {length} after {anchor}{by}",
            f"within {length} before {anchor}{by}",
            f"ever after {anchor}{by}",
            f"without {anchor}{by} within {length}" if not by else f"without {anchor} within {length}",
            f"without {anchor}",
        )

    def events(self, level: str, pieces: bool = True) -> str:
        """A selection without how often."""
        text, _ = self.source(level)
        if level == "lead" and not text.startswith("account.") and self.chance(8):
            text = "(seen or met within 3 days)"
        if pieces:
            windows = [self.window() for chance in (2, 5) if self.chance(chance)]
            # `within 5 days before account.renewal` would be a sequence.
            windows.sort(key=lambda window: not window.startswith("before"))
            text = " ".join([text, *windows])
            if self.chance(4):
                text += f" {self.sequence(level)}"
        return text

    def often(self, level: str, account_side: bool) -> str:
        op = self.pick("at least", "at most", "exactly", "more than", "fewer than")
        count = self.pick(1, 2, 3) if op in ("at least", "fewer than") else self.pick(0, 1, 2, 3)
        by_contacts = level == "account" or account_side
        return self.pick(  # type: ignore[return-value]
            f"{op} {count} times",
            f"on {op} {count} days",
            f"across {op} {count} {self.pick('weeks', 'months')}",
            f"by {op} {count} contacts" if by_contacts else f"{op} {count} times",
            f"across {op} {count} sessions",
            f"{op} {count} times in one {self.pick('day', 'week', 'month', 'session', 'contact')}",
            f"{op} {count} times in any {self.whole(1, 60)} hours",
            f"on {op} {count} days in any {self.pick(2, 5, 'account.size')} days",
            f"across {op} {count} sessions in one {self.pick('day', 'month')}",
        )

    def happened(self, level: str) -> str:
        text = self.events(level)
        side = text.startswith("account.")
        if self.chance(6):
            text = f"{self.which()} {text}"
        return f"{text} {self.often(level, side)}" if self.chance(2) else text

    # --- numbers ---------------------------------------------------------------------------

    def number(self, level: str, depth: int = 2) -> str:
        leaf = [
            lambda: str(self.pick(0, 1, 2.5, 3, 0.3333, 10, 100)),
            lambda: "threshold",
            lambda: self.result(level, "number") or "5",
            lambda: "contact.score" if level == "lead" else "account.size",
            lambda: "account.size",
            lambda: f"count({self.events(level)})",
            lambda: f"sum({self.what()} of {self.events_of(level)})",
            lambda: f"{self.pick(*OF_EVENTS)}({self.what()} of {self.events_of(level)})",
            lambda: f"distinct(page of {self.pick('seen', 'long(2)'.replace('2', repr('a')))})",
            lambda: f"distinct({self.pick('date', 'week', 'page')} of seen {self.window()})",
            lambda: f"days since ({self.events(level)})",
            lambda: f"count({self.which()} {self.events(level)})",
            lambda: f"distinct(session of {self.events(level)})",
            self.per_period,
            lambda: "days since contact.born" if level == "lead" else "days until account.renewal",
            lambda: "days since contact.seen" if level == "lead" else "count(account.tools)",
            lambda: "bands(account.size)",
            lambda: "worth(contact.role)" if level == "lead" else "bands(count(leads))",
            lambda: "both(contact.role, account.industry)" if level == "lead" else "2",
        ]
        if level == "lead":
            leaf += [self.standing]
        if level == "account":
            leaf += [lambda: self.rollup(), lambda: self.rollup(), lambda: "distinct(contact of seen)"]
        if depth <= 0 or self.chance(2):
            return self.pick(*leaf)  # type: ignore[return-value]
        deeper = lambda: self.number(level, depth - 1)  # noqa: E731
        return self.pick(  # type: ignore[return-value]
            lambda: f"({deeper()} {self.pick('+', '-', '*', '/')} {deeper()})",
            lambda: f"{self.pick('min', 'max')}({deeper()}, {deeper()})",
            lambda: f"{self.pick('abs', 'round', 'floor', 'ceil', 'sqrt', 'log')}({deeper()})",
            lambda: f"round({deeper()}, {self.whole(0, 3)})",
            lambda: f"(({deeper()}) default {self.whole(0, 5)})",
            lambda: f"({deeper()} if {self.condition(level, depth - 1)} else {deeper()})",
            lambda: f"({deeper()} if {self.condition(level, depth - 1)})",
            lambda: f"weighted({deeper()} * 0.4, {deeper()} * 0.25)",
        )

    def standing(self) -> str:
        """Of leads only: nobody's disqualification depends on it."""
        what = self.result("lead", "number") or "contact.score"
        per = self.pick("", "", " per contact.role", " per contact.title", " per account.industry", " per contact.flag")
        return f"{self.pick('rank', 'percentile')}({what}{per})"

    def what(self) -> str:
        return self.pick("seconds", "seconds", "seconds * 0.3", "seconds / 7", "hour")  # type: ignore[return-value]

    def events_of(self, level: str) -> str:
        """A selection of views only, so that `seconds` is known."""
        text = self.pick("seen", "seen('docs/*')", "view(where seconds is known)")
        return f"{text} {self.window()}" if self.chance(2) else str(text)

    def result(self, level: str, kind: str) -> str | None:
        names = [name for name, has in self.known[level].items() if has == kind]
        return self.pick(*names) if names else None  # type: ignore[return-value]

    def per_period(self) -> str:
        function = self.pick("avg", "stddev", "max", "min", "sum", "median")
        over = self.pick(
            *("day over 5 days", "day over 1 week", "hour over 2 days", "day over account.size days"),
            *(
                "week over 4 weeks",
                "month over 60 days",
                "minute over 3 hours",
                "second over 2 minutes",
                "year over 1 year",
            ),
        )
        return f"{function}(count of {self.pick('seen', 'met', '(seen or met)')} per {over})"

    # --- leads -----------------------------------------------------------------------------

    def leads(self) -> str:
        where = f" where {self.member_test()}" if self.chance(2) else ""
        if self.chance(3):
            key = self.result("lead", "number") or "score"
            return f"{self.pick('top', 'bottom')} {self.whole(1, 3)} leads by {key}{where}"
        return f"leads{where}"

    def member_test(self) -> str:
        return self.pick(  # type: ignore[return-value]
            "role in roles",
            "score >= 5",
            "flag",
            "title contains 'chief'",
            "tags contains 'Vip'",
            lambda: f"{self.result('lead', 'number') or 'score'} {self.pick('>=', '<', '!=')} {self.pick(0, 3, 10)}",
            lambda: self.result("lead", "bool") or "not flag",
            "seen('pricing')",
            lambda: f"seen {self.window()} at least 2 times",
            "account.target",
            "role == 'buyer' and score > 1",
            lambda: f"stage at least {self.pick('ONE', 'two')}" if "lead" in self.has_stages else "score > 3",
        )

    def rollup(self) -> str:
        value = self.result("lead", "number") or "score"
        return self.pick(  # type: ignore[return-value]
            lambda: f"count({self.leads()})",
            lambda: f"{self.pick('sum', 'avg', 'median', 'min', 'max')}({value} of {self.leads()})",
            lambda: f"sum({value} * worth(role) of {self.leads()})",
            lambda: f"distinct({self.pick('role', 'title', value)} of {self.leads()})",
            lambda: f"share(leads where {self.member_test()})",
            lambda: f"coverage(role of leads where {self.member_test()}, roles)",
            lambda: "coverage(role of leads, ['buyer', 'champion', 'user'], worth)",
            lambda: f"count({self.leads()}) + count(seen by at least 2 contacts)".split(" + ")[0],
        )

    # --- conditions ------------------------------------------------------------------------

    def condition(self, level: str, depth: int = 2) -> str:
        leaf = [
            lambda: self.happened(level),
            lambda: self.happened(level),
            lambda: f"not {self.happened(level)}",
            lambda: f"{self.number(level, 0)} {self.pick('>=', '<', '==', '!=', '>', '<=')} {self.number(level, 0)}",
            lambda: f"{self.number(level, 0)} in {self.pick('1..5', '2..', '..10', 'sizes', '[0, 1, 10]')}",
            lambda: f"(count(seen) / {self.pick('account.size', 0)}) is {self.pick('known', 'missing')}",
            lambda: self.result(level, "bool") or "always",
            lambda: "account.target",
            lambda: f"account.target == {self.pick('true', 'false')}",
            lambda: f"account.industry {self.pick('==', '!=')} 'Software'",
            lambda: f"account.tools contains {self.pick(*TOOLS)}",
            lambda: "account.renewal >= 2026-03-28",
            lambda: "newest(page of seen) == 'pricing'",
            lambda: f"most_common(page of {self.events_of(level)}) == 'pricing'",
        ]
        if level == "lead":
            leaf += [
                lambda: f"contact.role {self.pick('==', '!=')} '{self.pick('buyer', 'Champion', 'USER')}'",
                lambda: f"contact.role {self.pick('in', 'not in')} roles",
                lambda: f"contact.title {self.pick(*TEXT_TESTS)} {self.pick(*SOUGHT)}",
                lambda: f"contact.title matches /{self.pick('chief', 'c[a-z]o', 'O$', '.')}/{self.pick('i', '')}",
                lambda: f"contact.title like '{self.pick('chief*', '*it*', '?t', '*')}'",
                lambda: "contact.flag",
                lambda: "contact.seen >= 2026-03-27",
                lambda: "domain(contact.title) == 'x.example'",
                lambda: "lower(contact.title) == 'it'",
                lambda: "contact.id == 'c1'",
            ]
        else:
            leaf += [lambda: f"any(leads where {self.member_test()})", lambda: f"all(leads where {self.member_test()})"]
        if depth <= 0 or self.chance(2):
            return self.pick(*leaf)  # type: ignore[return-value]
        deeper = lambda: self.condition(level, depth - 1)  # noqa: E731
        return self.pick(  # type: ignore[return-value]
            lambda: f"({deeper()} and {deeper()})",
            lambda: f"({deeper()} or {deeper()})",
            lambda: f"not ({deeper()})",
            lambda: f"({deeper()}) for at least {self.whole(1, 9)} days",
            lambda: f"{self.pick(*SOME)} {self.whole(1, 2)} of ({deeper()}, {deeper()}, {deeper()})",
        )

    # --- lines -----------------------------------------------------------------------------

    def points(self, level: str) -> str:
        return self.pick(  # type: ignore[return-value]
            lambda: f"{self.pick('+', '-')}{self.pick(1, 2.5, 5, 10, 0.3333, 7.7777)}",
            lambda: f"{self.pick('+', '-')}{self.pick(1, 2.5, 5, 10)}",
            lambda: f"+({self.number(level, 1)})",
            lambda: f"-{self.pick(0.1, 2)} * {self.number(level, 0)}",
        )

    def decay(self, level: str) -> str:
        unit = self.pick("days", "days", "hours", "weeks")
        text = self.pick(
            f"halves every {self.whole(1, 9)} {unit}",
            f"fades over {self.whole(1, 12)} {unit}",
            f"loses {self.pick(10, 25, 33.3, 100)}% every {self.whole(1, 4)} {unit}",
            f"loses {self.pick(10, 25, 33.3)}% every {self.whole(1, 4)} {unit} compounding",
            f"loses {self.pick(1, 0.5, 2.3333)} points every {self.whole(1, 3)} {unit}",
            "loses span% every span hours",
        )
        if self.chance(4):
            text = f"{text} to {self.pick(1, 0.5, 3)}"
        if self.chance(4):
            text = f"{text} after {self.whole(1, 3)} {'hours' if 'hours' in str(text) else 'days'}"
        if self.chance(4):
            since = self.pick("seen", "met", "(seen within 9 days)", *(["account.seen"] if level == "lead" else []))
            text = f"{text} since {since}"
        return str(text)

    def each(self, level: str) -> str:
        modifiers = ""
        account = level == "account"
        kind = self.pick("event", "event", "views", "day", "week", "month", "value", "lead" if account else "event")
        if kind == "lead":
            value = self.result("lead", "number") or "score"
            return (
                f"each lead where {self.member_test()} => {self.pick('+2', '+0.5 * ' + value, '-1.25')}{self.bounds()}"
            )
        if kind == "event":
            head, points = f"each {self.events(level)}", self.pick("+2", "+1.5", "-3", "+0.3333")
        elif kind == "views":
            head = f"each {self.events_of(level)}"
            points = self.pick("+0.1 * seconds", "+(seconds if hot)", "+seconds / 3", "+1")
        elif kind == "value":
            head, points = f"each page of {self.events_of(level)}", self.pick("+2", "+1.1", "-1")
        else:
            often = f" {self.pick('at least', 'exactly')} {self.whole(1, 3)} times" if self.chance(3) else ""
            head, points = f"each {kind} with {self.events(level)}{often}", self.pick("+2", "+0.7")
        if kind in ("event", "views") and self.chance(2):
            per = self.pick(
                "day", "week", "month", *(["contact"] if account else []), *(["page", "hot"] if kind == "views" else [])
            )
            modifiers += f" at most {self.whole(1, 2)} per {per}"
            if self.chance(3):
                modifiers += f" at most {self.whole(2, 3)} per {self.pick('week', 'month')}"
            if self.chance(4):
                modifiers += f" at most once per {self.whole(1, 40)} hours"
        elif kind == "day" and self.chance(4):
            modifiers += f" at most {self.whole(1, 3)} per week"
        if self.chance(3):
            modifiers += f" {self.pick(self.decay(level), 'no decay')}"
        pers = ["day", "week", "month", *(["contact"] if account and kind in ("event", "views") else [])]
        pers += ["page", "hot"] if kind == "views" else ["page"] if kind == "value" else []
        return f"{head} => {points}{modifiers}{self.periodic(pers)}{self.bounds()}"

    def periodic(self, pers: list[str], least: int = 0) -> str:
        """Some bounds per period, each of another one."""
        chosen = list(dict.fromkeys(str(self.pick(*pers)) for _ in range(self.whole(least, 2))))
        kinds = [self.pick(f" max {self.pick(1, 2.5, 4)}", f" max {self.pick(3, 6)}", " min -1") for _ in chosen]
        return "".join(f"{kind} per {per}" for kind, per in zip(kinds, chosen, strict=True)) if self.chance(2) else ""

    def bounds(self) -> str:
        return self.pick(
            "",
            "",
            f" max {self.whole(1, 9)}",
            f" min {self.whole(-3, 2)}",
            f" max {self.whole(5, 12)} min {self.whole(-4, 3)}",
        )  # type: ignore[return-value]

    def line(self, level: str, depth: int) -> list[str]:
        if self.chance(3):
            return [self.each(level)]
        if self.chance(5):
            return [f"{self.events_of(level)} => {self.pick('+10', '+4.4', '-6')} {self.decay(level)}{self.bounds()}"]
        if self.chance(7):
            return [f"{self.condition(level, 1)} => *{self.pick(0.5, 1.5, 0, 1.3333, '(1 + 0.1 * count(seen))')}"]
        if self.chance(9):
            return [f"{self.condition(level, 1)} => set {self.pick(3, -2, 0, '(1 + count(met))')}"]
        if self.chance(14):
            lasting = f" for {self.whole(1, 9)} days" if self.chance(2) else ""
            # Events of the account are those of its leads that are not disqualified: a lead's own events only.
            head = self.events_of(level) if lasting or level == "lead" else self.condition(level, 1)
            return [f"{head} => disqualify '{self.pick('a', 'b')}'{lasting}"] if depth >= 2 else []
        return [f"{self.condition(level)} => {self.points(level)}{self.bounds() if self.chance(4) else ''}"]

    def block(self, level: str, depth: int) -> list[str]:
        kind = self.pick("group", "group", "first of", "when", "best of", "pool")
        if kind == "pool":
            return self.pool(level, depth)
        if kind == "best of":
            return ["best of:", *(f"    {line}" for line in self.candidates(level, depth))]
        body = self.items(level, depth - 1, first=kind == "first of")
        head = f"group {self.name('g')}{self.bounds()}:" if kind == "group" else "first of:"
        if kind == "when":
            head = f"when {self.condition(level, 1)}:"
        if kind == "group" and self.chance(5):
            body = [self.decay(level), *body]
        if kind == "group" and self.chance(5):
            body = self.started(level, body)
        if kind == "first of" and self.chance(2):
            body = [*body, f"otherwise => {self.pick('+1', '-2', '*0.5')}"]
        return [head, *(f"    {line}" for line in body)]

    def started(self, level: str, body: list[str]) -> list[str]:
        """The block, counting from some event on: one of the account, only where no lead is disqualified by it."""
        is_free = level == "lead" and not any("disqualify" in line for line in body)
        start = self.pick("surge('crm')", "met within 9 days", *(["account.met"] if is_free else []))
        return [f"counting since {start}", *body]

    def candidates(self, level: str, depth: int) -> list[str]:
        """What `best of` can choose among: lines that add, and groups."""
        lines: list[str] = []
        for _ in range(self.whole(1, 3)):
            if depth > 0 and self.chance(3):
                head = f"group {self.name('g')}{self.bounds()}:"
                lines += [head, *(f"    {line}" for line in self.items(level, depth - 1, first=True))]
            elif self.chance(2):
                lines.append(self.each(level))
            else:
                lines.append(f"{self.condition(level)} => {self.points(level)}{self.bounds()}")
        return lines

    def pool(self, level: str, depth: int) -> list[str]:
        """A group of lines that are all `each` over events, with bounds per period."""
        bounds = self.periodic(["day", "week", "month"], 1) or " max 3 per day"
        body = self.pooled(level, depth - 1)
        return [f"group {self.name('g')}{bounds}{self.bounds()}:", *(f"    {line}" for line in body)]

    def pooled(self, level: str, depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(self.whole(1, 3)):
            if depth > 0 and self.chance(3):
                group = f"group {self.name('g')}{self.bounds()}:"
                head = self.pick(group, group, "first of:", "best of:", f"when {self.condition(level, 0)}:")
                inner = [self.each_of_events(level) for _ in range(2)]
                lines += self.pool(level, depth) if self.chance(3) else [str(head), *(f"    {line}" for line in inner)]
            else:
                lines.append(self.each_of_events(level))
        return lines

    def each_of_events(self, level: str) -> str:
        line = self.each(level)
        return f"each {self.events(level)} => +1.5" if line.startswith("each lead") else line

    def items(self, level: str, depth: int, first: bool = False) -> list[str]:
        lines: list[str] = []
        for _ in range(self.whole(1, 3)):
            made = self.block(level, depth) if depth > 0 and self.chance(3) else self.line(level, 0 if first else depth)
            lines += made or ["always => +1"]
        return lines

    # --- statements ------------------------------------------------------------------------

    def measure(self, level: str) -> list[str]:
        name = self.name("m")
        if self.chance(3):
            values = self.pick(("'x'", "'y'", "text"), ("1", "2.5", "number"))
            lines = [f"measure {name} for {level}:", f"    {self.condition(level, 1)} => {values[0]}"]
            lines += (
                [f"    otherwise => {values[1]}"]
                if self.chance(2)
                else [f"    {self.condition(level, 0)} => {values[1]}"]
            )
            self.known[level][name] = values[2]
            return lines
        kind = self.pick("number", "number", "bool")
        value = self.number(level) if kind == "number" else self.condition(level)
        self.known[level][name] = str(kind)
        return [f"measure {name} for {level} = {value}"]

    def seldom(self, level: str) -> list[str]:
        """A measure of something that other lines seldom have."""
        value = self.pick(
            self.per_period,
            self.per_period,
            lambda: f"{self.pick('abs', 'floor', 'ceil', 'sqrt', 'log')}({self.number(level, 0)})",
            lambda: f"{self.pick('min', 'max')}({self.number(level, 0)}, {self.number(level, 0)})",
            lambda: self.rollup() if level == "account" else self.standing(),
        )
        return [f"measure {self.name('m')} for {level} = {value}"]

    def score(self, level: str) -> list[str]:
        name = self.name("s")
        span = self.pick("", " 0..100", " 0..20", " ..30", " -5..")
        body = self.items(level, 2)
        if self.chance(6):
            body = [self.decay(level), *body]
        if self.chance(8):
            body = self.started(level, body)
        if self.chance(8):
            span += self.periodic(["day", "week", "month"], 1)
            if " per " in span:
                body = self.pooled(level, 2)
        self.known[level][name] = "number"
        return [f"score {name} for {level}{span}:", *(f"    {line}" for line in body)]

    def grade(self, level: str) -> list[str]:
        axes = [
            f"    {self.result(level, 'number')}: A >= {self.whole(6, 20)}, B >= {self.whole(1, 5)}, C"
            for _ in range(self.whole(1, 2))
        ]
        if self.chance(3):
            axes[-1] = axes[-1].removesuffix(", C")
        name = self.name("k")
        self.known[level][name] = "grade"
        asked = "".join(self.pick("A", "B") for _ in axes)  # type: ignore[misc]
        asks = [f"measure {self.name('m')} for {level} = {name} at least {asked}"] if self.chance(2) else []
        return [f"grade {name} for {level}:", *axes, *asks]

    def stages(self, level: str) -> list[str]:
        order = ", in order" if self.chance(3) else ""
        lines = [f"    {name}: {self.condition(level, 1)}" for name in ("ONE", "TWO", "'Stage three'")]
        if self.chance(3):
            lines[2] += f" or in stage TWO more than {self.whole(1, 9)} days"
        for place in (0, 1, 2):
            if self.chance(3):
                lines[place] += f" stays while {self.condition(level, 0)}"
        return [f"stages for {level}{order}:", *lines, *self.waiting(level)]

    def waiting(self, level: str) -> list[str]:
        """Sometimes a measure of how long they have been somewhere."""
        if not self.chance(2):
            return []
        stage = self.pick("ONE", "TWO", "'Stage three'", "disqualified")
        length = self.pick(f"{self.whole(0, 6)} days", "30 hours", "span hours")
        return [f"measure {self.name('m')} for {level} = in stage {stage} more than {length}"]

    def ruleset(self) -> str:
        lines: list[str] = []
        if self.chance(3):
            lines.append(f"ignore {self.pick(*IGNORED)}")
        if self.chance(4):
            lines += [
                "derive contact.role:",
                "    contact.title contains 'chief' => 'buyer'",
                "    seen('pricing') => 'champion'",
            ]
        if self.chance(6):
            lines += ["derive account.size = count(account.tools) * 20"]
        for level in ("lead", "account"):
            for _ in range(self.whole(0, 2)):
                lines += self.measure(level)
            lines += self.seldom(level)
            for _ in range(self.whole(1, 2)):
                lines += self.score(level)
            if self.chance(3):
                lines += self.grade(level)
            if self.chance(3):
                lines += self.stages(level)
                self.has_stages.add(level)
        if self.chance(4):
            inner = self.result("account", "number")
            lines += [
                "score reads_back for lead:",
                f"    always => +(account.{inner} default 1)",
                "    account.target => +1",
            ]
        if self.chance(6):
            lines.append(f"{self.condition('lead', 1)} => {self.points('lead')}")
        return VOCABULARY + "\n".join(lines) + "\n"


@st.composite
def ruleset_texts(draw: Draw) -> str:
    """The text of one ruleset; most of them are sound."""
    return Writer(draw).ruleset()
