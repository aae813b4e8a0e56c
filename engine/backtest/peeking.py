"""Rules that look ahead: they read what the outcome is made of, so that the score knows how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import networkx as nx

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.nodes import File
from ..compiled import Compiled
from ..graph import of_model
from ..layers import read_folder, read_single_file
from ..links import key_of
from ..lints.allowances import Allowance, allowance_for
from ..lints.catalogue import with_levels
from ..model import Block, Definition, Disqualification, Line, Part, Score, Stages
from ..reads import Key, Read, Selected, reads
from .condition import Condition
from .question import cone

CODE = "L701"


@dataclass(frozen=True)
class Peeks:
    """What reads the outcome: `found` are findings, `allowed` those that a comment in the rules allows."""

    found: list[Diagnostic]
    allowed: list[Diagnostic]


@dataclass(frozen=True)
class _Outcome:
    """The event types and fields that outcomes are made of, and the option that names each."""

    types: dict[str, str]
    fields: dict[Key, str]


def peeks(ruleset: Compiled, score: Score, conditions: Iterable[Condition], dated: bool) -> Peeks:
    """Every place where what the score is made of, or a stage, reads what an outcome is made of.

    A `disqualify` line may read the events of a dated outcome: cases are scored before it, and such a line gives no
    points. Stages are told of as a warning: the score does not depend on them.
    """
    outcome = _outcome(conditions)
    keys = cone(ruleset, score)
    said: list[Diagnostic] = []
    for definition in ruleset.model.order:
        takes_out = isinstance(definition, Disqualification)
        inside = key_of(definition) in keys or (takes_out and key_of(definition).level == score.level)
        if (dated and takes_out) or not (inside or isinstance(definition, Stages)):
            continue
        for found in _of_definition(definition, outcome):
            said.append(found if inside else found.with_severity("warning"))
    once = {item.message: item for item in reversed(said)}
    told = with_levels(sorted(once.values(), key=Diagnostic.sort_key), ruleset.manifest.lints)
    files = _all_files(ruleset)
    allowances = {found: allowance_for(found, files) for found in told}
    return Peeks(
        [found for found, allowed in allowances.items() if allowed is None],
        [_with_reason(found, allowed) for found, allowed in allowances.items() if allowed is not None],
    )


def _with_reason(found: Diagnostic, allowed: Allowance) -> Diagnostic:
    return finding(found.code, found.message, found.span, label=found.label, hint=allowed.reason)


# --- the outcome --------------------------------------------------------------------


def _outcome(conditions: Iterable[Condition]) -> _Outcome:
    types: dict[str, str] = {}
    fields: dict[Key, str] = {}
    for condition in conditions:
        for key in _made_of(condition):
            if key.kind == "event":
                types.setdefault(key.name, condition.name)
            elif key.kind in ("field", "derived"):
                fields.setdefault(key._replace(kind="field"), condition.name)
    return _Outcome(types, fields)


def _made_of(condition: Condition) -> set[Key]:
    """All that a condition reads, directly or not; what is only implied (who is disqualified) left out."""
    graph = of_model(condition.model)
    written = nx.subgraph_view(graph, filter_edge=lambda one, other: not graph.edges[one, other]["implied"])
    return set(nx.ancestors(written, Key("measure", condition.level, condition.name)))


# --- what reads it ------------------------------------------------------------------


def _of_definition(definition: Definition, outcome: _Outcome) -> Iterator[Diagnostic]:
    level = key_of(definition).level or "lead"
    if not isinstance(definition, Score):
        what = f"`{definition.name}`" if hasattr(definition, "name") else f"the {key_of(definition).words}"
        yield from _of_part(definition, level, what, outcome)
        return
    for line in _parts(definition.items):
        name = line.id if isinstance(line, Line) else None
        what = f"`{name}`" if name else f"a condition in `{definition.name}`"
        yield from _of_part(line, level, what, outcome)


def _parts(items: Sequence[Line | Block]) -> Iterator[Line | Block]:
    """Each line, and each block without its items."""
    for item in items:
        if isinstance(item, Line):
            yield item
        else:
            yield Block(item.kind, (), item.id, item.condition, item.bounds, item.span)
            yield from _parts(item.items)


def _of_part(part: Part, level: str, what: str, outcome: _Outcome) -> Iterator[Diagnostic]:
    for read in reads(part, "account" if level == "account" else "lead"):
        if isinstance(read, Selected):
            for name in read.types:
                if name in outcome.types:
                    yield _finding(read, what, f"`{name}` events", outcome.types[name], _EVENTS)
        elif not read.implied and read.key._replace(kind="field") in outcome.fields:
            option = outcome.fields[read.key._replace(kind="field")]
            yield _finding(read, what, f"`{read.key.words}`", option, _FIELDS)


_EVENTS = (
    "take it out for the test; or, if it is about earlier deals, say so beside it: `# allow L701 earlier deals only` "
    "(cases are scored before the outcome)"
)
_FIELDS = "take it out: what the outcome is read from is not known before it"


def _finding(read: Read | Selected, what: str, name: str, option: str, hint: str) -> Diagnostic:
    message = f"{what} reads {name}, and so does the outcome (`{option}`)"
    return finding(CODE, message, read.span, label="knows how it ends", hint=hint)


def _all_files(ruleset: Compiled) -> list[File]:
    """The files of rules, those of the rulesets that it builds on too."""
    texts = read_single_file(ruleset.path, None) if ruleset.path.is_file() else read_folder(ruleset.path)
    return [*texts.files, *(file for files in texts.bases for file in files)]
