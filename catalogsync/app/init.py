"""A small catalog to start from, with the workflows that plan and apply it where they are asked for."""

from __future__ import annotations

from pathlib import Path

from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.manifests import files
from catalogsync.manifests.scaffold import scaffold
from catalogsync.store import output

_EXAMPLES = Path(__file__).parent.parent / "_ci"
WORKFLOWS = {
    "github": {
        ".github/workflows/catalog-plan.yml": "github-plan.yml",
        ".github/workflows/catalog-apply.yml": "github-apply.yml",
    },
    "gitlab": {".gitlab-ci.yml": "gitlab-ci.yml"},
}
"""Where the example workflows (`examples/ci`, packaged as `catalogsync/_ci`) belong in a repository."""
_IGNORED = ".catalogsync/"
"""What a run leaves beside the catalog: the file of the embedded server, journals."""


def init(directory: Path, ci: str = "") -> tuple[Path, ...]:
    """Writes catalogsync.yaml, catalog/ and schemas/, the workflows of `ci` (a name of WORKFLOWS), and a line in .gitignore, whose other lines
    stay. Gives the files written. Raises UsageError, with nothing written, when another of the files is there already.
    """
    wanted = {directory / name: text for name, text in {**scaffold(), **_workflows(ci)}.items()}
    there = [path for path in wanted if path.exists() or path.is_symlink()]
    if there:
        listed = ", ".join(files.shown(path) for path in there[:3])
        listed += " and others" if len(there) > 3 else ""
        raise UsageError(f"{listed} would be overwritten; nothing was written", hint="give another folder")
    wanted |= _ignored(directory / ".gitignore")
    for path, text in wanted.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            reason = f"{files.shown(path.parent)} cannot be made: {problem.strerror}"
            raise CatalogsyncError(reason, code="file-unwritable") from problem
        output.write(path, text)
    return tuple(wanted)


def _workflows(ci: str) -> dict[str, str]:
    return {
        place: (_EXAMPLES / example).read_text("utf-8") for place, example in WORKFLOWS.get(ci, {}).items()
    }


def _ignored(path: Path) -> dict[Path, str]:
    """A .gitignore with our line, or nothing where it has it. Raises CatalogsyncError for one that is not text: it is not replaced."""
    try:
        text = path.read_text("utf-8") if path.exists() else ""
    except (OSError, ValueError) as problem:
        raise CatalogsyncError(
            f"{files.shown(path)} cannot be read; nothing was written", code="file-unreadable"
        ) from problem
    if _IGNORED in (line.strip() for line in text.splitlines()):
        return {}
    return {path: text + ("" if not text or text.endswith("\n") else "\n") + f"{_IGNORED}\n"}
