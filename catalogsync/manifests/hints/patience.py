"""For how many names it is asked what was meant by them, where a catalog has thousands that mean nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 40_000
"""Comparisons of two names in one run: less than a second of them, also of names that are alike. In a catalog of two hundred keys none is left
without a guess."""


@dataclass(slots=True)
class Patience:
    """Comparisons that are still made: who reads so many messages has found out by the first of them what happened to the others."""

    left: int = MOST

    def suffices(self, names: int) -> bool:
        """Whether one more name is compared with so many others."""
        if self.left <= 0:
            return False
        self.left -= names
        return True
