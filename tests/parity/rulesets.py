"""Random rulesets as text: every construct that the engine computes, over the schema of `models`."""

from __future__ import annotations

from hypothesis import strategies as st

from .phrases import Draw, Phrases

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

IGNORED = [
    "view where hot",
    "talk within 2 hours after view",
    "contact where flag",
    "view where seconds < 10",
    "intent within 3 days",
]


class Writer(Phrases):
    """Writes one ruleset."""

    # --- lines -----------------------------------------------------------------------------

    def points(self, level: str) -> str:
        return self.pick(
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
        )

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
        asked = "".join(self.pick("A", "B") for _ in axes)
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
