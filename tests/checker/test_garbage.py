"""Compiling without looking for garbage leaves none for good."""

from __future__ import annotations

import gc
import weakref

import pytest

from scoreline.engine import garbage
from scoreline.engine.garbage import uncollected


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage._Old, "LEAST", 500)
    monkeypatch.setattr(garbage, "_old", garbage._Old())


def made() -> weakref.ref[Circle]:
    """One of many circles that are made without looking for garbage, and left."""
    with uncollected():
        circles = [Circle() for _ in range(1_000)]
        return weakref.ref(circles[0])


def test_what_became_old_uncollected_is_looked_through_before_more_does() -> None:
    left = made()
    assert left() is not None
    with uncollected():
        assert left() is None


def test_it_takes_as_much_as_there_is_to_look_through_all_of_it_again() -> None:
    made()
    with uncollected():
        pass
    left = made()
    with uncollected():
        assert left() is not None


def test_who_does_not_want_garbage_to_be_looked_for_is_obeyed() -> None:
    left = made()
    gc.disable()
    try:
        with uncollected():
            assert left() is not None
        assert not gc.isenabled()
    finally:
        gc.enable()
