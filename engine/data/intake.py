"""Reading a relation into a table: every value typed, what is impossible kept apart.

Records are read into a working table first (`events as read`), which has columns beside those of its layout: where a
record came from, why it is rejected, and which of its values were impossible. `settle` makes the final table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import finding
from ...grammar.source import Span
from ..instants import Zone
from .cells import Cell, CsvForm, Form, typed
from .errors import DataError
from .layout import Column, Layout, Role, Variant
from .paths import Path, field_path, join_path
from .relations import BROKEN, DOCUMENT, FILE, Prepared, Relation
from .sources import Binding, Constant, RowNumber, SourceMap
from .sql import (
    Sql,
    both,
    call,
    case,
    cast,
    column,
    create_table,
    drop_table,
    either,
    equals,
    insert,
    is_known,
    is_null,
    negated,
    number,
    one_of,
    record,
    run,
    select,
    table,
    text,
)
from .texts import trimmed

PART, REASON, RAW, ODD, MERGED = "#part", "#reason", "#raw", "#odd", "#merged"
WORKING = {PART: "INTEGER", FILE: "TEXT", REASON: "TEXT", RAW: "TEXT", ODD: "TEXT", MERGED: "BOOLEAN"}
"""The working columns. `ODD` is a JSON object of the impossible values by column, NULL where there are none."""

_MERGED_INTO = "merged_into"
_SHOWN = 80
"""How much of an impossible value is kept to be shown."""


def working(layout: Layout) -> exp.Table:
    """The table into which the records of a layout are read."""
    return table(f"{layout.kind} as read")


def open_table(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """The empty working table of a layout."""
    types = dict(zip(layout.names, layout.sql_types, strict=True)) | WORKING
    run(connection, create_table(working(layout), types))


def forget_file(connection: duckdb.DuckDBPyConnection, layout: Layout, part: int, file: str) -> None:
    """Take the records of a file out of the working table again."""
    here = both(equals(column(PART), number(part)), equals(column(FILE), text(file)))
    run(connection, exp.delete(working(layout)).where(here))


def settle(connection: duckdb.DuckDBPyConnection, layout: Layout, lost: exp.Select | None) -> None:
    """The final table: all records but the rejected ones and those whose rowids `lost` selects."""
    run(connection, create_table(table(layout.kind), dict(zip(layout.names, layout.sql_types, strict=True))))
    kept = exp.select(*(column(name) for name in layout.names)).from_(working(layout)).where(is_null(column(REASON)))
    if lost is not None:
        kept = kept.where(negated(exp.In(this=column("rowid"), query=lost.subquery())))
    run(connection, insert(kept, table(layout.kind)))
    run(connection, drop_table(working(layout)))


@dataclass(frozen=True)
class Intake:
    """One relation on its way into the table of a layout."""

    layout: Layout
    source: SourceMap
    zone: Zone
    part: int

    def take(self, connection: duckdb.DuckDBPyConnection, relation: Relation, label: str) -> None:
        """Insert the records of the relation; raises DataError if it lacks what every record needs."""
        prepared = relation.prepare(self._wanted)
        forms = prepared.forms
        self._require(forms, label)
        raw = [name for name in self._wanted if name in forms]
        texts = [_text(name) for name in raw]
        said = self._stage(prepared.query, {_text(name): forms[name].text_of(column(name)) for name in raw}, raw)
        read = self._stage(said, {name: trimmed(column(name)) for name in texts}, raw)
        roles = self._stage(read, self._typed_roles(forms), [*raw, *texts])
        values = self._stage(roles, self._typed_columns(forms), [*self._role_names, *raw, *texts])
        run(connection, insert(self._marked(values, prepared), working(self.layout)), prepared.parameters)

    # ── what to look for ──────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _wanted(self) -> dict[str, tuple[Path, ...]]:
        """The raw values to read, each by the paths at which it can stand; constants are not looked for."""
        found: dict[str, tuple[Path, ...]] = {}
        for role in self.layout.roles:
            binding = self._role_binding(role)
            if isinstance(binding, tuple):
                found[_raw(role.key)] = (binding,)
        for each in self.layout.columns:
            if each.kind != "unknown" and not isinstance(self.source.fields.get(each.field), Constant):
                found[_raw_field(each)] = self._field_paths(each.field)
        if self.layout.kind != "events":
            found[_raw(_MERGED_INTO)] = ((_MERGED_INTO,),)
        return found

    def _role_binding(self, role: Role) -> Binding:
        return self.source.keys.get(role.key, (role.key,))

    def _field_paths(self, field: str) -> tuple[Path, ...]:
        """Where a field stands: as mapped, else nested as its dots say, or under the name as it is."""
        mapped = self.source.fields.get(field)
        if isinstance(mapped, tuple):
            return (mapped,)
        path = field_path(field)
        usual = dict.fromkeys((path, (field,)))
        if self.layout.kind != "events":
            return tuple(usual)
        taken = {role.key for role in self.layout.roles} | {"properties"}
        outside = (each for each in usual if each[0] not in taken)
        return (*(("properties", *each) for each in usual), *outside)

    def _require(self, forms: Mapping[str, Form], label: str) -> None:
        """Every record needs an id, and an event a type, a time and an owner."""
        wanted = [role for role in self.layout.roles if role.key in ("id", "type", "timestamp")]
        lacking = [role for role in wanted if self._is_absent(role, forms)]
        owners = [role for role in self.layout.roles if role.key in ("contact_id", "account_id")]
        if self.layout.kind == "events" and all(self._is_absent(role, forms) for role in owners):
            lacking += owners
        if lacking:
            names = " and ".join(f"`{self._place(role)}`" for role in lacking)
            message = f"`{label}` has no column {names}"
            hint = f"say in `sources:` which column it is, such as `{self.layout.kind}: {{{lacking[0].key}: …}}`"
            raise DataError([finding("D105", message, Span(label), hint=hint)])

    def _is_absent(self, role: Role, forms: Mapping[str, Form]) -> bool:
        return isinstance(self._role_binding(role), tuple) and _raw(role.key) not in forms

    def _place(self, role: Role) -> str:
        """What the source calls it."""
        binding = self._role_binding(role)
        return join_path(binding) if isinstance(binding, tuple) else role.key

    # ── the stages of the query ───────────────────────────────────────────────────────────────────────────────────

    @property
    def _role_names(self) -> list[str]:
        return [role.name for role in self.layout.roles]

    def _stage(self, query: exp.Select, made: Mapping[str, Sql], kept: Sequence[str]) -> exp.Select:
        """One more layer: the columns made here, beside those that are kept."""
        passed = [column(each) for each in (FILE, DOCUMENT, BROKEN, *kept)]
        columns = [value.as_(each, quoted=True, copy=False) for each, value in made.items()]
        return select(*passed, *columns, source=query)

    def _typed_roles(self, forms: Mapping[str, Form]) -> dict[str, Sql]:
        return {role.name: self._typed_role(role, forms) for role in self.layout.roles}

    def _typed_role(self, role: Role, forms: Mapping[str, Form]) -> Sql:
        binding = self._role_binding(role)
        form, cell = forms.get(_raw(role.key)), _cell(_raw(role.key))
        if isinstance(binding, RowNumber):
            return row_id()
        if isinstance(binding, Constant):
            form, cell = CsvForm(), _constant(binding)
        if form is None:
            return cast(exp.null(), role.sql_type)
        if role.form == "instant":
            return form.as_instant(cell, self.zone)
        return form.as_identity(cell) if role.form == "identity" else form.as_text(cell)

    def _typed_columns(self, forms: Mapping[str, Form]) -> dict[str, Sql]:
        return {each.name: self._typed_column(each, forms) for each in self.layout.columns}

    def _typed_column(self, each: Column, forms: Mapping[str, Form]) -> Sql:
        form, cell = self._value(each, forms)
        if form is None:
            return cast(exp.null(), each.sql_type)
        branches = [(_holds(variant), typed(form, cell, variant.type, self.zone)) for variant in each.variants]
        if len(branches) == 1 and not each.variants[0].types:
            return cast(branches[0][1], each.sql_type)
        return cast(case(*branches), each.sql_type)

    def _value(self, each: Column, forms: Mapping[str, Form]) -> tuple[Form | None, Cell]:
        """The form of a column's values, and where they are."""
        constant = self.source.fields.get(each.field)
        if isinstance(constant, Constant):
            return CsvForm(), _constant(constant)
        return forms.get(_raw_field(each)), _cell(_raw_field(each))

    def _marked(self, query: exp.Select, prepared: Prepared) -> exp.Select:
        """The last layer: reasons for rejection, and the impossible values."""
        forms = prepared.forms
        reason = self._reason(forms)
        merged = _raw(_MERGED_INTO)
        made = {
            PART: number(self.part),
            FILE: column(FILE),
            REASON: reason,
            RAW: case((is_known(reason), prepared.shown(column(DOCUMENT)))),
            ODD: _odd(dict(self._marks(forms))),
            MERGED: forms[merged].is_there(_cell(merged)) if merged in forms else exp.false(),
        }
        columns = [column(name) for name in self.layout.names]
        columns += [value.as_(name, quoted=True, copy=False) for name, value in made.items()]
        return select(*columns, source=query)

    def _marks(self, forms: Mapping[str, Form]) -> Iterable[tuple[str, tuple[Sql, Sql]]]:
        """For each column: whether its value is impossible, and the value as it stands."""
        for role in self.layout.roles:
            form, cell = forms.get(_raw(role.key)), _cell(_raw(role.key))
            if form is not None and role.key not in ("id", "type", "timestamp"):
                yield role.name, (_impossible(role.name, form, cell), cell.raw)
        for each in self.layout.columns:
            value, cell = self._value(each, forms)
            if value is not None:
                mark = _impossible(each.name, value, cell)
                types = [event_type for variant in each.variants for event_type in variant.types]
                yield each.name, (case((one_of(column("type"), types), mark)) if types else mark, cell.raw)

    def _reason(self, forms: Mapping[str, Form]) -> Sql:
        """Why the record cannot be kept: the first reason that holds, or NULL."""
        reasons = [(is_known(column(BROKEN)), column(BROKEN))]
        for role in self.layout.roles:
            if role.key in ("id", "type", "timestamp"):
                reasons.append(self._role_reason(role, forms))
        if self.layout.kind == "events":
            ownerless = both(is_null(column("contact_id")), is_null(column("account_id")))
            reasons.append((ownerless, text("neither `contact_id` nor `account_id`")))
        for each in self.layout.columns:
            for variant in each.variants:
                if variant.type.required:
                    gone = both(is_null(column(each.name)), _holds(variant))
                    reasons.append((gone, text(f"`{each.field}` is required")))
        return case(*reasons)

    def _role_reason(self, role: Role, forms: Mapping[str, Form]) -> tuple[Sql, Sql]:
        name = self._place(role)
        form = forms.get(_raw(role.key))
        there = exp.false() if form is None else form.is_there(_cell(_raw(role.key)))
        odd = {"instant": "is not an instant", "identity": "is neither a text nor a number", "text": "is not a text"}
        why = case((there, text(f"`{name}` {odd[role.form]}")), otherwise=text(f"no `{name}`"))
        return is_null(column(role.name)), why


