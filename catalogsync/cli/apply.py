"""`catalogsync apply`: carries out a saved plan, or the plan of the files as they are now."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogsync.app import many_saved
from catalogsync.app import prune as pruning
from catalogsync.app.environments import Target
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.review import Review
from catalogsync.cli import live, options, outputs, wide
from catalogsync.cli.carrying import ask, carried_out, report_run, show
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.errors import UsageError
from catalogsync.render import plan_words

if TYPE_CHECKING:
    from catalogsync.app.apply import Ready
    from catalogsync.app.runtime import Runtime


@click.command("apply")
@click.argument(
    "paths", metavar="(PLANFILE | PLANFOLDER | [PATH]...)", nargs=-1, type=click.Path(path_type=Path)
)
@options.target_options
@click.option("--yes", is_flag=True, help="Do not ask. Needed where there is no terminal to ask on.")
@click.option(
    "--journal", "journal_folder", type=click.Path(path_type=Path), help="Keep the journal in this folder."
)
@click.option(
    "--max-age", type=click.FloatRange(min=0), metavar="HOURS", help="Refuse a saved plan that is older."
)
@options.unproven_option
@options.recreate_option
@options.keep_option
@options.prune_options
@wide.wide_options
@options.only_option
@options.impact_option
@options.format_option()
def command(
    paths: tuple[Path, ...],
    env: str | None,
    url: str | None,
    yes: bool,
    journal_folder: Path | None,
    max_age: float | None,
    unproven: bool,
    recreate: tuple[str, ...],
    keep: tuple[str, ...],
    prune: bool,
    against: str | None,
    only: tuple[str, ...],
    impact: bool,
    formats: tuple[str, ...],
) -> None:
    """Make the server agree: carry out a saved plan as it was reviewed, or plan the files now and carry that out."""
    from catalogsync.app import apply

    saved, folder = _saved(paths), _folder_of_plans(paths)
    target, runtime = Target(env, url), options.runtime()
    planned = saved is not None or folder is not None
    for given, flag in (
        (only, "--only"),
        (prune or against, "--prune"),
        (recreate, "--recreate"),
        (keep, "--keep"),
    ):
        if planned and given:
            raise UsageError("a saved plan is applied whole", hint=f"give {flag} to `plan`")
    if max_age is not None and not planned:
        raise UsageError(
            "--max-age is about a saved plan", hint="give the plan's file, or leave --max-age out"
        )
    if folder is not None:
        wide.only_alone(journal=journal_folder)
        plans = wide.asked_of_plans(env, url)
        sys.exit(
            wide.applied_saved(folder, plans, runtime, formats, yes=yes, max_age=max_age, unproven=unproven)
        )
    many = wide.asked(env, url) if saved is None else None
    request = PlanRequest(
        recreate,
        keep,
        only,
        impact=impact,
        find_gone=pruning.asked(prune, against, runtime),
        unproven=unproven,
    )
    if many is not None:
        wide.only_alone(journal=journal_folder, recreate=recreate, keep=keep, only=only, against=against)
        sys.exit(wide.applied(paths, many, runtime, formats, request, yes=yes))

    def opened(watched: Runtime) -> AbstractContextManager[Ready]:
        if saved is None:
            return apply.ready_files(paths, target, watched, request, journal_folder)
        return apply.ready_saved(
            saved, target, watched, journal_folder=journal_folder, max_age=max_age, unproven=unproven
        )

    with outputs.findings_of(formats), ExitStack() as stack:
        with live.reading(runtime) as watched:
            ready = stack.enter_context(opened(watched))
        plan, review = ready.plan, Review.of(ready.plan)
        show(ready, review, formats, asks=not yes)
        if not plan.is_empty and not yes:
            where = on_one_line(plan_words.address(plan.target))
            ask(f"Apply this plan to {where}?", "not applied", "apply without asking")
        report = carried_out(ready if yes else ready.reviewed())
    sys.exit(report_run(ready, report, review, formats))


def _folder_of_plans(paths: tuple[Path, ...]) -> Path | None:
    """The folder that `plan -e PATTERN --out` made, when that is what was named."""
    return paths[0] if len(paths) == 1 and many_saved.is_folder_of_plans(paths[0]) else None


def _saved(paths: tuple[Path, ...]) -> Path | None:
    """The plan file, when that is what was named: one file that is not a manifest."""
    if len(paths) == 1 and paths[0].suffix.lower() not in (".yaml", ".yml") and not paths[0].is_dir():
        if not paths[0].exists():
            raise UsageError(
                f"{paths[0]} does not exist", hint="name a saved plan, or files and folders of manifests"
            )
        return paths[0]
    return None
