"""Random phrases of the language: selections of events, numbers, leads and conditions, over the schema of `models`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

PAGES = ["'pricing'", "'docs/*'", "'doc?/a'", "'*'", "'PRICING*'"]
OF_EVENTS = ["avg", "median", "min", "max", "newest", "earliest"]
TOOLS = ["'dbt'", "['x', 'DBT']", "all ['dbt', 'crm']"]
TEXT_TESTS = ["contains", "starts with", "ends with", "mentions"]
SOUGHT = ["'chief'", "'officer'", "['it', 'Chief Fun']"]
SOME = ["at least", "at most", "exactly"]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass
class Phrases:
    """Draws the parts of lines. `known` are the results so far, by level: name → kind; of the levels in `has_stages`
    a stage can be asked for."""

    draw: Draw
    known: dict[str, dict[str, str]] = field(default_factory=lambda: {"lead": {}, "account": {}})
    count: int = 0
    has_stages: set[str] = field(default_factory=set)

    def pick(self, *options: Any) -> Any:
        found = self.draw(st.sampled_from(options))
        return found() if callable(found) else found

    def chance(self, of: int) -> bool:
        return self.whole(0, of - 1) == 0

    def whole(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

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

        return self.pick(
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
        return self.pick(
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
        return self.pick("newest", "earliest", "newest 2", "earliest 3", "newest account.size")

    def sequence(self, level: str) -> str:
        anchor = self.pick("seen('pricing')", "met", "seen", "surge('crm')", "busy")
        if level == "lead" and self.chance(6):
            anchor = f"account.{anchor}"
        by = " by the same contact" if level == "account" and self.chance(2) else ""
        length = f"{self.whole(1, 5)} {self.pick('days', 'hours')}"
        return self.pick(
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
        return self.pick(
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
            return self.pick(*leaf)

        def deeper() -> str:
            return self.number(level, depth - 1)

        return self.pick(
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
        return self.pick("seconds", "seconds", "seconds * 0.3", "seconds / 7", "hour")

    def events_of(self, level: str) -> str:
        """A selection of views only, so that `seconds` is known."""
        text = self.pick("seen", "seen('docs/*')", "view(where seconds is known)")
        return f"{text} {self.window()}" if self.chance(2) else str(text)

    def result(self, level: str, kind: str) -> str | None:
        names = [name for name, has in self.known[level].items() if has == kind]
        return self.pick(*names) if names else None

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
        return self.pick(
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
        return self.pick(
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
            return self.pick(*leaf)

        def deeper() -> str:
            return self.condition(level, depth - 1)

        return self.pick(
            lambda: f"({deeper()} and {deeper()})",
            lambda: f"({deeper()} or {deeper()})",
            lambda: f"not ({deeper()})",
            lambda: f"({deeper()}) for at least {self.whole(1, 9)} days",
            lambda: f"{self.pick(*SOME)} {self.whole(1, 2)} of ({deeper()}, {deeper()}, {deeper()})",
        )
