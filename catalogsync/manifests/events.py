"""Builds values straight from libyaml's events, as fast as Python can; anything unusual is left to `careful`.

`build` takes only what is beyond doubt: plain mappings with text keys, lists, and scalars whose meaning every reader shares. At the first
anchor, tag, duplicate key, trap or syntax error it gives up (returns None) and `careful.read` reads the file again to say what and where.
Both give the same values; a property test holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml._yaml import CParser

from catalogsync.canon import Json
from catalogsync.manifests.scalars import Trap, plain

DEEPEST = 100
"""How deep values may nest. The deepest manifest that the schemas allow without filters in filters has a depth of 9."""

UNUSUAL_CHARACTERS = re.compile("[\x85\u2028\u2029\ufeff]")
_MAYBE_PROPERTY = re.compile(r"(?:^|[\s\[\]{},:?-])[&*!]", re.MULTILINE)
_NUL_ESCAPES = ("\\0", "\\x00", "\\u0000", "\\U00000000")

_SCALAR = yaml.ScalarEvent
_MAPPING, _MAPPING_END = yaml.MappingStartEvent, yaml.MappingEndEvent
_SEQUENCE, _SEQUENCE_END = yaml.SequenceStartEvent, yaml.SequenceEndEvent
_DOCUMENT, _STREAM_END = yaml.DocumentStartEvent, yaml.StreamEndEvent

_UNSEEN = object()


@dataclass(frozen=True, slots=True)
class Built:
    """A document's value and where its text starts: the character's index and the line, both from 0."""

    value: Json
    start: int
    line: int
    empty: bool


class _Unusual(Exception):
    """Something that needs the careful reader."""


def build(text: str) -> list[Built] | None:
    """The documents of a file, or None when the careful reader must look at it."""
    if _needs_care(text):
        return None
    try:
        return _documents(CParser(text).get_event)
    except (_Unusual, yaml.YAMLError, AttributeError):
        return None


def _needs_care(text: str) -> bool:
    """Whether the text may hold anchors, aliases, tags, NUL escapes or characters that YAML 1.1 takes for line breaks."""
    if not text.isascii() and UNUSUAL_CHARACTERS.search(text):
        return True
    if ("&" in text or "*" in text or "!" in text) and _MAYBE_PROPERTY.search(text):
        return True
    return "\\" in text and any(escape in text for escape in _NUL_ESCAPES)


def _documents(get: Callable[[], Any]) -> list[Built]:
    build_mapping = _builder(get)
    found: list[Built] = []
    get()
    while type(event := get()) is _DOCUMENT:
        start, line = event.start_mark.index, event.start_mark.line
        first = get()
        if type(first) is _MAPPING:
            found.append(Built(build_mapping(1), start if found else 0, line if found else 0, False))
        elif type(first) is _SCALAR and first.value == "" and not first.style:
            found.append(Built(None, start, line, True))
        else:
            raise _Unusual
        get()
    return found


def _builder(get: Callable[[], Any]) -> Callable[[int], dict[str, Json]]:
    """A function that reads the rest of a mapping whose start was read, at a depth. Its inner names are locals for speed."""
    meanings: dict[str, Any] = {}
    keys: set[str] = set()
    scalar, mapping_start, mapping_end = _SCALAR, _MAPPING, _MAPPING_END
    sequence_start, sequence_end = _SEQUENCE, _SEQUENCE_END

    def meaning(text: str) -> Any:
        value = plain(text)
        if type(value) is Trap:
            raise _Unusual
        meanings[text] = value
        return value

    def new_key(event: Any) -> str:
        text: str = event.value
        if not event.style:
            if text == "<<" or plain(text) != text:
                raise _Unusual
            keys.add(text)
        return text

    def mapping(depth: int) -> dict[str, Any]:
        if depth > DEEPEST:
            raise _Unusual
        result: dict[str, Any] = {}
        while type(event := get()) is not mapping_end:
            key = event.value
            if key not in keys:
                key = new_key(event)
            if key in result:
                raise _Unusual
            event = get()
            kind = type(event)
            if kind is scalar:
                value = event.value
                if not event.style:
                    text = value
                    value = meanings.get(text, _UNSEEN)
                    if value is _UNSEEN:
                        value = meaning(text)
                result[key] = value
            elif kind is mapping_start:
                result[key] = mapping(depth + 1)
            elif kind is sequence_start:
                result[key] = sequence(depth + 1)
            else:
                raise _Unusual
        return result

    def sequence(depth: int) -> list[Any]:
        if depth > DEEPEST:
            raise _Unusual
        result: list[Any] = []
        append = result.append
        while (kind := type(event := get())) is not sequence_end:
            if kind is mapping_start:
                append(mapping(depth + 1))
            elif kind is scalar:
                append(event.value if event.style else meaning(event.value))
            elif kind is sequence_start:
                append(sequence(depth + 1))
            else:
                raise _Unusual
        return result

    return mapping
