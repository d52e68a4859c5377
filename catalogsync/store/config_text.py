"""The text of `catalogsync.yaml`: its document with the place of every value, and problems noted at them. No I/O.

The schema is `schemas/catalogsync.schema.json`, which editors read too. No line and no message shows what may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import jsonschema_rs

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path, Severity, SourceRef
from catalogsync.manifests import positioned_parser
from catalogsync.manifests.positioned import CarefulDocument, nearest
from catalogsync.manifests.source import SourceFile
from catalogsync.openmeter import credentials, schemas

SCHEMA = "catalogsync.schema.json"
CODE = "config-invalid"
SEVERITIES: Path = ("lint", "severity")
"""Where the severities are: what stands there is judged by the table of codes."""


@dataclass(slots=True)
class ConfigText:
    """The file's document, and what is wrong with it so far."""

    source: SourceFile
    document: CarefulDocument = field(default_factory=lambda: CarefulDocument(empty=True))
    found: list[Diagnostic] = field(default_factory=list)

    @property
    def value(self) -> Json:
        return self.document.value

    def place(self, path: Path, *, key: bool = False) -> SourceRef:
        """The place of the value at a path (of its name when `key`), or of the nearest parent."""
        there, place = nearest(self.document.values, path)
        if (key or there != path) and there in self.document.keys:
            place = self.document.keys[there]
        where = self.source.ref(place.line, place.column, place.width) if place else self.source.ref(0, 0)
        return replace(where, text=_without_credentials(where.text))

    def say(self, path: Path, summary: str, hint: str = "", *, key: bool = False) -> None:
        """Notes a problem with what stands at a path."""
        summary, hint = credentials.masked(summary), credentials.masked(hint)
        self.found.append(Diagnostic(CODE, Severity.ERROR, summary, self.place(path, key=key), hint=hint))


def read(source: SourceFile) -> ConfigText:
    """The file's only document, and what is wrong with its YAML."""
    text = ConfigText(source)
    file = positioned_parser.read(source)
    if file.documents:
        text.document = file.documents[0]
    switched_off = [text.source.ref(*_start(text, path)) for path in _bare_off(text)]
    for one in file.diagnostics:
        if one.where is not None and not any(_same_place(one.where, off) for off in switched_off):
            text.found.append(
                replace(one, where=replace(one.where, text=_without_credentials(one.where.text)))
            )
    if len(file.documents) > 1:
        line = file.documents[1].line
        where = source.ref(line, 0)
        hint = "leave one of them: the others would be passed over in silence"
        text.found.append(
            Diagnostic(CODE, Severity.ERROR, "the file holds a second document", where, hint=hint)
        )
    return text


@cache
def decide() -> Callable[[object], bool]:
    """Whether the schema takes a value."""
    return jsonschema_rs.Draft7Validator(dict(schemas.schema(SCHEMA)), validate_formats=False).is_valid


def _bare_off(text: ConfigText) -> list[Path]:
    """Severities that are `off` without quotes, which older YAML takes for false: here it can mean one thing only."""
    return [
        path
        for path in text.document.trapped
        if path[:2] == SEVERITIES and len(path) == 3 and _at(text.value, path) == "off"
    ]


def _at(value: object, path: Path) -> object:
    """The value at a path of maps; None where there is none."""
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _start(text: ConfigText, path: Path) -> tuple[int, int]:
    place = text.document.values[path]
    return place.line, place.column


def _same_place(one: SourceRef, other: SourceRef) -> bool:
    return (one.line, one.column) == (other.line, other.column)


def _without_credentials(line: str) -> str:
    """A line up to what may be a password or a token in a URL."""
    before, scheme, address = line.partition("://")
    if "@" in line:
        return f"{before}{scheme}…" if scheme else ""
    shown = re.match(r"[^?#]*", address.split(" ", 1)[0])
    cut = scheme and shown and len(shown[0]) < len(address.split(" ", 1)[0])
    return f"{before}{scheme}{shown[0]}…" if cut and shown else line
