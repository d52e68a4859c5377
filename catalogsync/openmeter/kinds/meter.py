"""Meters: aggregations over events, known by their slug (docs/server/meters.md#meters)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalogsync.core.canon import JsonObject
from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds.spec import PUBLISHED_OR_DELETED, STAMPS, KeyOf, KindSpec, Normal, Parts
from catalogsync.openmeter.kinds.texts import Raw, given, texts
from catalogsync.openmeter.releases import Behaviour
from catalogsync.openmeter.scalars import instant

METER = Kind.declare("meter")


def _normal(raw: Raw, slug: str, _key_of: KeyOf) -> Normal:
    """No name means the slug; instants compare as instants (docs/server/meters.md#response)."""
    out: Normal = {
        "name": raw.get("name") or slug,
        "aggregation": raw.get("aggregation"),
        "eventType": raw.get("eventType"),
    }
    texts(raw, out)
    for name in ("valueProperty", "groupBy"):
        if raw.get(name):
            out[name] = raw[name]
    if raw.get("eventFrom"):
        out["eventFrom"] = instant(raw["eventFrom"])
    return out


def _request(normal: Raw, slug: str) -> Normal:
    names = (
        "name",
        "description",
        "aggregation",
        "eventType",
        "eventFrom",
        "valueProperty",
        "groupBy",
        "metadata",
    )
    return {"slug": slug, **given(normal, names)}


def _manifest(normal: Raw, slug: str) -> Normal:
    return {"slug": slug, **normal}


def _aligned(expected: Raw, live: Raw, _unseen: frozenset[str]) -> Raw:
    """A description can never be cleared (docs/server/meters.md#update), so expecting none accepts any."""
    if "description" in expected or "description" not in live:
        return live
    return {name: value for name, value in live.items() if name != "description"}


def _dimensions(normal: JsonObject) -> set[str]:
    groups: Any = normal.get("groupBy") or {}
    return set(groups)


def _json_paths(body: Raw) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield ("valueProperty",), body.get("valueProperty")
    groups = body.get("groupBy")
    if isinstance(groups, Mapping):
        yield from ((("groupBy", name), path) for name, path in groups.items())


SPEC = KindSpec(
    kind=METER,
    title="meter",
    identity="slug",
    collection="/meters",
    folder="meters",
    bare_list=True,
    read_only=STAMPS,
    lifecycles=PUBLISHED_OR_DELETED,
    lost_when_remade="; entitlements and archived features stay with the deleted one",
    fixed=frozenset({"aggregation", "eventType", "eventFrom", "valueProperty"}),
    put=("name", "description", "groupBy", "metadata"),
    cleared={"groupBy": {}, "metadata": {}},
    kept=frozenset({"description"}),
    kept_since={"metadata": Behaviour.METER_METADATA},
    normal=_normal,
    request=_request,
    manifest=_manifest,
    aligned=_aligned,
    parts=Parts("groupBy", _dimensions),
    json_paths=_json_paths,
)
