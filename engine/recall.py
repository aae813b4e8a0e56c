"""What was compiled before is not parsed again: sound rulesets are kept in the user's cache folder.

An entry belongs to a place, params, a shown schema and this very code. It says which texts it was made of and which
files were looked for in vain; it counts only as long as all of that is so. `SCORELINE_CACHE=off` keeps and recalls
nothing.
"""

from __future__ import annotations

import hashlib
import os
import sys
import zoneinfo
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from ..grammar.late_methods import dataclass
from ..grammar.source import Source
from .compiled import Compiled
from .folder import FAILURES, Noted, read_text
from .freezing import FAILURES as NOT_FROZEN
from .freezing import freeze, thaw
from .instants import Zone
from .schema import Schema
from .shelf import Shelf

SWITCH = "SCORELINE_CACHE"
MOST_BYTES_OF_TEXT = 50_000_000
RULESETS = Shelf("rulesets")


@dataclass(frozen=True)
class Basis:
    """What an entry was made of: its texts, each by path, shown name and digest; files that were not there; and the
    files of rules that lay beside them."""

    texts: tuple[tuple[str, str, str], ...]
    absent: tuple[str, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Recall:
    """The entry of one ruleset, whether there is one or not."""

    place: Path
    key: str

    @staticmethod
    def of(place: Path, params: Mapping[str, str], inferred: Schema | None) -> Recall | None:
        """The entry for a place, with these params and the schema that data have shown; None where nothing is kept."""
        if is_switched_off():
            return None
        try:
            asked = (this_code(), str(place.absolute()), place.resolve().name, sorted(params.items()), inferred)
        except FAILURES:
            return None
        return Recall(place, _digest(repr(asked)))

    def compiled(self, linted: bool) -> Compiled | None:
        """The ruleset as it was compiled (and `linted`, if asked), if nothing that it was made of has changed."""
        kept = RULESETS.get(self.key)
        if kept is None:
            return None
        try:
            size = int.from_bytes(kept[:8], "big")
            texts = self._unchanged(Basis(*cast("tuple[Any, ...]", thaw(kept[8 : 8 + size]))))
            if texts is None:
                return None
            *parts, shown, written, zone, is_linted = cast("tuple[Any, ...]", thaw(kept[8 + size :]))
            sources = {name: texts[name] for name in shown}
        except NOT_FROZEN:
            return None
        if linted and not is_linted:
            return None
        manifest, files, model, diagnostics = parts
        Zone(*zone).known_as(model.timezone)
        return Compiled(self.place, manifest, files, model, diagnostics, sources, written, is_linted)

    def keep(self, compiled: Compiled, noted: Noted) -> None:
        """Keep a ruleset, with what was noted when it was compiled."""
        _ = compiled.fingerprint, compiled.model.classes  # known from now on, they are kept with the model
        zone = Zone.named(compiled.model.timezone)
        texts = tuple((str(path), source.path, _digest(source.text)) for path, source in noted.texts.items())
        basis = (texts, tuple(map(str, noted.absent)), _beside(self.place))
        sound = (
            compiled.manifest,
            compiled.files,
            compiled.model,
            compiled.diagnostics,
            tuple(compiled.sources),
            compiled.written,
            (zone.name, zone.transitions),
            compiled.is_linted,
        )
        try:
            head, body = freeze(basis), freeze(sound)
        except NOT_FROZEN:
            return  # too deep to be kept
        RULESETS.put(self.key, len(head).to_bytes(8, "big") + head + body)

    def _unchanged(self, basis: Basis) -> dict[str, Source] | None:
        """The texts by their shown names; None if anything is not as it was."""
        if basis.beside != _beside(self.place) or any(Path(path).is_file() for path in basis.absent):
            return None
        found: dict[str, Source] = {}
        for path, shown, digest in basis.texts:
            source, _ = read_text(Path(path), shown, most=MOST_BYTES_OF_TEXT)
            if source is None or _digest(source.text) != digest:
                return None
            found.setdefault(shown, source)  # rules are read first, and lists of the same name later
        return found


def _beside(place: Path) -> tuple[str, ...]:
    """The files of rules in a folder, because a finding says which of them are never read."""
    return tuple(sorted(path.name for path in place.glob("*.rules"))) if place.is_dir() else ()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_switched_off() -> bool:
    """Whether nothing is kept and recalled."""
    return os.environ.get(SWITCH, "").lower() == "off"


@lru_cache(maxsize=1)
def this_code() -> str:
    """A digest of the code that compiles, and of the tables of time zones that it reads."""
    home = Path(__file__).parent.parent
    stamps = [f"{path} {about.st_size} {about.st_mtime_ns}" for path, about in _files(home)]
    zones = [f"{path} {path.stat().st_mtime_ns}" for path in map(Path, zoneinfo.TZPATH) if path.is_dir()]
    return _digest("\n".join([sys.version, *sorted(stamps), *zones]))


def _files(home: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The files of the grammar and of the engine."""
    waiting = [str(home / "grammar"), str(home / "engine")]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.name.endswith((".py", ".lark")):
                    yield entry.path, entry.stat()
