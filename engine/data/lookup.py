"""Where the values of a record are looked for, and the first layers of a query: raw values, and what texts they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from ...grammar.late_methods import dataclass
from .cells import Cell, CsvForm, Form
from .layout import ROLES, RecordKind, Role
from .paths import Path, field_path, join_path
from .relations import BROKEN, DOCUMENT, FILE, Prepared
from .sources import Binding, Constant, SourceMap
from .sql import Sql, column, select, text
from .texts import trimmed

MERGED_INTO = "merged_into"


@dataclass(frozen=True)
class Lookup:
    """How one source names what every record of a kind has."""

    kind: RecordKind
    source: SourceMap

    def wanted(self, fields: Iterable[str]) -> dict[str, tuple[Path, ...]]:
        """The raw values to read, each by the paths at which it can stand; constants are not looked for."""
        found: dict[str, tuple[Path, ...]] = {}
        for role in ROLES[self.kind]:
            binding = self.binding(role)
            if isinstance(binding, tuple):
                found[raw_key(role)] = (binding,)
        for field in fields:
            if not isinstance(self.source.fields.get(field), Constant):
                found[raw_field(field)] = self._field_paths(field)
        if self.kind != "events":
            successor = self.source.keys.get(MERGED_INTO)
            found[RAW_MERGED] = (successor if isinstance(successor, tuple) else (MERGED_INTO,),)
        return found

    def binding(self, role: Role) -> Binding:
        """Where a key stands: as mapped, else under its own name."""
        return self.source.keys.get(role.key, (role.key,))

    def shown(self, role: Role) -> str:
        """What the source calls a key."""
        binding = self.binding(role)
        return join_path(binding) if isinstance(binding, tuple) else role.key

    def is_absent(self, role: Role, forms: Mapping[str, Form]) -> bool:
        """Whether no record can have this key."""
        return isinstance(self.binding(role), tuple) and raw_key(role) not in forms

    def key(self, role: Role, forms: Mapping[str, Form]) -> tuple[Form | None, Cell]:
        """The form of a key's values, and where they are."""
        return _place(self.source.keys.get(role.key), raw_key(role), forms)

    def field(self, field: str, forms: Mapping[str, Form]) -> tuple[Form | None, Cell]:
        """The form of a field's values, and where they are."""
        return _place(self.source.fields.get(field), raw_field(field), forms)

    def _field_paths(self, field: str) -> tuple[Path, ...]:
        """Where a field stands: as mapped, else nested as its dots say, or under the name as it is."""
        mapped = self.source.fields.get(field)
        if isinstance(mapped, tuple):
            return (mapped,)
        usual = dict.fromkeys((field_path(field), (field,)))
        if self.kind != "events":
            return tuple(usual)
        taken = {role.key for role in ROLES[self.kind]} | {"properties"}
        outside = (each for each in usual if each[0] not in taken)
        return (*(("properties", *each) for each in usual), *outside)


def _place(mapped: object, raw: str, forms: Mapping[str, Form]) -> tuple[Form | None, Cell]:
    if isinstance(mapped, Constant):
        value = text(mapped.text.strip())
        return CsvForm(), Cell(value, value)
    form = forms.get(raw)
    return form, cell(raw, form)


RAW_MERGED, RAW_ID = f"raw {MERGED_INTO}", "raw id"


def raw_key(role: Role) -> str:
    """The column with the raw values of a key."""
    return f"raw {role.key}"


def raw_field(field: str) -> str:
    """The column with the raw values of a field."""
    return f"raw field {field}"


def _text(raw: str) -> str:
    return f"text of {raw}"


def cell(raw: str, form: Form | None) -> Cell:
    """The columns of a value, or twice the same."""
    has_text = form is not None and form.text_of(column(raw)) is not None
    return Cell(column(raw), column(_text(raw) if has_text else raw))


def cell_columns(forms: Mapping[str, Form]) -> list[str]:
    """All columns that the cells of these forms have."""
    return [*forms, *_texts(forms)]


def with_texts(prepared: Prepared) -> exp.Select:
    """The prepared query with the texts of the raw values, outer blanks removed."""
    said = _texts(prepared.forms)
    if not said:
        return prepared.query
    unquoted = layer(prepared.query, said, list(prepared.forms))
    return layer(unquoted, {name: trimmed(column(name)) for name in said}, list(prepared.forms))


def _texts(forms: Mapping[str, Form]) -> dict[str, Sql]:
    return {_text(raw): found for raw, form in forms.items() if (found := form.text_of(column(raw))) is not None}


def layer(query: exp.Select, made: Mapping[str, Sql], kept: Sequence[str]) -> exp.Select:
    """One more layer: the columns made here, beside those that are kept."""
    passed = [column(name) for name in (FILE, DOCUMENT, BROKEN, *kept)]
    columns = [value.as_(name, quoted=True, copy=False) for name, value in made.items()]
    return select(*passed, *columns, source=query)
