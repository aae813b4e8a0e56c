"""Fixed values as people read them."""

from __future__ import annotations

import datetime

from ..instants import format_instant
from ..records import Value


def shown(value: Value) -> str:
    """A value as rules write it.

    >>> shown(65.0), shown("EMEA"), shown(None), shown(True)
    ('65', "'EMEA'", 'missing', 'true')
    """
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, int):
        return format_instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
