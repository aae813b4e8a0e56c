"""All things of a ruleset: its settings and schema, its vocabulary, its definitions, and the lines of its scores."""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.printer import to_text
from .. import model as m
from ..compiling import Compiled
from ..graph import key_of
from ..manifest import Manifest
from ..reads import Key
from ..schema import FieldType, Schema
from .meaning import meaning
from .scores import Parts, parts_by_place, score_things
from .things import Said, Thing, What
from .values import shown

LEVELS: tuple[n.Level, ...] = ("lead", "account")


@dataclass(frozen=True)
class Inventory:
    """The things of a ruleset, in the order in which they are written."""

    ruleset: Compiled
    things: tuple[Thing, ...]


def inventory(ruleset: Compiled) -> Inventory:
    """Everything that a ruleset says, together with what it builds on."""
    return Inventory(ruleset, tuple(_all(ruleset)))


def _all(ruleset: Compiled) -> Iterator[Thing]:
    yield from _settings(ruleset)
    for level in LEVELS:  # the first disqualification that holds gives the reason
        yield Thing("reasons", f"why {level}s are disqualified", (level,))
    if not ruleset.manifest.schema.inferred:
        yield from _schema(ruleset.manifest.schema)
    parts = parts_by_place(ruleset.model)
    definitions = {key_of(item): item for item in ruleset.model.order}
    for statement in ruleset.written.statements:
        yield from _statement(statement, ruleset, parts, definitions)
    yield from _ignored(ruleset)


# --- settings and schema ------------------------------------------------------------


def _settings(ruleset: Compiled) -> Iterator[Thing]:
    manifest, model = ruleset.manifest, ruleset.model
    values: dict[str, Said] = {
        "name": model.name,
        "timezone": model.timezone,
        "session_gap": f"{model.session_gap // m.MICROS['second']} seconds",
        "history_from": "" if manifest.history_from is None else manifest.history_from.isoformat(),
        "match_accounts": "" if manifest.match_accounts is None else "email_domain",
        "sources": _sources(manifest),
    }
    if ruleset.is_single_file:
        del values["name"]  # it is that of the file
    for name, value in values.items():
        facet = "name" if name == "name" else "value"
        yield Thing("setting", name, (name,), {facet: value} if value else {}, meaning=meaning(value))


def _sources(manifest: Manifest) -> tuple[str, ...]:
    """One text for each source, which says all that can differ."""
    if manifest.sources is None:
        return ()
    maps = manifest.sources.maps
    return tuple(f"{kind}: {meaning(item)}" for kind in sorted(maps) for item in maps[kind])


def _schema(schema: Schema) -> Iterator[Thing]:
    for owner, fields in (("contact", schema.contact), ("account", schema.account)):
        level: n.Level = "lead" if owner == "contact" else "account"
        for name, declared in fields.items():
            node = Key("field", level, name)
            facets = _type_facets(declared)
            yield Thing("field", f"{owner}.{name}", (owner, name), facets, "schema", node=node, place=declared.span)
    for name, properties in schema.events.items():
        listed: dict[str, Said] = {prop: declared.values or declared.kind for prop, declared in properties.items()}
        yield Thing("event type", name, (name,), listed, "schema", node=Key("event", None, name))


def _type_facets(declared: FieldType) -> dict[str, Said]:
    facets: dict[str, Said] = {"type": "enumeration" if declared.values is not None else declared.kind}
    if declared.values is not None:
        facets["values"] = declared.values
    if declared.required:
        facets["required"] = "true"
    return facets


# --- statements ---------------------------------------------------------------------


def _statement(
    node: n.Statement, ruleset: Compiled, parts: Parts, definitions: dict[Key, m.Definition]
) -> Iterator[Thing]:
    if isinstance(node, n.ScoreDef):
        model = definitions[Key("score", node.level, node.name)]
        assert isinstance(model, m.Score)
        yield from score_things(node, model, parts)
    elif isinstance(node, n.StagesDef):
        ladder = definitions[Key("stage", node.level, "stage")]
        assert isinstance(ladder, m.Stages)
        yield from _stages(node, ladder)
    elif isinstance(node, n.ParamDef | n.ListDef | n.TableDef | n.SignalDef):
        yield _vocabulary(node, ruleset)
    elif isinstance(node, n.MeasureDef | n.GradeDef | n.DeriveDef):
        yield _definition(node, definitions)


