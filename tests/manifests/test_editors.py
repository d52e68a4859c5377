"""The schemas in an editor: the real yaml-language-server is silent on good files and speaks on bad ones.

Runs where `yaml-language-server` (npm) is on the PATH; elsewhere it is skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from catalogsync.cli.init import command as init

SERVER = shutil.which("yaml-language-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="yaml-language-server is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"


class Editor:
    """As much of an editor as it takes to ask a language server about a file."""

    def __init__(self) -> None:
        assert SERVER
        self.process = subprocess.Popen([SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self.tell("initialized", {})
        settings = {
            "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
        }
        self.settings = settings["yaml"]
        self.tell("workspace/didChangeConfiguration", {"settings": settings})

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def tell(self, method: str, parameters: Any) -> None:
        self.send({"method": method, "params": parameters})

    def ask(self, method: str, parameters: Any) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def receive(self) -> dict[str, Any]:
        """The next message; the server's own questions are answered, its diagnostics kept."""
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            items = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
            known = [self.settings if item.get("section") == "yaml" else None for item in items]
            self.send({"id": message["id"], "result": known or None})
        return message

    def open(self, file: Path, text: str | None = None) -> list[dict[str, Any]]:
        """Opens a file (with another text) and gives the diagnostics."""
        content = text if text is not None else file.read_text(encoding="utf-8")
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": content}
        self.diagnostics.pop(file.as_uri(), None)
        self.tell("textDocument/didOpen", {"textDocument": document})
        while file.as_uri() not in self.diagnostics:
            self.receive()
        return self.diagnostics[file.as_uri()]

    def at(self, method: str, file: Path, line: int, column: int) -> Any:
        place = {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}}
        return self.ask(method, place)


@pytest.fixture
def editor() -> Iterator[Editor]:
    one = Editor()
    yield one
    one.close()


def place_of(text: str, wanted: str) -> tuple[int, int]:
    line, found = next((n, line) for n, line in enumerate(text.splitlines()) if wanted in line)
    return line, found.index(wanted)


def test_the_example_catalog_and_a_new_one_are_without_complaint(editor: Editor, tmp_path: Path) -> None:
    CliRunner().invoke(init, [str(tmp_path)])
    files = [*sorted(EXAMPLES.rglob("*.yaml")), *sorted((tmp_path / "catalog").rglob("*.yaml"))]
    assert {str(file): editor.open(file) for file in files if editor.open(file)} == {}


def test_mistakes_are_underlined_where_they_are(editor: Editor) -> None:
    file = EXAMPLES / "plans" / "pro.yaml"
    text = (
        file.read_text(encoding="utf-8")
        .replace("type: dynamic,", "type: dynamik,")
        .replace("paymentTerm:", "paymentTrem:", 1)
    )
    found = editor.open(file, text)
    lines = {one["range"]["start"]["line"] for one in found}
    assert {place_of(text, "dynamik")[0], place_of(text, "paymentTrem")[0]} == lines, found


def test_hovering_tells_our_words_and_completion_offers_members_and_choices(editor: Editor) -> None:
    file = EXAMPLES / "plans" / "pro.yaml"
    text = file.read_text(encoding="utf-8")
    editor.open(file)
    line, column = (
        place_of(text, "settlementMode") if "settlementMode" in text else place_of(text, "currency")
    )
    hover = editor.at("textDocument/hover", file, line, column + 2)
    assert "currency code" in json.dumps(hover)
    line, column = place_of(text, "paymentTerm: in_advance")
    offered = editor.at("textDocument/completion", file, line, column + len("paymentTerm: "))
    items = offered["items"] if isinstance(offered, dict) else offered
    assert {"in_advance", "in_arrears"} <= {item["label"] for item in items}
