"""The sandbox as other code holds it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from catalogsync.openmeter.description import Description
from catalogsync.sandbox.domain.contract import Row
from catalogsync.sandbox.seeding import Seeded
from catalogsync.sandbox.service import Logged, Service
from catalogsync.sandbox.transport.authentication import Authentication
from catalogsync.sandbox.transport.faults import Fault

if TYPE_CHECKING:
    import httpx


class Sandbox:
    """One sandbox. `profile`: default, no_svix or unit_config. `data`: a file to keep the state in (`kill
    -9` loses no acknowledged write). `faults`: requests that shall go wrong. `seed`: the same ids, secrets,
    instants and faults in every run. `api_key`: every request must carry it (`Authorization: Bearer KEY`); `read_only_key`: one that
    may read and not write. `release`: the tag of a known release to answer as (`catalogsync.openmeter.releases`); `description`: the
    OpenAPI document of the server to answer as. An older server drops the members it does not know and lacks the rules that came later.
    Raises KeyError for an unknown profile or release.
    """

    def __init__(
        self,
        profile: str = "default",
        *,
        data: Path | None = None,
        faults: Iterable[Fault] = (),
        seed: int | None = None,
        api_key: str | None = None,
        read_only_key: str | None = None,
        release: str | None = None,
        description: Description | None = None,
    ) -> None:
        authentication = Authentication(api_key, read_only_key)
        self._service = Service(
            profile,
            data=data,
            faults=faults,
            seed=seed,
            authentication=authentication,
            release=release,
            description=description,
        )

    def transport(self) -> httpx.BaseTransport:
        """An httpx transport that answers in this process."""
        from catalogsync.sandbox.transport.in_process import SandboxTransport

        return SandboxTransport(self._service)

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """Serves on the loopback address while the context lasts; gives the URL."""
        from catalogsync.sandbox.transport.served import served

        return served(self._service, port)

    def seed_from(self, client: httpx.Client, prefix: str = "/api/v1", *, secrets: bool = False) -> Seeded:
        """Becomes a twin of the live catalog that the client reaches: all versions, ids and instants kept,
        customers as counts; signing secrets only where `secrets` says so. Only reads the live server. Raises SeedError,
        and then nothing has changed here.
        """
        return self._service.seed_from(client, prefix, secrets=secrets)

    def copy(self) -> Sandbox:
        """Another sandbox that holds the same, deleted objects included, in memory and without faults."""
        other = copy.copy(self)
        other._service = self._service.copy()
        return other

    def reset(self, profile: str = "default", release: str | None = None) -> None:
        """Back to a fresh server; of another release, if one is named."""
        self._service.reset(profile, release)

    def close(self) -> None:
        """Lets go of the file, if there is one; the sandbox is not used after that."""
        self._service.close()

    def state(self) -> dict[str, list[Row]]:
        """All stored rows by table."""
        return self._service.state()

    @property
    def requests(self) -> list[Logged]:
        """The requests answered so far."""
        return self._service.requests

    def break_with(self, *faults: Fault) -> None:
        """From now on these faults and no others; their counting starts again."""
        self._service.break_with(faults)
