"""Values: literals, names, arithmetic, functions, look-ups, cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NoReturn

from ...grammar import nodes as n
from .. import model as m
from ..functions import FUNCTIONS
from ..instants import parse_instant
from ..schema import Kind
from ..suggest import listing
from .scope import NAMES, Refused, Scope, resolves

EVENT_ATTRIBUTES: dict[str, Kind] = {
    "age": "number",
    "contact": "text",
    "session": "text",
    "hour": "number",
    "weekday": "number",
    "date": "date",
    "week": "date",
    "month": "number",
}


# --- literals -----------------------------------------------------------------------


@resolves(n.Number)
def number(node: n.Number, scope: Scope) -> m.Expr:
    return m.Const(float(node.value), kind="number")


@resolves(n.Text)
def text(node: n.Text, scope: Scope) -> m.Expr:
    if not node.value.strip():
        scope.refuse(
            "T115",
            "an empty text is a missing value",
            node.span,
            "nothing is equal to it",
            "write `is missing` or `is known`",
        )
    return m.Const(node.value.strip(), kind="text")


@resolves(n.Bool)
def truth(node: n.Bool, scope: Scope) -> m.Expr:
    return m.Const(node.value, kind="bool")


@resolves(n.Always)
def always(node: n.Always, scope: Scope) -> m.Expr:
    return m.Const(True, kind="bool")


@resolves(n.Moment)
def moment(node: n.Moment, scope: Scope) -> m.Expr:
    import datetime

    at = parse_instant(node.text, scope.book.zone)
    if at is None:
        scope.refuse(
            "T116",
            f"`{node.text}` is no date",
            node.span,
            "no such day or time",
            "write `2026-01-31` or `2026-01-31T07:00Z`",
        )
    if len(node.text) == 10:
        return m.Const(datetime.date.fromisoformat(node.text), kind="date")
    return m.Const(at, kind="timestamp")


@resolves(n.ListOf, n.RangeOf)
def no_value(node: n.Expr, scope: Scope) -> m.Expr:
    what = "a list" if isinstance(node, n.ListOf) else "a range"
    scope.refuse(
        "T110", f"{what} stands only after `in`, `contains`, `mentions` and the like", node.span, f"{what} is no value"
    )


@dataclass(frozen=True)
class Anything(n.Expr):
    """The argument of a signal that nothing calls: it fits wherever its parameter stands."""


@resolves(Anything)
def anything(node: Anything, scope: Scope) -> m.Expr:
    return m.Const(None, kind="unknown")


# --- names --------------------------------------------------------------------------


def lookup(node: n.Name, scope: Scope) -> m.Expr | None:
    """What a name stands for as a value; None if nothing of that name has one."""
    first, rest = node.parts[0], ".".join(node.parts[1:])
    if not rest and first in scope.bound:
        argument, outer = scope.bound[first]
        return replace(outer, types=()).resolve(argument)
    if first == "event" and rest:
        return _event_value(node, rest, scope, only=True)
    if first == "contact" and rest:
        return _contact_value(node, rest, scope)
    if first == "account" and rest:
        return _account_value(node, rest, scope)
    return _bare(node, ".".join(node.parts), scope)


def _bare(node: n.Name, name: str, scope: Scope) -> m.Expr | None:
    book = scope.book
    if scope.row == "event":
        if scope.points and (scope.level, name) in book.results:
            return _result(name, scope.level, scope)
        found = _event_value(node, name, scope)
        if found is not None:
            return found
    elif scope.row == "record":
        return _field(node, "contact", name, scope) or _param(name, scope)
    else:
        own = _result(name, scope.level, scope)
        if own is not None:
            return own
        if scope.row == "member" and (name == "id" or name not in book.params):
            known = book.field_type("contact", name) if name in book.field_names("contact") else None
            if known is not None or (
                book.schema.inferred and name not in book.signal_names() and name not in book.lists
            ):
                return _field(node, "contact", name, scope)
    return _param(name, scope)


def _param(name: str, scope: Scope) -> m.Expr | None:
    if name in scope.book.params:
        scope.book.usage.use("param", name)
        return scope.book.params[name]
    return None


def _result(name: str, level: n.Level, scope: Scope) -> m.Expr | None:
    book = scope.book
    if name == "disqualified":
        return m.Result(level, "disqualified", "", kind="text")
    if name == "stage" and level in book.ladders:
        return m.Result(level, "stage", "", kind="text")
    owner = book.results.get((level, name))
    if isinstance(owner, n.ScoreDef):
        return m.Result(level, "score", name, kind="number")
    if isinstance(owner, n.GradeDef):
        return m.Result(level, "grade", name, kind="text")
    if isinstance(owner, n.MeasureDef):
        return m.Result(level, "measure", name, kind=book.kind_of("measure", level, name))
    return None


def _field(node: n.Name, level: str, name: str, scope: Scope) -> m.Expr | None:
    declared = scope.book.field_type(level, name)
    if declared is None:
        return None
    scope.book.usage.use("contact field" if level == "contact" else "account field", name)
    if scope.book.schema.inferred and scope.book.has_data and declared.kind == "unknown":
        known = [item for item in scope.book.field_names(level) if item != name]
        scope.note(
            "T107",
            f"no {level} in these data has a field `{name}`",
            node.span,
            "always missing",
            scope.book.suggest(name, known),
        )
    return m.Field("contact" if level == "contact" else "account", name, kind=declared.kind)


def _contact_value(node: n.Name, name: str, scope: Scope) -> m.Expr:
    if scope.row == "entity" and scope.level == "account":
        scope.refuse(
            "G103",
            f"an account has many contacts: `{node}` is not one value here",
            node.span,
            "a contact's field in an account rule",
            f"say which leads: `count(leads where {name} …)`, `any(leads where {name} …)`, `each lead where {name} …`",
        )
    found = _field(node, "contact", name, scope)
    if found is None and scope.row != "record":
        own = _result(name, "lead", scope) if scope.level == "lead" and scope.row != "event" else None
        found = own if own is not None and name not in ("stage", "disqualified") else None
    if found is None:
        known = scope.book.field_names("contact")
        scope.refuse(
            "T102",
            f"`contact` has no field `{name}`",
            node.span,
            "not declared in the schema",
            scope.book.suggest(name, known),
        )
    return found


def _account_value(node: n.Name, name: str, scope: Scope) -> m.Expr | None:
    book = scope.book
    if scope.ignoring or scope.row == "record":
        found = _field(node, "account", name, scope)
    elif scope.row == "event" and not scope.points:
        found = _field(node, "account", name, scope)
        if found is None and _result(name, "account", scope) is not None:
            scope.refuse(
                "G105", f"a test of events reads fields, and `{name}` is a result of rules", node.span, "a result"
            )
    else:
        found = (
            _result(name, "account", scope)
            if name in ("stage", "disqualified") or ("account", name) in book.results
            else None
        )
        is_signal = name in book.signals or name in book.schema.events
        if found is None and (not is_signal or name in book.field_names("account")):
            found = _field(node, "account", name, scope)
    if found is None:
        if name in book.signals or name in book.schema.events:
            return None
        known = [*book.field_names("account"), *book.result_names("account")]
        scope.refuse(
            "T102",
            f"`account` has no field `{name}`",
            node.span,
            "not declared in the schema",
            book.suggest(name, known),
        )
    return found


def _event_value(node: n.Name, name: str, scope: Scope, only: bool = False) -> m.Expr | None:
    if scope.row != "event":
        scope.refuse(
            "G105",
            f"`{node}` is a property of an event, and here is none",
            node.span,
            "outside of a selection",
            "use it in `where`, in `sum(… of S)`, or in the points of an `each` line",
        )
    if not scope.types and name not in EVENT_ATTRIBUTES:
        return None
    declares = [item for item in scope.types if name in scope.book.schema.events.get(item, {})]
    if not declares and name in EVENT_ATTRIBUTES:
        return _attribute(node, name, scope)
    if not only and not declares and name in scope.book.params:
        return None
    kinds = {item: scope.book.property_type(item, name) for item in scope.types}
    for item in scope.types:
        scope.book.usage.use("property", f"{item}.{name}")
    missing = [item for item, declared in kinds.items() if declared is None]
    if missing and len(missing) == len(scope.types) and not only:
        return None
    if missing or not kinds:
        _unknown_property(node, name, missing, scope)
    found = {declared.kind for declared in kinds.values() if declared is not None} - {"unknown"}
    if len(found) > 1:
        both = " and ".join(sorted(NAMES[kind] for kind in found))
        scope.refuse(
            "T110",
            f"`{name}` is {both}, depending on the event's type",
            node.span,
            "not one type",
            "write one signal for each event type, and join them with `or`",
        )
    return m.Prop(name, kind=next(iter(found), "unknown"))


def _attribute(node: n.Name, name: str, scope: Scope) -> m.Expr:
    if name == "session":
        scope.later("the session of an event", node.span)
    return m.EventAttr(name, kind=EVENT_ATTRIBUTES[name])  # type: ignore[arg-type]


def _unknown_property(node: n.Name, name: str, missing: list[str], scope: Scope) -> NoReturn:
    known = {item for event_type in missing for item in scope.book.schema.events.get(event_type, {})}
    scope.refuse(
        "T105",
        f"{' and '.join(f'`{item}`' for item in missing[:3])} has no property `{name}`",
        node.span,
        "not declared in the schema",
        scope.book.suggest(name, [*known, *EVENT_ATTRIBUTES]),
    )


def unknown_name(node: n.Name, scope: Scope) -> NoReturn:
    """Refuse a name that stands for nothing here, saying what was meant or where it would mean something."""
    book, name = scope.book, str(node)
    if scope.row == "event":
        known = {item for event_type in scope.types for item in book.schema.events.get(event_type, {})}
        types = " and ".join(f"`{item}`" for item in scope.types[:3]) or "an event"
        scope.refuse(
            "T105",
            f"{types} has no property `{name}`",
            node.span,
            "not declared in the schema",
            book.suggest(name, [*known, *EVENT_ATTRIBUTES, *book.params]),
        )
    if scope.level == "account" and scope.row == "entity" and ("lead", name) in book.results:
        scope.refuse(
            "G102",
            f"`{name}` is a result of leads, and an account has many of them",
            node.span,
            "which lead's?",
            f"aggregate it: `max({name} of leads)`, `avg({name} of leads)`, `any(leads where {name} …)`",
        )
    other: n.Level = "account" if scope.level == "lead" else "lead"
    if scope.level == "lead" and (other, name) in book.results:
        scope.refuse(
            "G103", f"`{name}` is a result of the account", node.span, "not of this level", f"write `account.{name}`"
        )
    if name == "stage":
        scope.refuse(
            "T101",
            f"there are no stages for {scope.level}s",
            node.span,
            "never defined",
            f"define `stages for {scope.level}:`",
        )
    if name in book.lists or name in book.tables:
        what = "list" if name in book.lists else "table"
        scope.refuse(
            "T110",
            f"`{name}` is a {what}, not a value",
            node.span,
            f"a {what}",
            f"write `x in {name}`" if what == "list" else f"look something up: `{name}(x)`",
        )
    for level, prefix in (("contact", "contact"), ("account", "account")):
        if name in book.field_names(level) and not (level == "contact" and scope.level == "account"):
            scope.refuse(
                "T101",
                f"nothing is named `{name}` here",
                node.span,
                "a field is read with its owner",
                f"write `{prefix}.{name}`",
            )
    known_names = [*book.result_names(scope.level), *book.params, *book.signal_names()]
    if scope.row == "member":
        known_names += book.field_names("contact")
    scope.refuse(
        "T101",
        f"nothing is named `{name}`",
        node.span,
        "unknown",
        book.suggest(name, known_names, "define it as a signal, a measure, a score or a param"),
    )


# --- arithmetic and functions -------------------------------------------------------


@resolves(n.Arith)
def arithmetic(node: n.Arith, scope: Scope) -> m.Expr:
    left, right = scope.all_of((node.left, node.right), scope.number)
    return m.Arith(node.op, left, right, kind="number")


@resolves(n.Negative)
def negative(node: n.Negative, scope: Scope) -> m.Expr:
    item = scope.number(node.item)
    if isinstance(item, m.Const) and isinstance(item.value, float) and item.param is None:
        return m.Const(-item.value if item.value else 0.0, kind="number")
    return m.Arith("-", m.Const(0.0, kind="number"), item, kind="number")


@resolves(n.Default)
def default(node: n.Default, scope: Scope) -> m.Expr:
    item = scope.resolve(node.item)
    fallback = scope.resolve(node.fallback)
    item, fallback = unified(node, item, fallback, scope)
    return m.Default(item, fallback, kind=item.kind)


@resolves(n.Conditional)
def conditional(node: n.Conditional, scope: Scope) -> m.Expr:
    condition = scope.condition(node.condition)
    value = scope.resolve(node.value)
    if node.other is None:
        return m.Conditional(value, condition, None, kind=value.kind)
    value, other = unified(node, value, scope.resolve(node.other), scope)
    return m.Conditional(value, condition, other, kind=value.kind)


def unified(node: n.Expr, left: m.Expr, right: m.Expr, scope: Scope) -> tuple[m.Expr, m.Expr]:
    """Both with one kind, where one may be unknown; refused if they differ."""
    left, right = scope.book.settle(left, right.kind), scope.book.settle(right, left.kind)
    if {left.kind, right.kind} == {"date", "timestamp"}:
        left, right = _as_timestamp(left, scope), _as_timestamp(right, scope)
    if left.kind != right.kind:
        scope.refuse(
            "T110",
            f"{NAMES[left.kind]} and {NAMES[right.kind]} do not go together in {scope.book.text(node)}",
            node.span,
            "two types",
            "nothing is converted in silence",
        )
    return left, right


def _as_timestamp(expr: m.Expr, scope: Scope) -> m.Expr:
    """A date that a rule writes down is its first instant where a timestamp is needed."""
    if isinstance(expr, m.Const) and expr.kind == "date":
        return m.Const(
            parse_instant(str(expr.value), scope.book.zone), param=expr.param, kind="timestamp", origin=expr.origin
        )
    return expr


def call_function(node: n.Call, scope: Scope) -> m.Expr:
    """`round(x)`, `domain(contact.email)`, `min(a, b)`; refused with the number or types of arguments that it takes."""
    name = str(node.name)
    signature = FUNCTIONS[name]
    count = len(node.args)
    if count < signature.least or (signature.most is not None and count > signature.most) or node.where is not None:
        scope.refuse(
            "T114", f"`{name}` takes {signature.arguments}", node.span, f"{count} given", f"write `{signature.example}`"
        )
    if name == "weighted":
        return _weighted(node, scope)
    args = scope.all_of(node.args, lambda item: scope.value(item, *signature.takes))
    if name == "round" and count == 2 and not isinstance(args[1], m.Const):
        scope.refuse(
            "T114", "the second argument of `round` is a number of decimals", node.args[1].span, "not fixed by the text"
        )
    return m.Function(name, args, kind=signature.gives)


def _weighted(node: n.Call, scope: Scope) -> m.Expr:
    terms = []
    for item in node.args:
        if not isinstance(item, n.Arith) or item.op != "*":
            scope.refuse(
                "T114",
                "each input of `weighted` is written as `value * weight`",
                item.span,
                "no weight",
                "write `weighted(a * 0.4, b * 0.6)`",
            )
        weight = scope.constant(item.right, "a weight")
        if weight < 0:
            scope.refuse("T120", "a weight is not negative", item.right.span, "negative")
        terms.append((scope.number(item.left), scope.number(item.right)))
    return m.Weighted(tuple(terms), kind="number")


def call_table(node: n.Call, scope: Scope) -> m.Expr:
    """`seniority_points(contact.seniority)`."""
    name = str(node.name)
    info = scope.book.tables[name]
    scope.book.usage.use("table", name)
    if len(node.args) != len(info.keys) or node.where is not None:
        keys = "one key" if len(info.keys) == 1 else f"{len(info.keys)} keys"
        scope.refuse("T114", f"the table `{name}` takes {keys}", node.span, f"{len(node.args)} given")
    args = tuple(scope.value(item, kind) for item, kind in zip(node.args, info.keys, strict=True))
    for item, arg, position in zip(node.args, args, range(len(args)), strict=True):
        _keys_exist(item, arg, name, position, scope)
    return m.Lookup(info.table, args, kind=info.kind)


def _keys_exist(node: n.Expr, arg: m.Expr, name: str, position: int, scope: Scope) -> None:
    """A table over an enumeration may not have keys that the enumeration lacks: they could never be found."""
    allowed = scope.book.enumeration(arg, scope.types)
    if allowed is None:
        return
    folded = {value.lower() for value in allowed}
    keys = [entry.keys[position] for entry in scope.book.tables[name].table.entries]
    for key in keys:
        if isinstance(key, str) and key.lower() not in folded:
            scope.note(
                "T113",
                f"the table `{name}` has a key `{key}` that {scope.book.text(node)} never is",
                node.span,
                "an enumeration",
                scope.book.suggest(key, allowed, listing(allowed)),
            )


# --- cases --------------------------------------------------------------------------


def cases(node: n.Cases, scope: Scope) -> m.Expr:
    """The block of a derived field or a measure: every value has one kind."""
    items: list[tuple[m.Expr, m.Expr]] = []
    otherwise: m.Expr | None = None
    kind: Kind = "unknown"
    failed = False
    for index, case in enumerate(node.items):
        try:
            if case.condition is None and index < len(node.items) - 1:
                scope.refuse(
                    "T146", "`otherwise` stands last", case.span, "lines behind it are never read", "move it to the end"
                )
            condition = scope.condition(case.condition) if case.condition is not None else None
            value = scope.resolve(case.value)
            if "unknown" not in (kind, value.kind) and value.kind != kind:
                scope.refuse(
                    "T110",
                    f"this block gives {NAMES[kind]} before, and {NAMES[value.kind]} here",
                    case.value.span,
                    "another type",
                    "give every line a value of one type",
                )
            kind = value.kind if kind == "unknown" else kind
            if condition is None:
                otherwise = value
            else:
                items.append((condition, value))
        except Refused:
            failed = True
    if failed:
        raise Refused
    return m.Cases(tuple(items), otherwise, kind=kind)