def _raw(key: str) -> str:
    return f"raw {key}"


def _raw_field(each: Column) -> str:
    return f"raw field {each.field}"


def _text(raw: str) -> str:
    return f"text of {raw}"


def _cell(raw: str) -> Cell:
    return Cell(column(raw), column(_text(raw)))


def _constant(binding: Constant) -> Cell:
    value = text(binding.text.strip())
    return Cell(value, value)


def _holds(variant: Variant) -> Sql:
    """Whether a record is of one of the variant's event types."""
    return one_of(column("type"), variant.types) if variant.types else exp.true()


def _impossible(name: str, form: Form, cell: Cell) -> Sql:
    """Whether a value is there but is none of its type."""
    return case((is_known(column(name)), exp.false()), otherwise=form.is_there(cell))


def _odd(marks: Mapping[str, tuple[Sql, Sql]]) -> Sql:
    """The impossible values of a record as a JSON object; NULL where there are none."""
    if not marks:
        return exp.null()
    shown = {
        name: case((mark, call("substr", cast(raw, "TEXT"), number(1), number(_SHOWN))))
        for name, (mark, raw) in marks.items()
    }
    any_ = either(*(mark for mark, _ in marks.values()))
    return case((any_, cast(call("to_json", record(shown)), "TEXT")))


def row_id() -> Sql:
    """The id of a record that has none of its own: the file and the number of the record in it."""
    counted = exp.Window(this=call("row_number"))
    return exp.DPipe(this=exp.DPipe(this=column(FILE), expression=text(":")), expression=cast(counted, "TEXT"))
