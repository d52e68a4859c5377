"""Where a change is written: its manifest, and the line of each field. Files as seen from the root of their repository, for machines."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from catalogsync.core import diagnostics
from catalogsync.core.canon import Json
from catalogsync.core.changes import Action, Change
from catalogsync.core.diagnostics import Diagnostic, SourceRef
from catalogsync.core.model import Catalog, Resource
from catalogsync.core.plan import Plan
from catalogsync.manifests import files
from catalogsync.openmeter.kinds import KINDS, Keyed

Seen = Callable[[str], str]
"""A file's name as somebody else sees it."""


def placed(changes: Iterable[Change], *catalogs: Catalog) -> tuple[Change, ...]:
    """The changes with their places in the first of the catalogs that describes the object. Of a new object only its manifest is placed."""
    return tuple(_placed(change, catalogs) for change in changes)


def _placed(change: Change, catalogs: Sequence[Catalog]) -> Change:
    found = next((c.resources[change.ref] for c in catalogs if change.ref in c.resources), None)
    if found is None:
        return change
    if change.action is Action.CREATE or not change.fields:
        return change.at(found.origin.begin())
    members = {rule.by for rule in KINDS[change.ref.kind].lists.values() if isinstance(rule, Keyed)}
    fields = tuple(
        replace(one, where=_bare(found.origin.locate(_path(one.path, found, members))))
        for one in change.fields
    )
    return replace(change, fields=fields, where=found.origin.begin())


def place_of(resource: Resource, written: str) -> SourceRef:
    """Where a field, as a change writes it, is in a manifest: the nearest that is written there; the manifest's begin for ""."""
    if not written:
        return resource.origin.begin()
    members = {rule.by for rule in KINDS[resource.ref.kind].lists.values() if isinstance(rule, Keyed)}
    return resource.origin.locate(_path(written, resource, members))


def _bare(where: SourceRef) -> SourceRef:
    """The place without the line's text, which may hold what no report may show."""
    return SourceRef(where.file, where.line, where.column)


def _path(written: str, resource: Resource, members: Collection[str]) -> diagnostics.Path:
    """The path of a field in the manifest's document, as far as it is written there. `members`: what tells the entries of lists apart."""
    here: Json = resource.body
    path: list[str | int] = []
    for part in written.split("."):
        found = _step(here, part, members)
        if found is None:
            break
        path.append(found[0])
        here = found[1]
    return tuple(path)


def _step(here: Json, part: str, members: Collection[str]) -> tuple[str | int, Json] | None:
    """Where a part of a path leads to, as the document writes it, and what stands there."""
    if isinstance(here, Mapping):
        return (part, here[part]) if part in here else None
    if not isinstance(here, Sequence) or isinstance(here, str):
        return None
    for at, entry in enumerate(here):
        if isinstance(entry, Mapping) and any(entry.get(member) == part for member in members):
            return at, entry
    at = int(part) if part.isdecimal() else len(here)
    return (at, here[at]) if at < len(here) else None


def from_root() -> Seen:
    """Names of files as seen from the root of the repository that holds them, with `/`; a file outside any repository, and one that is not
    there as seen from the current folder, keeps its name.
    """
    root_of = functools.cache(_root_of)

    def seen(file: str) -> str:
        path = Path(file).absolute()
        if ".." in path.parts:
            path = path.resolve()
        root = root_of(path.parent) if path.exists() else None
        return file if root is None else path.relative_to(root).as_posix()

    return seen


def from_here() -> Seen:
    """What undoes `from_root`, for people: names as seen from the current folder, of files that are in its repository."""
    root = _root_of(Path().absolute())

    def seen(file: str) -> str:
        there = root is not None and not Path(file).is_absolute() and (root / file).is_file()
        return files.shown(Path(os.path.relpath(root / file))) if root is not None and there else file

    return seen


def _root_of(folder: Path) -> Path | None:
    """The repository that a folder is in; None outside of any."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


def seen_by(plan: Plan, seen: Seen) -> Plan:
    """The plan with other names for the files that its places are in."""

    def place(where: SourceRef | None) -> SourceRef | None:
        return None if where is None else replace(where, file=seen(where.file))

    changes = tuple(
        replace(
            change,
            where=place(change.where),
            fields=tuple(replace(one, where=place(one.where)) for one in change.fields),
        )
        for change in plan.changes
    )
    return replace(plan, changes=changes, diagnostics=tuple(moved(plan.diagnostics, seen)))


def moved(found: Iterable[Diagnostic], seen: Seen) -> Iterator[Diagnostic]:
    """The diagnostics with other names for their files."""
    for one in found:
        where = None if one.where is None else replace(one.where, file=seen(one.where.file))
        related = tuple(replace(r, where=replace(r.where, file=seen(r.where.file))) for r in one.related)
        yield replace(one, where=where, related=related)
