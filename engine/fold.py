"""How texts are compared: each letter becomes its small one, whatever the place and the language.

Unicode's simple one-to-one lower-casing: 'ß' stays, a final sigma is 'σ', and no text changes its number of
code points. The same as `lower()` of DuckDB for every code point (a test walks through all of them).
"""

from __future__ import annotations

# Pairs that came with Unicode 16 and 17: a newer Python knows them, the engines do not yet, so they stay as they are.
_TOO_NEW = {
    *(0xA7CB, 0xA7CC, 0xA7CE, 0xA7D2, 0xA7D4, 0xA7DA, 0xA7DC),
    *range(0x10D50, 0x10D66),
    *range(0x16EA0, 0x16EB9),
}


def fold(text: str) -> str:
    """The text as it is compared.

    >>> fold("Groß ΣΑΣ İ")
    'groß σασ i'
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_small, text))


def _small(letter: str) -> str:
    lowered = letter.lower()
    if len(lowered) != 1:  # only U+0130, I with a dot, grows to two code points
        return lowered[0]
    return letter if ord(letter) in _TOO_NEW else lowered
