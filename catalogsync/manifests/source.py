"""A manifest file's text, and places in it as a person sees them. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from catalogsync.core.diagnostics import SourceRef
from catalogsync.manifests import masking

BREAK = re.compile(r"\r\n|\r|\n")
"""What ends a line."""

_POINT_ZEROS = re.compile(r"\.000(?![0-9])(?:(?<=[1-9]\.000)|(?<=[1-9][0-9]\.000)|(?<=[1-9][0-9]{2}\.000))")
_LONGEST_LINE = 400


@dataclass(frozen=True)
class SourceFile:
    """A file's name, as shown to the person, and its text."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return BREAK.split(self.text)

    @cached_property
    def has_point_zeros(self) -> bool:
        """Whether a number may be written in it with three zeros behind the point and nothing else there."""
        return _POINT_ZEROS.search(self.text) is not None

    @cached_property
    def _hidden(self) -> masking.Spans:
        return masking.first_hidden(self.text, self.lines)

    def hides(self, line: int, column: int) -> bool:
        """Whether what stands at a line and column that count from 0 must not be shown."""
        return column >= self._hidden.get(line, column + 1)

    def ref(self, line: int, column: int, width: int = 1) -> SourceRef:
        """The place at a line and column that count from 0. The line is shown up to the first secret on it."""
        whole = self.lines[line] if 0 <= line < len(self.lines) else ""
        text = masking.shown(whole, self._hidden.get(line))[:_LONGEST_LINE]
        width = max(1, min(width, len(whole) - column, len(text) - column))
        if self.hides(line, column):
            width = 1  # not even its length is told
        return SourceRef(self.name, line + 1, column + 1, text, width)

    def ref_at(self, index: int, width: int = 1) -> SourceRef:
        """The place of a character of the text."""
        before = BREAK.split(self.text[:index])
        return self.ref(len(before) - 1, len(before[-1]), width)
