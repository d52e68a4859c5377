"""`catalogsync show`: a saved plan, or a catalog with its overlays merged; offline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from catalogsync.app import check, environments, places, usage_file
from catalogsync.app import plan as plans
from catalogsync.cli import options, outputs, run_output
from catalogsync.core.asked import Asked
from catalogsync.core.errors import UsageError
from catalogsync.core.plan import Plan
from catalogsync.manifests import resolved as catalogs
from catalogsync.render import document
from catalogsync.store import planfile


@click.command("show")
@click.argument("paths", metavar="(PLANFILE | RUN | [PATH]...)", nargs=-1, type=click.Path(path_type=Path))
@click.option("--resolved", is_flag=True, help="Show the manifests at PATH as one, with overlays merged.")
@options.env_option("With --resolved: the environment whose overlays are merged.")
@options.review_options
@options.usage_from_option
@options.format_option()
def command(
    paths: tuple[Path, ...],
    resolved: bool,
    env: str | None,
    at: tuple[str, ...],
    usage: Path | None,
    usage_from: str | None,
    formats: tuple[str, ...],
) -> None:
    """Show a saved plan in any format, a run of the run store (text, JSON), or with --resolved a catalog as it is in an environment (YAML, JSON).
    Needs no server but for --usage-from.

    Errors in the manifests are shown instead, and the exit code is 1.
    """
    if resolved:
        _show_catalog(paths, env, formats)
        return
    if len(paths) != 1 or env is not None:
        hint = "for a catalog add --resolved" if paths or env else "`catalogsync history` lists the runs"
        raise UsageError("one saved plan or run is to be named", hint=hint)
    if run_output.is_run(paths[0]):
        run_output.show_run(str(paths[0]), formats)
        return
    saved = places.seen_by(plans.load(paths[0]), places.from_here())
    plan = _asked_anew(saved, usage_file.asked(at, usage), usage_from)
    shown = document.of_plan(plan, seen=places.from_root(), digest=planfile.digest_in(paths[0]))
    outputs.write_document(formats, shown)


def _asked_anew(plan: Plan, given: Asked, usage_from: str | None) -> Plan:
    """The plan with what is asked now in place of what was asked when it was made: the quantities, or the customers."""
    asked = replace(plan.asked, at=given.at or plan.asked.at)
    if given.source or usage_from is not None:
        asked = replace(asked, customers=given.customers, source=given.source, period=given.period)
    plan = replace(plan, asked=asked)
    return plan if usage_from is None else plans.with_usage(plan, usage_from, options.runtime())


def _show_catalog(paths: tuple[Path, ...], env: str | None, formats: tuple[str, ...]) -> None:
    outputs.only_text_or_json(formats, "--resolved has", "text (which is YAML) and json")
    catalog = check.valid(environments.choose_catalog(paths, env), options.runtime()).catalog
    outputs.write_text_or_json(
        formats, lambda _color: catalogs.text(catalog), lambda: catalogs.to_json(catalog)
    )
