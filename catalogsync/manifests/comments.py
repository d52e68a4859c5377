"""Comments of a manifest file, found beside its scalars. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import yaml
from yaml._yaml import CParser

from catalogsync.core.diagnostics import Diagnostic, Severity, on_one_line
from catalogsync.manifests.source import BREAK, SourceFile
from catalogsync.manifests.yaml_events import marks
from catalogsync.openmeter.credentials import masked

_COMMENT = re.compile(r"(?:(?<=\s)|^)#.*", re.MULTILINE)
_CLOSE = re.compile(r"#(?<=[ \t]#)[^\s#!]")
"""How a comment begins without a space after its sign. The sign stands first: it is what the search is fast for."""


class Marks:
    """What a file holds beside its values: `comments` by line, and the lines that lie `inside` scalars.

    Raises yaml.YAMLError when the file is not YAML.
    """

    def __init__(self, source: SourceFile) -> None:
        self.comments: dict[int, str] = {}
        self.inside: set[int] = set()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._plain: set[int] = set()
        self._read_scalars(source.text)
        self._found: list[tuple[int, str]] = []
        lines = [0, *(found.end() for found in BREAK.finditer(source.text))]
        for match in _COMMENT.finditer(source.text.replace("\r\n", " \n").replace("\r", "\n")):
            scalar = bisect_right(self._starts, match.start()) - 1
            if scalar < 0 or match.start() >= self._ends[scalar]:
                self.comments[bisect_right(lines, match.start()) - 1] = match[0].rstrip()
                self._found.append((match.start(), match[0].rstrip()))

    def _read_scalars(self, text: str) -> None:
        get = CParser(text).get_event
        while not isinstance(event := get(), yaml.StreamEndEvent):
            if isinstance(event, yaml.ScalarEvent):
                first, last = marks(event)
                self._starts.append(first.index)
                self._ends.append(last.index)
                self.inside.update(range(first.line + 1, last.line))
                if not event.style and event.value:
                    self._plain.add(last.index)

    def after_plain_text(self, text: str) -> Iterator[tuple[int, str]]:
        """Comments that begin right after an unquoted value, with the character they begin at."""
        for index, comment in self._found:
            end = index
            while end and text[end - 1] in " \t":
                end -= 1
            if end in self._plain:
                yield index, comment


def _may_be_swallowed(text: str) -> bool:
    """Whether there is such a comment behind something that may be a value."""
    for found in _CLOSE.finditer(text):
        line = text.rfind("\n", 0, found.start()) + 1
        before = text[line : found.start()].rstrip(" \t")
        if before and not before[-1].isspace() and before[-1] not in ":,[{":
            return True
    return False


def swallowed(source: SourceFile) -> list[Diagnostic]:
    """Warnings for values that may have lost their end to a comment: `name: Plan #1` is the name "Plan"."""
    if not source.has_comments or not _may_be_swallowed(source.text):
        return []
    found = []
    for index, comment in Marks(source).after_plain_text(source.text):
        if comment[1:2] in ("", " ", "#", "!"):
            continue
        where = source.ref_at(index, len(comment))
        shown = (
            "what follows"
            if source.hides(where.line - 1, where.column - 1)
            else f"`{on_one_line(masked(comment[:40]))}`"
        )
        summary = f"{shown} is a comment and no part of the value before it"
        hint = "quote the value if it is meant to go on; else put a space after the `#`"
        found.append(Diagnostic("yaml-comment-in-value", Severity.WARNING, summary, where, hint=hint))
    return found
