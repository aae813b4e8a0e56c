"""What a line does where it holds, and within which limits, in plain English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...grammar import nodes as n
from ..figures import number, signed
from .english import English, spoken
from .names import Names
from .terms import Words, words

VARIES = "…"


def worth(effect: n.Effect, names: Names) -> str:
    """Its points at a glance; an amount that has to be worked out is only hinted at."""
    match effect:
        case n.Points(value=n.Number(value=value), sign=sign):
            return signed(float(value if sign == "+" else -value))
        case n.Points(value=n.Name() as name, sign=sign) if isinstance(tuned := names.params.get(str(name)), float):
            return signed(tuned if sign == "+" else -tuned)
        case n.Points(value=value, sign=sign):
            return f"{'−' if sign == '-' or isinstance(value, n.Negative) else '+'} {VARIES}"
        case n.Times(value=value):
            return f"× {number(float(value.value)) if isinstance(value, n.Number) else VARIES}"
        case n.SetTo(value=value):
            return f"= {number(float(value.value)) if isinstance(value, n.Number) else VARIES}"
        case n.Disqualify():
            return "out"
    return ""


def consequence(effect: n.Effect, say: English, is_in_group: bool) -> Words:
    """What needs a sentence beside the points."""
    block = "group" if is_in_group else "score"
    match effect:
        case n.Points(value=n.Number()):
            return ()
        case n.Points(value=n.Name() as name) if str(name) in say.names.params:
            return words("the number is ", say.names.term(str(name), "") or str(name))
        case n.Points(value=n.Negative(item=value), sign="+") | n.Points(value=value, sign="-"):
            return words("takes away ", say.value(value))
        case n.Points(value=value):
            return words("adds ", say.value(value))
        case n.Times(value=value):
            return words("multiplies by ", say.value(value), f" what the other lines of this {block} add up to")
        case n.SetTo(value=value):
            return words(f"the total of this {block} is then ", say.value(value), ", whatever its other lines give")
        case n.Disqualify(reason=reason, lasting=lasting):
            length = words(", for ", say.duration(lasting)) if lasting is not None else ()
            return words(f"disqualifies, as “{reason}”", length)
    return ()


def occasion(head: n.Expr | n.Each, say: English, pays: bool) -> Words:
    """When it counts, and how often."""
    if isinstance(head, n.Each):
        return _each(head, say)
    if isinstance(head, n.Always):
        return ()
    condition = words("if ", say.condition(head))
    return words("once, ", condition) if pays and say.is_events(head) else condition


def _each(head: n.Each, say: English) -> Words:
    if isinstance(head.of, n.Leads):
        return words("for each of the ", say.leads(head.of))
    of = say.value(head.of)
    often = words(" ", say.often(head.often)) if head.often is not None else ()
    if head.unit == "event":
        return words("each time: ", of, often)
    if head.prop is not None:
        return words(f"for each different {spoken(str(head.prop))} of: ", of, often)
    return words(f"for each {head.unit} with: ", of, often)


def limits(modifiers: Sequence[n.Modifier], say: English) -> Iterator[Words]:
    """Decay, caps and counts, a sentence each."""
    for item in modifiers:
        yield from _limit(item, say)


def _limit(item: n.Modifier, say: English) -> Iterator[Words]:
    match item:
        case n.Bound():
            yield bound(item, say)
        case n.AtMost(count=count, per=per):
            yield words("at most ", say.value(count), " ", f"counts per {spoken(str(per))}")
        case n.Cooldown(duration=length):
            yield words("counts at most once every ", say.duration(length))
        case n.Decay():
            yield decay(item, say)
        case n.NoDecay():
            yield ("does not fade with time",)


def bound(item: n.Bound, say: English) -> Words:
    """`max 15`, `max 10 per day`."""
    kind = "at most" if item.kind == "max" else "at least"
    per = " in all" if item.per is None else f" per {spoken(str(item.per))}"
    return words(f"{kind} ", say.value(item.value), f" points{per}")


def decay(item: n.Decay, say: English) -> Words:
    """How points go down with time."""
    period = say.duration(item.period)
    every = words("every ", period) if item.period.count != n.Number(Decimal(1)) else (f"every {item.period.unit}",)
    if item.kind == "halves":
        said = words("halves ", every)
    elif item.kind == "fades":
        said = words("fades evenly to nothing over ", period)
    else:
        one = item.amount == n.Number(Decimal(1))
        unit = "%" if item.kind == "loses percent" else " point" if one else " points"
        lost = say.value(item.amount) if item.amount is not None else (number(0),)
        amount, *name = lost  # of a param its value comes first, then its name in brackets
        of = " of what is left " if item.compounding else " "
        said = words(f"loses {amount}{unit}", *name, of, every)
    if item.floor is not None:
        said = words(said, ", down to ", say.value(item.floor))
    if item.grace is not None:
        said = words(said, ", beginning after ", say.duration(item.grace))
    return words(said, ", counted from ", say.value(item.since)) if item.since is not None else said
