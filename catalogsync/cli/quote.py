"""`catalogsync quote`: a customer's bill for one billing period, from the manifests alone."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.app import check, environments
from catalogsync.app.quote import quote
from catalogsync.app.quote_request import QuoteRequest, addon_quantities, quantities
from catalogsync.cli import candidates, options, outputs
from catalogsync.render import quote_json, quote_text


@click.command("quote")
@options.paths_argument
@click.option(
    "--plan", required=True, metavar="KEY", help="The plan.", shell_complete=candidates.key_of("plan")
)
@click.option("--phase", default="", metavar="KEY", help="A phase of it; without this the last one.")
@click.option(
    "--at",
    "usage",
    multiple=True,
    metavar="FEATURE=N",
    shell_complete=candidates.key_of("feature", "="),
    help="How much of a feature is used; repeatable; 0 if left out.",
)
@click.option(
    "--addon",
    "addons",
    multiple=True,
    metavar="KEY=QUANTITY",
    shell_complete=candidates.key_of("addon", "="),
    help="An add-on and how often it is bought; repeatable.",
)
@options.env_option("An environment of catalogsync.yaml: its overlays are merged.")
@options.format_option("text", "json")
def command(
    paths: tuple[Path, ...],
    plan: str,
    phase: str,
    usage: tuple[str, ...],
    addons: tuple[str, ...],
    env: str | None,
    formats: tuple[str, ...],
) -> None:
    """Show a customer's bill for one full billing period, line by line, as OpenMeter would bill it. Needs no server.

    PATH are files or folders, ./catalog when none is given. Nothing is prorated; taxes and credits are left out. A catalog with errors is
    not quoted.
    """
    asked = QuoteRequest(plan, quantities(usage), addon_quantities(addons), phase)
    checked = check.valid(environments.choose_catalog(paths, env), options.runtime())
    found = quote(checked.catalog, asked)
    outputs.write_text_or_json(
        formats, lambda color: quote_text.render(found, color=color), lambda: quote_json.to_json(found)
    )
