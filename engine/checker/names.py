"""Names that stand for values: which ones can be seen from where, and in which order they are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NoReturn

from ...grammar import nodes as n
from ...grammar.source import Span
from .. import model as m
from ..schema import Kind
from .scope import Refused, Scope
from .wording import NAMES

EVENT_ATTRIBUTES: Mapping[str, m.EventAttr] = {
    item.name: item
    for item in (
        m.EventAttr("age", kind="number"),
        m.EventAttr("contact", kind="text"),
        m.EventAttr("session", kind="text"),
        m.EventAttr("hour", kind="number"),
        m.EventAttr("weekday", kind="number"),
        m.EventAttr("date", kind="date"),
        m.EventAttr("week", kind="date"),
        m.EventAttr("month", kind="number"),
    )
}
"""What every event has besides its properties."""
NOT_DECLARED = "not declared in the schema"


def lookup(node: n.Name, scope: Scope) -> m.Expr | None:
    """What a name stands for as a value; None if nothing of that name has one."""
    first, rest = node.parts[0], ".".join(node.parts[1:])
    if not rest and first in scope.bound:
        argument, outside = scope.bound[first]
        if scope.signal is not None and not scope.grow(scope.signal):
            raise Refused
        return outside.resolve(argument)
    if first == "event" and rest:
        return _event_value(node, rest, scope, only=True)
    if first == "contact" and rest:
        return _contact_value(node, rest, scope)
    if first == "account" and rest:
        return _account_value(node, rest, scope)
    return _bare(node, str(node), scope)


def _bare(node: n.Name, name: str, scope: Scope) -> m.Expr | None:
    if scope.row == "record":
        return _field(node, "contact", name, scope) or _param(name, scope)
    if scope.row == "event":
        own = (_result(name, scope.level, scope) or _param(name, scope)) if scope.points else None
        return own or _event_value(node, name, scope) or _param(name, scope)
    own = _result(name, scope.level, scope)
    if own is None and scope.row == "member" and _is_contact_field(name, scope):
        return _field(node, "contact", name, scope)
    return own or _param(name, scope)


def _is_contact_field(name: str, scope: Scope) -> bool:
    """Inside a roll-up a bare name is a contact's field; one that nothing declares only if it is nothing else."""
    book = scope.book
    if name in book.field_names("contact") or name == "account_id":
        return True
    taken = book.has_events(name) or name in book.params or name in book.lists or name in book.tables
    return book.schema.inferred and not taken


def _param(name: str, scope: Scope) -> m.Expr | None:
    if name in scope.book.params:
        scope.book.usage.use("param", name)
    return scope.book.params.get(name)


# --- results and fields -------------------------------------------------------------


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
        return m.Result(level, "measure", name, kind=book.kinds.of(("measure", level, name)))
    return None


def _field(node: n.Name, level: str, name: str, scope: Scope) -> m.Expr | None:
    book = scope.book
    declared = book.field_type(level, name)
    if declared is None:
        return None
    if scope.ignoring and (level, name) in book.derived and name not in book.fields(level):
        _refuse_in_ignore(node, "is derived", scope)
    book.usage.use("contact field" if level == "contact" else "account field", name)
    if book.has_data and (level, name) in book.guessed:
        never_seen(node, f"no {level} in these data has a field `{name}`", book.field_names(level), scope)
    return m.Field("contact" if level == "contact" else "account", name, kind=declared.kind)


def _refuse_in_ignore(node: n.Name, what: str, scope: Scope) -> NoReturn:
    scope.refuse(
        "G107",
        f"`ignore` looks at the data as read, and `{node}` {what}",
        node.span,
        "not in the data as read",
        "ask for the fields that it is made from",
    )


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
    if found is None and scope.level == "lead" and scope.row in ("entity", "member"):
        found = _result(name, "lead", scope)
    if found is None:
        _refuse_field(node, "contact", name, scope.book.field_names("contact"), scope)
    return found


def _account_value(node: n.Name, name: str, scope: Scope) -> m.Expr | None:
    book = scope.book
    own = _result(name, "account", scope)
    if own is not None and scope.ignoring:
        _refuse_in_ignore(node, "is worked out by rules", scope)
    if own is not None and scope.row == "event" and not scope.points:
        refuse_result_in_test(node, scope)
    if own is not None:
        return own
    if book.has_events(name) and name not in book.field_names("account"):
        return None
    found = _field(node, "account", name, scope)
    if found is None:
        _refuse_field(node, "account", name, [*book.field_names("account"), *book.result_names("account")], scope)
    return found


def _refuse_field(node: n.Name, level: str, name: str, known: list[str], scope: Scope) -> NoReturn:
    place = last_part(node, name)
    if level == "account" and name == "stage":
        message, hint = "there are no stages for accounts", "define `stages for account:`"
        scope.refuse_unknown("T102", name, message, place, "never defined", (), hint)
    message, hint = f"`{level}` has no field `{name}`", f"declare it in `schema:`, under `{level}`"
    scope.refuse_unknown("T102", name, message, place, NOT_DECLARED, known, hint)


