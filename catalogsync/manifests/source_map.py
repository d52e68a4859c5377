"""Where a desired object was written. Keeps no position of any value: reads the document again when a
diagnostic needs one. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.diagnostics import Path, SourceRef
from catalogsync.core.model import Resource
from catalogsync.manifests.overlay_paths import translate
from catalogsync.manifests.positioned_parser import CarefulDocument, Place, nearest, places
from catalogsync.manifests.source import BREAK, SourceFile

_BLANK = re.compile(r"(?:[ \t]*(?:#[^\r\n]*|---[ \t]*)?(?:\r\n|\r|\n))*")
"""Lines above the first value."""


_NOTHING: Mapping[str, Json] = {}


def _nothing() -> Mapping[str, Json]:
    return _NOTHING


@dataclass(slots=True)
class DocumentOrigin:
    """One document of a file: the text from character `start` (on `line`, from 0) to `end`, and what it says (`value`)."""

    source: SourceFile
    start: int
    line: int
    end: int
    _said: Json
    _besides: Mapping[str, Json] = field(default_factory=_nothing, repr=False)
    _read: CarefulDocument | None = field(default=None, repr=False)

    @property
    def value(self) -> Json:
        return {**self._besides, **self._said} if isinstance(self._said, Mapping) else self._said

    def body(self, besides: Mapping[str, Json]) -> dict[str, Json]:
        """The document's members without those that are `besides` them in its value. From here on both share one dict."""
        assert isinstance(self._said, dict)
        for name in besides:
            del self._said[name]
        self._besides = besides
        return self._said

    @property
    def text(self) -> str:
        """The document as it stands in its file."""
        return self.source.text[self.start : self.end]

    def begin(self) -> SourceRef:
        """The first line that says something: neither blank nor a comment nor the mark of a document."""
        blank = _BLANK.match(self.text)
        return SourceRef(self.source.name, self.line + 1 + len(BREAK.findall(blank[0] if blank else "")), 1)

    def _places(self) -> CarefulDocument:
        if self._read is None:
            self._read = places(self.text, self.line)
        return self._read

    def line_of(self, path: Path) -> int:
        """The line, from 0, on which the member at `path` is named."""
        return self.locate(path, key=True).line - 1

    def locate(self, path: Path, *, key: bool = False) -> SourceRef:
        """The place of the value at `path` (of its member name when `key`), or of the nearest parent that
        exists.
        """
        read = self._places()
        values: Mapping[Path, Place] = read.values
        found, place = nearest(values, path)
        named = found in read.keys and (key or found != path)
        if named:
            place = read.keys[found]
        if place is None:
            return self.source.ref(self.line, 0)
        return self.source.ref(place.line, place.column, place.width)


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
    """An object's manifest before its overlays, and where it was written; None for an object that was not read from files."""
    origin = resource.origin
    first = origin.layers[0] if isinstance(origin, MergedOrigin) else origin
    if isinstance(first, DocumentOrigin) and isinstance(first.value, Mapping):
        return first.value, first
    return None


def documents(resource: Resource) -> tuple[DocumentOrigin, ...]:
    """The documents that say an object, the base first; none for one that was not read from files."""
    origin = resource.origin
    if isinstance(origin, MergedOrigin):
        return origin.layers
    return (origin,) if isinstance(origin, DocumentOrigin) else ()


def renamed(origin: object, name: Callable[[str], str]) -> Origin:
    """The same place with other names for its files."""
    if isinstance(origin, MergedOrigin):
        layers = tuple(
            replace(one, source=SourceFile(name(one.source.name), one.source.text)) for one in origin.layers
        )
        return replace(origin, layers=layers)
    assert isinstance(origin, DocumentOrigin)
    return replace(origin, source=SourceFile(name(origin.source.name), origin.source.text))
