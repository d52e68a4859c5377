"""Colour and links on request: the same words with and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogsync.core.diagnostics import SourceRef

_CODES = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "bold": 1, "dim": 2}

EXCERPT = 160
"""Columns of a file's line that are shown where no terminal says its width."""
UrlOf = Callable[["SourceRef"], str]
"""The URL of a place in a file."""


class Paint:
    """`paint(text, style…)` colours, or leaves alone; `paint.link(text, where)` makes text lead to a place, or leaves it alone. `excerpt`: the
    columns that a line of a file takes at most.
    """

    __slots__ = ("_color", "_url_of", "excerpt")

    def __init__(self, color: bool, url_of: UrlOf | None = None, excerpt: int = EXCERPT) -> None:
        self._color, self._url_of, self.excerpt = color, url_of, excerpt

    def __call__(self, text: str, *styles: str) -> str:
        if not self._color or not styles:
            return text
        return f"\x1b[{';'.join(str(_CODES[s]) for s in styles)}m{text}\x1b[0m"

    @property
    def color(self) -> bool:
        """Whether it colours."""
        return self._color

    def link(self, text: str, where: SourceRef | None) -> str:
        """The text as a hyperlink of a terminal (OSC 8)."""
        if self._url_of is None or where is None:
            return text
        return f"\x1b]8;;{self._url_of(where)}\x1b\\{text}\x1b]8;;\x1b\\"


def painter(color: bool) -> Paint:
    """What colours, or leaves alone."""
    return Paint(color)
