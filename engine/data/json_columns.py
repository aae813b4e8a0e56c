"""Lines of JSON as the engine's own reader takes them in: fast, but an error where anything is out of order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from itertools import pairwise

from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..datatypes import data_type
from .cells import Form, JsonForm
from .files import DataFile
from .paths import Path as Keys
from .plain import BareJson, PlainText
from .relations import BROKEN, DOCUMENT, FILE, Prepared, inside_json
from .sql import Sql, call, case, cast, column, first_known, is_known, record, select, text
from .text_files import glob_escape

Node = dict[str, "Node"] | str
"""An object with its keys, or the type of a value."""


@dataclass(frozen=True)
class JsonColumns:
    """Files of one JSON object a line, with a column for each of their outermost keys that is wanted.

    Reading them is an error of the engine where a line is no object, has a key twice, or is no JSON. Files and lines of
    single records are not known. The raw values in `plain` are taken out as texts, from inside of objects, too: then it
    is an error where something else stands in the place of such an object. Nobody wants texts of those in `bare`.
    Nothing is looked for inside the outermost keys in `unseen`, and a record that has one of them is BROKEN.
    """

    files: tuple[DataFile, ...]
    plain: Mapping[str, PlainText] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()
    opens_objects: bool = False
    unseen: frozenset[str] = frozenset()

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        """Raises ValueError for keys that differ only in case: the engine would take them for one."""
        looked = {name: [path for path in paths if path[0] not in self.unseen] for name, paths in wanted.items()}
        shape = _Shape.of(looked, self.plain, self.opens_objects)
        opened = tuple(key for key, node in shape.tree.items() if not isinstance(node, str))
        source = call(
            "read_json",
            exp.array(*(text(glob_escape(file.path)) for file in self.files)),
            format=text("newline_delimited"),
            records=text("true"),
            columns=record({key: text(_type_of(node)) for key, node in shape.tree.items()} | self._closed),
        )
        nothing = cast(exp.null(), "TEXT")
        made: dict[str, Sql] = {FILE: text(self.files[0].name), DOCUMENT: nothing, BROKEN: self._broken}
        forms: dict[str, Form] = {}
        for name, paths in looked.items():
            found = [shape.value(path, name in shape.plain) for path in paths]
            made[name] = first_known(*found) if found else nothing
            forms[name] = self.plain[name] if name in shape.plain else BareJson() if name in self.bare else JsonForm()
        columns = [value.as_(name, quoted=True, copy=False) for name, value in made.items()]
        return Prepared(select(*columns, source=exp.Table(this=source)), forms, opened=opened)

    @property
    def _closed(self) -> dict[str, Sql]:
        """The columns of the keys in which nothing is looked for."""
        return {key: text("VARCHAR") for key in sorted(self.unseen)}

    @property
    def _broken(self) -> Sql:
        """Why a record cannot be read so, if it cannot."""
        return cast(case(*((is_known(column(key)), text(f"has `{key}`")) for key in sorted(self.unseen))), "TEXT")


@dataclass(frozen=True)
class _Shape:
    """The columns to read: objects that are opened, and values taken as JSON or as texts (of the names in `plain`)."""

    tree: dict[str, Node]
    plain: frozenset[str]

    @staticmethod
    def of(wanted: Mapping[str, Sequence[Keys]], plain: Iterable[str], opens_objects: bool) -> _Shape:
        closed = _closed(path for paths in wanted.values() for path in paths) if opens_objects else None
        leaves = {name: [_leaf(path, closed) for path in paths] for name, paths in wanted.items()}
        texts = {name for name in plain if name in wanted and leaves[name] == list(wanted[name])}
        while True:  # a place that anything needs as JSON is JSON for all
            json = {leaf for name, places in leaves.items() if name not in texts for leaf in places}
            kept = {name for name in texts if json.isdisjoint(leaves[name])}
            if kept == texts:
                break
            texts = kept
        tree: dict[str, Node] = {}
        for name, places in leaves.items():
            for leaf in places:
                _plant(tree, leaf, "VARCHAR" if name in texts else "JSON")
        if len({key.lower() for key in tree}) < len(tree):
            raise ValueError(sorted(tree))
        return _Shape(tree, frozenset(texts))

    def value(self, path: Keys, plain: bool) -> Sql:
        """The raw value at a path; NULL where there is none, or `null`."""
        found: Sql = column(path[0])
        node = self.tree[path[0]]
        for place, key in enumerate(path[1:], 1):
            if isinstance(node, str):
                return inside_json(found, path[place:])
            found, node = call("struct_extract", found, text(key)), node[key]
        return found if plain else exp.Nullif(this=cast(found, "TEXT"), expression=text("null"))


def _leaf(path: Keys, closed: set[str] | None) -> Keys:
    """How far the engine opens objects towards a path: not at all, or to its end unless its first key is closed."""
    return path[:1] if closed is None or path[0] in closed else path


def _closed(paths: Iterable[Keys]) -> set[str]:
    """The outermost keys whose objects stay closed: they are wanted as a whole, too, or have keys that are alike."""
    every = sorted(set(paths))
    found = {one[0] for one, next_ in pairwise(every) if next_[: len(one)] == one}
    spelled: dict[Keys, Keys] = {}
    for path in every:
        for end in range(2, len(path) + 1):
            low = tuple(key.lower() for key in path[:end])
            if spelled.setdefault(low, path[:end]) != path[:end]:
                found |= {path[0], spelled[low][0]}
    return found


def _plant(tree: dict[str, Node], leaf: Keys, type_: str) -> None:
    for key in leaf[:-1]:
        inner = tree.setdefault(key, {})
        assert isinstance(inner, dict)
        tree = inner
    tree[leaf[-1]] = type_


def _type_of(node: Node) -> str:
    """The type of a column, as DuckDB writes it."""
    return _data_type(node).sql(dialect="duckdb")


def _data_type(node: Node) -> exp.DataType:
    if isinstance(node, str):
        return data_type(node, "duckdb")
    inner = [exp.ColumnDef(this=exp.to_identifier(key, quoted=True), kind=_data_type(of)) for key, of in node.items()]
    return exp.DataType(this=exp.DataType.Type.STRUCT, expressions=inner, nested=True)
