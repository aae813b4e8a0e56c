"""Data classes whose fields are found when somebody asks for them, and whose methods are written when they are called.

`dataclasses.dataclass` looks for the fields of a class and writes up to six methods while it is imported, which takes
0.6 ms. A short command imports some 300 classes, makes objects of a third of them, compares few and shows none: a fifth
of a second for nothing. This one only notes what is to be done. For type checkers it is the one of the standard
library, and so it behaves; `order` and `InitVar` it does not know, and a class without a docstring gets none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from reprlib import recursive_repr
from threading import RLock
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        eq: bool = True,
        kw_only: bool = False,
        slots: bool = False,
    ) -> Callable[[type], type] | type:
        """As in the standard library."""

        def decorate(cls: type) -> type:
            return _decorated(cls, frozen, eq, kw_only, slots)

        return decorate if cls is None else decorate(cls)


Method = Callable[..., Any]
_FACTORY = object()
"""Stands for the value that a default factory is to make."""


def _decorated(cls: type, frozen: bool, eq: bool, kw_only: bool, slots: bool) -> type:
    if slots:  # that makes another class, with the fields as its slots
        cls = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only, slots=True)(cls)
    else:
        for name in _SAID:
            setattr(cls, name, _Said(cls, name, kw_only))
    own = cls.__dict__
    made: dict[str, Any] = {"__init__": _late(cls, "__init__", partial(_init, frozen)), "__repr__": _repr}
    if eq:
        made["__eq__"] = _late(cls, "__eq__", _eq)
        made["__hash__"] = _late(cls, "__hash__", _hash) if frozen else None
    if frozen:
        made["__setattr__"], made["__delattr__"] = _setattr, _delattr
    if frozen and slots:
        made["__getstate__"], made["__setstate__"] = _getstate, _setstate
    for name, method in made.items():
        # A class that compares in its own way has no hash unless it is given one: Python says None for it.
        if name not in own or (name == "__hash__" and own[name] is None):
            setattr(cls, name, method)
    return cls


_SAID = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
_finding = RLock()
"""Fields are found once: to find them takes their defaults out of the class."""


class _Said:
    """Stands for something that `dataclasses` says of a class until somebody asks for it."""

    def __init__(self, cls: type, name: str, kw_only: bool) -> None:
        self._cls = cls
        self._name = name
        self._kw_only = kw_only

    def __get__(self, instance: object, owner: type) -> Any:
        with _finding:
            if self._cls.__dict__[self._name] is self:
                _find_fields(self._cls, self._kw_only)
        return self._cls.__dict__[self._name]


def _find_fields(cls: type, kw_only: bool) -> None:
    said = cls.__doc__
    cls.__doc__ = said or "…"  # else the parameters would be told there, which takes longest of all
    dataclasses.dataclass(init=False, repr=False, eq=False, match_args=False, kw_only=kw_only)(cls)
    cls.__doc__ = said
    named = [spec for spec in dataclasses.fields(cls) if spec.init and not spec.kw_only]
    setattr(cls, _SAID[2], tuple(spec.name for spec in named))


def _late(cls: type, name: str, write: Callable[[type], Method]) -> Method:
    """Stands for a method until it is called; two threads that call it at once write the same twice."""

    def first(self: object, *args: object, **kwargs: object) -> object:
        method = write(cls)
        setattr(cls, name, method)
        return method(self, *args, **kwargs)

    return first


def _written(cls: type, text: str, names: dict[str, object]) -> Method:
    """The method of that text, in which nothing but names of fields comes from outside."""
    found: dict[str, Method] = {}
    exec(text, names, found)  # noqa: S102
    (method,) = found.values()
    method.__qualname__, method.__module__ = f"{cls.__qualname__}.{method.__name__}", cls.__module__
    return method


# --- what is written --------------------------------------------------------------------------------------------------


def _init(frozen: bool, cls: type) -> Method:
    """What sets all fields: in the way that is three times as fast where that is allowed."""
    names: dict[str, object] = {"_set": object.__setattr__, "_FACTORY": _FACTORY}
    plain: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    for spec in dataclasses.fields(cls):
        value = name = spec.name
        makes = spec.default_factory is not dataclasses.MISSING
        if makes:
            names[f"_make_{name}"] = spec.default_factory
            value = f"_make_{name}() if {name} is _FACTORY else {name}" if spec.init else f"_make_{name}()"
        if spec.init:
            (by_name if spec.kw_only else plain).append(_parameter(spec, names))
        if spec.init or makes:
            lines.append(_setting(cls, name, value, names) if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join(["self", *plain, *(["*", *by_name] if by_name else [])])
    return _written(cls, f"def __init__({parameters}):\n " + "\n ".join(lines or ["pass"]), names)


def _setting(cls: type, name: str, value: str, names: dict[str, object]) -> str:
    """What sets a field of which nobody else may set it; one that has a slot is set right there."""
    place = getattr(cls, name, None)
    if not isinstance(place, MemberDescriptorType):
        return f"_set(self, {name!r}, {value})"
    names[f"_set_{name}"] = place.__set__
    return f"_set_{name}(self, {value})"


def _parameter(spec: dataclasses.Field[Any], names: dict[str, object]) -> str:
    """A field among the parameters, its default among the names."""
    if spec.default_factory is not dataclasses.MISSING:
        return f"{spec.name}=_FACTORY"
    if spec.default is dataclasses.MISSING:
        return spec.name
    names[f"_default_{spec.name}"] = spec.default
    return f"{spec.name}=_default_{spec.name}"


def _eq(cls: type) -> Method:
    compared = [spec.name for spec in dataclasses.fields(cls) if spec.compare]
    mine, others = (_tuple(side, compared) for side in ("self", "other"))
    text = f"def __eq__(self, other):\n return {mine} == {others} if other.__class__ is self.__class__ else _UNEQUAL"
    return _written(cls, text, {"_UNEQUAL": NotImplemented})


def _hash(cls: type) -> Method:
    counted = [spec.name for spec in dataclasses.fields(cls) if (spec.compare if spec.hash is None else spec.hash)]
    return _written(cls, f"def __hash__(self):\n return hash({_tuple('self', counted)})", {})


def _tuple(of: str, names: list[str]) -> str:
    return "(" + "".join(f"{of}.{name}, " for name in names) + ")"


# --- what is the same for all -----------------------------------------------------------------------------------------


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{spec.name}={getattr(self, spec.name)!r}" for spec in dataclasses.fields(self) if spec.repr)
    return f"{type(self).__qualname__}({shown})"


def _setattr(self: object, name: str, value: object) -> None:
    _check(self, name, "assign to")
    object.__setattr__(self, name, value)


def _delattr(self: object, name: str) -> None:
    _check(self, name, "delete")
    object.__delattr__(self, name)


def _check(self: Any, name: str, what: str) -> None:
    """Fields are frozen, and all else but in a class that is no data class and only stands on one."""
    if "__dataclass_fields__" in type(self).__dict__ or name in type(self).__dataclass_fields__:
        raise dataclasses.FrozenInstanceError(f"cannot {what} field {name!r}")


def _getstate(self: Any) -> list[object]:
    return [getattr(self, spec.name) for spec in dataclasses.fields(self)]


def _setstate(self: Any, state: list[object]) -> None:
    for spec, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, spec.name, value)
