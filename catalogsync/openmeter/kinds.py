"""ONE description per kind: who an object is, where it lives, what it refers to, how its lists compare, what can change and how.

Everything that must know a kind's nature asks here; a kind's fields are described by the schemas. Paths into documents leave out
list positions and map keys: ("phases", "rateCards", "price", "tiers"); `ANY` stands for the name in a map of free names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.model import Kind, Lifecycle, Ref

KEY_METADATA = "catalogsync/key"
"""The reserved metadata name under which a channel or rule carries its manifest key (those kinds have no key on the server)."""

ANY = "*"
MemberPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A list of objects that are told apart by one member. `ordered`: the order means something too."""

    by: str
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class SetOf:
    """A list whose order and repetitions mean nothing."""


@dataclass(frozen=True, slots=True)
class Atomic:
    """A list that is one value: compared whole, replaced whole."""


ListRule = Keyed | SetOf | Atomic


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another object by its key. `path` ends at the field (whose value is a key or a list of keys)."""

    path: MemberPath
    kind: Kind


@dataclass(frozen=True, slots=True)
class KindSpec:
    """What is true of every object of a kind.

    `identity`: the manifest member that holds the key. `collection`: the API path below the prefix. `versioned`: draft → active → archived.
    `fixed`: members that no call changes in an object's life (re-creation only). `version_fixed`: members that a new version may change, a
    PUT may not. `create`/`update`: the members of the two request bodies. `read_only`: members that only answers have.
    """

    kind: Kind
    title: str
    identity: str
    collection: str
    lifecycles: tuple[Lifecycle, ...]
    create: tuple[str, ...]
    update: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    lists: Mapping[MemberPath, ListRule] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    version_fixed: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()
    secrets: tuple[MemberPath, ...] = ()
    versioned: bool = False


_PUBLISHED_OR_GONE = (Lifecycle.PUBLISHED, Lifecycle.DELETED)
_STAMPS = frozenset({"id", "createdAt", "updatedAt", "deletedAt", "annotations"})
_VERSION = _STAMPS | {"version", "status", "effectiveFrom", "effectiveTo", "validationErrors"}
_FILTERS = "advancedMeterGroupByFilters"

_METER = KindSpec(
    Kind.METER, "meter", "slug", "/meters", _PUBLISHED_OR_GONE,
    create=("slug", "name", "description", "aggregation", "eventType", "eventFrom", "valueProperty", "groupBy", "metadata"),
    update=("name", "description", "groupBy", "metadata"),
    fixed=frozenset({"aggregation", "eventType", "eventFrom", "valueProperty"}),
    read_only=_STAMPS,
)  # fmt: skip

_FEATURE = KindSpec(
    Kind.FEATURE, "feature", "key", "/features", (Lifecycle.PUBLISHED, Lifecycle.ARCHIVED),
    create=("key", "name", "metadata", "meterSlug", "meterGroupByFilters", _FILTERS, "unitCost"),
    update=(),
    references=(Reference(("meterSlug",), Kind.METER),),
    lists={
        (_FILTERS, ANY, "$in"): SetOf(), (_FILTERS, ANY, "$nin"): SetOf(),
        (_FILTERS, ANY, "$and"): Atomic(), (_FILTERS, ANY, "$or"): Atomic(),
    },
    fixed=frozenset({"name", "metadata", "meterSlug", _FILTERS, "unitCost"}),
    read_only=_STAMPS | {"archivedAt"},
)  # fmt: skip

_ADDON = KindSpec(
    Kind.ADDON, "add-on", "key", "/addons", tuple(Lifecycle),
    create=("key", "name", "description", "metadata", "currency", "instanceType", "rateCards"),
    update=("name", "description", "metadata", "instanceType", "rateCards"),
    references=(Reference(("rateCards", "featureKey"), Kind.FEATURE),),
    lists={("rateCards",): Keyed("key"), ("rateCards", "price", "tiers"): Atomic()},
    version_fixed=frozenset({"currency"}),
    read_only=_VERSION,
    versioned=True,
)  # fmt: skip

_PLAN = KindSpec(
    Kind.PLAN, "plan", "key", "/plans", tuple(Lifecycle),
    create=("key", "name", "description", "metadata", "currency", "billingCadence", "proRatingConfig", "settlementMode", "phases"),
    update=("name", "description", "metadata", "billingCadence", "proRatingConfig", "settlementMode", "phases"),
    references=(
        Reference(("phases", "rateCards", "featureKey"), Kind.FEATURE),
        Reference(("addons", "addon"), Kind.ADDON),
    ),
    lists={
        ("phases",): Keyed("key", ordered=True),
        ("phases", "rateCards"): Keyed("key"),
        ("phases", "rateCards", "price", "tiers"): Atomic(),
        ("addons",): Keyed("addon"),
    },
    version_fixed=frozenset({"currency"}),
    read_only=_VERSION,
    versioned=True,
)  # fmt: skip

_CHANNEL = KindSpec(
    Kind.CHANNEL, "notification channel", "key", "/notification/channels", _PUBLISHED_OR_GONE,
    create=("type", "name", "disabled", "metadata", "url", "customHeaders", "signingSecret"),
    update=("type", "name", "disabled", "metadata", "url", "customHeaders", "signingSecret"),
    fixed=frozenset({"type"}),
    read_only=_STAMPS,
    secrets=(("signingSecret",), ("url",), ("customHeaders", ANY)),
)  # fmt: skip

_RULE = KindSpec(
    Kind.RULE, "notification rule", "key", "/notification/rules", _PUBLISHED_OR_GONE,
    create=("type", "name", "disabled", "metadata", "channels", "features", "thresholds"),
    update=("type", "name", "disabled", "metadata", "channels", "features", "thresholds"),
    references=(Reference(("channels",), Kind.CHANNEL), Reference(("features",), Kind.FEATURE)),
    lists={("channels",): SetOf(), ("features",): SetOf(), ("thresholds",): Atomic()},
    fixed=frozenset({"type"}),
    read_only=_STAMPS,
)  # fmt: skip

KINDS: Mapping[Kind, KindSpec] = {
    spec.kind: spec for spec in (_METER, _FEATURE, _ADDON, _PLAN, _CHANNEL, _RULE)
}


def list_rule(kind: Kind, path: MemberPath) -> ListRule:
    """How the list at `path` compares. Raises KeyError for a list that no kind declares: there is no default."""
    lists = KINDS[kind].lists
    if path in lists:
        return lists[path]
    for pattern, rule in lists.items():
        if len(pattern) == len(path) and all(p in (ANY, name) for p, name in zip(pattern, path, strict=True)):
            return rule
    raise KeyError(f"{kind} declares no list at {'.'.join(path)}")


Place = tuple[str | int, ...]


def references(kind: Kind, body: JsonObject) -> Iterator[tuple[Ref, Place]]:
    """Every object that a manifest body names, with the place of the name, in document order."""
    for reference in KINDS[kind].references:
        for key, place in _values(body, reference.path, ()):
            yield Ref(reference.kind, key), place


def _values(value: Json, path: MemberPath, place: Place) -> Iterator[tuple[str, Place]]:
    if isinstance(value, str):
        if not path:
            yield value, place
    elif isinstance(value, Mapping):
        if path and path[0] in value:
            yield from _values(value[path[0]], path[1:], (*place, path[0]))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _values(item, path, (*place, position))
