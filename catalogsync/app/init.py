"""A small catalog to start from."""

from __future__ import annotations

from pathlib import Path

from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.manifests import files
from catalogsync.manifests.scaffold import scaffold


def init(directory: Path) -> tuple[Path, ...]:
    """Writes catalogsync.yaml, catalog/ and schemas/. Raises UsageError, with nothing written, when one of the files is there already."""
    wanted = {directory / name: text for name, text in scaffold().items()}
    there = [path for path in wanted if path.exists() or path.is_symlink()]
    if there:
        listed = ", ".join(files.shown(path) for path in there[:3])
        listed += " and others" if len(there) > 3 else ""
        raise UsageError(f"{listed} would be overwritten; nothing was written", hint="give another folder")
    for path, text in wanted.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            reason = f"{files.shown(path.parent)} cannot be made: {problem.strerror}"
            raise CatalogsyncError(reason, code="file-unwritable") from problem
        files.write(path, text)
    return tuple(wanted)
