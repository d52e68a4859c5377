"""An embedded OpenMeter: a catalog server that answers what the real one answers, for tests, rehearsals and a first try.

    from catalogsync.sandbox import Sandbox

    sandbox = Sandbox()
    client = httpx.Client(base_url="http://sandbox", transport=sandbox.transport())   # in this process
    with sandbox.serve() as url: ...                                                  # over a socket

It is written from what the real server does and shares no code with the engine that it is there to judge.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from catalogsync.sandbox.core import Row
from catalogsync.sandbox.service import Intercept, Logged, Service

if TYPE_CHECKING:
    import httpx

__all__ = ["Sandbox"]


class Sandbox:
    """One sandbox. `profile`: default, no_svix or unit_config. `data`: a file to keep the state in (`kill -9` loses no acknowledged
    write). `seed`: the same ids, secrets and instants in every run. `intercept`: stands around every request (see `faults`).
    """

    def __init__(
        self,
        profile: str = "default",
        *,
        data: Path | None = None,
        seed: int | None = None,
        intercept: Intercept | None = None,
    ) -> None:
        self.service = Service(profile, data=data, seed=seed, intercept=intercept)

    def transport(self) -> httpx.BaseTransport:
        """An httpx transport that answers in this process."""
        from catalogsync.sandbox.transport import SandboxTransport  # httpx is loaded when it is needed

        return SandboxTransport(self.service)

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """Serves on the loopback address while the context lasts; gives the URL."""
        from catalogsync.sandbox.serving import served  # the server is loaded when it is needed

        return served(self.service, port)

    def reset(self, profile: str = "default") -> None:
        """Back to a fresh server."""
        self.service.reset(profile)

    def state(self) -> dict[str, list[Row]]:
        """All stored rows by table."""
        return self.service.state()

    @property
    def requests(self) -> list[Logged]:
        """The requests answered so far."""
        return self.service.requests
