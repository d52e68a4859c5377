"""The catalog that was last applied to an environment and proven there: every step done and read back, and a second plan empty.

Of each object both is kept: its manifest as the base has it, on which another environment's overlays can be laid, and as the environment's own
overlays made it (docs/adr/0007). Secrets are kept as references; one that is written out in a manifest leaves its digest alone. Files of
secrets are named as seen from the folder of `catalogsync.yaml`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from catalogsync.core import canon, values
from catalogsync.core.canon import Body, Json, JsonObject
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.model import Catalog, Kind, Lifecycle, Origin, Ref, Resource
from catalogsync.core.values import SecretRef
from catalogsync.manifests.files import is_manifest
from catalogsync.manifests.source_map import base_document
from catalogsync.openmeter.kinds import secret_members

_FORMAT = 1
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
    """What is proven on an environment: by the run that proved last, and object by object. `plan` is the digest of that run's plan."""

    environment: str
    when: str
    run: str
    revision: str
    plan: str
    objects: Mapping[Ref, AppliedObject]

    def catalog(self, folder: Path) -> Catalog:
        """The catalog as this environment had it. `folder`: where `catalogsync.yaml` lies."""
        return catalog_of({ref: one.content for ref, one in self.objects.items()}, folder, str(self.run))


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
        _relative(file, folder) if is_manifest(Path(file)) else "",
    )


def _without_secrets(kind: Kind, document: Body, origin: Origin, folder: Path) -> Body:
    def file_of(place: tuple[str, ...], name: str) -> str:
        beside = posixpath.dirname(origin.locate(place).file.replace("\\", "/"))
        return _relative(posixpath.join(beside, name), folder)

    return secret_members.as_desired(kind, document, file_of)


def _relative(name: str, folder: Path) -> str:
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


def proved(
    before: Applied | None,
    kept: Contents,
    now: Applied,
    *,
    changed: Iterable[Ref] = (),
    whole: bool = True,
) -> Applied:
    """What is proven after a run. `now` names the run and has no objects; `changed` are those that the run changed, which start to be proven
    now; `whole`: what the catalog does not hold any more is not proven any more.
    """
    old = before.objects if before is not None else {}
    moved = frozenset(changed)

    def of(ref: Ref, content: Content) -> AppliedObject:
        was = old.get(ref)
        same = was is not None and was.content.resolved == content.resolved and ref not in moved
        since = was.since if was is not None and same else ""
        return AppliedObject(content, since or now.when, now.revision, now.run)

    found = {} if whole else dict(old)
    found.update({ref: of(ref, content) for ref, content in kept.items()})
    return Applied(now.environment, now.when, now.run, now.revision, now.plan, dict(sorted(found.items())))


def doubted(before: Applied, touched: Iterable[Ref]) -> Applied:
    """What is proven once a run begins to change some objects: they are kept, and are not proven until a run proves them again."""
    moved = frozenset(touched)
    objects = {ref: replace(one, since="") if ref in moved else one for ref, one in before.objects.items()}
    return replace(before, objects=objects)


class SavedObject(TypedDict):
    """An object as the store holds it, special values under their tag; `base` only where overlays made something else of it."""

    kind: str
    key: str
    resolved: Json
    base: NotRequired[Json]
    file: NotRequired[str]


class SavedContents(TypedDict):
    """What is kept of a catalog that a plan was made of, or of the part of it that the plan is about."""

    format: int
    whole: bool
    objects: list[SavedObject]


class SavedProof(SavedObject):
    """An object with the run that proved it last."""

    since: str
    revision: str
    run: str


class SavedApplied(TypedDict):
    """A proven catalog."""

    format: int
    environment: str
    when: str
    run: str
    revision: str
    plan: str
    objects: list[SavedProof]


def contents_to_bytes(kept: Contents, whole: bool) -> bytes:
    """What is kept of a catalog, as the store holds it. `whole`: it is all of the catalog."""
    objects = [_object(ref, kept[ref]) for ref in sorted(kept)]
    return _bytes(SavedContents(format=_FORMAT, whole=whole, objects=objects))


def contents_from_bytes(data: bytes) -> tuple[Contents, bool]:
    """The contents that `contents_to_bytes` wrote, and whether they are whole. Raises ValueError, KeyError or TypeError on anything else."""
    said = cast("SavedContents", _read(data))
    return {_ref(one): _content_of(one) for one in said["objects"]}, said["whole"]


def to_bytes(applied: Applied) -> bytes:
    """A proven catalog as the store holds it."""
    objects = [
        SavedProof(**_object(ref, one.content), since=one.since, revision=one.revision, run=one.run)
        for ref, one in applied.objects.items()
    ]
    return _bytes(
        SavedApplied(
            format=_FORMAT,
            environment=applied.environment,
            when=applied.when,
            run=applied.run,
            revision=applied.revision,
            plan=applied.plan,
            objects=objects,
        )
    )


def from_bytes(data: bytes) -> Applied:
    """The proven catalog that `to_bytes` wrote. Raises ValueError, KeyError or TypeError on anything else."""
    said = cast("SavedApplied", _read(data))
    objects = {
        _ref(one): AppliedObject(_content_of(one), one["since"], one["revision"], one["run"])
        for one in said["objects"]
    }
    return Applied(said["environment"], said["when"], said["run"], said["revision"], said["plan"], objects)


def _object(ref: Ref, content: Content) -> SavedObject:
    base, resolved = values.to_plain(content.base), values.to_plain(content.resolved)
    said = SavedObject(kind=str(ref.kind), key=ref.key, resolved=resolved)
    if base != resolved:
        said["base"] = base
    if content.file:
        said["file"] = content.file
    return said


def _ref(said: SavedObject) -> Ref:
    return Ref.parse(f"{said['kind']}/{said['key']}")


def _content_of(said: SavedObject) -> Content:
    resolved = cast("Body", values.from_plain(said["resolved"]))
    base = cast("Body", values.from_plain(said["base"])) if "base" in said else resolved
    return Content(base, resolved, said.get("file", ""))


def _bytes(said: SavedContents | SavedApplied) -> bytes:
    return (canon.dumps(cast("JsonObject", said), indent=1) + "\n").encode()


def _read(data: bytes) -> Body:
    said = canon.loads(data)
    if not isinstance(said, Mapping) or said.get("format") != _FORMAT:
        raise ValueError("another format")
    return said
