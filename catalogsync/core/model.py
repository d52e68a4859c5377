"""The nouns: kinds, references, what is desired (from files) and what is live (from the server). Frozen; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

from catalogsync.core.canon import JsonObject
from catalogsync.core.diagnostics import Path, SourceRef


class _Kinds(type):
    """Lets the kinds be walked in their order: `for kind in Kind`."""

    def __iter__(cls) -> Iterator[Kind]:
        return iter(sorted(_DECLARED.values(), key=lambda kind: kind.rank))


class Kind(str, metaclass=_Kinds):
    """The name of a kind of objects. `rank`: its place in the order in which objects are created (removal runs backwards).

    The kinds are declared by `openmeter.kinds`; `Kind(name)` finds a declared one and raises ValueError for any other name.
    """

    __slots__ = ("rank",)
    rank: int

    def __new__(cls, name: str) -> Kind:
        if name not in _DECLARED:
            raise ValueError(f"{name!r} is not a kind")
        return _DECLARED[name]

    @staticmethod
    def declare(name: str) -> Kind:
        """Makes a kind known; its rank is set once its description is (`openmeter.kinds.register`)."""
        made = str.__new__(Kind, name)
        made.rank = len(_DECLARED)
        return _DECLARED.setdefault(name, made)


_DECLARED: dict[str, Kind] = {}


class Lifecycle(StrEnum):
    """What a manifest says is to become of its object. Which of them a kind allows is said in `kinds`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    DELETED = "deleted"
    EXTERNAL = "external"


class Ref(NamedTuple):
    """Who: a kind and a key (a meter's slug; a channel's or rule's manifest key). In order by the kind's rank, then by key.

    A tuple, because everything is looked up by it.
    """

    kind: Kind
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"

    def __lt__(self, other: Ref) -> bool:  # type: ignore[override]
        return (self.kind.rank, self.key) < (other.kind.rank, other.key)

    def __gt__(self, other: Ref) -> bool:  # type: ignore[override]
        return other < self

    def __le__(self, other: Ref) -> bool:  # type: ignore[override]
        return not other < self

    def __ge__(self, other: Ref) -> bool:  # type: ignore[override]
        return not self < other

    @classmethod
    def parse(cls, text: str) -> Ref:
        """The Ref that `str` wrote. Raises ValueError on anything else."""
        kind, slash, key = text.partition("/")
        if not slash or not key:
            raise ValueError(f"not KIND/KEY: {text!r}")
        return cls(Kind(kind), key)


class Origin(Protocol):
    """Where a desired object was written; finds the line of any of its values (only asked when there is something to say)."""

    def locate(self, path: Path, *, key: bool = False) -> SourceRef:
        """The place of the value at `path` (of its member name when `key`), or of the nearest parent that exists."""
        ...

    def begin(self) -> SourceRef:
        """The first line of the manifest that says something, without its text: cheap."""
        ...


@dataclass(frozen=True, slots=True)
class Resource:
    """One desired object: a manifest with its overlays merged.

    `body` is the document as written without `kind` and `lifecycle`: API field names, references as keys, money as text
    or number as written (`int`, `Decimal` or `str`). Paths into the document are paths into `body`.
    """

    ref: Ref
    lifecycle: Lifecycle
    body: JsonObject
    origin: Origin = field(compare=False, repr=False)


