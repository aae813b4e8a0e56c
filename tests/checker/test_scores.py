"""Scores and other definitions in the model: lines, blocks, ids, decay, order, the fingerprint."""

from __future__ import annotations

from typing import Any

from scoreline.engine import model as m

from .shapes import DAY, PAGE, PAGES, line, number, selection, text

# --- lines and blocks -----------------------------------------------------------------------------------------------


def test_ids_are_made_from_the_text_and_numbered_in_file_order(read: Any) -> None:
    rules = """
score s for lead:
    contact.role == 'champion' => +1
    contact.role == 'champion' => +2 "twice"
    written: contact.role == 'champion' => +3
    x == 2 => +1
    x => +1
    x => +2
    visited('docs/*') within 30 days and contact.title contains 'chief' => +4
    first of:
        visited => +1
        otherwise => +2
measure x for lead = 3
""".replace("x == 2", "contact.age == 2").replace("    x =>", "    contact.age > 0 =>")
    outcome = read(rules)
    found = list(m.lines(outcome.only(m.Score).items))
    assert [item.id for item in found] == [
        "s.contact_role_champion",
        "s.contact_role_champion_2",
        "written",
        "s.contact_age_2",
        "s.contact_age_0",
        "s.contact_age_0_2",
        "s.visited_docs_within_30_days_and_contact_title",
        "s.visited",
        "s.otherwise",
    ]
    assert all(len(item.id) <= 48 for item in found)
    assert [item.has_written_id for item in found] == [False, False, True] + [False] * 6
    assert found[1].label == "twice"


def test_a_made_id_never_meets_another(read: Any) -> None:
    """`a` twice gives `a_2`; a text that itself reads `a 2` must not get the same."""
    rules = "score s for lead:\n    contact.age > 3 => +1\n    contact.age > 3 => +2\n    contact.age > 3 != 2 => +1\n"
    rules = rules.replace("contact.age > 3 != 2", "contact.age_3_2 == 1")
    manifest = "scoreline: 1\nname: a\nfiles: [rules.rules]\nschema: {contact: {age: number, age_3_2: number}}\n"
    ids = [item.id for item in read(rules, manifest=manifest).only(m.Score).items]
    assert ids == ["s.contact_age_3", "s.contact_age_3_2", "s.contact_age_3_2_1"]
    again = rules.replace("contact.age_3_2 == 1", "contact.age_3_2 > 0") + "    contact.age_3_2 > 0 => +5\n"
    ids = [item.id for item in read(again, manifest=manifest).only(m.Score).items]
    assert len(set(ids)) == 4


def test_param_names_stand_in_ids_not_their_values(read: Any) -> None:
    rules = "param top = 5\nscore s for lead:\n    contact.age > top => +1\n"
    assert read(rules).only(m.Score).items[0].id == "s.contact_age_top"


def test_disqualify_lines_are_definitions_with_the_when_around_them(read: Any) -> None:
    rules = """
score fit for lead:
    when contact.age > 3:
        when account.target:
            out: unsubscribed => disqualify 'left' for 180 days
score other for lead:
    contact.subscribed => disqualify 'second'
score size for account:
    account.target => disqualify 'third'
"""
    outcome = read(rules)
    first, second = outcome.model.disqualifications("lead")
    unsubscribed = selection(m.OfType(("unsubscribed",)))
    assert (first.id, first.reason, first.score) == ("out", "left", "fit")
    assert isinstance(first.condition, m.And)
    assert [type(item).__name__ for item in first.condition.items] == ["Compare", "Field", "Happened"]
    assert (first.lasting, first.ages_by) == (m.Length(number(180.0), DAY), unsubscribed)
    assert (second.id, second.reason) == ("other.contact_subscribed", "second")
    (third,) = outcome.model.disqualifications("account")
    assert first.position < second.position < third.position
    (when,) = outcome.only(m.Score, "fit").items
    assert when.items[0].items == ()


