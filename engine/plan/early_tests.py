"""Tests of texts that records have, made where records are read: what is kept, numbered and joined is whether a test
passes, not the text. Engines make a test once for each text of the dictionary in which a file keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..model import Const, Expr
from .book import BASE, Book, EntityColumn, needed_columns
from .scalars import Column, Ref, has_window, leaves, rewrite

MOST_TESTS = 8
"""A text of which more is asked is kept."""


def try_early(book: Book, roots: Iterable[str]) -> None:
    """Makes tests columns of the records, where they take the place of a text: nothing else reads it."""
    needed = needed_columns(book, roots)
    readers: dict[str, list[str]] = {}
    for name, reads in needed.items():
        for read in reads:
            readers.setdefault(read, []).append(name)
    tests = {name for name in needed if _is_test(book, book.columns[name])}
    for text in [name for name in needed if _is_text(book.columns[name])]:
        asked = readers.get(text, [])
        if len(asked) <= MOST_TESTS and tests.issuperset(asked):
            for name in asked:
                book.columns[name] = _of_record(book, book.columns[name])


def where_nothing_is_known(column: EntityColumn) -> Expr:
    """What a column of records is for those who have none."""
    if column.kind != "bool" or column.formula is None:
        return Const(value=None, kind=column.kind)
    return rewrite(column.formula, lambda each: Const(value=None, kind=each.kind) if isinstance(each, Column) else None)


def _is_text(column: EntityColumn) -> bool:
    return column.layer == BASE and column.kind == "text" and column.formula is not None


def _is_test(book: Book, column: EntityColumn) -> bool:
    """Whether a column says if a test of fields of the same record passes."""
    if column.layer == BASE or column.kind != "bool" or column.formula is None or has_window(column.formula):
        return False
    return all(
        isinstance(leaf, Ref) and leaf.via == "" and _is_field(book, leaf.name) for leaf in leaves(column.formula)
    )


def _is_field(book: Book, name: str) -> bool:
    return book.columns[name].layer == BASE and book.columns[name].formula is not None


def _of_record(book: Book, test: EntityColumn) -> EntityColumn:
    """The test over the data's own table; one that two texts share may be so already."""
    made = rewrite(test.formula, lambda leaf: book.columns[leaf.name].formula if isinstance(leaf, Ref) else None)
    return replace(test, layer=BASE, formula=made)
