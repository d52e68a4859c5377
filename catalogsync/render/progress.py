"""How far an apply is, on one line of a terminal that is written over. Nothing where there is no terminal."""

from __future__ import annotations

from typing import TextIO

from catalogsync.core.report import Outcome

_WIDEST = 78


class Progress:
    """Told of each outcome as it comes."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total, self._stream = total, stream
        self._done = 0
        self._shown = stream.isatty()

    def __call__(self, outcome: Outcome) -> None:
        if not self._shown:
            return
        self._done += 1
        line = f"{self._done}/{self._total}  {outcome.step}  {outcome.status}"
        self._stream.write(f"\r\x1b[K{line[:_WIDEST]}")
        self._stream.flush()

    def close(self) -> None:
        """Takes the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
