"""Reads a file's documents as fast as Python can; anything unusual is left to `positioned_parser`.

`Builder.build` takes only what is beyond doubt: plain mappings with text keys, lists, and scalars whose meaning every reader shares. A
document in the plain style is read line by line (`line_parser`), any other from libyaml's events. At the first anchor, tag, duplicate key,
trap or syntax error it gives up (returns None) and `positioned_parser.read` reads the file again to say what and where. All three give the
same values; property tests hold them together.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias, cast

import yaml
from yaml._yaml import CParser

from catalogsync.core.canon import Json
from catalogsync.manifests import line_parser
from catalogsync.manifests.line_parser import Unsure
from catalogsync.manifests.scalars import Trap, plain
from catalogsync.manifests.yaml_events import Scalar, marks

DEEPEST = 100
"""How deep values may nest. The deepest manifest that the schemas allow without filters in filters has a
depth of 9.
"""

UNUSUAL_CHARACTERS = re.compile("[\x85\u2028\u2029\ufeff]")
_MAYBE_PROPERTY = re.compile(r"(?:^|[\s\[\]{},:?-])[&!]", re.MULTILINE)
_DEPTH_ON_A_LINE = line_parser.DEEPEST + 10
"""As deep as a value that begins on a line may be at most."""
_DOCUMENT = "---"
_MARK = re.compile(r" *\r?")
"""What may follow it on its line."""
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


class Built(NamedTuple):
    """A document's value and where its text starts: the character's index and the line, both from 0. `plain`: it was read line by line."""

    value: Json
    start: int
    line: int
    empty: bool
    plain: bool = False


class Builder:
    """Builds the documents of a catalog's files, one file after the other. Lines, plain scalars and names met before are remembered with their
    meaning: a catalog says the same few thousand again and again.
    """

    def __init__(self) -> None:
        self._meanings: dict[str, Json] = {}
        self._names: dict[str, str] = {}
        self._mapping, self._collection = _readers(self._meanings, self._names)
        self._lines = line_parser.Reader(self._value)

    def forget(self) -> None:
        """Lets go of what is remembered: where no collector of cycles runs it would stay as long as the program."""
        self._meanings.clear()
        self._names.clear()
        self._lines.forget()

    def build(self, text: str) -> list[Built] | None:
        """The documents of a file, or None when the careful reader must look at it."""
        for read in (self._apart, self._documents):
            with contextlib.suppress(Unsure, yaml.YAMLError, AttributeError):
                return read(text)
        return None

    def _apart(self, text: str) -> list[Built]:
        """The documents of a file in which nothing but lines of `---` parts them, each read on its own."""
        if text.startswith(("...", "%")) or "\n..." in text or "\n%" in text:
            raise Unsure
        starts = _marked(text)
        members, plain = self._members(text[: starts[0]] if starts else text)
        found = [] if members is None else [Built(members, 0, 0, False, plain)]
        line, before = 0, 0
        for start, end in itertools.pairwise((*starts, len(text))):
            line, before = line + text.count("\n", before, start), start
            mark, _, content = text[start + len(_DOCUMENT) : end].partition("\n")
            if mark and not _MARK.fullmatch(mark):
                raise Unsure
            members, plain = self._members(content)
            if found or members is None:
                found.append(Built(members, start, line, members is None, plain))
            else:
                found.append(Built(members, 0, 0, False, plain))
        return found

    def _members(self, text: str) -> tuple[dict[str, Json] | None, bool]:
        """The members of a text that is one document, None where it says nothing; and whether it was read line by line."""
        try:
            return self._lines.read(text) or None, True
        except Unsure:
            if "\r" in text:  # alone it ends a line too, which would not be counted
                raise
            found = self._documents(text)
            if len(found) != 1 or not isinstance(found[0].value, dict):
                raise
            return found[0].value, False

    def _documents(self, text: str) -> list[Built]:
        """The documents that libyaml finds in a text."""
        get = _events(text)
        found: list[Built] = []
        get()
        while isinstance(event := get(), yaml.DocumentStartEvent):
            mark, _ = marks(event)
            start, line = mark.index, mark.line
            first = get()
            if isinstance(first, yaml.MappingStartEvent):
                value = self._mapping(cast("Get", get), 1)
                found.append(Built(value, start if found else 0, line if found else 0, False))
            elif isinstance(first, yaml.ScalarEvent) and first.value == "" and not first.style:
                found.append(Built(None, start, line, True))
            else:
                raise Unsure
            get()
        return found

    def _value(self, text: str) -> Json:
        """The value that a text is which begins with a bracket or a quotation mark. Raises Unsure where it is more than that."""
        get = _events(text)
        get(), get()
        first = get()
        if isinstance(first, yaml.ScalarEvent) and first.style:
            value: Json = first.value
        elif isinstance(first, yaml.CollectionStartEvent) and first.flow_style:
            value = self._collection(cast("Get", get), type(first), _DEPTH_ON_A_LINE)
        else:
            raise Unsure
        get()
        if not isinstance(get(), yaml.StreamEndEvent):
            raise Unsure
        return value


def _marked(text: str) -> list[int]:
    """The characters at which a line begins with the mark of a document."""
    found = [0] if text.startswith(_DOCUMENT) else []
    at = text.find(f"\n{_DOCUMENT}")
    while at >= 0:
        found.append(at + 1)
        at = text.find(f"\n{_DOCUMENT}", at + 1)
    return found


def _events(text: str) -> Callable[[], yaml.Event | None]:
    """Gives libyaml's events of a text, one by one. Raises Unsure where it holds NUL escapes or characters that YAML 1.1 takes for line breaks,
    and later at an anchor or a tag.
    """
    if not text.isascii() and UNUSUAL_CHARACTERS.search(text):
        raise Unsure
    if "\\" in text and any(escape in text for escape in _NUL_ESCAPES):
        raise Unsure
    get = CParser(text).get_event

    def without_properties() -> yaml.Event | None:
        event = get()
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and (event.anchor or event.tag):
            raise Unsure
        return event

    maybe = ("&" in text or "!" in text) and _MAYBE_PROPERTY.search(text)
    return without_properties if maybe else get


def _meaning(text: str, meanings: dict[str, Json]) -> Json:
    """What a plain scalar that was not met before means."""
    value = plain(text)
    if isinstance(value, Trap):
        raise Unsure
    meanings[text] = value
    return value


def _new_name(event: Scalar, names: dict[str, str]) -> str:
    """A member's name that was not met before."""
    text = event.value
    if text != "<<" and plain(text) == text and not text[:1].isdecimal():
        names[text] = text
    elif not event.style:
        raise Unsure
    return text


