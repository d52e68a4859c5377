"""`catalogsync sandbox seed`: a twin of a live catalog, or of manifests, in a sandbox file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from catalogsync.core.errors import Incomplete, InvalidCatalog, TargetError, UsageError

if TYPE_CHECKING:
    from catalogsync.sandbox import Seeded

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TIMEOUT = 60.0


@click.command("seed")
@click.option(
    "--from", "source", required=True, metavar="URL|DIR", help="A live server, or a folder of manifests."
)
@click.option(
    "--data", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The new sandbox file."
)
@click.option("--prefix", default="/api/v1", show_default=True, help="Where v1 lies under the URL.")
def seed_command(source: str, data: Path, prefix: str) -> None:
    """Copy a live catalog into a sandbox file, so that a plan can be rehearsed on a twin of it.

    A live server is only read, with the key in OPENMETER_API_KEY if there is one. Signing secrets are not
    copied, customers only as counts. Manifests are applied to an empty sandbox. Then: catalogsync plan
    --url sandbox:FILE
    """
    with _new_file(data):
        if source.startswith(("http://", "https://")):
            _say(_from_server(source, data, prefix), data)
        elif Path(source).exists():
            click.echo(f"{data}: {_from_manifests(Path(source), data)} steps applied", err=True)
        else:
            raise UsageError(
                f"{source} is neither a URL nor a folder", hint="write http://…, https://… or a path"
            )


@contextmanager
def _new_file(data: Path) -> Iterator[None]:
    """A file that is not there yet, and is not there afterwards if anything fails."""
    if data.exists():
        raise UsageError(f"{data} exists", hint="name a new file, or remove this one first")
    if not data.parent.is_dir():
        raise UsageError(f"{data.parent} is no folder", hint="make it first")
    try:
        yield
    except BaseException:
        for end in ("", "-wal", "-shm"):
            data.with_name(data.name + end).unlink(missing_ok=True)
        raise


def _from_server(url: str, data: Path, prefix: str) -> Seeded:
    import httpx

    from catalogsync.sandbox import Sandbox, SeedError

    with httpx.Client(base_url=url, headers=_authorization(url), timeout=_TIMEOUT) as client:
        sandbox = Sandbox(data=data)
        try:
            return sandbox.seed_from(client, prefix)
        except SeedError as problem:
            raise TargetError(f"{url} cannot be copied: {problem}") from problem
        finally:
            sandbox.close()


def _authorization(url: str) -> dict[str, str]:
    """The key as a bearer token, which never goes over plain http except to this machine."""
    key = os.environ.get("OPENMETER_API_KEY")
    if not key:
        return {}
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise UsageError(
            f"the key in OPENMETER_API_KEY is not sent to {parts.hostname} over plain http",
            hint="use https, or unset the variable",
        )
    return {"authorization": f"Bearer {key}"}


def _from_manifests(folder: Path, data: Path) -> int:
    """How many steps made the catalog in the file."""
    from catalogsync import executor
    from catalogsync.cli import composition
    from catalogsync.cli import plan as plan_verb

    made, client = plan_verb.make(composition.choose((folder,), None, f"sandbox:{data}"), ())
    if made.blocked:
        raise InvalidCatalog(made.diagnostics)
    report = executor.apply(made, client)
    if not report.complete:
        raise Incomplete(
            f"{folder} could not be applied to an empty sandbox", hint="run plan and apply on sandbox:"
        )
    return len(made.steps)


def _say(seeded: Seeded, data: Path) -> None:
    for name, count in seeded.counts.items():
        click.echo(f"{name:12} {count:6}")
    for note in seeded.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"kept in {data}; customers only as counts per plan", err=True)
