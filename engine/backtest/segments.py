"""By what cases are told apart: a field of the accounts or contacts, or a measure or grade of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlglot import exp

from ...grammar.nodes import Level
from ..compiled import Compiled
from ..data import Dataset
from ..data.sql import column, rows, table
from ..links import key_of
from ..reads import Key
from ..suggest import did_you_mean, listing
from .question import NoSuch
from .scored import results_at
from .slices import OTHERS, UNKNOWN

if TYPE_CHECKING:
    from .sample import Sample

Owner = Literal["contact", "account"]
MOST = 12


def segment_names(ruleset: Compiled, dataset: Dataset, sample: Sample, by: str) -> list[str]:
    """The segment of each case; the rarest go together. See `check_segment`."""
    field = _field(by)
    values = _of_result(ruleset, dataset, sample, by) if field is None else _of_field(dataset, sample, *field)
    shown = [UNKNOWN if value is None else _shown(value) for value in values]
    counts: dict[str, int] = {}
    for text in shown:
        counts[text] = counts.get(text, 0) + 1
    kept = set(sorted(counts, key=lambda text: -counts[text])[: MOST if len(counts) <= MOST else MOST - 1])
    return [text if text in kept else OTHERS for text in shown]


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def check_segment(ruleset: Compiled, level: Level, by: str) -> None:
    """Raises NoSuch for what is no field of the data, and no measure or grade of the level."""
    field = _field(by)
    if field is None:
        known = [item.name for item in ruleset.model.measures(level)]
        known += [item.name for item in ruleset.model.grades(level)]
        if by not in known:
            hint = f"write `--by account.industry`, or a measure or grade: {listing(known)}" if known else ""
            raise NoSuch(f"`{by}` is no field and no measure or grade of {level}s", did_you_mean(by, known, hint))
        return
    owner, name = field
    fields = ruleset.model.schema.fields(owner)
    if owner == "contact" and level == "account":
        message = "accounts are told apart by a field of `account`, and this is one of `contact`"
        raise NoSuch(message, listing(f"account.{each}" for each in ruleset.model.schema.account))
    if name not in fields:
        raise NoSuch(f"`{owner}` has no field `{name}`", did_you_mean(name, fields))
    if Key("derived", "lead" if owner == "contact" else "account", name) in map(key_of, ruleset.model.order):
        hint = f"give it a name in the rules: `measure segment for {level} = {owner}.{name}`, and `--by segment`"
        raise NoSuch(f"`{owner}.{name}` is derived by the rules, and results do not hold it", hint)


def _field(by: str) -> tuple[Owner, str] | None:
    owner, _, name = by.partition(".")
    if not name or owner not in ("contact", "account"):
        return None
    return ("contact" if owner == "contact" else "account"), name


def _of_result(ruleset: Compiled, dataset: Dataset, sample: Sample, by: str) -> list[Any]:
    return results_at(ruleset.model, dataset, sample, (by,))[by]


def _of_field(dataset: Dataset, sample: Sample, owner: Owner, name: str) -> list[Any]:
    """The field as it was when each case was scored, where the data have versions of it."""
    records = _versions(dataset, f"{owner}s", name)
    if owner == "contact" or sample.level == "account":
        return [_then(records.get(id_, ()), int(at)) for id_, at in zip(sample.ids, sample.at, strict=True)]
    owners = _versions(dataset, "contacts", "account_id")
    accounts = [_then(owners.get(id_, ()), int(at)) for id_, at in zip(sample.ids, sample.at, strict=True)]
    return [_then(records.get(str(of), ()), int(at)) for of, at in zip(accounts, sample.at, strict=True)]


def _versions(dataset: Dataset, of: str, name: str) -> dict[str, list[tuple[int | None, Any]]]:
    """The values of a field for each record, the earliest first."""
    query = exp.select(column("id"), column("valid_from"), column(name)).from_(table(of))
    found: dict[str, list[tuple[int | None, Any]]] = {}
    for id_, since, value in rows(dataset.connection.cursor(), query):
        found.setdefault(str(id_), []).append((None if since is None else int(str(since)), value))
    for versions in found.values():
        versions.sort(key=lambda version: (version[0] is not None, version[0] or 0))
    return found


def _then(versions: Any, at: int) -> Any:
    """The value at an instant."""
    value = None
    for since, given in versions:
        if since is None or since <= at:
            value = given
    return value
