"""The tools over stdin and stdout, by the protocol's own SDK. Nothing else may be written to stdout meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import mcp_types as types
from anyio import to_thread
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from catalogsync import __version__
from catalogsync.app.runtime import Runtime
from catalogsync.core.canon import dumps
from catalogsync.mcp import arguments, tools
from catalogsync.mcp.tools import TOOLS, Tool
from catalogsync.mcp.workspace import Workspace
from catalogsync.render import output_schemas

_INSTRUCTIONS = """\
The folder holds an OpenMeter billing catalog as YAML manifests (meters, features, plans, add-ons, notification channels and rules). After a \
change of a file call validate, then plan or quote to see what it means in calls and money. These tools only read: what a plan says is carried \
out by a person with `catalogsync apply`. Keys are never given to a tool: catalogsync.yaml names the variable or file that holds one."""


def serve(root: Path, runtime: Runtime) -> None:
    """Serves the tools to the client at the other end of stdin and stdout until it closes them. `root`: the current folder, the only one
    whose manifests are read.
    """
    anyio.run(_serve, Workspace(root, runtime))


async def _serve(workspace: Workspace) -> None:
    one_at_a_time = anyio.CapacityLimiter(1)  # answers come in the order of the questions

    async def listed(
        _context: ServerRequestContext, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS.values()])

    async def called(
        _context: ServerRequestContext, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(
                types.INVALID_PARAMS, f"there is no tool {params.name!r}; there are {', '.join(TOOLS)}"
            )
        given = params.arguments or {}
        answer = await to_thread.run_sync(
            tools.answer, tool, given, workspace, abandon_on_cancel=True, limiter=one_at_a_time
        )
        return _result(answer)

    server = Server(
        "catalogsync",
        version=__version__,
        title="catalogsync",
        instructions=_INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=arguments.schema_of(tool.arguments),
        output_schema=json.loads(output_schemas.text(tool.name)),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=tool.asks_server,
        ),
    )


def _result(answer: tools.Answer) -> types.CallToolResult:
    """The document as text, exact, and as data. What failed has no data: clients hold data against the tool's schema, failed or not."""
    text = dumps(answer.document, indent=2)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=None if answer.failed else json.loads(text),
        is_error=answer.failed,
    )
