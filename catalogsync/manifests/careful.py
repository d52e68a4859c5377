"""Reads a manifest file with the place of every value, and says everything that is wrong with its YAML. No
I/O.

Slower than `events.build`, and the one that speaks: used when that gave up, and to find the place of a
value that a diagnostic is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser

from catalogsync.canon import Json
from catalogsync.diagnostics import Diagnostic, Path, Related, Severity, SourceRef
from catalogsync.manifests.events import DEEPEST, UNUSUAL_CHARACTERS
from catalogsync.manifests.scalars import Trap, plain
from catalogsync.manifests.source import SourceFile

MOST_PROBLEMS = 100
"""After this many problems in one file reading stops: it is no manifest."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_SYNTAX_HINTS = (
    (
        "mapping values are not allowed",
        "a value that holds `: ` must be quoted; a nested object starts on its own line",
    ),
    (
        "could not find expected ':'",
        "write `name: value`; a text that goes on over several lines is quoted or starts with `|`",
    ),
    ("did not find expected key", "the members of one object must start in the same column"),
    (
        "did not find expected '-' indicator",
        "the entries of one list must start in the same column, each with `- `",
    ),
    (
        "did not find expected ',' or",
        "close what was opened with `[` or `{`, and part its entries with commas",
    ),
    ("block sequence entries are not allowed", "start the list on the line after the name"),
    ("found unexpected end of stream", "close the quotation mark or bracket that was opened"),
    ("found character that cannot start any token", "quote a text that starts with this character"),
    ("found unknown escape character", "in double quotes a backslash is written twice; or use single quotes"),
    ("did not find expected <document start>", "start a further document with a line `---`"),
    ("document start", "start a further document with a line `---`"),
    ("block mapping", "the members of one object must start in the same column"),
)


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


class _Stop(Exception):
    """Reading cannot go on; a diagnostic says why."""


def read(source: SourceFile) -> CarefulFile:
    """All documents of a file up to the first place where it is no YAML."""
    result = CarefulFile()
    if (odd := _odd_character(source)) is not None:
        result.diagnostics.append(odd)
        result.broken = True
        return result
    reader = _Reader(source, result)
    try:
        reader.stream()
    except _Stop:
        result.broken = True
    except yaml.YAMLError as problem:
        result.broken = True
        result.diagnostics.append(_syntax(source, problem))
    return result


def places(text: str, line: int) -> CarefulDocument:
    """The first document of a text that starts at a line of its file: its values and their places in the
    file.
    """
    result = CarefulFile()
    reader = _Reader(SourceFile("", text), result, line)
    try:
        reader.stream(only_first=True)
    except (_Stop, yaml.YAMLError):
        result.documents.append(reader.document)
    return result.documents[0] if result.documents else CarefulDocument()