def test_the_default_decay_is_inherited_and_ages_by_the_only_selection(read: Any) -> None:
    rules = """
score s for lead:
    halves every 2 weeks
    each_one: each visited => +5
    once: visited within 30 days and contact.age > 3 => +5
    own: each visited => +5 fades over 12 hours
    none: contact.age > 3 => +5
    unclear: visited and webinar => +5
    factor: visited => *2
    group inner:
        group innermost:
            deep: each webinar => +5
    group other:
        fades over 30 days
        shallow: each webinar => +5
    when contact.age > 3:
        gated: each visited => +1
"""
    found = {item.id: item.decay for item in m.lines(read(rules).only(m.Score).items)}
    halves = m.Decay("halves", "day", 14.0)
    once = m.Selection("lead", m.And((PAGES, m.AgeWindow(None, m.Length(number(30.0), DAY)))))
    assert found == {
        "each_one": halves,
        "once": m.Decay("halves", "day", 14.0, ages_by=once),
        "own": m.Decay("fades", "hour", 12.0),
        "none": None,
        "unclear": None,
        "factor": None,
        "deep": halves,
        "shallow": m.Decay("fades", "day", 30.0),
        "gated": halves,
    }


def test_each_in_its_forms(read: Any) -> None:
    def each(text: str, level: str = "lead") -> m.Each | None:
        return line(read, text, level).each

    pages = selection(PAGES)
    assert each("each visited => +1") == m.Each("event", pages)
    assert each("each day with visited at least 3 times => +1") == m.Each(
        "day", pages, often=m.Often(">=", number(3.0), "times")
    )
    assert each("each page of visited => +1") == m.Each("value", pages, PAGE)
    wanted = m.LeadSet(m.Compare("==", m.Field("contact", "role", kind="text"), text("champion")))
    assert each("each lead where role == 'champion' => +1", "account") == m.Each("lead", leads=wanted)


def test_limits_and_bounds_in_the_order_of_the_language(read: Any) -> None:
    found = line(read, "each visited at most 3 per day at most 1 per page => +5 max 10 min -5 halves every 3 days")
    assert found.at_most == (m.AtMost(number(3.0), "day"), m.AtMost(number(1.0), "value", PAGE))
    assert found.bounds == (m.Bound("max", number(10.0)), m.Bound("min", number(-5.0)))
    assert line(read, "each visited at most 1 per contact => +1", "account").at_most == (
        m.AtMost(number(1.0), "contact"),
    )


def test_limits_look_at_the_types_of_the_line_not_of_its_sequences(read: Any) -> None:
    found = line(read, "each visited within 3 days after webinar at most 1 per page => +1")
    assert found.at_most == (m.AtMost(number(1.0), "value", PAGE),)


def test_names_in_points(read: Any) -> None:
    """A rule's own name goes before a property; `event.x` always means the property."""
    rules = "param amount = 3\nscore s for lead:\n    each deal => +amount\n    each deal => +event.amount\n"
    own, of_event = read(rules).only(m.Score).items
    assert (own.effect.value.param, of_event.effect.value) == ("amount", m.Prop("amount", kind="number"))


def test_ranges_with_open_ends(read: Any) -> None:
    heads = ("a for lead 0..", "b for lead ..100", "c for lead")
    outcome = read("".join(f"score {head}:\n    always => +1\n" for head in heads))
    ends = {score.name: (score.low, score.high) for score in outcome.model.scores("lead")}
    assert ends == {"a": (0.0, None), "b": (None, 100.0), "c": (None, None)}


def test_lines_outside_of_any_block_belong_to_the_score_points(read: Any) -> None:
    outcome = read(
        "always => +1\nscore points for lead 0..5:\n    inside: always => +2\ngroup g max 3:\n    always => +4\n"
    )
    score = outcome.only(m.Score)
    assert (score.name, score.high, len(score.items)) == ("points", 5.0, 3)
    assert read("always => +1\n").only(m.Score).name == "points"


