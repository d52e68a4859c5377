"""How far an apply is where nothing can be written over: a line for each finished step."""

from __future__ import annotations

from collections.abc import Callable

from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.report import Outcome
from catalogsync.render import plan_words


class Progress:
    """Given each outcome as it comes. `write` puts a line on stderr."""

    def __init__(self, total: int, write: Callable[[str], None]) -> None:
        self._total, self._write = total, write
        self._done: set[int] = set()

    def __call__(self, outcome: Outcome) -> None:
        self._done.add(outcome.step.number)
        said = f"{len(self._done)}/{self._total}  {outcome.step}: {plan_words.status(outcome.status)}"
        self._write(on_one_line(said))
