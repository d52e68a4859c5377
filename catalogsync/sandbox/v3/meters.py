"""v3's room of meters: the domain's meters in v3's spelling.

No probe of JSON paths, two reserved dimensions, a PUT that replaces all but the description (recorded:
`v3_meter_*`, `meters_v3_*`, `catalog_kong_docs_meters_v3*`).
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import meters
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.domain.instants import canonical
from catalogsync.sandbox.v3.dispatch import pairs_of
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.query import TEXT, Field, filtered, listed, ordered, page_of

_RESERVED = ("subject", "customer_id")


def shown(row: Row) -> Row:
    """A meter as v3 gives it."""
    body: Row = {
        "id": row["id"],
        "key": row["slug"],
        "name": row["name"],
        "aggregation": row["aggregation"].lower(),
        "event_type": row["eventType"],
        "dimensions": row["groupBy"],
        "labels": shown_labels(row.get("metadata"), row.get("annotations")),
    }
    names = (("description", "description"), ("value_property", "valueProperty"))
    body |= {name: row[own] for name, own in names if row.get(own) is not None}
    instants = (
        ("events_from", "eventFrom"),
        ("created_at", "createdAt"),
        ("updated_at", "updatedAt"),
        ("deleted_at", "deletedAt"),
    )
    return body | {name: canonical(row[own]) for name, own in instants if row.get(own)}


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


def _list(world: World, call: Call) -> Answer:
    pairs = pairs_of(call)
    page = page_of(pairs)
    fields = {"key": Field(TEXT, lambda row: row["slug"]), "name": Field(TEXT, lambda row: row["name"])}
    keys = {
        "key": lambda row: row["slug"],
        "name": lambda row: row["name"],
        "aggregation": lambda row: row["aggregation"],
        "created_at": lambda row: row["createdAt"],
        "updated_at": lambda row: row["updatedAt"],
    }
    rows = [row for row in world.store.rows(meters.TABLE) if not row.get("deletedAt")]
    rows = ordered(filtered(rows, pairs, fields), pairs, keys, "key")
    return Answer(200, listed([shown(row) for row in page.cut(rows)], page, len(rows)))


def _create(world: World, call: Call) -> Answer:
    body = call.body
    _refuse_reserved(body.get("dimensions"))
    wish: Row = {
        "slug": body["key"],
        "name": body["name"],
        "aggregation": body["aggregation"].upper(),
        "eventType": body["event_type"],
        "groupBy": body.get("dimensions"),
        "metadata": from_labels(body.get("labels")) or None,
    }
    names = (
        ("description", "description"),
        ("value_property", "valueProperty"),
        ("events_from", "eventFrom"),
    )
    wish |= {own: body[name] for name, own in names if body.get(name) is not None}
    return Answer(201, shown(meters.create(world, wish)))


def _get(world: World, call: Call) -> Answer:
    return Answer(200, shown(meters.found(world, call.path["meterId"])))


def _put(world: World, call: Call) -> Answer:
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


def _delete(world: World, call: Call) -> Answer:
    meters.delete(world, call.path["meterId"])
    return Answer(204, EMPTY)


_ALL = "/api/v3/openmeter/meters"

ROUTES: tuple[Route, ...] = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ALL + "/{meterId}", _get),
    Route("PUT", _ALL + "/{meterId}", _put),
    Route("DELETE", _ALL + "/{meterId}", _delete),
)
