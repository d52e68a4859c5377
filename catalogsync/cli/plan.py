"""`catalogsync plan`: what would be done, in order, and why."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from catalogsync.app import places, usage_file
from catalogsync.app import plan as plans
from catalogsync.app import prune as pruning
from catalogsync.app.environments import Target
from catalogsync.app.fuses import only_fuses
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.requests import describe
from catalogsync.app.review import Review
from catalogsync.cli import live, options, trials, wide
from catalogsync.cli.saving import digest_of, save, say_blocked, text_of
from catalogsync.core.errors import UsageError
from catalogsync.render import document


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
    target, runtime, asked = Target(env, url), options.runtime(), usage_file.asked(at, usage)
    find_gone = pruning.asked(prune, against, runtime)
    request = PlanRequest(
        recreate,
        keep,
        only,
        rehearse,
        impact,
        find_gone,
        asked=asked,
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
        plan, made_of = replace(plans.undo_saved(undo, target, runtime, request), asked=asked), None
        if usage_from is not None:
            plan = plans.with_usage(plan, usage_from, runtime)
    else:
        with options.findings_of(formats), live.reading(runtime) as watched:
            made_of = plans.propose(paths, target, watched, request)
        plan = made_of.plan
    tried = trials.of_plan(made_of, events, events_from, paths[0] if paths else None)
    good = not (plan.blocked or (tried and tried.failed) or plans.failed_rehearsal(plan, unproven=unproven))
    text = ""
    if out is not None and good:
        plan = replace(plan, created=runtime.now())
        text = text_of(plan, runtime)
    told = document.of_plan(plan, describe, Review.of(plan), places.from_root(), tried, digest_of(text))
    options.write_document(formats, told)
    if tried is not None:
        trials.say(tried)
    if plan.blocked:
        say_blocked(plan, formats)
        sys.exit(3 if only_fuses(plan) else 1)
    if tried is not None and tried.failed:
        sys.exit(1)
    plans.refuse_unproven(plan, unproven=unproven)
    if out is not None:
        save(plan, out, made_of, runtime, text)
    sys.exit(2 if exit_code and plan.steps else 0)
