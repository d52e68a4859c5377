"""Reads a manifest file with the place of every value, and says everything that is wrong with its YAML. No
I/O.

Slower than `events.Builder`, and the one that speaks: used when that gave up, and to find the place of a
value that a diagnostic is about.
"""

from __future__ import annotations

import sys

import yaml
from yaml._yaml import CParser

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.fast_parser import DEEPEST
from catalogsync.manifests.hints import number_fields, second_object
from catalogsync.manifests.hints.complaints import Complaints, Stop, index
from catalogsync.manifests.hints.foreign_text import template
from catalogsync.manifests.hints.syntax import odd_character, syntax, too_deep
from catalogsync.manifests.positioned import CarefulDocument, CarefulFile
from catalogsync.manifests.scalars import Trap, plain
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.yaml_events import marks


def read(source: SourceFile) -> CarefulFile:
    """All documents of a file up to the first place where it is not YAML."""
    result = CarefulFile()
    if (odd := odd_character(source)) is not None:
        result.diagnostics.append(odd)
        result.broken = True
        return result
    reader = _Reader(source, result)
    try:
        reader.stream()
    except Stop:
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
    reader = _Reader(SourceFile("", text), result, line)
    try:
        reader.stream(only_first=True)
    except (Stop, yaml.YAMLError):
        result.documents.append(reader.document)
    return result.documents[0] if result.documents else CarefulDocument()


class _Reader(Complaints):
    """Walks over one file's events."""

    def __init__(self, source: SourceFile, result: CarefulFile, offset: int = 0) -> None:
        super().__init__(source, result, offset)
        self.get = CParser(source.text).get_event

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
            if only_first or isinstance(self.document.value, dict):
                self.result.documents.append(self.document)
            if only_first:
                return
            self.get()
            if not isinstance(self.document.value, dict):  # a text that goes on as something else is none
                self.result.documents.append(self.document)

    def node(self) -> yaml.NodeEvent:
        """The event with which the next value begins."""
        event = self.get()
        assert isinstance(event, yaml.NodeEvent)
        return event

    def value(self, event: yaml.NodeEvent, path: Path) -> Json:
        """The value that starts with an event, noted with its place."""
        self.document.values[path] = self.place(event)
        if isinstance(event, yaml.AliasEvent):
            hint = "write the value out; what differs between environments belongs into an overlay"
            if f"&{event.anchor}" not in self.source.text:
                hint = f'no value is named `&{event.anchor}`: for a text that begins with an asterisk write "*{event.anchor}"'
            self.say(event, path, "yaml-alias", f"`*{event.anchor}` repeats another value by reference", hint)
            self.document.trapped.add(path)
            return None
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        self.properties(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if len(path) >= DEEPEST:
            place = self.place(event)
            self.result.diagnostics.append(too_deep(self.source.ref(place.line - self.offset, place.column)))
            raise Stop
        return self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)

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
            cut = bool(path) and isinstance(path[-1], int) and self.is_cut(event, lambda: _before(path))
            if path not in self.document.trapped and not cut:
                self.say(event, path, meaning.code, meaning.summary, number_fields.hint(path, meaning))
            self.document.trapped.add(path)
            return text
        return meaning

    def mapping(self, path: Path) -> dict[str, Json]:
        result: dict[str, Json] = {}
        again = False
        while isinstance(event := self.get(), yaml.NodeEvent):
            key = self.key(event, path)
            if (
                not path
                and key in result
                and second_object.begins(self.source.text, index(event), list(result))
            ):
                self.others(event, str(key))
                break
            if key is not None and key not in result:
                again, inner = False, (*path, key)
                self.document.keys[inner] = self.place(event)
                result[key] = self.member(inner)
                continue
            if key is None:
                self.document.trapped.add(path)
            elif not again:
                self.duplicate(event, path, key)
            again = key is not None
            self.unwanted(path, merged=isinstance(event, yaml.ScalarEvent) and event.value == "<<")
        return result

    def member(self, path: Path) -> Json:
        """The value of a member. What is wrong with it is said though something is wrong with its name."""
        is_trapped = path in self.document.trapped
        self.document.trapped.discard(path)
        value = self.value(self.node(), path)
        if is_trapped:
            self.document.trapped.add(path)
        return value

    def unwanted(self, path: Path, *, merged: bool = False) -> None:
        """Reads a value that has no place in the document; what is wrong within it is still said, but for the name of what is `merged`."""
        event = self.node()
        if merged and isinstance(event, yaml.AliasEvent):
            return
        kept = self.document.values, self.document.keys
        self.document.values, self.document.keys = {}, {}
        self.value(event, (*path, ""))
        self.document.values, self.document.keys = kept

    def others(self, event: yaml.NodeEvent, first: str) -> None:
        """Reads on to the end of a document in which more than one object stands; what is within the others is not looked at."""
        before = self.document.keys[(first,)]
        following: yaml.Event | None = event
        while isinstance(following, yaml.NodeEvent):
            if isinstance(following, yaml.ScalarEvent) and following.value == first:
                before = self.other(following, before)
            elif not isinstance(following, yaml.ScalarEvent):
                self.key(following, ())
            self.unwanted(())
            following = self.get()

    def key(self, event: yaml.NodeEvent, path: Path) -> str | None:
        """A member's name, or None when it is none (which is said)."""
        if not isinstance(event, yaml.ScalarEvent):
            start, _ = marks(event)
            if self.source.text[max(0, start.index - 1) : start.index + 1] == "{{":
                self.result.diagnostics.append(template(self.source, start.line, start.column - 1))
                raise Stop
            self.say(event, path, "yaml-key-not-text", "a member's name must be text", "write `name: value`")
            if not isinstance(event, yaml.AliasEvent):
                self.skip()
            return None
        text = sys.intern(event.value)  # one text for all members of a name
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
                "write the members out that this object is to have from the other one",
            )
            return None
        if self.is_cut(event, lambda: self.last_member(path)):
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

    def last_member(self, path: Path) -> Path:
        """The member of an object that was read last; the object itself where there is none."""
        members = (one for one in reversed(self.document.values) if one[:-1] == path != one)
        return next(members, path)

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


def _before(path: Path) -> Path:
    """The entry of a list before this one."""
    number = path[-1]
    return (*path[:-1], number - 1) if isinstance(number, int) else path


def _name_hint(text: str) -> str:
    """What to write for a name that is not text."""
    return f'as a name it is written "{text}"'
