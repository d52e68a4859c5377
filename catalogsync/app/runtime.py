"""What a use case may know of the process, handed in by whoever calls it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogsync.targets.v1.client import Observer


def utc_now() -> datetime.datetime:
    """The present instant in UTC."""
    return datetime.datetime.now(datetime.UTC)


def nobody(_text: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """`environ`: where `{env: NAME}`, `OPENMETER_URL`, `OPENMETER_API_KEY` and the proxy variables are looked up. `clock`: gives the present
    instant in UTC. `observers`: are given each request to a server. `say`: takes what a person should know and no report holds.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime.datetime] = utc_now
    observers: tuple[Observer, ...] = ()
    say: Callable[[str], None] = nobody

    def today(self) -> datetime.date:
        """The day in UTC: a waiver ends on the same instant wherever it is read."""
        return self.clock().date()

    def now(self) -> str:
        """The present instant, RFC 3339 in UTC to the second."""
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
