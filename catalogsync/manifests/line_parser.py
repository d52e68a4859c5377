"""Reads a document line by line: the plain style that nearly all manifests are written in, several times faster than by events.

What a line says does not depend on its neighbours, but for where its column puts it. So each line is understood once, however often a catalog
says it, and a document is put together from what its lines say. Only what is beyond doubt is taken: `name: value`, `name:`, and either of
them or a value after `- `; each value on one line. Brackets within brackets and escapes are read by libyaml, on their own. At anything else
(texts of several lines, odd indentation, a name twice, every error) this reader gives up, and libyaml reads the whole document
(`fast_parser`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from catalogsync.core.canon import Json
from catalogsync.manifests.scalars import Trap, plain

DEEPEST = 50
"""How deep blocks may nest here; what stands in brackets may be as deep again."""
_MOST_LINES = 4096
"""Lines that are remembered at one time."""

_NAME = r"""(?:([A-Za-z_$][A-Za-z0-9_$./-]{0,199})|"([^"\\]{0,199})"|'([^']{0,199})'):(?: +|$)"""
_PLAIN = (
    r"""(?:[^ \-?:,\[\]{}#&*!|>'"%@`]|-(?=[A-Za-z0-9_.$]))[^ :#]*(?:(?::(?! |$)|\#| +(?![ #]|$))[^ :#]*)*"""
)
WHOLLY_PLAIN = re.compile(_PLAIN)
_LINE = re.compile(rf"( *)(- +)?(?:{_NAME})?(?:({_PLAIN}) *(?: #.*)?|(.*))")
"""Indentation, `- `, a name (bare, in double or in single quotes); a plain value, or whatever else stands there."""
_COMMENTS = re.compile(r"\n *#[ -~\w]*(?=\r?\n)")
"""Lines that are comments, of signs that may surely stand there: nearly each of them is another, and none is worth to be remembered."""
_WORD = r"((?:[A-Za-z0-9_$]|-(?=[0-9]))[A-Za-z0-9_.$/%+-]*(?: [A-Za-z0-9_.$/%+-]+)*)"
_ITEM = rf"""(?:{_WORD}|"([^"\\]*)"|'([^']*)'(?!'))"""
_PAIR = rf"([A-Za-z_$][A-Za-z0-9_$./-]{{0,199}}): +{_ITEM}"
_ITEMS, _PAIRS = re.compile(_ITEM), re.compile(_PAIR)
_FLAT = re.compile(rf"\{{(?:{_PAIR}, *)*{_PAIR}\}}|\[(?:{_ITEM}, *)*{_ITEM}\]")
"""Plain and quoted scalars in brackets, and none within others."""
_QUOTED = re.compile(r"""(?:"([^"\\]*)"|'([^']*)') *(?: \#.*)?""")
_BY_LIBYAML = ("{", "[", '"', "'")
_BELOW: Json = ("on the lines below",)
"""The value of a name that is followed by none on its line. No value of a file: those hold no tuples."""

_Line: TypeAlias = tuple[int, int, str, Json]
"""What a line says: its level, which is twice its column and one more for an entry of a list, -1 for blank lines and comments; the level of
the mapping that begins in a list's entry, 0 for none; the name; the value.
"""
_NOTHING: _Line = (-1, 0, "", None)


class Unsure(Exception):
    """Something that needs libyaml to read the document."""


