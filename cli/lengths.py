"""Lengths of time as a person writes them: `90 days`, `2 weeks`, `36 hours`."""

from __future__ import annotations

import re

import click

_LENGTH = re.compile(r"(?P<count>\d+(?:\.\d+)?)\s*(?P<unit>minute|hour|day|week|month|year)s?", re.IGNORECASE)


def micros(text: str) -> int | None:
    """A length in whole microseconds; None where it is none.

    >>> micros("2 weeks") == 14 * 86_400_000_000, micros("soon")
    (True, None)
    """
    from ..engine.model import MICROS

    found = _LENGTH.fullmatch(text.strip())
    return None if found is None else round(float(found["count"]) * MICROS[found["unit"].lower()])


def length(ctx: click.Context, param: click.Parameter, given: str) -> int:
    """A length as the value of an option."""
    found = micros(given)
    if found is None:
        wanted = f"`{given}` is no length of time; write `90 days`, `2 weeks` or `36 hours`"
        raise click.BadParameter(wanted, ctx=ctx, param=param)
    return found
