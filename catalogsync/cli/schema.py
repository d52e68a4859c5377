"""`catalogsync schema draw|check`: the JSON schemas of manifests, from an OpenAPI description."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from catalogsync.app.schema import check_schemas, draw_schemas
from catalogsync.cli import options, streams


@click.group("schema")
def command() -> None:
    """Draw the JSON schemas of manifests from an OpenAPI description, or see what a newer one changes."""


@command.command("draw")
@click.option("--spec", required=True, metavar="FILE|URL", help="The OpenAPI description, JSON or YAML.")
@click.option("--out", default="schemas", type=click.Path(path_type=Path, file_okay=False), show_default=True)
def draw_command(spec: str, out: Path) -> None:
    """Write the schemas drawn from a description. A v1 description gives a schema per kind and its
    requests, a v3 one its requests.
    """
    for path in draw_schemas(spec, out, options.runtime()):
        streams.line(str(path))


@command.command("check")
@click.option(
    "--spec", required=True, metavar="FILE|URL", help="A description, or a server's /api/swagger.json."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check_command(spec: str, form: str) -> None:
    """Say, field by field, what a description adds, removes or changes for the kinds we manage; exit 1 when
    anything.
    """
    found = check_schemas(spec, options.runtime())
    changes = found.changes
    if form == "json":
        report = {
            "known": found.known,
            "given": found.given,
            "changes": [asdict(change) for change in changes],
        }
        streams.data(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "json")
    else:
        for change in changes:
            streams.line(str(change))
    given = f"{found.given['title']} {found.given['version']}"
    told = f"{len(changes)} difference{'s' if len(changes) != 1 else ''}" if changes else "no difference"
    streams.talk(f"{given} ({spec}): {told} from the description the schemas were drawn from")
    if changes:
        sys.exit(1)
