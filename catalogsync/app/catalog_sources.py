"""Where a catalog to compare with comes from, without a server: files, an environment's files, a commit, the file of a sandbox."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from catalogsync import manifests
from catalogsync.app import check, environments, export
from catalogsync.app.environments import DEFAULT_CATALOG, Chosen
from catalogsync.app.places import moved
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.errors import InvalidCatalog, UsageError
from catalogsync.core.model import Catalog
from catalogsync.manifests import files as manifest_files
from catalogsync.manifests import source_map
from catalogsync.store import addresses, config
from catalogsync.store.environment import Environment

GIT, ENVIRONMENT = "git:", "env:"
_SECONDS = 60

Take = Callable[[Chosen, Runtime], Catalog]
"""Loads files that were chosen. Raises InvalidCatalog for those with errors."""


@dataclass(frozen=True, slots=True)
class Source:
    """A catalog and where it comes from: `name` as it was given. `left_out`: what of a sandbox no manifest can say."""

    name: str
    catalog: Catalog
    left_out: tuple[Diagnostic, ...] = ()

    @property
    def in_files(self) -> bool:
        """Whether its manifests can be opened under their names."""
        return not self.name.startswith((GIT, addresses.SANDBOX))

    @property
    def in_sandbox(self) -> bool:
        """Whether it was live: of its secrets nothing is known then."""
        return self.name.startswith(addresses.SANDBOX)


def plannable(chosen: Chosen, runtime: Runtime) -> Catalog:
    """A catalog that the server can hold."""
    return check.plannable(chosen, runtime).catalog


def readable(chosen: Chosen, _runtime: Runtime) -> Catalog:
    """A catalog that the schemas know, whether or not the server can hold it. Raises InvalidCatalog."""
    allowed = chosen.environment.allow_differences if chosen.environment else None
    found = manifests.load(
        chosen.paths, overlays=chosen.overlays, elsewhere=chosen.elsewhere, allowed=allowed
    )
    if any(one.is_error for one in found.diagnostics):
        raise InvalidCatalog(found.diagnostics)
    return found.catalog


def catalog_at(source: str, runtime: Runtime, take: Take = plannable) -> Catalog:
    """The catalog of a source. Raises what `read` raises."""
    return read(source, runtime, take).catalog


def read(source: str, runtime: Runtime, take: Take = plannable) -> Source:
    """The catalog of a path, `git:REV[:PATH]`, `env:NAME` (./catalog with that environment's overlays) or `sandbox:FILE`.

    Raises UsageError for what cannot be found, InvalidCatalog for files with errors.
    """
    if source.startswith(GIT):
        revision, _, path = source.removeprefix(GIT).partition(":")
        return Source(source, at_revision(revision, (Path(path or DEFAULT_CATALOG),), None, runtime, take))
    if source.startswith(ENVIRONMENT):
        name = source.removeprefix(ENVIRONMENT)
        return Source(source, take(environments.choose_catalog((), name), runtime))
    if source.startswith(addresses.SANDBOX):
        return _of_sandbox(source, runtime)
    return Source(source, take(environments.choose_catalog((Path(source),)), runtime))


def at_revision(
    revision: str, paths: Sequence[Path], env: str | None, runtime: Runtime, take: Take = plannable
) -> Catalog:
    """The catalog that these paths held at a commit, with the overlays that an environment had then. Raises UsageError, InvalidCatalog."""
    paths = tuple(paths) or (DEFAULT_CATALOG,)
    top, below = _repository(paths)
    with tempfile.TemporaryDirectory(prefix="catalogsync-") as name:
        folder = Path(name).resolve()
        _unpack(_archive(top, revision), folder)
        there = tuple(folder / path for path in below)
        for path, said in zip(there, paths, strict=True):
            if not path.exists():
                raise UsageError(f"{said} does not exist at {revision}", hint="name a commit that has it")
        try:
            found = take(_chosen(there, env), runtime)
            return renamed(found, {str(new): str(old) for new, old in zip(there, paths, strict=True)})
        except InvalidCatalog as problem:
            shown = moved(problem.diagnostics, lambda file: _as_of(file, folder, revision))
            raise InvalidCatalog(tuple(shown)) from None


def renamed(catalog: Catalog, places: Mapping[str, str]) -> Catalog:
    """The catalog with its files under the names that they have where they were taken from: files of secrets are named as seen from there."""

    def name(file: str) -> str:
        found = next((place for place in places if file == place or file.startswith(place + os.sep)), "")
        return places[found] + file.removeprefix(found) if found else file

    renamed = source_map.renaming(name)
    moved_to = (
        {ref: replace(one, origin=renamed(one.origin)) for ref, one in part.items()}
        for part in (catalog.resources, catalog.external)
    )
    return Catalog(*moved_to)


def _as_of(file: str, folder: Path, revision: str) -> str:
    path = Path(file)
    return f"{GIT}{revision}:{path.relative_to(folder)}" if path.is_relative_to(folder) else file


def _chosen(paths: tuple[Path, ...], env: str | None) -> Chosen:
    settings = config.load(paths[0] if paths[0].is_dir() else paths[0].parent)
    environment: Environment | None = None
    if env is not None and env in settings.environments:  # an environment that came later had no overlays
        environment = config.named(settings, env)
    return Chosen(paths, settings, environment)


def _repository(paths: Sequence[Path]) -> tuple[Path, tuple[Path, ...]]:
    """The top folder of the work tree that holds the first path, and the paths as seen from there."""
    near = next(folder for folder in (paths[0], *paths[0].resolve().parents) if folder.is_dir())
    top = Path(_git(near, "rev-parse", "--show-toplevel").decode(errors="surrogateescape").strip()).resolve()
    found = tuple(path.resolve() for path in paths)
    for path in found:
        if not path.is_relative_to(top):
            raise UsageError(f"{path} is not in the git repository {top}")
    return top, tuple(path.relative_to(top) for path in found)


def _archive(top: Path, revision: str) -> bytes:
    """All YAML files of a commit as a tar file."""
    if not revision or revision.startswith("-"):
        raise UsageError(f"{revision!r} is not a git revision", hint="write git:REV, for example git:main")
    _git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    listed = _git(top, "ls-tree", "-r", "-z", "--name-only", revision).decode(errors="surrogateescape")
    there = {PurePosixPath(name).suffix.lower() for name in listed.split("\0")} & set(manifest_files.SUFFIXES)
    if not there:
        return b""
    globs = (f":(glob,icase)**/*{suffix}" for suffix in sorted(there))
    return _git(top, "archive", "--format=tar", revision, "--", *globs)


def _unpack(archive: bytes, folder: Path) -> None:
    if not archive:
        return
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            data = tar.extractfile(member) if member.isfile() else None
            if data is not None:
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data.read())


def _git(folder: Path, *words: str) -> bytes:
    """What git says. Raises UsageError with git's own words."""
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words], check=True, capture_output=True, timeout=_SECONDS
        ).stdout
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.decode(errors="replace").strip().splitlines()
        reason = (
            said[-1].removeprefix("fatal: ")
            if said
            else f"it does not know {words[-1].removesuffix('^{commit}')}"
        )
        outside = reason.startswith("not a git repository")
        hint = (
            "run it in the catalog's repository"
            if outside
            else "name a commit, tag or branch of this repository"
        )
        raise UsageError(f"git: {reason}", hint=hint) from None
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise UsageError(f"git cannot be run: {problem}", hint="install git, or name a path") from None


def _of_sandbox(source: str, runtime: Runtime) -> Source:
    """What the file of a sandbox holds, as an export would write it."""
    file = Path(source.removeprefix(addresses.SANDBOX))
    if not file.is_file():
        raise UsageError(f"{file} does not exist", hint="name the file of a sandbox: sandbox:FILE")
    with OpenMeter.of(Environment("", source), runtime) as server:
        exported = export.export_server(server)
    with _written(exported) as folder:
        found = check.check((folder,)).catalog
        left_out = tuple(
            replace(one, summary=f"{source}: {one.summary}", hint="") for one in exported.diagnostics
        )
        return Source(source, renamed(found, {str(folder): source}), left_out)


@contextlib.contextmanager
def _written(exported: export.Export) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="catalogsync-") as name:
        folder = Path(name).resolve()
        exported.write(folder)
        yield folder
