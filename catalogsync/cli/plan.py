"""`catalogsync plan`: what would be done, in order, and why."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogsync.cli import composition
from catalogsync.core import gc_pause
from catalogsync.core.canon import dumps
from catalogsync.core.errors import InvalidCatalog, Refused, UsageError
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan
from catalogsync.render import plan_markdown, plan_text
from catalogsync.store import planfile

if TYPE_CHECKING:
    from catalogsync.targets.v1 import Client

RENDER_FORMATS = ("text", "json", "markdown")


def make(
    chosen: composition.Chosen,
    recreate: tuple[str, ...],
    client: Client | None = None,
    *,
    rehearsed: bool = False,
) -> tuple[Plan, Client]:
    """The plan for a chosen catalog and target, with the client that read the live state. Raises what reading raises."""
    from catalogsync.planner import PlanOptions, make_plan
    from catalogsync.targets.v1 import reader

    with gc_pause.paused():
        catalog, checked = composition.checked_catalog(chosen)
        assert chosen.environment is not None
        options = PlanOptions(recreate=frozenset(_refs(recreate)))
        client = client or composition.client_for(chosen.environment)
        live = reader.read(client)
        plan = make_plan(catalog, live, composition.target_of(client, chosen.environment), options)
    if rehearsed and not plan.blocked:
        from catalogsync.app.rehearse import rehearse

        plan = rehearse(plan, catalog, client, options)
    revision = composition.git_revision(chosen.paths[0])
    diagnostics = tuple(dict.fromkeys((*checked.diagnostics, *plan.diagnostics)))
    return replace(plan, diagnostics=diagnostics, git_revision=revision), client


def make_back(
    saved: Path, env: str | None, url: str | None, *, rehearsed: bool = False
) -> tuple[Plan, Client]:
    """The plan that takes a saved one back, for the server that it was made for."""
    from catalogsync.planner import make_plan, undo
    from catalogsync.targets.v1 import reader

    done = planfile.load(saved)
    environment = composition.environment_of(done, saved, env, url)
    client = composition.client_for(environment)
    live = reader.read(client)
    back = undo.way_back(done, live, str(saved))
    plan = make_plan(back.catalog, live, composition.target_of(client, environment), back.options)
    if rehearsed and not plan.blocked:
        from catalogsync.app.rehearse import rehearse

        plan = rehearse(plan, back.catalog, client, back.options)
    return undo.told(plan, back), client


def _refs(texts: tuple[str, ...]) -> list[Ref]:
    try:
        return [Ref.parse(text) for text in texts]
    except ValueError as problem:
        raise UsageError(
            f"--recreate: {problem}", hint="write KIND/KEY, for example feature/api_calls"
        ) from None


def refuse_unproven(plan: Plan, *, unproven: bool) -> None:
    """Raises Refused for a plan that failed its rehearsal, unless the person accepts that."""
    if plan.rehearsal is not None and not plan.rehearsal.passed and not unproven:
        raise Refused(
            "the plan failed its rehearsal: "
            + "; ".join(plan.rehearsal.failures or ("the second plan was not empty",)),
            code="refused-unproven",
            hint="see what failed, or give --unproven to go on all the same",
        )


def unproven_option(function: composition.F) -> composition.F:
    """--unproven."""
    return click.option("--unproven", is_flag=True, help="Go on with a plan that failed its rehearsal.")(
        function
    )


def show_plan(plan: Plan, formats: tuple[str, ...]) -> None:
    """The plan in every format asked for."""
    composition.write_outputs(
        formats,
        {
            "text": lambda color: plan_text.render_plan(plan, color=color),
            "json": lambda color: dumps(planfile.to_json(plan), indent=2) + "\n",
            "markdown": lambda _color: plan_markdown.render(plan),
        },
    )


def recreate_option(function: composition.F) -> composition.F:
    """--recreate KIND/KEY."""
    return click.option(
        "--recreate",
        multiple=True,
        metavar="KIND/KEY",
        help="Allow this object to be removed and created anew where it cannot be changed.",
    )(function)


@click.command("plan")
@composition.paths_argument
@composition.target_options
@click.option(
    "--out", type=click.Path(path_type=Path), help="Save the plan to a file that `apply` carries out."
)
@click.option("--exit-code", is_flag=True, help="Exit 2 when there is something to do.")
@click.option(
    "--undo",
    type=click.Path(path_type=Path),
    metavar="PLANFILE",
    help="Plan the way back from a saved plan, as far as the server allows.",
)
@click.option("--rehearse", is_flag=True, help="Carry the plan out on a twin of the live server first.")
@unproven_option
@recreate_option
@composition.format_option(*RENDER_FORMATS)
def command(
    paths: tuple[Path, ...],
    env: str | None,
    url: str | None,
    out: Path | None,
    exit_code: bool,
    undo: Path | None,
    rehearse: bool,
    unproven: bool,
    recreate: tuple[str, ...],
    formats: tuple[str, ...],
) -> None:
    """Compare the files with a live OpenMeter and show the calls that would make it agree. Writes nothing to the server."""
    if undo is not None:
        if paths or recreate:
            raise UsageError(
                "--undo takes what it needs from the saved plan", hint="leave PATH and --recreate out"
            )
        plan, _ = make_back(undo, env, url, rehearsed=rehearse)
    else:
        plan, _ = make(composition.choose(paths, env, url), recreate, rehearsed=rehearse)
    show_plan(plan, formats)
    if plan.blocked:
        raise InvalidCatalog(tuple(d for d in plan.diagnostics if d.is_error))
    refuse_unproven(plan, unproven=unproven)
    if out is not None:
        planfile.save(replace(plan, created=composition.now()), out)
        click.echo(f"saved: {out}", err=True)
    sys.exit(2 if exit_code and plan.steps else 0)
