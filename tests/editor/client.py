"""A client of the Language Server Protocol over standard input and output, as an editor is one."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

PATIENCE = 30


class Client:
    """Starts the server and talks with it; what it reports of files is kept by their address."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-c", "from scoreline.cli.main import main; main()", "lsp", "--stdio"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root
        )
        self.messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.reports: dict[str, list[dict[str, Any]]] = {}
        self.number = 0
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}
        self.about = self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities})
        self.tell("initialized", {})

    def close(self) -> int:
        """Say good-bye as the protocol asks; gives the exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.process.wait(PATIENCE)

    # --- talking ------------------------------------------------------------------------------------------------------

    def tell(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """The answer; an error that the server gives is raised."""
        self.number += 1
        number = self.number
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise Refused(message["error"]["message"])
                return message.get("result")
            self._take(message)

    def reported(self, uri: str, version: int | None) -> list[dict[str, Any]]:
        """The next findings that the server reports of a file as it is in this version; None: as it is on disk."""
        while True:
            message = self._next()
            self._take(message)
            about = message.get("params", {})
            if about.get("uri") == uri and about.get("version") == version:
                return self.reports[uri]

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self.reports[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "window/showMessage":
            raise Refused(message["params"]["message"])

    def _next(self) -> dict[str, Any]:
        message = self.messages.get(timeout=PATIENCE)
        assert message is not None, self.process.stderr and self.process.stderr.read().decode()
        return message

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self.process.stdin.flush()

    def _listen(self) -> None:
        out = self.process.stdout
        assert out is not None
        while header := out.readline():
            length = int(header.split(b":")[1]) if header.lower().startswith(b"content-length") else 0
            while out.readline().strip():
                pass
            self.messages.put(json.loads(out.read(length)))
        self.messages.put(None)


class Refused(Exception):
    """An error that the server answered with."""


class Document:
    """A file that is open in the editor, and what a person does with it."""

    def __init__(self, client: Client, path: Path) -> None:
        self.client, self.path = client, path
        self.uri = path.as_uri()
        self.version: int | None = 1
        self.text = path.read_text("utf-8")
        item = {"uri": self.uri, "languageId": "scoreline", "version": 1, "text": self.text}
        client.tell("textDocument/didOpen", {"textDocument": item})

    def replace(self, old: str, new: str) -> None:
        """Select the first such text, and type something else."""
        assert old in self.text
        start, end = self.position(old), self.position(old, behind=True)
        self.version = (self.version or 0) + 1
        change = {"range": {"start": start, "end": end}, "text": new}
        document = {"uri": self.uri, "version": self.version}
        self.client.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        self.text = self.text.replace(old, new, 1)

    def save(self) -> None:
        self.path.write_text(self.text, "utf-8")
        self.client.tell("textDocument/didSave", {"textDocument": {"uri": self.uri}})

    def close(self) -> None:
        self.client.tell("textDocument/didClose", {"textDocument": {"uri": self.uri}})
        self.version = None

    def findings(self) -> list[str]:
        """The codes that the server reports next of what is in this file now."""
        return [item["code"] for item in self.client.reported(self.uri, self.version)]

    def ask(self, what: str, at: str, behind: bool = False, **more: Any) -> Any:
        """Ask about the first such text."""
        params = {"textDocument": {"uri": self.uri}, "position": self.position(at, behind), **more}
        return self.client.ask(f"textDocument/{what}", params)

    def position(self, text: str, behind: bool = False) -> dict[str, int]:
        """Where a text begins or ends, in the units of the protocol (UTF-16)."""
        at = self.text.index(text) + (len(text) if behind else 0)
        row = self.text[:at].rpartition("\n")[2]
        return {"line": self.text.count("\n", 0, at), "character": len(row.encode("utf-16-le")) // 2}

    def apply(self, edits: list[dict[str, Any]]) -> None:
        """Make the changes that the server asks for."""
        for edit in sorted(edits, key=lambda edit: self._offset(edit["range"]["start"]), reverse=True):
            start, end = self._offset(edit["range"]["start"]), self._offset(edit["range"]["end"])
            self.text = self.text[:start] + edit["newText"] + self.text[end:]
        self.version = (self.version or 0) + 1
        document = {"uri": self.uri, "version": self.version}
        self.client.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": self.text}]})

    def _offset(self, position: dict[str, int]) -> int:
        rows = self.text.split("\n")
        before = sum(len(row) + 1 for row in rows[: position["line"]])
        row = rows[position["line"]] if position["line"] < len(rows) else ""
        return before + len(row.encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le"))
