"""Rulesets of any number of event rules, and the textbook SQL that says the same: how plans grow with rules.

    python -m benchmarks.generated scoreline|textbook 100 DATA OUT

scores leads with 100 rules: event types × values of a property × windows × how often × decays, drawn by a fixed seed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .contenders import POINTS, RULES, opened, run_again
from .data import ASSETS, FORMS, PAGES, SEED, TITLES
from .layout import BUILD
from .timing import Clock

KEYS = {
    "page_view": ("page", (*PAGES, *(f"docs/{number}" for number in range(60)))),
    "email_open": ("campaign", tuple(f"mail-{number}" for number in range(60))),
    "email_click": ("campaign", tuple(f"mail-{number}" for number in range(60))),
    "download": ("asset", ASSETS),
    "form_submit": ("form_name", FORMS),
    "webinar": ("title", TITLES),
    "meeting": (None, ()),
}
WINDOWS = (7, 14, 30, 60, 90, 180)
PERIODS = (15, 30, 60)
MACRO = "CREATE MACRO units(points) AS CAST(floor(points * 10000 + 0.5) AS BIGINT)"


@dataclass(frozen=True)
class Rule:
    """Points for events of a type, or of one value of its property, within a window."""

    name: str
    type: str
    key: tuple[str, str] | None
    window: int
    shape: str
    points: int
    period: int

    def text(self) -> str:
        """The line of the ruleset."""
        where = f"(where {self.key[0]} == '{self.key[1]}')" if self.key else ""
        events = f"{self.type}{where} within {self.window} days"
        said = {
            "once": f"{events} => +{self.points}",
            "often": f"{self.type}{where} at least 2 times within {self.window} days => +{self.points}",
            "each": f"each {events} => +{self.points} max {self.points * 4}",
            "halves": f"each {events} => +{self.points} max {self.points * 4} halves every {self.period} days",
            "fades": f"{events} => +{self.points} fades over {self.period} days",
        }
        return f"    {self.name}: {said[self.shape]}"

    def aggregate(self) -> str:
        """The aggregate of the textbook."""
        key = f" AND {self.key[0]} = '{self.key[1]}'" if self.key else ""
        chosen = f"FILTER (type = '{self.type}'{key} AND age < {self.window}) AS {self.name}"
        if self.shape == "halves":
            return f"sum(round({self.points}0000 * pow(2, -age / {self.period}))) {chosen}"
        return f"min(age) {chosen}" if self.shape == "fades" else f"count(*) {chosen}"

    def value(self) -> str:
        """Its points in the textbook, as whole 1/10000."""
        units = self.points * 10_000
        said = {
            "once": f"CASE WHEN {self.name} > 0 THEN {units} ELSE 0 END",
            "often": f"CASE WHEN {self.name} >= 2 THEN {units} ELSE 0 END",
            "each": f"least(coalesce({self.name}, 0) * {units}, {4 * units})",
            "halves": f"least(coalesce({self.name}, 0), {4 * units})",
            "fades": f"coalesce(units({self.points} * greatest({self.period} - {self.name}, 0) / {self.period}), 0)",
        }
        return said[self.shape]


def rules(count: int) -> list[Rule]:
    """The first rules of an endless list, so that more rules are the same ones and others."""
    chance = random.Random(SEED)
    return [rule for _, rule in zip(range(count), drawn(chance), strict=False)]


def drawn(chance: random.Random) -> Iterator[Rule]:
    number = 0
    while True:
        of = chance.choice(list(KEYS))
        name, values = KEYS[of]
        key = (name, chance.choice(values)) if name and chance.random() < 0.85 else None
        shape = chance.choice(("once", "once", "often", "each", "halves", "fades"))
        yield Rule(f"r{number}", of, key, chance.choice(WINDOWS), shape, chance.randint(1, 9), chance.choice(PERIODS))
        number += 1


def ruleset(count: int, into: Path = BUILD / "rules") -> Path:
    """Writes the ruleset of so many rules; gives its folder."""
    folder = into / str(count)
    folder.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(rule.text() for rule in rules(count))
    (folder / "generated.rules").write_text(f"score points for lead:\n{lines}\n", encoding="utf-8")
    manifest = (RULES / "ruleset.yaml").read_text(encoding="utf-8")
    manifest = manifest.replace("[lead.rules, account.rules]", "[generated.rules]").replace("benchmark", "generated")
    (folder / "ruleset.yaml").write_text(manifest, encoding="utf-8")
    return folder


def sql(count: int) -> str:
    """The textbook's query for the same: one aggregate a rule."""
    made = rules(count)
    aggregates = ",\n        ".join(rule.aggregate() for rule in made)
    together = "\n    + ".join(f"coalesce({rule.value()}, 0)" for rule in made)
    return f"""
SELECT c.id, points({together}) AS points
FROM contacts AS c LEFT JOIN (
    SELECT contact_id,
        {aggregates}
    FROM (
        SELECT *, (as_of() - epoch_us(timestamp)) // 86400000000 AS age
        FROM events WHERE epoch_us(timestamp) <= as_of()
    )
    GROUP BY contact_id
) AS e ON e.contact_id = c.id
ORDER BY c.id"""


def textbook(count: int, data: Path, out: Path) -> Clock:
    import duckdb  # noqa: F401 (loading it is not the work)

    clock = Clock()
    connection = opened(data)
    connection.execute("SET max_expression_depth = 10000")  # the sum of a thousand terms is that deep
    connection.execute(MACRO)
    connection.execute(POINTS)
    connection.execute(f"COPY ({sql(count)}) TO '{out}/leads.parquet'")
    return clock


def differences(one: Path, other: Path) -> int:
    """How many leads have different points."""
    import duckdb

    query = f"""SELECT count(*) FROM '{one}/leads.parquet' AS a FULL JOIN '{other}/leads.parquet' AS b USING (id)
    WHERE a.points IS DISTINCT FROM b.points"""
    found = duckdb.connect().execute(query).fetchall()
    return int(found[0][0])


if __name__ == "__main__":
    who, count, data, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    out.mkdir(parents=True, exist_ok=True)
    (run_again(ruleset(count), data, out) if who == "scoreline" else textbook(count, data, out)).say()
