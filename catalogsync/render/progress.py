"""How far an apply is, on one line of a terminal that is written over."""

from __future__ import annotations

from collections.abc import Callable

from catalogsync.core.report import Outcome

_WIDEST = 78


class Progress:
    """Told of each outcome as it comes. `write` puts text on a terminal; None where there is none, and then nothing is shown."""

    def __init__(self, total: int, write: Callable[[str], None] | None) -> None:
        self._total, self._write = total, write
        self._done = 0

    def __call__(self, outcome: Outcome) -> None:
        if self._write is None:
            return
        self._done += 1
        line = f"{self._done}/{self._total}  {outcome.step}  {outcome.status}"
        self._write(f"\r\x1b[K{line[:_WIDEST]}")

    def close(self) -> None:
        """Takes the line away."""
        if self._write is not None:
            self._write("\r\x1b[K")
