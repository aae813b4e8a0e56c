"""What an editor asks is answered from the text alone: names, words, what could come next, other names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scoreline.engine.editor import navigation
from scoreline.engine.editor.completion import completions
from scoreline.engine.editor.fixing import actions
from scoreline.engine.editor.hover import hover
from scoreline.engine.editor.project import Project, Workspace, home_of
from scoreline.engine.editor.shares import shares
from scoreline.engine.editor.templates import OF_EVENTS, OF_VALUES, TEMPLATES
from scoreline.engine.editor.words import AGGREGATES, ATTRIBUTES, FUNCTIONS, KEY_WORDS
from scoreline.engine.functions import FUNCTIONS as SIGNATURES
from scoreline.engine.functions import IN_WORDS
from scoreline.engine.places import published, shipped

ROOT = Path(__file__).parents[2]
GRAMMAR = (ROOT / "grammar" / "rules.lark").read_text("utf-8")
RULESETS = {**shipped(), **published()}
#: What nobody declares: periods and ids.
IMPLIED = {"day", "week", "month", "id", "account.id", "contact.id", "contact.account_id"}
MANIFEST = """
scoreline: 1
name: small
files: [lead.rules]
schema:
  contact: {role: [champion, user], title: text, email: text}
  account: {employees: number}
  events:
    page_view: {page: text, seconds: number, user_agent: text}
    intent: {topic: text, score: number}
"""
RULES = """\
param mql_fit = 45 in 20..80  # a person below this fit is nurtured
list buying_roles = ['champion']
signal visited(name) = page_view where page like name
signal visited = page_view
signal activity = page_view

score fit for lead 0..100:
    champion: contact.role in buying_roles => +40

stages for lead:
    nurture: fit >= 5
    MQL "Qualified": fit >= mql_fit

score readiness for account 0..100:
    best: always => +max(fit of leads)

stages for account:
    MQA: readiness >= 50
