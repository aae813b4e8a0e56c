"""Records of which Python has seen all: their values are handed to the engine in columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .cells import Cell, CsvForm, Form, JsonForm
from .paths import Path
from .plain import BareJson, PlainText, can_be_plain, is_bare
from .relations import BROKEN, DOCUMENT, FILE, Prepared
from .samples import Sample, json_of
from .soundness import Reading
from .sql import Sql, cast, text, value_list
from .text_files import CsvRows
from .texts import USUAL_INSTANT, as_instant, usual_instant


@dataclass(frozen=True)
class Picked:
    """All records of a sample, of which there is one at least. `readings` are what the values are read as."""

    label: str
    sample: Sample
    readings: Mapping[str, Collection[Reading]]

    def prepare(self, wanted: Mapping[str, Sequence[Path]]) -> Prepared:
        """The values that are there at all: texts as such where all are, all others as JSON."""
        found: dict[str, _Column] = {}
        for name, paths in wanted.items():
            values = self.sample.values(paths)
            if any(value is not None for value in values):
                found[name] = _taken(self.readings.get(name, ()), values)
        return _prepared(self.label, found)


@dataclass(frozen=True)
class PickedCells:
    """All rows of a CSV, of which there is one at least."""

    label: str
    rows: CsvRows
    sample: Sample

    def prepare(self, wanted: Mapping[str, Sequence[Path]]) -> Prepared:
        """The cells of columns that have any; raises ValueError where a value is inside of one."""
        found: dict[str, _Column] = {}
        for name, paths in wanted.items():
            place = self.rows.place_of(paths)
            cells = [] if place is None else [record[place] for record in self.sample.records]
            known = [str(cell) for cell in cells if cell is not None]
            if known:
                found[name] = TidyCell(is_usual=all(map(USUAL_INSTANT.fullmatch, known))), cells
        return _prepared(self.label, found)


@dataclass(frozen=True)
class TidyCell(CsvForm):
    """A cell without outer blanks. `is_usual`: all of them are instants, written as most are."""

    is_usual: bool

    def text_of(self, raw: Sql) -> None:
        return None

    def as_instant(self, cell: Cell, zone: Zone) -> Sql:
        return usual_instant(cell.text) if self.is_usual else as_instant(cell.text, zone)


_Column = tuple[Form, Sequence[object]]
"""The form of the values of a column, and the values."""


def _prepared(label: str, found: Mapping[str, _Column]) -> Prepared:
    nothing = cast(exp.null(), "TEXT")
    parameters: list[object] = []
    made: dict[str, Sql] = {FILE: text(label), DOCUMENT: nothing, BROKEN: nothing}
    made |= {name: value_list(values, "TEXT", parameters) for name, (_, values) in found.items()}
    columns = [value.as_(name, quoted=True, copy=False) for name, value in made.items()]
    forms = {name: form for name, (form, _) in found.items()}
    return Prepared(exp.select(*columns, copy=False), forms, parameters)


def _taken(readings: Collection[Reading], values: Sequence[object]) -> _Column:
    plain = PlainText.seen(readings, values, are_all=True) if can_be_plain(readings) else None
    if plain is not None:
        return plain, [None if value is None else str(value) for value in values]
    return BareJson() if is_bare(readings) else JsonForm(), list(map(json_of, values))
