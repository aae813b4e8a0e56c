"""From a compiled ruleset to its handbook: the most important first, then in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...grammar import nodes as n
from ..compiled import Compiled
from ..figures import plural
from . import definitions as told
from .document import Entry, Handbook, Section
from .names import Names
from .scores import disqualifying, loose, score


def handbook(ruleset: Compiled) -> Handbook:
    """The model in words, with the values that its params have now."""
    statements = tuple(told.used(ruleset.written.statements))
    manifest = ruleset.manifest
    return Handbook(
        name=ruleset.name,
        version="" if ruleset.is_single_file else ruleset.version,
        owner=manifest.owner,
        description=manifest.description,
        summary=_summary(statements),
        sections=tuple(_sections(ruleset, statements, Names(statements, ruleset.model.params))),
    )


def _summary(statements: tuple[n.Statement, ...]) -> str:
    rules = sum(isinstance(node, n.Line | n.Otherwise) for item in statements for node in item.walk())
    scores = sum(isinstance(item, n.ScoreDef) for item in statements)
    return f"{plural(rules, 'rule')} in {plural(max(scores, 1), 'score')}."


def _sections(ruleset: Compiled, statements: tuple[n.Statement, ...], names: Names) -> Iterator[Section]:
    ladders = [item for item in statements if isinstance(item, n.StagesDef)]
    for ladder in sorted(ladders, key=lambda item: item.level != "account"):
        yield told.stages(ladder, names)
    scores = [item for item in statements if isinstance(item, n.ScoreDef)]
    loose_items = [item for item in statements if isinstance(item, n.LooseItem)]
    if scores or loose_items:
        how = "Each rule that holds gives its points; they add up to the score, within its limits."
        yield Section("Scores", "scores", ((how,),))
    yield from ([loose(loose_items, names)] if loose_items else [])
    yield from (score(item, names) for item in scores)
    grades = [item for item in statements if isinstance(item, n.GradeDef)]
    if grades:
        yield Section("Grades", "grades")
    yield from (told.grade(item, names) for item in grades)
    yield from _left_out(statements, scores, names)
    yield from _vocabulary(ruleset, statements, names)


def _left_out(statements: tuple[n.Statement, ...], scores: list[n.ScoreDef], names: Names) -> Iterator[Section]:
    out = [replace(entry, worth=f"{item.level}s") for item in scores for entry in disqualifying(item, names)]
    if out:
        how = (
            "Whoever is disqualified keeps the points, but is at no stage. A disqualified person counts for no account."
        )
        yield Section("Who is disqualified", "disqualified", ((how,),), tuple(out))
    dropped = [told.ignored(item, names) for item in statements if isinstance(item, n.IgnoreEvents | n.IgnoreContacts)]
    if dropped:
        how = "This is left out before anything is counted."
        yield Section("What is ignored", "ignored", ((how,),), tuple(dropped))


def _vocabulary(ruleset: Compiled, statements: tuple[n.Statement, ...], names: Names) -> Iterator[Section]:
    worked_out: list[Entry] = []
    for item in statements:
        if isinstance(item, n.MeasureDef):
            worked_out.append(told.measure(item, names))
        elif isinstance(item, n.DeriveDef):
            worked_out.append(told.derived(item, names))
    if worked_out:
        yield Section("What is worked out", "worked-out", (), tuple(worked_out))
    signals = [told.signal(item, names) for item in statements if isinstance(item, n.SignalDef)]
    if signals:
        how = "The kinds of activity that the rules speak of, and the events that they stand for."
        yield Section("Words for what people do", "signals", ((how,),), tuple(signals))
    numbers = [told.param(item, names) for item in statements if isinstance(item, n.ParamDef)]
    if numbers:
        how = "Each stands once, for all rules that use it."
        yield Section("Numbers to tune", "params", ((how,),), tuple(numbers))
    written = ruleset.written
    lists = [told.value_list(item, written.lists) for item in statements if isinstance(item, n.ListDef)]
    if lists:
        yield Section("Lists", "lists", (), tuple(lists))
    tables = [told.look_up(item, written.tables) for item in statements if isinstance(item, n.TableDef)]
    if tables:
        yield Section("Tables of points and weights", "tables", (), tuple(tables))
