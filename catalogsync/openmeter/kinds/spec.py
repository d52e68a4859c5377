"""The form of a kind's description: what every file of this package fills in, and nothing more than what code that knows no kind reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from catalogsync.core.canon import Body, Json
from catalogsync.core.model import Kind, Lifecycle, LiveGroup
from catalogsync.openmeter.releases import Behaviour

ANY = "*"
"""Stands in a path for the name in a map of free names."""
MemberPath = tuple[str, ...]
"""A place in a manifest without list positions: ("phases", "rateCards", "price", "tiers")."""
Normal: TypeAlias = dict[str, object]
"""A body in normal form: what a manifest and an answer that mean the same have in common."""
KeyOf = Callable[[Kind, str], str]
"""The key of a live object by its id (the id itself where nobody knows it)."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A list of objects that are distinguished by one member: a map in normal form. `ordered`: the order means something too."""

    by: str
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class SetOf:
    """A list whose order and repetitions mean nothing."""


@dataclass(frozen=True, slots=True)
class Atomic:
    """A list that is one value: compared whole, replaced whole."""


ListRule: TypeAlias = Keyed | SetOf | Atomic


@dataclass(frozen=True, slots=True)
class Reference:
    """A member that names another object by its key. `path` ends at the member (whose value is a key or a list of keys).

    `holds`: while an active version names the object, the server refuses its removal. `permanent`: a version that ever named it holds it.
    `by_id`: what is written stays with the object of that moment, also when another one takes its key.
    `assigned`: made by calls of its own (attach, detach), to a version of the object that is active by then.
    `unseen_when_disabled`: reads leave out the objects that are disabled. `at_most`: how many objects may name one; 0: any number.
    `missing_code`: the code of the finding that there is no such object.
    """

    path: MemberPath
    kind: str
    missing_code: str
    holds: bool = False
    permanent: bool = False
    by_id: bool = False
    assigned: bool = False
    unseen_when_disabled: bool = False
    at_most: int = 0


@dataclass(frozen=True, slots=True)
class Secret:
    """A member whose value may be a secret: {env: NAME} or {file: PATH} there is a reference. `looks`: whether a text written there is one."""

    path: MemberPath
    looks: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Parts:
    """What an object is named by beside its key: `of` gives the parts of a normal form that others may use."""

    member: str
    of: Callable[[Body], set[str]]


@dataclass(frozen=True, slots=True)
class PartsUsed:
    """The parts of another object that a normal form uses: `all`, and of these the ones that `hold` their object to having them."""

    kind: str
    all: Callable[[Body], set[str]]
    hold: Callable[[Body], set[str]]


def _unchanged(_expected: Body, live: Body, _unseen: frozenset[str]) -> Body:
    return live


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """What is true of every object of a kind.

    Who and where: `title` and `about`: what it is called and what it is, in a sentence; `identity` the manifest member that holds the key;
    `keyed_by_metadata`: the server knows no key, it is kept in the object's metadata; `collection` the API path below the prefix; `list_query`
    the query that lists all of them, `bare_list`: one array without pages; `folder` where an export puts them. `read_only`: members that only
    answers have.

    Life: `versioned`: draft → active → archived; `archivable`: an unversioned object is archived, never deleted. `frees_places`: removing one
    makes room that a new one may need. `in_use_hint`: what to do where something holds it; `lost_when_remade`: what stays behind then;
    `renamed`: what it means for customers that the same goes on under another key.

    Change: `fixed` members that no call changes in an object's life (re-creation only); `version_fixed`: members that a new version may
    change, a PUT may not; `put` the members of an update, () where there is none; `cleared` what a PUT says for a member that is not there;
    `kept` members that a PUT without them leaves as they are; `kept_since`: members that servers drop which do not behave so yet.

    Customers: `held_by` says what binds them to an object: a "subscription" to one of its versions, an "entitlement" under its key, "" nothing.

    Form: `normal` brings a manifest's or an answer's body into normal form, `request` gives the creation's body, `manifest` a manifest's;
    `telling` adds to one what only the normal form knows, for a catalog that lacks the objects which it is about;
    `aligned` is the live normal form as far as it can be known from the expected one (equal to it when nothing that can be seen differs).
    `lists` says how each list compares. `references`, `secrets`, `parts`, `parts_used`: what a body may hold.
    `json_paths`: the places and values of a manifest that are JSON paths into events. `remarks`: what an export tells of an object.
    """

    kind: Kind
    title: str
    about: str
    identity: str = "key"
    keyed_by_metadata: bool = False
    collection: str
    folder: str
    list_query: Mapping[str, str] = field(default_factory=dict)
    bare_list: bool = False
    read_only: frozenset[str]

    lifecycles: tuple[Lifecycle, ...]
    versioned: bool = False
    archivable: bool = False
    frees_places: bool = False
    in_use_hint: str = "Change or remove what uses it first."
    lost_when_remade: str = ""
    renamed: str = ""

    held_by: Literal["", "subscription", "entitlement"] = ""

    fixed: frozenset[str] = frozenset()
    version_fixed: frozenset[str] = frozenset()
    put: tuple[str, ...] = ()
    cleared: Mapping[str, Json] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    kept_since: Mapping[str, Behaviour] = field(default_factory=dict)

    normal: Callable[[Body, str, KeyOf], Normal]
    request: Callable[[Body, str], Normal]
    manifest: Callable[[Body, str], Normal]
    telling: Callable[[Body, Body], Body] = lambda manifest, _normal: manifest
    aligned: Callable[[Body, Body, frozenset[str]], Body] = _unchanged
    lists: Mapping[MemberPath, ListRule] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    secrets: tuple[Secret, ...] = ()
    parts: Parts | None = None
    parts_used: PartsUsed | None = None
    json_paths: Callable[[Body], Iterable[tuple[tuple[str, ...], object]]] = lambda _body: ()
    remarks: Callable[[LiveGroup], Iterable[str]] = lambda _group: ()


PUBLISHED_OR_DELETED = (Lifecycle.PUBLISHED, Lifecycle.DELETED, Lifecycle.EXTERNAL)
STAMPS = frozenset({"id", "createdAt", "updatedAt", "deletedAt", "annotations"})
"""Members of every answer that no manifest has."""
VERSION = STAMPS | {"version", "status", "effectiveFrom", "effectiveTo", "validationErrors"}
"""The same for a version of a plan or an add-on."""
RESERVED = "catalogsync/"
"""How the metadata names begin that are ours."""
KEY_METADATA = f"{RESERVED}key"
"""The reserved metadata name under which an object without a key on the server carries its manifest key."""