def last_part(node: n.Name, name: str) -> Span:
    """The place of what stands behind the owner: of `rol` in `contact.rol`; of all where backquotes are in it."""
    span = node.span
    if span.line != span.end_line or span.end_column - span.column != len(str(node)):
        return span
    return replace(span, column=span.end_column - len(name))


def refuse_result_in_test(node: n.Name, scope: Scope) -> NoReturn:
    """A test of events reads the event and the fields of its contact and account, never what rules work out."""
    scope.refuse(
        "G105",
        f"a test of events reads properties and fields, and `{node}` is worked out by rules",
        node.span,
        "a result of rules",
        "compare it outside of the selection: `S and … >= 10`",
    )


def never_seen(node: n.Expr, message: str, known: Iterable[str], scope: Scope) -> None:
    """Warn of a name that the data do not have: it may come later, or be a slip."""
    name = node.parts[-1] if isinstance(node, n.Name) else ""
    meant = scope.book.meant(name, set(known) - {name})
    place = last_part(node, name) if isinstance(node, n.Name) else node.span
    scope.note("T107", message, place, "always missing", f"did you mean `{meant}`?" if meant else "")


# --- properties of events -----------------------------------------------------------


def _event_value(node: n.Name, name: str, scope: Scope, only: bool = False) -> m.Expr | None:
    """A property, or what every event has. `only`: it was written as `event.x`, so nothing else can be meant."""
    if scope.row != "event":
        scope.refuse(
            "G105",
            f"`{node}` is a property of an event, and here is none",
            node.span,
            "outside of a selection",
            "use it in `where`, in `sum(… of S)`, or in the points of an `each` line",
        )
    book, types = scope.book, scope.types
    is_declared = any(name in book.schema.events.get(item, {}) for item in types)
    if name in EVENT_ATTRIBUTES and not is_declared:
        return _attribute(node, name, scope)
    if not types or (not only and not is_declared and (not book.schema.inferred or name in book.params)):
        return None
    kinds = {item: book.property_type(item, name) for item in types}
    for item in types:
        book.usage.use("property", f"{item}.{name}")
    missing = [item for item, declared in kinds.items() if declared is None]
    if missing:
        refuse_property(node, name, missing, scope)
    _warn_of_unseen(node, name, scope)
    return m.Prop(name, kind=_one_kind(node, name, {item.kind for item in kinds.values() if item is not None}, scope))


def _warn_of_unseen(node: n.Name, name: str, scope: Scope) -> None:
    book = scope.book
    unseen = [item for item in scope.types if (f"event {item}", name) in book.guessed and item in book.schema.events]
    if book.has_data and unseen and len(unseen) == len(scope.types):
        message = f"no `{unseen[0]}` in these data has a property `{name}`"
        never_seen(node, message, book.property_names(unseen), scope)


def _one_kind(node: n.Name, name: str, kinds: set[Kind], scope: Scope) -> Kind:
    known = sorted(kinds - {"unknown"})
    if len(known) > 1:
        scope.refuse(
            "T110",
            f"`{name}` is {' and '.join(NAMES[kind] for kind in known)}, depending on the event's type",
            node.span,
            "not one type",
            "write one signal for each event type, and join them with `or`",
        )
    return known[0] if known else "unknown"


def _attribute(node: n.Name, name: str, scope: Scope) -> m.Expr:
    if name == "session" and scope.ignoring:
        _refuse_in_ignore(node, "is found among the events that are left", scope)
    return EVENT_ATTRIBUTES[name]


def grouped_by(node: n.Name, scope: Scope) -> m.Expr:
    """What tells events apart: a property, a field, or their session: that of one contact, also where it is given."""
    if names_session(node):
        return EVENT_ATTRIBUTES["session"]
    return scope.value(node, "text", "number", "bool", "date", "timestamp")


def names_session(node: n.Name) -> bool:
    """Whether a name behind `in one`, `each`, `per` or `distinct` means the session of an event."""
    return node.parts in (("session",), ("event", "session"))


_LENGTHS = {"quarter": "90 days", "year": "365 days"}


def refuse_property(node: n.Name, name: str, types: list[str], scope: Scope) -> NoReturn:
    """Refuse a property that these event types do not have."""
    whose = " and ".join(f"`{item}`" for item in types[:3])
    message = f"{whose} {'has' if len(types) == 1 else 'have'} no property `{name}`"
    known = [*scope.book.property_names(types), *EVENT_ATTRIBUTES, *scope.book.params]
    hint = "declare it in `schema:`, under that event type; a text stands in quotes"
    if name in _LENGTHS:
        hint = f"declare it in `schema:`; if a length of time is meant, write `at most once per {_LENGTHS[name]}`"
    scope.refuse_unknown("T105", name, message, last_part(node, name), NOT_DECLARED, known, hint)
