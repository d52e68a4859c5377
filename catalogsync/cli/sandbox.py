"""`catalogsync sandbox`: an embedded OpenMeter for trying, testing and rehearsing."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogsync.cli import options, streams
from catalogsync.cli.groups import Group
from catalogsync.cli.sandbox_seed import seed_command
from catalogsync.core.errors import CatalogsyncError, UsageError

if TYPE_CHECKING:
    from catalogsync.openmeter.description import Description

DEFAULT_PORT = 8765
_PROFILES = ("default", "no_svix", "unit_config")


@click.group("sandbox", cls=Group)
def command() -> None:
    """Run an embedded OpenMeter. What it does not emulate it answers with 501, never with a guess."""


command.add_command(seed_command)


@command.command("serve")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
)
@click.option("--profile", default="default", show_default=True, type=click.Choice(_PROFILES))
@click.option("--data", type=click.Path(path_type=Path, dir_okay=False), help="Keep the state in this file.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:OPTION=VALUE,…]",
    help="Let requests go wrong, for example 503-before:method=POST,times=3; repeatable.",
)
@click.option("--seed", type=int, help="The same ids, secrets, instants and faults in every run.")
@click.option(
    "--release", metavar="TAG", help="Answer as a known release of OpenMeter, for example v1.0.0-beta.227."
)
@click.option("--description", metavar="FILE|URL", help="Answer as the server of this OpenAPI description.")
@click.option("--api-key", metavar="KEY", help="Answer only requests that carry this key; others get 401.")
@click.option("--read-only-key", metavar="KEY", help="A key that may read; a write with it gets 403.")
def serve_command(
    port: int,
    profile: str,
    data: Path | None,
    faults: tuple[str, ...],
    seed: int | None,
    release: str | None,
    description: str | None,
    api_key: str | None,
    read_only_key: str | None,
) -> None:
    """Serve on the loopback address until interrupted. The URL goes to stdout once it answers.

    POST /sandbox/reset {"profile": …, "release": …} puts it back to a fresh server; GET /sandbox/state shows all it holds.
    """
    from catalogsync.sandbox import FaultError, Sandbox, parse_fault

    with _said(port, data):
        if data is not None and not data.absolute().parent.is_dir():
            raise sqlite3.OperationalError("its folder does not exist")
        try:
            sandbox = Sandbox(
                profile,
                data=data,
                faults=[parse_fault(text) for text in faults],
                seed=seed,
                api_key=api_key,
                read_only_key=read_only_key,
                release=_known_release(release),
                description=_description(release, description),
            )
        except FaultError as problem:
            raise UsageError(str(problem)) from None
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        with sandbox.serve(port) as url:
            streams.line(url)
            streams.flush()
            streams.talk(
                f"profile {profile}; {f'kept in {data}' if data else 'kept in memory'}; Ctrl-C ends it"
            )
            stopped.wait()


def _known_release(tag: str | None) -> str | None:
    from catalogsync.openmeter.releases import by_tag, known

    if tag is not None and by_tag(tag) is None:
        tags = ", ".join(one.tag for one in known())
        raise UsageError(f"--release {tag} is not a known release", hint=f"known are {tags}")
    return tag


def _description(release: str | None, source: str | None) -> Description | None:
    """The OpenAPI document that a file or a URL holds. Raises UsageError for what is none, TargetError."""
    if source is None:
        return None
    if release is not None:
        raise UsageError("--release and --description are two ways to say the same", hint="give one of them")
    from catalogsync.app import schema
    from catalogsync.sandbox import check_description

    found = schema.described(source, options.runtime())
    try:
        check_description(found)
    except ValueError:
        raise UsageError(
            f"--description {source} is not an OpenAPI description of OpenMeter",
            hint="give the document of a server, for instance its /api/swagger.json",
        ) from None
    return found


@contextlib.contextmanager
def _said(port: int, data: Path | None) -> Iterator[None]:
    """Turns what the machine refuses into words."""
    try:
        yield
    except sqlite3.Error as problem:
        raise CatalogsyncError(
            f"{data} cannot keep a sandbox: {problem}",
            code="file-unwritable",
            hint="name a new file in a folder that exists",
        ) from None
    except OSError as problem:
        raise UsageError(
            f"port {port} cannot be used: {problem.strerror}",
            hint="choose another with --port, or 0 for any free one",
        ) from None
