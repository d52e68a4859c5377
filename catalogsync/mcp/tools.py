"""The tools: for each what it is given, the use case that it calls, and the JSON that `--format json` of the verb with its name prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogsync.app import check, drift, prune, usage_file
from catalogsync.app import plan as plans
from catalogsync.app.environments import Target
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.quote import quote
from catalogsync.app.quote_request import QuoteRequest, addon_quantities, quantities
from catalogsync.codes import lookup
from catalogsync.core import failures
from catalogsync.core.canon import Body, Json
from catalogsync.mcp import arguments
from catalogsync.mcp.arguments import Arguments, Given
from catalogsync.mcp.workspace import Workspace
from catalogsync.render import document, explain_json, findings_json, quote_json


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says: the output of its verb or, when it `failed`, findings as `validate` gives them."""

    document: Json
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, named as its verb, whose output it gives. `asks_server`: whether it reads an OpenMeter. `call` raises what the use case raises,
    and ArgumentsUnfit.
    """

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    call: Callable[[Body, Workspace], Json]
    asks_server: bool = False


def answer(tool: Tool, given: Body, workspace: Workspace) -> Answer:
    """Calls a tool. Never raises: whatever ends the call is said as findings, with codes that `explain` knows."""
    try:
        return Answer(tool.call(given, workspace))
    except arguments.ArgumentsUnfit as problem:
        return Answer(findings_json.to_json(problem.diagnostics), failed=True)
    except Exception as problem:
        return Answer(findings_json.to_json(failures.diagnostics_of(problem)), failed=True)


def _validate(given: arguments.ValidateArguments, workspace: Workspace) -> Json:
    chosen = workspace.chosen_for_all(given.paths, given.environment)
    return document.of_findings(check.check_views(chosen, workspace.runtime).diagnostics).data()


def _plan(given: arguments.PlanArguments, workspace: Workspace) -> Json:
    quantities_of = [f"{feature}={','.join(numbers)}" for feature, numbers in given.at.items()]
    asked = usage_file.asked(quantities_of, None)
    find_gone = prune.asked(given.prune, given.against, workspace.runtime)
    target = Target(given.environment)
    made = plans.propose(
        workspace.chosen_for_server(given.paths, target).paths,
        target,
        workspace.runtime,
        PlanRequest(
            only=tuple(given.only),
            rehearsed=given.rehearse,
            asked=asked,
            find_gone=find_gone,
            remember=False,  # a tool that only reads leaves the run store alone, too
        ),
    )
    return document.of_plan(made.plan).data()


def _drift(given: arguments.DriftArguments, workspace: Workspace) -> Json:
    target = Target(given.environment)
    paths = workspace.chosen_for_server(given.paths, target).paths
    return document.of_drift(drift.find(paths, target, given.against, workspace.runtime)).data()


def _quote(given: arguments.QuoteArguments, workspace: Workspace) -> Json:
    usage = quantities(f"{feature}={number}" for feature, number in given.usage.items())
    addons = addon_quantities(f"{key}={number}" for key, number in given.addons.items())
    checked = check.valid(workspace.chosen(given.paths, given.environment), workspace.runtime)
    return quote_json.to_json(quote(checked.catalog, QuoteRequest(given.plan, usage, addons, given.phase)))


def _explain(given: arguments.ExplainArguments, _workspace: Workspace) -> Json:
    return explain_json.to_json(lookup.chosen(given.code))


def _tool(
    title: str,
    description: str,
    takes: type[Given],
    use: Callable[[Given, Workspace], Json],
    *,
    asks_server: bool = False,
) -> Tool:
    def call(given: Body, workspace: Workspace) -> Json:
        return use(arguments.read(takes, given), workspace)

    return Tool(use.__name__.lstrip("_"), title, description, takes, call, asks_server)


_ALL = (
    _tool(
        "Check manifests",
        "Check a catalog's YAML manifests offline: structure, references, the rules that OpenMeter holds at publishing, and lint. "
        "Gives diagnostics with code, file, line, column and what to do; errors among them are an answer, not a failure. Call it after each change.",
        arguments.ValidateArguments,
        _validate,
    ),
    _tool(
        "Plan changes",
        "Compare a catalog with a live OpenMeter and say what an apply would do: changes, the calls in their order, what changed prices mean, "
        "which customers are touched, and what stops it (`summary.blocked`). Only reads; applying is left to a person.",
        arguments.PlanArguments,
        _plan,
        asks_server=True,
    ),
    _tool(
        "Explain a code",
        "The whole story of a diagnostic's code: what it means, why it matters, what to write instead.",
        arguments.ExplainArguments,
        _explain,
    ),
    _tool(
        "Quote a bill",
        "The bill of one customer for one full billing period of a plan, line by line, from the manifests alone; amounts are decimal text.",
        arguments.QuoteArguments,
        _quote,
    ),
    _tool(
        "Find drift",
        "Say of each object whether the files, the live object or both moved since the catalog was last applied. Only reads.",
        arguments.DriftArguments,
        _drift,
        asks_server=True,
    ),
)
TOOLS: Mapping[str, Tool] = {tool.name: tool for tool in _ALL}
"""Every tool by its name. None writes to a server; a tool that did would not belong here."""
