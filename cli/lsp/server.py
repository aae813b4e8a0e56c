"""The features of the language server. What they answer is worked out in `engine/editor`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from ... import __version__
from ...engine.editor import navigation
from ...engine.editor.completion import completions
from ...engine.editor.cursor import Place
from ...engine.editor.fixing import Action, actions
from ...engine.editor.hover import hover
from ...engine.editor.project import Project, Workspace
from ...engine.places import MANIFEST
from ...grammar.diagnostics import Fix
from ...grammar.formatting import formatted
from ...grammar.source import Source, Span
from . import convert

PAUSE = 0.15
"""How long somebody must have stopped typing before the ruleset is looked at, in seconds."""


class Server(LanguageServer):
    """The state of one connection: the rulesets that are open, and what was said of their files."""

    def __init__(self) -> None:
        super().__init__("scoreline", __version__)
        self.rulesets = Workspace()
        self.waiting: dict[Path, asyncio.Task[None]] = {}
        self.reported: dict[Path, set[Path]] = {}

    # --- looking --------------------------------------------------------------------------------------------------

    def take(self, uri: str, opened: bool = True) -> Path | None:
        """Take over what the client holds of a file."""
        path = convert.path_of(uri)
        if path is not None:
            self.rulesets.change(path, self.workspace.get_text_document(uri).source if opened else None)
        return path

    def look(self, path: Path, scenarios: bool = False) -> Project:
        """Look at the ruleset of a file, and report what is found; then at others that build on it."""
        task = self.waiting.pop(path, None)
        if task is not None:
            task.cancel()
        project = self.rulesets.refresh(path, scenarios)
        self.report(project)
        for other in list(self.rulesets.others(path)):
            self.report(self.rulesets.refresh(_way_in(other)))
        return project

    def look_soon(self, path: Path) -> None:
        """Look at it once nobody has typed for a moment."""

        async def later() -> None:
            await asyncio.sleep(PAUSE)
            self.waiting.pop(path, None)
            self.look(path)

        if path in self.waiting:
            self.waiting[path].cancel()
        self.waiting[path] = asyncio.ensure_future(later())

    def at(self, uri: str) -> tuple[Project, str] | None:
        """The ruleset of a file as it is now, and the name of the file in it."""
        path = convert.path_of(uri)
        if path is None:
            return None
        project = self.look(path) if path in self.waiting else self.rulesets.project(path)
        shown = project.shown(path)
        return (project, shown) if shown is not None else None

    # --- reporting ------------------------------------------------------------------------------------------------

    def report(self, project: Project) -> None:
        """Send the findings of all files of a ruleset; those of files that it no longer has are taken back."""
        found = project.findings()
        gone = self.reported.get(project.place, set()) - set(found)
        self.reported[project.place] = set(found)
        names = {path: shown for shown, path in project.paths.items()}
        for path in gone:
            self._publish(path, [])
        for path, items in found.items():
            places = self.places(project.source(names[path])) if path in names else None
            ranges = [places.range(item.span) if places else _start() for item in items]
            self._publish(
                path,
                [
                    convert.diagnostic(item, range_, lambda span: self.location(project, span))
                    for item, range_ in zip(items, ranges, strict=True)
                ],
            )

    def _publish(self, path: Path, items: list[lsp.Diagnostic]) -> None:
        uri = convert.uri_of(path)
        held = self.workspace.text_documents.get(uri)
        version = held.version if held is not None else None
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, items, version))

    # --- places ---------------------------------------------------------------------------------------------------

    def places(self, source: Source) -> convert.Places:
        return convert.Places(source, self.workspace.position_codec)

    def place(self, project: Project, shown: str, position: lsp.Position) -> Place:
        return self.places(project.source(shown)).place(position)

    def location(self, project: Project, span: Span) -> lsp.Location | None:
        """Where a span is; None for one that is in no file."""
        path = project.paths.get(span.path)
        if path is None:
            return None
        return lsp.Location(convert.uri_of(path), self.places(project.source(span.path)).range(span))

    def edit(self, project: Project, fixes: Sequence[Fix]) -> lsp.WorkspaceEdit:
        """Replacements of text as the client makes them."""
        changes: dict[str, list[lsp.TextEdit]] = {}
        for fix in fixes:
            found = self.location(project, fix.span)
            if found is not None:
                changes.setdefault(found.uri, []).append(lsp.TextEdit(found.range, fix.text))
        return lsp.WorkspaceEdit(changes=changes)


def _way_in(project: Project) -> Path:
    """A file that leads to a ruleset."""
    return project.place / MANIFEST if project.place.is_dir() else project.place


def _start() -> lsp.Range:
    return lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))


def make() -> Server:
    """A server with all features."""
    server = Server()
    _follow(server)
    _answer(server)
    _change(server)
    return server


# --- following what happens in the editor -----------------------------------------------------------------------------


def _follow(server: Server) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        path = server.take(params.text_document.uri)
        if path is not None:
            server.look(path, scenarios=True)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        path = server.take(params.text_document.uri)
        if path is not None:
            server.look_soon(path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        path = server.take(params.text_document.uri)
        if path is not None:
            server.look(path, scenarios=True)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        path = server.take(params.text_document.uri, opened=False)
        if path is not None and path.is_file():
            server.look(path)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def touched(params: lsp.DidChangeWatchedFilesParams) -> None:
        for project in list(server.rulesets.projects.values()):
            if project.place.exists():
                server.look(_way_in(project), scenarios=True)


# --- answering --------------------------------------------------------------------------------------------------------


def _answer(server: Server) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        found = server.at(params.text_document.uri)
        text = hover(*found, server.place(*found, params.position)) if found else None
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text)) if text else None

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=[".", "'", '"', "("], resolve_provider=False),
    )
    def completed(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        found = server.at(params.text_document.uri)
        if found is None or not found[1].endswith(".rules"):
            return None
        places = server.places(found[0].source(found[1]))
        line, column = places.place(params.position)
        items = [
            convert.completion_item(item, rank, params.position, places.position(line, column - item.typed))
            for rank, item in enumerate(completions(*found, (line, column)))
        ]
        return lsp.CompletionList(is_incomplete=False, items=items)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def defined(params: lsp.DefinitionParams) -> list[lsp.Location]:
        found = server.at(params.text_document.uri)
        spans = navigation.definitions(*found, server.place(*found, params.position)) if found else []
        return _locations(server, found, spans)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def referred(params: lsp.ReferenceParams) -> list[lsp.Location]:
        found = server.at(params.text_document.uri)
        spans = navigation.references(*found, server.place(*found, params.position)) if found else []
        return _locations(server, found, spans)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outlined(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        found = server.at(params.text_document.uri)
        if found is None:
            return []
        places = server.places(found[0].source(found[1]))
        return [convert.document_symbol(item, places.range(item.span)) for item in navigation.outline(*found)]


def _locations(server: Server, found: tuple[Project, str] | None, spans: Sequence[Span]) -> list[lsp.Location]:
    return [place for span in spans if found and (place := server.location(found[0], span)) is not None]


# --- changing ---------------------------------------------------------------------------------------------------------


def _change(server: Server) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def format_(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        source = Source("", server.workspace.get_text_document(params.text_document.uri).source)
        text, _ = formatted(source)
        if text is None or text == source.text.replace("\r\n", "\n"):
            return []
        return [lsp.TextEdit(server.places(source).whole(), text)]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
    def mended(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        found = server.at(params.text_document.uri)
        if found is None:
            return []
        project, shown = found
        chosen = actions(project, shown, params.range.start.line + 1, params.range.end.line + 1)
        return [_action(server, project, item) for item in chosen]

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def asked(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        found = server.at(params.text_document.uri)
        if found is None:
            return None
        span = _renaming(navigation.name_at, *found, server.place(*found, params.position))
        return server.places(found[0].source(span.path)).range(span)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def renamed(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        found = server.at(params.text_document.uri)
        if found is None:
            return None
        place = server.place(*found, params.position)
        return server.edit(found[0], _renaming(navigation.rename, *found, place, params.new_name))


def _renaming(work: Any, *arguments: Any) -> Any:
    """What the work gives; why not, as an error that the client shows."""
    try:
        return work(*arguments)
    except navigation.NotRenamed as reason:
        raise JsonRpcException(str(reason), lsp.LSPErrorCodes.RequestFailed.value) from None


def _action(server: Server, project: Project, item: Action) -> lsp.CodeAction:
    location = server.location(project, item.finding.span)
    about = convert.diagnostic(item.finding, location.range if location else _start(), lambda span: None)
    return lsp.CodeAction(
        item.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[about],
        is_preferred=item.preferred,
        edit=server.edit(project, [item.fix]),
    )
