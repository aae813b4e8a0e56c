"""Values of options of which click alone says too little, or takes too much."""

from __future__ import annotations

import math
from typing import Any

import click


class Day(click.DateTime):
    """A date as people write it in these options: `2026-03-01`."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"`{value}` is no day; write `2026-03-01`", param, ctx)


class Amount(click.FloatRange):
    """A number within a range; `nan` lies in none, although no comparison says so."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"`{value}` is no number", param, ctx)
        return found
