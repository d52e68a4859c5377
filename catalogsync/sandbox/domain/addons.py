"""The room of add-ons: versions of a key from draft to archived.

Source: semantics-productcatalog §4; recorded area `addons`. v3's room uses the functions without a Call.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import versions
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS
from catalogsync.sandbox.domain.content_rules import (
    addon_issues,
    addon_publish_issues,
    card_issues,
    only_critical,
    stored_again,
)
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.domain.currencies import FIAT
from catalogsync.sandbox.domain.currency_rules import publish_issues
from catalogsync.sandbox.domain.issues import issue, refuse
from catalogsync.sandbox.domain.issues import shown as shown_issues
from catalogsync.sandbox.domain.plans import activate
from catalogsync.sandbox.v1.cards import Uncastable, read_card, shown_card

_WHAT = "add-on"


def hidden(row: Row) -> str | None:
    """Why v1 does not show this version, None if it does."""
    return versions.hidden_because(row["currency"], row["rateCards"])


def shown(world: World, row: Row) -> Row:
    """An add-on version as v1 gives it (§4.3). Raises the coded Problem of one that v1 cannot show."""
    versions.refuse_hidden(hidden(row))
    body: Row = {
        name: row[name]
        for name in ("id", "key", "version", "name", "instanceType", "currency", "createdAt", "updatedAt")
    }
    body["status"] = versions.status(world, row)
    body["rateCards"] = [shown_card(card) for card in row["rateCards"]]
    body["validationErrors"] = shown_issues(addon_issues(row))
    if row.get("metadata"):
        body["metadata"] = row["metadata"]
    for name in ("description", "effectiveFrom", "effectiveTo", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def issues(world: World, row: Row) -> list[Row]:
    """A version's own validation errors, with severity (v3's reads)."""
    return [one.read() for one in addon_issues(row)]


def found(world: World, id_: str) -> Row:
    """The version with that id, deleted too. Raises the 404 Problem."""
    return versions.by_id(world, ADDONS, id_, _WHAT)


def create(world: World, wish: Row) -> Row:
    """Stores a draft. Raises 400 Problems in the order of §2.7."""
    refuse(_WHAT, only_critical(addon_issues(wish)))
    if versions.draft_of(world, ADDONS, wish["key"]):
        raise Problem(400, "validation error: only a single draft version is allowed for add-on")
    now = world.clock.now()
    row = {
        **wish,
        "rateCards": _settled(world, wish["rateCards"]),
        "id": world.ids.new(),
        "version": versions.next_version(world, ADDONS, wish["key"]),
        "createdAt": now,
        "updatedAt": now,
    }
    world.store.put(ADDONS, row)
    return row


def _settled(world: World, cards: list[Row]) -> list[Row]:
    settled, unknown = versions.settle_cards(world, cards, "$.")
    refuse(_WHAT, unknown)
    refuse(_WHAT, stored_again(settled))
    return settled


def update(world: World, id_: str, wish: Row, *, v1: bool = False) -> Row:
    """Replaces a draft's content; what `wish` lacks is kept. Raises 400 and 404 Problems: the sent cards are looked at before the
    version is (tried on the real server). `v1` may not touch a hidden version.
    """
    refuse(_WHAT, only_critical([*card_issues(wish["rateCards"], "$.")]))
    row = found(world, id_)
    if v1:
        versions.refuse_hidden(hidden(row))
    _must_be(world, row, "draft", "addon_invalid_status")
    refuse(_WHAT, only_critical(addon_issues({**row, **wish})))
    changed = {**row, **wish, "rateCards": _settled(world, wish["rateCards"])}
    if _without_card_metadata(changed) != _without_card_metadata(row):
        changed["updatedAt"] = world.clock.now()
    world.store.put(ADDONS, changed)
    return changed


def _without_card_metadata(row: Row) -> Row:
    """What the server compares to tell whether anything changed (§7 N38)."""
    return {**row, "rateCards": [{k: v for k, v in c.items() if k != "metadata"} for c in row["rateCards"]]}


def _must_be(world: World, row: Row, state: str, code: str) -> None:
    if versions.status(world, row) != state:
        refuse(_WHAT, [issue(code, "$.status")])


def publish(world: World, id_: str) -> Row:
    """Makes a draft the active version (§4.6). Raises 400 and 404 Problems."""
    row = found(world, id_)
    if row.get("deletedAt"):
        raise Problem(400, "validation error: cannot publish a deleted add-on")
    state = versions.status(world, row)
    wrong = [
        *([] if state == "draft" else [issue("addon_invalid_status_for_publish", "$.status")]),
        *addon_issues(row),
        *addon_publish_issues(row),
        *publish_issues(world, row),
        *versions.feature_issues(world, row["rateCards"], "$."),
    ]
    refuse(_WHAT, wrong)
    return activate(world, row, ADDONS)


def archive(world: World, id_: str) -> Row:
    """Ends an active version now. Raises 400 and 404 Problems."""
    row = found(world, id_)
    if row.get("deletedAt"):
        raise Problem(400, "validation error: cannot archive a deleted add-on")
    _must_be(world, row, "active", "addon_invalid_status")
    now = world.clock.now()
    archived = {**row, "effectiveTo": now, "updatedAt": now}
    world.store.put(ADDONS, archived)
    return archived


def delete(world: World, id_: str) -> None:
    """Soft-deletes a version that is neither active nor assigned to any plan version (§4.5). Raises 400 and 404 Problems."""
    row = found(world, id_)
    if row.get("deletedAt"):
        return
    if any(not one.get("deletedAt") for one in world.store.by(PLAN_ADDONS, "addonId", row["id"])):
        where = f"[namespace=default id={row['id']} key={row['key']}]"
        what = f"failed to delete add-on {where}: add-on has active assignments"
        raise Problem(400, f"validation error: {what}")
    if versions.status(world, row) == "active":
        refuse(_WHAT, [issue("addon_invalid_status", "$.status")])
    now = world.clock.now()
    world.store.put(ADDONS, {**row, "deletedAt": now, "updatedAt": now})


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


def _create(world: World, call: Call) -> Answer:
    body = call.body
    if body["currency"] not in FIAT:
        raise Problem(500)
    wish = {**_read(body), "key": body["key"], "currency": body["currency"]}
    return Answer(201, shown(world, create(world, wish)))


def _put(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, update(world, call.path["addonId"], _read(call.body), v1=True)))


def _get(world: World, call: Call) -> Answer:
    latest = call.query.get("includeLatest", False)
    return Answer(
        200, shown(world, versions.find(world, ADDONS, call.path["addonId"], latest=latest, what=_WHAT))
    )


def _list(world: World, call: Call) -> Answer:
    """All filters are AND-ed (§4.4); hidden versions are left out."""
    query = call.query
    rows = [row for row in world.store.rows(ADDONS) if hidden(row) is None]
    if not query.get("includeDeleted", False):
        rows = [row for row in rows if not row.get("deletedAt")]
    for name in ("id", "key", "currency"):
        if query.get(name):
            rows = [row for row in rows if row[name] in query[name]]
    if query.get("keyVersion"):
        rows = [row for row in rows if versions.key_version_matches(row, query["keyVersion"])]
    if states := query.get("status"):
        rows = [row for row in rows if versions.status(world, row) in states]
    return Answer(200, versions.listed(query, rows, lambda row: shown(world, row)))


def _publish(world: World, call: Call) -> Answer:
    row = found(world, call.path["addonId"])
    versions.refuse_hidden(hidden(row))
    before = versions.active_of(world, ADDONS, row["key"])
    if before is not None and versions.status(world, row) == "draft" and not row.get("deletedAt"):
        versions.refuse_hidden(hidden(before))
    return Answer(200, shown(world, publish(world, row["id"])))


def _archive(world: World, call: Call) -> Answer:
    versions.refuse_hidden(hidden(found(world, call.path["addonId"])))
    return Answer(200, shown(world, archive(world, call.path["addonId"])))


def _delete(world: World, call: Call) -> Answer:
    delete(world, call.path["addonId"])
    return Answer(204, EMPTY)


_ALL = "/api/v1/addons"
_ONE = _ALL + "/{addonId}"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ONE, _get),
    Route("PUT", _ONE, _put),
    Route("DELETE", _ONE, _delete),
    Route("POST", _ONE + "/publish", _publish),
    Route("POST", _ONE + "/archive", _archive),
)
