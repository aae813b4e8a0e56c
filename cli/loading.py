"""From the words of a command to the objects of the engine: the ruleset, its params, the data, the instant."""

from __future__ import annotations

import itertools
import os
import shlex
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from ..grammar.diagnostics import Diagnostic
from ..grammar.source import NOWHERE, Source
from .console import progress, say, warn
from .failures import MISUSED, WRONG, fail
from .reports import Report, ordered, printable, render

if TYPE_CHECKING:
    import duckdb

    from ..engine.compiling import Compiled
    from ..engine.data import Dataset, KnownEvents
    from ..engine.ruleset import Ruleset
    from ..engine.schema import Schema
    from ..engine.surroundings import Surroundings

Found = TypeVar("Found")

QUIET_FOR = 30 * 86_400_000_000
REJECTED_SHOWN = 5
_ON_REJECTED, _REJECTED = {"D108", "D204"}, "rejected.ndjson"
_NOT_FOUND = {"R101", "D101"}


def load(name: str, settings: Sequence[str] = (), data: str | None = None) -> Ruleset:
    """The compiled ruleset; where it has errors they are printed and the command ends.

    A single file of rules takes its schema from the data. What only `--set` makes wrong is wrong usage.
    """
    ruleset, report = compiled(name, settings, data)
    if ruleset is None:
        stop(report, MISUSED if settings and is_sound(name, data) else None)
    return ruleset


def ruleset_first(name: str, other: str) -> None:
    """End the command where the ruleset was given where another argument stands, and the other in its place."""
    from ..engine.places import find

    if find(name)[0] is None and find(other)[0] is not None:
        command = click.get_current_context().command_path
        right = f"{command} {shlex.quote(other)} {shlex.quote(name)}"
        fail(f"`{name}` is no ruleset, but `{other}` is", f"the ruleset comes first: `{right}`, and your options")


def is_sound(name: str, data: str | None = None) -> bool:
    """Whether a ruleset has no errors as it stands: what is wrong with `--set` alone is wrong usage."""
    return compiled(name, (), data)[0] is not None


def compiled(
    name: str, settings: Sequence[str] = (), data: str | None = None, linted: bool = False
) -> tuple[Ruleset | None, Report]:
    """The ruleset, if it has no errors, and everything found in it: what lints say only if `linted`, or an error.

    What a single file of rules names may be known from the data alone.
    """
    from ..engine.ruleset import compile_ruleset

    progress(f"reading {name} …")
    ruleset, findings, sources = compile_ruleset(name, params=params(settings), linted=linted)
    if data is not None and sources and Path(name).is_file():
        schema = with_data(lambda: infer(data))
        ruleset, findings, sources = compile_ruleset(name, params=params(settings), inferred=schema, linted=linted)
    return ruleset, report_of(findings, sources, folder_of(name))


def infer(data: str) -> Schema:
    """The schema that the data show."""
    from ..engine.data import infer_schema

    return infer_schema(data)


def with_data(work: Callable[[], Found], out: Path | None = None) -> Found:
    """What the work gives; where the data cannot be used the command ends with what is wrong with them.

    `out` is the folder for rejected records, should they be the reason; without it the first of them are listed.
    """
    from ..engine.data import DataError

    try:
        return work()
    except DataError as error:
        from ..engine.data import TooManyRejected

        if isinstance(error, TooManyRejected):
            if out is None:
                say_rejected(error.dataset)
            else:
                out.mkdir(parents=True, exist_ok=True)
                error.dataset.write_rejected(out / _REJECTED)
                say(f"wrote {out / 'rejected.ndjson'}")
        stop(report_of(with_hint(error.diagnostics, rejected_hint(out))))


def report_of(findings: Sequence[Diagnostic], sources: dict[str, Source] | None = None, folder: str = "") -> Report:
    """Findings ready to be rendered."""
    return Report(ordered(findings), sources or {}, folder)


