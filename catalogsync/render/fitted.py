"""Text that fits a terminal: long lines are broken at blanks, what goes on stands further in, and nothing is lost.

Colours and links take no column. The lines of a file below a message (`12 | …`) are left alone: their caret says a column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SIGNS = re.compile("(\x1b\\[[0-9;]*m|\x1b\\]8;;[^\x1b]*\x1b\\\\)")
_EXCERPT = re.compile(r" +(\d+ )?\|")
_DEEPEST = 3
"""The indentation of what goes on is at most this part of the width."""
NARROWEST = 20


def fitted(text: str, width: int) -> str:
    """The text in lines of at most `width` columns (20 at least); a longer word is broken where it reaches the edge."""
    width = max(width, NARROWEST)
    return "\n".join(part for line in text.split("\n") for part in _broken(line, width))


def plain(text: str) -> str:
    """The text without colours and links."""
    return _SIGNS.sub("", text)


def columns(text: str) -> int:
    """How many columns it takes."""
    return sum(_columns_of(sign) for sign in plain(text))


def _columns_of(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _broken(line: str, width: int) -> Iterator[str]:
    if len(line) <= width or columns(line) <= width or _EXCERPT.match(plain(line)):
        yield line
        return
    shown = plain(line)
    indent = " " * min(len(shown) - len(shown.lstrip(" ")) + 2, width // _DEEPEST)
    out, used, blank = "", 0, True
    for word in _words(line):
        size = columns(word)
        if used + size > width and not blank:
            yield out.rstrip(" ")
            out, used, blank = indent, len(indent), True
            word = word.lstrip(" ")  # noqa: PLW2901
            size = columns(word)
        while used + size > width:
            head, word = _split(word, width - used)  # noqa: PLW2901
            yield out + head
            out, used, size = indent, len(indent), columns(word)
        out, used, blank = out + word, used + size, blank and not plain(word).strip(" ")
    yield out


def _words(line: str) -> Iterator[str]:
    """Each word with the blanks and the signs before it, so that all of them together are the line."""
    yield from re.findall(
        "(?: |\x1b\\[[0-9;]*m|\x1b\\]8;;[^\x1b]*\x1b\\\\)*(?:\x1b(?:\\[[0-9;]*m|\\]8;;[^\x1b]*\x1b\\\\)|[^ \x1b])+|.+",
        line,
    )


def _split(word: str, room: int) -> tuple[str, str]:
    """The part of a word that has room, and the rest."""
    used, at = 0, 0
    for part in _SIGNS.split(word):
        if _SIGNS.fullmatch(part):
            at += len(part)
            continue
        for sign in part:
            if used + _columns_of(sign) > room:
                return word[:at], word[at:]
            used, at = used + _columns_of(sign), at + 1
    return word, ""
