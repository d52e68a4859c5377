"""A copy of a live catalog, or of manifests, in a sandbox file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from catalogsync.app.apply import ready_files
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter, sandbox_file
from catalogsync.core.errors import Incomplete, InvalidCatalog, TargetError, UsageError
from catalogsync.store import addresses, config

if TYPE_CHECKING:
    from catalogsync.sandbox import Seeded


def seed_from_server(url: str, data: Path, runtime: Runtime, prefix: str = "/api/v1") -> Seeded:
    """Copies what a server holds into a new sandbox file; the server is only read. Raises TargetError, and then leaves no file."""
    from catalogsync.sandbox import Sandbox, SeedError

    environment = config.by_url(url, runtime.environ, prefix=prefix)
    with (
        _new_file(data),
        OpenMeter.of(environment, runtime) as server,
        sandbox_file(f"{addresses.SANDBOX}{data}"),
    ):
        sandbox = Sandbox(data=data)
        try:
            return sandbox.seed_from(server.client.http, prefix)
        except SeedError as problem:
            raise TargetError(f"{url} cannot be copied: {problem}") from problem
        finally:
            sandbox.close()


def seed_from_files(folder: Path, data: Path, runtime: Runtime) -> int:
    """Applies manifests to an empty sandbox in a new file; gives the number of steps. Raises Incomplete, and then leaves no file."""
    with _new_file(data), ready_files((folder,), Target(url=f"{addresses.SANDBOX}{data}"), runtime) as ready:
        if ready.plan.blocked:
            raise InvalidCatalog(ready.plan.diagnostics)
        if not ready.carry_out().complete:
            raise Incomplete(
                f"{folder} could not be applied to an empty sandbox", hint="run plan and apply on sandbox:"
            )
        return len(ready.plan.steps)


@contextmanager
def _new_file(data: Path) -> Iterator[None]:
    """A file that is not there yet, and is not there afterwards if anything fails."""
    if data.exists():
        raise UsageError(f"{data} exists", hint="name a new file, or remove this one first")
    if not data.parent.is_dir():
        raise UsageError(f"{data.parent} is not a folder", hint="make it first")
    try:
        yield
    except BaseException:
        for end in ("", "-wal", "-shm"):
            data.with_name(data.name + end).unlink(missing_ok=True)
        raise