"""
Ask = Callable[[str], tuple[Project, str, tuple[int, int]]]


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ruleset with one of everything."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "ruleset.yaml").write_text(MANIFEST, "utf-8")
    (folder / "lead.rules").write_text(RULES, "utf-8")
    return folder


@pytest.fixture
def typed(workspace: Workspace, small: Path) -> Ask:
    """`typed("score x for lead:\\n    ")` puts a text at the end of the rules, the cursor behind it."""
    path = small / "lead.rules"

    def ask(text: str) -> tuple[Project, str, tuple[int, int]]:
        whole = f"{RULES}\n{text}"
        workspace.change(path, whole)
        return workspace.refresh(path), "lead.rules", (whole.count("\n") + 1, len(whole.rpartition("\n")[2]) + 1)

    return ask


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*shipped(), "published/gitlab", "published/meddpicc", "published/posthog-health"])
def test_every_name_in_what_ships_is_known(name: str, workspace: Workspace) -> None:
    """Besides functions, what every event has, periods, the parameters of signals, and ids."""
    project = workspace.project(RULESETS[name] / "ruleset.yaml")
    own = [file.span.path for file in project.examined.texts.files]
    unknown = {found.name for path in own for found in project.mentions(path) if not found.symbols}
    parameters = {
        part for item in project.symbols if item.kind == "signal" for part in getattr(item.node, "params", None) or ()
    }
    known = set(SIGNATURES) | set(AGGREGATES) | set(ATTRIBUTES) | parameters | IMPLIED
    assert unknown <= known


def test_a_name_means_what_the_place_asks_for(typed: Ask) -> None:
    project, shown, (line, _) = typed(
        "score x for lead:\n    intent(where score >= 60) => +5\n    fit >= 3 => +(x2 default 1)"
    )
    asked = project.source(shown).line(line - 1).index("score") + 1
    (symbol,) = next(
        found for found in project.mentions(shown) if (found.span.line, found.span.column) == (line - 1, asked)
    ).symbols
    assert (symbol.kind, symbol.owner) == ("property", "intent")


def test_a_file_belongs_to_the_manifest_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text("scoreline: 1\nname: a\nfiles: [in.rules]\n", "utf-8")
    for name in ("in.rules", "out.rules"):
        (tmp_path / name).write_text("visited => +1\n", "utf-8")
    assert home_of(tmp_path / "in.rules", {}) == tmp_path.resolve()
    assert home_of(tmp_path / "out.rules", {}) == (tmp_path / "out.rules").resolve()
    assert home_of(tmp_path / "ruleset.yaml", {}) == tmp_path.resolve()


def test_a_single_file_has_the_standard_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "one.rules"
    path.write_text("visited('pricing') => +20\n", "utf-8")
    project = Workspace().refresh(path)
    assert [item.code for item in project.examined.findings if item.is_error] == []
    (span, *_) = navigation.definitions(project, "one.rules", (1, 3))
    assert span.path == "standard.rules" and project.paths["standard.rules"].is_file()
    with pytest.raises(navigation.NotRenamed, match="belongs to a ruleset"):
        navigation.rename(project, "one.rules", (1, 3), "seen")


def test_a_line_of_a_base_is_found_from_its_removal(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text("scoreline: 1\nname: a\nextends: abm\nfiles: [a.rules]\n", "utf-8")
    (tmp_path / "a.rules").write_text("score fit for lead:\n    remove champion\n", "utf-8")
    (span,) = navigation.definitions(workspace.refresh(tmp_path / "a.rules"), "a.rules", (2, 14))
    assert (span.path, span.line) == ("abm/lead.rules", 6)


def test_a_name_that_is_taken_is_refused(typed: Ask) -> None:
    project, shown, place = typed("measure busy for lead = count(activity)")
    given = (place[0], 10)
    with pytest.raises(navigation.NotRenamed, match="there is a `fit`"):
        navigation.rename(project, shown, given, "fit")
    (fix,) = navigation.rename(project, shown, given, "not")
    assert fix.text == "`not`"


# --- words ------------------------------------------------------------------------------------------------------------


def test_words_are_words_of_the_grammar() -> None:
    terminals = re.sub(r"\\s\+", " ", " ".join(re.findall(r"^[A-Z_]+(?:\.\d+)?: (.*)", GRAMMAR, re.MULTILINE)))
    assert [word for phrase in KEY_WORDS for word in phrase.split() if not re.search(rf"\b{word}", terminals)] == []
    assert set(FUNCTIONS) == set(SIGNATURES) - set(IN_WORDS) - {"count"}


def test_templates_are_for_terminals_of_the_grammar() -> None:
    terminals = set(re.findall(r"^([A-Z_]+)(?:\.\d+)?:", GRAMMAR, re.MULTILINE))
    assert set(TEMPLATES) | OF_EVENTS | OF_VALUES <= terminals


# --- what could come next ---------------------------------------------------------------------------------------------

BLOCK = "score x for lead:\n    "
NEXT = [
    ("", {"score … for lead", "signal … = …"}, set()),
    (BLOCK, {"each …", "first of:", "contact.", "visited", "fit"}, {"score … for lead", "employees"}),
    (f"{BLOCK}contact.", {"role", "title"}, {"employees", "fit"}),
    (f"{BLOCK}account.", {"employees", "readiness", "visited"}, {"role"}),
    (f"{BLOCK}contact.role == '", {"champion", "user"}, {"within … days"}),
    (f"{BLOCK}contact.role in ['champion', '", {"user"}, {"role"}),
    (f"{BLOCK}contact.role in ", {"buying_roles"}, {"fit", "visited"}),
    (f"{BLOCK}visited ", {"within … days", "at least … times", "=>"}, {"contains", "is missing"}),
    (f"{BLOCK}contact.title ", {"contains", "is missing", "matches /…/i"}, {"within … days"}),
    (f"{BLOCK}stage at least ", {"nurture", "MQL"}, {"MQA", "fit"}),
    (f"{BLOCK}visited('a' where ", {"page", "seconds", "hour"}, {"topic", "fit"}),
    (f"{BLOCK}visited => ", {"set", "disqualify '…'"}, {"within … days", "fit"}),
    (f"{BLOCK}visited => +5 ", {"max", "halves every … days"}, {"within … days"}),
    (f"{BLOCK}visited within 3 ", {"days", "weeks"}, {"times", "fit"}),
    (f"{BLOCK}each intent at most 1 per ", {"day", "topic"}, {"page", "fit"}),
    (f"{BLOCK}each intent => +", {"score", "fit"}, {"page"}),
    (f"{BLOCK}visited and\n        contact.", {"role"}, {"employees"}),
    ("score x for account:\n    any(leads where ", {"role", "fit", "stage"}, {"readiness", "page"}),
    ("score x for account:\n    ", {"readiness", "account."}, {"fit", "contact."}),
    ("signal a = page_view where ", {"page", "user_agent"}, {"topic", "fit"}),
    ("ignore contact where ", {"email", "role"}, {"employees", "fit"}),
    ("derive contact.role:\n    ", {"contact.", "otherwise"}, {"each …", "first of:"}),
    (f"{BLOCK}fit >= 3 => +1  # allow L", {"L101", "L505"}, {"S101", "fit"}),
    (f"{BLOCK}fit >= 3 => +1  # fi", set(), {"fit"}),
    ("param ", set(), {"fit", "visited"}),
]  # fmt: skip


@pytest.mark.parametrize("text, some, none", NEXT, ids=lambda value: repr(value) if isinstance(value, str) else "")
def test_what_could_come_next(text: str, some: set[str], none: set[str], typed: Ask) -> None:
    labels = [item.label for item in completions(*typed(text))]
    assert some <= set(labels)
    assert not none & set(labels)
    assert len(labels) == len(set(labels))


def test_what_is_typed_is_replaced(typed: Ask) -> None:
    found = {item.label: item for item in completions(*typed(f"{BLOCK}contact.ro"))}
    assert found["role"].typed == 2
    found = {item.label: item for item in completions(*typed(f"{BLOCK}visi"))}
    assert found["visited"].typed == 4 and found["visited"].snippet == "visited('${1:name}')"


# --- what things are --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, back, said",
    [
        (f"{BLOCK}visited at least 3 times", 8, "**at least**"),
        (f"{BLOCK}contact.role == 'user'", 10, "one of `champion`"),
        (f"{BLOCK}fit >= mql_fit", 2, "a person below this fit is nurtured"),
        (f"{BLOCK}contact.role in buying_roles", 2, "1 value: `champion`"),
        (f"{BLOCK}sqrt(fit) > 1", 11, "square root"),
        (f"{BLOCK}fit >= 3 => +5 max 2", 7, "Adds 5 points"),
        (f"{BLOCK}domain(contact.email) == 'x' => +5", 1, "Adds 5 points.\n"),
        (f"{BLOCK}visited => +5", 1, "once, however often"),
        (f"{BLOCK}fit >= 3 => *1.5", 2, "Multiplies"),
        (f"{BLOCK}each visited => -1", 1, "Takes 1 point away, for each such event"),
        (f"{BLOCK}fit >= 3 => disqualify 'x' for 9 days", 20, "Disqualifies, as “x”, for 9 days"),
        (f"{BLOCK}stage at least MQL", 15, "1. nurture"),
        (f"{BLOCK}intent", 1, "`topic`: text"),
    ],
)  # fmt: skip
def test_hover(text: str, back: int, said: str, typed: Ask) -> None:
    project, shown, (line, column) = typed(text)
    assert said in (hover(project, shown, (line, column - back)) or "")


def test_nothing_is_said_of_a_comment(typed: Ask) -> None:
    project, shown, (line, column) = typed("# within these walls")
    assert hover(project, shown, (line, column - 13)) is None


def test_shares_add_up(workspace: Workspace) -> None:
    model = workspace.project(RULESETS["by-example"] / "ruleset.yaml").examined.compiled
    assert model is not None
    for score in model.model.scores("lead"):
        percents = [found.percent for found in shares(model.model, score) if found.most > 0]
        assert None in percents or sum(filter(None, percents)) == pytest.approx(100)


def test_a_lint_can_be_allowed_and_a_slip_mended(typed: Ask) -> None:
    project, shown, (line, _) = typed("param never = 5\nscore x for lead:\n    visited => 5")
    (fix,) = actions(project, shown, line, line)
    assert fix.preferred and fix.fix.text == "+5"
    project, shown, (line, _) = typed("param never = 5")
    assert [item.code for item in project.examined.findings if item.span.line == line] == ["L401"]
    titles = [item.title for item in actions(project, shown, line, line)]
    assert any(title.startswith("allow L4") for title in titles)
