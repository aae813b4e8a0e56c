"""The public face of a ruleset: load it, score data, explain one id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..grammar.diagnostics import Diagnostic
from ..grammar.late_methods import dataclass
from ..grammar.source import Source
from .compiling import Compiled, RulesetError, compile_at, shipped
from .schema import Schema

if TYPE_CHECKING:
    from .explain import Explanation
    from .frames import Results
    from .scoring import Data, Engine, Instant

__all__ = ["Ruleset", "RulesetError", "check", "compile_ruleset", "load", "shipped"]


@dataclass(frozen=True)
class Ruleset(Compiled):
    """A sound ruleset. `load` makes it; `diagnostics` are its warnings.

    >>> rules = load("by-example")
    >>> rules.name, rules.model.params["mqa_threshold"]
    ('by-example', 65.0)
    """

    def score(
        self,
        data: Data,
        *,
        as_of: Instant,
        params: Mapping[str, object] | None = None,
        engine: Engine = "duckdb",
        contributions: bool = True,
        history: bool = False,
    ) -> Results:
        """Score every lead and account of the data as of an instant.

        `data` is a folder or file, or a mapping with `accounts`, `contacts` and `events` as lists of dicts, Arrow
        tables, pandas or polars frames. `as_of` is an ISO text, a date (its last microsecond in the ruleset's
        timezone), a datetime, microseconds since 1970, or `latest`. `params` override params of the rules.
        With `history` also since when each is at its stage, and when each stage was first reached: the days before are
        worked out for that. Raises RulesetError, DataError, and ValueError for an instant that is none.

        >>> visit = {"id": 1, "type": "page_view", "timestamp": "2026-03-01T09:00Z", "contact_id": "ann"}
        >>> visit["page"] = "pricing"
        >>> data = {"contacts": [{"id": "ann", "account_id": "acme", "role": "economic_buyer"}], "events": [visit]}
        >>> results = load("by-example").score(data, as_of="2026-03-01")
        >>> [(lead["id"], lead["engagement"]) for lead in results.leads]
        [('ann', 21.0)]
        """
        from .scoring import score

        return score(
            self, data, as_of=as_of, params=params, engine=engine, contributions=contributions, history=history
        )

    def explain(
        self,
        entity: str,
        data: Data,
        *,
        as_of: Instant,
        params: Mapping[str, object] | None = None,
        level: Literal["lead", "account"] | None = None,
        goal: str | None = None,
        since: bool | None = None,
    ) -> Explanation:
        """Why the lead or account of that id has its scores and its stage, down to the events.

        `level` decides where a lead and an account have the same id. With a `goal`, a stage or the id of a line,
        `.next` has the smallest sets of further events that reach it. `.arrival` says since when the stage is the
        present one, and what tipped it: without `since` as far back as can be looked in less than about half a
        second, or, where it hangs on everybody, 7 to 30 days. Raises LookupError without such an id or goal.
        """
        from .scoring import explain

        return explain(self, entity, data, as_of=as_of, params=params, level=level, goal=goal, since=since)


def load(
    path: str | Path,
    *,
    params: Mapping[str, object] | None = None,
    data: str | Path | Mapping[str, object] | None = None,
) -> Ruleset:
    """The ruleset at a path (a folder, a `.rules` file), or one that ships, by its name.

    `params` override params of the rules; `data` show a single file of rules the event types and fields that they have.
    Raises RulesetError with all findings if there is an error, DataError if the data cannot be used.

    >>> load("by-example", params={"mqa_threshold": 70}).model.params["mqa_threshold"]
    70.0
    """
    inferred = None
    if data is not None and Path(path).is_file():
        from .data import infer_schema

        inferred = infer_schema(data)
    ruleset, findings, sources = compile_ruleset(path, params=params, inferred=inferred)
    if ruleset is None:
        raise RulesetError(findings, sources)
    return ruleset


def check(path: str | Path, *, params: Mapping[str, object] | None = None) -> list[Diagnostic]:
    """Everything that is wrong or doubtful in a ruleset, without raising; nothing where it is sound and clean.

    >>> check("starter")
    []
    >>> [(finding.code, finding.hint) for finding in check("by-exampel")]
    [('R101', 'did you mean `by-example`?')]
    """
    return compile_ruleset(path, params=params)[1]


def compile_ruleset(
    path: str | Path,
    *,
    params: Mapping[str, object] | None = None,
    inferred: Schema | None = None,
    linted: bool = True,
) -> tuple[Ruleset | None, list[Diagnostic], dict[str, Source]]:
    """As `load`, but nothing raises: the ruleset if it is sound, all findings, and the texts that they point into."""
    found, findings, sources = compile_at(path, params=params, inferred=inferred, linted=linted)
    if found is None:
        return None, findings, sources
    return Ruleset(**{spec.name: getattr(found, spec.name) for spec in fields(found)}), findings, sources
