"""Members that may hold a secret, by what their kind declares. Only there is {env: NAME} a reference, and only there is a value hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from catalogsync.core.model import Kind
from catalogsync.core.values import Hidden, SecretRef, SecretText, hidden
from catalogsync.openmeter.kinds import KINDS
from catalogsync.openmeter.kinds.spec import ANY, Secret

Place = tuple[str, ...]
Raw = Mapping[str, Any]
FileOf = Callable[[Place, str], str]
"""The path of a secret's file as seen from here, by the place and the path that is written there."""
Reveal = Callable[[SecretRef], str | None]
"""The value behind a reference; None where it cannot be had."""


def as_desired(kind: Kind, body: Raw, file_of: FileOf) -> Raw:
    """A manifest's body with a `SecretRef` for each reference, a `SecretText` for each secret that is written out."""

    def typed(secret: Secret, place: Place, value: Any) -> Any:
        said = reference(value)
        if said is not None:
            source, name = said
            return SecretRef(source, file_of(place, name) if source == "file" else name)
        if isinstance(value, str) and secret.looks(place[-1], value):
            return SecretText(value)
        return value

    return _mapped(kind, body, typed)


def as_live(kind: Kind, body: Raw, masked: frozenset[Place] = frozenset()) -> Raw:
    """An answer's body with a `Hidden` for each secret. `masked`: places that are hidden whatever they look like."""

    def typed(secret: Secret, place: Place, value: Any) -> Any:
        is_text = isinstance(value, str)
        return hidden(value) if is_text and (place in masked or secret.looks(place[-1], value)) else value

    return _mapped(kind, body, typed)


def compared(kind: Kind, normal: Raw, reveal: Reveal) -> Raw:
    """A desired normal form as it compares with a live one: what is secret by its digest, where it can be had."""

    def typed(_secret: Secret, _place: Place, value: Any) -> Any:
        if isinstance(value, SecretText):
            return hidden(value.value)
        found = reveal(value) if isinstance(value, SecretRef) else None
        return value if found is None else hidden(found)

    return _mapped(kind, normal, typed)


def uncompared(kind: Kind, expected: Raw, live: Raw) -> Raw:
    """The live normal form with the expected references in place of what they cannot be compared with."""
    wanted = dict(places(kind, expected))

    def typed(_secret: Secret, place: Place, value: Any) -> Any:
        other = wanted.get(place)
        if isinstance(other, SecretRef):
            return other
        return hidden(value) if isinstance(other, Hidden) and isinstance(value, str) else value

    return _mapped(kind, live, typed)


def places(kind: Kind, body: Raw) -> Iterator[tuple[Place, Any]]:
    """Every declared place that is there, with its value."""
    for secret in KINDS[kind].secrets:
        yield from _at(body, secret.path, ())


def reference(value: Any) -> tuple[Literal["env", "file"], str] | None:
    """The source and the name in {env: NAME} or {file: PATH}; None for anything else."""
    match value:
        case {"env": str(name)} if len(value) == 1:
            return "env", name
        case {"file": str(name)} if len(value) == 1:
            return "file", name
    return None


def _at(value: Any, path: Place, place: Place) -> Iterator[tuple[Place, Any]]:
    if not path:
        yield place, value
    elif isinstance(value, Mapping):
        names = value if path[0] == ANY else (path[0],)
        for name in names:
            if name in value:
                yield from _at(value[name], path[1:], (*place, name))


def _mapped(kind: Kind, body: Raw, change: Callable[[Secret, Place, Any], Any]) -> Raw:
    """The body with another value at each declared place; the body itself where nothing changes."""
    for secret in KINDS[kind].secrets:
        for place, value in list(_at(body, secret.path, ())):
            changed = change(secret, place, value)
            if changed is not value:
                body = put(body, place, changed)
    return body


def put(body: Raw, place: Place, value: Any) -> Raw:
    """The body with another value at a place that is there."""
    name, rest = place[0], place[1:]
    return {**body, name: put(body[name], rest, value) if rest else value}