@dataclass(frozen=True)
class Catalog:
    """All desired objects, sorted by Ref. `external`: objects that another catalog owns, which may be named here and are never written."""

    resources: Mapping[Ref, Resource]
    external: Mapping[Ref, Resource] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def get(self, kind: Kind, key: str) -> Resource | None:
        return self.resources.get(Ref(kind, key))

    def of(self, kind: Kind) -> tuple[Resource, ...]:
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> Mapping[Kind, tuple[Resource, ...]]:
        kinds = {ref.kind for ref in self.resources}
        return {kind: tuple(one for ref, one in self.resources.items() if ref.kind is kind) for kind in kinds}


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is written and could not be understood. An object that others name may be behind it, so that its absence is not an error of theirs.

    `refs`: objects that hold errors; `names`: keys and slugs met in text that is not a manifest; `kinds`: those of which an object has no
    key, or another's; `files`: whether whole files could not be read.
    """

    refs: frozenset[Ref] = frozenset()
    names: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    files: bool = False

    @property
    def any(self) -> bool:
        return bool(self.refs or self.names or self.kinds or self.files)


NO_GAPS = Gaps()
"""Everything was understood."""


@dataclass(frozen=True, slots=True)
class LiveAssignment:
    """An add-on version offered by a plan version, as the server shows it."""

    addon_key: str
    addon_id: str
    addon_version: int
    body: JsonObject


@dataclass(frozen=True, slots=True)
class LiveResource:
    """One object, or one version of a versioned object, as read from the server (`body` is the answer as it came).

    `status`: draft, active, archived or scheduled for versioned kinds; `active` for the others (a disabled channel is active).
    `version`: only for versioned kinds. `assignments`: only for plans, and only where they were read (draft and active versions).
    """

    kind: Kind
    id: str
    key: str
    status: str
    body: JsonObject
    version: int | None = None
    assignments: tuple[LiveAssignment, ...] = ()

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.key)


@dataclass(frozen=True, slots=True)
class LiveGroup:
    """All that is live under one Ref: at most one active and one draft version; archived ones newest first.

    For kinds without versions only `active` is used. `hidden` says that the server keeps something under this key that the
    API we use cannot show (a version with v3-only features): it is managed elsewhere.
    """

    ref: Ref
    active: LiveResource | None = None
    draft: LiveResource | None = None
    archived: tuple[LiveResource, ...] = ()
    hidden: str = ""

    def versions(self) -> tuple[LiveResource, ...]:
        """All of them, the draft and the active one first."""
        return tuple(one for one in (self.draft, self.active, *self.archived) if one is not None)

    @property
    def only_archived(self) -> bool:
        """Whether there are versions, and nobody can get one: all are archived."""
        return bool(self.archived) and self.active is None and self.draft is None

    @property
    def newest(self) -> int:
        """The highest number of a version that is seen; 0 without one."""
        return max((one.version or 0 for one in self.versions()), default=0)


@dataclass(frozen=True)
class LiveState:
    """What was read, grouped by Ref. `unmatched`: channels and rules that carry no key of ours, for matching by name."""

    groups: Mapping[Ref, LiveGroup]
    unmatched: tuple[LiveResource, ...] = ()

    def group(self, ref: Ref) -> LiveGroup:
        return self.groups.get(ref) or LiveGroup(ref)

    def active(self, ref: Ref) -> LiveResource | None:
        """The active object or version; None where there is none."""
        group = self.groups.get(ref)
        return None if group is None else group.active

    def of(self, kind: Kind) -> tuple[LiveGroup, ...]:
        """All that is live of a kind."""
        return self._by_kind.get(kind, ())

    def carriers(self, ref: Ref) -> tuple[str, ...]:
        """The ids of all objects that carry the key, the oldest first (ids are in the order of their making): for kinds whose keys the server
        does not keep apart.
        """
        active = self.active(ref)
        others = [one.id for one in self.unmatched if one.kind == ref.kind and one.key == ref.key]
        return tuple(sorted([*others, *([active.id] if active is not None else [])]))

    def key_of(self, kind: Kind, id_: str) -> str:
        """The key of the active object with this id; the id itself where there is none."""
        return self._keys.get((kind, id_), id_)

    @cached_property
    def _by_kind(self) -> Mapping[Kind, tuple[LiveGroup, ...]]:
        found: dict[Kind, list[LiveGroup]] = {}
        for ref, group in tuple(self.groups.items()):  # at once: a run adds to it from other threads
            found.setdefault(ref.kind, []).append(group)
        return {kind: tuple(groups) for kind, groups in found.items()}

    @cached_property
    def _keys(self) -> Mapping[tuple[Kind, str], str]:
        return {(r.kind, g.active.id): r.key for r, g in tuple(self.groups.items()) if g.active is not None}
