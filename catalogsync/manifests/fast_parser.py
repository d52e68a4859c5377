"""Builds values straight from libyaml's events, as fast as Python can; anything unusual is left to `careful`.

`Builder.build` takes only what is beyond doubt: plain mappings with text keys, lists, and scalars whose meaning
every reader shares. At the first anchor, tag, duplicate key, trap or syntax error it gives up (returns
None) and `careful.read` reads the file again to say what and where. Both give the same values; a property
test holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, cast

import yaml
from yaml._yaml import CParser

from catalogsync.core.canon import Json
from catalogsync.manifests.scalars import Trap, plain
from catalogsync.manifests.yaml_events import Scalar, marks

DEEPEST = 100
"""How deep values may nest. The deepest manifest that the schemas allow without filters in filters has a
depth of 9.
"""

UNUSUAL_CHARACTERS = re.compile("[\x85\u2028\u2029\ufeff]")
_MAYBE_PROPERTY = re.compile(r"(?:^|[\s\[\]{},:?-])[&*!]", re.MULTILINE)
_NUL_ESCAPES = ("\\0", "\\x00", "\\u0000", "\\U00000000")

_KINDS: tuple[type, ...] = (
    yaml.ScalarEvent,
    yaml.MappingStartEvent,
    yaml.MappingEndEvent,
    yaml.SequenceStartEvent,
    yaml.SequenceEndEvent,
)
"""The events that values are made of."""
_UNSEEN: Json = ("not met before",)
"""No value of a file: those hold no tuples."""

Get: TypeAlias = Callable[[], Scalar]
"""Gives the next of a file's events, for what it is where it is a scalar: others lack the members of one."""


@dataclass(frozen=True, slots=True)
class Built:
    """A document's value and where its text starts: the character's index and the line, both from 0."""

    value: Json
    start: int
    line: int
    empty: bool


class _Unusual(Exception):
    """Something that needs the careful reader."""


class Builder:
    """Builds the documents of a catalog's files, one file after the other. Plain scalars and names met before are remembered with their
    meaning: a catalog says the same few thousand again and again.
    """

    def __init__(self) -> None:
        self._mapping = _mapping_reader({}, set())

    def build(self, text: str) -> list[Built] | None:
        """The documents of a file, or None when the careful reader must look at it."""
        if _needs_care(text):
            return None
        try:
            return self._documents(CParser(text))
        except (_Unusual, yaml.YAMLError, AttributeError):
            return None

    def _documents(self, parser: CParser) -> list[Built]:
        found: list[Built] = []
        get = parser.get_event
        get()
        while type(event := get()) is yaml.DocumentStartEvent:
            mark, _ = marks(event)
            start, line = mark.index, mark.line
            first = get()
            if type(first) is yaml.MappingStartEvent:
                value = self._mapping(cast("Get", get), 1)
                found.append(Built(value, start if found else 0, line if found else 0, False))
            elif type(first) is yaml.ScalarEvent and first.value == "" and not first.style:
                found.append(Built(None, start, line, True))
            else:
                raise _Unusual
            get()
        return found


def _needs_care(text: str) -> bool:
    """Whether the text may hold anchors, aliases, tags, NUL escapes or characters that YAML 1.1 takes for
    line breaks.
    """
    if not text.isascii() and UNUSUAL_CHARACTERS.search(text):
        return True
    if ("&" in text or "*" in text or "!" in text) and _MAYBE_PROPERTY.search(text):
        return True
    return "\\" in text and any(escape in text for escape in _NUL_ESCAPES)


def _meaning(text: str, meanings: dict[str, Json]) -> Json:
    """What a plain scalar that was not met before means."""
    value = plain(text)
    if isinstance(value, Trap):
        raise _Unusual
    meanings[text] = value
    return value


def _new_name(event: Scalar, names: set[str]) -> str:
    """A member's name that was not met before."""
    text = event.value
    if not event.style:
        if text == "<<" or plain(text) != text:
            raise _Unusual
        names.add(text)
    return text


def _mapping_reader(meanings: dict[str, Json], names: set[str]) -> Callable[[Get, int], dict[str, Json]]:
    """A function that reads the rest of a mapping whose start was read, at a depth.

    It runs for every scalar of a catalog: what it needs is held in local names, and it is written out where
    a call would cost more than what it does.
    """
    unseen = _UNSEEN
    scalar, mapping_start, mapping_end, sequence_start, sequence_end = _KINDS

    def value_of(get: Get, kind: type, depth: int) -> Json:
        if depth > DEEPEST:
            raise _Unusual
        if kind is mapping_start:
            return mapping(get, depth)
        if kind is sequence_start:
            return sequence(get, depth)
        raise _Unusual

    def mapping(get: Get, depth: int) -> dict[str, Json]:
        result: dict[str, Json] = {}
        while type(event := get()) is not mapping_end:
            name = event.value
            if name not in names:
                name = _new_name(event, names)
            if name in result:
                raise _Unusual
            event = get()
            if (kind := type(event)) is scalar:
                text = event.value
                if event.style:
                    result[name] = text
                else:
                    meaning = meanings.get(text, unseen)
                    result[name] = _meaning(text, meanings) if meaning is unseen else meaning
            else:
                result[name] = value_of(get, kind, depth + 1)
        return result

    def sequence(get: Get, depth: int) -> list[Json]:
        result: list[Json] = []
        while (kind := type(event := get())) is not sequence_end:
            if kind is scalar:
                value = event.value
                result.append(value if event.style else _meaning(value, meanings))
            else:
                result.append(value_of(get, kind, depth + 1))
        return result

    return mapping
