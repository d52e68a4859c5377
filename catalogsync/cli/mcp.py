"""`catalogsync mcp`: the verbs that read, as tools of an agent."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from catalogsync.cli import options, streams
from catalogsync.core.errors import UsageError


@click.command("mcp")
def command() -> None:
    """Serve validate, plan, explain, quote and drift as tools of the Model Context Protocol, over stdin and stdout, to the agent that starts it.

    The tools only read, and only files below the current folder. A server is named by its environment in catalogsync.yaml, or by OPENMETER_URL.
    Needs the extra: pip install "catalogsync[mcp]".
    """
    try:
        from catalogsync.mcp import server
    except ImportError as problem:
        if (problem.name or "").startswith("catalogsync"):
            raise
        raise UsageError(
            "the MCP server needs an optional part, which is not installed or too old",
            code="mcp-extra",
            hint='pip install "catalogsync[mcp]"',
        ) from None
    if streams.is_terminal(sys.stdin):
        streams.talk("waiting for an agent on stdin: it starts this command itself; Ctrl-C ends it")
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # a reader of stdin that waits would hold the process; nothing here is left half done
    server.serve(Path.cwd(), options.runtime())
