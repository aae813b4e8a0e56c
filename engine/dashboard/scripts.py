"""Data as script files: browsers refuse to fetch from a disk, but they load scripts from there.

Each file is one call, `scoreline.give("name", …)`, whose value is JSON. Nothing in it can end the script, and no key of
an object comes from data, so that no key can be special.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_UNSAFE = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def as_json(value: Any) -> str:
    """A value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def script(name: str, text: str) -> str:
    r"""The text of a script file that gives this JSON a name. What could be markup is written with escapes.

    >>> script("a", '["</script>"]')
    'scoreline.give("a",["\\u003c/script>"]);\n'
    """
    for letter, escaped in _UNSAFE.items():
        if letter in text:
            text = text.replace(letter, escaped)
    return f"scoreline.give({as_json(name)},{text});\n"


def write_script(folder: Path, name: str, text: str) -> None:
    """Writes `NAME.js`; the name may lead into a folder that is there."""
    with (folder / f"{name}.js").open("w", encoding="utf-8", newline="") as out:
        out.write(script(name, text))
