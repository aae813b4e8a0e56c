"""The ruleset that a file belongs to, as an editor sees it: texts that are not saved yet count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path

from ...grammar.diagnostics import Diagnostic
from ...grammar.late_methods import dataclass
from ...grammar.nodes import File
from ...grammar.parser import Memory
from ...grammar.source import Source
from ..buffers import Buffers
from ..compiling import Compiled, Examined, examine
from ..folder import inside
from ..manifest import read_manifest
from ..places import MANIFEST, rulesets_folder
from .mentions import Mention, mentions
from .symbols import Symbols

FARTHEST = 3
"""How many folders above a file its manifest may be."""


@dataclass(frozen=True)
class Scenarios:
    """What is wrong with the scenarios of a ruleset, as they are on disk, and their texts."""

    findings: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)

    @classmethod
    def of(cls, compiled: Compiled) -> Scenarios:
        """Those of a sound ruleset in a folder."""
        from ..scenarios.files import load_scenarios

        if not compiled.path.is_dir():
            return cls()
        _, findings, sources = load_scenarios(compiled.path, compiled.model)
        return cls(tuple(findings), sources)


@dataclass
class Project:
    """One ruleset: what was found in it last, and the model of the last time that it was sound."""

    place: Path
    examined: Examined
    compiled: Compiled | None = None
    scenarios: Scenarios = field(default_factory=lambda: Scenarios())

    @cached_property
    def symbols(self) -> Symbols:
        return Symbols(self.examined.texts)

    @cached_property
    def files(self) -> dict[str, File]:
        """All files of rules, those of the bases too, by their shown path."""
        texts = self.examined.texts
        return {file.span.path: file for file in [*texts.files, *(file for files in texts.bases for file in files)]}

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The real path of each shown one."""
        return {shown: path for shown in self.sources if (path := self._real(shown)) is not None}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """All texts by their shown paths, those of scenarios too."""
        return {**self.scenarios.sources, **self.examined.texts.sources}

    def _real(self, shown: str) -> Path | None:
        root = self.place if self.place.is_dir() else self.place.parent
        roots = self.examined.texts.roots
        bases = [roots[shown]] if shown in roots else [*dict.fromkeys(roots.values()), rulesets_folder()]
        parts = Path(shown).parts
        tries = [root / shown, *(base.joinpath(*parts[at:]) for base in bases for at in range(len(parts)))]
        if shown in roots:
            tries = tries[1:] + tries[:1]
        return next((path.resolve() for path in tries if path.is_file()), None)

    def shown(self, path: Path) -> str | None:
        """The path under which a real file is shown in findings."""
        real = path.resolve()
        return next((shown for shown, found in self.paths.items() if found == real), None)

    def source(self, shown: str) -> Source:
        return self.sources[shown]

    def findings(self) -> dict[Path, list[Diagnostic]]:
        """What is wrong or doubtful, by file; findings without a place stand at the manifest."""
        found: dict[Path, list[Diagnostic]] = {path: [] for path in self.paths.values()}
        home = self.place / MANIFEST if self.place.is_dir() else self.place
        for item in [*self.examined.findings, *self.scenarios.findings]:
            found.setdefault(self.paths.get(item.span.path, home.resolve()), []).append(item)
        return found

    def mentions(self, shown: str) -> list[Mention]:
        """The names that a file mentions."""
        if shown not in self._mentions:
            self._mentions[shown] = list(mentions(self.files[shown], self.symbols))
        return self._mentions[shown]

    @cached_property
    def _mentions(self) -> dict[str, list[Mention]]:
        return {}


@dataclass
class Workspace:
    """All rulesets that are open in an editor, with the unsaved texts."""

    unsaved: dict[Path, str] = field(default_factory=dict)
    projects: dict[Path, Project] = field(default_factory=dict)
    _memory: Memory = field(default_factory=dict)

    def change(self, path: Path, text: str | None) -> None:
        """Take the text of an open file; None: it was closed, and what is on disk counts."""
        if text is None:
            self.unsaved.pop(path.resolve(), None)
        else:
            self.unsaved[path.resolve()] = text

    def refresh(self, path: Path, scenarios: bool = False) -> Project:
        """Look at the ruleset of a file anew; at its scenarios only if asked for, or for the first time."""
        place = home_of(path, self.unsaved)
        before = self.projects.get(place)
        examined = examine(place, buffers=Buffers(self.unsaved, self._memory))
        sound = examined.compiled or (before.compiled if before else None)
        project = Project(place, examined, sound, before.scenarios if before else Scenarios())
        if examined.compiled is not None and (scenarios or before is None):
            project.scenarios = Scenarios.of(examined.compiled)
        self.projects[place] = project
        return project

    def project(self, path: Path) -> Project:
        """The ruleset of a file as it was looked at last."""
        return self.projects.get(home_of(path, self.unsaved)) or self.refresh(path)

    def others(self, path: Path) -> Iterator[Project]:
        """The other open rulesets that read this file, as a base."""
        real, home = path.resolve(), home_of(path, self.unsaved)
        return (found for place, found in self.projects.items() if place != home and real in found.paths.values())


def home_of(path: Path, unsaved: Mapping[Path, str]) -> Path:
    """The folder of the ruleset that a file is part of; the file itself if no manifest names it."""
    real = path.resolve()
    if real.name == MANIFEST:
        return real.parent
    for folder in list(real.parents)[:FARTHEST]:
        manifest = folder / MANIFEST
        if manifest in unsaved or manifest.is_file():
            source, _ = Buffers(unsaved).read(manifest, MANIFEST)
            read = read_manifest(source, folder.name)[0] if source is not None else None
            named = [inside(folder, name) for name, _ in read.files] if read is not None else []
            return folder if read is None or real in named else real
    return real
