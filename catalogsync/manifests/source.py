"""A manifest file's text, and places in it as a person sees them. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from catalogsync.core.diagnostics import SourceRef

BREAK = re.compile(r"\r\n|\r|\n")
"""What ends a line."""

_SECRET = re.compile(
    r"((?:secret|password|authorization|token|api[-_]?key)[\"']?\s*:\s*)(?![\s{]|$).+"
    r"|(customHeaders[\"']?\s*:\s*\{).+|whsec_[^\s\"',}]+|bearer\s+\S+|(?<=://)[^\s/@\"']+(?=@)",
    re.IGNORECASE,
)
_LONGEST_LINE = 400


@dataclass(frozen=True)
class SourceFile:
    """A file's name, as shown to the person, and its text."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return BREAK.split(self.text)

    def ref(self, line: int, column: int, width: int = 1, *, hidden_from: int | None = None) -> SourceRef:
        """The place at a line and column that count from 0. Secrets on the line are not shown;
        `hidden_from` hides all from that column on.
        """
        shown = self.lines[line] if 0 <= line < len(self.lines) else ""
        width = max(1, min(width, len(shown) - column))
        if hidden_from is not None:
            shown = shown[:hidden_from] + "…"
            width = max(1, hidden_from - column)
        shown = _SECRET.sub(lambda found: (found[1] or found[2] or "") + "…", shown[:_LONGEST_LINE])
        return SourceRef(self.name, line + 1, column + 1, shown, width)

    def ref_at(self, index: int, width: int = 1) -> SourceRef:
        """The place of a character of the text."""
        before = BREAK.split(self.text[:index])
        return self.ref(len(before) - 1, len(before[-1]), width)