def folder_of(name: str) -> str:
    """What leads from here to the ruleset's folder; '' for one that ships, whose folder is not of interest."""
    path = Path(name)
    if path.is_dir():
        return "" if path.resolve() == Path.cwd() else os.path.relpath(path)
    parent = path.parent
    return os.path.relpath(parent) if path.is_file() and parent.resolve() != Path.cwd() else ""


def stop(report: Report, code: int | None = None) -> NoReturn:
    """Print what is wrong, and end the command, with this exit code or the one that fits what was found."""
    errors = Report(tuple(item for item in report.diagnostics if item.is_error), report.sources, report.folder)
    say(render(errors, "text"))
    say(f"\n{errors.summary()}")
    click.get_current_context().exit(exit_code(errors) if code is None else code)


def exit_code(report: Report) -> int:
    """A ruleset or data that are not there are wrong usage; all else is in the files."""
    return MISUSED if {item.code for item in report.diagnostics} <= _NOT_FOUND else WRONG


def params(settings: Sequence[str]) -> dict[str, str]:
    """`--set param=value` as a mapping of texts; the compiler types them by the params of the ruleset."""
    found: dict[str, str] = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign or not name.strip():
            fail(f"`--set {setting}` sets nothing", f"write `--set {name.strip() or 'mqa_threshold'}=70`")
        if name.strip() in found:
            fail(f"`--set` gives `{name.strip()}` twice", "keep one of them")
        found[name.strip()] = value.strip()
    return found


def with_plan(ruleset: Compiled, name: str, work: Callable[[], Found]) -> Found:
    """What the work gives; where the engine cannot compute the rules the command ends, and says where it cannot."""
    from ..engine.plan.errors import PlanError

    try:
        return work()
    except PlanError as error:
        stop(report_of([error.diagnostic], dict(ruleset.sources), folder_of(name)))


def read(
    ruleset: Ruleset,
    data: str,
    *,
    strict: bool = False,
    max_rejected: float = 100.0,
    out: Path | None = None,
    only_read: bool = False,
    also: Iterable[tuple[str, str]] = (),
    check_promises: bool = False,
    memory_limit: str | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
    known: KnownEvents | None = None,
) -> Dataset:
    """The data, typed by the ruleset's schema; `out` is the folder of results, for records that are rejected.

    `only_read`: without the columns that no rule reads, but for those in `also`; `check_promises`: what sources promise
    is looked at, too.
    With a `memory_limit` the data are gone when the command ends. Events that are `known` to the `connection` are not
    read again.
    """
    from ..engine.scoring import open_data

    def say_progress(phase: str, count: int) -> None:
        progress(f"reading {phase}{f': {count:,}' if count else ''} …")

    dataset = with_data(
        lambda: open_data(
            ruleset,
            data,
            strict=strict,
            max_rejected=max_rejected / 100,
            progress=say_progress,
            only_read=only_read,
            also=also,
            check_promises=check_promises,
            connection=connection or limited(memory_limit),
            known=known,
        ),
        out,
    )
    click.get_current_context().call_on_close(lambda: dataset.answers.keep(time.time_ns()))
    return dataset


def surroundings(ruleset: Ruleset, data: str, *, strict: bool, max_rejected: float) -> Surroundings:
    """The data of which somebody asks about one id; they are read as `read` reads them, unless they were before."""
    from ..engine.asking import surroundings

    opened = partial(read, ruleset, data, strict=strict, max_rejected=max_rejected)
    later = click.get_current_context().call_on_close
    return surroundings(ruleset, data, opened, (strict, max_rejected), time.time_ns(), later)


def days_before(ruleset: Compiled) -> str:
    """What progress says of rules that remember: that the days before take their time first; else ''."""
    from ..engine.memory import remembers

    return ", after the days before, which these rules remember" if remembers(ruleset.model) else ""


