"""Plain data as bytes and back; bytes from a stranger run nothing."""

from __future__ import annotations

import os
import pickle
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine import compiled, model, schema
from scoreline.engine.freezing import FAILURES, Refused, freeze, thaw
from scoreline.grammar import nodes
from scoreline.grammar.source import Span


def test_trees_come_back_as_they_were() -> None:
    tree = (nodes.Number(Decimal("2.50"), span=Span("a.rules", 1, 2, 3, 4)), {"a": (1, None)}, frozenset({"x"}))
    assert thaw(freeze(tree)) == tree
    assert thaw(freeze(tree))[0].span == Span("a.rules", 1, 2, 3, 4)  # type: ignore[index]


@pytest.mark.parametrize("home", [nodes, model])
def test_all_of_syntax_and_model_is_let_in(home: Any) -> None:
    kinds = [kind for name in home.__all__ if is_dataclass(kind := getattr(home, name))]
    assert len(kinds) > 40
    assert all(thaw(freeze(kind)) is kind for kind in kinds)


class Calling:
    """What is called where it is thawed."""

    def __init__(self, called: Any, *arguments: Any) -> None:
        self.way = (called, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.way


@pytest.mark.parametrize(
    "called", [os.system, eval, getattr, Path, compiled.RulesetError, schema.field, Span.to, freeze, str.format]
)
def test_whatever_is_no_plain_data_is_refused_before_it_is_looked_up(called: Any, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    with pytest.raises(Refused):
        thaw(pickle.dumps(Calling(called, f"touch {mark}"), 5))
    assert not mark.exists()


@pytest.mark.parametrize("name", ["os.system", "Model.__init__", "dataclass", "replace", "nothing"])
def test_names_inside_of_our_modules_are_no_way_out(name: str) -> None:
    module = b"scoreline.engine.model.definitions"
    asked = b"\x80\x04\x8c" + bytes([len(module)]) + module + b"\x8c" + bytes([len(name)]) + name.encode() + b"\x93."
    with pytest.raises(FAILURES):
        thaw(asked)


@pytest.mark.parametrize("damaged", [b"", b"no pickle", freeze(("a", 1))[:-3]])
def test_what_is_no_frozen_tree_fails_in_one_of_the_known_ways(damaged: bytes) -> None:
    with pytest.raises(FAILURES):
        thaw(damaged)
