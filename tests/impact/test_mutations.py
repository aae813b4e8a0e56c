"""A random change of a ruleset is named exactly, and those whose results it changes are exactly those that differ."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoreline
from scoreline.engine.impact.difference import Difference, difference
from scoreline.engine.impact.measure import Question, effect
from scoreline.engine.impact.reading import shared_reader
from scoreline.engine.impact.verdict import verdict
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.scoring import instant, open_data

from .history import AS_OF, companies, write
from .mutations import Mutation, mutations

SHIPPED = Path(scoreline.__file__).parent / "rulesets"
EVERY = ("abm", "tour", "starter", "open-source", "by-example")


@functools.cache
def pipeline() -> Path:
    """The ruleset of the history, which stays for the whole run."""
    return write(Path(tempfile.mkdtemp(prefix="scoreline-test-")) / "pipeline")


@functools.cache
def loaded(folder: Path) -> Ruleset:
    return scoreline.load(folder)


@functools.cache
def changes(folder: Path) -> list[Mutation]:
    return list(mutations(folder))


def mutated(folder: Path, mutation: Mutation) -> Ruleset | None:
    """The changed ruleset; None where the change makes it unsound (a param out of its range, a list too short)."""
    with tempfile.TemporaryDirectory() as copy:
        target = Path(copy) / folder.name
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns("data", "demo", "tests"))
        (target / mutation.file).write_text(mutation.text, encoding="utf-8")
        try:
            return scoreline.load(target)
        except scoreline.RulesetError:
            return None


def check_named(found: Difference, mutation: Mutation) -> None:
    named = [(change.kind, change.thing.what, change.thing.name) for change in found.changes]
    assert named == ([] if mutation.named is None else [mutation.named]), mutation.what
    assert (verdict(found).word in ("identical", "cosmetic")) == mutation.is_cosmetic
    assert mutation.is_cosmetic == (not found.reaches and not found.affected)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_a_change_is_named_exactly(data: st.DataObject) -> None:
    folder = data.draw(st.sampled_from([pipeline(), SHIPPED / "starter"]))
    mutation = data.draw(st.sampled_from(changes(folder)))
    new = mutated(folder, mutation)
    if new is not None:
        check_named(difference(loaded(folder), new), mutation)


@pytest.mark.soak
@pytest.mark.parametrize("name", EVERY)
def test_every_change_of_what_ships_is_named_exactly(name: str) -> None:
    folder = SHIPPED / name
    sound = 0
    for mutation in changes(folder):
        new = mutated(folder, mutation)
        if new is not None:
            sound += 1
            check_named(difference(loaded(folder), new), mutation)
    assert sound > 20


@pytest.mark.parametrize("name", EVERY)
def test_nothing_differs_from_itself(name: str) -> None:
    old, new = loaded(SHIPPED / name), scoreline.load(name)
    found = difference(old, new)
    assert (found.changes, found.affected, found.renamed) == ((), (), {})
    assert found.untouched
    assert verdict(found).word == "identical"


# --- movers -------------------------------------------------------------------------


Results = dict[tuple[str, str], dict[str, object]]


def results(ruleset: Ruleset) -> Results:
    """Every result of every entity, from the reference interpreter, which shares nothing with how effects are found."""
    made = ruleset.score(companies(), as_of=AS_OF, engine="interpreter")
    tables = {"lead": made.leads, "account": made.accounts}
    return {(level, row["id"]): row for level, table in tables.items() for row in table}


def check_movers(old: Ruleset, new: Ruleset) -> None:
    found = difference(old, new)
    reader = shared_reader(old, new)
    assert reader is not None
    dataset = open_data(reader, companies())
    measured = effect(found, dataset, dataset, instant(AS_OF, new, dataset), Question(most=None))
    before, after = results(old), results(new)
    differ = {key for key in before if before[key] != after[key]}
    assert {(item.level, item.id) for item in measured.movers} == differ
    assert sum(measured.moved.values()) == len(differ)
    check_untouched(found, before, after)
    assert bool(measured.idle) == (bool(found.reaches) and not differ)
    dataset.connection.close()


def check_untouched(found: Difference, before: Results, after: Results) -> None:
    """What is said to be provably the same is the same."""
    for key in found.untouched:
        name = {"stage": "stage", "disqualify": "disqualified"}.get(key.kind, key.name)
        for who in before:
            if who[0] == key.level:
                assert before[who][name] == after[who][name], key


@settings(max_examples=2, deadline=None)
@given(st.data())
def test_movers_are_those_whose_results_differ(data: st.DataObject) -> None:
    mutation = data.draw(st.sampled_from(changes(pipeline())))
    new = mutated(pipeline(), mutation)
    if new is not None:
        check_movers(loaded(pipeline()), new)


@pytest.mark.soak
def test_movers_of_every_change() -> None:
    for mutation in changes(pipeline()):
        new = mutated(pipeline(), mutation)
        if new is not None:
            check_movers(loaded(pipeline()), new)
