"""A file that was read with the place of every value: its documents, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path


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


def nearest(found: Mapping[Path, Place], path: Path) -> tuple[Path, Place | None]:
    """The place at a path, or of the nearest parent that has one."""
    while path and path not in found:
        path = path[:-1]
    return path, found.get(path)
