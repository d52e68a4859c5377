"""The catalog that was last applied to an environment and proven there: every step done and read back, and a second plan empty.

Of each object both is kept: its manifest as the base has it, on which another environment's overlays can be laid, and as the environment's own
overlays made it (docs/adr/0007). Secrets are kept as references; one that is written out in a manifest leaves its digest alone. Files of
secrets are named as seen from the folder of `catalogsync.yaml`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from catalogsync.core import values
from catalogsync.core.canon import Body, JsonObject
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.model import Catalog, Kind, Lifecycle, Origin, Ref, Resource
from catalogsync.core.values import SecretRef
from catalogsync.manifests.files import is_manifest
from catalogsync.manifests.source_map import base_document
from catalogsync.openmeter.kinds import secret_members, with_named

_BESIDES_BODY = ("kind", "lifecycle")


@dataclass(frozen=True, slots=True)
class Content:
    """An object's manifest, `kind` and `lifecycle` included: as the base has it, and with the environment's overlays. Secrets are `SecretRef`s.
    `file`: the manifest's, as seen from the folder of `catalogsync.yaml`; "" where it was in none.
    """

    base: Body
    resolved: Body
    file: str = ""


Contents = Mapping[Ref, Content]


@dataclass(frozen=True, slots=True)
class MadeOf:
    """The catalog that a plan was made of. `whole`: nothing of it was left out; `paths`: the files and folders that were read, as seen from the
    folder of `catalogsync.yaml`, none where it was made of all that there is.
    """

    contents: Contents
    whole: bool = True
    paths: tuple[str, ...] = ()

    def speaks_for(self, content: Content) -> bool:
        """Whether an object that this does not hold is gone: its file was read, or would have been."""
        if not (self.whole and self.paths and content.file):
            return self.whole
        return any(path in (".", content.file) or content.file.startswith(f"{path}/") for path in self.paths)


@dataclass(frozen=True, slots=True)
class AppliedObject:
    """One object as it was last proven. `since`: when this content was first proven, and not found otherwise after (RFC 3339, UTC);
    "" when a later run changed the object and did not prove it.
    """

    content: Content
    since: str
    revision: str
    run: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What is proven on an environment: by the run that proved last, and object by object. `plan` is the digest of that run's plan. `left`:
    what earlier runs applied from manifests that are not there any more, as long as nobody removed it.
    """

    environment: str
    when: str
    run: str
    revision: str
    plan: str
    objects: Mapping[Ref, AppliedObject]
    left: Mapping[Ref, AppliedObject] = field(default_factory=dict)

    def catalog(self, folder: Path) -> Catalog:
        """The catalog as this environment had it. `folder`: where `catalogsync.yaml` lies."""
        return catalog_of({ref: one.content for ref, one in self.objects.items()}, folder, str(self.run))

    def with_named(self, refs: Iterable[Ref]) -> frozenset[Ref]:
        """Those of the objects that are here, with all that they name, directly or by way of others, as far as that is here."""

        def manifests(ref: Ref) -> Iterator[Body]:
            if ref in self.objects:
                yield self.objects[ref].content.resolved

        return with_named(refs, manifests) & self.objects.keys()

    def left_over(self, folder: Path) -> Catalog:
        """What was applied before, is in no manifest any more and was not removed, as it was then."""
        return catalog_of({ref: one.content for ref, one in self.left.items()}, folder, "an earlier run")


@dataclass(frozen=True, slots=True)
class StoredOrigin:
    """Where a stored object stands, for messages: its name in place of a file."""

    name: str

    def locate(self, path: ValuePath, *, key: bool = False) -> SourceRef:
        return self.begin()

    def begin(self) -> SourceRef:
        return SourceRef(self.name, 1, 1)


def contents(catalog: Catalog, folder: Path) -> Contents:
    """What is to be kept of a catalog that was loaded from files. `folder`: where `catalogsync.yaml` lies."""
    everything = {**catalog.external, **catalog.resources}
    return {ref: _content(resource, folder) for ref, resource in sorted(everything.items())}


def _content(resource: Resource, folder: Path) -> Content:
    whole = {"kind": str(resource.ref.kind), "lifecycle": str(resource.lifecycle), **resource.body}
    base, origin = base_document(resource) or (whole, resource.origin)
    base = {"lifecycle": str(Lifecycle.PUBLISHED), **base}
    file = origin.begin().file
    return Content(
        _without_secrets(resource.ref.kind, base, origin, folder),
        _without_secrets(resource.ref.kind, whole, resource.origin, folder),
        relative(file, folder) if is_manifest(Path(file)) else "",
    )


def _without_secrets(kind: Kind, document: Body, origin: Origin, folder: Path) -> Body:
    def file_of(place: tuple[str, ...], name: str) -> str:
        beside = posixpath.dirname(origin.locate(place).file.replace("\\", "/"))
        return relative(posixpath.join(beside, name), folder)

    return secret_members.as_desired(kind, document, file_of)


def relative(name: str, folder: Path) -> str:
    """A file as seen from a folder, with forward slashes."""
    return os.path.relpath(name, folder).replace(os.sep, "/")


def catalog_of(kept: Contents, folder: Path, named: str) -> Catalog:
    """A catalog of what was kept, as it was resolved. `named`: what messages say of where it stands."""
    found = {
        ref: _resource(ref, kept[ref].resolved, folder, StoredOrigin(f"{named}: {ref}"))
        for ref in sorted(kept)
    }
    own = {ref: one for ref, one in found.items() if one.lifecycle is not Lifecycle.EXTERNAL}
    return Catalog(own, {ref: one for ref, one in found.items() if ref not in own})


def _resource(ref: Ref, document: Body, folder: Path, origin: Origin) -> Resource:
    body = {name: member for name, member in document.items() if name not in _BESIDES_BODY}
    lifecycle = Lifecycle(str(document.get("lifecycle", Lifecycle.PUBLISHED)))
    return Resource(ref, lifecycle, cast("JsonObject", _files_from(ref.kind, body, folder)), origin)


def _files_from(kind: Kind, body: Body, folder: Path) -> Body:
    """The files of secrets as seen from here again."""
    for place, value in list(secret_members.places(kind, body)):
        if isinstance(value, SecretRef) and value.source == "file":
            here = os.path.normpath(folder / value.name).replace(os.sep, "/")
            body = secret_members.put(body, place, SecretRef("file", here))
    return body


def document_of(kind: Kind, document: Body) -> Body | None:
    """A kept document as a person would write it, with `{env: NAME}` for each reference; None where it holds a secret that is not kept."""
    for place, value in list(secret_members.places(kind, document)):
        if isinstance(value, SecretRef):
            document = secret_members.put(document, place, {value.source: value.name})
        elif isinstance(value, values.Hidden | values.SecretText):
            return None
    return document