class Reader:
    """Reads documents, one after the other. `flow`: what libyaml makes of a value in brackets or quotes, which stands on one line; raises
    Unsure where that is not one value.
    """

    def __init__(self, flow: Callable[[str], Json]) -> None:
        self._flow = flow
        self._names: dict[str, str] = {}
        self._meanings: dict[str, Json] = {}
        self._lines: dict[str, _Line] = {}
        self._heads: dict[str, tuple[int, int, str]] = {}
        """By what stands before a plain value and its `: `, all that a line says but the value."""

    def read(self, text: str) -> dict[str, Json]:  # noqa: PLR0912 (a call for a line would cost more than the line)
        """The document's members, none where it says nothing. Raises Unsure where it is not in the plain style.

        Levels grow from a block to those inside it: a line's level tells which blocks end above it. This runs for every line of a catalog.
        """
        if "#" in text:
            text = _COMMENTS.sub("", f"\n{text}")
        known, understand, below = self._lines.get, self._understand, _BELOW
        root: dict[str, Json] = {}
        members, entries = root, list[Json]()
        here, waiting = 0, ""
        outer: list[tuple[int, dict[str, Json], list[Json]]] = []
        for line in text.split("\n"):
            level, inner, name, value = known(line) or understand(line)
            if level > here:
                if not waiting or len(outer) > DEEPEST:
                    raise Unsure
                outer.append((here, members, entries))
                if level & 1:
                    members[waiting] = entries = []
                else:
                    members[waiting] = members = {}
                here = level
            elif level < here:
                if level < 0:
                    continue
                while here > level:
                    here, members, entries = outer.pop()
                if here != level:
                    raise Unsure
            if level & 1:
                if not inner:
                    entries.append(value)
                    waiting = ""
                    continue
                outer.append((here, members, entries))
                members = {}
                entries.append(members)
                here = inner
            if name in members:
                raise Unsure
            if value is below:
                members[name], waiting = None, name
            else:
                members[name], waiting = value, ""
        return root

    def forget(self) -> None:
        """Lets go of what is remembered."""
        for remembered in (self._names, self._meanings, self._lines, self._heads):
            remembered.clear()

    def _understand(self, line: str) -> _Line:
        """A line that is not remembered; what stands before its value nearly always is. A comment behind it is taken away first."""
        shown = line.removesuffix("\r")
        before, mark, comment = shown.partition(" #")
        if mark and '"' not in before and "'" not in before and comment.isprintable():
            bare = before.rstrip(" ")
            return (self._lines.get(bare) or self._understand(bare)) if bare else _NOTHING
        head, _, text = shown.partition(": ")
        begun = self._heads.get(head)
        value = _BELOW if begun is None else self._plain(text.lstrip(" "))
        said = self._by_parts(shown) if begun is None or value is _BELOW else (*begun, value)
        if len(self._lines) >= _MOST_LINES:
            self._lines.clear()
            self._heads.clear()
        self._lines[line] = said
        return said

    def _plain(self, text: str) -> Json:
        """What a text means that is a plain scalar and nothing besides but a comment; `_BELOW` for any other."""
        value = self._meanings.get(text, _BELOW)
        if value is _BELOW and text.isprintable():
            said = text.partition(" #")[0].rstrip(" ")
            value = self._meanings.get(said, _BELOW)
            if value is _BELOW and WHOLLY_PLAIN.fullmatch(said):
                return self._meaning(said)
        return value

    def _by_parts(self, shown: str) -> _Line:
        """What a line says, without the carriage return at its end."""
        found = _LINE.fullmatch(shown)
        if found is None or not shown.isprintable():
            raise Unsure
        indent, dash, bare, double, single, text, rest = found.groups()
        if dash is None and bare is double is single is text is None and rest[:1] not in ("", "#"):
            raise Unsure
        level = 2 * len(indent)
        value = self._value(rest) if text is None else self._meanings.get(text, _BELOW)
        if value is _BELOW and text is not None:
            value = self._meaning(text)
        name: str | None
        if bare is not None:
            name = self._names.get(bare) or self._new_name(bare)
        else:
            name = double if double is not None else single
        if name:
            begun = (level, 0, name) if dash is None else (level + 1, level + 2 * len(dash), name)
            if bare is not None and text is not None:
                self._heads[shown.partition(": ")[0]] = begun
            return (*begun, value)
        if name is None and dash is not None and value is not _BELOW:
            return (level + 1, 0, "", value)
        if name is None and dash is None and text is None and value is _BELOW:
            return _NOTHING
        raise Unsure

    def _new_name(self, text: str) -> str:
        """One and the same text for a name, wherever it stands."""
        if plain(text) != text:
            raise Unsure
        self._names[text] = text
        return text

    def _meaning(self, text: str) -> Json:
        """What a plain scalar means that was not met before."""
        value = plain(text)
        if isinstance(value, Trap):
            raise Unsure
        self._meanings[text] = value
        return value

    def _value(self, text: str) -> Json:
        """What a text says that needs more than the plain rules: nothing, or a value in quotes or brackets."""
        if text[:1] in ("", "#"):
            return _BELOW
        if found := _QUOTED.fullmatch(text):
            return found[1] if found[1] is not None else found[2]
        if text.startswith(_BY_LIBYAML):
            return self._flat(text) if _FLAT.fullmatch(text) else self._flow(text)
        raise Unsure

    def _flat(self, text: str) -> Json:
        """The mapping or list of scalars that a text in brackets is."""
        if text.startswith("["):
            return [self._scalar(found, 1) for found in _ITEMS.finditer(text)]
        members: dict[str, Json] = {}
        for found in _PAIRS.finditer(text):
            name = self._names.get(found[1]) or self._new_name(found[1])
            if name in members:
                raise Unsure
            members[name] = self._scalar(found, 2)
        return members

    def _scalar(self, found: re.Match[str], first: int) -> Json:
        """What is said by a scalar in brackets: in the group `first` where it is plain, in one of the next two in quotes."""
        if found.lastindex != first:
            return found[found.lastindex or first]
        value = self._meanings.get(found[first], _BELOW)
        return self._meaning(found[first]) if value is _BELOW else value
