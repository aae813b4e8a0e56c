"""Points of lines stand in the sum of a score, unless somebody asks for them by themselves."""

from __future__ import annotations

from scoreline.engine.model import Default, Expr
from scoreline.engine.plan.inlining import inlined
from scoreline.engine.plan.scalars import Ref, call, integer, only_if


def own(name: str) -> Ref:
    return Ref(level="lead", name=name, kind="timestamp")


def counted(name: str) -> Expr:
    return Default(item=own(name), fallback=integer(0), kind="timestamp")


POINTS = {"a points": only_if(own("a holds"), integer(5)), "b points": only_if(own("b holds"), integer(7))}
SUM = {"sum": call("add", counted("a points"), counted("b points"))}


def test_constants_are_written_into_what_reads_them() -> None:
    made = inlined({**POINTS, **SUM}, ["sum"])
    points = [only_if(own(name), integer(number), integer(0)) for name, number in (("a holds", 5), ("b holds", 7))]
    assert made == {"sum": call("add", *points)}


def test_what_is_wanted_for_itself_stays() -> None:
    assert inlined({**POINTS, **SUM}, ["sum", "a points"]).keys() == {"a points", "sum"}
    half = {"half": call("div", own("b points"), integer(2))}
    assert inlined({**POINTS, **SUM, **half}, ["sum", "half"]).keys() == {"b points", "sum", "half"}


def test_what_is_no_constant_stays() -> None:
    given = {"a points": only_if(own("a holds"), own("a value")), "b points": only_if(own("b holds"), integer(7))}
    assert inlined({**given, **SUM}, ["sum"]).keys() == {"a points", "sum"}
    else_one = {"a points": only_if(own("a holds"), integer(5), integer(1))}
    assert inlined({**POINTS, **else_one, **SUM}, ["sum"]).keys() == {"a points", "sum"}
