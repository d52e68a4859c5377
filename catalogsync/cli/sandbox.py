"""`catalogsync sandbox`: an embedded OpenMeter for trying, testing and rehearsing."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import click

from catalogsync.cli import streams
from catalogsync.cli.sandbox_seed import seed_command
from catalogsync.core.errors import CatalogsyncError, UsageError

DEFAULT_PORT = 8765
_PROFILES = ("default", "no_svix", "unit_config")


@click.group("sandbox")
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
def serve_command(
    port: int, profile: str, data: Path | None, faults: tuple[str, ...], seed: int | None
) -> None:
    """Serve on the loopback address until interrupted. The URL goes to stdout once it answers.

    POST /sandbox/reset {"profile": …} puts it back to a fresh server; GET /sandbox/state shows all it holds.
    """
    from catalogsync.sandbox import FaultError, Sandbox, parse_fault

    with _said(port, data):
        try:
            sandbox = Sandbox(profile, data=data, faults=[parse_fault(text) for text in faults], seed=seed)
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
