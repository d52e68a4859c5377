"""Reads a manifest file with the place of every value, and says everything that is wrong with its YAML. No
I/O.

Slower than `events.Builder`, and the one that speaks: used when that gave up, and to find the place of a
value that a diagnostic is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml
from yaml._yaml import CParser

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path, Related, Severity
from catalogsync.manifests.fast_parser import DEEPEST
from catalogsync.manifests.masking import is_secret
from catalogsync.manifests.scalars import Trap, plain
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.syntax import odd_character, syntax, too_deep
from catalogsync.manifests.yaml_events import marks
from catalogsync.openmeter.credentials import names_a_secret

MOST_PROBLEMS = 100
"""After this many problems in one file reading stops: it is not a manifest."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column from 0, and how many characters wide on that line."""

    line: int
    column: int
    width: int


@dataclass(slots=True)
class CarefulDocument:
    """A document with its places and problems. `trapped`: paths whose value cannot be trusted."""

    value: Json = None
    start: int = 0
    line: int = 0
    empty: bool = False
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    trapped: set[Path] = field(default_factory=set)


@dataclass(slots=True)
class CarefulFile:
    """What a file holds, and what is wrong with it. `broken`: reading stopped before the end."""

    documents: list[CarefulDocument] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: bool = False


_NOWHERE = SourceFile("", "")
"""Of a text whose problems nobody asks for."""


class _Stop(Exception):
    """Reading cannot go on; a diagnostic says why."""


def read(source: SourceFile) -> CarefulFile:
    """All documents of a file up to the first place where it is not YAML."""
    result = CarefulFile()
    if (odd := odd_character(source)) is not None:
        result.diagnostics.append(odd)
        result.broken = True
        return result
    reader = _Reader(source, source.text, result)
    try:
        reader.stream()
    except _Stop:
        result.broken = True
    except yaml.YAMLError as problem:
        result.broken = True
        result.diagnostics.append(syntax(source, problem))
    return result


def places(text: str, line: int) -> CarefulDocument:
    """The first document of a text that starts at a line of its file: its values and their places in the
    file.
    """
    result = CarefulFile()
    reader = _Reader(_NOWHERE, text, result, line)
    try:
        reader.stream(only_first=True)
    except (_Stop, yaml.YAMLError):
        result.documents.append(reader.document)
    return result.documents[0] if result.documents else CarefulDocument()


