"""Which JSON paths the server's event store takes. Pure.

A recogniser for ClickHouse's dialect as recorded against its engine (docs/server/meters.md#json-paths).
"""

from __future__ import annotations

import re
from enum import Enum


class Verdict(Enum):
    """What probing a path comes to: fine, refused (400), or an error of the engine that is no refusal (500)."""

    GOOD = "good"
    REFUSED = "refused"
    BROKEN = "broken"


_BLANK = re.compile(r"(?:[ \t\r\n\f\v]+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.S)
_NAME = re.compile(r"(?:\$*[A-Za-z_0-9][A-Za-z_0-9$]*)")
_EXPONENT = re.compile(r"[0-9]+[eE][+-]?[0-9]+\Z|\$+\Z")
_QUOTED = {'"': re.compile(r'"((?:[^"\\]|\\.|"")+)"'), "`": re.compile(r"`((?:[^`\\]|\\.)+)`")}
_BRACKET_NAME = re.compile(
    r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)+)\"|`((?:[^`\\]|\\.)+)`|([A-Za-z_][A-Za-z_0-9]*)"
)
_INDEX = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")
_FRACTION = re.compile(r"[0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+")


def probe(path: str) -> Verdict:
    """The verdict on a path. Blanks in front of it pass here (another rule refuses them)."""
    at = _blank(path, 0)
    if path[at : at + 1] != "$":
        return Verdict.REFUSED
    at = _blank(path, at + 1)
    while at < len(path):
        step = _member(path, at) if path[at] == "." else _bracket(path, at) if path[at] == "[" else None
        if step is None:
            return Verdict.REFUSED
        if step < 0:
            return Verdict.BROKEN
        at = _blank(path, step)
    return Verdict.GOOD


def _blank(path: str, at: int) -> int:
    match = _BLANK.match(path, at)
    return match.end() if match else at


def _member(path: str, at: int) -> int | None:
    """Where a `.name` step ends, None if it is none."""
    at = _blank(path, at + 1)
    quoted = _QUOTED.get(path[at : at + 1])
    if quoted is not None:
        match = quoted.match(path, at)
        return match.end() if match else None
    match = _NAME.match(path, at)
    if match is None or _EXPONENT.match(match[0]):
        return None
    return match.end()


def _bracket(path: str, at: int) -> int | None:
    """Where a `[…]` step ends, None if it is none, -1 for a fraction as an index."""
    at = _blank(path, at + 1)
    if path[at : at + 1] == "*":
        return _closing(path, at + 1)
    if name := _BRACKET_NAME.match(path, at):
        return _closing(path, name.end())
    while True:
        if _FRACTION.match(path, at):
            return -1
        first = _INDEX.match(path, at)
        if first is None:
            return None
        at = _blank(path, first.end())
        if path[at : at + 2].lower() == "to":
            last = _INDEX.match(path, _blank(path, at + 2))
            if last is None or int(last[0], 0 if "x" in last[0].lower() else 10) <= int(
                first[0], 0 if "x" in first[0].lower() else 10
            ):
                return None
            at = _blank(path, last.end())
        if path[at : at + 1] != ",":
            return _closing(path, at)
        at = _blank(path, at + 1)


def _closing(path: str, at: int) -> int | None:
    at = _blank(path, at)
    return at + 1 if path[at : at + 1] == "]" else None
