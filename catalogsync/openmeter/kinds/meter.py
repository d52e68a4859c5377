"""Meters: aggregations over events, known by their slug (docs/server/meters.md#meters)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds.spec import PUBLISHED_OR_DELETED, STAMPS, KeyOf, KindSpec, Normal, Parts
from catalogsync.openmeter.kinds.texts import Texts, given, texts
from catalogsync.openmeter.releases import Behaviour
from catalogsync.openmeter.scalars import instant

METER = Kind.declare("meter")


class MeterBody(Texts, total=False):
    """A meter, as a manifest, an answer or the normal form has it. Paths are JSON paths into an event's data, by dimension in `groupBy`."""

    slug: str
    aggregation: str
    eventType: str
    eventFrom: str | None
    valueProperty: str | None
    groupBy: Mapping[str, str] | None


def as_meter(body: Body) -> MeterBody:
    """A body that a schema, or the server, vouches for."""
    return cast("MeterBody", body)


def _normal(body: Body, slug: str, _key_of: KeyOf) -> Normal:
    """No name means the slug; instants compare as instants (docs/server/meters.md#response)."""
    raw = as_meter(body)
    out: Normal = {
        "name": raw.get("name") or slug,
        "aggregation": raw.get("aggregation"),
        "eventType": raw.get("eventType"),
    }
    texts(raw, out)
    for name in ("valueProperty", "groupBy"):
        if body.get(name):
            out[name] = body[name]
    if event_from := raw.get("eventFrom"):
        out["eventFrom"] = instant(event_from)
    return out


def _request(normal: Body, slug: str) -> Normal:
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


def _manifest(normal: Body, slug: str) -> Normal:
    return {"slug": slug, **normal}


def _aligned(expected: Body, live: Body, _unseen: frozenset[str]) -> Body:
    """A description can never be cleared (docs/server/meters.md#update), so expecting none accepts any."""
    if "description" in expected or "description" not in live:
        return live
    return {name: value for name, value in live.items() if name != "description"}


def _dimensions(normal: Body) -> set[str]:
    return set(as_meter(normal).get("groupBy") or ())


def _json_paths(body: Body) -> Iterator[tuple[tuple[str, ...], object]]:
    yield ("valueProperty",), body.get("valueProperty")
    groups = body.get("groupBy")
    if isinstance(groups, Mapping):
        yield from ((("groupBy", name), path) for name, path in groups.items())


SPEC = KindSpec(
    kind=METER,
    title="meter",
    about="What is counted: events of one type, aggregated.",
    identity="slug",
    collection="/meters",
    folder="meters",
    bare_list=True,
    read_only=STAMPS,
    lifecycles=PUBLISHED_OR_DELETED,
    lost_when_remade="; entitlements and archived features stay with the deleted one",
    renamed="Features and entitlements of the old one go on with that one; once it is deleted, what it counted cannot be asked under its slug.",
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
