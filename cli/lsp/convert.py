"""Between places in texts and those of the protocol: lines from 0, columns in the units that the client counts in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import PositionCodec, ServerTextPosition

from ...engine.editor.completion import Completion
from ...engine.editor.cursor import Place
from ...engine.editor.symbols import Symbol
from ...grammar.diagnostics import Diagnostic
from ...grammar.source import Source, Span

SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Hint,
}
ITEMS: Mapping[str, lsp.CompletionItemKind] = {
    "field": lsp.CompletionItemKind.Field,
    "event": lsp.CompletionItemKind.Event,
    "result": lsp.CompletionItemKind.Variable,
    "value": lsp.CompletionItemKind.Constant,
    "function": lsp.CompletionItemKind.Function,
    "word": lsp.CompletionItemKind.Keyword,
    "text": lsp.CompletionItemKind.EnumMember,
    "code": lsp.CompletionItemKind.Reference,
}
SYMBOLS: Mapping[str, lsp.SymbolKind] = {
    "param": lsp.SymbolKind.Constant,
    "list": lsp.SymbolKind.Array,
    "table": lsp.SymbolKind.Object,
    "signal": lsp.SymbolKind.Event,
    "measure": lsp.SymbolKind.Number,
    "score": lsp.SymbolKind.Class,
    "grade": lsp.SymbolKind.Enum,
    "stages": lsp.SymbolKind.Enum,
    "stage": lsp.SymbolKind.EnumMember,
    "line": lsp.SymbolKind.Method,
    "group": lsp.SymbolKind.Namespace,
}


def path_of(uri: str) -> Path | None:
    """The file of an address; None for what is no file."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


def uri_of(path: Path) -> str:
    return from_fs_path(str(path)) or ""


class Places:
    """Places of one text, in the units of the client."""

    def __init__(self, source: Source, codec: PositionCodec) -> None:
        self.lines = source.lines
        self.codec = codec

    def place(self, position: lsp.Position) -> Place:
        found = self.codec.position_from_client_units(self.lines, position)
        return found.line + 1, found.character + 1

    def position(self, line: int, column: int) -> lsp.Position:
        at = min(max(line, 1), len(self.lines))
        return self.codec.position_to_client_units(self.lines, ServerTextPosition(at - 1, max(column, 1) - 1))

    def range(self, span: Span) -> lsp.Range:
        """The range of a span; one without a place is the start of the text."""
        return lsp.Range(self.position(span.line, span.column), self.position(span.end_line, span.end_column))

    def whole(self) -> lsp.Range:
        return lsp.Range(lsp.Position(0, 0), self.position(len(self.lines), len(self.lines[-1]) + 1))


def diagnostic(item: Diagnostic, range_: lsp.Range, locate: Callable[[Span], lsp.Location | None]) -> lsp.Diagnostic:
    """A finding; its hint stands below its message."""
    related = [(locate(other.span), other.message) for other in item.related]
    return lsp.Diagnostic(
        range=range_,
        severity=SEVERITIES[item.severity],
        code=item.code,
        source="scoreline",
        message=item.message + (f"\n{item.hint}" if item.hint else ""),
        tags=[lsp.DiagnosticTag.Unnecessary] if item.name.startswith("unused-") else None,
        related_information=[
            lsp.DiagnosticRelatedInformation(place, message) for place, message in related if place is not None
        ],
    )


def completion_item(item: Completion, rank: int, place: lsp.Position, typed: lsp.Position) -> lsp.CompletionItem:
    """A completion that replaces what is typed of it; `rank` keeps the order."""
    snippet = "$" in item.snippet
    return lsp.CompletionItem(
        label=item.label,
        kind=ITEMS[item.kind],
        detail=item.detail or None,
        sort_text=f"{rank:04}",
        filter_text=item.label,
        insert_text_format=lsp.InsertTextFormat.Snippet if snippet else lsp.InsertTextFormat.PlainText,
        text_edit=lsp.TextEdit(lsp.Range(typed, place), item.snippet or item.label),
    )


def document_symbol(symbol: Symbol, range_: lsp.Range) -> lsp.DocumentSymbol:
    """What a file gives a name to, for the outline."""
    kind = SYMBOLS.get(symbol.kind, lsp.SymbolKind.Field)
    return lsp.DocumentSymbol(symbol.name, kind, range_, range_, detail=symbol.kind)
