"""Each lint that needs data: records in which it finds something, and nearly equal ones in which it must be silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.data_lints.absent import absent_events, absent_links, absent_values, mostly_missing
from scoreline.engine.data_lints.catalogue import DataLint, lint_with_data
from scoreline.engine.data_lints.edges import params_at_the_edge
from scoreline.engine.data_lints.groups import missing_groups
from scoreline.engine.data_lints.near_values import near_values
from scoreline.engine.data_lints.never import never_fires
from scoreline.engine.data_lints.observed import Observed
from scoreline.engine.data_lints.surface import surface
from scoreline.engine.data_lints.twice import twice
from scoreline.engine.data_lints.unread_events import unread_events
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.ruleset import compile_ruleset
from scoreline.grammar.diagnostics import Diagnostic

from ..data.connections import fresh

NOW = 1_772_366_400_000_000  # 2026-03-01T12:00Z
MANIFEST = """\
scoreline: 1
name: seen
version: 1.0.0
files: [all.rules]
schema:
  contact: {role: text, title: text, grade: [gold, silver], vip: bool}
  account: {industry: text, employees: number}
  events:
    page_view: {page: text}
    email_open: {campaign: text}
    form_submit: {form_name: text}
    webinar: {title: text, minutes: number}
"""
Data = dict[str, list[dict[str, Any]]]
Found = Callable[..., list[Diagnostic]]


def people(count: int = 40) -> Data:
    """Contacts of 10 accounts, each with a role, a title, and a page view."""
    return {
        "accounts": [{"id": f"a{n}", "industry": "software", "employees": 100} for n in range(10)],
        "contacts": [
            {"id": f"c{n}", "account_id": f"a{n % 10}", "role": "champion", "title": "head", "vip": n % 2 == 0}
            for n in range(count)
        ],
        "events": [event(f"v{n}", n, "page_view", page="home") for n in range(count)],
    }


def event(id_: str, contact: int, type_: str, **properties: Any) -> dict[str, Any]:
    return {"id": id_, "type": type_, "contact_id": f"c{contact}", **properties}


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Found]:
    """Finds by all lints, or by only one of them."""

    def find(rules: str, data: Data, only: DataLint | None = None, manifest: str = MANIFEST) -> list[Diagnostic]:
        (tmp_path / "ruleset.yaml").write_text(manifest, encoding="utf-8")
        (tmp_path / "all.rules").write_text(rules, encoding="utf-8")
        ruleset, findings, _ = compile_ruleset(tmp_path)
        assert ruleset is not None, findings
        dataset = Dataset.from_population(typed(data), ruleset.model.schema, fresh())
        if only is None:
            return lint_with_data(ruleset, dataset, NOW)
        with Observed(ruleset, dataset, NOW) as observed:
            return list(only(observed))

    yield find


def typed(data: Data) -> Population:
    return Population(
        [Account(each["id"], _rest(each)) for each in data["accounts"]],
        [Contact(each["id"], each.get("account_id"), _rest(each)) for each in data["contacts"]],
        [
            Event(each["id"], each["type"], NOW, each["contact_id"], None if each["contact_id"] else "a0", _rest(each))
            for each in data["events"]
        ],
    )


def _rest(record: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in record.items() if name not in ("id", "account_id", "contact_id", "type")}
    return {name: float(value) if type(value) is int else value for name, value in rest.items()}


def messages(findings: list[Diagnostic], code: str) -> list[str]:
    return [item.message for item in findings if item.code == code]


# --- L601, L602, L603: what is not there -------------------------------------------------------------------------


FIT = "score fit for lead:\n    gold: contact.grade == 'gold' => +10\n"


def test_a_field_that_nobody_has(found: Found) -> None:
    (only,) = [item for item in found(FIT, people(), absent_values) if item.code == "L601"]
    assert only.message == "none of 40 contacts has a value for `grade`"
    assert (only.span.line, only.severity) == (2, "warning")


def test_one_who_has_it_is_enough(found: Found) -> None:
    data = people()
    data["contacts"][0]["grade"] = "silver"
    assert messages(found(FIT, data, absent_values), "L601") == []


def test_what_rules_derive_need_not_be_there(found: Found) -> None:
    rules = f"derive contact.grade:\n    contact.role == 'champion' => 'gold'\n{FIT}"
    assert messages(found(rules, people(), absent_values), "L601") == []


def test_no_accounts_at_all_is_one_finding(found: Found) -> None:
    data = {**people(), "accounts": []}
    rules = "score fit for account:\n    a: account.industry == 'software' => +1\n    b: account.employees > 10 => +1\n"
    for contact in data["contacts"]:
        del contact["account_id"]
    (told,) = messages(found(rules, data, absent_values), "L601")
    assert told == "there are no accounts in the data, and rules read `industry`, `employees` of them"


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("score s for account:\n    busy: count(leads where role == 'champion') >= 1 => +5\n", True),
        ("score s for lead:\n    large: account.employees > 10 => +5\n", True),
        ("score s for lead:\n    role: contact.role == 'champion' => +5\n", False),
        ("score s for account:\n    large: account.employees > 10 => +5\n", False),
    ],
)
def test_people_who_belong_to_no_account(found: Found, rules: str, told: bool) -> None:
    data = people()
    for contact in data["contacts"][1:]:
        del contact["account_id"]
    assert messages(found(rules, data, absent_links), "L601") == []  # one who does is enough
    del data["contacts"][0]["account_id"]
    wanted = ["none of 40 contacts belongs to an account"] if told else []
    assert messages(found(rules, data, absent_links), "L601") == wanted


def test_a_property_that_no_event_of_its_type_has(found: Found) -> None:
    data = people()
    data["events"] += [event(f"w{n}", n, "webinar", title="intro") for n in range(5)]
    rules = "score s for lead:\n    long: webinar(where minutes >= 30) => +5\n"
    assert messages(found(rules, data, absent_values), "L601") == [
        "none of 5 `webinar` events has a value for `minutes`"
    ]
    data["events"][-1]["minutes"] = 3
    assert messages(found(rules, data, absent_values), "L601") == []


def test_event_types_that_never_come(found: Found) -> None:
    rules = "score s for lead:\n    web: webinar => +5\n    seen: page_view => +1\n"
    (only,) = [item for item in found(rules, people(), absent_events) if item.code == "L602"]
    assert (only.message, only.severity) == ("there is no event of type `webinar` in the data", "info")


def test_a_type_beside_others_may_be_missing(found: Found) -> None:
    rules = "signal activity = page_view or webinar\nscore s for lead:\n    busy: activity => +5\n"
    assert messages(found(rules, people(), absent_events), "L602") == []


ROLE = "score s for lead:\n    champion: contact.role == 'champion' => +5\n"


def test_a_field_that_hardly_anybody_has(found: Found) -> None:
    data = people()
    for contact in data["contacts"][:38]:
        del contact["role"]
    assert messages(found(ROLE, data, mostly_missing), "L603") == ["`contact.role` is missing for 95 % of 40 contacts"]


@pytest.mark.parametrize(
    ("kept", "count", "rules"),
    [
        (5, 40, ROLE),  # known for more than one of ten
        (2, 20, ROLE),  # too few to say anything
        (2, 40, "score s for lead:\n    unknown: contact.role is missing => +5\n"),  # asked on purpose
    ],
)
def test_it_is_silent_where_that_may_be_right(found: Found, kept: int, count: int, rules: str) -> None:
    data = people(count)
    for contact in data["contacts"][kept:]:
        del contact["role"]
    assert messages(found(rules, data, mostly_missing), "L603") == []


def test_a_mark_that_few_have_is_no_missing_value(found: Found) -> None:
    data = people()
    rules = "score s for lead:\n    vip: contact.vip => +5\n"
    for contact in data["contacts"]:
        del contact["vip"]
    data["contacts"][0]["vip"] = True
    assert messages(found(rules, data, mostly_missing), "L603") == []
    data["contacts"][1]["vip"] = False
    assert len(messages(found(rules, data, mostly_missing), "L603")) == 1


# --- L604: lines that never fire ---------------------------------------------------------------------------------


def test_a_line_that_fires_for_nobody_says_which_part_is_in_the_way(found: Found) -> None:
    rules = "score s for lead:\n    both: contact.role == 'champion' and page_view(where page == 'pricing') => +5\n"
    (only,) = [item for item in found(rules, people(), never_fires) if item.code == "L604"]
    assert only.message == "line `both` fires for none of 40 leads"
    assert only.hint == "`page_view(where page == 'pricing')` holds for none, `contact.role == 'champion'` for 40"


def test_parts_that_hold_apart(found: Found) -> None:
    data = people()
    data["contacts"][0]["role"] = "buyer"
    data["events"].append(event("p", 1, "page_view", page="pricing"))
    rules = "score s for lead:\n    both: contact.role == 'buyer' and page_view(where page == 'pricing') => +5\n"
    (only,) = [item for item in found(rules, data, never_fires) if item.code == "L604"]
    assert only.hint.endswith("for 1), but never for the same lead")


def test_an_item_that_is_always_passed_over(found: Found) -> None:
    data = people()
    data["events"] += [event(f"p{n}", n, "page_view", page="pricing") for n in range(3)]
    rules = (
        "score s for lead:\n    first of:\n        any: page_view => +5\n"
        "        pricing: page_view(where page == 'pricing') => +9\n"
    )
    (only,) = [item for item in found(rules, data, never_fires) if item.code == "L604"]
    assert only.hint == "its condition holds, but an item before it in the block is always taken"


def test_an_each_line_that_finds_no_event(found: Found) -> None:
    rules = "score s for lead:\n    each page_view(where page == 'pricing') => +5\n"
    (only,) = [item for item in found(rules, people(), never_fires) if item.code == "L604"]
    assert only.hint == "there are events (40 `page_view`), and none that the line counts as of this instant"


def test_events_of_accounts_are_none_of_leads(found: Found) -> None:
    data = people()
    data["events"] += [{**event(f"w{n}", 0, "webinar", title="intro"), "contact_id": None} for n in range(3)]
    (only,) = found("score s for lead:\n    web: webinar => +5\n", data, never_fires)
    assert only.hint == (
        "there are events (3 `webinar`), and none of them names a contact: only account rules see them"
    )


@pytest.mark.parametrize(
    ("rules", "count"),
    [
        ("score s for lead:\n    seen: page_view => +5\n", 40),  # it fires
        ("score s for lead:\n    buyer: contact.role == 'buyer' => +5\n", 20),  # too few to say anything
        (FIT, 40),  # what it reads is missing: told as L601
        ("score s for lead:\n    web: webinar => +5\n", 40),  # no such event: told as L602
        ("score s for lead:\n    seen: page_view => +1\n    out: contact.role == 'x' => disqualify 'x'\n", 40),
        ("score s for lead:\n    seen: page_view => +1\n    half: contact.role == 'buyer' => *0.5\n", 40),
    ],
)
def test_it_does_not_tell_of_lines_that_fire_or_wait(found: Found, rules: str, count: int) -> None:
    assert messages(found(rules, people(count), never_fires), "L604") == []


# --- L605: values next to those that are named -------------------------------------------------------------------


def with_roles(*roles: tuple[str, int]) -> Data:
    data = people(sum(count for _, count in roles))
    each = (role for role, count in roles for _ in range(count))
    for contact, role in zip(data["contacts"], each, strict=True):
        contact["role"] = role
    return data


BUYER = "score s for lead:\n    buyer: contact.role == 'economic_buyer' => +5\n"


@pytest.mark.parametrize("slip", ["economic buyer", "Economic-Buyer", "economicbuyer"])
def test_other_signs_between_the_same_words(found: Found, slip: str) -> None:
    (only,) = [
        item
        for item in found(BUYER, with_roles((slip, 21), ("economic_buyer", 20)), near_values)
        if item.code == "L605"
    ]
    assert only.message == (f"`contact.role` is `{slip.lower()}` for 21 contacts; the rules say `economic_buyer`")
    assert only.span.line == 2


def test_the_named_value_itself_may_never_occur(found: Found) -> None:
    (told,) = messages(found(BUYER, with_roles(("economic buyer", 3)), near_values), "L605")
    assert told.endswith("the rules say `economic_buyer`, which never occurs")


def test_a_letter_that_slipped(found: Found) -> None:
    told = messages(found(BUYER, with_roles(("ecnomic_buyer", 2), ("economic_buyer", 40)), near_values), "L605")
    assert told == ["`contact.role` is `ecnomic_buyer` for 2 contacts; the rules say `economic_buyer`"]


@pytest.mark.parametrize(
    ("value", "count", "named"),
    [
        ("ecnomic_buyer", 30, "economic_buyer"),  # as frequent: another value
        ("said", 1, "paid"),  # too short to be sure
        ("tier_1", 1, "tier_2"),  # numbers differ on purpose
        ("plan_a", 1, "plan_b"),
        ("managers", 1, "manager"),  # a plural
        ("influencer", 1, "economic_buyer"),
        ("ECONOMIC_BUYER", 5, "economic_buyer"),  # case is ignored by rules, too
    ],
)
def test_values_that_are_values_of_their_own(found: Found, value: str, count: int, named: str) -> None:
    rules = BUYER.replace("economic_buyer", named)
    assert messages(found(rules, with_roles((value, count), (named, 40)), near_values), "L605") == []


@pytest.mark.parametrize(
    "other",
    [
        "contact.role == 'economic buyer'",
        "contact.role contains 'economic b'",
        "contact.role matches /^economic b/",
        "contact.role in ['x', 'economic buyer']",
        "contact.role like 'economic?buyer'",
    ],
)
def test_a_value_that_another_rule_sees(found: Found, other: str) -> None:
    rules = f"{BUYER}    other: {other} => +5\n"
    assert messages(found(rules, with_roles(("economic buyer", 5), ("economic_buyer", 5)), near_values), "L605") == []


def test_tables_and_properties_name_values_too(found: Found) -> None:
    data = people()
    data["events"] += [event(f"f{n}", n, "form_submit", form_name="book-demo") for n in range(4)]
    rules = (
        "signal requested(form) = form_submit where form_name == form\n"
        "table worth = {book_demo: 5} default 0\n"
        "score s for lead:\n    each form_submit => +worth(form_name)\n"
    )
    assert messages(found(rules, data, near_values), "L605") == [
        "`form_name` is `book-demo` for 4 events; the rules say `book_demo`, which never occurs"
    ]
    asked = rules.replace("each form_submit => +worth(form_name)", "demo: requested('book_demo') => +5")
    assert len(messages(found(asked, data, near_values), "L605")) == 1


# --- L606, L607, L608 -------------------------------------------------------------------------------------------------


def test_events_that_no_rule_reads(found: Found) -> None:
    data = people()
    data["events"] += [event(f"o{n}", n, "email_open", campaign="spring") for n in range(40)]
    rules = "signal opened = email_open\nscore s for lead:\n    seen: page_view => +1\n"
    told = messages(found(rules, data, unread_events), "L606")
    assert told == ["50 % of all events are of types that no rule reads: `email_open` (40)"]
    assert messages(found(f"ignore email_open\n{rules}", data, unread_events), "L606") == []
    assert messages(found(f"{rules}    mail: opened => +1\n", data, unread_events), "L606") == []


def browsing(forms: int) -> Data:
    data = people()
    data["events"] += [event(f"x{n}", n % 40, "page_view", page="home") for n in range(400)]
    data["events"] += [event(f"f{n}", n, "form_submit", form_name="demo") for n in range(forms)]
    return data


SURFACE = "score s for lead:\n    views: each page_view => +1\n    form: form_submit => +20\n"


def test_looking_that_outweighs_acting(found: Found) -> None:
    (only,) = [item for item in found(SURFACE, browsing(10), surface) if item.code == "L607"]
    assert only.message == "68.8 % of the points for behaviour in `s` are for looking and opening"
    assert only.label == "440 points in these data"


@pytest.mark.parametrize(
    "rules",
    [
        SURFACE.replace("+20", "+40"),  # acting weighs more
        SURFACE.replace("=> +1", "=> +1 max 3"),  # bounded
        SURFACE.replace("    views", "    group looking max 3:\n        views"),
        "score s for lead:\n    views: each page_view => +1\n",  # looking is all it is meant to count
        SURFACE.replace("each page_view", "each page_view(where page == 'home')"),  # this page is meant
    ],
)
def test_looking_that_is_kept_small_or_meant(found: Found, rules: str) -> None:
    assert messages(found(rules, browsing(10), surface), "L607") == []


OPENS = "score s for lead:\n    opens: each email_open at most 1 per campaign => +1\n"


def mails(without: int) -> Data:
    data = people()
    data["events"] += [event(f"o{n}", n % 40, "email_open", campaign="spring") for n in range(200)]
    data["events"] += [event(f"x{n}", n % 40, "email_open") for n in range(without)]
    return data


def test_a_limit_per_something_that_many_events_lack(found: Found) -> None:
    (only,) = found(OPENS, mails(50), missing_groups)
    assert only.message == "`campaign` is missing for 20 % of the events of line `opens`"
    assert (only.code, only.span.line, only.severity) == ("L609", 2, "warning")


def test_a_limit_per_something_that_hardly_any_event_lacks(found: Found) -> None:
    assert list(found(OPENS, mails(20), missing_groups)) == []
    assert list(found(OPENS.replace("per campaign", "per day"), mails(50), missing_groups)) == []
    asked_for = OPENS.replace("email_open", "email_open(where campaign is known)")
    assert list(found(asked_for, mails(50), missing_groups)) == []


TWICE = "score s for lead:\n    form: form_submit => +20\n    demo: form_submit(where form_name == 'demo') => +10\n"


def test_two_lines_that_are_one(found: Found) -> None:
    data = people(100)
    data["events"] += [event(f"f{n}", n, "form_submit", form_name="demo") for n in range(50)]
    (only,) = [item for item in found(TWICE, data, twice) if item.code == "L608"]
    assert only.message == "line `demo` fires for the same leads as `form`"
    assert (only.label, only.related[0].span.line) == ("both fire for 50 of 50 leads", 2)


@pytest.mark.parametrize(("forms", "others", "of"), [(50, 10, 100), (20, 0, 100), (90, 0, 100)])
def test_lines_that_tell_people_apart(found: Found, forms: int, others: int, of: int) -> None:
    data = people(of)
    data["events"] += [
        event(f"f{n}", n, "form_submit", form_name="demo" if n < forms else "other") for n in range(forms + others)
    ]
    assert messages(found(TWICE, data, twice), "L608") == []


def test_lines_of_which_only_one_counts_are_not_twice(found: Found) -> None:
    data = people(100)
    data["events"] += [event(f"f{n}", n, "form_submit", form_name="demo") for n in range(50)]
    body = "".join(f"    {line}\n" for line in TWICE.splitlines()[1:])
    assert messages(found(f"score s for lead:\n    first of:\n{body}", data, twice), "L608") == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("90 in 40..90", ["`threshold` is 90, the upper end of its range"]),
        ("40 in 40..90", ["`threshold` is 40, the lower end of its range"]),
        ("60 in 40..90", []),
        ("100 in 40..100", []),  # there is no more than all
        ("0 in 0..90", []),  # switched off
        ("40", []),
    ],
)
def test_params_at_the_end_of_their_range(found: Found, written: str, told: list[str]) -> None:
    rules = (
        f"param threshold = {written}\nscore s for lead:\n    each page_view => +1\n    x: page_view => +threshold\n"
    )
    assert messages(found(rules, people(), params_at_the_edge), "L610") == told


# --- allowances and severities --------------------------------------------------------------------------------------


def test_they_are_allowed_and_graded_like_all_lints(found: Found) -> None:
    allowed = FIT.replace("=> +10", "=> +10  # allow L601 filled from April on")
    assert messages(found(allowed, people()), "L601") == []
    graded = found(FIT, people(), manifest=f"{MANIFEST}lints: {{L601: error}}\n")
    assert [item.severity for item in graded if item.code == "L601"] == ["error"]
    assert messages(found(FIT, people(), manifest=f"{MANIFEST}lints: {{L601: off}}\n"), "L601") == []


def test_an_allowance_is_judged_only_where_data_were_read(found: Found, tmp_path: Path) -> None:
    rules = "score s for lead:\n    seen: page_view => +1  # allow L601 of old\n"
    rules += "    # allow L402 not here\n    x: page_view => +2\n"
    told = [item for item in found(rules, people()) if item.code == "L505"]
    assert [item.message for item in told] == ["nothing here is a `L601`"]
    _, without, _ = compile_ruleset(tmp_path)
    assert [item.message for item in without if item.code == "L505"] == ["nothing here is a `L402`"]
