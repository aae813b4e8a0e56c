"""Conditions, numbers and events in plain English: `fit >= 50` is “fit is at least 50”."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.phrases import phrase
from ..figures import number
from .names import Names
from .terms import Words, listed, words

_COMPARED = {"==": "is", "!=": "is not", ">=": "is at least", ">": "is more than", "<=": "is at most", "<": "is below"}
_ARITHMETIC = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_TESTS = {
    "contains": "contains",
    "starts with": "starts with",
    "ends with": "ends with",
    "like": "looks like",
    "mentions": "has the word",
}
_AGGREGATES = {
    "sum": "the sum of ",
    "avg": "the average ",
    "median": "the median ",
    "min": "the lowest ",
    "max": "the highest ",
    "newest": "the newest ",
    "earliest": "the earliest ",
    "most_common": "the most common ",
    "distinct": "the number of different ",
    "stddev": "the spread of ",
}
_FUNCTIONS = {
    "sqrt": "the square root of ",
    "log": "the logarithm of ",
    "abs": "the size of ",
    "domain": "the domain of ",
    "lower": "",
    "min": "the smallest of ",
    "max": "the largest of ",
    "weighted": "the weighted average of ",
}
_ROUNDED = {"floor": "rounded down", "ceil": "rounded up", "round": "rounded"}
_MOST = 12


@dataclass(frozen=True)
class English:
    """Says what stands in rules. `level` is whose results bare names are; `inside` an event bare names are its own."""

    names: Names
    level: str = "lead"
    inside: bool = False

    # --- conditions ---------------------------------------------------------------------------------------------------

    def condition(self, node: n.Node) -> Words:
        """What must be so."""
        match node:
            case n.And(items=items):
                return listed([self._bracketed(item, n.Or) for item in items], " and ")
            case n.Or(items=items):
                said = [self._bracketed(item, n.And) for item in items]
                has_lists = any(" or " in piece for item in said for piece in item)
                return listed(said, "; or " if has_lists else " or ")
            case n.Not(item=item):
                return self._not(item)
            case n.Always():
                return ("always",)
            case n.Compare(op=op, left=left, right=right):
                return words(self.value(left), f" {_COMPARED[op]} ", self.value(right))
            case n.In():
                return self._in(node)
            case n.Known(item=item, negated=negated):
                return words(self.value(item), " is missing" if negated else " is known")
            case n.TextTest():
                return self._text_test(node)
            case n.Matches(item=item, pattern=pattern):
                return words(self.value(item), f" matches the pattern /{pattern}/")
            case n.SomeOf(op=op, count=count, items=items):
                return words(f"{op} ", self.value(count), " of these: ", listed(map(self.condition, items), "; "))
            case n.AtLeastAs(item=item, value=value):
                is_stage = isinstance(item, n.Name) and item.parts[-1] == "stage"
                return words(self.value(item), f" is {value} or {'later' if is_stage else 'better'}")
            case n.HeldFor(condition=held, duration=length):
                return words(self._bracketed(held, n.And, n.Or), ", for at least ", self.duration(length), " on end")
            case n.InStage(stage=stage, duration=length):
                return words(f"at stage {stage} for more than ", self.duration(length))
            case n.Aggregate(function="any" | "all" as which, of=n.Leads() as leads, what=what):
                some = "at least one of the " if which == "any" else "every one of the "
                test = () if what is None else words(": ", replace(self, level="lead").condition(what))
                return words(some, self.leads(leads), test)
            case n.Name() if self._is_yes(node):
                return words(self.value(node), " is true")
        return self.value(node)

    def _bracketed(self, node: n.Node, *kinds: type[n.Node]) -> Words:
        said = self.condition(node)
        return words("(", said, ")") if isinstance(node, kinds) else said

    def _not(self, item: n.Expr) -> Words:
        if self.is_events(item):
            return words("no ", self.value(item))
        if isinstance(item, n.Aggregate) and item.function == "any" and isinstance(item.of, n.Leads):
            return words("none of the ", self.leads(item.of))
        return words("not (", self.condition(item), ")")

    def _is_yes(self, node: n.Name) -> bool:
        """Whether a name alone is a field or a result that is true or false, and no kind of event."""
        return len(node.parts) > 1 or self.inside or self.names.kind(node.parts[0]) in ("measure", "param")

    def is_events(self, node: n.Node) -> bool:
        """Whether something names events in time."""
        if isinstance(node, n.Selection):
            return True
        if isinstance(node, n.Or):
            return all(map(self.is_events, node.items))
        name = node.name if isinstance(node, n.Call) else node
        if not isinstance(name, n.Name) or self.inside or (len(name.parts) > 1 and isinstance(node, n.Name)):
            return False
        return self.names.kind(name.parts[-1]) in ("signal", *(("",) if isinstance(node, n.Name) else ()))

    def _in(self, node: n.In) -> Words:
        verb = " is not " if node.negated else " is "
        if isinstance(node.container, n.RangeOf):
            return words(self.value(node.item), verb, self.range(node.container))
        values = isinstance(node.container, n.ListOf) and len(node.container.items) == 1
        return words(self.value(node.item), verb, "" if values else "one of ", self.value(node.container))

    def _text_test(self, node: n.TextTest) -> Words:
        several = "" if not isinstance(node.sought, n.ListOf | n.Name) else " all of" if node.every else " one of"
        if isinstance(node.sought, n.Name) and self.names.kind(str(node.sought)) != "list":
            several = ""
        verb = _TESTS[node.op] if not (several and node.op == "mentions") else "mentions"
        sought = self._values(node.sought, " and ") if node.every else self.value(node.sought)
        return words(self.value(node.item), f" {verb}{several} ", sought)

    def _values(self, node: n.Expr, last: str) -> Words:
        """A list, with the word before its last value."""
        if not isinstance(node, n.ListOf):
            return self.value(node)
        more = [(f"{len(node.items) - _MOST} more",)] if len(node.items) > _MOST else []
        return listed([*map(self.value, node.items[:_MOST]), *more], last=last)

    # --- values -------------------------------------------------------------------------------------------------------

    def value(self, node: n.Node) -> Words:
        """A number, a text, a name, events."""
        match node:
            case n.Number(value=value):
                return (number(float(value)),)
            case n.Text(value=text):
                return (f"“{text}”",)
            case n.Bool(value=truth):
                return ("true" if truth else "false",)
            case n.Name():
                return self._name(node)
            case n.Call():
                return self._call(node)
            case n.ListOf():
                return self._values(node, " or ")
            case n.RangeOf():
                return self.range(node)
            case n.Arith(op=op, left=left, right=right):
                kinds: tuple[type[n.Node], ...] = (n.Conditional,)
                return words(
                    self._factor(left, op, *kinds), f" {_ARITHMETIC[op]} ", self._factor(right, op, n.Arith, *kinds)
                )
            case n.Negative(item=item):
                return words("−", self._factor(item, "*", n.Arith))
            case n.Default(item=item, fallback=fallback):
                return words(self.value(item), " (", self.value(fallback), " if missing)")
            case n.Conditional(value=value, condition=test, other=other):
                otherwise = words(", else ", self.value(other)) if other is not None else ()
                return words(self.value(value), " if ", self.condition(test), otherwise)
            case n.DaysSince(item=item):
                return words("the days since ", self.value(item))
            case n.DaysUntil(item=item):
                return words("the days until ", self.value(item))
            case n.Selection():
                return self._selection(node)
            case n.Leads():
                return words("the ", self.leads(node))
            case n.Aggregate():
                return self._aggregate(node)
            case n.PerPeriod(function=function, of=of, unit=unit, over=over):
                made = _AGGREGATES[function]
                return words(f"{made}number of ", self.value(of), f" per {unit} over the last ", self.duration(over))
            case n.Standing(function=function, what=what, per=per):
                same = spoken(per.parts[-1]) if isinstance(per, n.Name) else per and self.value(per)
                among = words(" among those of the same ", same) if same else " among all"
                place = "the place" if function == "rank" else "the place, from 0 to 100,"
                return words(f"{place} by ", self.value(what), among)
            case n.Or(items=items) if self.is_events(node):
                return listed(map(self.value, items), last=" or ")
            case n.And() | n.Or() | n.Not() | n.Compare() | n.In() | n.Known() | n.TextTest() | n.Matches():
                return self.condition(node)
            case n.Always() | n.SomeOf() | n.AtLeastAs() | n.HeldFor() | n.InStage():
                return self.condition(node)
        return (phrase(node),)

    def _factor(self, node: n.Expr, op: str, *kinds: type[n.Node]) -> Words:
        """A side of a sum or product, in brackets where it would be read otherwise."""
        sum_in_product = op in "*/" and isinstance(node, n.Arith) and node.op in "+-"
        said = self.value(node)
        return words("(", said, ")") if sum_in_product or isinstance(node, kinds) else said

    def _name(self, node: n.Name) -> Words:
        first, *rest = node.parts
        if not rest and first in self.names.params and not self.inside:
            return self._param(first)
        if first in ("contact", "account") and rest:
            whose = "account" if first == "account" else "lead"
            result = self.names.result(rest[0], whose) if len(rest) == 1 else None
            return words(f"the {first}'s ", result or " ".join(map(spoken, rest)))
        if not rest and self.inside and self.names.kind(first) not in ("param", "list", "measure"):
            return (spoken(first),)
        if not rest and first in self.names.params:
            return self._param(first)
        term = self.names.term(first, self.level) if not rest else None
        return (term or " ".join(map(spoken, node.parts)),)

    def _param(self, name: str) -> Words:
        value = self.names.params[name]
        shown = number(value) if isinstance(value, float) else f"“{value}”" if isinstance(value, str) else str(value)
        term = self.names.term(name, "")
        return words(shown, " (", term, ")") if term is not None else (shown,)

    def _call(self, node: n.Call) -> Words:
        name = str(node.name)
        kind = self.names.kind(node.name.parts[-1])
        args = listed(map(self.value, node.args), last=" and ")
        if kind == "signal":
            where = replace(self, inside=True).condition(node.where) if node.where is not None else ()
            whose = " at the account" if node.name.parts[0] == "account" and len(node.name.parts) > 1 else ""
            said = words(self.names.term(node.name.parts[-1], "") or spoken(name))
            said = words(said, " ", args, whose) if args else words(said, whose)
            return words(said, " (where ", where, ")") if where else said
        if kind == "table":
            return words(self.names.term(name, "") or name, " of ", args)
        if name in _ROUNDED and len(node.args) == 1:
            return words("(", self.value(node.args[0]), f", {_ROUNDED[name]})")
        if name in _FUNCTIONS:
            return words(_FUNCTIONS[name], listed(map(self.value, node.args)))
        if node.where is not None:
            return words(spoken(name), " (where ", replace(self, inside=True).condition(node.where), ")")
        return words(spoken(name), " of ", args) if args else (spoken(name),)

    def _aggregate(self, node: n.Aggregate) -> Words:
        if node.function in ("any", "all"):
            return self.condition(node)
        inner = replace(self, level="lead") if isinstance(node.of, n.Leads) else replace(self, inside=True)
        of = words("the ", self.leads(node.of)) if isinstance(node.of, n.Leads) else self.value(node.of)
        if node.function == "count":
            return words("the number of ", of[1:] if isinstance(node.of, n.Leads) else of)
        if node.function == "share" and isinstance(node.of, n.Leads):
            test = words(" with ", inner.condition(node.what)) if node.what is not None else ()
            return words("the share of ", of, test)
        what = inner.value(node.what) if node.what is not None else ()
        what = words("(", what, ")") if isinstance(node.what, n.Arith | n.Conditional) else what
        if node.function == "coverage":
            sought, *weights = node.args
            by = words(", weighted by ", self.value(weights[0])) if weights else ()
            return words("the share of ", self.value(sought), " that is there as ", what, " of ", of, by)
        made = _AGGREGATES.get(node.function, f"{node.function} of ")
        return words(made, what, " of " if what else "", of)

    def range(self, node: n.RangeOf) -> Words:
        """`1..5`, and what is open at an end."""
        if node.low is None and node.high is not None:
            return words("at most ", self.value(node.high))
        if node.high is None and node.low is not None:
            return words("at least ", self.value(node.low))
        assert node.low is not None and node.high is not None
        return words("between ", self.value(node.low), " and ", self.value(node.high))

    # --- leads and events ---------------------------------------------------------------------------------------------

    def leads(self, node: n.Leads) -> Words:
        """`top 3 leads by engagement`, as it follows `the`."""
        inner = replace(self, level="lead", inside=False)
        some = words(node.end, " ", self.value(node.count), " ") if node.end and node.count is not None else ()
        by = words(" by ", inner.value(node.by)) if node.by is not None else ()
        where = words(" whose ", inner.condition(node.where)) if node.where is not None else ()
        if node.where is not None and not isinstance(node.where, n.Compare | n.In | n.Known):
            where = words(" (where ", inner.condition(node.where), ")")
        return words(some, "leads", by, where)

    def _selection(self, node: n.Selection) -> Words:
        said = self.value(node.source)
        said = words("(", said, ")") if isinstance(node.source, n.Or | n.Selection) else said
        often = words(" ", self.often(node.often)) if node.often is not None else ()
        early = not any(isinstance(piece, n.Sequence) for piece in node.filters)
        pieces = [
            words(", " if number and not early else " ", self.piece(piece)) for number, piece in enumerate(node.filters)
        ]
        said = words(said, often, *pieces) if early else words(said, *pieces, often)
        if node.which is None:
            return said
        some = words(" ", self.value(node.which.count)) if node.which.count is not None else ()
        return words(f"the {node.which.end}", some, " ", said)

    def piece(self, node: n.Window | n.Sequence) -> Words:
        """What must be so of the time of events."""
        match node:
            case n.Within(duration=length):
                last = (length.unit,) if _is_one(length.count) else self.duration(length)
                return words("within the last ", last)
            case n.BetweenAgo(low=low, high=high):
                return words("between ", self.value(low), " and ", self.duration(high), " ago")
            case n.MoreThanAgo(duration=length):
                return words("more than ", self.duration(length), " ago")
            case n.SinceMoment(moment=moment):
                return words("since ", self.value(moment))
            case n.BeforeMoment(moment=moment):
                return words("before ", self.value(moment))
            case n.BetweenMoments(low=low, high=high):
                return words("from ", self.value(low), " until ", self.value(high))
            case n.Calendar(which=which, unit=unit):
                return ("today" if (which, unit) == ("this", "day") else f"{which} {unit}",)
            case n.Sequence():
                return self._sequence(node)
        return (phrase(node),)

    def _sequence(self, node: n.Sequence) -> Words:
        anchor = self.value(node.anchor)
        length = self.duration(node.duration) if node.duration is not None else ()
        if node.relation == "without":
            said = words("not followed by ", anchor, words(" within ", length) if length else "")
        else:
            said = (
                words("within ", length, f" {node.relation} ", anchor)
                if length
                else words("at any time ", node.relation, " ", anchor)
            )
        return words(said, ", by the same person") if node.same_contact else said

    def often(self, node: n.Often) -> Words:
        """How often something must have happened."""
        one = _is_one(node.count)
        unit = (node.unit[:-1] if one else node.unit) if node.unit != "contacts" else "person" if one else "people"
        before = {"times": "", "days": "on ", "contacts": "by "}.get(node.unit, "in ")
        said = words(f"{before}{node.op} ", self.value(node.count), f" {unit.replace('sessions', 'visits')}")
        if node.unit in ("days", "weeks", "months") and not one:
            said = words(f"{before}{node.op} ", self.value(node.count), f" different {unit}")
        if node.unit == "times" and one:
            said = (f"{node.op} once",)
        if node.group is not None:
            return words(said, " in one ", spoken(str(node.group)).replace("session", "visit"))
        return words(said, " in any ", self.duration(node.stretch)) if node.stretch is not None else said

    def duration(self, node: n.Duration) -> Words:
        """`14 days`."""
        one = _is_one(node.count)
        return words(self.value(node.count), f" {node.unit}{'' if one else 's'}")


def _is_one(count: n.Expr) -> bool:
    return count == n.Number(Decimal(1))


def spoken(name: str) -> str:
    """A name of the data as it is said.

    >>> spoken("email_click")
    'email click'
    """
    return name.replace("_", " ")
