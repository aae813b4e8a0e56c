"""Writes the site: the pages' own files, then the data as scripts beside them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...grammar.late_methods import dataclass
from ..compiled import Compiled
from ..data import Dataset
from ..drawing.draw import draw, view
from ..handbook import handbook
from ..handbook.definitions import used
from ..handbook.names import Names
from ..instants import format_instant
from ..ready import Ready, ready
from ..runners.across import Counted
from ..runners.embedded import Run, run_plan
from ..runners.told import told as days_told
from . import pages
from .committee import committee
from .entries import entries, numbers_of, rules, told
from .explained import DATED, HowMany, make_explained, unasked
from .happenings import SCREENED, Shown, types_read
from .ladders import LEVELS, ladders, measures
from .lines import keep_lines
from .news import history_json
from .past import USUAL, Past, Weeks, count_records, is_much, weeks_of
from .records import facets, facts
from .scripts import as_json, write_script
from .shards import write_shards
from .tables import tables

FRONT = Path(__file__).with_name("front")
"""The pages themselves, which are the same for every site."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What is asked of a site: so many weeks of history (0: none; None: as many as are quickly worked out), the newest
    events of each account and person, and of how many it says what would have to happen next (None: of a few, if there
    is not much data)."""

    weeks: int | None = None
    events: int = 60
    events_of_person: int = 10
    backtest: Mapping[str, Any] | None = None
    scoreline: str = ""
    explained: int | None = None


def write_site(
    folder: Path,
    ruleset: Compiled,
    data: Dataset,
    as_of: int,
    asked: Asked | None = None,
    progress: Progress = print,
    counted: Counted | None = None,
) -> Weeks | None:
    """Fills an empty folder with the site of a ruleset and data at an instant. Raises PlanError.

    The bytes depend on nothing else. `progress` is told what is being done, `counted` of the weeks before as they are
    worked out. Gives the weeks that are there.
    """
    asked = asked or Asked()
    shutil.copytree(FRONT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    (folder / "data").mkdir()
    return _Site(folder, ruleset, data, as_of, asked, progress, counted).write()


class _Site:
    def __init__(
        self,
        folder: Path,
        ruleset: Compiled,
        data: Dataset,
        as_of: int,
        asked: Asked,
        progress: Progress,
        counted: Counted | None = None,
    ) -> None:
        self._folder = folder
        self._ruleset = ruleset
        self._data = data
        self._as_of = as_of
        self._asked = asked
        self._progress = progress
        self._counted = counted
        self._schema = ruleset.model.schema
        self._records = count_records(data)
        usual = 0 if is_much(self._records) else unasked(ruleset.model)
        self._in_full = usual if asked.explained is None else asked.explained
        self._explained = HowMany()
        self._facets = facets(data.connection, self._schema)
        names = Names(tuple(used(ruleset.written.statements)), ruleset.model.params)
        self._ladders = ladders(ruleset.model, names)
        self._committee = committee(ruleset.model)

    def write(self) -> Weeks | None:
        """All files; gives the weeks."""
        model, connection = self._ruleset.model, self._data.connection
        asked = self._ready()
        weeks = None
        if self._asked.weeks != 0:
            weeks = weeks_of(model, self._data, self._as_of, self._asked.weeks, self._records)
        instants = weeks.looked_at if weeks else (self._as_of,)
        with (
            closing(Past(connection, model, weeks)) as past,
            days_told(asked.plan, connection, instants, self._counted) as days,
        ):
            if weeks and weeks.before:
                self._progress("scoring the weeks before …")
                past.replay(self._data, self._counted, days)
                with run_plan(asked.plan, self._data, weeks.before[-1], steps=asked.steps, past=days) as before:
                    past.add(before)
                    keep_lines(before)
            self._progress("scoring …")
            with run_plan(asked.plan, self._data, self._as_of, keep=[SCREENED], steps=asked.steps, past=days) as run:
                past.add(run)
                past.tell()
                self._write(run, weeks)
        return weeks

    def _ready(self) -> Ready:
        """The plan of a run that also answers what the pages ask beside the results."""
        more = [*measures(self._ladders), *(self._committee.measures if self._committee else ())]
        model = replace(self._ruleset.model, order=(*self._ruleset.model.order, *more))
        return ready(model, self._data.connection, contributions=True, screened=True)

    def _write(self, run: Run, weeks: Weeks | None) -> None:
        self._progress("gathering reasons …")
        back = max(USUAL, len(weeks.before) if weeks else 0)
        shown = Shown(self._asked.events, self._asked.events_of_person, back)
        since = weeks.before[-1] if weeks and weeks.before else None
        with tables(run, self._schema, self._ladders, self._facets, shown, since):
            model, level = self._ruleset.model, pages.first_level(self._ruleset.model)
            dated = 0 if self._asked.explained == 0 or model.stages(level) is None else DATED
            if self._in_full or dated:
                self._progress("looking for what is next …")
            records = self._records if self._asked.explained is None else None
            self._explained = make_explained(run, model, self._data, level, self._in_full, dated, records)
            self._progress("writing pages …")
            self._give("accounts", _listed(pages.accounts(run)))
            self._give("people", _listed(pages.people(run)))
            self._give_rest(run, weeks, write_shards(run, self._folder / "data"))

    def _give_rest(self, run: Run, weeks: Weeks | None, shards: dict[str, list[Any]]) -> None:
        book = handbook(self._ruleset)
        words = told(self._ruleset, book)
        order = list(rules(self._ruleset.model, words).values())
        self._give("model", as_json(pages.model_json(book, numbers_of(words, self._ruleset.model, order))))
        graph, _ = view(self._ruleset.model)
        if graph is not None:
            (self._folder / "graph.svg").write_text(draw(graph.graph, "svg"), encoding="utf-8", newline="")
        if self._asked.backtest is not None:
            self._give("backtest", as_json(self._asked.backtest))
        level = pages.first_level(self._ruleset.model)
        first = pages.first(run, level)
        document = {
            **self._about(run),
            "levels": {level: pages.level(run, level, self._ladders[level]) for level in LEVELS},
            "rules": [[rule.level, rule.score, rule.as_json()] for rule in order],
            "entries": entries(run.plan, order),
            "fired": pages.fired(run),
            "committee": pages.committee_json(self._committee),
            "facts": {
                "account": [[fact.name, fact.kind] for fact in facts(self._schema, "account")],
                "lead": [[fact.name, fact.kind] for fact in facts(self._schema, "contact")],
            },
            "facets": self._facets,
            "types": types_read(run.plan),
            "shards": shards,
            "first": [level, first],
            "past": history_json(run, weeks, level, [id for id, *_ in first]) if weeks else None,
            "backtest": self._asked.backtest is not None,
        }
        self._give("site", as_json(document))

    def _about(self, run: Run) -> dict[str, Any]:
        counts = run.counts()
        names = ("read", "duplicates", "accounts", "contacts", "events", "ignored", "rejected", "after_as_of")
        manifest = self._ruleset.manifest
        return {
            "ruleset": {
                "name": self._ruleset.name,
                "version": "" if self._ruleset.is_single_file else self._ruleset.version,
                "owner": manifest.owner,
                "description": manifest.description,
                "fingerprint": self._ruleset.fingerprint,
            },
            "as_of": format_instant(self._as_of),
            "seconds": self._as_of // 1_000_000,
            "zone": self._ruleset.model.timezone,
            "scoreline": self._asked.scoreline,
            "counts": {name: getattr(counts, name) for name in names},
            "ignored": [[reason, n] for reason, n in counts.ignored_by.items()],
            "reasons": list(run.plan.reasons),
            "listed": pages.MOST_PEOPLE,
            "events_shown": [self._asked.events, self._asked.events_of_person],
            "explained": self._explained.in_full,
            "dated": self._explained.dated,
            "compares": self._explained.compares,
        }

    def _give(self, name: str, text: str) -> None:
        write_script(self._folder / "data", name, text)


def _listed(rows: Iterator[str]) -> str:
    return "[" + ",\n".join(rows) + "]"
