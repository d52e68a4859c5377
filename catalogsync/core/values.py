"""Values that are not plain data: references to secrets and to ids, values that are not shown. Each is a class; none is guessed by its shape.

A kind says which members may hold one (`openmeter.kinds`), and only there is one made. In a saved plan each is written under a tag that
no user data can take (`to_plain`, `from_plain`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from catalogsync.core import canon
from catalogsync.core.canon import Json, Scalar
from catalogsync.core.model import Ref

TAG = "$"
"""The one member that marks a value which is not plain data. User data with such a name is written with one more sign (`to_plain`)."""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept: in the environment variable, or in the file, called `name`. Resolved at the moment of the call."""

    source: Literal["env", "file"]
    name: str

    def __str__(self) -> str:
        return f"{{{self.source}: {self.name}}}"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that is compared and never shown: its digest, and what may be shown of it (a URL's host, nothing of a header)."""

    digest: str
    shown: str = ""

    def __str__(self) -> str:
        return f"{self.shown or 'hidden'} (sha256 {self.digest[:8]})"


@dataclass(frozen=True, slots=True, repr=False)
class SecretText:
    """A secret that is written out in a manifest. It can be sent and compared; it is never shown and never saved."""

    value: str

    def __str__(self) -> str:
        return str(hidden(self.value))

    def __repr__(self) -> str:
        return f"SecretText({self})"


@dataclass(frozen=True, slots=True)
class LiveValue:
    """The value that a member of the live object has when the call is made: what is not to change, where a PUT has to say it."""

    member: str

    def __str__(self) -> str:
        return f"{{live: {self.member}}}"


@dataclass(frozen=True, slots=True)
class IdRef:
    """The id that a version of an object has when the call is made: it may not exist yet when the plan is made."""

    ref: Ref
    slot: str = "active"

    def __str__(self) -> str:
        return f"{{{self.ref}#{self.slot}}}"


@dataclass(frozen=True, slots=True)
class After:
    """A version that does not exist yet when the plan is made: any number above this one. The next number is not known, since deleted
    versions count and are not seen.
    """

    version: int

    def __str__(self) -> str:
        return f"a version after {self.version}"


Special = SecretRef | SecretText | Hidden | LiveValue | IdRef | After


def hidden(value: str) -> Hidden:
    """A value of which nothing is shown but, for a URL, its scheme and host."""
    digest = hashlib.sha256(value.encode()).hexdigest()
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    return Hidden(digest, f"{parts.scheme}://{host}/…" if host and parts.scheme in ("http", "https") else "")


def to_plain(value: object) -> Json:
    """The value as JSON: a special value as an object with the one member `$`, everything else as it is (see `from_plain`).

    A secret that is written out comes out as what may be shown of it; `holds_secret` tells whether there is one.
    Raises TypeError for what is neither.
    """
    if isinstance(value, Scalar):
        return value
    if isinstance(value, Mapping):
        return {_escaped(name): to_plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(one) for one in value]
    match value:
        case SecretRef(source, name):
            return {TAG: ["secret", source, name]}
        case SecretText(text):
            return to_plain(hidden(text))
        case Hidden(digest, shown):
            return {TAG: ["hidden", digest, shown]}
        case LiveValue(member):
            return {TAG: ["live", member]}
        case IdRef(ref, slot):
            return {TAG: ["id", str(ref), slot]}
        case After(version):
            return {TAG: ["after", version]}
    raise TypeError(f"neither JSON nor a special value: {value!r}")


def from_plain(value: Json) -> object:
    """The value that `to_plain` wrote. Raises ValueError for a tag that it does not write."""
    if isinstance(value, Mapping):
        if set(value) == {TAG}:
            return _special(value[TAG])
        return {_unescaped(name): from_plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [from_plain(one) for one in value]
    return value


def _special(said: Json) -> Special:
    match said:
        case ["secret", ("env" | "file") as source, str(name)]:
            return SecretRef(source, name)  # type: ignore[arg-type]
        case ["hidden", str(digest), str(shown)]:
            return Hidden(digest, shown)
        case ["live", str(member)]:
            return LiveValue(member)
        case ["id", str(ref), str(slot)]:
            return IdRef(Ref.parse(ref), slot)
        case ["after", int(version)]:
            return After(version)
    raise ValueError(f"not a tagged value: {said!r}")


def _escaped(name: str) -> str:
    return name + TAG if name.startswith(TAG) and not name.strip(TAG) else name


def _unescaped(name: str) -> str:
    if name == TAG:
        raise ValueError("a tag beside other members")
    return name[:-1] if name.startswith(TAG) and not name.strip(TAG) else name


def holds_secret(value: object) -> bool:
    """Whether a secret that is written out stands anywhere in the value."""
    if isinstance(value, Mapping):
        return any(holds_secret(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(holds_secret(one) for one in value)
    return isinstance(value, SecretText)


def secret_refs(value: object) -> frozenset[SecretRef]:
    """Every reference to a secret in the value."""
    if isinstance(value, SecretRef):
        return frozenset({value})
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return frozenset().union(*(secret_refs(one) for one in inner))


def fingerprint(value: object) -> str:
    """The digest of a value, special ones included (`canon.fingerprint`)."""
    return canon.fingerprint(to_plain(value))


def in_words(value: object) -> str:
    """A value as a sentence says it: JSON, but for what is not plain data; "nothing" for None."""
    if value is None:
        return "nothing"
    return str(value) if isinstance(value, Special) else canon.dumps(readable(value))


def readable(value: object) -> Json:
    """The value for people: a special value in words, wherever it stands."""
    if isinstance(value, Scalar):
        return value
    if isinstance(value, Mapping):
        return {name: readable(one) for name, one in value.items()}
    return [readable(one) for one in value] if isinstance(value, list | tuple) else str(value)
