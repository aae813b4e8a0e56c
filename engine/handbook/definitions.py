"""Stages, grades, measures, fields, kinds of activity, lists and numbers in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ...grammar import nodes as n
from ..figures import number
from ..records import Value
from .comments import explanation
from .document import Entry, Section
from .english import English, spoken
from .names import Names
from .terms import Words, anchor, listed, sentence, words

if TYPE_CHECKING:
    from ..model import Table as LookUp
    from ..model import TableEntry

SHOWN = 40


# --- stages and grades ------------------------------------------------------------------------------------------------


def stages(item: n.StagesDef, names: Names) -> Section:
    """A ladder, from the first stage to the last."""
    say = English(names, item.level)
    one = "An account (a company)" if item.level == "account" else "A lead (a person)"
    rule = f"{one} is at the last of these stages whose condition holds."
    if item.in_order:
        rule = f"{one} climbs these stages one after the other: one counts only if all before it hold, too."
    note = explanation(item, above=True)
    return Section(
        title=f"Stages of {item.level}s",
        anchor=anchor("stages", item.level),
        intro=tuple((text,) for text in (note, rule) if text),
        entries=tuple(_stage(step, say) for step in item.stages),
    )


def _stage(step: n.StageDef, say: English) -> Entry:
    said, below = conditions(step.condition, say)
    if step.stays_while is not None:
        stays = Entry(sentence(words("once there, it stays as long as ", say.condition(step.stays_while))))
        below = (*below, stays)
    place = anchor("stage", say.level, step.name)
    return Entry(said, step.label or step.name, step.name, place, note=explanation(step), below=below)


def conditions(node: n.Expr, say: English) -> tuple[Words, tuple[Entry, ...]]:
    """A condition; several that must hold together stand below each other."""
    if isinstance(node, n.And):
        return ("All of this must hold:",), tuple(Entry(sentence(say.condition(item))) for item in node.items)
    return sentence(say.condition(node)), ()


def grade(item: n.GradeDef, names: Names) -> Section:
    """A grade: for each axis from which value on there is which label."""
    say = English(names, item.level)
    note = explanation(item, above=True)
    several = "The grade puts these together, in this order." if len(item.axes) > 1 else ""
    return Section(
        title=f"Grade {item.name}, of {item.level}s",
        anchor=anchor("grade", item.level, item.name),
        intro=tuple((text,) for text in (note, several) if text),
        entries=tuple(
            Entry(words("By ", say.value(axis.value), ": ", listed([_cut(cut, say) for cut in axis.cuts]), "."))
            for axis in item.axes
        ),
        depth=1,
    )


def _cut(cut: n.Cut, say: English) -> Words:
    return words(cut.label, " from ", say.value(cut.cut), " on") if cut.cut is not None else (f"else {cut.label}",)


# --- what is worked out -----------------------------------------------------------------------------------------------


def measure(item: n.MeasureDef, names: Names) -> Entry:
    """A number, text or truth that other rules use."""
    said, below = _worked_out(item.value, English(names, item.level))
    place = anchor("measure", item.level, item.name)
    return Entry(said, "", "", place, f"{item.name}, of {item.level}s", explanation(item), below)


def derived(item: n.DeriveDef, names: Names) -> Entry:
    """A field that is worked out where the data do not have it."""
    said, below = _worked_out(item.value, English(names, "account" if item.level == "account" else "lead"))
    who = "account" if item.level == "account" else "contact"
    title = f"the {who}'s {spoken(str(item.field))}"
    return Entry(said, worth=title, note=explanation(item), below=below)


def _worked_out(value: n.Expr | n.Cases, say: English) -> tuple[Words, tuple[Entry, ...]]:
    if isinstance(value, n.Cases):
        return ("The first of these that fits:",), tuple(_case(case, say) for case in value.items)
    return sentence(say.value(value)), ()


def _case(case: n.Case, say: English) -> Entry:
    when = words(" if ", say.condition(case.condition)) if case.condition is not None else (" otherwise",)
    return Entry(words(say.value(case.value), when, "."), note=explanation(case))


def signal(item: n.SignalDef, names: Names) -> Entry:
    """Which events a word stands for."""
    say = English(names)
    inside = English(names, inside=True)
    of = listed(map(say.value, item.sources), last=" or ")
    where = words(", where ", inside.condition(item.where)) if item.where is not None else ()
    name = f"{item.name} ({', '.join(map(spoken, item.params))})" if item.params else item.name
    place = anchor("signal", item.name)
    note = explanation(item)
    if note.startswith(item.name):  # `visited, visited('pricing'): looked at a page`
        note = note.partition(": ")[2] or note
    return Entry(sentence(words("any ", of, where)), "", "", place, name, note)


def ignored(item: n.IgnoreEvents | n.IgnoreContacts, names: Names) -> Entry:
    """What is left out before anything is counted."""
    say, inside = English(names), English(names, inside=True)
    if isinstance(item, n.IgnoreContacts):
        said = words("people whose ", inside.condition(item.where))
    else:
        where = words(" where ", inside.condition(item.where)) if item.where is not None else ()
        pieces = [words(" ", say.piece(piece)) for piece in item.filters]
        said = words("events of the kind ", listed(map(say.value, item.sources), last=" or "), where, *pieces)
    return Entry(sentence(said), note=explanation(item))


# --- numbers, lists, tables -------------------------------------------------------------------------------------------


def param(item: n.ParamDef, names: Names) -> Entry:
    """A number that can be tuned, with the value that it has."""
    value = "".join(shown(names.params.get(item.name)))
    said = sentence(words("may be ", English(Names()).range(item.range))) if item.range is not None else ()
    return Entry(said, "", "", anchor("param", item.name), f"{item.name} = {value}", explanation(item))


def shown(value: Value) -> Words:
    """A value as a reader sees it."""
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return (number(value) if isinstance(value, int | float) else "" if value is None else str(value),)


def value_list(item: n.ListDef, values: Mapping[str, tuple[Value, ...]]) -> Entry:
    """A list with its values; of a long one the first."""
    found = values.get(item.name, ())
    some = ", ".join("".join(shown(value)) for value in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return Entry((f"{some}{more}.",), "", "", anchor("list", item.name), item.name, explanation(item))


def look_up(item: n.TableDef, tables: Mapping[str, LookUp]) -> Entry:
    """A table with its rows; of a long one the first."""
    table = tables.get(item.name)
    rows = table.entries if table is not None else ()
    some = [f"{_keys(row)}: {''.join(shown(row.value))}" for row in rows[:SHOWN]]
    some += [f"{len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    if table is not None and table.default is not None:
        some.append(f"anything else: {''.join(shown(table.default))}")
    return Entry((f"{'; '.join(some)}.",), "", "", anchor("table", item.name), item.name, explanation(item))


def _keys(row: TableEntry) -> str:
    return " and ".join(_key(key) for key in row.keys)


def _key(key: str | float | tuple[float | None, float | None]) -> str:
    if not isinstance(key, tuple):
        return "".join(shown(key))
    low, high = key
    if high is None or low is None:
        return f"from {number(low)} on" if low is not None else f"up to {number(high or 0)}"
    return f"{number(low)} to {number(high)}"


def used(statements: tuple[n.Statement, ...]) -> Iterator[n.Statement]:
    """Without the words, lists and tables that no rule uses: a shared vocabulary has many."""
    words_of = (n.SignalDef, n.ListDef, n.TableDef)
    by_name: dict[str, list[n.Statement]] = {}
    for item in statements:
        if isinstance(item, words_of):
            by_name.setdefault(item.name, []).append(item)
    waiting: list[n.Statement] = [item for item in statements if not isinstance(item, words_of)]
    found: set[int] = {id(item) for item in waiting}
    while waiting:
        for node in waiting.pop().walk():
            name = node.parts[-1] if isinstance(node, n.Name) else ""
            for item in by_name.get(name, ()):
                if id(item) not in found:
                    found.add(id(item))
                    waiting.append(item)
    return (item for item in statements if id(item) in found)
