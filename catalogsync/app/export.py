"""Live objects as manifest files that plan to nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalogsync.app import environments
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.core.model import Kind
from catalogsync.core.wording import first_few
from catalogsync.manifests import files as manifest_files
from catalogsync.manifests import load
from catalogsync.manifests.export import export as export_live
from catalogsync.manifests.source import SourceFile
from catalogsync.openmeter.kinds import KINDS
from catalogsync.store import config, output

_DEVICES = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{name}{n}" for name in ("com", "lpt") for n in (*range(10), "¹", "²", "³")),
    ]
)
"""Names that Windows keeps for devices, whatever ending follows."""


@dataclass(frozen=True, slots=True)
class Export:
    """Manifests by their path below the output folder, with `/`, and what no manifest can say."""

    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = ()

    def as_stream(self) -> str:
        """All manifests as one YAML stream."""
        return "---\n".join(text if text.endswith("\n") else f"{text}\n" for text in self.files.values())

    def write(self, folder: Path | str, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Writes the files, each whole or not at all, and gives their paths.

        Raises UsageError, with nothing written, when the folder is a file, and, unless `overwrite` is set, when a file is there that holds
        something else or another file of the folder describes the same object.
        """
        folder = Path(folder)
        wanted = {folder / name: text for name, text in self.files.items()}
        if not overwrite:
            _refuse_overwriting(wanted)
            _refuse_describing_twice(folder, wanted)
        _make_folders(folder, wanted)
        for path, text in wanted.items():
            output.write(path, text)
        return tuple(wanted)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and all that is to be said of it: what was left out, and files that were left over."""

    paths: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


def export_target(near: Path, target: Target, runtime: Runtime, kinds: Iterable[str] = ()) -> Export:
    """Everything live of these kinds (all without any). The configuration is found upwards from `near`, else from the current folder: what is
    written may lie anywhere.
    """
    place = near if config.find(near) is not None else Path()
    _, environment = environments.choose((place,), target, runtime)
    with OpenMeter.of(environment, runtime) as server:
        return export_server(server, kinds)


def export_server(server: OpenMeter, kinds: Iterable[str] = ()) -> Export:
    """Everything live of these kinds as manifests, in files that every system can hold. Raises TargetError."""
    exported = export_live(server.read(), tuple(Kind(kind) for kind in kinds) or tuple(Kind))
    return Export(portable(exported.files), exported.diagnostics)


def export_to(folder: Path, exported: Export, *, overwrite: bool, kinds: Iterable[str] = ()) -> Written:
    """Writes an export and looks for manifests of those kinds that it did not write. Raises UsageError, CatalogsyncError."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder} is a file; --out names a folder", hint="name a new folder, or `-` for stdout"
        )
    paths = exported.write(folder, overwrite=overwrite)
    left = tuple(_left_over(folder, paths, tuple(Kind(kind) for kind in kinds) or tuple(Kind)))
    return Written(paths, (*exported.diagnostics, *left))


def portable(named: Mapping[str, str]) -> Mapping[str, str]:
    """The same files under names that Windows and macOS can hold: none that stands for a device, no two that differ in case alone."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name, text in named.items():
        path = PurePosixPath(name)
        stem = path.stem
        ends = itertools.chain(("",), (f"_{n}" for n in itertools.count(2)))
        base = f"{stem}_" if stem.split(".")[0].casefold() in _DEVICES else stem
        free = next(
            p for end in ends if str(p := path.with_name(f"{base}{end}{path.suffix}")).casefold() not in taken
        )
        taken.add(str(free).casefold())
        found[str(free)] = text
    return found


def _refuse_overwriting(wanted: Mapping[Path, str]) -> None:
    differing = [path for path, text in wanted.items() if path.exists() and not _holds(path, text)]
    if differing:
        raise UsageError(
            f"{first_few(differing, 3)} would be overwritten with something else; nothing was written",
            code="export-overwrite",
            hint="give another folder, or --overwrite",
        )


def _refuse_describing_twice(folder: Path, wanted: Mapping[Path, str]) -> None:
    ours = {str(path.resolve()) for path in wanted}
    found = manifest_files.find((folder,)).files if folder.is_dir() else ()
    others = [Path(file) for file in found if str(Path(file).resolve()) not in ours]
    if not others:
        return
    exported = load((), sources=[SourceFile(str(path), text) for path, text in wanted.items()]).catalog
    twice = [one for one in load(others).catalog if one.ref in exported.resources]
    if twice:
        first, more = twice[0], f" and {len(twice) - 1} more" if len(twice) > 1 else ""
        raise UsageError(
            f"{first.ref} ({first.origin.begin().file}){more} would be described twice; nothing was written",
            code="export-overwrite",
            hint="--overwrite changes each object in the file that says it; or give another folder",
        )


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _make_folders(folder: Path, wanted: Mapping[Path, str]) -> None:
    for parent in sorted({folder, *(path.parent for path in wanted)}):
        try:
            parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise CatalogsyncError(
                f"{parent} cannot be made: {problem.strerror}", code="file-unwritable"
            ) from problem


def _left_over(folder: Path, written: Iterable[Path], kinds: tuple[Kind, ...]) -> Iterable[Diagnostic]:
    """Manifest files in the folders of these kinds that an export did not write: what they describe is not live."""
    known = {path.resolve() for path in written}
    for kind in kinds:
        below = folder / KINDS[kind].folder
        for path in sorted(below.rglob("*")) if below.is_dir() else ():
            if (
                path.suffix.lower() in manifest_files.SUFFIXES
                and path.is_file()
                and path.resolve() not in known
            ):
                yield Diagnostic(
                    "export-left-over",
                    Severity.WARNING,
                    f"{path} was not written by this export",
                    SourceRef(str(path), 1, 1),
                    detail="What it describes is not live",
                    hint="remove it, or keep it if its object is to be created again",
                )
