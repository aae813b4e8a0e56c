"""The rules of benchmarks/rules as an expert writes them for Polars, on its streaming engine.

The same ideas as in expert.sql: a pruned scan, what an event is worth looked up by its kind and age, whole numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import reduce
from typing import Any

import polars as pl

DAY = 86_400_000_000
LONGEST = {"page_view": 90, "email_open": 60, "email_click": 90, "download": 180, "webinar": 180}
"""No rule asks for events of these types that are older, in days."""
PAGES = ("pricing", "pricing/teams", "security", "compare", "case-studies", "docs", "careers", "page")
FLAGS = {  # which kinds of events set it, and up to which age
    "pricing": ("pricing", 30),
    "pricing_90": ("pricing", 90),
    "pricing_teams": ("pricing/teams", 60),
    "security": ("security", 60),
    "compare": ("compare", 60),
    "case_studies": ("case-studies", 90),
    "click_now": ("click", 7),
    "guide": ("guide", 90),
    "roi": ("roi", 90),
    "stayed": ("long webinar", 90),
    "long_meeting": ("long meeting", 60),
    "unsubscribed": ("unsubscribed", 365),
    "newsletter": ("newsletter", 366),
    "demo_30": ("demo", 30),
    "demo_60": ("demo", 60),
}
COUNTS = {"pricing_often": ("pricing", 14), "docs": ("docs", 30), "careers": ("careers", 30), "opens": ("open", 60)}
SUMS = {  # kinds, points, half-life, window, cap
    "clicks": (("click",), 1.5, 30, 90, 6),
    "papers": (("download", "guide", "roi"), 3, 45, 180, 12),
    "webinars": (("webinar", "long webinar"), 6, 45, 180, 12),
    "meetings": (("meeting", "long meeting"), 10, 60, 365, 25),
}
FADES = {"demo": 30, "trial": 25, "contact": 15}
"""Points for the newest form of that name; they fade over 120 days."""
KINDS = (
    *PAGES,
    *("open", "click", "download", "guide", "roi", "webinar", "long webinar", "short webinar", "meeting"),
    *("long meeting", "unsubscribed", "demo", "trial", "contact", "newsletter", "form"),
)
BIT = {name: 1 << (32 + number) for number, name in enumerate(FLAGS)}
CAME_LATELY, LONG_LOOK, MONTH = 1 << 30, 1 << 31, (1 << 30) - 1


def units(points: float) -> int:
    return math.floor(points * 10_000 + 0.5)


def worth() -> pl.LazyFrame:
    """What an event of a kind is worth at an age in whole days, as long as it is worth anything."""
    made: dict[str, list[Any]] = defaultdict(list)
    for kind in KINDS:
        bits = [(BIT[name], days) for name, (of, days) in FLAGS.items() if of == kind]
        counts = {name: days for name, (of, days) in COUNTS.items() if of == kind}
        sums = {name: (points, half, days) for name, (of, points, half, days, _) in SUMS.items() if kind in of}
        ages = range(max([60, *(days for _, days in bits), *(days for _, _, days in sums.values())]))
        ages = range(120) if kind in FADES else ages
        nothing = [0] * len(ages)
        made["kind"] += [kind] * len(ages)
        made["age"] += ages
        flags = [sum(bit for bit, days in bits if age < days) for age in ages]
        if kind in PAGES:
            flags[:30] = [bits | 1 << age | CAME_LATELY * (age < 7) for age, bits in enumerate(flags[:30])]
        made["flags"] += flags
        made["long_look"] += [LONG_LOOK * (age < 30) for age in ages] if kind in PAGES else nothing
        active = kind not in ("open", "unsubscribed")
        made["now"] += [int(active and age < 30) for age in ages]
        made["before"] += [int(active and 30 <= age < 60) for age in ages]
        for name in COUNTS:
            made[name] += [int(age < counts[name]) for age in ages] if name in counts else nothing
        for name in SUMS:
            points, half, days = sums.get(name, (0, 1, 0))
            made[name] += [units(points * 2 ** (-age / half)) * (age < days) for age in ages] if days else nothing
        for name, points in FADES.items():
            made[name] += [units(points * (120 - age) / 120) for age in ages] if kind == name else nothing
    types = dict.fromkeys(made, pl.Int64) | {"kind": pl.String, "age": pl.Int32}
    types |= dict.fromkeys((*COUNTS, "now", "before"), pl.Int32)
    return pl.LazyFrame(dict(made), schema=types)


def aged(events: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    age = (as_of - pl.col("timestamp").dt.epoch("us")) // DAY
    return events.filter(pl.col("timestamp").dt.epoch("us") <= as_of).with_columns(age=age)


def first(cases: Mapping[str, pl.Expr], otherwise: pl.Expr) -> pl.Expr:
    """The name of the first case that holds."""
    return reduce(
        lambda rest, case: pl.when(case[1]).then(pl.lit(case[0])).otherwise(rest), [*cases.items()][::-1], otherwise
    )


def kinds() -> pl.Expr:
    page, asset, form, minutes = (pl.col(name) for name in ("page", "asset", "form_name", "minutes"))
    named = page.is_in(["pricing", "pricing/teams", "security", "careers"])
    places = {name: page.str.starts_with(f"{name}/") for name in ("docs", "compare", "case-studies")}
    forms = form.is_in([*FADES, "newsletter"])
    by_type = {
        "page_view": pl.when(named).then(page).otherwise(first(places, pl.lit("page"))),
        "email_open": pl.lit("open"),
        "email_click": pl.lit("click"),
        "download": first({"guide": asset == "buyers-guide", "roi": asset == "roi-calculator"}, pl.lit("download")),
        "webinar": first({"long webinar": minutes >= 40, "webinar": minutes >= 10}, pl.lit("short webinar")),
        "meeting": first({"long meeting": minutes >= 30}, pl.lit("meeting")),
        "form_submit": pl.when(forms).then(form).otherwise(pl.lit("form")),
        "unsubscribed": pl.lit("unsubscribed"),
    }
    made = pl.lit(None, pl.String)
    for name, kind in reversed(by_type.items()):
        made = pl.when(pl.col("type") == name).then(kind).otherwise(made)
    return made


def lead_events(events: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    """For each contact its flags, counts, sums of decayed points and newest forms."""
    old = reduce(lambda a, b: a | b, [(pl.col("type") == of) & (pl.col("age") >= days) for of, days in LONGEST.items()])
    looked = pl.when(pl.col("seconds") >= 120).then(pl.col("flags") | pl.col("long_look")).otherwise("flags")
    summed = [pl.col(name).sum() for name in (*COUNTS, "now", "before", *SUMS)]
    return (
        aged(events.filter(pl.col("type") != "intent"), as_of)
        .filter(~old)
        .select("contact_id", "seconds", kind=kinds(), age=pl.min_horizontal("age", 365).cast(pl.Int32))
        .join(worth(), on=["kind", "age"])
        .with_columns(flags=looked)
        .group_by("contact_id")
        .agg(pl.col("flags").bitwise_or(), *summed, *[pl.col(name).max() for name in FADES])
    )


def has(name: str) -> pl.Expr:
    return (pl.col("flags") & BIT[name]) != 0


def given(points: int, condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(points * 10_000).otherwise(0)


def by_value(column: str, points: Mapping[str, int]) -> pl.Expr:
    return sum((given(number, pl.col(column) == value) for value, number in points.items()), pl.lit(0))


def leads(contacts: pl.LazyFrame, accounts: pl.LazyFrame, events: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    staff, mail = pl.col("employees"), pl.col("email")
    fit = (
        by_value("role", {"economic_buyer": 40, "technical_buyer": 30, "champion": 30, "influencer": 15})
        + by_value("seniority", {"c_level": 15, "vp": 12, "director": 6})
        + given(20, staff >= 1000) + given(10, staff.is_between(200, 999)) - given(20, staff < 20)
        - given(20, mail.str.ends_with("@gmail.com") | mail.str.ends_with("@yahoo.com"))
        - given(30, pl.col("title").str.to_lowercase().str.contains("student", literal=True))
    )  # fmt: skip
    flags = {"pricing": 10, "pricing_teams": 5, "security": 4, "compare": 5, "case_studies": 4, "click_now": 3}
    flags |= {"guide": 8, "roi": 8, "stayed": 4, "newsletter": 2, "long_meeting": 5, "unsubscribed": -15}
    month = (pl.col("flags") & MONTH).bitwise_count_ones().cast(pl.Int64)
    engagement = (
        sum((given(points, has(name)) for name, points in flags.items()), pl.lit(0, pl.Int64))
        + given(20, has("pricing_90") & (pl.col("role") == "economic_buyer"))
        + given(15, pl.col("pricing_often") >= 3)
        + given(5, pl.col("docs") >= 5)
        - given(10, pl.col("careers") >= 2)
        + given(3, (pl.col("flags") & LONG_LOOK) != 0)
        + given(3, (pl.col("flags") & CAME_LATELY) != 0)
        + pl.min_horizontal(month, 10) * 10_000
        + given(2, pl.col("opens") >= 3)
        + given(5, pl.col("now") > 1.5 * pl.col("before"))
        + sum((pl.min_horizontal(name, cap * 10_000) for name, (*_, cap) in SUMS.items()), pl.lit(0))
        + sum((pl.col(name) for name in FADES), pl.lit(0))
    )
    zero = [pl.col(name).fill_null(0) for name in ("flags", *COUNTS, "now", "before", *SUMS, *FADES)]
    scored = (
        contacts.join(lead_events(events, as_of), left_on="id", right_on="contact_id", how="left")
        .join(accounts.select("id", "employees"), left_on="account_id", right_on="id", how="left")
        .with_columns(zero)
        .select("id", "account_id", "role", "flags", fit=fit, raw=engagement, active=pl.col("now") > 0,
                quiet=pl.col("now") + pl.col("before") == 0)
    )  # fmt: skip
    quiet = pl.when("quiet").then(times(pl.col("raw"), 5000)).otherwise("raw")
    return scored.select(
        *("id", "account_id", "role", "flags", "active"),
        fit=pl.col("fit").clip(0, 1_000_000),
        engagement=quiet.clip(0, 1_000_000),
    ).with_columns(rating=rating())


def times(total: pl.Expr, share: int) -> pl.Expr:
    return total.sign() * ((2 * total.abs() * share + 10_000) // 20_000)


def rating() -> pl.Expr:
    fit, engagement = pl.col("fit"), pl.col("engagement")
    letters = first({"A": fit >= 600_000, "B": fit >= 400_000, "C": fit >= 200_000}, pl.lit("D"))
    return letters + first(
        {"1": engagement >= 500_000, "2": engagement >= 250_000, "3": engagement >= 100_000}, pl.lit("4")
    )


def account_events(events: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    surges = (pl.col("type") == "intent") & (pl.col("score") >= 60)
    ages = pl.LazyFrame({"age": range(90)}, schema={"age": pl.Int64}).with_columns(
        surges=pl.Series([units(2 * 2 ** (-age / 30)) for age in range(90)]),
        crm=pl.Series([units(20 * max(0, 60 - age) / 60) for age in range(90)]),
        attribution=pl.Series([units(15 * max(0, 60 - age) / 60) for age in range(90)]),
        days=pl.Series([(1 << age) * (age < 60) for age in range(90)]),
    )
    topic = pl.col("topic")
    return (
        aged(events.filter(surges), as_of)
        .join(ages, on="age")
        .select(
            *("account_id", "surges", "days"),
            crm=pl.when(topic == "crm").then("crm").otherwise(0),
            attribution=pl.when(topic == "attribution").then("attribution").otherwise(0),
            analytics=(topic == "analytics") & (pl.col("age") < 30),
        )
        .group_by("account_id")
        .agg(
            pl.col("surges").sum(),
            pl.col("days").bitwise_or(),
            pl.col("crm", "attribution").max(),
            pl.col("analytics").any(),
        )
    )


def rolled_up(leads: pl.LazyFrame) -> pl.LazyFrame:
    engaged = pl.col("engagement") >= 150_000
    roles = {f"is_{role}": engaged & (pl.col("role") == role) for role in
             ("economic_buyer", "technical_buyer", "champion", "influencer")}  # fmt: skip
    return (
        leads.select("account_id", "engagement", "flags", "active", engaged=engaged, circle=has("pricing"), **roles)
        .group_by("account_id")
        .agg(
            pl.col("engagement").max().alias("best"),
            pl.col("engagement").sum().alias("together"),
            pl.col("engaged", "circle").sum().cast(pl.Int64),
            pl.col("flags").bitwise_or(),
            pl.col("active", *roles).any(),
        )
        .with_columns(committee=sum((pl.col(name).cast(pl.Int64) for name in roles), pl.lit(0)) / 4)
    )


def accounts_of(accounts: pl.LazyFrame, leads: pl.LazyFrame, events: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    numbers = ["best", "together", "engaged", "circle", "flags", "committee", "surges", "days", "crm", "attribution"]
    interest = (
        pl.col("crm") + pl.col("attribution") + given(15, pl.col("analytics"))
        + pl.min_horizontal("surges", 200_000)
        + given(10, pl.col("days").bitwise_count_ones() >= 3)
    )  # fmt: skip
    readiness = (
        given(10, pl.col("target")) + given(10, pl.col("employees") >= 1000) + given(5, pl.col("region") == "EMEA")
        + given(10, pl.col("engaged") >= 3) + given(15, pl.col("is_economic_buyer"))
        + given(10, pl.col("committee") >= 0.5) + given(8, pl.col("circle") >= 3) + given(8, has("demo_30"))
        + share(0.3, "best")
        + pl.min_horizontal(share(0.05, "together"), 200_000)
        + share(0.2, "interest")
    )  # fmt: skip
    quiet = pl.when("active").then("raw").otherwise(times(pl.col("raw"), 7000))
    stage = first(
        {
            "SQA": (pl.col("readiness") >= 800_000) & has("demo_60"),
            "MQA": (pl.col("readiness") >= 600_000) & (pl.col("committee") >= 0.5),
            "MEA": pl.col("engaged") >= 1,
            "AD": (pl.col("interest") >= 300_000) | pl.col("active"),
            "TA": pl.col("target"),
        },
        pl.lit(None, pl.String),
    )
    return (
        accounts.join(account_events(events, as_of), left_on="id", right_on="account_id", how="left")
        .join(rolled_up(leads), left_on="id", right_on="account_id", how="left")
        .with_columns(
            *[pl.col(name).fill_null(0) for name in numbers],
            *[pl.col(name).fill_null(False) for name in ("analytics", "active", "is_economic_buyer")],
        )
        .with_columns(interest=interest.clip(0, 1_000_000))
        .with_columns(raw=readiness)
        .with_columns(readiness=quiet.clip(0, 1_000_000))
        .select("id", "interest", "readiness", pl.col("engaged").cast(pl.Float64), "committee", stage=stage)
    )


def share(factor: float, name: str) -> pl.Expr:
    """A share of a result that rules read as a double. Polars makes `x / 10_000.0` a product with 0.0001, which gives
    other doubles; by a column it divides."""
    scale = pl.col(name) * 0 + 10_000.0
    return (factor * (pl.col(name) / scale) * 10_000 + 0.5).floor().cast(pl.Int64)


def score(
    contacts: pl.LazyFrame, accounts: pl.LazyFrame, events: pl.LazyFrame, as_of: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The leads and the accounts with their points as whole 1/10000."""
    scored = leads(contacts, accounts, events, as_of).collect(engine="streaming")
    return scored, accounts_of(accounts, scored.lazy(), events, as_of).collect(engine="streaming")
