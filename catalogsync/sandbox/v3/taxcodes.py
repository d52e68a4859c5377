"""v3's tax codes; a DELETE is not allowed.

Source: docs/server/v3.md#currencies; recorded `v3_tax_code`, `v3tax_*`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import taxcodes
from catalogsync.sandbox.domain.contract import Answer, Call, Json, Row, World
from catalogsync.sandbox.domain.instants import canonical
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.problems import forbidden
from catalogsync.sandbox.v3.query import listed, page_of, pairs_of


def shown(row: Row) -> Row:
    """A tax code as v3 gives it."""
    body = {
        "id": row["id"],
        "key": row["key"],
        "name": row["name"],
        "labels": shown_labels(row.get("metadata"), row.get("annotations")),
        "app_mappings": [
            {"app_type": one["appType"], "tax_code": one["taxCode"]} for one in row["appMappings"]
        ],
        "created_at": canonical(row["createdAt"]),
        "updated_at": canonical(row["updatedAt"]),
    }
    if row.get("description") is not None:
        body["description"] = row["description"]
    return body


def list_all(world: World, call: Call) -> Answer:
    """In no order of the server's; filters and sorts are ignored."""
    page = page_of(pairs_of(call))
    rows = world.store.rows(taxcodes.TABLE)
    return Answer(200, listed([shown(row) for row in page.cut(rows)], page, len(rows)))


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(taxcodes.found(world, call.path["taxCodeId"])))


def _read(body: Mapping[str, Json]) -> Row:
    wish: Row = {"name": body["name"], "metadata": from_labels(body.get("labels"))}
    wish["appMappings"] = [
        {"appType": one["app_type"], "taxCode": one["tax_code"]} for one in body["app_mappings"]
    ]
    if body.get("description") is not None:
        wish["description"] = body["description"]
    return wish


def post(world: World, call: Call) -> Answer:
    return Answer(201, shown(taxcodes.create(world, {"key": call.body["key"], **_read(call.body)})))


def put(world: World, call: Call) -> Answer:
    return Answer(200, shown(taxcodes.update(world, call.path["taxCodeId"], _read(call.body))))


def delete(world: World, call: Call) -> Answer:
    raise forbidden("Deleting tax codes is not allowed")


def get_defaults(world: World, call: Call) -> Answer:
    """The seeded codes, which invoices and credit grants use; that others can be chosen is not emulated."""
    (invoicing,), (granting,) = (
        world.store.by(taxcodes.TABLE, "key", key) for key in ("default", "nontaxable")
    )
    body = {
        "invoicing_tax_code": {"id": invoicing["id"]},
        "credit_grant_tax_code": {"id": granting["id"]},
        "created_at": canonical(granting["createdAt"]),
        "updated_at": canonical(granting["updatedAt"]),
    }
    return Answer(200, body)