class _Reader:
    """Walks over one file's events."""

    def __init__(self, source: SourceFile, text: str, result: CarefulFile, offset: int = 0) -> None:
        self.source = source
        self.result = result
        self.offset = offset
        self.get = CParser(text).get_event
        self.document = CarefulDocument()

    def stream(self, *, only_first: bool = False) -> None:
        self.get()
        while isinstance(event := self.get(), yaml.DocumentStartEvent):
            first = not self.result.documents
            mark, _ = marks(event)
            self.document = CarefulDocument(start=0 if first else mark.index, line=0 if first else mark.line)
            content = self.node()
            self.document.empty = (
                isinstance(content, yaml.ScalarEvent) and not content.value and not content.style
            )
            self.document.value = self.value(content, ())
            self.result.documents.append(self.document)
            if only_first:
                return
            self.get()

    def node(self) -> yaml.NodeEvent:
        """The event with which the next value begins."""
        event = self.get()
        assert isinstance(event, yaml.NodeEvent)
        return event

    def place(self, event: yaml.NodeEvent) -> Place:
        start, end = marks(event)
        flat = isinstance(event, yaml.ScalarEvent) and end.line == start.line
        return Place(start.line + self.offset, start.column, max(1, end.column - start.column if flat else 1))

    def say(
        self,
        event: yaml.NodeEvent,
        path: Path,
        code: str,
        summary: str,
        hint: str = "",
        *,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Notes a problem; what stands at a secret's place is not repeated."""
        place = self.place(event)
        where = self.source.ref(place.line - self.offset, place.column, place.width)
        if is_secret(path) or any(names_a_secret(step) for step in path if isinstance(step, str)):
            summary, hint = (
                re.sub(r"`[^`]*`", "this value", summary),
                re.sub(r"`&[^`]*`", "it", re.sub(r"\".*", "it in quotes", hint)),
            )
        found = Diagnostic(code, Severity.ERROR, summary, where, hint=hint, related=related)
        self.result.diagnostics.append(found)
        if len(self.result.diagnostics) >= MOST_PROBLEMS:
            raise _Stop

    def value(self, event: yaml.NodeEvent, path: Path) -> Json:
        """The value that starts with an event, noted with its place."""
        self.document.values[path] = self.place(event)
        if isinstance(event, yaml.AliasEvent):
            self.say(
                event,
                path,
                "yaml-alias",
                f"`*{event.anchor}` repeats another value by reference",
                "write the value out; what differs between environments belongs into an overlay",
            )
            self.document.trapped.add(path)
            return None
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        self.properties(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if len(path) >= DEEPEST:
            place = self.place(event)
            self.result.diagnostics.append(too_deep(self.source.ref(place.line - self.offset, place.column)))
            raise _Stop
        return self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)

    def properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, path: Path) -> None:
        """Anchors and tags."""
        if event.anchor is not None:
            self.say(
                event,
                path,
                "yaml-anchor",
                f"`&{event.anchor}` names a value to be repeated by reference",
                f"take `&{event.anchor}` away and write the value out where it is needed",
            )
            self.document.trapped.add(path)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.say(
                event,
                path,
                "yaml-tag",
                f"`{tag}` gives a value a YAML tag",
                "take the tag away; quote a value that is text",
            )
            self.document.trapped.add(path)

    def scalar(self, event: yaml.ScalarEvent, path: Path) -> Json:
        text: str = event.value
        if event.style:
            if "\0" in text:
                self.say(
                    event,
                    path,
                    "yaml-nul",
                    "a text holds the character NUL",
                    "the server cannot store it; take it out",
                )
                self.document.trapped.add(path)
            return text
        meaning = plain(text)
        if isinstance(meaning, Trap):
            if path not in self.document.trapped:
                self.say(event, path, meaning.code, meaning.summary, meaning.hint)
            self.document.trapped.add(path)
            return text
        return meaning

    def mapping(self, path: Path) -> dict[str, Json]:
        result: dict[str, Json] = {}
        again = False
        while isinstance(event := self.get(), yaml.NodeEvent):
            key = self.key(event, path)
            if key is not None and key not in result:
                again = False
                self.document.keys[*path, key] = self.place(event)
                result[key] = self.value(self.node(), (*path, key))
                continue
            if key is None:
                self.document.trapped.add(path)
            elif not again:
                self.duplicate(event, path, key)
            again = key is not None
            self.unwanted(path)
        return result

    def unwanted(self, path: Path) -> None:
        """Reads a value that has no place in the document; what is wrong within it is still said."""
        kept = self.document.values, self.document.keys
        self.document.values, self.document.keys = {}, {}
        self.value(self.node(), (*path, ""))
        self.document.values, self.document.keys = kept

    def duplicate(self, event: yaml.NodeEvent, path: Path, key: str) -> None:
        """A name that was met before; those that follow it at once have the same cause and are not reported."""
        in_list = bool(path) and isinstance(path[-1], int)
        first = self.document.keys[*path, key]
        where = self.source.ref(first.line - self.offset, first.column, first.width)
        self.say(
            event,
            path,
            "yaml-duplicate-key",
            f"`{key}` is written twice in one object",
            "keep one of them" + (", or begin a new entry of the list with `- `" if in_list else ""),
            related=(Related("first written here", where),),
        )

    def key(self, event: yaml.NodeEvent, path: Path) -> str | None:
        """A member's name, or None when it is none (which is said)."""
        if not isinstance(event, yaml.ScalarEvent):
            self.say(event, path, "yaml-key-not-text", "a member's name must be text", "write `name: value`")
            if not isinstance(event, yaml.AliasEvent):
                self.skip()
            return None
        text: str = event.value
        self.properties(event, path)
        if event.style:
            if "\0" in text:
                self.say(event, path, "yaml-nul", "a name holds the character NUL", "take it out")
                return None
            return text
        if text == "<<":
            self.say(
                event,
                path,
                "yaml-merge-key",
                "`<<` merges another object into this one",
                "write the members out",
            )
            return None
        meaning = plain(text)
        if isinstance(meaning, Trap):
            self.say(event, path, meaning.code, meaning.summary, _name_hint(text))
            self.document.trapped.add((*path, text))
        elif not isinstance(meaning, str):
            shown = f"`{text}`" if text else "nothing"
            summary = f"a member's name must be text, but {shown} stands there"
            self.say(event, path, "yaml-key-not-text", summary, _name_hint(text))
            self.document.trapped.add((*path, text))
        return text

    def skip(self) -> None:
        """Passes over the rest of a mapping or list whose start was read."""
        depth = 1
        while depth:
            event = self.get()
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth += 1
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1

    def sequence(self, path: Path) -> list[Json]:
        result: list[Json] = []
        while isinstance(event := self.get(), yaml.NodeEvent):
            result.append(self.value(event, (*path, len(result))))
        return result


def _name_hint(text: str) -> str:
    """What to write for a name that is not text. Digits alone are most often what stands behind the comma of an amount."""
    if text.isdigit():
        return (
            f'an amount is written with a decimal point, not a comma; a name is written in quotes: "{text}"'
        )
    return f'as a name it is written "{text}"'


def nearest(found: Mapping[Path, Place], path: Path) -> tuple[Path, Place | None]:
    """The place at a path, or of the nearest parent that has one."""
    while path and path not in found:
        path = path[:-1]
    return path, found.get(path)
