"""`catalogsync schema draw|check`: the JSON schemas of manifests, from an OpenAPI description."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import yaml

from catalogsync.core.errors import TargetError, UsageError
from catalogsync.manifests import files
from catalogsync.openmeter import schemas
from catalogsync.schemagen import SOURCE, compare, draw, wire_name

_TIMEOUT = 30.0


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
    text = _read(spec)
    drawn = draw(_parse(spec, text), text)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(drawn.items()):
        files.write(out / name, content)
        click.echo(str(out / name))


@command.command("check")
@click.option(
    "--spec", required=True, metavar="FILE|URL", help="A description, or a server's /api/swagger.json."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check_command(spec: str, form: str) -> None:
    """Say, field by field, what a description adds, removes or changes for the kinds we manage; exit 1 when
    anything.
    """
    text = _read(spec)
    description = _parse(spec, text)
    drawn = json.loads(draw(description, text)[wire_name(description)])
    known = schemas.schema(wire_name(description))
    changes = compare(known, drawn)
    if form == "json":
        report = {
            "known": known[SOURCE],
            "given": drawn[SOURCE],
            "changes": [asdict(change) for change in changes],
        }
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for change in changes:
            click.echo(str(change))
    given = f"{drawn[SOURCE]['title']} {drawn[SOURCE]['version']}"
    told = f"{len(changes)} difference{'s' if len(changes) != 1 else ''}" if changes else "no difference"
    click.echo(f"{given} ({spec}): {told} from the description the schemas were drawn from", err=True)
    if changes:
        sys.exit(1)


def _read(spec: str) -> bytes:
    """The bytes of a description. Raises UsageError for a file, TargetError for a URL that cannot be read."""
    if not spec.startswith(("http://", "https://")):
        try:
            return Path(spec).read_bytes()
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or problem
            raise UsageError(f"{spec} cannot be read: {reason}", hint="give a file or a URL") from problem
    import httpx

    try:
        answer = httpx.get(spec, timeout=_TIMEOUT, follow_redirects=True)
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise TargetError(f"{spec} cannot be read: {problem}") from problem
    return answer.content


def _parse(spec: str, text: bytes) -> dict[str, Any]:
    """A description as data. Raises UsageError when it is neither JSON nor YAML, or no object."""
    try:
        data = json.loads(text) if text.lstrip()[:1] == b"{" else yaml.load(text, Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError, RecursionError) as problem:
        raise UsageError(f"{spec} is neither JSON nor YAML: {str(problem).splitlines()[0]}") from problem
    if not isinstance(data, dict):
        raise UsageError(
            f"{spec} holds no OpenAPI description", hint="it must be an object with `openapi`, `paths`, …"
        )
    return data
