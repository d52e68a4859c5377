"""`catalogsync apply`: carries out a saved plan, or the plan of the files as they are now."""

from __future__ import annotations

import datetime
import sys
from dataclasses import replace
from pathlib import Path

import click

from catalogsync.cli import composition
from catalogsync.cli import plan as plan_verb
from catalogsync.cli.signals import stop_asked
from catalogsync.core.canon import dumps
from catalogsync.core.errors import InvalidCatalog, Refused, UsageError
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.render import plan_text, report_json
from catalogsync.render.progress import Progress
from catalogsync.store import planfile


@click.command("apply")
@click.argument("paths", metavar="(PLANFILE | [PATH]...)", nargs=-1, type=click.Path(path_type=Path))
@composition.target_options
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked.")
@click.option(
    "--journal", "journal_folder", type=click.Path(path_type=Path), help="Keep the journal in this folder."
)
@click.option(
    "--max-age", type=click.FloatRange(min=0), metavar="HOURS", help="Refuse a saved plan that is older."
)
@plan_verb.unproven_option
@plan_verb.recreate_option
@composition.format_option("text", "json")
def command(
    paths: tuple[Path, ...],
    env: str | None,
    url: str | None,
    yes: bool,
    journal_folder: Path | None,
    max_age: float | None,
    unproven: bool,
    recreate: tuple[str, ...],
    formats: tuple[str, ...],
) -> None:
    """Make the server agree: carry out a saved plan as it was reviewed, or plan the files now and carry that out."""
    from catalogsync import executor

    saved = _saved(paths)
    if saved is not None:
        plan = planfile.load(saved)
        plan_verb.refuse_unproven(plan, unproven=unproven)
        _refuse_old(plan, max_age)
        environment = composition.environment_of(plan, saved, env, url)
        client = composition.client_for(environment)
        _refuse_other_server(plan, composition.target_of(client, environment))
    else:
        made, found = plan_verb.make(composition.choose(paths, env, url), recreate)
        plan, client = replace(made, created=composition.now()), found
    if plan.blocked:
        raise InvalidCatalog(plan.diagnostics)
    if "text" in formats:
        click.echo(plan_text.render_plan(plan, color=sys.stderr.isatty()), err=True, nl=False)
    if not plan.is_empty:
        _ask(yes)
    progress = Progress(len(plan.steps), sys.stderr)
    journal = composition.journal_for(plan, saved, journal_folder)
    try:
        with stop_asked() as stop:
            report = executor.apply(plan, client, journal=journal, observer=progress, stop=stop)
    finally:
        progress.close()
    composition.write_outputs(
        formats,
        {
            "text": lambda color: plan_text.render_report(report, color=color),
            "json": lambda color: dumps(report_json.to_json(report), indent=2) + "\n",
        },
    )
    sys.exit(0 if report.complete else 130 if report.interrupted else 4)


def _saved(paths: tuple[Path, ...]) -> Path | None:
    """The plan file, when that is what was named: one file that is no manifest."""
    if len(paths) == 1 and paths[0].suffix not in (".yaml", ".yml") and not paths[0].is_dir():
        if not paths[0].exists():
            raise UsageError(
                f"{paths[0]} does not exist", hint="name a saved plan, or files and folders of manifests"
            )
        return paths[0]
    return None


def _refuse_old(plan: Plan, max_age: float | None) -> None:
    if max_age is None:
        return
    now = datetime.datetime.now(datetime.UTC)
    try:
        hours = (now - datetime.datetime.fromisoformat(plan.created)).total_seconds() / 3600
    except (ValueError, TypeError):
        hours = float("inf")
    if hours > max_age:
        raise Refused(
            f"the plan was made at {plan.created or 'an unknown time'}, more than {max_age:g} hours ago",
            code="refused-old",
            hint="make a new plan and review it",
        )


def _refuse_other_server(plan: Plan, found: TargetIdentity) -> None:
    """Another server behind the same URL: by its version or its API description, where both told them."""
    for what, then, now in (
        ("version", plan.target.server_version, found.server_version),
        ("API description", plan.target.description_digest, found.description_digest),
    ):
        if then and now and then != now:
            raise Refused(
                f"{found.url} has another {what} than the server the plan was made for ({then}, now {now})",
                code="refused-other-target",
                hint="make a plan for this server",
            )


def _ask(yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refused(
            "nobody can be asked here", code="refused-unasked", hint="give --yes to apply without asking"
        )
    if not click.confirm("Apply this plan?", err=True):
        raise Refused("not applied", code="refused-declined")