def _readers(
    meanings: dict[str, Json], names: dict[str, str]
) -> tuple[Callable[[Get, int], dict[str, Json]], Callable[[Get, type, int], Json]]:
    """Functions that read the rest of a mapping whose start was read, at a depth, and of a collection with the type of its start.

    They run for every scalar that libyaml reads: what they need is held in local names, and it is written out where a call would cost more
    than what it does.
    """
    unseen = _UNSEEN
    scalar, mapping_start, mapping_end, sequence_start, sequence_end = _KINDS

    def value_of(get: Get, kind: type, depth: int) -> Json:
        if depth > DEEPEST:
            raise Unsure
        if kind is mapping_start:
            return mapping(get, depth)
        if kind is sequence_start:
            return sequence(get, depth)
        raise Unsure

    def mapping(get: Get, depth: int) -> dict[str, Json]:
        result: dict[str, Json] = {}
        while type(event := get()) is not mapping_end:
            name = names.get(event.value) or _new_name(event, names)
            if name in result:
                raise Unsure
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
                text = event.value
                if event.style:
                    result.append(text)
                else:
                    meaning = meanings.get(text, unseen)
                    result.append(_meaning(text, meanings) if meaning is unseen else meaning)
            else:
                result.append(value_of(get, kind, depth + 1))
        return result

    return mapping, value_of
