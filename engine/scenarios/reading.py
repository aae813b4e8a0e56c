"""`tests/*.yaml` as scenarios: made-up records at an instant, and what the ruleset must make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...grammar.diagnostics import Diagnostic
from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ...grammar.source import Source, Span
from ..instants import Zone, parse_date, parse_instant
from ..model import Block, Line, Model
from ..records import Population
from ..yaml_reading import load_yaml
from ..yaml_tree import YamlList, YamlMap, YamlNode, YamlText
from .expected import Expected, Role, bounds_of
from .findings import Findings, entries
from .people import People
from .values import Clock

_FILE_KEYS = ("as_of", "scenarios")
_KEYS = ("name", "as_of", "accounts", "contacts", "events", "expect")
_EXPECT = "expect: {leads: {ann: {engagement: 20}}, accounts: {acme: {stage: MEA}}}"
_NESTED = ("scores", "measures", "grades")


@dataclass(frozen=True)
class Scenario:
    """One scenario, ready to be run."""

    name: str
    as_of: int
    population: Population
    expected: tuple[Expected, ...]
    span: Span


@dataclass(frozen=True)
class Names:
    """What the expectations about one level may name."""

    level: Level
    scores: frozenset[str]
    measures: Mapping[str, str]
    grades: frozenset[str]
    lines: frozenset[str]
    stages: frozenset[str]

    @staticmethod
    def of(model: Model, level: Level) -> Names:
        ladder = model.stages(level)
        stages = [stage.name for stage in ladder.stages] if ladder else []
        ids = [id_ for score in model.scores(level) for id_ in _ids(score.items)]
        return Names(
            level,
            frozenset(score.name for score in model.scores(level)),
            {item.name: item.value.kind for item in model.measures(level)},
            frozenset(grade.name for grade in model.grades(level)),
            frozenset([*ids, *(item.id for item in model.disqualifications(level))]),
            frozenset([*stages, "disqualified"]),
        )

    def role(self, name: str) -> Role | None:
        """What kind of result a name stands for."""
        if name == "stage":
            return "stage"
        if name == "stage_since" and self.stages != {"disqualified"}:
            return "stage_since"
        if name == "disqualified":
            return "disqualified"
        if name in self.scores:
            return "score"
        if name in self.measures:
            return "measure"
        return "grade" if name in self.grades else None

    def all(self) -> list[str]:
        return [
            *self.scores,
            *self.measures,
            *self.grades,
            "stage",
            "stage_since",
            "disqualified",
            "lines",
            "not_lines",
        ]


def _ids(items: tuple[Line | Block, ...]) -> Iterator[str]:
    """The ids of lines, and of the groups whose bounds are entries of their own."""
    for item in items:
        if item.id is not None:
            yield item.id
        if isinstance(item, Block):
            yield from _ids(item.items)


def read_scenarios(source: Source, model: Model) -> tuple[list[Scenario], list[Diagnostic]]:
    """The scenarios of one file, and what is wrong with it. Those with an error in them are left out."""
    root, problems = load_yaml(source)
    findings = Findings()
    findings.items += problems
    if root is None:
        return [], findings.items
    reader = _Reader(model, findings)
    return list(reader.scenarios(root)), findings.items


class _Reader:
    def __init__(self, model: Model, findings: Findings) -> None:
        self.model, self.findings = model, findings
        self.zone = Zone.named(model.timezone)
        self.default: int | None = None
        self.says_lacking = True
        self.names = {level: Names.of(model, level) for level in _LEVELS}

    def scenarios(self, root: YamlNode) -> Iterator[Scenario]:
        file = self.findings.mapping(root, "a file of scenarios", "scenarios: [{name: …, expect: …}]")
        if file is None:
            return
        self.findings.known_keys(file, _FILE_KEYS, "a file of scenarios")
        taken: set[str] = set()
        self._read_default(file)
        for node in self.findings.sequence(file.get("scenarios"), "`scenarios`", "scenarios: [{name: …}]"):
            before = len(self.findings.items)
            scenario = self._scenario(node, taken)
            if scenario is not None and len(self.findings.items) == before:
                yield scenario

    def _read_default(self, file: YamlMap) -> None:
        """The instant of all scenarios that have none of their own; what is wrong with it is said once."""
        before = len(self.findings.items)
        self.default = self._instant(file.get("as_of"))
        self.says_lacking = self.default is None and len(self.findings.items) == before

    def _scenario(self, node: YamlNode, taken: set[str]) -> Scenario | None:
        inner = self.findings.mapping(node, "a scenario", "- name: the economic buyer reads pricing")
        if inner is None:
            return None
        self.findings.known_keys(inner, _KEYS, "a scenario")
        name = self.findings.text(inner.get("name"), "`name`")
        if name is None:
            self.findings.add("X101", "every scenario has a `name`", node.span, "without one", "say what happens in it")
        elif name in taken:
            self.findings.add("X101", f"two scenarios are called `{name}`", node.span, "the second one")
        taken.add(name or "")
        as_of = self._as_of(inner.get("as_of"), node.span)
        if as_of is None:
            return None
        population = People(self.model.schema, Clock(as_of, self.zone), self.findings).population(inner)
        expected = tuple(self._expected(inner, known_ids(population)))
        return Scenario(name or "", as_of, population, expected, node.span)

    def _as_of(self, node: YamlNode | None, span: Span) -> int | None:
        before = len(self.findings.items)
        own = self._instant(node)
        if own is not None or len(self.findings.items) > before:
            return own
        if self.default is None and self.says_lacking:
            self.says_lacking = False
            hint = "write `as_of: 2026-03-01` at the top of the file, or in the scenario"
            self.findings.add("X101", "a scenario needs its `as_of`", span, "without one", hint)
        return self.default

    def _instant(self, node: YamlNode | None) -> int | None:
        text = self.findings.text(node, "`as_of`")
        if node is None or text is None:
            return None
        as_of = parse_instant(text, self.zone, end_of_day=True)
        if as_of is None:
            self.findings.add("X103", f"`{text}` is no instant", node.span, "not understood", "write `2026-03-01`")
        return as_of

    # --- expectations ------------------------------------------------------------------------------------------------

    def _expected(self, scenario: YamlMap, ids: Mapping[Level, frozenset[str]]) -> Iterator[Expected]:
        node = scenario.get("expect")
        if node is None:
            hint = f"write `{_EXPECT}`"
            self.findings.add("X101", "a scenario says what it expects", scenario.span, "`expect` is missing", hint)
            return
        expect = self.findings.mapping(node, "`expect`", _EXPECT)
        if expect is None:
            return
        self.findings.known_keys(expect, ("leads", "accounts"), "`expect`")
        for level in _LEVELS:
            inner = expect.get(f"{level}s")
            group = None if inner is None else self.findings.mapping(inner, f"`{level}s`", _EXPECT)
            for id_, wanted, span in entries(group) if group else ():
                if id_ not in ids[level]:
                    self.findings.unknown(f"the scenario has no {level} `{id_}`", span, id_, ids[level])
                else:
                    yield from self._entity(level, id_, wanted, span)

    def _entity(self, level: Level, id_: str, node: YamlNode, span: Span) -> Iterator[Expected]:
        if isinstance(node, YamlText) and node.value == "absent":
            yield Expected(level, id_, "absent", span=span)
            return
        wanted = self.findings.mapping(node, f"what is expected of `{id_}`", f"{id_}: {{stage: MEA}}")
        for name, value, place in entries(wanted) if wanted else ():
            if name in ("lines", "not_lines"):
                yield from self._lines(level, id_, name, value)
            elif name in _NESTED and isinstance(value, YamlMap):
                for inner, item, inner_place in entries(value):
                    yield from self._value(level, id_, inner, item, inner_place)
            else:
                yield from self._value(level, id_, name, value, place)

    def _value(self, level: Level, id_: str, name: str, node: YamlNode, span: Span) -> Iterator[Expected]:
        names = self.names[level]
        role = names.role(name)
        if role is None:
            self.findings.unknown(f"{level}s have no result `{name}`", span, name, names.all())
            return
        text = self.findings.text(node, f"`{name}`")
        numeric = role == "score" or names.measures.get(name) == "number"
        bounds = bounds_of(text) if text and numeric else None
        if text is not None and numeric and bounds is None:
            self.findings.add("X103", f"`{name}` is a number", node.span, "not one", "write `20`, `>= 20` or `20..30`")
        elif text is None and role == "score":
            self.findings.add("X103", f"the score `{name}` is never missing", node.span, "no number", "write `0`")
        elif role == "stage_since" and text is not None and parse_date(text) is None:
            self.findings.add("X103", f"`{text}` is no date", node.span, "not understood", "write `2026-02-01`")
        elif role == "stage" and text is not None and text not in names.stages:
            self.findings.unknown(f"{level}s have no stage `{text}`", node.span, text, names.stages)
        else:
            yield Expected(level, id_, role, name, bounds, text, node.span)

    def _lines(self, level: Level, id_: str, key: str, node: YamlNode) -> Iterator[Expected]:
        role: Role = "line" if key == "lines" else "not_line"
        if isinstance(node, YamlMap) and role == "line":
            for name, value, span in entries(node):
                text = self.findings.text(value, f"`{name}`")
                bounds = bounds_of(text) if text else None
                if text and bounds is None:
                    self.findings.add("X103", f"the points of `{name}` are a number", value.span, "not one")
                elif self._is_line(level, name, span):
                    yield Expected(level, id_, role, name, bounds, text, span)
        elif isinstance(node, YamlList):
            for item in node:
                name = self.findings.text(item, "the id of a line") or ""
                if self._is_line(level, name, item.span):
                    yield Expected(level, id_, role, name, span=item.span)
        else:
            example = "lines: {buyer_on_pricing: 20}" if role == "line" else "not_lines: [buyer_on_pricing]"
            self.findings.add("X101", f"`{key}` names lines", node.span, "not understood", f"write `{example}`")

    def _is_line(self, level: Level, name: str, span: Span) -> bool:
        if name in self.names[level].lines:
            return True
        other: Level = "account" if level == "lead" else "lead"
        if name in self.names[other].lines:
            hint = f"expect it of one of the {other}s"
            self.findings.add("X102", f"`{name}` is a line of {other}s", span, f"not of {level}s", hint)
        else:
            self.findings.unknown(f"{level}s have no line `{name}`", span, name, self.names[level].lines)
        return False


_LEVELS: tuple[Level, Level] = ("lead", "account")


def known_ids(population: Population) -> dict[Level, frozenset[str]]:
    """All leads and accounts of a scenario, those included that other records only name (decision 53)."""
    leads = {contact.id for contact in population.contacts}
    leads |= {event.contact_id for event in population.events if event.contact_id}
    accounts = {account.id for account in population.accounts}
    accounts |= {contact.account_id for contact in population.contacts if contact.account_id}
    accounts |= {event.account_id for event in population.events if event.account_id}
    return {"lead": frozenset(leads), "account": frozenset(accounts)}
