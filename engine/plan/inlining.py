"""Formulas that are a constant where something holds, and read where they count as another one else, are written into
their readers: a column less, and a stage less of the statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeGuard

from ..model import Conditional, Const, Default, Expr
from .scalars import Ref, leaves, rewrite


def inlined(formulas: Mapping[str, Expr], kept: Collection[str]) -> dict[str, Expr]:
    """The formulas by the names of their columns, without those that are written into all of their readers. `kept` are
    the columns that others read."""
    constants = {name: expr for name, expr in formulas.items() if name not in kept and _is_constant(expr)}
    whole = {
        leaf.name for expr in _into_readers(formulas, constants).values() for leaf in leaves(expr) if _is_own(leaf)
    }
    constants = {name: expr for name, expr in constants.items() if name not in whole}
    return {name: expr for name, expr in _into_readers(formulas, constants).items() if name not in constants}


def _into_readers(formulas: Mapping[str, Expr], constants: Mapping[str, Conditional]) -> dict[str, Expr]:
    def inline(expr: Expr) -> Expr | None:
        match expr:
            case Default(item=Ref() as item, fallback=Const() as other) if _is_own(item) and item.name in constants:
                return replace(constants[item.name], other=other)
        return None

    return {name: rewrite(expr, inline) for name, expr in formulas.items()}


def _is_own(leaf: Expr) -> TypeGuard[Ref]:
    """Whether a reference is to a column of the same row."""
    return isinstance(leaf, Ref) and leaf.via == ""


def _is_constant(expr: Expr) -> TypeGuard[Conditional]:
    """Whether it is a constant where a column holds, and missing else."""
    if not isinstance(expr, Conditional) or expr.other is not None:
        return False
    return isinstance(expr.value, Const) and expr.value.value is not None and isinstance(expr.condition, Ref)
