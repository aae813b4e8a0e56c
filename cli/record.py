"""`scoreline test --record`: a scenario from live data, printed or put at the end of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import loading
from .console import progress, say, say_next, tell
from .failures import WRONG, fail
from .reports import Report, plural

if TYPE_CHECKING:
    from ..engine.ruleset import Ruleset
    from ..engine.scenarios.recording import Recording, Wanted


def record(
    name: str,
    rules: Ruleset,
    id_: str,
    data: str,
    as_of: str,
    wanted: Wanted,
    level: Literal["lead", "account"] | None,
    into: Path | None,
) -> None:
    """Record a lead or an account, and say how much of the data its scenario needs."""
    from ..engine.scenarios.recording import NotRecordable
    from ..engine.scenarios.recording import record as make

    before = _text(into)
    dataset = loading.read(rules, data)
    instant = loading.instant(as_of, rules, dataset)
    try:
        made = make(
            rules.model,
            dataset,
            id_,
            instant,
            wanted=wanted,
            level=level,
            taken=_names(rules, into, before),
            match_by_domain=rules.manifest.match_accounts is not None,
            watch=lambda phase: progress(f"recording {id_}: {phase} …"),
        )
    except NotRecordable as error:
        fail(str(error), error.hint, WRONG)
    _keep(made, into, before)
    passes = f"`{made.name}` passes on both engines"
    say(f"{passes}; it needs {made.events:,} of {plural(made.events_before, 'event')}")
    say("names, ids and times are made up: look through what is left before you share it")
    if into is not None:
        say_next(f"scoreline test {name}")
    elif Path(name).is_dir():
        place = (Path(name) / "tests" / "recorded.yaml").as_posix()
        say_next(f"scoreline test {name} --record {id_} --data {data} --into {place}")


def _text(into: Path | None) -> str:
    if into is None or not into.exists():
        return ""
    if into.suffix not in (".yaml", ".yml") or not into.is_file():
        fail(f"`{into}` is no file of scenarios", "name a file `tests/….yaml` in the ruleset's folder")
    return into.read_text(encoding="utf-8")


def _names(rules: Ruleset, into: Path | None, before: str) -> frozenset[str]:
    """The names of the scenarios that stand in the file already; a file with mistakes ends the command."""
    from ..engine.scenarios.reading import read_scenarios
    from ..grammar.source import Source

    if not before.strip():
        return frozenset()
    source = Source(str(into), before)
    scenarios, findings = read_scenarios(source, rules.model)
    if findings:
        loading.stop(Report(tuple(findings), {source.path: source}))
    return frozenset(each.name for each in scenarios)


def _keep(made: Recording, into: Path | None, before: str) -> None:
    from ..engine.scenarios.appending import appended
    from ..engine.writers import Together

    after = appended(before, made.text)
    if after is None:
        fail(f"`{into}` does not end in a list of scenarios, one below the other", "name a file of its own")
    if into is None:
        tell(after, end="")
        return
    with Together(into.parent) as files, files.text(into.name) as out:
        out.write(after)
    say(f"wrote {into}")
