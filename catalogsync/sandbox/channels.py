"""The room of notification channels: webhooks without a key, whose secret is shown in clear and must be sent again.

Source: semantics-meters-notifications-transport §2.1–2.3, §2.5, §2.6; recorded areas `channels`, `nosvix`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from catalogsync.sandbox import svix
from catalogsync.sandbox.core import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.paging import envelope, page_of

TABLE = "channels"
_PREFIX = "whsec_"


def shown(row: Row) -> Row:
    """A channel as v1 gives it; the secret always, in clear."""
    body: Row = {
        name: row[name]
        for name in ("id", "type", "name", "url", "disabled", "signingSecret", "createdAt", "updatedAt")
    }
    if row.get("customHeaders"):
        body["customHeaders"] = row["customHeaders"]
    for name in ("metadata", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def not_found(id_: str) -> Problem:
    """What channels, rules and events answer to an unknown id."""
    return Problem(404, f"resource with id {id_} not found in default namespace")


def found(world: World, id_: str) -> Row:
    """The channel with that id, deleted too. Raises the 404 Problem."""
    row = world.store.get(TABLE, id_)
    if row is None:
        raise not_found(id_)
    return row


def live(world: World, id_: str) -> Row | None:
    """The channel with that id, unless it is deleted."""
    row = world.store.get(TABLE, id_)
    return row if row is not None and not row.get("deletedAt") else None


def _check(body: Mapping[str, Json]) -> None:
    """Url and secret together, before anything else (§2.3 "Order of checks")."""
    faults = []
    if body["url"] == "":
        faults.append("missing URL")
    secret = body.get("signingSecret")
    if secret is not None:
        bare = secret.removeprefix(_PREFIX)
        try:
            base64.b64decode(bare, validate=True)
            if len(bare) % 4:
                raise binascii.Error
        except binascii.Error:
            faults.append("invalid signing secret: validation error: invalid base64 string")
    if faults:
        raise Problem(400, "validation error: validation error: " + "\n".join(faults))


def _wish(body: Mapping[str, Json]) -> Row:
    return {
        "type": body["type"],
        "name": body["name"],
        "url": body["url"],
        "disabled": body.get("disabled", False),
        "customHeaders": body.get("customHeaders") or {},
        "metadata": body.get("metadata"),
    }


def _create(world: World, call: Call) -> Answer:
    _check(call.body)
    wish, id_, now = _wish(call.body), world.ids.new(), world.clock.now()
    secret = svix.create(world, id_, wish["url"], call.body.get("signingSecret"), wish["customHeaders"])
    row = {**wish, "id": id_, "signingSecret": secret, "createdAt": now, "updatedAt": world.clock.now()}
    world.store.put(TABLE, row)
    return Answer(201, shown(row))


def _put(world: World, call: Call) -> Answer:
    body = call.body
    _check(body)
    row = found(world, call.path["channelId"])
    if row.get("deletedAt"):
        raise Problem(409, "not allowed to update deleted channel")
    if not body.get("signingSecret"):
        what = "secret length must be between 32 to 100 chars without the optional prefix"
        raise Problem(400, f"validation error: {what}")
    wish = _wish(body)
    svix.update(
        world, row["id"], wish["url"], body["signingSecret"], row["signingSecret"], wish["customHeaders"]
    )
    rules = [
        r["id"] for r in world.store.rows("rules") if row["id"] in r["channels"] and not r.get("deletedAt")
    ]
    svix.rebuild(world, row["id"], rules)
    changed = {**row, **wish, "signingSecret": body["signingSecret"], "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return Answer(200, shown(changed))


def _delete(world: World, call: Call) -> Answer:
    id_ = call.path["channelId"]
    if not world.profile.svix and world.store.get(TABLE, id_) is None:
        raise Problem(500)
    row = found(world, id_)
    using = [r["id"] for r in world.store.rows("rules") if id_ in r["channels"] and not r.get("deletedAt")]
    if using:
        where = f"[namespace=default channel.id={id_}]"
        what = f"failed to delete channel as it is assigned to one or more rules {where}: [{' '.join(using)}]"
        raise Problem(400, f"validation error: {what}")
    svix.remove(world)
    now = world.clock.now()
    world.store.put(TABLE, {**row, "disabled": True, "deletedAt": now, "updatedAt": now})
    return Answer(204, EMPTY)


def _get(world: World, call: Call) -> Answer:
    return Answer(200, shown(found(world, call.path["channelId"])))


def page_of_rows(call: Call, rows: list[Row], show: Any, default_order: str) -> Answer:
    """A list of channels, rules or events: disabled ones only on request, deleted ones never (§2.2)."""
    query = call.query
    rows = [row for row in rows if not row.get("deletedAt")]
    if not query.get("includeDisabled", False):
        rows = [row for row in rows if not row.get("disabled")]
    field = query.get("orderBy", "id")
    rows.sort(key=lambda row: (row[field].removesuffix("Z"), row["id"]))
    if query.get("order", default_order) == "DESC":
        rows.reverse()
    page = page_of(query)
    return Answer(200, envelope([show(row) for row in page.cut(rows)], page, len(rows)))


def _list(world: World, call: Call) -> Answer:
    return page_of_rows(call, world.store.rows(TABLE), shown, "DESC")


_ALL = "/api/v1/notification/channels"
_ONE = _ALL + "/{channelId}"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ONE, _get),
    Route("PUT", _ONE, _put),
    Route("DELETE", _ONE, _delete),
)
