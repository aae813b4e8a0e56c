"""Records of which Python has seen all: their values are handed to the engine in columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlglot import exp

from ...grammar.late_methods import dataclass
from .cells import Form, JsonForm
from .paths import Path
from .plain import BareJson, PlainText, can_be_plain, is_bare
from .relations import BROKEN, DOCUMENT, FILE, Prepared
from .samples import Sample, json_of
from .soundness import Reading
from .sql import Sql, cast, text, value_list


@dataclass(frozen=True)
class Picked:
    """All records of a sample, of which there is one at least. `readings` are what the values are read as."""

    label: str
    sample: Sample
    readings: Mapping[str, Collection[Reading]]

    def prepare(self, wanted: Mapping[str, Sequence[Path]]) -> Prepared:
        """The values that are there at all: texts as such where all are, all others as JSON."""
        nothing = cast(exp.null(), "TEXT")
        made: dict[str, Sql] = {FILE: text(self.label), DOCUMENT: nothing, BROKEN: nothing}
        forms: dict[str, Form] = {}
        parameters: list[object] = []
        for name, paths in wanted.items():
            values = self.sample.values(paths)
            if any(value is not None for value in values):
                forms[name], texts = _taken(self.readings.get(name, ()), values)
                made[name] = value_list(texts, "TEXT", parameters)
        columns = [value.as_(name, quoted=True, copy=False) for name, value in made.items()]
        return Prepared(exp.select(*columns, copy=False), forms, parameters)


def _taken(readings: Collection[Reading], values: Sequence[object]) -> tuple[Form, list[str | None]]:
    plain = PlainText.seen(readings, values, are_all=True) if can_be_plain(readings) else None
    if plain is not None:
        return plain, [None if value is None else str(value) for value in values]
    return BareJson() if is_bare(readings) else JsonForm(), list(map(json_of, values))
