"""One reading of the data for two rulesets, where both read them in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from ...grammar.nodes import Level
from ..compiling import Compiled
from ..model import Field, Measure
from ..schema import FieldType, Schema

Kind = TypeVar("Kind", bound=Compiled)


def shared_reader(old: Compiled, new: Kind) -> Kind | None:
    """The new ruleset with all that both read, by which data are read once; None where they must be read twice.

    That is where sources, time zone or matching differ, or a field or property that both know has another type.
    """
    if (old.model.timezone, old.manifest.sources) != (new.model.timezone, new.manifest.sources):
        return None
    if (old.manifest.match_accounts is None) != (new.manifest.match_accounts is None):
        return None
    schema = _union(old.model.schema, new.model.schema)
    if schema is None:
        return None
    order, ignored = (*new.model.order, *old.model.order), (*new.model.ignored, *old.model.ignored)
    return replace(new, model=replace(new.model, schema=schema, order=order, ignored=ignored))


def reading_also(ruleset: Kind, field: str) -> Kind:
    """The ruleset as if a rule read this field too (`account.industry`), so that data are read with it.

    What is no field is no reason to read anything.
    """
    owner, _, name = field.partition(".")
    if owner not in ("contact", "account") or not name:
        return ruleset
    level: Level = "lead" if owner == "contact" else "account"
    read = Measure(level, "segment", Field("contact" if level == "lead" else "account", name))
    return replace(ruleset, model=replace(ruleset.model, order=(*ruleset.model.order, read)))


def _union(old: Schema, new: Schema) -> Schema | None:
    pairs = [(old.contact, new.contact), (old.account, new.account)]
    pairs += [(old.events.get(name, {}), new.events.get(name, {})) for name in {*old.events, *new.events}]
    return new.upon(old) if all(_agree(*pair) for pair in pairs) else None


def _agree(old: Mapping[str, FieldType], new: Mapping[str, FieldType]) -> bool:
    """Whether a record is read by both as by each: a field that only one requires rejects records of that one only."""
    return all(
        old[name] == new[name] if name in old and name in new else not {**old, **new}[name].required
        for name in {*old, *new}
    )
