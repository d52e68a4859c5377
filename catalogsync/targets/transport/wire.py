"""What a wire is: a request goes in, an answer comes out, or the words for why there is none."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    import httpx

USER_AGENT = "catalogsync"


@dataclass(frozen=True, slots=True)
class Line:
    """How a server is reached. `root`: its URL without a closing slash; `headers`: what goes with every request; `connections`: the most that
    are kept; `timeout`: seconds to connect, to send, and until the next bytes come; `tls`: the certificates to trust, None for the usual ones;
    `proxy`: the URL of one that lies in between; `transport`: what answers in its place.
    """

    root: str
    headers: Mapping[str, str]
    connections: int
    timeout: float
    tls: ssl.SSLContext | None = None
    proxy: str | None = None
    transport: httpx.BaseTransport | None = None

    @property
    def parts(self) -> SplitResult:
        """The URL's parts. Raises ValueError."""
        return urlsplit(self.root)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of any status. `headers`: by their names in small letters; `content`: the body, decompressed."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Trouble(Exception):
    """There is no usable answer. `sent`: the server may have seen the request; `late`: time ran out; `hopeless`: the next try ends the same way."""

    def __init__(self, said: str, *, sent: bool, late: bool = False, hopeless: bool = False) -> None:
        super().__init__(said)
        self.sent, self.late, self.hopeless = sent, late, hopeless


class Wire(Protocol):
    """The way to one server. Safe to use from several threads."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        """One request and its answer, whatever that says: nothing is repeated, no redirect followed. `target`: path and query below the root,
        percent-encoded. Raises Trouble.
        """
        ...

    def close(self) -> None:
        """Closes the connections."""
        ...
