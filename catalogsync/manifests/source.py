"""A manifest file's text, and places in it as a person sees them. No I/O.

A catalog's texts are as much memory as what they say, and are looked at again only where there is something to say: they are kept packed, and
the last few that were looked at unpacked.
"""

from __future__ import annotations

import io
import re
import zlib
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from catalogsync.core.diagnostics import SourceRef
from catalogsync.manifests import masking

BREAK = re.compile(r"\r\n|\r|\n")
"""What ends a line."""

_POINT_ZEROS = re.compile(r"\.000(?![0-9])(?:(?<=[1-9]\.000)|(?<=[1-9][0-9]\.000)|(?<=[1-9][0-9]{2}\.000))")
_LONGEST_LINE = 400
_FAST = 1
"""Packs manifests to a fifteenth; the best packing takes twice the time for a tenth less."""


@dataclass(frozen=True)
class _Opened:
    """A text, and what is asked of it again and again."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        return BREAK.split(self.text)

    @cached_property
    def starts(self) -> array[int]:
        if "\r" in self.text:
            return array("L", (0, *(found.end() for found in BREAK.finditer(self.text))))
        lines = io.StringIO(self.text, newline="\n")  # five times as fast, and never all of them at one time
        starts = array("L", accumulate(map(len, lines), initial=0))
        if not self.text.endswith("\n") and self.text:
            starts.pop()
        return starts

    def line(self, number: int) -> str:
        """A line of the text; nothing where it has not so many."""
        if not 0 <= number < len(self.starts):
            return ""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[number] : end].rstrip("\r\n")


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> _Opened:
    return _Opened(zlib.decompress(packed).decode("utf-8", "surrogatepass"))


class SourceFile:
    """A file's name, as shown to the person, and its text. What is known without unpacking it: whether it may have comments (`has_comments`),
    and numbers that are written with three zeros behind the point and nothing else there (`has_point_zeros`). Where its secrets stand is found
    out once, when the first of its places is asked for: it takes a walk over the whole file, and a file may hold hundreds of objects.
    """

    __slots__ = ("_hidden", "_kept", "has_comments", "has_point_zeros", "name")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.has_comments = "#" in text
        self.has_point_zeros = _POINT_ZEROS.search(text) is not None
        self._kept: _Opened | bytes = _Opened(text)
        self._hidden: masking.Spans | None = None

    def packed(self) -> SourceFile:
        """The same to be kept, with its text packed."""
        return self._with(self.name, zlib.compress(self.text.encode("utf-8", "surrogatepass"), _FAST))

    def named(self, name: str) -> SourceFile:
        """The same text under another name."""
        return self._with(name, self._kept)

    def _with(self, name: str, kept: _Opened | bytes) -> SourceFile:
        other = SourceFile.__new__(SourceFile)
        other.name, other._kept, other._hidden = name, kept, self._hidden
        other.has_comments, other.has_point_zeros = self.has_comments, self.has_point_zeros
        return other

    @property
    def _opened(self) -> _Opened:
        return _unpacked(self._kept) if isinstance(self._kept, bytes) else self._kept

    @property
    def text(self) -> str:
        return self._opened.text

    @property
    def lines(self) -> list[str]:
        return self._opened.lines

    def line_at(self, index: int) -> int:
        """The line, from 0, that a character of the text is on."""
        return bisect_right(self._opened.starts, index) - 1

    def hides(self, line: int, column: int) -> bool:
        """Whether what stands at a line and column that count from 0 must not be shown."""
        return column >= self._spans(self._opened).get(line, column + 1)

    def _spans(self, opened: _Opened) -> masking.Spans:
        if self._hidden is None:
            self._hidden = masking.first_hidden(opened.text, opened.lines)
        return self._hidden

    def ref(self, line: int, column: int, width: int = 1, *, is_open: bool = False) -> SourceRef:
        """The place at a line and column that count from 0. The line is shown up to the first secret on it; `is_open`: there is none."""
        opened = self._opened
        whole = opened.line(line)
        hidden = None if is_open else self._spans(opened).get(line)
        text = masking.shown(whole, hidden)[:_LONGEST_LINE]
        width = max(1, min(width, len(whole) - column, len(text) - column))
        if hidden is not None and column >= hidden:
            width = 1  # not even its length is told
        return SourceRef(self.name, line + 1, column + 1, text, width)

    def ref_at(self, index: int, width: int = 1, *, is_open: bool = False) -> SourceRef:
        """The place of a character of the text."""
        line = self.line_at(index)
        return self.ref(line, index - self._opened.starts[line], width, is_open=is_open)
