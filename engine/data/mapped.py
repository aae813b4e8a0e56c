"""What `sources:` maps and no record has: a slip most often, after which all would be read as if it were missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import duckdb

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ..suggest import nearest
from .answers import Answers, Topic
from .batches import Batch
from .errors import DataError
from .layout import Layout
from .paths import Path, join_path
from .sources import SourceMap
from .sql import column, number, one_of, rows, select
from .tables import TypedTable
from .taking import NOT_OURS
from .text_files import CsvRows

_NAMED = 12
"""So many columns are named where none is like the one that is missing."""

_NOTHING_MISSING = "nothing that is mapped is missing"


def check_mapped(
    connection: duckdb.DuckDBPyConnection, kinds: Iterable[tuple[Layout, Sequence[Batch]]], answers: Answers
) -> list[Diagnostic]:
    """Whether a source maps something to a place at which none of its records has anything: raises DataError where
    there are tables, which have a column or not; gives warnings where there is JSON, in which a key may be rare.

    Asked are all keys, and those fields and properties that the layouts want. Where some of several files have the
    place, the others need not, and a source without any record has nothing that could be missing. `answers` are those
    that were given before about the files.
    """
    found: list[Diagnostic] = []
    for layout, batches in kinds:
        for source in {id(batch.source): batch.source for batch in batches if _maps(batch.source)}.values():
            topic = Topic(answers, repr(source), repr(layout.columns))
            if not topic.knows(_NOTHING_MISSING):
                mapped = _Mapped(source, [each for each in batches if each.source is source])
                missing = list(mapped.missing(connection, layout))
                if not missing:
                    topic.note(_NOTHING_MISSING)
                found += missing
    errors = [each for each in found if each.is_error]
    if errors:
        raise DataError(errors)
    return found


@dataclass(frozen=True)
class _Mapped:
    """One source, and all that is read by it."""

    source: SourceMap
    batches: Sequence[Batch]

    def missing(self, connection: duckdb.DuckDBPyConnection, layout: Layout) -> Iterator[Diagnostic]:
        mapped = dict(self._mapped(layout))
        if not mapped:
            return
        try:
            lacking = self._lacking(connection, list(dict.fromkeys(mapped.values())))
        except NOT_OURS:
            raise
        except duckdb.Error:  # whoever reads them all says what is wrong with them
            return
        for name, path in mapped.items():
            if path in lacking and self._has_any(connection, _types(layout, name)):
                yield self._said(connection, name, path)

    def _has_any(self, connection: duckdb.DuckDBPyConnection, types: Sequence[str]) -> bool:
        """Whether there can be events of some types: a table has a column for those that are still to come, too, while
        JSON has a key only where something has it."""
        place = self.source.keys.get("type", ("type",))
        if not types or not isinstance(place, tuple) or any(map(_is_table, self.batches)):
            return True
        written = [json.dumps(event_type) for event_type in types]
        for batch in self.batches:
            prepared = batch.relation.prepare({"type": [place]})
            some = select(number(1), source=prepared.query).where(one_of(column("type"), written)).limit(1)
            if rows(connection, some, prepared.parameters):
                return True
        return False

    def _mapped(self, layout: Layout) -> Iterator[tuple[str, Path]]:
        """What is mapped to a place, and is read at all."""
        wanted = {each.field for each in layout.columns}
        fields = {name: place for name, place in self.source.fields.items() if name in wanted}
        for name, place in [*self.source.keys.items(), *fields.items()]:
            if isinstance(place, tuple):
                yield name, place

    def _lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> Sequence[Path]:
        """The paths that no batch has; none where there are no records."""
        some_have_records = False
        for batch in self.batches:
            lacking = batch.relation.lacking(connection, paths)
            if lacking is None:
                continue
            some_have_records = True
            paths = lacking
            if not paths:
                break
        return paths if some_have_records else ()

    def _said(self, connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> Diagnostic:
        there = [join_path(each) for batch in self.batches for each in batch.relation.paths(connection)]
        near = nearest(join_path(path), dict.fromkeys(there))
        hint = f"did you mean `{near[0]}`?" if near else _listed(dict.fromkeys(there))
        place = self.source.places.get(path, self.source.span)
        code = "D105" if all(map(_is_table, self.batches)) else "D206"
        return finding(code, self._message(path), place, label=f"`{name}` is looked for there", hint=hint)

    def _message(self, path: Path) -> str:
        files = list(dict.fromkeys(file.name for batch in self.batches for file in batch.files))
        names = files or [self.batches[0].label]
        is_table = all(map(_is_table, self.batches))
        what = f"column `{join_path(path)}`" if is_table else f"`{join_path(path)}`"
        if len(names) > 1:
            return f"none of the {len(names)} files of {self.source.kind} has {'a ' * is_table}{what}: `{names[0]}` …"
        return f"`{names[0]}` has no {what}" if is_table else f"no record of `{names[0]}` has {what}"


def _maps(source: SourceMap) -> bool:
    return bool(source.keys or source.fields)


def _is_table(batch: Batch) -> bool:
    return isinstance(batch.relation, (CsvRows, TypedTable))


def _types(layout: Layout, field: str) -> list[str]:
    """The types of events that have a property; none where every record can have what is mapped."""
    columns = [each for each in layout.columns if each.field == field]
    return [event_type for each in columns for variant in each.variants for event_type in variant.types]


def _listed(there: Iterable[str]) -> str:
    names = list(there)
    shown = ", ".join(f"`{name}`" for name in names[:_NAMED])
    return f"it has {shown}{' …' if len(names) > _NAMED else ''}" if names else ""
