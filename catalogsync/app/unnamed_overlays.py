"""Overlays that no environment names: files that say a part of an object of the catalog, and are read nowhere.

Looked for where overlays are: beside those that are named, and in folders that are called so. A folder that is a catalog of its own, or a
base to copy from, has whole objects and is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalogsync import manifests
from catalogsync.app.environments import Chosen
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.model import Catalog
from catalogsync.manifests import files
from catalogsync.manifests.hints.suggestions import nearest_name

_FOLDERS = ("overlays", "overlay", "environments", "envs")
_MOST_FILES = 8
"""So many files of a folder are looked at: what it is for shows in the first."""


def unnamed(chosen: Chosen, catalog: Catalog) -> Iterator[Diagnostic]:
    """A warning for each folder, or file, of overlays for the catalog that no environment names."""
    if chosen.settings.path is None:
        return
    written = [one for env in chosen.settings.environments.values() for one in env.overlays]
    meant = [files.meant_by(one) for one in written if not one.exists()]  # said where the path is not found
    named = [_real(one) for one in (*written, *filter(None, meant))]
    read = [_real(one) for one in chosen.paths]
    for place in _candidates(chosen, named):
        real = _real(place)
        if any(_lies_in(real, other) or _lies_in(other, real) for other in (*named, *read)):
            continue
        found = [Path(one) for one in files.find([place]).files[:_MOST_FILES]]
        if found and _says_parts(found, catalog):
            yield _told(place, found[0], chosen)


def _candidates(chosen: Chosen, named: Sequence[str]) -> list[Path]:
    """Folders and files that may be overlays."""
    assert chosen.settings.path is not None
    root = chosen.settings.path.parent
    usual = [root / name for name in _FOLDERS]
    around = dict.fromkeys([*(Path(one).parent for one in named), *usual])
    entries = [entry for folder in around for entry in _entries(folder)]
    return [one for one in dict.fromkeys(entries) if one != chosen.settings.path and one not in usual]


def _entries(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        one for one in inside if not one.name.startswith(".") and (one.is_dir() or files.is_manifest(one))
    ]


def _says_parts(paths: Sequence[Path], catalog: Catalog) -> bool:
    """Whether all that the files describe is in the catalog, and some of it only in part."""
    loaded = manifests.load(paths)
    parts = set(loaded.gaps.refs)
    there = {*catalog.resources, *catalog.external}
    return bool(parts) and {*parts, *loaded.catalog.resources} <= there


def _told(place: Path, first: Path, chosen: Chosen) -> Diagnostic:
    settings = chosen.settings
    assert settings.path is not None
    shown = files.shown(files.near(place))
    root = settings.path.parent
    name = files.shown(place.relative_to(root) if place.is_relative_to(root) else place)
    env = settings.environments.get(nearest_name(place.stem, settings.environments))
    where = f"the `overlays` of {f'environment `{env.name}`' if env else 'the environment that they are for'}"
    hint = f"add `{name}` to {where}, in {files.shown(files.near(settings.path))}, or remove it"
    if env and not env.overlays:
        hint = f"write `overlays: [{name}]` in environment `{env.name}` of {files.shown(files.near(settings.path))}, or remove it"
    summary = (
        f"{shown} says parts of objects, as overlays do, and no environment names it: it is read nowhere"
    )
    return Diagnostic(
        "overlay-not-named",
        Severity.WARNING,
        summary,
        SourceRef(files.shown(files.near(first)), 1, 1),
        hint=hint,
    )


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _lies_in(real: str, folder: str) -> bool:
    return real == folder or real.startswith(folder.rstrip(os.sep) + os.sep)
