"""Manifests in one style: comments, order and meaning are kept; twice is the same as once."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogsync.app.environments import DEFAULT_CATALOG
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests import files
from catalogsync.manifests.format import format_text
from catalogsync.manifests.source import SourceFile
from catalogsync.store import output


@dataclass(frozen=True, slots=True)
class Restyled:
    """A file that is not in the style: as it is and as it should be."""

    path: Path
    name: str
    before: str
    after: str

    def diff(self) -> str:
        """What changes, as a unified diff."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        lines = difflib.unified_diff(before, after, self.name, f"{self.name} (fmt)")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def write(self) -> None:
        """Replaces the file. Raises CatalogsyncError."""
        output.write(self.path, self.after)


@dataclass(frozen=True, slots=True)
class Formatted:
    """How many files there are, those that are not in the style, and what is wrong with those that cannot be read."""

    total: int
    restyled: tuple[Restyled, ...]
    diagnostics: tuple[Diagnostic, ...]


def format_files(paths: Sequence[Path]) -> Formatted:
    """Every manifest file below the paths (./catalog without any) in the style. Writes nothing."""
    found = files.find(tuple(paths) or (DEFAULT_CATALOG,))
    problems: list[Diagnostic] = [one for one in found.diagnostics if one.is_error]
    restyled = []
    total = 0
    for path in map(Path, found.files):
        before = files.read(path)
        if isinstance(before, Diagnostic):
            problems.append(before)
            continue
        total += 1
        if path.suffix.lower() not in files.SUFFIXES:
            continue
        name = files.shown(path)
        text, diagnostics = format_text(SourceFile(name, before))
        problems.extend(diagnostics)
        if text != before:
            restyled.append(Restyled(path, name, before, text))
    return Formatted(total, tuple(restyled), tuple(problems))
