"""Add-ons in v1: versions of a key from draft to archived.

Source: docs/server/addons.md#addons; recorded area `addons`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import addons, versions
from catalogsync.sandbox.domain.cards import Uncastable
from catalogsync.sandbox.domain.catalog_lookup import ADDONS
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.currencies import is_fiat
from catalogsync.sandbox.domain.issues import shown as shown_issues
from catalogsync.sandbox.v1.cards import read_card, shown_card
from catalogsync.sandbox.v1.paging import key_version_matches, listed, versions_asked


def shown(world: World, row: Row) -> Row:
    """An add-on version as v1 gives it (docs/server/addons.md#response). Raises the coded Problem of one that v1 cannot show."""
    versions.refuse_hidden(addons.hidden(row))
    body: Row = {
        name: row[name]
        for name in ("id", "key", "version", "name", "instanceType", "currency", "createdAt", "updatedAt")
    }
    body["status"] = versions.status(world, row)
    body["rateCards"] = [shown_card(card) for card in row["rateCards"]]
    body["validationErrors"] = shown_issues(addons.issues_of(world, row))
    if row.get("metadata"):
        body["metadata"] = row["metadata"]
    for name in ("description", "effectiveFrom", "effectiveTo", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def _read(body: Mapping[str, Json]) -> Row:
    wish: Row = {"name": body["name"], "instanceType": body["instanceType"]}
    for name in ("description", "metadata"):
        if body.get(name) is not None:
            wish[name] = body[name]
    try:
        wish["rateCards"] = [read_card(card) for card in body["rateCards"]]
    except Uncastable as fault:
        if "missing UsagePeriod" in str(fault):
            raise Problem(400, "validation error: missing" + str(fault).rpartition("missing")[2]) from None
        raise Problem(500) from None
    return wish


def post(world: World, call: Call) -> Answer:
    body = call.body
    if not is_fiat(world, body["currency"]):
        raise Problem(500)
    wish = {**_read(body), "key": body["key"], "currency": body["currency"]}
    return Answer(201, shown(world, addons.create(world, wish)))


def put(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, addons.update(world, call.path["addonId"], _read(call.body), v1=True)))


def get(world: World, call: Call) -> Answer:
    latest = call.query.get("includeLatest", False)
    return Answer(
        200, shown(world, versions.find(world, ADDONS, call.path["addonId"], latest=latest, what=addons.WHAT))
    )


def list_all(world: World, call: Call) -> Answer:
    """All filters are AND-ed (docs/server/addons.md#list); hidden versions are left out."""
    query = call.query
    rows = versions_asked(world, ADDONS, query, lambda row: addons.hidden(row) is None)
    asked = [name for name in ("id", "key", "currency", "keyVersion") if query.get(name)]
    joined = all if world.does(Behaviour.ADDON_FILTERS_JOINED) else any
    if asked:
        rows = [row for row in rows[:] if joined(_matches(row, name, query[name]) for name in asked)]
    if states := query.get("status"):
        rows = [row for row in rows[:] if versions.status(world, row) in states]
    return Answer(200, listed(query, rows, lambda row: shown(world, row)))


def _matches(row: Row, name: str, wanted: Json) -> bool:
    return key_version_matches(row, wanted) if name == "keyVersion" else row[name] in wanted


def publish(world: World, call: Call) -> Answer:
    row = addons.found(world, call.path["addonId"])
    versions.refuse_hidden(addons.hidden(row))
    before = versions.active_of(world, ADDONS, row["key"])
    if before is not None and versions.status(world, row) == "draft" and not row.get("deletedAt"):
        versions.refuse_hidden(addons.hidden(before))
    return Answer(200, shown(world, addons.publish(world, row["id"])))


def archive(world: World, call: Call) -> Answer:
    versions.refuse_hidden(addons.hidden(addons.found(world, call.path["addonId"])))
    return Answer(200, shown(world, addons.archive(world, call.path["addonId"])))


def delete(world: World, call: Call) -> Answer:
    addons.delete(world, call.path["addonId"])
    return Answer(204, EMPTY)
