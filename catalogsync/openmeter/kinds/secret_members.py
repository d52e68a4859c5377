"""Members that may hold a secret, by what their kind declares. Only there is {env: NAME} a reference, and only there is a value hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, cast

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind
from catalogsync.core.values import Hidden, SecretRef, SecretText, hidden
from catalogsync.openmeter.kinds import KINDS
from catalogsync.openmeter.kinds.spec import ANY, Secret

Place = tuple[str, ...]
FileOf = Callable[[Place, str], str]
"""The path of a secret's file as seen from here, by the place and the path that is written there."""
Reveal = Callable[[SecretRef], str | None]
"""The value behind a reference; None where it cannot be had."""


def as_desired(kind: Kind, body: Body, file_of: FileOf) -> Body:
    """A manifest's body with a `SecretRef` for each reference, a `SecretText` for each secret that is written out."""

    def typed(secret: Secret, place: Place, value: object) -> object:
        said = reference(value)
        if said is not None:
            source, name = said
            return SecretRef(source, file_of(place, name) if source == "file" else name)
        if isinstance(value, str) and secret.looks(place[-1], value):
            return SecretText(value)
        return value

    return _mapped(kind, body, typed)


def as_live(kind: Kind, body: Body, masked: frozenset[Place] = frozenset()) -> Body:
    """An answer's body with a `Hidden` for each secret. `masked`: places that are hidden whatever they look like."""

    def typed(secret: Secret, place: Place, value: object) -> object:
        if isinstance(value, str) and (place in masked or secret.looks(place[-1], value)):
            return hidden(value)
        return value

    return _mapped(kind, body, typed)


def compared(kind: Kind, normal: Body, reveal: Reveal) -> Body:
    """A desired normal form as it compares with a live one: what is secret by its digest, where it can be had."""

    def typed(_secret: Secret, _place: Place, value: object) -> object:
        if isinstance(value, SecretText):
            return hidden(value.value)
        found = reveal(value) if isinstance(value, SecretRef) else None
        return value if found is None else hidden(found)

    return _mapped(kind, normal, typed)


def uncompared(kind: Kind, expected: Body, live: Body) -> Body:
    """The live normal form with the expected references in place of what they cannot be compared with."""
    wanted = dict(places(kind, expected))

    def typed(_secret: Secret, place: Place, value: object) -> object:
        other = wanted.get(place)
        if isinstance(other, SecretRef):
            return other
        return hidden(value) if isinstance(other, Hidden) and isinstance(value, str) else value

    return _mapped(kind, live, typed)


def places(kind: Kind, body: Body | None) -> Iterator[tuple[Place, object]]:
    """Every declared place that is there, with its value; none in no body."""
    for secret in KINDS[kind].secrets:
        yield from _at(body, secret.path, ())


def reference(value: object) -> tuple[Literal["env", "file"], str] | None:
    """The source and the name in {env: NAME} or {file: PATH}; None for anything else."""
    match value:
        case {"env": str(name), **others} if not others:
            return "env", name
        case {"file": str(name), **others} if not others:
            return "file", name
    return None


def _at(value: object, path: Place, place: Place) -> Iterator[tuple[Place, object]]:
    if not path:
        yield place, value
    elif isinstance(value, Mapping):
        names = value if path[0] == ANY else (path[0],)
        for name in names:
            if name in value:
                yield from _at(value[name], path[1:], (*place, name))


def _mapped(kind: Kind, body: Body, change: Callable[[Secret, Place, object], object]) -> Body:
    """The body with another value at each declared place; the body itself where nothing changes."""
    for secret in KINDS[kind].secrets:
        for place, value in list(_at(body, secret.path, ())):
            changed = change(secret, place, value)
            if changed is not value:
                body = put(body, place, changed)
    return body


def put(body: Body, place: Place, value: object) -> Body:
    """The body with another value at a place that is there."""
    name, rest = place[0], place[1:]
    return {**body, name: put(cast("Body", body[name]), rest, value) if rest else value}
