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
from typing import Any

import yaml
from yaml._yaml import CParser

from catalogsync.core.canon import Json
from catalogsync.manifests.scalars import Trap, plain

DEEPEST = 100
"""How deep values may nest. The deepest manifest that the schemas allow without filters in filters has a
depth of 9.
"""

UNUSUAL_CHARACTERS = re.compile("[\x85\u2028\u2029\ufeff]")
_MAYBE_PROPERTY = re.compile(r"(?:^|[\s\[\]{},:?-])[&*!]", re.MULTILINE)
_NUL_ESCAPES = ("\\0", "\\x00", "\\u0000", "\\U00000000")

_UNSEEN = object()

Get = Callable[[], Any]
"""Gives the next of a file's events."""


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
            return self._documents(CParser(text).get_event)
        except (_Unusual, yaml.YAMLError, AttributeError):
            return None

    def _documents(self, get: Get) -> list[Built]:
        found: list[Built] = []
        get()
        while type(event := get()) is yaml.DocumentStartEvent:
            mark: Any = event.start_mark
            start, line = mark.index, mark.line
            first = get()
            if type(first) is yaml.MappingStartEvent:
                value = self._mapping(get, 1)
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


def _meaning(text: str, meanings: dict[str, Any]) -> Any:
    """What a plain scalar that was not met before means."""
    value = plain(text)
    if type(value) is Trap:
        raise _Unusual
    meanings[text] = value
    return value


def _new_name(event: Any, names: set[str]) -> str:
    """A member's name that was not met before."""
    text: str = event.value
    if not event.style:
        if text == "<<" or plain(text) != text:
            raise _Unusual
        names.add(text)
    return text


def _mapping_reader(meanings: dict[str, Any], names: set[str]) -> Callable[[Get, int], dict[str, Json]]:
    """A function that reads the rest of a mapping whose start was read, at a depth.

    It runs for every scalar of a catalog: what it needs is held in local names, and it is written out where
    a call would cost more than what it does.
    """
    scalar, unseen = yaml.ScalarEvent, _UNSEEN
    mapping_start, mapping_end = yaml.MappingStartEvent, yaml.MappingEndEvent
    sequence_start, sequence_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent

    def value_of(get: Get, kind: type, depth: int) -> Any:
        if depth > DEEPEST:
            raise _Unusual
        if kind is mapping_start:
            return mapping(get, depth)
        if kind is sequence_start:
            return sequence(get, depth)
        raise _Unusual

    def mapping(get: Get, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while type(event := get()) is not mapping_end:
            name = event.value
            if name not in names:
                name = _new_name(event, names)
            if name in result:
                raise _Unusual
            event = get()
            if (kind := type(event)) is scalar:
                value = event.value
                if not event.style:
                    meaning = meanings.get(value, unseen)
                    value = _meaning(value, meanings) if meaning is unseen else meaning
                result[name] = value
            else:
                result[name] = value_of(get, kind, depth + 1)
        return result

    def sequence(get: Get, depth: int) -> list[Any]:
        result: list[Any] = []
        while (kind := type(event := get())) is not sequence_end:
            if kind is scalar:
                value = event.value
                result.append(value if event.style else _meaning(value, meanings))
            else:
                result.append(value_of(get, kind, depth + 1))
        return result

    return mapping
