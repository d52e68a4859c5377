"""What loading holds on its way from files to a catalog: documents, and what has been found so far. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.core.model import Kind, Ref
from catalogsync.manifests import fast_parser
from catalogsync.manifests.hints.patience import Patience
from catalogsync.manifests.source_map import Origin


@dataclass(slots=True)
class Document:
    """One document on its way: `trapped` are paths whose value cannot be trusted, `faulty` when its YAML
    was complained of.
    """

    origin: Origin
    value: Json
    trapped: frozenset[ValuePath] = frozenset()
    faulty: bool = False

    @property
    def members(self) -> dict[str, Json]:
        """The value of a document that has a kind: it is an object."""
        return cast("dict[str, Json]", self.value)


@dataclass(slots=True)
class Reading:
    """What loading has found so far. `read`: the files that were read; `files`: whether some could not be."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    refs: set[Ref] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    kinds: set[Kind] = field(default_factory=set)
    read: list[str] = field(default_factory=list)
    files: bool = False
    builder: fast_parser.Builder = field(default_factory=fast_parser.Builder)
    patience: Patience = field(default_factory=Patience)


def problem(code: str, summary: str, origin: Origin, path: ValuePath, hint: str) -> Diagnostic:
    """An error at a path of a document."""
    return Diagnostic(code, Severity.ERROR, summary, origin.locate(path), hint=hint)
