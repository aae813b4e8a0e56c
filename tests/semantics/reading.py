"""Reads the pages of this folder: decisions, each with rules, people, and what must come of them.

A page is Markdown. Its headings `### 12. Title` (or `### 3, 16. Title`) name the decisions of docs/semantics.md that
the fenced blocks below them are about; what stands in words says what the other reading would give.

    ```yaml manifest      before the first decision: the page's own manifest, without `files`
    ```rules              rules; before the first decision they are the page's own vocabulary
    ```yaml people        accounts, contacts and events, as in a scenario; below `## …` for all decisions of the section
    ```yaml expect        what must come, as in a scenario
    ```rules refused      rules of their own, for the findings of the block that follows
    ```text found         a line each: the code, and the underlined text
    ```csv file=x.csv     a file in the ruleset's folder (any language)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

AS_OF = "2026-03-01T12:00Z"
MANIFEST = Path(__file__).with_name("ruleset.yaml").read_text(encoding="utf-8")
_PART = re.compile(r"^(#{1,3}) (.+)$|^```(\w+) ?(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
_DECISION = re.compile(r"(\d+(?:, \d+)*)\. (.+)")


@dataclass
class Refusal:
    """Rules that are not sound, and what is found in them: codes and underlined texts."""

    rules: str
    found: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Decision:
    """What a page has about one decision, or a few."""

    numbers: tuple[int, ...]
    title: str
    people: str = ""
    rules: str = ""
    expect: str = ""
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{', '.join(map(str, self.numbers))}. {self.title}"

    @property
    def file(self) -> str:
        """The file of its rules, by which findings tell whose they are."""
        return re.sub(r"\W+", "_", self.name)[:60].strip("_") + ".rules"

    def scenario(self) -> str:
        """It as one scenario of a file of scenarios."""
        as_of = "" if "as_of:" in self.people else f"as_of: {AS_OF}\n"
        body = f"{as_of}{self.people}expect:\n{indent(self.expect, '  ')}"
        quoted = self.name.replace("'", "''")
        return f"- name: '{quoted}'\n{indent(body, '  ')}"


@dataclass
class Page:
    """A page: its decisions, and the files that they share."""

    name: str
    manifest: str = MANIFEST
    vocabulary: str = ""
    files: dict[str, str] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)


def read_page(path: Path) -> Page:
    """One page. Raises ValueError where a block is none of those above."""
    page = Page(path.stem)
    shared, decision = "", None
    for level, title, block, mark, body in _PART.findall(path.read_text(encoding="utf-8")):
        if level:
            decision = _decision(title, shared) if level == "###" else None
            shared = "" if level == "##" else shared
            page.decisions += [decision] if decision else []
        elif mark.startswith("file="):
            page.files[mark.removeprefix("file=")] = body
        elif decision is not None:
            _add(decision, f"{block} {mark}".strip(), body)
        elif mark == "people":
            shared = body
        elif mark == "manifest":
            page.manifest = body
        elif block == "rules" and not mark:
            page.vocabulary += body
        else:
            raise ValueError(f"{path.name}: a block `{block} {mark}` outside of a decision")
    return page


def pages() -> list[Page]:
    """All pages of this folder."""
    return [read_page(path) for path in sorted(Path(__file__).parent.glob("*.md"))]


def _decision(title: str, shared: str) -> Decision:
    found = _DECISION.fullmatch(title)
    if found is None:
        raise ValueError(f"`### {title}` names no decision: write `### 12. Title`")
    return Decision(tuple(int(number) for number in found[1].split(", ")), found[2], shared)


def _add(decision: Decision, kind: str, body: str) -> None:
    if kind == "rules":
        decision.rules += body
    elif kind == "yaml people":
        decision.people = body
    elif kind == "yaml expect":
        decision.expect = body
    elif kind == "rules refused":
        decision.refusals.append(Refusal(body))
    elif kind == "text found":
        pairs = (line.partition("  ")[::2] for line in body.splitlines())
        decision.refusals[-1].found += [(code, text.strip()) for code, text in pairs]
    else:
        raise ValueError(f"{decision.name}: nothing is known of a block `{kind}`")
