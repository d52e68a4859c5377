"""How far an apply is: on one line of a terminal that is written over, elsewhere a line for each finished step."""

from __future__ import annotations

from collections.abc import Callable

from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.report import Outcome
from catalogsync.render import plan_words

_WIDEST = 78


class Progress:
    """Given each outcome as it comes. `write` puts text on stderr; `live` says that a line can be written over there."""

    def __init__(self, total: int, write: Callable[[str], None], *, live: bool) -> None:
        self._total, self._write, self._live = total, write, live
        self._done = 0

    def __call__(self, outcome: Outcome) -> None:
        self._done += 1
        line = on_one_line(f"{self._done}/{self._total}  {outcome.step}: {plan_words.status(outcome.status)}")
        self._write(f"\r\x1b[K{line[:_WIDEST]}" if self._live else f"{line}\n")

    def close(self) -> None:
        """Takes the line away."""
        if self._live:
            self._write("\r\x1b[K")
