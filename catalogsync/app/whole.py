"""The whole catalogs that single files belong to: what a hook names are the files that changed, and a file alone says little."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from catalogsync.app import check, environments
from catalogsync.app.check import Checked
from catalogsync.app.environments import DEFAULT_CATALOG
from catalogsync.app.runtime import Runtime
from catalogsync.core.errors import UsageError
from catalogsync.store import config
from catalogsync.store.environment import Config


def check_whole(files: Sequence[Path], env: str | None, runtime: Runtime) -> tuple[Checked, ...]:
    """Each catalog that one of the files belongs to, checked once. `env`: with the overlays of this environment; without it as the files
    are, and with the overlays of each environment that has some. Raises UsageError for a file that is not there.
    """
    roots = dict.fromkeys(catalog_of(file) for file in files or (DEFAULT_CATALOG,))
    return tuple(check.check_views(environments.choose_catalog([root], env), runtime) for root in roots)


def catalog_of(file: Path) -> Path:
    """The catalog of a file: `catalog` beside the catalogsync.yaml above it when it lies there, or is that configuration or an overlay; else
    the folder beside that catalogsync.yaml that it lies in. Without a configuration the current folder takes its place. Raises UsageError for a
    file that does not exist.
    """
    if not file.exists():
        raise UsageError(f"{file} does not exist", hint="name files and folders of manifests")
    real = Path(os.path.realpath(file))
    settings = config.load(real if real.is_dir() else real.parent)
    base = settings.path.parent if settings.path else Path.cwd()
    usual = base / DEFAULT_CATALOG
    if real in (base, settings.path) or _is_overlay(real, settings):
        return _near(usual if usual.is_dir() else base)
    if not real.is_relative_to(base):
        return file
    below = real.relative_to(base).parts
    return _near(base / below[0] if len(below) > 1 or real.is_dir() else base)


def _is_overlay(real: Path, settings: Config) -> bool:
    overlays = (path for one in settings.environments.values() for path in one.overlays)
    return any(real.is_relative_to(os.path.realpath(path)) for path in overlays)


def _near(folder: Path) -> Path:
    """A folder as it is named from the current one, when it lies below it."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
