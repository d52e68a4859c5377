"""An agent for tests: the SDK's own client at the real server process, over its stdin and stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import CallToolResult, Tool

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Agent:
    """A client whose calls block. `errors`: the file that the server's stderr goes to."""

    client: Client
    portal: BlockingPortal
    errors: Path

    def tools(self) -> dict[str, Tool]:
        return {one.name: one for one in self.portal.call(self.client.list_tools).tools}

    def call(self, tool: str, **given: Any) -> CallToolResult:
        """The client itself holds an output against the tool's schema, and raises for one that does not fit."""
        return self.portal.call(partial(self.client.call_tool, tool, given, read_timeout_seconds=120))

    def codes(self, tool: str, **given: Any) -> list[str]:
        """The codes of what a failed call says."""
        return [one["code"] for one in findings(self.call(tool, **given))]


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text


def findings(result: CallToolResult) -> list[dict[str, Any]]:
    """What a failed call says."""
    import json

    assert result.is_error and result.structured_content is None
    said: list[dict[str, Any]] = json.loads(text(result))["diagnostics"]
    return said


@contextmanager
def started(folder: Path, environ: Mapping[str, str], errors: Path, mode: str = "auto") -> Iterator[Agent]:
    """`catalogsync mcp` in a folder with these variables."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "catalogsync", "mcp"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environ},
    )
    with start_blocking_portal() as portal, errors.open("w", encoding="utf-8") as log:
        client = Client(stdio_client(server, errlog=log), mode=mode, read_timeout_seconds=120)
        with portal.wrap_async_context_manager(client):
            yield Agent(client, portal, errors)