def limited(memory_limit: str | None) -> duckdb.DuckDBPyConnection | None:
    """An engine that keeps to the limit, until the command ends."""
    if memory_limit is None:
        return None
    from ..engine.data.spilling import SIZES, is_size, spilling

    if not is_size(memory_limit):
        fail(f"`--memory-limit {memory_limit}` is no amount of memory", SIZES)
    return click.get_current_context().with_resource(spilling(memory_limit))


def rejects(dataset: Dataset) -> bool:
    """Was any record set aside, of whatever kind?"""
    return next(dataset.rejects, None) is not None


def rejected_hint(out: Path | None) -> str:
    """Where all records that cannot be read are; '' where they were written."""
    if out is not None:
        return ""
    if click.get_current_context().info_name == "run":
        return "add `--out DIR` to get them all in rejected.ndjson"
    return "`scoreline run … --out DIR` writes them all to rejected.ndjson"


def with_hint(findings: Iterable[Diagnostic], hint: str) -> list[Diagnostic]:
    """The findings; those on rejected records do not speak of a file that was not written."""
    return [replace(item, hint=hint) if hint and _is_on_file(item) else item for item in findings]


def _is_on_file(item: Diagnostic) -> bool:
    return item.code in _ON_REJECTED and _REJECTED in item.hint


def say_rejected(dataset: Dataset) -> None:
    """The first records that cannot be read: their file, line and reason."""
    first = list(itertools.islice(dataset.rejects, REJECTED_SHOWN + 1))
    if first:
        say("cannot be read" + (f" (the first {REJECTED_SHOWN})" if len(first) > REJECTED_SHOWN else ""))
    for each in first[:REJECTED_SHOWN]:
        place = f"{each.file}:{each.line}" if each.line else each.file
        say(f"  {printable(f'{place}: {each.reason}')}")


def say_doubts(ruleset: Compiled, dataset: Dataset, hint: str) -> None:
    """What is doubtful about the results: data that are not as declared.

    `hint` is the way to all rejected records where they are not written; then the first of them are listed.
    """
    findings = with_hint(dataset.findings, hint)
    if hint:
        say_rejected(dataset)
        findings = [replace(item, span=NOWHERE, label="") if item.code in _ON_REJECTED else item for item in findings]
    if findings:
        say(render(report_of(findings, dict(ruleset.sources)), "text") + "\n")


def mention_doubts(dataset: Surroundings) -> None:
    """A line for each warning about the data: whoever asks about one account has seen them where they were scored."""
    warnings = [item for item in dataset.findings if item.severity == "warning"]
    for item in warnings:
        last = item is warnings[-1]
        warn(printable(item.message), "`scoreline validate … --data …` says where, and what to do" if last else "")


def instant(text: str | None, ruleset: Ruleset, dataset: Surroundings, *, by_day: bool = False) -> int:
    """`--as-of` as an instant. The clock is read here; `by_day`: without `--as-of` it is the end of yesterday."""
    from ..engine.instants import Zone, day_start, format_instant, local_date, parse_instant

    now = time.time_ns() // 1000
    if text == "latest":
        newest = dataset.newest_event()
        if newest is None:
            fail("`--as-of latest` needs at least one event", "give an instant: `--as-of 2026-03-01`")
        return newest
    if text is not None:
        as_of = parse_instant(text.strip(), Zone.named(ruleset.model.timezone), end_of_day=True)
        if as_of is None:
            fail(f"`{text}` is no instant", "write `2026-03-01`, `2026-03-01T09:00Z` or `latest`")
        if as_of > now and (newest := dataset.newest_event()) is not None and as_of > newest + QUIET_FOR:
            warn(f"{text.strip()} is in the future: results are those that come if nothing happens until then")
        return as_of
    if by_day:
        zone = Zone.named(ruleset.model.timezone)
        now = day_start(local_date(now, zone), zone) - 1
    newest = dataset.newest_event()
    if newest is not None and newest < now - QUIET_FOR:
        warn(
            f"nothing happened in the 30 days before now: the newest event is of {format_instant(newest)}",
            "score old data as of their own time: `--as-of latest`, or a date",
        )
    return now
