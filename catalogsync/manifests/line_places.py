"""Finds values in a document that was read line by line: by a look at the few lines that lead to them. Pure.

There (`line_parser`) each value stands on one line, and a column tells which block a line belongs to. So a member is found by its name at its
block's column, and a block ends at the first line that begins further left. The place is the one that libyaml gives (`positioned_parser`),
which takes fifty times as long for it; a property test holds the two together. Unsure is raised at whatever else stands there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalogsync.core.diagnostics import Path
from catalogsync.manifests import masking
from catalogsync.manifests.line_parser import WHOLLY_PLAIN, Unsure
from catalogsync.manifests.positioned import nearest
from catalogsync.manifests.positioned_parser import places

BLANK = re.compile(r"(?:[ \t]*(?:#[^\r\n]*|---[ \t]*)?(?:\r\n|\r|\n))*")
"""Lines above the first value of a document."""
_BETWEEN = re.compile(r"(?: *(?:#[^\n]*)?\n| *\r\n)*( *)")
"""Blank lines and comments, and the indentation of the line after them."""
_NAMED = re.compile(r"""(?:"([^"\n]*)"|'([^'\n]*)'|([A-Za-z_$][A-Za-z0-9_$./-]*)):(?=[ \r\n]|$)""")
_LARGEST = 30_000
"""Characters of a document in which each place is looked for on its own: of a larger one all are found at once."""
_QUOTED = re.compile(r"""(?:"[^"\\]*"|'[^']*')(?!['"])""")
_QUOTES = ('"', "'")
_BRACKETS = ("{", "[")

Span = tuple[int, int]
"""The first character of something, and how many there are of it."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A value: its first character; of a block its column, the character at which it ends at the latest, and whether it is a list. A value on
    one line has no column (-1).
    """

    index: int
    column: int = -1
    stop: int = 0
    is_list: bool = False


def find(text: str, start: int, end: int, path: Path, *, key: bool) -> Span:
    """The place of the value at `path` (of its member's name when `key`) in the document from `start` to `end`, or of the nearest parent that
    exists. Raises Unsure where a secret may stand on its line, and where the document is large.
    """
    if end - start > _LARGEST:
        raise Unsure
    blank = BLANK.match(text, start, end)
    value, named, names = _Value(blank.end() if blank else start, 0, end), None, list[str]()
    for number, step in enumerate(path):
        if value.column < 0:
            return _open(text, _within(text, value.index, path[number:], named, key=key), names)
        named_before = named
        named, below = _entry(text, value, step) if isinstance(step, int) else _member(text, value, step)
        if below is None:
            return _open(text, named_before or (value.index, 1), names)
        value = below
        if isinstance(step, str):
            names.append(step)
    return _open(text, named if key and named else (value.index, _width(text, value)), names)


def _member(text: str, block: _Value, name: str) -> tuple[Span | None, _Value | None]:
    """The place of the name of a block's member, and its value; nothing where it has none of this name."""
    if not name.isprintable():
        raise Unsure
    for written in (name, f'"{name}"', f"'{name}'") if not block.is_list else ():
        at, begin = block.index, f"{written}:"
        if not text.startswith(begin, at, block.stop):
            before = text.find(f"\n{' ' * block.column}{begin}", at, block.stop)
            if before < 0:
                continue
            at = before + 1 + block.column
        index = at + len(begin)
        if text[index : index + 1] in ("", " ", "\r", "\n"):
            return (at, len(written)), _value(text, index, block)
    return None, None


def _entry(text: str, block: _Value, number: int) -> tuple[None, _Value | None]:
    """An entry of a list, which has no name; nothing where it has not so many."""
    if not block.is_list:
        return None, None
    at, begin = block.index, f"\n{' ' * block.column}- "
    for _ in range(number):
        before = text.find(begin, at, block.stop)
        if before < 0:
            return None, None
        at = before + 1 + block.column
    index = _behind_blanks(text, at + 1)
    if not _NAMED.match(text, index, block.stop):
        return None, _Value(index)
    return None, _Value(index, block.column + index - at, _end(text, at, block.stop, block.column))


def _value(text: str, index: int, block: _Value) -> _Value:
    """What follows the colon of a block's member."""
    index = _behind_blanks(text, index)
    if text[index : index + 1] not in ("", "\r", "\n", "#"):
        return _Value(index)
    line_end = text.find("\n", index, block.stop)
    if line_end < 0:
        raise Unsure
    between = _BETWEEN.match(text, line_end + 1, block.stop)
    assert between is not None
    first, column = between.end(), len(between[1])
    is_list = text.startswith("- ", first, block.stop)
    if first >= block.stop or column < block.column or (column == block.column and not is_list):
        raise Unsure
    return _Value(first, column, _end(text, first, block.stop, block.column, is_list=is_list), is_list)


def _behind_blanks(text: str, index: int) -> int:
    while text[index : index + 1] == " ":
        index += 1
    return index


def _end(text: str, index: int, stop: int, column: int, *, is_list: bool = False) -> int:
    """Where what belongs to a name or a dash in a column ends: at a line that begins there or further left. `is_list`: entries may begin there."""
    found = _ending(column, is_list).search(text, index, stop)
    return found.start() if found else stop


@lru_cache(maxsize=64)
def _ending(column: int, is_list: bool) -> re.Pattern[str]:
    further_left = rf" {{0,{column - 1}}}(?![ \r\n#])|" if column else ""
    return re.compile(rf"\n(?:{further_left} {{{column}}}(?![ \r\n#{'-' if is_list else ''}]))")


def _within(text: str, index: int, path: Path, named: Span | None, *, key: bool) -> Span:
    """The place of what is within a value on one line."""
    if not text.startswith(_BRACKETS, index):
        return named or (index, _width(text, _Value(index)))
    read = places(text[index : _line_end(text, index)], 0)
    found, place = nearest(read.values, path)
    if not found:
        return named or (index, 1)
    if found in read.keys and (key or found != path):
        place = read.keys[found]
    assert place is not None
    return index + place.column, place.width


def _width(text: str, value: _Value) -> int:
    """How wide a value is on its line; 1 for blocks, and for what is in brackets."""
    index = value.index
    if value.column >= 0 or text.startswith(_BRACKETS, index):
        return 1
    pattern = _QUOTED if text.startswith(_QUOTES, index) else WHOLLY_PLAIN
    found = pattern.match(text, index, _line_end(text, index))
    if found is None:
        raise Unsure
    return found.end() - index


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1] == "\r" else end


def _open(text: str, place: Span, names: Sequence[str]) -> Span:
    """The place, where no secret can stand on its line. `names`: those above it."""
    line = text[text.rfind("\n", 0, place[0]) + 1 : _line_end(text, place[0])]
    own = _NAMED.search(line)
    if masking.may_hide([*names, *(one for one in (own.groups() if own else ()) if one)]):
        raise Unsure
    if any(bracket in line for bracket in _BRACKETS) and masking.may_hold(line):
        raise Unsure
    return place
