"""Data classes whose methods are written late behave as those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from scoreline.grammar import late_methods

DECORATORS = {"standard": dataclasses.dataclass, "late": late_methods.dataclass}


def shapes(dataclass: Any) -> dict[str, Any]:
    """The same classes by one decorator or the other."""

    @dataclass(frozen=True, kw_only=True)
    class Base:
        span: int = field(default=7, compare=False, repr=False)

    @dataclass(frozen=True)
    class Leaf(Base):
        name: str
        others: tuple[int, ...] = ()

    class Undecorated(Leaf):
        pass

    @dataclass(frozen=True, slots=True)
    class Slotted:
        one: int
        two: str = "two"

    @dataclass
    class Open:
        first: int
        rest: list[int] = field(default_factory=list)
        own: list[int] = field(default_factory=list, init=False)
        still: int = field(default=3, init=False)

        def __post_init__(self) -> None:
            self.rest.append(self.first)

    @dataclass(frozen=True)
    class Particular:
        one: int

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "particular"

    @dataclass(eq=False)
    class Itself:
        one: int = 1

    return {kind.__name__: kind for kind in (Base, Leaf, Undecorated, Slotted, Open, Particular, Itself)}


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Base", (), {}),
    ("Base", (1,), {}),
    ("Leaf", ("a",), {}),
    ("Leaf", ("a", (1, 2)), {"span": 3}),
    ("Leaf", (), {"others": (1,)}),
    ("Leaf", ("a", (), 3), {}),
    ("Leaf", ("a",), {"strange": 1}),
    ("Undecorated", ("a",), {"span": 2}),
    ("Slotted", (1,), {}),
    ("Slotted", (), {"two": "b", "one": 1}),
    ("Open", (1,), {}),
    ("Open", (1,), {"rest": None, "strange": 1}),
    ("Particular", (1,), {}),
    ("Itself", (), {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS)
def test_objects_are_those_of_the_standard_library(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    def told(dataclass: Any) -> object:
        kind = shapes(dataclass)[name]
        try:
            made = kind(*args, **kwargs)
        except TypeError as error:
            return str(error).replace(".<locals>", "")
        again = kind(*args, **kwargs)
        hashes = hash(made) == hash(again) if kind.__hash__ is not None else None
        return repr(made), dataclasses.asdict(made), made == again, made == 1, hashes, kind.__match_args__

    assert told(late_methods.dataclass) == told(dataclasses.dataclass)


@pytest.mark.parametrize("dataclass", DECORATORS.values(), ids=DECORATORS)
def test_what_is_not_compared_does_not_count(dataclass: Any) -> None:
    kinds = shapes(dataclass)
    leaf, other, derived = kinds["Leaf"]("a", span=1), kinds["Leaf"]("a", span=2), kinds["Undecorated"]("a")
    assert leaf == other
    assert {leaf: 1}[other] == 1
    assert leaf != derived
    assert leaf != kinds["Leaf"]("b")


@pytest.mark.parametrize("dataclass", DECORATORS.values(), ids=DECORATORS)
def test_frozen_is_frozen(dataclass: Any) -> None:
    kinds = shapes(dataclass)
    for made in (kinds["Leaf"]("a"), kinds["Undecorated"]("a")):
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
            made.name = "b"
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
            del made.name
    with pytest.raises(FrozenInstanceError):
        kinds["Leaf"]("a").strange = 1
    free = kinds["Undecorated"]("a")
    free.strange = 1
    assert free.strange == 1
    kinds["Open"](1).first = 2


@pytest.mark.parametrize("dataclass", DECORATORS.values(), ids=DECORATORS)
def test_copies_and_pickles(dataclass: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = shapes(dataclass)
    for kind in kinds.values():  # a pickle finds them in this module
        kind.__qualname__ = kind.__name__
        monkeypatch.setitem(globals(), kind.__name__, kind)
    leaf = kinds["Leaf"]("a", (1,), span=4)
    for made in (leaf, kinds["Slotted"](1), kinds["Open"](1)):
        assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
    other = dataclasses.replace(kinds["Leaf"]("a", span=4), name="b")
    assert (other.name, other.span) == ("b", 4)


def test_an_object_that_was_never_made_here_compares() -> None:
    """Objects that are thawed do not call `__init__`: the first method that is called may be any."""
    kind = shapes(late_methods.dataclass)["Leaf"]
    one, other = object.__new__(kind), object.__new__(kind)
    for made in (one, other):
        made.__dict__.update(name="a", others=(), span=1)
    assert one == other
    assert hash(one) == hash(other)


def test_threads_may_make_the_first_objects_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            kind = shapes(late_methods.dataclass)["Leaf"]
            assert len(set(pool.map(kind, ["a"] * 16))) == 1
