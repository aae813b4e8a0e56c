"""From files, frames or dicts to a dataset: the one way in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

import duckdb

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..instants import UTC_ZONE, Zone
from ..records import ReadCounts
from ..schema import Schema
from . import review
from .answers import Answers, Topic
from .batches import Batch, find_batches
from .dataset import Dataset
from .duplicates import Duplicates, find_duplicates, kept
from .errors import DataError
from .fetching import Origin, Origins, stands_apart
from .glance import Repeats, glance
from .intake import open_table, settle, working
from .known import READ_NOW, DoNotFit, EventsRead, KnownEvents, KnownRecords, join_known
from .layout import Layout, RecordKind
from .mapped import check_mapped
from .matching import match_accounts
from .merging import Merged, follow, take_out_merged
from .promises import broken_promise, promise_unique
from .rejected import Places, create_rejects, set_aside
from .repeats import has_repeats
from .sources import Sources, say_clock
from .sql import column, create_table, create_view, drop_table, run, select, table
from .taking import Taken, Taking
from .texts import share_zone

Progress = Callable[[str, int], None]
"""Told the name of a phase and the number of records so far."""

MAX_REJECTED = 0.05


class TooManyRejected(DataError):
    """More records cannot be read than allowed; `dataset` has all that was read: its `write_rejected` says why."""

    def __init__(self, diagnostics: Sequence[Diagnostic], dataset: Dataset) -> None:
        super().__init__(diagnostics)
        self.dataset = dataset


@dataclass(frozen=True)
class Tally:
    """Records of one kind: how many were read, and what became of those that do not count.

    `in_order`: none was rejected or is there twice, and none has an impossible value.
    """

    kind: RecordKind
    read: int
    rejected: int
    duplicates: int
    by_type: Mapping[str, int] = field(default_factory=dict)
    in_order: bool = True


def read(
    source: str | Path | Mapping[str, object],
    schema: Schema,
    sources: Sources | None = None,
    *,
    only: Schema | None = None,
    zone: Zone = UTC_ZONE,
    match_by_domain: bool = False,
    strict: bool = False,
    max_rejected: float = MAX_REJECTED,
    check_promises: bool = False,
    progress: Progress | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
    known: KnownEvents | None = None,
    answers: Answers | None = None,
) -> Dataset:
    """Read a folder, a JSON file, or a mapping of dicts or frames, typed by the schema.

    `only` is the part of the schema that is wanted: nothing else is looked at, nor found wrong (see `narrowing`).
    A schema without event types needs no events: its rules read accounts and contacts alone.
    `match_by_domain` gives contacts without an account the one that has the domain of their e-mail address.
    What sources promise of their ids (`unique: true`) is believed, unless `check_promises`.
    Events that are `known` to the connection are not read again; raises DoNotFit where all have to be read after all.
    `answers` are those that were given before about these very files.
    Raises DataError for what stops the read: data that are not there or not readable, no events, or more rejected
    records than allowed (any at all if `strict`). Everything else is in the findings of the dataset.

    >>> from ..schema import FieldType
    >>> schema = Schema(events={"visit": {"page": FieldType("text")}})
    >>> visit = {"id": 7, "type": "visit", "timestamp": "2026-03-01", "contact_id": "ann", "page": "pricing"}
    >>> read({"events": [visit]}, schema).population().events[0].properties
    {'page': 'pricing'}
    """
    dataset = Dataset(connection or duckdb.connect(), schema)
    dataset.refuse_alike()
    has_events = schema.inferred or bool(schema.events)
    batches = find_batches(source, sources or Sources(), dataset.connection, needs_events=has_events, known=known)
    create_rejects(dataset.connection)
    share_zone(dataset.connection, zone)
    dataset.findings += batches.findings
    dataset.answers = answers or Answers()
    everything = dataset.layouts
    dataset.schema = only or schema
    unknown = [kind for kind in dataset.layouts if known is None or not known.names(kind)]  # else asked before
    asked = [(dataset.layouts[kind], batches.of(kind)) for kind in unknown]
    dataset.findings += check_mapped(dataset.connection, asked, dataset.answers)
    reader = _Reader(dataset, everything, zone, match_by_domain, not check_promises, progress or _silent, known)
    tallies = [reader.read(layout, batches.of(kind)) for kind, layout in dataset.layouts.items()]
    follow(dataset.connection, reader.merged)
    if match_by_domain:
        match_accounts(dataset.connection)
    events = next(tally for tally in tallies if tally.kind == "events")
    dataset.counts = ReadCounts(events.read, events.duplicates, events.rejected)
    dataset.events_read = reader.events_read(events, batches.of("events"))
    for tally in tallies:
        if tally.kind != "events" and (now := reader.events_read(tally, batches.of(tally.kind))) is not None:
            dataset.records_read[tally.kind] = now
    dataset.origins = reader.origins_of_all()
    batches.refuse_damaged()
    if events.read == 0 and has_events:
        dataset.findings.append(finding("D102", "the data have no events").with_severity("warning"))
    batches.release(dataset.connection)
    refusal = too_many_rejected(dataset, tallies, max_rejected, strict)
    if refusal:
        causes = [each for each in dataset.findings if each.is_error or each.code == "D206"]
        raise TooManyRejected([*refusal, *causes], dataset)
    dataset.findings += [_rejected(dataset, tally) for tally in tallies if tally.rejected]
    return dataset


def _silent(phase: str, count: int) -> None:
    """No one wants to know."""


@dataclass
class _Reader:
    """Reads one kind of record after the other; `merged` is what of each kind lives on under other ids.

    `everything` are the layouts of the whole schema, of which the dataset may want only a part.
    """

    dataset: Dataset
    everything: Mapping[RecordKind, Layout]
    zone: Zone
    match_by_domain: bool
    believes: bool  # what sources promise
    progress: Progress
    known: KnownEvents | None = None
    merged: dict[RecordKind, Merged] = field(default_factory=dict)
    origins: dict[RecordKind, Origin] = field(default_factory=dict)

    def read(self, layout: Layout, batches: Sequence[Batch]) -> Tally:
        """All records of one kind, into their table; of events, those that are known with them."""
        known = self.known if layout.kind == "events" else None
        records = None if self.known is None else self.known.records.get(layout.kind)
        if known is None and records is None:
            return self._read(layout, batches)
        if any(each.successors for each in self.merged.values()):
            raise DoNotFit
        if records is not None:
            return self._take(layout, records)
        assert known is not None
        tally = self._read(layout, batches)
        join_known(self.dataset.connection, layout, known, self._believes(batches))
        return replace(tally, read=tally.read + known.count)

    def _take(self, layout: Layout, known: KnownRecords) -> Tally:
        """The records of a kind that are all known."""
        names = (column(name) for name in layout.names)
        run(self.dataset.connection, create_view(table(layout.kind), select(*names, source=known.query)))
        self.merged[layout.kind] = Merged()
        return Tally(layout.kind, 0, 0, 0)

    def events_read(self, tally: Tally, batches: Sequence[Batch]) -> EventsRead | None:
        """What was read of one kind now; None where it does not come from files."""
        if not all(batch.files for batch in batches):
            return None
        names = tuple(dict.fromkeys(file.name for batch in batches for file in batch.files))
        merged = any(each.successors for each in self.merged.values())
        numbered = any(batch.source.numbers_rows for batch in batches)
        place = READ_NOW if self.known is not None and tally.kind == "events" else tally.kind
        matched = self.match_by_domain and tally.kind == "contacts"
        return EventsRead(names, tally.by_type, tally.in_order and not (merged or numbered or matched), place)

    def _read(self, layout: Layout, batches: Sequence[Batch]) -> Tally:
        connection = self.dataset.connection
        ids_change = self._ids_change(layout)
        self.merged[layout.kind] = Merged()
        if not batches:
            run(connection, create_table(table(layout.kind), dict(zip(layout.names, layout.sql_types, strict=True))))
            self._say_types(layout, {})
            self._note_origin(layout, batches)
            if self.known is None:
                self.dataset.topics[layout.kind] = Topic(self.dataset.answers, f"no {layout.kind}")
            return Tally(layout.kind, 0, 0, 0)
        self.progress(layout.kind, 0)
        repeats: Repeats = "believed" if self._believes(batches) else "chosen" if self.believes else "reported"
        whole = self.everything[layout.kind]
        answers = self.dataset.answers
        seen = glance(connection, layout, batches, self.zone, repeats, whole, changes=ids_change, answers=answers)
        if seen is None:
            return self._read_closely(layout, batches)
        if seen.topic is not None and self.known is None:
            self.dataset.topics[layout.kind] = seen.topic
        self._say_types(layout, seen.by_type)
        lost = seen.duplicates.lost
        self.dataset.findings += review.conflicting_duplicates(layout, seen.duplicates)
        if not seen.duplicates.conflicts:
            self._note_origin(layout, batches, has_copies=lost > 0)
        return Tally(layout.kind, seen.count, 0, lost, seen.by_type, in_order=not lost)

    def _believes(self, batches: Sequence[Batch]) -> bool:
        """Whether sources promise that no two of these records have one id, and are believed."""
        return self.believes and promise_unique(batches)

    def _ids_change(self, layout: Layout) -> bool:
        """Whether ids that these records name are replaced when all is read."""
        is_matched = self.match_by_domain and layout.kind == "contacts"
        return is_matched or any(each.successors for each in self.merged.values())

    def _read_closely(self, layout: Layout, batches: Sequence[Batch]) -> Tally:
        """Record by record: what cannot be read is set aside, with its place.

        Which of several records of one id counts, the whole of each decides: then everything is read after all.
        """
        connection, dataset = self.dataset.connection, self.dataset
        open_table(connection, layout)
        taking = Taking(connection, layout, self.zone)
        taken = Taken()
        for batch in batches:
            taking.take(batch)
            taken = taking.counted()
            self.progress(layout.kind, taken.records)
        merged = take_out_merged(connection, layout) if taken.merged else Merged()
        self.merged[layout.kind] = merged
        whole = self.everything[layout.kind]
        repeats = not self._believes(batches) and has_repeats(connection, layout, kept(layout), taken.are_few)
        if repeats and layout.columns != whole.columns:
            run(connection, drop_table(working(layout)))
            return self._read_closely(whole, batches)
        places = Places(connection, layout, taking.finders)
        rejected = set_aside(connection, layout, places) if taken.rejected or merged.circles else 0
        duplicates = find_duplicates(connection, layout) if repeats else Duplicates()
        if not self.believes:
            dataset.findings += broken_promise(connection, layout, batches, places)
        wanted = dataset.layouts[layout.kind].names
        odd = [*review.impossible_values(connection, layout, places, wanted)] if taken.odd else []
        dataset.findings += [*odd, *review.conflicting_duplicates(layout, duplicates)]
        by_type = review.events_by_type(connection, layout) if layout.kind == "events" else {}
        self._say_types(layout, by_type)
        settle(connection, layout, duplicates.query(), taken.are_few)
        if not (taking.stumbled or duplicates.conflicts):
            self._note_origin(layout, batches, has_copies=duplicates.lost > 0)
        in_order = not (odd or rejected or duplicates.lost)
        return Tally(layout.kind, taken.records, rejected, duplicates.lost, by_type, in_order)

    def _note_origin(self, layout: Layout, batches: Sequence[Batch], has_copies: bool = False) -> None:
        """Note where records come from, if each of them can be read without the others."""
        if self.known is None and all(map(stands_apart, batches)):
            self.origins[layout.kind] = Origin(batches, has_copies)

    def origins_of_all(self) -> Origins | None:
        """Where the records of all kinds come from; None where those of some hang on others."""
        merged = any(each.successors or each.circles for each in self.merged.values())
        return None if merged or self.match_by_domain or len(self.origins) < len(self.everything) else self.origins

    def _say_types(self, layout: Layout, counts: Mapping[str, int]) -> None:
        if layout.kind == "events":
            every = Counter(counts) + Counter(self.known.by_type if self.known is not None else {})
            by_count = dict(sorted(every.items(), key=lambda each: (-each[1], each[0])))
            self.dataset.findings += review.unknown_event_types(by_count, self.dataset.schema)


def too_many_rejected(
    dataset: Dataset, tallies: Sequence[Tally], max_rejected: float, strict: bool
) -> list[Diagnostic]:
    """Errors where more records of a kind were rejected than allowed."""
    allowed = 0.0 if strict else max_rejected
    limit = "with --strict none may be" if strict else f"at most {max_rejected * 100:g} % may be (--max-rejected)"
    hint = "each is in rejected.ndjson: mend the data, or say in `sources:` where things stand"
    return [
        _about_rejected("D108", dataset, tally, f"cannot be read: {limit}", hint)
        for tally in tallies
        if tally.rejected > allowed * tally.read
    ]


def _rejected(dataset: Dataset, tally: Tally) -> Diagnostic:
    hint = "each is in rejected.ndjson with its file, line and reason"
    return _about_rejected("D204", dataset, tally, "cannot be read and were set aside", hint)


def _about_rejected(code: str, dataset: Dataset, tally: Tally, what: str, hint: str) -> Diagnostic:
    """A finding at the place of the first record that was rejected."""
    first = next(each for each in dataset.rejects if each.kind == tally.kind)
    message = f"{tally.rejected:,} of {tally.read:,} {tally.kind} {what}"
    place = Span(first.file, first.line, 1, first.line, 1)
    clock = say_clock(first.reason.rpartition(" is not an instant: ")[2])
    return finding(code, message, place, label=f"the first of them: {first.reason}", hint=clock or hint)