class _Reader:
    """Walks over one file's events."""

    def __init__(self, source: SourceFile, result: CarefulFile, offset: int = 0) -> None:
        self.source = source
        self.result = result
        self.offset = offset
        self.get = CParser(source.text).get_event
        self.document = CarefulDocument()

    def stream(self, *, only_first: bool = False) -> None:
        self.get()
        while isinstance(event := self.get(), yaml.DocumentStartEvent):
            first = not self.result.documents
            mark: Any = event.start_mark
            self.document = CarefulDocument(start=0 if first else mark.index, line=0 if first else mark.line)
            content = self.get()
            self.document.empty = (
                isinstance(content, yaml.ScalarEvent) and not content.value and not content.style
            )
            self.document.value = self.value(content, ())
            self.result.documents.append(self.document)
            if only_first:
                return
            self.get()

    def place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        flat = isinstance(event, yaml.ScalarEvent) and end.line == start.line
        return Place(start.line + self.offset, start.column, max(1, end.column - start.column if flat else 1))

    def ref(self, event: Any) -> SourceRef:
        place = self.place(event)
        return self.source.ref(place.line - self.offset, place.column, place.width)

    def say(
        self, event: Any, code: str, summary: str, hint: str = "", related: tuple[Related, ...] = ()
    ) -> None:
        found = Diagnostic(code, Severity.ERROR, summary, self.ref(event), hint=hint, related=related)
        self.result.diagnostics.append(found)
        if len(self.result.diagnostics) >= MOST_PROBLEMS:
            raise _Stop

    def value(self, event: Any, path: Path) -> Json:
        """The value that starts with an event, noted with its place."""
        self.document.values[path] = self.place(event)
        if isinstance(event, yaml.AliasEvent):
            self.say(
                event,
                "yaml-alias",
                f"`*{event.anchor}` repeats another value by reference",
                "write the value out; what differs between environments belongs into an overlay",
            )
            self.document.trapped.add(path)
            return None
        self.properties(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if len(path) >= DEEPEST:
            self.say(
                event,
                "yaml-too-deep",
                f"values are nested more than {DEEPEST} deep",
                "no manifest is nested that deep",
            )
            raise _Stop
        return self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)

    def properties(self, event: Any, path: Path) -> None:
        """Anchors and tags."""
        if event.anchor is not None:
            self.say(
                event,
                "yaml-anchor",
                f"`&{event.anchor}` names a value to be repeated by reference",
                f"take `&{event.anchor}` away and write the value out where it is needed",
            )
            self.document.trapped.add(path)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.say(
                event,
                "yaml-tag",
                f"`{tag}` gives a value a YAML tag",
                "take the tag away; quote a value that is text",
            )
            self.document.trapped.add(path)

    def scalar(self, event: Any, path: Path) -> Json:
        text: str = event.value
        if event.style:
            if "\0" in text:
                self.say(
                    event,
                    "yaml-nul",
                    "a text holds the character NUL",
                    "the server cannot store it; take it out",
                )
                self.document.trapped.add(path)
            return text
        meaning = plain(text)
        if isinstance(meaning, Trap):
            if path not in self.document.trapped:
                self.say(event, meaning.code, meaning.summary, meaning.hint)
            self.document.trapped.add(path)
            return text
        return meaning

    def mapping(self, path: Path) -> dict[str, Json]:
        result: dict[str, Json] = {}
        while not isinstance(event := self.get(), yaml.MappingEndEvent):
            key = self.key(event, path)
            if key is None or key in result:
                if key is None:
                    self.document.trapped.add(path)
                else:
                    self.duplicate(event, path, key)
                self.unwanted(path)
                continue
            self.document.keys[*path, key] = self.place(event)
            result[key] = self.value(self.get(), (*path, key))
        return result

    def unwanted(self, path: Path) -> None:
        """Reads a value that has no place in the document; what is wrong within it is still said."""
        kept = self.document.values, self.document.keys
        self.document.values, self.document.keys = {}, {}
        self.value(self.get(), (*path, ""))
        self.document.values, self.document.keys = kept

    def duplicate(self, event: Any, path: Path, key: str) -> None:
        first = self.document.keys[*path, key]
        where = self.source.ref(first.line - self.offset, first.column, first.width)
        self.say(
            event,
            "yaml-duplicate-key",
            f"`{key}` is written twice in one object",
            "keep one of them",
            (Related("first written here", where),),
        )

    def key(self, event: Any, path: Path) -> str | None:
        """A member's name, or None when it is none (which is said)."""
        if not isinstance(event, yaml.ScalarEvent):
            self.say(event, "yaml-key-not-text", "a member's name must be text", "write `name: value`")
            if not isinstance(event, yaml.AliasEvent):
                self.skip()
            return None
        text: str = event.value
        self.properties(event, path)
        if event.style:
            if "\0" in text:
                self.say(event, "yaml-nul", "a name holds the character NUL", "take it out")
                return None
            return text
        if text == "<<":
            self.say(
                event, "yaml-merge-key", "`<<` merges another object into this one", "write the members out"
            )
            return None
        meaning = plain(text)
        if isinstance(meaning, Trap):
            self.say(event, meaning.code, meaning.summary, f'as a name it is written "{text}"')
            self.document.trapped.add((*path, text))
        elif not isinstance(meaning, str):
            shown = f"`{text}`" if text else "nothing"
            self.say(
                event,
                "yaml-key-not-text",
                f"a member's name must be text, but {shown} stands there",
                f'write "{text}"',
            )
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
        while not isinstance(event := self.get(), yaml.SequenceEndEvent):
            result.append(self.value(event, (*path, len(result))))
        return result


def _odd_character(source: SourceFile) -> Diagnostic | None:
    """Characters that YAML refuses, or that YAML 1.1 and 1.2 take differently."""
    text = source.text
    if found := _CONTROL.search(text):
        code, number = ("yaml-nul" if found[0] == "\0" else "yaml-control-character"), ord(found[0])
        summary, hint = (
            f"the file holds the control character U+{number:04X}",
            "take it out; is this a text file?",
        )
    elif found := UNUSUAL_CHARACTERS.search(text):
        if found[0] == "\ufeff":
            code, summary = "yaml-bom", "a byte order mark (U+FEFF) inside the file"
            hint = "take it out; it came in when files were joined"
        else:
            code, summary = (
                "yaml-line-separator",
                f"U+{ord(found[0]):04X} ends a line for some YAML readers only",
            )
            hint = f'write it as "\\u{ord(found[0]):04x}" in double quotes'
    else:
        return None
    return Diagnostic(code, Severity.ERROR, summary, source.ref_at(found.start()), hint=hint)


def _syntax(source: SourceFile, problem: yaml.YAMLError) -> Diagnostic:
    """What libyaml complains about, in our words and with its place."""
    mark = getattr(problem, "problem_mark", None)
    context = getattr(problem, "context_mark", None)
    said = getattr(problem, "problem", None) or str(problem)
    mark = mark or context
    if mark is None:
        return Diagnostic("yaml-syntax", Severity.ERROR, f"not YAML: {said}", source.ref(0, 0))
    line = source.lines[mark.line] if mark.line < len(source.lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or line[mark.column : mark.column + 1] == "\t":
        where = source.ref(mark.line, line.index("\t"))
        return Diagnostic(
            "yaml-tab",
            Severity.ERROR,
            "a tab stands where YAML allows spaces only",
            where,
            hint="indent with spaces",
        )
    hint = next((hint for text, hint in _SYNTAX_HINTS if text in said), "")
    related: tuple[Related, ...] = ()
    if context is not None and (context.line, context.column) != (mark.line, mark.column):
        label = str(getattr(problem, "context", None) or "see here")
        related = (Related(label, source.ref(context.line, context.column)),)
    return Diagnostic(
        "yaml-syntax",
        Severity.ERROR,
        f"not YAML: {said}",
        source.ref(mark.line, mark.column),
        hint=hint,
        related=related,
    )


def nearest(found: Mapping[Path, Place], path: Path) -> tuple[Path, Place | None]:
    """The place at a path, or of the nearest parent that has one."""
    while path and path not in found:
        path = path[:-1]
    return path, found.get(path)
