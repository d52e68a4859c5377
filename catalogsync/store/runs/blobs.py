"""What a run store asks of the place where it is kept: named bytes, written whole, each write on condition of what was read before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from catalogsync.core.errors import CatalogsyncError


class StoreUnusable(CatalogsyncError):
    """The run store cannot be read or written: no network, no permission, no room."""

    default_code = "run-store-unusable"


@dataclass(frozen=True, slots=True)
class Blob:
    """What stands under a name, and the tag of this content. Equal contents may have equal tags."""

    data: bytes
    tag: str


class Claim(Protocol):
    """A mark that a living process holds."""

    def close(self) -> None:
        """Gives it up."""


class Blobs(Protocol):
    """Named bytes. Names are parts joined by `/`, each made by `part`. Every method raises StoreUnusable where the place refuses."""

    where: str
    """The place, for messages."""

    tells_the_dead: bool
    """Whether a claim goes with its process, so that a free one proves that its holder is gone."""

    def get(self, name: str) -> Blob | None:
        """What stands there now."""

    def put(self, name: str, data: bytes, *, over: str = "") -> str | None:
        """Writes whole or not at all: a new blob, or one in place of the one whose tag is `over`. The new tag; None when there is another
        one by now. A write whose answer was lost may have been done and still say None: read again.
        """

    def append(self, name: str, data: bytes) -> None:
        """Adds to the end of a log that one writer owns. It is kept when this returns."""

    def log(self, name: str) -> bytes:
        """All that was appended, in order."""

    def names(self, folder: str) -> list[str]:
        """The names directly in a folder, without it, sorted. No logs."""

    def remove(self, name: str) -> None:
        """Takes away the blob and the log of this name, where they are there. Never one that is replaced: its tags must not come again."""

    def claim(self, name: str) -> Claim | None:
        """The mark of this name; None while another living process has it. Where `tells_the_dead` is false, it proves nothing."""


def part(text: str) -> str:
    """Any text as one part of a name, on every file system and object storage."""
    quoted = quote(text, safe="")
    return quoted.replace(".", "%2E", 1) if quoted.startswith(".") else quoted
