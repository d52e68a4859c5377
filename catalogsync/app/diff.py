"""Two catalogs, without a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from catalogsync import normalize
from catalogsync.app import catalog_sources, last_month, only, places
from catalogsync.app.catalog_sources import Source
from catalogsync.app.review import Review
from catalogsync.app.runtime import Runtime
from catalogsync.core.asked import NOTHING_ASKED, Asked
from catalogsync.core.canon import Body, JsonObject
from catalogsync.core.changes import Action, Change
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Catalog, Lifecycle, Ref, Resource
from catalogsync.core.values import SecretRef, SecretText
from catalogsync.openmeter.kinds import KINDS, secret_members, with_named
from catalogsync.planner.diff import diff_catalogs


@dataclass(frozen=True, slots=True)
class Difference:
    """In what two catalogs differ, and what that means in money. `notes`: what was not compared, and what else differs where only a
    part was asked for.
    """

    changes: tuple[Change, ...]
    review: Review
    notes: tuple[Diagnostic, ...] = ()


NOWHERE = Runtime({})
"""A process that knows no variables: files need none."""


def diff(
    before: Path | str,
    after: Path | str,
    asked: Asked = NOTHING_ASKED,
    patterns: Sequence[str] = (),
    runtime: Runtime = NOWHERE,
    usage_from: str | None = None,
) -> Difference:
    """In what the catalog `after` differs from `before`: each is whatever `catalog_sources.read` takes, valid or not as far as the schemas know it.
    `patterns`: only what these patterns of KIND/KEY mean, with what that names. `usage_from`: the environment or URL whose usage of last month
    is asked about too.

    Raises what that raises, UsageError for a pattern that means nothing, and what `last_month.read` raises.
    """
    told = _Told()
    one, two = (
        catalog_sources.read(str(source), runtime, catalog_sources.readable) for source in (before, after)
    )
    old, new = told.comparable(one, two), told.comparable(two, one)
    opened = (source.catalog for source in (two, one) if source.in_files)
    every = places.placed((_on_a_server(one, old, new) for one in diff_catalogs(old, new)), *opened)
    part = _part(only.chosen(patterns, old, new), old, new)
    changes = tuple(one for one in every if part is None or one.ref in part)
    bodies = {change.ref: (_body(old, change.ref), _body(new, change.ref)) for change in changes}
    notes = (*one.left_out, *two.left_out, *told.uncompared, *_waiting(every, changes))
    review = Review(changes, bodies, asked)
    if usage_from is not None:
        asked, more = last_month.read(
            review, usage_from, last_month.source(usage_from, runtime), runtime, new
        )
        review, notes = Review(changes, bodies, asked), (*notes, *more)
    return Difference(changes, review, tuple(dict.fromkeys(notes)))


def _on_a_server(change: Change, old: Catalog, new: Catalog) -> Change:
    """The change with what it would be where the first catalog is live: nothing is asked of a server, so it is said as that."""
    if change.action is not Action.UPDATE:
        return change
    sides = [catalog.resources[change.ref].lifecycle for catalog in (old, new)]
    if KINDS[change.ref.kind].versioned and sides == [Lifecycle.PUBLISHED] * 2:
        return replace(change, action=Action.NEW_VERSION, label="differs; on a server a new version")
    fixed = {one.path.split(".")[0] for one in change.fields} & KINDS[change.ref.kind].fixed
    if fixed and Lifecycle.PUBLISHED in sides:
        said = f"differs; on a server {' and '.join(sorted(fixed))} cannot change in place"
        return replace(change, label=said)
    return replace(change, label="differs")


def _waiting(every: Sequence[Change], chosen: Sequence[Change]) -> Iterator[Diagnostic]:
    left = [str(one.ref) for one in every if one not in chosen]
    if left:
        summary = f"outside --only, {len(left)} more differ: {', '.join(left)}"
        yield Diagnostic("only-waits", Severity.NOTE, summary)


def _part(chosen: frozenset[Ref] | None, *catalogs: Catalog) -> frozenset[Ref] | None:
    """The chosen objects and all that they name, on either side."""
    if chosen is None:
        return None
    return with_named(chosen, lambda ref: (c.resources[ref].body for c in catalogs if ref in c.resources))


def _body(catalog: Catalog, ref: Ref) -> Body | None:
    resource = catalog.resources.get(ref)
    return None if resource is None else normalize.desired(resource, catalog)


@dataclass(slots=True)
class _Told:
    """Collects what cannot be compared."""

    uncompared: list[Diagnostic] = field(default_factory=list)

    def comparable(self, source: Source, other: Source) -> Catalog:
        """The catalog with the secrets of the other one where it was live: its own are not known (docs/tasks/export.md)."""
        if not source.in_sandbox or other.in_sandbox:
            return source.catalog
        return Catalog(
            {
                ref: self._with_secrets(one, other) if ref in other.catalog.resources else one
                for ref, one in source.catalog.resources.items()
            }
        )

    def _with_secrets(self, resource: Resource, other: Source) -> Resource:
        kind, body = resource.ref.kind, cast("Body", resource.body)
        mine = dict(secret_members.places(kind, body))
        for place, value in _secrets(other.catalog.resources[resource.ref], other.catalog):
            exported = secret_members.reference(mine.get(place)) is not None
            if exported:  # the export says that it is not written
                body = secret_members.put(body, place, value)
            elif place in mine and isinstance(value, SecretRef):
                body = secret_members.put(body, place, value)
                self._note(resource.ref, place)
            elif place not in mine and place[0] in KINDS[kind].kept:
                body = {**body, place[0]: value}
                self._note(resource.ref, place)
        return replace(resource, body=cast("JsonObject", body))

    def _note(self, ref: Ref, place: secret_members.Place) -> None:
        summary = f"{'.'.join(place)} of {KINDS[ref.kind].title} {ref.key} is not compared: the file of a sandbox does not show secrets"
        self.uncompared.append(Diagnostic("secret-not-compared", Severity.WARNING, summary, subject=str(ref)))


def _secrets(resource: Resource, catalog: Catalog) -> Iterator[tuple[secret_members.Place, object]]:
    for place, value in secret_members.places(resource.ref.kind, normalize.desired(resource, catalog)):
        if isinstance(value, SecretRef | SecretText):
            yield place, value
