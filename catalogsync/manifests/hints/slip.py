"""What a slip of the pen is. Types."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """What was slipped, where (line and column from 0), what to do about it, and the line without it."""

    line: int
    column: int
    width: int
    summary: str
    hint: str
    repaired: str
    doubtful: bool = False
    """It is believed only when the document can be read to its end."""
