"""Where a desired object was written. Keeps no position of any value: reads the document again when a
diagnostic needs one. No I/O.
"""

from __future__ import annotations

import contextlib
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import cast

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.diagnostics import Path, SourceRef
from catalogsync.core.model import Resource
from catalogsync.manifests import line_places
from catalogsync.manifests.line_parser import Unsure
from catalogsync.manifests.overlay_paths import translate
from catalogsync.manifests.positioned import CarefulDocument, Place, nearest
from catalogsync.manifests.positioned_parser import places
from catalogsync.manifests.source import SourceFile


@dataclass(frozen=True, slots=True, eq=False)
class ReadFile:
    """A file that was read: the characters at which its documents begin, and the one after the last. `plain`: for each of them whether it was
    read line by line; nothing where none was.
    """

    source: SourceFile
    bounds: array[int]
    plain: bytes = b""


@dataclass(frozen=True, slots=True)
class DocumentOrigin:
    """One document of a file, by its number there. A catalog has as many of these as objects: what they can find out again they do not hold."""

    file: ReadFile
    number: int

    @property
    def source(self) -> SourceFile:
        return self.file.source

    @property
    def start(self) -> int:
        """The character of the file at which it begins."""
        return self.file.bounds[self.number]

    @property
    def end(self) -> int:
        """The character after its last one."""
        return self.file.bounds[self.number + 1]

    @property
    def line(self) -> int:
        """The line, from 0, on which it begins."""
        return self.source.line_at(self.start)

    @property
    def text(self) -> str:
        """The document as it stands in its file."""
        return self.source.text[self.start : self.end]

    @property
    def value(self) -> Json:
        """What it says, read again."""
        return _read(self).value

    def begin(self) -> SourceRef:
        """The first line that says something: neither blank nor a comment nor the mark of a document."""
        source, start = self.file.source, self.start
        blank = line_places.BLANK.match(source.text, start, self.end)
        return SourceRef(source.name, source.line_at(blank.end() if blank else start) + 1, 1)

    def line_of(self, path: Path) -> int:
        """The line, from 0, on which the member at `path` is named."""
        return self.locate(path, key=True).line - 1

    def locate(self, path: Path, *, key: bool = False) -> SourceRef:
        """The place of the value at `path` (of its member name when `key`), or of the nearest parent that
        exists.
        """
        with contextlib.suppress(Unsure):
            if any(self.file.plain[self.number : self.number + 1]):
                found = line_places.find(self.source.text, self.start, self.end, path, key=key)
                return self.source.ref_at(*found, is_open=True)
        return self._read_again(path, key=key)

    def _read_again(self, path: Path, *, key: bool) -> SourceRef:
        read = _read(self)
        values: Mapping[Path, Place] = read.values
        found, place = nearest(values, path)
        named = found in read.keys and (key or found != path)
        if named:
            place = read.keys[found]
        if place is None:
            return self.source.ref(self.line, 0)
        return self.source.ref(place.line, place.column, place.width)


@lru_cache(maxsize=16)
def _read(origin: DocumentOrigin) -> CarefulDocument:
    return places(origin.text, origin.line)


@dataclass(slots=True)
class MergedOrigin:
    """A document with overlays: a value's place is in the last layer that says it."""

    value: Json
    layers: tuple[DocumentOrigin, ...]

    def locate(self, path: Path, *, key: bool = False) -> SourceRef:
        """The place of the value at `path`, in the overlay that it came from; else of the nearest parent,
        in the base first.
        """
        best: tuple[int, DocumentOrigin, Path] | None = None
        for layer in reversed(self.layers):
            said = translate(self.value, layer.value, path)
            if best is None or len(said.path) >= best[0] or said.whole:
                best = (len(said.path), layer, said.path)
            if said.whole or said.final:
                break
        assert best is not None
        _, layer, there = best
        missing = path[len(there) :]
        return layer.locate((*there, *missing), key=key)

    def begin(self) -> SourceRef:
        """That of the base."""
        return self.layers[0].begin()


Origin = DocumentOrigin | MergedOrigin


def base_document(resource: Resource) -> tuple[JsonObject, Origin] | None:
    """An object's manifest before its overlays, and where it was written; None for an object without overlays."""
    if not isinstance(resource.origin, MergedOrigin):
        return None
    first = resource.origin.layers[0]
    return cast("JsonObject", first.value), first


def documents(resource: Resource) -> tuple[DocumentOrigin, ...]:
    """The documents that say an object, the base first; none for one that was not read from files."""
    origin = resource.origin
    if isinstance(origin, MergedOrigin):
        return origin.layers
    return (origin,) if isinstance(origin, DocumentOrigin) else ()


def renaming(name: Callable[[str], str]) -> Callable[[object], Origin]:
    """What gives the same place with other names for its files."""

    @cache
    def file(one: ReadFile) -> ReadFile:
        return replace(one, source=one.source.named(name(one.source.name)))

    def renamed(origin: object) -> Origin:
        if isinstance(origin, MergedOrigin):
            layers = tuple(replace(one, file=file(one.file)) for one in origin.layers)
            return replace(origin, layers=layers)
        assert isinstance(origin, DocumentOrigin)
        return replace(origin, file=file(origin.file))

    return renamed
