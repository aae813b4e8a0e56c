"""Numbers as a person reads them."""

from __future__ import annotations


def number(value: float) -> str:
    """A number with at most 4 decimals and no trailing zeros.

    >>> number(41.5), number(1 / 3), number(20.0), number(-0.00001)
    ('41.5', '0.3333', '20', '0')
    """
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def signed(value: float) -> str:
    """Points with their sign; a real minus.

    >>> signed(20.0), signed(-7.5)
    ('+20', '−7.5')
    """
    return f"−{number(-value)}" if value < 0 else f"+{number(value)}"


def plural(count: float, word: str) -> str:
    """A number with its noun.

    >>> plural(1, "day"), plural(2.5, "day"), plural(0, "event")
    ('1 day', '2.5 days', '0 events')
    """
    return f"{number(count)} {word if count == 1 else word + 's'}"
