"""v3's meters: the domain's meters in v3's spelling.

No probe of JSON paths, two reserved dimensions, a PUT that replaces all but the description (recorded:
`v3_meter_*`, `meters_v3_*`, `catalog_kong_docs_meters_v3*`).
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import meters
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.v3 import members
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.query import TEXT, Field, Listing, answer_list

_RESERVED = ("subject", "customer_id")


def shown(row: Row) -> Row:
    """A meter as v3 gives it."""
    return {
        "id": row["id"],
        "aggregation": row["aggregation"].lower(),
        "dimensions": row["groupBy"],
        "labels": shown_labels(row.get("metadata"), row.get("annotations")),
        **members.shown(row, members.METER),
        **members.shown_instants(row),
    }


def _refuse_reserved(dimensions: Mapping[str, Json] | None) -> None:
    for name in dimensions or {}:
        if name in _RESERVED:
            entry = {
                "code": "reserved_dimension",
                "field": f"$.dimensions.{name}",
                "message": "dimension name is reserved",
                "severity": "critical",
                "value": name,
            }
            raise Problem(400, extensions={"validationErrors": [entry]})


LISTING = Listing(
    fields={"key": Field(TEXT, "slug"), "name": Field(TEXT, "name")},
    keys={
        "key": "slug",
        "name": "name",
        "aggregation": "aggregation",
        "created_at": "createdAt",
        "updated_at": "updatedAt",
    },
    default="key",
)


def list_all(world: World, call: Call) -> Answer:
    rows = [row for row in world.store.rows(meters.TABLE) if not row.get("deletedAt")]
    return answer_list(world, call, rows, LISTING, shown)


def post(world: World, call: Call) -> Answer:
    body = call.body
    _refuse_reserved(body.get("dimensions"))
    wish: Row = {
        "aggregation": body["aggregation"].upper(),
        "groupBy": body.get("dimensions"),
        "metadata": from_labels(body.get("labels")) or None,
        **members.stored(body, members.METER),
        **members.stored(body, members.INSTANTS),
    }
    return Answer(201, shown(meters.create(world, wish)))


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(meters.found(world, call.path["meterId"])))


def put(world: World, call: Call) -> Answer:
    """Name, dimensions and labels are replaced by what was sent, the description only if it was."""
    body = call.body
    _refuse_reserved(body.get("dimensions"))
    wish: Row = {
        "name": body.get("name") or "",
        "groupBy": body.get("dimensions"),
        "metadata": from_labels(body.get("labels")) or None,
    }
    if body.get("description") is not None:
        wish["description"] = body["description"]
    return Answer(200, shown(meters.update(world, call.path["meterId"], wish)))


def delete(world: World, call: Call) -> Answer:
    meters.delete(world, call.path["meterId"])
    return Answer(204, EMPTY)
