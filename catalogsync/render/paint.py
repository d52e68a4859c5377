"""Colour on request: the same words with and without."""

from __future__ import annotations

from collections.abc import Callable

_CODES = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "bold": 1, "dim": 2}

Paint = Callable[..., str]


def painter(color: bool) -> Paint:
    """A function `paint(text, style…)` that colours, or leaves alone."""

    def paint(text: str, *styles: str) -> str:
        if not color or not styles:
            return text
        return f"\x1b[{';'.join(str(_CODES[s]) for s in styles)}m{text}\x1b[0m"

    return paint


def counted(number: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
