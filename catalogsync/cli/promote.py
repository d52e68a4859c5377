"""`catalogsync promote`: what is proven on one environment, planned for another."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync.app import promote as promotion
from catalogsync.app import usage_file
from catalogsync.app.review import Review
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.cli import options, outputs
from catalogsync.cli.carrying import carried_out, report_run, show
from catalogsync.cli.saving import show_and_save
from catalogsync.core.errors import UsageError


@click.command("promote")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Save the plan to a file that `apply` carries out."
)
@click.option("--yes", is_flag=True, help="Carry it out without asking.")
@click.option(
    "--only",
    multiple=True,
    metavar="KIND/KEY",
    help="Promote these and what they need; * stands for any part of a name.",
)
@click.option("--accept-drift", is_flag=True, help="Overwrite what was changed by hand on TO.")
@click.option("--rehearse", is_flag=True, help="Carry the plan out on a copy of TO first.")
@options.unproven_option
@options.review_options
@options.format_option()
def command(
    source: str,
    target: str,
    out: Path | None,
    yes: bool,
    only: tuple[str, ...],
    accept_drift: bool,
    rehearse: bool,
    unproven: bool,
    at: tuple[str, ...],
    usage: Path | None,
    formats: tuple[str, ...],
) -> None:
    """Plan for TO exactly what is proven on FROM, with TO's overlays; save the plan, or carry it out."""
    if out is not None and yes:
        raise UsageError("say either --out or --yes", hint="a saved plan is carried out by catalogsync apply")
    runtime = options.runtime()
    request = promotion.Request(only, accept_drift, rehearse, usage_file.asked(at, usage))
    with outputs.findings_of(formats):
        found = promotion.candidate(source, target, request, runtime)
    if yes:
        _apply(found, request, runtime, formats, unproven=unproven)
    else:
        _plan(found, request, runtime, formats, out, unproven=unproven)


def _plan(
    found: promotion.Candidate,
    request: promotion.Request,
    runtime: Runtime,
    formats: tuple[str, ...],
    out: Path | None,
    *,
    unproven: bool,
) -> None:
    if out == Path("-"):
        formats = options.without_stdout(formats, "--out -")
    with OpenMeter.of(found.target.resolved(runtime.environ), runtime) as server:
        made = promotion.promote(found, server, request, runtime)
    nothing = f"Nothing to do: {found.target.name} has what is proven on {found.source.name}."
    summary = nothing if made.plan.is_empty and not made.plan.blocked else ""
    code = show_and_save(made.plan, made, out, formats, runtime, unproven=unproven, summary=summary)
    sys.exit(code)


def _apply(
    found: promotion.Candidate,
    request: promotion.Request,
    runtime: Runtime,
    formats: tuple[str, ...],
    *,
    unproven: bool,
) -> None:
    from catalogsync.app import apply
    from catalogsync.app import plan as plans

    with outputs.findings_of(formats), apply.ready_promotion(found, request, runtime) as ready:
        review = Review.of(ready.plan)
        show(ready, review, formats)
        plans.refuse_unproven(ready.plan, unproven=unproven)
        report = carried_out(ready)
    sys.exit(report_run(ready, report, review, formats))
