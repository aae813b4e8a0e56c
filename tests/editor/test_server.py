"""The language server, driven through real editing over standard input and output."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .client import Client, Document, Refused

RULESETS = Path(__file__).parents[2] / "rulesets"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the starter, with one of `abm` beside it."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(RULESETS / "starter", folder / "starter")
    shutil.copytree(RULESETS / "by-example", folder / "by-example")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    client = Client(folder)
    yield client
    assert client.close() == 0


@pytest.fixture
def people(client: Client, folder: Path) -> Iterator[Document]:
    before = (folder / "starter" / "people.rules").read_text("utf-8")
    document = Document(client, folder / "starter" / "people.rules")
    assert document.findings() == []
    yield document
    (folder / "starter" / "people.rules").write_text(before, "utf-8")
    document.close()


def test_type_break_fix_and_save(people: Document) -> None:
    people.replace("visited on", "visitd on")
    assert people.findings() == ["T103"]
    (found,) = people.client.reports[people.uri]
    assert found["severity"] == 1 and found["source"] == "scoreline" and "did you mean `visited`?" in found["message"]
    start = people.position("visitd")
    assert found["range"] == {"start": start, "end": {**start, "character": start["character"] + len("visitd")}}
    people.replace("'pricing*'", "'pricing*")
    assert "S109" in people.findings()
    people.replace("'pricing*", "'pricing*'")
    people.replace("visitd", "visited")
    assert people.findings() == []
    people.save()
    assert people.findings() == []


def test_what_is_typed_in_one_file_counts_in_the_others(people: Document, folder: Path) -> None:
    companies = Document(people.client, folder / "starter" / "companies.rules")
    assert companies.findings() == []
    people.replace("score engagement", "score interest")
    assert "T101" in companies.findings()
    people.replace("score interest", "score engagement")
    assert companies.findings() == []
    companies.close()


def test_scenarios_that_no_longer_fit_are_reported_when_saved(people: Document, folder: Path) -> None:
    scenarios = (folder / "starter" / "tests" / "first.yaml").as_uri()
    companies = folder / "starter" / "companies.rules"
    before = companies.read_text("utf-8")
    companies.write_text(before.replace("engagement", "interest"), "utf-8")
    for old in ("score engagement", "engagement >= 10", "engagement >= 40"):
        people.replace(old, old.replace("engagement", "interest"))
    people.save()
    found = people.findings()
    companies.write_text(before, "utf-8")
    assert found == [] and {item["code"] for item in people.client.reports[scenarios]} == {"X102"}


def test_closing_without_saving_brings_back_what_is_on_disk(client: Client, folder: Path) -> None:
    document = Document(client, folder / "by-example" / "lead.rules")
    document.replace("visited('pricing')", "visitd('pricing')")
    assert "T103" in document.findings()
    document.close()
    assert document.findings() == []


def test_hover_says_what_a_line_gives_and_what_a_name_is(people: Document) -> None:
    line = people.ask("hover", "webinars:")["contents"]["value"]
    assert "Adds 10 points, for each such event" in line and "At most it gives **20** points" in line
    assert "one of `economic_buyer`" in people.ask("hover", "contact.role")["contents"]["value"]
    assert "half is left" in people.ask("hover", "halves every")["contents"]["value"]
    assert people.ask("hover", "\n# And do") is None


def test_completion_knows_the_schema_and_the_grammar(people: Document) -> None:
    people.replace('+50 "Holds the budget"', '+50 "Holds the budget"\n    é😀: contact.')
    assert people.findings()
    answer = people.ask("completion", "é😀: contact.", behind=True)
    assert {"role", "email"} <= {item["label"] for item in answer["items"]}
    chosen = next(item for item in answer["items"] if item["label"] == "role")
    people.apply([chosen["textEdit"]])
    assert "    é😀: contact.role\n" in people.text
    people.replace("é😀: contact.role", "é😀: contact.role == '")
    values = people.ask("completion", "é😀: contact.role == '", behind=True)["items"]
    assert {item["label"] for item in values} >= {"economic_buyer", "champion"}
    people.replace("contact.role == '\n", "visited \n")
    words = {item["label"] for item in people.ask("completion", "é😀: visited ", behind=True)["items"]}
    assert {"within … days", "at least … times", "=>"} <= words and "contains" not in words


def test_definition_references_and_outline(people: Document, folder: Path) -> None:
    (found,) = people.ask("definition", "contact.role")
    assert found["uri"] == (folder / "starter" / "ruleset.yaml").as_uri()
    row = (folder / "starter" / "ruleset.yaml").read_text("utf-8").split("\n")[found["range"]["start"]["line"]]
    assert row.strip().startswith("role:") or "role: [" in row
    places = people.ask("references", "fit for lead", context={"includeDeclaration": True})
    assert len(places) == 3 and {Path(place["uri"]).name for place in places} == {"people.rules", "companies.rules"}
    outline = [
        item["name"] for item in people.client.ask("textDocument/documentSymbol", {"textDocument": {"uri": people.uri}})
    ]
    assert outline[:3] == ["fit", "buyer", "technical"] and "ready" in outline


def test_renaming_reaches_every_file(people: Document, folder: Path) -> None:
    assert people.ask("prepareRename", "engagement for lead")["start"] == people.position("engagement for lead")
    edit = people.ask("rename", "engagement for lead", newName="interest_of_people")
    changed = {Path(uri).name: len(edits) for uri, edits in edit["changes"].items()}
    assert changed == {"people.rules": 3, "companies.rules": 3}
    people.apply(edit["changes"][people.uri])
    assert "score interest_of_people for lead" in people.text and "engagement" not in people.text
    with pytest.raises(Refused, match="comes from the data"):
        people.ask("rename", "contact.role", newName="function")
    with pytest.raises(Refused, match="no plain name"):
        people.ask("rename", "interest_of_people for lead", newName="two words")


def test_formatting(people: Document) -> None:
    options = {"tabSize": 4, "insertSpaces": True}
    assert people.ask("formatting", "score", options=options) == []
    neat = people.text
    people.replace("buyer: contact.role == 'economic_buyer' =>", "buyer:   contact.role=='economic_buyer'=>")
    people.apply(people.ask("formatting", "score", options=options))
    assert people.text == neat
    people.replace("+50", "50")
    assert people.ask("formatting", "score", options=options) == []


def test_quick_fixes(people: Document) -> None:
    people.replace("+50", "50")
    assert "S115" in people.findings()
    place = people.position("50")
    actions = people.client.ask(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": people.uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        },
    )
    assert [action["title"] for action in actions] == ["replace `50` by `+50`"]
    people.apply(actions[0]["edit"]["changes"][people.uri])
    assert people.findings() == [] and "+50" in people.text


def test_a_text_that_is_no_file_is_let_be(client: Client) -> None:
    item = {"uri": "untitled:Untitled-1", "languageId": "scoreline", "version": 1, "text": "visited => 5"}
    client.tell("textDocument/didOpen", {"textDocument": item})
    where = {"textDocument": {"uri": item["uri"]}, "position": {"line": 0, "character": 3}}
    assert client.ask("textDocument/hover", where) is None
