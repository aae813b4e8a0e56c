"""The lead rules over facts that were computed in advance, in the form that each rule engine takes.

Rule engines know one record: no events, no windows, no decay, no roll-ups. So they get, for each contact, the counts,
the decayed sums and the fields that its rules ask for, and only add up. What `scoreline` does from the raw events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .contenders import HERE, opened

Condition = tuple[str, str, float | str]
Line = tuple[int, list[Condition]]


def lines(fact: str, points: Mapping[str, int]) -> list[Line]:
    """Points for each value that the fact can be."""
    return [(number, [(fact, "==", value)]) for value, number in points.items()]


FIT: list[Line] = [
    *lines("role", {"economic_buyer": 40, "technical_buyer": 30, "champion": 30, "influencer": 15}),
    *lines("seniority", {"c_level": 15, "vp": 12, "director": 6}),
    *lines("domain", {"gmail.com": -20, "yahoo.com": -20}),
    *lines("title", {"student": -30}),
    (20, [("employees", ">=", 1000)]),
    (10, [("employees", ">=", 200), ("employees", "<=", 999)]),
    (-20, [("employees", "<", 20)]),
]
ONCE = {"pricing": 10, "pricing_teams": 5, "security": 4, "compare": 5, "case_studies": 4, "long_look": 3}
ONCE |= {"came_lately": 3, "click_now": 3, "guide": 8, "roi": 8, "stayed": 4, "newsletter": 2, "long_meeting": 5}
ENGAGEMENT: list[Line] = [
    (20, [("role", "==", "economic_buyer"), ("buyer_on_pricing", ">", 0)]),
    (15, [("pricing_often", ">=", 3)]),
    (5, [("docs", ">=", 5)]),
    (-10, [("careers", ">=", 2)]),
    (2, [("opens", ">=", 3)]),
]
ENGAGEMENT += [(number, [(fact, ">", 0)]) for fact, number in (ONCE | {"unsubscribed": -15, "momentum": 5}).items()]
CAPS = {"days": 10, "clicks": 6, "papers": 12, "webinars": 12, "meetings": 25}
ADDED = ("demo", "trial", "contact_us")
Scorer = Callable[[dict[str, Any]], tuple[float, float]]


def facts(data: Path, limit: int) -> list[dict[str, Any]]:
    """Everything that the rules ask about the first contacts, by the textbook's aggregates."""
    connection = opened(data)
    script = (HERE / "by_hand" / "textbook.sql").read_text(encoding="utf-8")
    connection.execute(script[: script.index("CREATE TEMP TABLE lead_results")])
    counts = (*ONCE, "buyer_on_pricing", "pricing_often", "docs", "careers", "opens", "unsubscribed", "active", "days")
    shown = [f"coalesce({name}, 0) AS {name}" for name in counts]
    shown += [f"coalesce({name} / 10000, 0) AS {name}" for name in CAPS if name != "days"]
    shown += ["coalesce(CAST(momentum_now > 1.5 * momentum_before AS INTEGER), 0) AS momentum"]
    faded = zip(ADDED, (30, 25, 15), strict=True)
    shown += [f"coalesce(units({n} * greatest(120 - {name}, 0) / 120) / 10000, 0) AS {name}" for name, n in faded]
    query = f"""SELECT c.id, c.role, c.seniority, lower(c.title) AS title, split_part(c.email, '@', 2) AS domain,
        a.employees, {", ".join(shown)}
    FROM contacts AS c LEFT JOIN lead_events AS e ON e.contact_id = c.id LEFT JOIN accounts AS a ON a.id = c.account_id
    ORDER BY c.id LIMIT {limit}"""
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def infix(added: list[Line], both: str) -> str:
    """The sum of what holds, as zen-engine and rule-engine write it."""
    return " + ".join(f"({both.join(_compared(test) for test in tests)} ? {points} : 0)" for points, tests in added)


def _compared(test: Condition) -> str:
    fact, operator, value = test
    return f"{fact} {operator} " + (f'"{value}"' if isinstance(value, str) else f"{value}")


def zen_engine() -> Scorer:
    """One compiled expression for each score."""
    import zen

    capped = " + ".join(f"min([{fact}, {cap}])" for fact, cap in CAPS.items())
    total = f"({infix(ENGAGEMENT, ' and ')} + {capped} + {' + '.join(ADDED)}) * (active > 0 ? 1 : 0.5)"
    fit = zen.compile_expression(f"max([0, min([100, {infix(FIT, ' and ')}])])")
    engagement = zen.compile_expression(f"max([0, min([100, {total}])])")
    return lambda record: (float(fit.evaluate(record)), float(engagement.evaluate(record)))


def rule_engine() -> Scorer:
    """One expression for each score; it has no functions of two numbers, so bounds are conditions."""
    import rule_engine as library

    capped = " + ".join(f"({fact} > {cap} ? {cap} : {fact})" for fact, cap in CAPS.items())
    fit = library.Rule(infix(FIT, " and "))
    engagement = library.Rule(
        f"({infix(ENGAGEMENT, ' and ')} + {capped} + {' + '.join(ADDED)}) * (active > 0 ? 1 : 0.5)"
    )
    return lambda record: (
        max(0.0, min(100.0, float(fit.evaluate(record)))),
        max(0.0, min(100.0, float(engagement.evaluate(record)))),
    )


def json_logic() -> Scorer:
    """One tree for each score."""
    from json_logic import jsonLogic

    def summed(added: list[Line]) -> list[Any]:
        return [
            {"if": [{"and": [{op: [{"var": fact}, value]} for fact, op, value in tests]}, points, 0]}
            for points, tests in added
        ]

    def bounded(tree: Any) -> Any:
        return {"max": [0, {"min": [100, tree]}]}

    fit = bounded({"+": summed(FIT)})
    capped = [{"min": [{"var": fact}, cap]} for fact, cap in CAPS.items()]
    total = {"+": [*summed(ENGAGEMENT), *capped, *({"var": fact} for fact in ADDED)]}
    engagement = bounded({"*": [total, {"if": [{">": [{"var": "active"}, 0]}, 1, 0.5]}]})
    return lambda record: (float(jsonLogic(fit, record)), float(jsonLogic(engagement, record)))


ENGINES: dict[str, Callable[[], Scorer]] = {
    "zen-engine": zen_engine,
    "rule-engine": rule_engine,
    "json-logic": json_logic,
}
