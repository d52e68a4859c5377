"""`catalogsync schema draw|check`: the JSON schemas of manifests, from an OpenAPI description."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from catalogsync.app.schema import Compared, check_schemas, draw_schemas, make_folder
from catalogsync.cli import options, streams
from catalogsync.cli.groups import Group
from catalogsync.core.canon import Body
from catalogsync.core.wording import counted
from catalogsync.schemagen import DescriptionChange


@click.group("schema", cls=Group)
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
    """Say what a description lacks of what we manage, then, field by field, what it adds or changes; exit 1 when anything. What means
    the same in other words is the same.
    """
    found = check_schemas(spec, options.runtime())
    if form == "json":
        streams.data(json.dumps(_report(found), indent=2, ensure_ascii=False) + "\n", "json")
    else:
        for line in (*found.lacks, *_others(found)):
            streams.line(str(line))
    streams.talk(f"{_which(found)} ({spec}): {_told(found)}")
    if found.changes:
        sys.exit(1)


@command.command("output")
@click.option(
    "--out", default="schemas/output", type=click.Path(path_type=Path, file_okay=False), show_default=True
)
def output_command(out: Path) -> None:
    """Write the JSON schemas of what --format json gives, one for each verb."""
    from catalogsync.render import output_schemas
    from catalogsync.store import output

    make_folder(out)
    for name in output_schemas.OUTPUTS:
        path = out / f"{name}.schema.json"
        output.write(path, output_schemas.text(name))
        streams.line(str(path))


def _report(found: Compared) -> Body:
    return {
        "known": found.known,
        "given": found.given,
        "releases": found.releases,
        "lacks": [asdict(one) for one in found.lacks],
        "changes": [asdict(change) for change in found.changes],
    }


def _others(found: Compared) -> list[DescriptionChange]:
    """The differences that do not follow from what is lacking."""
    return [one for one in found.changes if one.action != "removed" or one.member.startswith("?")]


def _which(found: Compared) -> str:
    release = f", OpenMeter {' or '.join(found.releases)}" if found.releases else ""
    return f"{found.given['title']} {found.given['version']}{release}"


def _told(found: Compared) -> str:
    if not found.changes:
        return "the same as the description the schemas were drawn from, in all that is managed"
    number = len(found.lacks) + len(_others(found))
    return f"{counted(number, 'difference')} from the description the schemas were drawn from"
