"""What is wrong with events that were given: the first problems as diagnostics, the rest counted, so that a huge file of nonsense stays small."""

from __future__ import annotations

from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef

SHOWN = 20
"""How many problems are shown; the rest are counted."""


class Problems:
    """Collects in the order of the events."""

    def __init__(self) -> None:
        self._shown: list[Diagnostic] = []
        self._rest = 0

    def add(self, code: str, summary: str, where: SourceRef | None, hint: str = "") -> None:
        """One error; the event is not counted."""
        if len(self._shown) == SHOWN:
            self._rest += 1
            return
        self._shown.append(Diagnostic(code, Severity.ERROR, summary, where, hint=hint))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        if not self._rest:
            return tuple(self._shown)
        many = Diagnostic(
            "events-many-wrong",
            Severity.ERROR,
            f"{self._rest} more events cannot be read",
            hint="fix those above and run again",
        )
        return (*self._shown, many)
