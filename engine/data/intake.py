"""Reading a relation into a table: every value typed, what is impossible kept apart.

Records are read into a working table first (`events as read`), which has columns beside those of its layout: where a
record came from, why it is rejected, and which of its values were impossible. `settle` makes the final table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import finding
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..instants import Zone
from ..schema import FieldType
from ..suggest import nearest
from .cells import Cell, Form, NativeForm, typed
from .errors import DataError
from .layout import Column, Layout, Role, Variant
from .lookup import RAW_ID, RAW_MERGED, Lookup, cell, cell_columns, layer, raw_field, raw_key, with_texts
from .paths import Path
from .plain import PlainText
from .relations import BLANK_LINE, BROKEN, DOCUMENT, FILE, Prepared, Readable
from .soundness import Fault, Reading, Sound, missing
from .sources import CLOCKS, RowNumber, SourceMap
from .sql import (
    Sql,
    both,
    call,
    case,
    cast,
    column,
    create_table,
    drop_column,
    drop_table,
    either,
    equals,
    first_known,
    insert,
    is_known,
    is_null,
    negated,
    number,
    one_of,
    record,
    rename_table,
    rows,
    run,
    select,
    table,
    text,
    total,
)
from .texts import since_1970

PART, REASON, RAW, ODD, MERGED = "#part", "#reason", "#raw", "#odd", "#merged"
WORKING = {PART: "INTEGER", FILE: "TEXT", REASON: "TEXT", RAW: "TEXT", ODD: "TEXT", MERGED: "TEXT"}
"""The working columns. `ODD` is a JSON object of the impossible values by column, NULL where there are none; `MERGED`
the id under which a record lives on."""

NOT_IN_ORDER = "a record is not in order"
"""What the engine says where something is wrong with a record that is only looked at."""

ESSENTIAL = ("id", "type", "timestamp")
"""Keys without which a record is rejected."""

_SHOWN = 80
"""How much of an impossible value is kept to be shown."""

_COLUMNS = 12
"""So many columns of a file are named where one is missing."""


def working(layout: Layout) -> exp.Table:
    """The table into which the records of a layout are read."""
    return table(f"{layout.kind} as read")


def open_table(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """The empty working table of a layout."""
    types = dict(zip(layout.names, layout.sql_types, strict=True)) | WORKING
    run(connection, create_table(working(layout), types))


def forget_file(connection: duckdb.DuckDBPyConnection, layout: Layout, part: int, file: str) -> None:
    """Let the records of a file count as blank lines. They are not deleted: the others keep their row numbers."""
    here = both(equals(column(PART), number(part)), equals(column(FILE), text(file)))
    blank = {REASON: text(BLANK_LINE), RAW: exp.null(), ODD: exp.null(), MERGED: exp.null()}
    changes = [equals(column(name), value) for name, value in blank.items()]
    run(connection, exp.Update(this=working(layout), expressions=changes, where=exp.Where(this=here)))


def settle(connection: duckdb.DuckDBPyConnection, layout: Layout, lost: exp.Select | None, few: bool) -> None:
    """The final table: all records but the rejected ones and those whose rowids `lost` selects."""
    if lost is None and not few and not _has_rejected(connection, layout):  # then the working table is the final one
        for name in WORKING:
            run(connection, drop_column(working(layout), name))
        run(connection, rename_table(working(layout), table(layout.kind)))
        return
    kept = exp.select(*(column(name) for name in layout.names)).from_(working(layout)).where(is_null(column(REASON)))
    if lost is not None:
        kept = kept.where(negated(exp.In(this=column("rowid"), query=lost.subquery())))
    run(connection, exp.Create(this=table(layout.kind), kind="TABLE", expression=kept))
    run(connection, drop_table(working(layout)))


def _has_rejected(connection: duckdb.DuckDBPyConnection, layout: Layout) -> bool:
    query = exp.select(column(REASON)).from_(working(layout)).where(is_known(column(REASON)))
    return bool(rows(connection, query.limit(1)))


@dataclass(frozen=True)
class Intake:
    """One relation on its way into the table of a layout; `before` records of its file came in other parts.

    `at_home`: no record has a sound value of a property that its type does not have.
    """

    layout: Layout
    source: SourceMap
    zone: Zone
    part: int
    before: int = 0
    at_home: bool = False

    @property
    def _lookup(self) -> Lookup:
        return Lookup(self.layout.kind, self.source)

    def take(self, connection: duckdb.DuckDBPyConnection, relation: Readable, label: str) -> None:
        """Insert the records of the relation; raises DataError if it lacks what every record needs."""
        prepared = self.prepared(relation, label)
        values = self._typed(prepared)
        run(connection, insert(self._marked(values, prepared), working(self.layout)), prepared.parameters)

    def unchecked(self, relation: Readable, label: str) -> exp.Select:
        """The records that are not rejected, as a query; of their impossible values nothing is said."""
        prepared = self.prepared(relation, label)
        columns = map(column, self.layout.names)
        kept = is_null(case(*self._reasons(prepared.forms)))
        return select(*columns, source=self._typed(prepared)).where(kept, copy=False)

    def checked(self, relation: Readable) -> Prepared:
        """The records as a query that is an error of the engine where something is wrong with one.

        Raises ValueError if all records lack what each needs.
        """
        prepared = relation.prepare(self.wanted)
        if self._absent(prepared):
            raise ValueError(NOT_IN_ORDER)
        wrong = [is_known(column(BROKEN)), *(fault.condition for fault in self._faults(prepared.forms))]
        prepared.query = self._without(wrong, self._typed(prepared))
        return prepared

    def among(self, relation: Readable, wanted: Callable[[Sql], Sql]) -> Prepared:
        """The records of some ids as a query, whatever may be wrong with them; an error where a text may be none."""
        prepared = relation.prepare(self.wanted)
        form = prepared.forms.get(RAW_ID)
        if isinstance(form, PlainText) and form.is_tidy:  # ids stand there as they are read: no other record is typed
            prepared.query = select(exp.Star(), source=prepared.query).where(wanted(column(RAW_ID)), copy=False)
        values = self._typed(prepared)
        prepared.query = self._without(self.doubts(prepared.forms), values).where(wanted(column("id")), copy=False)
        return prepared

    def _without(self, faults: Sequence[Sql], records: exp.Select) -> exp.Select:
        """The typed records; an error of the engine where one has any of the faults."""
        first, *others = self.layout.names
        checked = case((either(*faults), call("error", text(NOT_IN_ORDER))), otherwise=column(first))
        return select(checked.as_(first, quoted=True), *map(column, others), source=records)

    def doubts(self, forms: Mapping[str, Form]) -> list[Sql]:
        """For each column whose values were taken as texts, whether one may have been something else."""
        members = {each.name: _members(each) for each in self.layout.columns}
        found = [
            form.doubt(column(name))
            for name, form in self._plain(forms)
            if not members.get(name) or any(map(form.doubts, members[name]))
        ]
        return [each for each in found if each is not None]

    def _plain(self, forms: Mapping[str, Form]) -> Iterator[tuple[str, PlainText]]:
        """The columns whose values were taken as texts."""
        places = [(role.name, raw_key(role)) for role in self.layout.roles]
        places += [(each.name, raw_field(each.field)) for each in self.layout.columns]
        for name, raw in places:
            form = forms.get(raw)
            if isinstance(form, PlainText):
                yield name, form

    def examined(self, prepared: Prepared, sound: Collection[str]) -> tuple[exp.Select, list[Fault]]:
        """The records as a query, and what can be wrong with one; the raw values that are `sound` are known to be."""
        forms = prepared.forms
        forms |= {raw: Sound(form) for raw, form in forms.items() if raw in sound and isinstance(form, NativeForm)}
        return self._typed(prepared), list(self._faults(forms))

    def strays(self, sound: Collection[str]) -> Sql | None:
        """Whether a record has a sound value of a property that its type does not have; None where none could, or where
        types are not sound themselves."""
        raw_types = [raw_key(role) for role in self.layout.roles if role.key == "type"]
        if not raw_types or raw_types[0] not in sound:
            return None
        tests = [
            both(is_known(column(raw)), negated(one_of(column(raw_types[0]), types)))
            for each in self.layout.columns
            if (raw := raw_field(each.field)) in sound
            if (types := [event_type for variant in each.variants for event_type in variant.types])
        ]
        return either(*tests) if tests else None

    def readings(self) -> dict[str, set[Reading]]:
        """For each raw value as what it is read."""
        found: dict[str, set[Reading]] = {raw_key(role): {(role.form, None)} for role in self.layout.roles}
        for each in self.layout.columns:
            readings = {(variant.type.kind, variant.type.values) for variant in each.variants}
            found.setdefault(raw_field(each.field), set()).update(readings)
        return found

    def prepared(self, relation: Readable, label: str) -> Prepared:
        """The raw values; raises DataError if the relation lacks what every record needs."""
        prepared = relation.prepare(self.wanted)
        if lacking := self._absent(prepared):
            raise self._lacks(lacking, prepared, label)
        return prepared

    @property
    def wanted(self) -> Mapping[str, Sequence[Path]]:
        """The raw values that are looked for, each with the paths at which it can stand."""
        return self._lookup.wanted(each.field for each in self.layout.columns if each.kind != "unknown")

    def _typed(self, prepared: Prepared) -> exp.Select:
        """The records with all their values typed, and their raw values."""
        forms = prepared.forms
        cells = cell_columns(forms)
        roles = layer(with_texts(prepared), self._typed_roles(forms), cells)
        return layer(roles, self._typed_columns(forms), [*(role.name for role in self.layout.roles), *cells])

    def _faults(self, forms: Mapping[str, Form]) -> Iterator[Fault]:
        """What can be wrong with a record that is whole, or with a value of it."""
        for role in self._essential:
            form, place = self._lookup.key(role, forms)
            yield Fault(is_null(column(role.name)), missing(form, place.raw, role.form))
        yield from (Fault(condition) for condition, _ in self._lacking())
        yield Fault(self._merged(forms))
        yield from (Fault(mark) for _, (mark, _) in self._marks(forms))

    def _merged(self, forms: Mapping[str, Form]) -> Sql:
        form = forms.get(RAW_MERGED)
        return exp.false() if form is None else form.is_there(cell(RAW_MERGED, form))

    def _absent(self, prepared: Prepared) -> list[Role]:
        """What no record can have, and each needs: an id, and an event a type, a time and an owner."""
        lacking = [role for role in self._essential if self._lookup.is_absent(role, prepared.forms)]
        owners = [role for role in self.layout.roles if role.key in ("contact_id", "account_id")]
        if self.layout.kind == "events" and all(self._lookup.is_absent(role, prepared.forms) for role in owners):
            lacking += owners
        return lacking

    def _lacks(self, lacking: Sequence[Role], prepared: Prepared, label: str) -> DataError:
        names = " and ".join(f"`{self._lookup.shown(role)}`" for role in lacking)
        near = next(iter(nearest(lacking[0].key, prepared.columns)), "…")
        hint = f"say in `sources:` which column it is, such as `{self.layout.kind}: {{{lacking[0].key}: {near}}}`"
        if lacking[0].key == "type":
            hint += ", or give all one type, in quotes inside: `type: \"'page_view'\"`"
        if prepared.columns:
            shown = ", ".join(f"`{name}`" for name in prepared.columns[:_COLUMNS])
            hint += f"; it has {shown}{' …' if len(prepared.columns) > _COLUMNS else ''}"
        return DataError([finding("D105", f"`{label}` has no column {names}", Span(label), hint=hint)])

    def _typed_roles(self, forms: Mapping[str, Form]) -> dict[str, Sql]:
        return {role.name: self._typed_role(role, forms) for role in self.layout.roles}

    def _typed_role(self, role: Role, forms: Mapping[str, Form]) -> Sql:
        if isinstance(self._lookup.binding(role), RowNumber):
            return row_id(self.before)
        form, place = self._lookup.key(role, forms)
        if form is None:
            return cast(exp.null(), role.sql_type)
        if role.form == "instant":
            return self._instant(form, place)
        return form.as_identity(place) if role.form == "identity" else form.as_text(place)

    def _typed_columns(self, forms: Mapping[str, Form]) -> dict[str, Sql]:
        return {each.name: cast(self._typed_column(each, forms), each.sql_type) for each in self.layout.columns}

    def _typed_column(self, each: Column, forms: Mapping[str, Form]) -> Sql:
        form, place = self._lookup.field(each.field, forms)
        if form is None:
            return exp.null()
        readings = [(variant, self._value(form, place, variant.type)) for variant in each.variants]
        if not readings[0][0].types or (self.at_home and len(readings) == 1 and isinstance(form, Sound)):
            return readings[0][1]
        return case(*((_holds(variant), reading) for variant, reading in readings))

    def _value(self, form: Form, place: Cell, type_: FieldType) -> Sql:
        return self._instant(form, place) if type_.kind == "timestamp" else typed(form, place, type_, self.zone)

    def _instant(self, form: Form, place: Cell) -> Sql:
        """An instant as it is written, or as a number where the source says in what these count."""
        written = form.as_instant(place, self.zone)
        if self.source.timestamps is None:
            return written
        return first_known(written, since_1970(form.as_number(place), CLOCKS[self.source.timestamps]))

    def _marked(self, query: exp.Select, prepared: Prepared) -> exp.Select:
        """The last layer: reasons for rejection, and the impossible values."""
        forms = prepared.forms
        reason = case(*self._reasons(forms))
        merged = forms.get(RAW_MERGED)
        successor = exp.null() if merged is None else merged.as_identity(cell(RAW_MERGED, merged))
        made = {
            PART: number(self.part),
            FILE: column(FILE),
            REASON: reason,
            RAW: case((is_known(reason), prepared.shown(column(DOCUMENT)))),
            ODD: _odd(dict(self._marks(forms))),
            MERGED: cast(successor, "TEXT"),
        }
        columns = [column(name) for name in self.layout.names]
        columns += [value.as_(name, quoted=True, copy=False) for name, value in made.items()]
        return select(*columns, source=query)

    def _marks(self, forms: Mapping[str, Form]) -> Iterable[tuple[str, tuple[Sql, Sql]]]:
        """For each column: whether its value is impossible, and the value as it stands."""
        for role in self.layout.roles:
            form, place = self._lookup.key(role, forms)
            if form is not None and role.key not in ESSENTIAL and not form.reads_every(role.form):
                yield role.name, (_impossible(role.name, form, place), place.raw)
        for each in self.layout.columns:
            form, place = self._lookup.field(each.field, forms)
            if form is not None and not all(form.reads_every(_reading(variant)) for variant in each.variants):
                mark = _impossible(each.name, form, place)
                types = [event_type for variant in each.variants for event_type in variant.types]
                yield each.name, (case((mark, one_of(column("type"), types))) if types else mark, place.raw)

    def _reasons(self, forms: Mapping[str, Form]) -> list[tuple[Sql, Sql]]:
        """Why a record cannot be kept: what must not hold, and in words. The first that holds is told."""
        missing = [self._role_reason(role, forms) for role in self._essential]
        return [(is_known(column(BROKEN)), column(BROKEN)), *missing, *self._lacking()]

    @property
    def _essential(self) -> list[Role]:
        return [role for role in self.layout.roles if role.key in ESSENTIAL]

    def _lacking(self) -> Iterator[tuple[Sql, Sql]]:
        """Records without an owner, or without a value that is required."""
        if self.layout.kind == "events":
            ownerless = both(is_null(column("contact_id")), is_null(column("account_id")))
            yield ownerless, text("neither `contact_id` nor `account_id`")
        for each in self.layout.columns:
            for variant in each.variants:
                if variant.type.required:
                    gone = both(is_null(column(each.name)), _holds(variant))
                    yield gone, text(f"`{each.field}` is required")

    def _role_reason(self, role: Role, forms: Mapping[str, Form]) -> tuple[Sql, Sql]:
        name = self._lookup.shown(role)
        form, place = self._lookup.key(role, forms)
        lacks = text(f"no `{name}`")
        if form is None:  # then there is no raw value, as where rows are numbered
            return is_null(column(role.name)), lacks
        odd = {"instant": "is not an instant", "identity": "is neither a text nor a number", "text": "is not a text"}
        shown = call("substr", cast(place.raw, "TEXT"), number(1), number(_SHOWN))
        said = exp.DPipe(this=text(f"`{name}` {odd[role.form]}: "), expression=shown)
        why = case((form.is_there(place), said), otherwise=lacks)
        return is_null(column(role.name)), why


def _members(each: Column) -> tuple[str, ...]:
    """All that a column can hold, where it holds members of enumerations alone."""
    values = [variant.type.values for variant in each.variants]
    return () if None in values else tuple(member for some in values for member in some or ())


def _reading(variant: Variant) -> str:
    """What a value is read as: its kind, but of an enumeration."""
    return variant.type.kind if variant.type.values is None else "member"


def _holds(variant: Variant) -> Sql:
    """Whether a record is of one of the variant's event types."""
    return one_of(column("type"), variant.types) if variant.types else exp.true()


def _impossible(name: str, form: Form, place: Cell) -> Sql:
    """Whether a value is there but is none of its type."""
    return both(is_null(column(name)), form.is_there(place))


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


def row_id(before: int) -> Sql:
    """The id of a record that has none of its own: the file and the number of the record in it."""
    counted = total(exp.Window(this=call("row_number")), number(before))
    return exp.DPipe(this=exp.DPipe(this=column(FILE), expression=text(":")), expression=cast(counted, "TEXT"))
