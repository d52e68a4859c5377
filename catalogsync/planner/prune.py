"""Objects whose manifest is gone: short manifests of what is to be removed, made of the catalog that was last applied. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.model import Catalog, Lifecycle, Ref, Resource
from catalogsync.openmeter.kinds import KINDS

_LIVES = (Lifecycle.PUBLISHED, Lifecycle.DRAFT)


@dataclass(frozen=True, slots=True)
class Gone:
    """What is to be removed because no file describes it any more. `drafts`: those of which a draft was applied; `notes`: what is to be said
    of what is left alone.
    """

    resources: tuple[Resource, ...] = ()
    drafts: frozenset[Ref] = frozenset()
    notes: tuple[Diagnostic, ...] = field(default=())

    @property
    def refs(self) -> frozenset[Ref]:
        """Whose manifest is gone."""
        return frozenset(one.ref for one in self.resources)

    def added_to(self, files: Catalog) -> Catalog:
        """The catalog of the files with what is to go."""
        if not self.resources:
            return files
        whole = {**files.resources, **{one.ref: one for one in self.resources}}
        return replace(files, resources={ref: whole[ref] for ref in sorted(whole)})


NOTHING_GONE = Gone()


def missing(files: Catalog, base: Catalog) -> tuple[Ref, ...]:
    """The objects that a catalog asks for and the files do not name, in order: neither as their own nor as another catalog's."""
    named = {*files.resources, *files.external}
    return tuple(ref for ref in sorted(base.resources) if ref not in named and _lives(base, ref))


def gone(base: Catalog, refs: Collection[Ref], notes: tuple[Diagnostic, ...] = ()) -> Gone:
    """These objects of the last applied catalog, to be removed: archived where the server keeps what was used, else deleted."""
    drafts = frozenset(ref for ref in refs if base.resources[ref].lifecycle is Lifecycle.DRAFT)
    return Gone(tuple(_tombstone(base.resources[ref]) for ref in sorted(refs)), drafts, notes)


def _lives(base: Catalog, ref: Ref) -> bool:
    return base.resources[ref].lifecycle in _LIVES


def _tombstone(resource: Resource) -> Resource:
    kind = resource.ref.kind
    archived = Lifecycle.ARCHIVED in KINDS[kind].lifecycles
    lifecycle = Lifecycle.ARCHIVED if archived else Lifecycle.DELETED
    return replace(resource, lifecycle=lifecycle, body=dict(_named(resource)))


def _named(resource: Resource) -> Iterator[tuple[str, str]]:
    yield KINDS[resource.ref.kind].identity, resource.ref.key
    name = resource.body.get("name")
    if isinstance(name, str):  # by which one without a key is found
        yield "name", name
