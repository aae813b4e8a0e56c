"""The parts of a handbook, without looks."""

from __future__ import annotations

from ...grammar.late_methods import dataclass
from .terms import Words, plain


@dataclass(frozen=True)
class Entry:
    """A rule, a block of rules, a stage, a definition.

    `worth` are its points at a glance, `title` its label or name, `id` its name in the rules, `said` what it means,
    `note` what its author wrote beside it.
    """

    said: Words
    title: str = ""
    id: str = ""
    anchor: str = ""
    worth: str = ""
    note: str = ""
    below: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the page: sentences, then entries. `depth` 1 is below another section."""

    title: str
    anchor: str
    intro: tuple[Words, ...] = ()
    entries: tuple[Entry, ...] = ()
    depth: int = 0


@dataclass(frozen=True)
class Handbook:
    """A model in words."""

    name: str
    version: str
    owner: str
    description: str
    summary: str
    sections: tuple[Section, ...]

    def as_json(self) -> dict[str, object]:
        """As JSON holds it; sentences are texts."""
        return {
            "ruleset": self.name,
            "version": self.version,
            "owner": self.owner,
            "description": self.description,
            "sections": [_section(part) for part in self.sections],
        }


def _section(part: Section) -> dict[str, object]:
    return {
        "title": part.title,
        "anchor": part.anchor,
        "intro": [plain(text) for text in part.intro],
        "entries": [_entry(entry) for entry in part.entries],
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "title": entry.title,
        "worth": entry.worth,
        "said": plain(entry.said),
        "note": entry.note,
        "anchor": entry.anchor,
        "below": [_entry(each) for each in entry.below],
    }
