"""`catalogsync plan`: what would be done, in order, and why."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync.app import plan as plans
from catalogsync.app import prune as pruning
from catalogsync.app import usage_file
from catalogsync.app.environments import Target
from catalogsync.app.plan_request import PlanRequest
from catalogsync.cli import live, options, outputs, trials, wide
from catalogsync.cli.saving import show_and_save
from catalogsync.core.errors import UsageError


@click.command("plan")
@options.paths_argument
@options.target_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Save the plan to a file that `apply` carries out; - for stdout. With -e PATTERN: a folder, with a file for each environment.",
)
@click.option("--exit-code", is_flag=True, help="Exit 2 when there is something to do.")
@click.option(
    "--undo",
    type=click.Path(path_type=Path),
    metavar="PLANFILE",
    help="Plan what takes a saved plan back, as far as the server allows.",
)
@click.option("--rehearse", is_flag=True, help="Carry the plan out on a copy of the live server first.")
@options.plan_unproven_option
@options.recreate_option
@options.keep_option
@options.prune_options
@wide.wide_options
@options.only_option
@click.option(
    "--refresh", is_flag=True, help="Read again what published versions offer, which the run store may know."
)
@options.impact_option
@options.review_options
@options.usage_from_option
@options.events_options
@options.format_option()
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
    keep: tuple[str, ...],
    prune: bool,
    against: str | None,
    only: tuple[str, ...],
    refresh: bool,
    impact: bool,
    at: tuple[str, ...],
    usage: Path | None,
    usage_from: str | None,
    events: str | None,
    events_from: str | None,
    formats: tuple[str, ...],
) -> None:
    """Compare the files with a live OpenMeter and show the calls that would make it agree. Writes nothing to the server."""
    target, runtime = Target(env, url), options.runtime()
    request = PlanRequest(
        recreate,
        keep,
        only,
        rehearse,
        impact,
        pruning.asked(prune, against, runtime),
        asked=usage_file.asked(at, usage),
        usage_from=usage_from,
        refresh=refresh,
        unproven=unproven,
    )
    many = wide.asked(env, url)
    if many is not None:
        wide.only_alone(
            undo=undo,
            rehearse=rehearse,
            recreate=recreate,
            keep=keep,
            only=only,
            at=at,
            usage=usage,
            against=against,
            usage_from=usage_from,
            events=events,
            events_from=events_from,
        )
        sys.exit(wide.planned(paths, many, runtime, formats, request, out, exit_code=exit_code))
    if out == Path("-"):
        formats = options.without_stdout(formats, "--out -")
    if undo is not None:
        if paths or recreate or keep or only or prune or against:
            raise UsageError(
                "--undo takes what it needs from the saved plan",
                hint="leave PATH, --recreate, --keep, --prune, --against and --only out",
            )
        plan, made_of = plans.undo_saved(undo, target, runtime, request), None
    else:
        with outputs.findings_of(formats), live.reading(runtime) as watched:
            made_of = plans.propose(paths, target, watched, request)
        plan = made_of.plan
    tried = trials.of_plan(made_of, events, events_from, paths[0] if paths else None)
    code = show_and_save(plan, made_of, out, formats, runtime, unproven=unproven, tried=tried)
    sys.exit(code or (2 if exit_code and plan.steps else 0))
