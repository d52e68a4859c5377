"""v3's tax codes: list, read, and a DELETE that is not allowed (recorded: `v3_tax_code`)."""

from __future__ import annotations

from catalogsync.sandbox.domain import catalog_lookup
from catalogsync.sandbox.domain.contract import Answer, Call, Problem, Row, World
from catalogsync.sandbox.domain.instants import canonical
from catalogsync.sandbox.v3.labels import shown_labels
from catalogsync.sandbox.v3.problems import forbidden
from catalogsync.sandbox.v3.query import listed, page_of, pairs_of


def shown(row: Row) -> Row:
    """A tax code as v3 gives it."""
    return {
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


def list_all(world: World, call: Call) -> Answer:
    page = page_of(pairs_of(call))
    rows = list(catalog_lookup.tax_codes(world).values())
    return Answer(200, listed([shown(row) for row in page.cut(rows)], page, len(rows)))


def get(world: World, call: Call) -> Answer:
    id_ = call.path["taxCodeId"]
    row = catalog_lookup.tax_codes(world).get(id_)
    if row is None:
        entry = {
            "code": "tax_code_not_found",
            "field": "$.id",
            "id": id_,
            "message": "tax code not found",
            "severity": "critical",
        }
        raise Problem(404, extensions={"validationErrors": [entry]})
    return Answer(200, shown(row))


def delete(world: World, call: Call) -> Answer:
    raise forbidden("Deleting tax codes is not allowed")


def get_defaults(world: World, call: Call) -> Answer:
    """The seeded codes that invoices and credit grants use."""
    by_key = {row["key"]: row for row in catalog_lookup.tax_codes(world).values()}
    invoicing, granting = by_key["default"], by_key["nontaxable"]
    body = {
        "invoicing_tax_code": {"id": invoicing["id"]},
        "credit_grant_tax_code": {"id": granting["id"]},
        "created_at": canonical(granting["createdAt"]),
        "updated_at": canonical(granting["updatedAt"]),
    }
    return Answer(200, body)
