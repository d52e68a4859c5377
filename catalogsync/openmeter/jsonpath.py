"""The JSON paths of the server's event store: which it takes, and what each of their steps reads.

Sources: docs/server/meters.md#create, the table of accepted and refused paths; what a step reads was recorded against the event store's engine
(`tests/data/metering`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

_SKIP = r"(?:[ \t\r\n\f\v]|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*"
_GAP = _SKIP[:-1] + "+"
_BARE = r"\$?[A-Za-z_0-9][A-Za-z_0-9$]*"
_INDEX = r"(?:0[xX][0-9a-fA-F]+|[0-9]+)"
_RANGE = rf"{_INDEX}(?:{_GAP}(?i:to){_GAP}{_INDEX})?"
_DOUBLED = r'"(?:[^"\\]|\\.|"")+"|`(?:[^`\\]|\\.|``)+`'
_MEMBER = rf"\.{_SKIP}(?:(?P<bare>{_BARE})|(?P<quoted>{_DOUBLED}))"
_NAMED = rf"(?P<star>\*)|(?P<name>'(?:[^'\\]|\\.|'')*'|{_DOUBLED}|\$?[A-Za-z_][A-Za-z_0-9$]*)"
_LISTED = rf"(?P<list>{_RANGE}(?:{_SKIP},{_SKIP}{_RANGE})*)(?:{_SKIP},)?"
_STEP = re.compile(rf"{_MEMBER}|\[{_SKIP}(?:{_NAMED}|{_LISTED}){_SKIP}\]", re.S)
_BLANK = re.compile(_SKIP, re.S)
_NO_NAME = re.compile(r"[0-9]+(?:[eE]|_)[0-9].*|[0-9].*\$.*")
"""What begins as a number is one where it can be, and then no name."""
_TO = re.compile(rf"({_INDEX})(?:{_GAP}(?i:to){_GAP}({_INDEX}))?", re.S)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))", re.S)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "v": "\v", "e": "\x1b", "N": ""}  # fmt: skip
_DROPS_BACKSLASH = "\\'\"`/="
_INDEX_SIZE = 2**32
"""Indexes are kept in 32 bits: beyond them they begin at 0 again."""
_LARGEST_INDEX = 2**64
"""From here on an index is not a whole number any more."""


@dataclass(frozen=True, slots=True)
class Member:
    """Reads the member of an object."""

    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """Reads items of an array, in the order written: (first, one past the last), counted from 0."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Every:
    """Reads every item of an array, in its order."""


Step: TypeAlias = Member | Items | Every


def steps(path: str) -> tuple[Step, ...] | None:
    """What the path reads, from the whole document on; None for a path that the server refuses."""
    if not path.startswith("$"):
        return None
    found: list[Step] = []
    at = _after_blanks(path, 1)
    while at < len(path):
        match = _STEP.match(path, at)
        step = _step(match) if match else None
        if match is None or step is None:
            return None
        found.append(step)
        at = _after_blanks(path, match.end())
    return tuple(found)


def is_accepted(path: str) -> bool:
    """Whether the server takes the path; it must begin with `$`."""
    return steps(path) is not None


def _step(match: re.Match[str]) -> Step | None:
    if bare := match["bare"]:
        return None if _NO_NAME.fullmatch(bare) else Member(bare)
    if match["star"]:
        return Every()
    if match["list"]:
        ranges = tuple(_ranges(match["list"]))
        return Items(ranges) if all(0 <= first < end for first, end in ranges) else None
    return Member(_unquoted(match["quoted"] or match["name"]))


def _ranges(listed: str) -> Iterator[tuple[int, int]]:
    for first, end in _TO.findall(listed):
        low = _index(first)
        yield low, _index(end) if end else (low + 1) % _INDEX_SIZE


def _index(text: str) -> int:
    number = int(text, 16) if text[:2] in ("0x", "0X") else int(text)
    return number % _INDEX_SIZE if number < _LARGEST_INDEX else -1


def _unquoted(text: str) -> str:
    quote = text[0]
    if quote not in "'\"`":
        return text
    name = _ESCAPE.sub(_plain, text[1:-1].replace(quote * 2, quote))
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _plain(escape: re.Match[str]) -> str:
    if escape[1]:
        return bytes((int(escape[1], 16),)).decode("utf-8", "surrogateescape")
    sign = escape[2]
    if sign in _ESCAPED:
        return _ESCAPED[sign]
    return sign if sign in _DROPS_BACKSLASH or ord(sign) < 0x20 else "\\" + sign


def _after_blanks(path: str, at: int) -> int:
    match = _BLANK.match(path, at)
    return match.end() if match else at