# --- definitions and order ------------------------------------------------------------------------------------------


def test_each_definition_comes_after_all_that_it_reads(read: Any) -> None:
    rules = """
stages for account:
    MQA: readiness >= 50
score readiness for account:
    max(engagement of leads) > 3 => +5
score engagement for lead:
    contact.segment == 'a' => +5
    contact.age < 18 => disqualify 'young'
derive contact.segment = 'a' if pace > 3 else 'b'
measure pace for lead = count(visited)
"""
    order = [getattr(item, "name", None) or getattr(item, "id", "stages") for item in read(rules).model.order]
    assert order.index("pace") < order.index("segment") < order.index("engagement") < order.index("readiness")
    assert order.index("engagement.contact_age_18") < order.index("readiness") < order.index("stages")


def test_kinds_of_measures_and_derived_fields(read: Any) -> None:
    rules = """
measure a for lead = b
measure b for lead = contact.segment
derive contact.segment:
    contact.age > 3 => 'old'
measure c for lead = visited
measure d for lead = d2 > 3
measure d2 for lead = 1 if c else 2
"""
    outcome = read(rules)
    assert {item.name: item.value.kind for item in outcome.model.measures("lead")} == {
        "a": "text",
        "b": "text",
        "c": "bool",
        "d": "bool",
        "d2": "number",
    }
    assert outcome.model.schema.contact["segment"].kind == "text"


def test_a_chain_of_a_thousand_measures_in_the_wrong_order(read: Any) -> None:
    chain = [f"measure m{n} for lead = m{n + 1}" for n in range(1000)]
    outcome = read("\n".join([*chain, "measure m1000 for lead = 'text'"]))
    assert {item.value.kind for item in outcome.model.measures("lead")} == {"text"}


def test_grades_and_stages(read: Any) -> None:
    rules = """
param top = 75
score fit for lead 0..100:
    always => +5
grade rating for lead:
    fit: 'A+' >= top, B >= 50, C
    age: 1 >= 60, 2 >= 0
stages for lead, in order:
    MQL "Marketing qualified": fit >= 50 stays while fit >= 40
"""
    outcome = read(rules)
    grade, stages = outcome.only(m.Grade), outcome.model.stages("lead")
    assert [(axis.value, axis.rest) for axis in grade.axes] == [
        (m.Result("lead", "score", "fit", kind="number"), "C"),
        (m.Field("contact", "age", kind="number"), None),
    ]
    assert [(label, cut.value) for label, cut in grade.axes[0].cuts] == [("A+", 75.0), ("B", 50.0)]
    (stage,) = stages.stages
    assert (stage.name, stage.label, stages.in_order) == ("MQL", "Marketing qualified", True)
    assert isinstance(stage.stays_while, m.Compare)


# --- the fingerprint ------------------------------------------------------------------------------------------------

RULES = """
param top = 5
score a for lead 0..100:
    one: contact.age > top => +5 "label"
    two: contact.subscribed => disqualify 'x'
    three: account.target => disqualify 'y'
measure b for lead = count(visited)
"""


def test_the_fingerprint_is_that_of_the_meaning(read: Any) -> None:
    def fingerprint(rules: str, **more: Any) -> str:
        return read(rules, **more).model.fingerprint  # type: ignore[no-any-return]

    same = fingerprint(RULES)
    assert same.startswith("sha256:") and len(same) == 71
    score, measure = RULES.split("measure")
    assert fingerprint(f"# a comment\nmeasure{measure}\n\n{score}") == same
    assert fingerprint(RULES.replace('"label"', '"other"').replace(" > top", "   >   top")) == same
    assert fingerprint(RULES, params={"top": 6}) != same
    assert fingerprint(RULES.replace("+5", "+6")) != same
    assert fingerprint(RULES.replace("one:", "uno:")) != same
    swapped = RULES.replace("'x'", "'z'").replace("'y'", "'x'").replace("'z'", "'y'")
    assert fingerprint(swapped) != same
