"""Proven catalogs, and the catalogs that plans were made of, as the run store holds them: JSON, special values under their tag. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NotRequired, TypedDict, cast

from catalogsync.core import canon, values
from catalogsync.core.canon import Body, Json, JsonObject
from catalogsync.core.model import Ref
from catalogsync.store.runs.applied import Applied, AppliedObject, Content, MadeOf

_FORMAT = 1
_TAGGED = re.compile(rb'"\$(?:[^"\\]|\\.)*":')
_Decoder = Callable[[Json], object]


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
    paths: NotRequired[list[str]]
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
    left: NotRequired[list[SavedProof]]


def contents_to_bytes(made_of: MadeOf) -> bytes:
    """What is kept of a catalog, as the store holds it."""
    kept = made_of.contents
    objects = [_object(ref, kept[ref]) for ref in sorted(kept)]
    return _bytes(
        SavedContents(format=_FORMAT, whole=made_of.whole, paths=list(made_of.paths), objects=objects)
    )


def contents_from_bytes(data: bytes) -> MadeOf:
    """The contents that `contents_to_bytes` wrote. Raises ValueError, KeyError or TypeError on anything else."""
    said = cast("SavedContents", _read(data))
    values_of = _decoder(data)
    contents = {_ref(one): _content_of(one, values_of) for one in said["objects"]}
    return MadeOf(contents, said["whole"], tuple(said.get("paths", ())))


def to_bytes(applied: Applied) -> bytes:
    """A proven catalog as the store holds it."""
    said = SavedApplied(
        format=_FORMAT,
        environment=applied.environment,
        when=applied.when,
        run=applied.run,
        revision=applied.revision,
        plan=applied.plan,
        objects=[_proof(ref, one) for ref, one in applied.objects.items()],
    )
    if applied.left:
        said["left"] = [_proof(ref, one) for ref, one in applied.left.items()]
    return _bytes(said)


def from_bytes(data: bytes) -> Applied:
    """The proven catalog that `to_bytes` wrote. Raises ValueError, KeyError or TypeError on anything else."""
    said = cast("SavedApplied", _read(data))
    values_of = _decoder(data)
    objects, left = (
        dict(_proof_of(one, values_of) for one in some) for some in (said["objects"], said.get("left", []))
    )
    return Applied(
        said["environment"], said["when"], said["run"], said["revision"], said["plan"], objects, left
    )


def _proof(ref: Ref, one: AppliedObject) -> SavedProof:
    return SavedProof(**_object(ref, one.content), since=one.since, revision=one.revision, run=one.run)


def _proof_of(said: SavedProof, values_of: _Decoder) -> tuple[Ref, AppliedObject]:
    return _ref(said), AppliedObject(
        _content_of(said, values_of), said["since"], said["revision"], said["run"]
    )


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


def _content_of(said: SavedObject, values_of: _Decoder) -> Content:
    resolved = cast("Body", values_of(said["resolved"]))
    base = cast("Body", values_of(said["base"])) if "base" in said else resolved
    return Content(base, resolved, said.get("file", ""))


def _decoder(data: bytes) -> _Decoder:
    """What makes values of what was read: nothing is to be done where no member's name is that of a tag, or an escaped one."""
    return values.from_plain if _TAGGED.search(data) else _as_read


def _as_read(value: Json) -> object:
    return value


def _bytes(said: SavedContents | SavedApplied) -> bytes:
    return (canon.dumps(cast("JsonObject", said), indent=1) + "\n").encode()


def _read(data: bytes) -> Body:
    said = canon.loads(data)
    if not isinstance(said, Mapping) or said.get("format") != _FORMAT:
        raise ValueError("another format")
    return said
