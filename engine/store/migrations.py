"""The tables of a store, step by step: a new store takes all steps, an older one those that it lacks.

A step that was released is never changed. What each table holds is told in docs/store.md.
"""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # what is known of the store itself, and of the rules that it keeps the results of
        "CREATE TABLE store_version (version INTEGER, made_by VARCHAR)",
        "CREATE TABLE rulesets (fingerprint VARCHAR, name VARCHAR, timezone VARCHAR, params VARCHAR, stages VARCHAR)",
        # one row for each instant that is kept, and one for each time that something was written
        "CREATE TABLE snapshots (instant BIGINT, fingerprint VARCHAR, version VARCHAR, counts VARCHAR, lines VARCHAR)",
        "CREATE TABLE runs (run INTEGER, made_at BIGINT, instant BIGINT, what VARCHAR, fingerprint VARCHAR, "
        "version VARCHAR, made_by VARCHAR, source VARCHAR, leads BIGINT, accounts BIGINT)",
        # names as small numbers
        "CREATE TABLE entities (level VARCHAR, entity INTEGER, id VARCHAR)",
        "CREATE TABLE entries (entry INTEGER, level VARCHAR, score VARCHAR, line VARCHAR, kind VARCHAR)",
        "CREATE TABLE result_columns (level VARCHAR, role VARCHAR, title VARCHAR, kind VARCHAR, name VARCHAR)",
        # results and contributions: as they are now, and how they became so (see changes.py)
        "CREATE TABLE lead_now (entity INTEGER, account_id VARCHAR, stage VARCHAR, disqualified VARCHAR)",
        "CREATE TABLE lead_changes (instant BIGINT, gone BOOLEAN, entity INTEGER, account_id VARCHAR, stage VARCHAR, "
        "disqualified VARCHAR)",
        "CREATE TABLE account_now (entity INTEGER, stage VARCHAR, disqualified VARCHAR)",
        "CREATE TABLE account_changes (instant BIGINT, gone BOOLEAN, entity INTEGER, stage VARCHAR, "
        "disqualified VARCHAR)",
        *(
            statement
            for level in ("lead", "account")
            for statement in (
                f"CREATE TABLE {level}_entry_now (entity INTEGER, entry INTEGER, points BIGINT, events BIGINT, "
                "first BIGINT, last BIGINT)",
                f"CREATE TABLE {level}_entry_changes (instant BIGINT, gone BOOLEAN, entity INTEGER, entry INTEGER, "
                "points BIGINT, events BIGINT, first BIGINT, last BIGINT)",
            )
        ),
        "CREATE TABLE moves (instant BIGINT, level VARCHAR, entity INTEGER, was VARCHAR, now VARCHAR)",
    ),
    (
        # the fields of accounts, such as their owner: moves are told by them
        "CREATE TABLE account_field_now (entity INTEGER)",
        "CREATE TABLE account_field_changes (instant BIGINT, gone BOOLEAN, entity INTEGER)",
    ),
    (
        # events, typed and checked, by the files that they were read from (see typed.py)
        "CREATE TABLE typed_parts (part INTEGER, typing VARCHAR, by_type VARCHAR)",
        "CREATE TABLE typed_files (part INTEGER, name VARCHAR, size BIGINT, changed BIGINT, settled BOOLEAN, "
        "digest VARCHAR)",
        'CREATE TABLE typed_events ("#part" INTEGER)',
    ),
    (
        # what a day must tell the next one about stages (see memory.py); days are counted from the year 1
        "CREATE TABLE memories (number INTEGER, day INTEGER, key VARCHAR, first INTEGER, names VARCHAR)",
        "CREATE TABLE memory (number INTEGER, level VARCHAR, id VARCHAR, digest HUGEINT, there BOOLEAN, "
        "told VARCHAR[])",
    ),
    (
        # what new events are added to (see state.py): tables of steps, whose names begin with `state: `
        "CREATE TABLE state (key VARCHAR, instant BIGINT, run INTEGER, parts VARCHAR, records VARCHAR)",
    ),
)

LATEST = len(MIGRATIONS)
