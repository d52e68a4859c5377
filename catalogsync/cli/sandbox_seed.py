"""`catalogsync sandbox seed`: a copy of a live catalog, or of manifests, in a sandbox file."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.cli import options, streams
from catalogsync.core.errors import UsageError


@click.command("seed")
@click.option(
    "--from", "source", required=True, metavar="URL|DIR", help="A live server, or a folder of manifests."
)
@click.option(
    "--data", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The new sandbox file."
)
@click.option("--prefix", default="/api/v1", show_default=True, help="Where v1 lies under the URL.")
def seed_command(source: str, data: Path, prefix: str) -> None:
    """Copy a live catalog into a sandbox file, so that a plan can be rehearsed on a copy of it.

    A live server is only read, with the key in OPENMETER_API_KEY if there is one. Signing secrets are not
    copied, customers only as counts. Manifests are applied to an empty sandbox. Then: catalogsync plan
    --url sandbox:FILE
    """
    from catalogsync.app import seed

    if source.startswith(("http://", "https://")):
        seeded = seed.seed_from_server(source, data, options.runtime(), prefix)
        for name, count in seeded.counts.items():
            streams.line(f"{name:12} {count:6}")
        for note in seeded.notes:
            streams.talk(f"note: {note}")
        streams.talk(f"kept in {data}; customers only as counts per plan")
    elif Path(source).exists():
        streams.talk(f"{data}: {seed.seed_from_files(Path(source), data, options.runtime())} steps applied")
    else:
        raise UsageError("--from is neither a URL nor a folder", hint="write http://…, https://… or a path")
