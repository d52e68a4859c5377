"""Which releases of OpenMeter are known, what each one's API knows, and what only the version tells.

The table is packaged data (`_releases/table.json`); digests, missing members and the cut descriptions beside it are drawn by
`python -m catalogsync.schemagen.releases` from the releases' own OpenAPI descriptions. The sandbox answers by it, the engine asks it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypedDict, cast

from catalogsync.openmeter.description import Description
from catalogsync.openmeter.description_digest import digest
from catalogsync.openmeter.openapi_subset import draw_wire

FOLDER = Path(__file__).parent / "_releases"
TABLE = "table.json"
_NEWEST_WIRE = Path(__file__).parent.parent / "_schemas" / "wire-v1.json"


class Behaviour(StrEnum):
    """What a server does from a release on, and no description tells. The table says from which one."""

    METER_METADATA = "meter-metadata"
    QUANTITY_CLEARED = "quantity-cleared"
    METER_DELETE_REPEATABLE = "meter-delete-repeatable"
    ALLOWANCE_REQUIRED = "allowance-required"
    USAGE_PRICE_FEATURE = "usage-price-feature"
    FILTERS_CHECKED = "filters-checked"
    CURRENCIES_CHECKED = "currencies-checked"
    QUOTED_PATHS = "quoted-paths"
    FEATURE_ORDER_CHECKED = "feature-order-checked"
    ADDON_FILTERS_JOINED = "addon-filters-joined"
    DISABLED_CHANNELS_HIDDEN = "disabled-channels-hidden"
    FEATURE_REFUSAL_CODED = "feature-refusal-coded"
    ASSIGNMENT_PUT_CHECKED = "assignment-put-checked"
    ARCHIVED_KEY_REFUSED = "archived-key-refused"
    ARCHIVED_FEATURE_REFUSED = "archived-feature-refused"
    USAGE_PRICE_METER = "usage-price-meter"
    ASSIGNMENT_CURRENCY = "assignment-currency"


@dataclass(frozen=True, slots=True)
class Since:
    """From which release on a server behaves so (`release` is its tag), and what it does, in a sentence."""

    behaviour: Behaviour
    release: str
    what: str


@dataclass(frozen=True, slots=True)
class Release:
    """A known release. `tag`: as `GET /version` gives it, for the newest one a commit. `digests`: the meaning of its whole description
    and of what is cut from it (`digest`); two releases may share them. `missing`: members of request bodies that the newest one has
    and this one drops, as `Schema.member`. `behaviours`: what it already does. `tried`: how that
    was found out.
    """

    tag: str
    date: str
    digests: tuple[str, ...]
    missing: tuple[str, ...]
    behaviours: frozenset[Behaviour]
    tried: str

    def has(self, behaviour: Behaviour) -> bool:
        """Whether a server of this release behaves so."""
        return behaviour in self.behaviours


class _BehaviourRow(TypedDict):
    name: str
    since: str
    what: str


class ReleaseRow(TypedDict, total=False):
    """A release in the packaged table."""

    tag: str
    date: str
    digests: list[str]
    missing: list[str]
    tried: str


class Table(TypedDict):
    """The packaged table (`_releases/table.json`)."""

    minimum: str
    behaviours: list[_BehaviourRow]
    releases: list[ReleaseRow]


def read_table() -> Table:
    """The table as it is packaged."""
    return cast("Table", json.loads((FOLDER / TABLE).read_text("utf-8")))


@functools.cache
def _table() -> Table:
    return read_table()


@functools.cache
def behaviours() -> tuple[Since, ...]:
    """Every behaviour with the release that brought it, the oldest first."""
    return tuple(Since(Behaviour(b["name"]), b["since"], b["what"]) for b in _table()["behaviours"])


@functools.cache
def known() -> tuple[Release, ...]:
    """The known releases, the oldest first; the last one is what the recordings and our schemas are drawn from."""
    tags = [row["tag"] for row in _table()["releases"]]
    return tuple(
        Release(
            row["tag"],
            row["date"],
            tuple(row.get("digests", ())),
            tuple(row.get("missing", ())),
            frozenset(b.behaviour for b in behaviours() if tags.index(b.release) <= number),
            row["tried"],
        )
        for number, row in enumerate(_table()["releases"])
    )


def newest_tag() -> str:
    """The name of the release that our schemas are drawn from."""
    return _table()["releases"][-1]["tag"]


def newest() -> Release:
    """The release that our schemas are drawn from."""
    return known()[-1]


def minimum() -> Release:
    """The oldest release that is supported."""
    return by_tag(_table()["minimum"]) or newest()


def by_tag(tag: str) -> Release | None:
    """The release of that name."""
    return next((one for one in known() if one.tag == tag), None)


def since(member: str) -> str:
    """The tag of the first known release that knows a member (`Schema.member`) that an older one lacks; "" where none lacks it."""
    lacking = [number for number, one in enumerate(known()) if member in one.missing]
    return known()[lacking[-1] + 1].tag if lacking and lacking[-1] + 1 < len(known()) else ""


@dataclass(frozen=True, slots=True)
class LaterMember:
    """A member of the bodies that a catalog sends which came with a later known release, `since`. Older ones drop it."""

    schema: str
    name: str
    since: str


def later_members() -> tuple[LaterMember, ...]:
    """Every such member; those of subscriptions, which no catalog holds, aside."""
    lacked = sorted({member for one in known() for member in one.missing if "Subscription" not in member})
    split = ((member.partition("."), since(member)) for member in lacked)
    return tuple(LaterMember(schema, name, tag) for (schema, _, name), tag in split)


def older_than_minimum(candidates: tuple[Release, ...], version: str) -> bool:
    """Whether a server is older than the oldest supported release: each of the releases that it may be is, or, where it is none of
    them, its version's number.
    """
    if candidates:
        return all(known().index(one) < known().index(minimum()) for one in candidates)
    said, least = _number(version), _number(minimum().tag)
    return bool(said and least) and said < least


def _number(tag: str) -> tuple[int, ...]:
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)-beta\.(\d+)", tag)
    return tuple(map(int, found.groups())) if found else ()


def identify(description: Description | None, version: str | None = None) -> tuple[Release, ...]:
    """The known releases that a server may be: by what `GET /version` says of it, else by its description. Releases whose descriptions
    mean the same are all given; none for a server that is not known.
    """
    if version is not None and (named := by_tag(version)):
        return (named,)
    return () if description is None else of_digest(digest(description))


def of_digest(meaning: str) -> tuple[Release, ...]:
    """The known releases whose descriptions have this digest, the oldest first."""
    return tuple(one for one in known() if meaning in one.digests)


def nearest(description: Description) -> Release:
    """The release whose rules a server of this description follows, as far as can be known: the newest known one of the very
    description, else the newest one that lacks at least what it lacks.
    """
    if same := identify(description):
        return same[-1]
    lacking = set(missing(draw_wire(description)))
    return next((one for one in reversed(known()) if lacking <= set(one.missing)), known()[0])


def missing(wire: Description) -> tuple[str, ...]:
    """The members of request bodies (`Schema.member`) that the newest release has and a drawn description lacks."""
    here = {schema: set(members) for schema, members in _members(wire)}
    return tuple(
        f"{schema}.{name}"
        for schema, members in sorted(_members(_newest_wire()))
        for name in members
        if schema in here and name not in here[schema]
    )


def _members(wire: Description) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, schema in wire["components"]["schemas"].items():
        if "properties" in schema:
            yield name, tuple(sorted(schema["properties"]))


@functools.cache
def _newest_wire() -> Description:
    return cast("Description", json.loads(_NEWEST_WIRE.read_text("utf-8")))


@functools.cache
def description(release: Release) -> Description:
    """What a release's description says of requests: paths, parameters, bodies. Shared: treat it as immutable."""
    path = FOLDER / f"{release.tag}.json"
    if not path.exists():
        return _newest_wire()
    return cast("Description", patched(_newest_wire(), json.loads(path.read_text("utf-8"))))


def patched(value: object, patch: object) -> object:
    """A JSON value with a merge patch laid over it (RFC 7396): members that are null there go."""
    if not isinstance(patch, Mapping):
        return patch
    base = value if isinstance(value, Mapping) else {}
    kept = {name: one for name, one in base.items() if name not in patch}
    return kept | {name: patched(base.get(name), one) for name, one in patch.items() if one is not None}


def patch_between(before: object, after: object) -> object:
    """The merge patch that makes `after` of `before`."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return after
    gone = {name: None for name in before if name not in after}
    changed = {
        name: patch_between(before[name], one) if name in before else one
        for name, one in after.items()
        if name not in before or before[name] != one
    }
    return gone | changed
