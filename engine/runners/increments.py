"""Runs a plan over what has changed since a run before: finds whom new events touch, and works out these alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..instants import Zone
from ..plan.fixed import at_instant
from ..plan.increment import (
    BY_CONTACT,
    CARRIED,
    COUNTS,
    EVENTS_READ,
    KEPT,
    LEADS_ASKED,
    TOUCHED,
    Increment,
    NotAdditive,
    Settled,
    level_of,
)
from ..plan.steps import LEVELS
from ..sql.queries import table
from ..sql.statements import temporary, text
from .embedded import Run
from .filling import instant_values
from .making import AnyStep, make_steps

Place = Callable[[str], exp.Table]
"""Where the table of a step of the run before is."""

RECOUNTED = "recounted lead"
"""The leads all of whose events are counted anew."""
ARRIVED: dict[Level, str] = {"lead": "arrived lead", "account": "arrived account"}
"""Those whom only new events name, as they are numbered now."""


def run_increment(
    increment: Increment,
    data: Dataset,
    as_of: int,
    before: Place,
    events: str,
    steps: Sequence[AnyStep] | None = None,
) -> Added:
    """The results of those who are touched by the events of a table, which are also among all events of the data.
    `steps` are those of the plan, prepared for any instant.

    Beside the results stay the tables TOUCHED, RECOUNTED and ARRIVED, what was found in the new events, and what is
    read of those who are touched. Raises NotAdditive where the run before is not enough.
    """
    cursor = data.connection.cursor()
    made = Added(increment.plan, as_of, cursor, data.counts, increment.plan.contributions is not None)
    try:
        changes = _Changes(increment, cursor, as_of, before, events)
        changes.find()
        constants = instant_values(increment.plan.instant, as_of, Zone.named(increment.plan.model.timezone))
        every = [at_instant(step, constants) for step in increment.plan.steps] if steps is None else steps
        kept = [step.name for step in every]  # small: they go with the run
        for settled in increment.settled:
            at = next(number for number, step in enumerate(every) if step.name in settled.steps)
            make_steps(cursor, every[:at], kept, instant=constants)
            every = every[at:]
            if changes.find_settled(settled):
                made.unchanged = (*made.unchanged, *settled.steps)
                every = [step for step in every if step.name not in settled.steps]
        make_steps(cursor, every, kept, instant=constants)
        made.counts()  # while what is known is still that of the run before
    except BaseException:
        made.close()
        raise
    return made


def make_people(
    increment: Increment, cursor: duckdb.DuckDBPyConnection, as_of: int, before: Place, events: str, since: int
) -> bool:
    """Makes the tables of all leads and accounts at an instant, by those of a run at an instant before: to these come
    whom only events name that are new, or had not happened or arrived then. Records have to be the same, and undated.

    Gives whether these tables are as they were. Raises NotAdditive where that is not enough.
    """
    if "lead_all" in increment.people:
        raise NotAdditive("the rules ignore contacts")
    changes = _Changes(increment, cursor, as_of, before, events)
    cursor.execute(_SINCE.format(events=events, since=int(since))).fetchall()
    changes.find_people()
    is_same = changes.are_people_as_they_were()
    for statement in map(_COPIED.format, LEVELS) if is_same else _NUMBERED:
        cursor.execute(statement).fetchall()
    if increment.carried:
        changes.find_carried(is_same)
    return is_same


PEOPLE = ("contact_now", "account_now", "named_contact", "named_account", "account", "lead")
"""The steps of a whole plan in the place of which people can be made so."""


@dataclass
class Added(Run):
    """A run of those whom new events touch, which has counted what became of all data; `unchanged` are steps that are
    as they were in the run before."""

    unchanged: Sequence[str] = ()


@dataclass(frozen=True)
class _Changes:
    """Makes the tables that the plan over what has changed reads."""

    increment: Increment
    cursor: duckdb.DuckDBPyConnection
    as_of: int
    before: Place
    events: str

    def find(self) -> None:
        self._view(EVENTS_READ, _all_of(table(self.events)))
        self.find_people()
        for name in self.increment.people:
            also = f' UNION ALL BY NAME FROM "arrived {name}"' if name in LEVELS else ""
            self._run(f'CREATE TEMP VIEW "{name}" AS FROM "known {name}"{also}')
        self._touched()
        self._events()
        self._view(f"{KEPT}{COUNTS}", _all_of(self.before(COUNTS)))
        for name in self.increment.found:
            self._view(f"{KEPT}{name}", self._kept(name))
        for name in self.increment.crossing:
            self._view(f"{KEPT}{name}", self._of_others(name))

    # --- who there is -------------------------------------------------------------------------------------------

    def find_people(self) -> None:
        """The leads and accounts of the run before, and those whom only new events name."""
        for name in self.increment.people:
            self._view(f"known {name}", _all_of(self.before(name)))
        for level, owner in _OWNERS.items():
            everyone = f"known {self._everyone(level)}"
            known = everyone if level == "lead" else "known account"  # some may be known that nobody named any more
            self._run(_NAMED.format(level=level, known=known, owner=owner))
            query = _ARRIVED.format(arrived=ARRIVED[level], everyone=everyone, level=level, owner=owner)
            self.cursor.execute(query, {"as_of": self.as_of}).fetchall()
            if self._is_screened and self._has_rows(ARRIVED[level]):
                raise NotAdditive("new events name others than before, and the rules ignore contacts")

    def are_people_as_they_were(self) -> bool:
        """Whether nobody arrives now, or has since all were numbered in the order of their ids."""
        return not any(self._has_rows(ARRIVED[level]) or self._is_in_disorder(level) for level in LEVELS)

    def _is_in_disorder(self, level: Level) -> bool:
        """Whether numbers are not in the order of ids. Most often rows lie in that order, which is soon seen."""
        return all(self._has(_DISORDER.format(level=level, order=order)) for order in ("", "ORDER BY key"))

    @property
    def _is_screened(self) -> bool:
        """Whether contacts are ignored, so that not all of them are leads."""
        return "lead_all" in self.increment.people

    def _everyone(self, level: Level) -> str:
        return f"{level}_all" if self._is_screened else level

    # --- whom it touches ----------------------------------------------------------------------------------------

    def _touched(self) -> None:
        if self.increment.screens:
            self._run(_RECOUNTED.format(everyone=self._everyone("lead")))
        self._run(_TOUCHED_LEADS_THAT_COUNT if self._is_screened else _TOUCHED_LEADS, _TOUCHED_ACCOUNTS)
        also: list[str] = []
        if self.increment.reads_contacts or self.increment.screens:
            also += _BY_CONTACTS
        if self.increment.reads_accounts:
            also += _BY_ACCOUNTS
        if also:
            also.append(_ACCOUNTS_OF_LEADS)
        while sum(self.cursor.execute(statement).fetchall()[0][0] for statement in also):
            pass
        self._run(_LEADS_ASKED)

    def _events(self) -> None:
        """The events that are new, with all of whoever is counted anew; all events of those who are touched."""
        if self.increment.carried:
            self._run(_EVENTS_NEW)
            self._view(f"{KEPT}{CARRIED}", self._carried())
            return
        self._run(_ASKED_ACCOUNTS, _ASKED_CONTACTS)
        if self.increment.needs_whole_contacts:
            self._run(_WHOLE_CONTACTS)
        recounts = self.increment.screens and self._has_rows(RECOUNTED)
        self._run(_EVENTS_RECOUNTED if recounts else _EVENTS_NEW, _EVENTS_ASKED)

    def find_settled(self, settled: Settled) -> bool:
        """What values of new events say, if all of them are known; whether that is so."""
        first, key = next(iter(settled.steps.items()))
        known = exp.select(exp.column(key, quoted=True)).from_(self.before(first)).subquery()
        is_known = exp.In(this=exp.column(settled.column, quoted=True), query=known)
        new = exp.select(exp.Literal.number(1)).from_(table(settled.relation)).where(exp.not_(is_known))
        if self._has(text(new.limit(1))):
            return False
        for name in settled.steps:
            self._view(name, _all_of(self.before(name)))
        return True

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self.cursor.execute(statement).fetchall()

    # --- what is known ------------------------------------------------------------------------------------------

    def find_carried(self, are_people_as_they_were: bool) -> None:
        """What is known of events, with the numbers that people have now."""
        self._run(_EVENTS_NEW)
        known = exp.alias_(self.before(CARRIED), "c", table=True)
        columns = {name: exp.column(name, "c", quoted=True) for name in self.increment.carried}
        found = exp.select().from_(known)
        for level in () if are_people_as_they_were else LEVELS:
            self._run(_NUMBERS.format(level=level))
            numbers = exp.alias_(table(f"numbers of each {level}"), level, table=True)
            is_same = exp.column("known", level, quoted=True).eq(columns[level])
            found = found.join(numbers, on=is_same, join_type="left")
            columns[level] = exp.column("now", level, quoted=True)
        self._view(
            f"{KEPT}{CARRIED}", found.select(*(exp.alias_(of, name, quoted=True) for name, of in columns.items()))
        )

    def _carried(self) -> exp.Select:
        """What is known of the events of those who are touched."""
        asked = exp.or_(*(_is_in(level, TOUCHED[level]) for level in LEVELS), copy=False)
        return _all_of(self.before(CARRIED)).where(asked, copy=False)

    def _kept(self, name: str) -> exp.Select:
        """What was found of those who are touched, but for what is counted anew."""
        found, level = _all_of(self.before(name)), level_of(name)
        if self.increment.screens:
            contact = "lead" if name.endswith(BY_CONTACT) else "owner"
            found = found.where(_is_not_in(contact, RECOUNTED), copy=False)
        return found if level is None else found.where(_is_in("owner", TOUCHED[level]), copy=False)

    def _of_others(self, name: str) -> exp.Select:
        level = level_of(name)
        assert level is not None
        others = _all_of(self.before(name)).where(_is_not_in("key", TOUCHED[level]), copy=False)
        if level == "account" or self.increment.reads_contacts:
            return others
        tells_account = "account" in self.increment.crossing[name]
        is_asked = _is_in("account", TOUCHED["account"]) if tells_account else _is_in("key", LEADS_ASKED)
        return others.where(is_asked, copy=False)

    def _view(self, name: str, query: exp.Select) -> None:
        self.cursor.execute(text(temporary(table(name), query, "VIEW")))

    def _has_rows(self, name: str) -> bool:
        return self._has(f'FROM "{name}" LIMIT 1')

    def _has(self, query: str) -> bool:
        return bool(self.cursor.execute(query).fetchall())


def _all_of(relation: exp.Table) -> exp.Select:
    return exp.select(exp.Star(), copy=False).from_(relation, copy=False)


def _is_in(name: str, relation: str) -> exp.Expr:
    keys = exp.select(exp.column("key", quoted=True), copy=False).from_(table(relation), copy=False)
    return exp.In(this=exp.column(name, quoted=True), query=keys.subquery(copy=False))


def _is_not_in(name: str, relation: str) -> exp.Expr:
    """Also where the value is missing."""
    unknown = exp.column(name, quoted=True).is_(exp.null())
    return exp.paren(exp.or_(unknown, exp.not_(_is_in(name, relation), copy=False), copy=False), copy=False)


_OWNERS: dict[Level, str] = {"lead": "contact_id", "account": "account_id"}
_SINCE = """
CREATE TEMP TABLE "events read since" AS
FROM "{events}" WHERE "at" <= {since} AND (received_at IS NULL OR received_at <= {since})
UNION ALL BY NAME FROM events WHERE "at" > {since}
UNION ALL BY NAME FROM events WHERE "at" <= {since} AND received_at > {since}
"""  # tests of one column each: the engine passes over whole blocks
_DISORDER = """
SELECT 1 FROM (
    SELECT key, id, lag(key) OVER ({order}) AS key_before, lag(id) OVER ({order}) AS id_before FROM "known {level}"
)
WHERE key <= key_before OR id <= id_before LIMIT 1
"""
_COPIED = """
CREATE TEMP TABLE {0} AS FROM "known {0}"
"""
_NUMBERED = (
    """CREATE TEMP TABLE account AS SELECT row_number() OVER (ORDER BY id) AS key, * EXCLUDE (key)
    FROM (FROM "known account" UNION ALL BY NAME FROM "arrived account")""",
    """CREATE TEMP TABLE lead AS
    SELECT row_number() OVER (ORDER BY l.id) AS key, a.key AS account, l.* EXCLUDE (key, account)
    FROM (FROM "known lead" UNION ALL BY NAME FROM "arrived lead") AS l
    LEFT JOIN account AS a ON a.id = l.account_id""",
)
_NUMBERS = """
CREATE TEMP TABLE "numbers of each {level}" AS
SELECT o.key AS known, n.key AS now FROM "known {level}" AS o JOIN {level} AS n ON n.id = o.id
"""
_NAMED = """
CREATE TEMP TABLE "named {level}" AS
FROM "{known}" WHERE id IN (SELECT {owner} FROM "events read since")
"""
_ARRIVED = """
CREATE TEMP TABLE "{arrived}" AS
SELECT (SELECT coalesce(max(key), 0) FROM "{everyone}") + row_number() OVER (ORDER BY id) AS key, id, FALSE AS known
FROM (
    SELECT DISTINCT {owner} AS id FROM "events read since"
    WHERE "at" <= $as_of AND (received_at IS NULL OR received_at <= $as_of) AND {owner} IS NOT NULL
)
WHERE id NOT IN (SELECT id FROM "named {level}")
"""
_RECOUNTED = """
CREATE TEMP TABLE "recounted lead" AS
SELECT key, id FROM "{everyone}" WHERE id IN (SELECT contact_id FROM "events read since")
"""
_TOUCHED_LEADS = """
CREATE TEMP TABLE "touched lead" AS FROM "named lead" UNION ALL BY NAME FROM "arrived lead"
"""
_TOUCHED_LEADS_THAT_COUNT = """
CREATE TEMP TABLE "touched lead" AS FROM lead WHERE key IN (SELECT key FROM "named lead")
"""
_TOUCHED_ACCOUNTS = """
CREATE TEMP TABLE "touched account" AS
FROM account WHERE key IN (
    SELECT key FROM "named account" UNION ALL SELECT key FROM "arrived account"
    UNION ALL SELECT account FROM "touched lead" WHERE account IS NOT NULL
)
"""
_ACCOUNTS_OF_LEADS = """
INSERT INTO "touched account" BY NAME
FROM account WHERE key IN (SELECT account FROM "touched lead" WHERE account IS NOT NULL)
AND key NOT IN (SELECT key FROM "touched account")
"""
_BY_CONTACTS = (
    """INSERT INTO "touched account" BY NAME
    FROM account WHERE id IN (
        SELECT e.account_id FROM events AS e JOIN "touched lead" AS l ON l.id = e.contact_id
        WHERE e.account_id IS NOT NULL
    )
    AND key NOT IN (SELECT key FROM "touched account")""",
)
_BY_ACCOUNTS = (
    """INSERT INTO "touched lead" BY NAME
    FROM lead WHERE account IN (SELECT key FROM "touched account") AND key NOT IN (SELECT key FROM "touched lead")""",
    """INSERT INTO "touched lead" BY NAME
    FROM lead WHERE id IN (
        SELECT e.contact_id FROM events AS e JOIN "touched account" AS a ON a.id = e.account_id
        WHERE e.contact_id IS NOT NULL
    )
    AND key NOT IN (SELECT key FROM "touched lead")""",
)
_LEADS_ASKED = """
CREATE TEMP VIEW "leads of touched accounts" AS FROM lead WHERE account IN (SELECT key FROM "touched account")
"""
_ASKED_ACCOUNTS = """
CREATE TEMP TABLE "asked accounts" AS SELECT id FROM "touched account"
"""
_ASKED_CONTACTS = """
CREATE TEMP TABLE "asked contacts" AS
SELECT id FROM lead
WHERE key IN (SELECT key FROM "touched lead") OR account IN (SELECT key FROM "touched account")
"""
_WHOLE_CONTACTS = """
INSERT INTO "asked contacts"
SELECT DISTINCT contact_id FROM events
WHERE account_id IN (FROM "asked accounts") AND contact_id IS NOT NULL AND contact_id NOT IN (FROM "asked contacts")
"""
_EVENTS_NEW = """
CREATE TEMP VIEW events_new AS FROM "events read since"
"""
_EVENTS_RECOUNTED = """
CREATE TEMP VIEW events_new AS
FROM "events read since" WHERE contact_id IS NULL OR contact_id NOT IN (SELECT id FROM "recounted lead")
UNION ALL BY NAME FROM events WHERE contact_id IN (SELECT id FROM "recounted lead")
"""
_EVENTS_ASKED = """
CREATE TEMP VIEW events_asked AS
FROM events WHERE contact_id IN (FROM "asked contacts") OR account_id IN (FROM "asked accounts")
"""