def _vocabulary(node: n.ParamDef | n.ListDef | n.TableDef | n.SignalDef, ruleset: Compiled) -> Thing:
    if isinstance(node, n.ParamDef):
        facets: dict[str, Said] = {"value": shown(ruleset.model.params[node.name])}
        facets |= {} if node.range is None else {"range": to_text(node.range)}
        return _named("param", node.name, facets, node)
    if isinstance(node, n.ListDef):
        return _named("list", node.name, {"values": tuple(map(shown, ruleset.written.lists[node.name]))}, node)
    if isinstance(node, n.TableDef):
        table = ruleset.written.tables[node.name]
        entries = tuple(_entry(entry) for entry in table.entries)
        return _named("table", node.name, {"entries": entries, "default": shown(table.default)}, node)
    head, _, definition = to_text(node).partition(" = ")
    name = head.removeprefix("signal ")
    key = ("signal", node.name, str(len(node.params or ())))
    facets = {"definition": definition, "parameters": ", ".join(node.params or ())}
    return Thing("signal", name, key, facets, text=to_text(node), written=(node,), place=node.place)


def _named(what: What, name: str, facets: dict[str, Said], node: n.ParamDef | n.ListDef | n.TableDef) -> Thing:
    return Thing(what, name, (name,), facets, text=to_text(node), written=(node,), place=node.place)


def _entry(entry: m.TableEntry) -> str:
    keys = ", ".join(_key(key) for key in entry.keys)
    return f"{keys if len(entry.keys) == 1 else f'({keys})'}: {shown(entry.value)}"


def _key(key: str | float | tuple[float | None, float | None]) -> str:
    if isinstance(key, tuple):
        low, high = ("" if end is None else shown(end) for end in key)
        return f"{low}..{high}"
    return key if isinstance(key, str) else shown(key)


# --- definitions --------------------------------------------------------------------


def _definition(node: n.MeasureDef | n.GradeDef | n.DeriveDef, definitions: dict[Key, m.Definition]) -> Thing:
    if isinstance(node, n.GradeDef):
        key = Key("grade", node.level, node.name)
        facets: dict[str, Said] = {}
        for axis in node.axes:
            facets |= {f"{cut.label} of {to_text(axis.value)}": to_text(cut) for cut in axis.cuts}
    elif isinstance(node, n.MeasureDef):
        key, facets = Key("measure", node.level, node.name), _value_facets(node.value)
    else:
        key, facets = Key("derived", node.level, str(node.field)), _value_facets(node.value)
    model = definitions[key]
    what: What = "derived field" if key.kind == "derived" else "grade" if key.kind == "grade" else "measure"
    return Thing(
        what,
        key.words,
        (node.level, key.name),
        facets,
        text=to_text(node),
        meaning=meaning(model),
        node=key,
        part=model,
        written=(node,),
        place=node.place,
    )


def _value_facets(value: n.Expr | n.Cases) -> dict[str, Said]:
    return {"cases": tuple(map(to_text, value.items))} if isinstance(value, n.Cases) else {"value": to_text(value)}


def _stages(node: n.StagesDef, model: m.Stages) -> Iterator[Thing]:
    where = key_of(model).words
    facets: dict[str, Said] = {"in order": "yes" if node.in_order else "no"}
    yield Thing(
        "ladder",
        where,
        (node.level,),
        facets,
        text=to_text(node),
        meaning=meaning(model.in_order),
        node=key_of(model),
        place=node.place,
    )
    for step, stage in zip(node.stages, model.stages, strict=True):
        facets = {"condition": to_text(step.condition)}
        facets |= {} if step.stays_while is None else {"stays while": to_text(step.stays_while)}
        facets |= {} if step.label is None else {"label": step.label}
        yield Thing(
            "stage",
            f"{step.name} of {node.level}s",
            (node.level, step.name),
            facets,
            where,
            to_text(step),
            meaning(stage),
            key_of(model),
            stage,
            (step,),
            step.place,
        )


def _ignored(ruleset: Compiled) -> Iterator[Thing]:
    written = {
        node.span: node for node in ruleset.written.statements if isinstance(node, n.IgnoreEvents | n.IgnoreContacts)
    }
    for item in ruleset.model.ignored:
        node = written[item.span]
        level: n.Level | None = "lead" if isinstance(item, m.IgnoreContacts) else None
        name = to_text(node)
        key = Key("ignore", level, item.text.removeprefix("ignore ") or f"line {item.span.line}")
        facets: dict[str, Said] = {"condition": name.removeprefix("ignore ")}
        yield Thing("ignore line", name, (), facets, "", name, meaning(item), key, item, (node,), node.place)
