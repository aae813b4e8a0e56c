"""CSV files of a ruleset: a header, and rows of texts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ..folder import inside, read_text
from ..suggest import did_you_mean
from .scope import Refused, Scope

MAX_BYTES = 50_000_000
NEAR = 1000


@dataclass(frozen=True)
class Rows:
    """The rows of a file below its header, each with its line; outer blanks are removed."""

    node: n.FromFile
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, name: str, scope: Scope) -> int:
        """The position of a column; refused if there is none, or more than one."""
        if name not in self.header:
            message, hint = f"`{self.node.path}` has no column `{name}`", did_you_mean(name, self.header)
            scope.refuse("R106", message, self.node.span, "not in its header", hint)
        if self.header.count(name) > 1:
            message = f"`{self.node.path}` has two columns `{name}`"
            scope.refuse("R106", message, self.node.span, "which of them?", "give each column a name of its own")
        return self.header.index(name)


def read_rows(root: Path | None, node: n.FromFile, scope: Scope) -> Rows:
    """The rows of a CSV file; refused if it is missing, outside of the folder, or no such table."""
    text = _text(root, node, scope)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
    except csv.Error as error:
        scope.refuse("R106", f"`{node.path}` is no CSV: {error}", node.span, "cannot be read")
    rows = [row for row in rows if any(row[1])]
    if not rows:
        scope.refuse("R106", f"`{node.path}` is empty", node.span, "no header", "its first line names the columns")
    header = rows[0][1]
    for line, row in rows[1:]:
        if len(row) > len(header):
            scope.refuse(
                "R106",
                f"line {line} of `{node.path}` has {len(row)} cells, its header {len(header)}",
                node.span,
                "more cells than columns",
                "put a cell with a comma into quotes",
            )
    width = len(header)
    return Rows(node, header, tuple((line, row + ("",) * (width - len(row))) for line, row in rows[1:]))


def _text(root: Path | None, node: n.FromFile, scope: Scope) -> str:
    if root is None:
        scope.refuse(
            "R105",
            "a single file of rules reads no other files",
            node.span,
            "a file",
            "make it a folder with a `ruleset.yaml`, or write the values out",
        )
    path = inside(root, node.path)
    if path == "outside":
        message, hint = f"`{node.path}` lies outside of the ruleset's folder", "copy the file into the ruleset's folder"
        scope.refuse("R105", message, node.span, "outside", hint)
    if isinstance(path, str):
        hint = did_you_mean(node.path, _near(root), "paths begin at the ruleset's folder")
        scope.refuse("R102", f"there is no file `{node.path}`", node.span, "not found", hint)
    source, findings = read_text(path, node.path, node.span, MAX_BYTES)
    if source is None:
        scope.book.findings.update(dict.fromkeys(findings))
        raise Refused
    return source.text


def _near(root: Path) -> list[str]:
    found = sorted(root.glob("*.csv"))[:NEAR] + sorted(root.glob("*/*.csv"))[:NEAR]
    return [str(item.relative_to(root)) for item in found]
