"""Requests and replies as bytes, the form in which every way into the sandbox hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus


@dataclass(frozen=True, slots=True)
class Request:
    """What came in: the target as sent (path and query, still percent-encoded), lower-case header names, the body's bytes."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def pairs(self) -> list[tuple[str, str]]:
        """The query as Go's url package reads it."""
        found = []
        for part in self.target.partition("?")[2].split("&"):
            name, _, value = part.partition("=")
            if part and ";" not in part:
                found.append((unquote_plus(name), unquote_plus(value)))
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes
