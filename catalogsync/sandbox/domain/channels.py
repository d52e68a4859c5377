"""The room of notification channels: webhooks without a key of their own, behind Svix.

Source: semantics-meters §2.1–2.3, §2.5, §2.6; recorded areas `channels` and `nosvix`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalogsync.sandbox.domain import svix
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.v1.paging import envelope, page_of

TABLE = "channels"
RULES = "rules"
NAMESPACE = "default"
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def shown(row: Row) -> Row:
    """A channel as the API gives it, its signing secret in clear (§2.3)."""
    body: Row = {"createdAt": row["createdAt"]}
    if row.get("customHeaders"):
        body["customHeaders"] = row["customHeaders"]
    if row.get("deletedAt"):
        body["deletedAt"] = row["deletedAt"]
    body |= {"disabled": row["disabled"], "id": row["id"]}
    if row.get("metadata") is not None:
        body["metadata"] = row["metadata"]
    return body | {name: row[name] for name in ("name", "signingSecret", "type", "updatedAt", "url")}


def found(world: World, table: str, id_: str) -> Row:
    """The channel, rule or event by id, deleted ones too. Raises the 404 Problem."""
    row = world.store.get(table, id_)
    if row is None:
        raise Problem(404, f"resource with id {id_} not found in {NAMESPACE} namespace")
    return row


def listed(
    world: World, table: str, query: Mapping[str, Json], default_order: str
) -> tuple[list[Row], Answer]:
    """The rows of a list's page and the answer that holds them; disabled ones only if asked for, deleted
    ones never (§2.2).
    """
    rows = [row for row in world.store.rows(table) if not row.get("deletedAt")]
    if not query.get("includeDisabled", False):
        rows = [row for row in rows if not row["disabled"]]
    return _page(rows, query, default_order)


def _page(rows: list[Row], query: Mapping[str, Json], default_order: str) -> tuple[list[Row], Answer]:
    field = query.get("orderBy", "id")
    rows = sorted(
        rows, key=lambda row: (row[field], row["id"]), reverse=query.get("order", default_order) == "DESC"
    )
    page = page_of(query)
    cut = page.cut(rows)
    return cut, Answer(200, envelope(cut, page, len(rows)))


def rules_of(world: World, channel_id: str) -> list[str]:
    """The ids of the undeleted rules, enabled or not, that point at a channel."""
    rules = world.store.rows(RULES)
    return [rule["id"] for rule in rules if channel_id in rule["channels"] and not rule.get("deletedAt")]


def _faults(body: Mapping[str, Json]) -> None:
    """The service's own checks, joined by line breaks. Raises the 400 Problem (§2.5)."""
    faults = ["missing URL"] if body["url"] == "" else []
    secret = body.get("signingSecret")
    if secret is not None and not _BASE64.fullmatch(secret.removeprefix(svix.PREFIX)):
        faults.append("invalid signing secret: validation error: invalid base64 string")
    if faults:
        raise Problem(400, "validation error: validation error: " + "\n".join(faults))


def _without_backend(world: World) -> None:
    """Without Svix every write ends in the no-op handler's bare 500 (§2.6)."""
    if not world.profile.svix:
        raise Problem(500)


def _wish(body: Mapping[str, Json]) -> Row:
    return {
        "type": body["type"],
        "name": body["name"],
        "url": body["url"],
        "disabled": body.get("disabled", False),
        "customHeaders": body.get("customHeaders", {}),
        "metadata": body.get("metadata"),
    }


def _list(world: World, call: Call) -> Answer:
    rows, answer = listed(world, TABLE, call.query, "DESC")
    return Answer(200, {**answer.body, "items": [shown(row) for row in rows]})


def _create(world: World, call: Call) -> Answer:
    body = call.body
    _faults(body)
    _without_backend(world)
    created, id_ = world.clock.now(), world.ids.new()
    wish = _wish(body)
    secret = svix.create(world, id_, body["url"], body.get("signingSecret"), wish["customHeaders"])
    row = {**wish, "id": id_, "signingSecret": secret, "createdAt": created, "updatedAt": world.clock.now()}
    world.store.put(TABLE, row)
    return Answer(201, shown(row))


def _get(world: World, call: Call) -> Answer:
    return Answer(200, shown(found(world, TABLE, call.path["channelId"])))


def _put(world: World, call: Call) -> Answer:
    """Replaces everything but the type. The order of refusals is recorded (§2.3)."""
    body = call.body
    _faults(body)
    row = found(world, TABLE, call.path["channelId"])
    if row.get("deletedAt"):
        raise Problem(409, "not allowed to update deleted channel")
    _without_backend(world)
    secret = body.get("signingSecret")
    if secret is None:
        what = "secret length must be between 32 to 100 chars without the optional prefix"
        raise Problem(400, f"validation error: {what}")
    wish = _wish(body)
    svix.update(
        world, row["id"], body["url"], secret, wish["customHeaders"], rules=rules_of(world, row["id"])
    )
    changed = {**row, **wish, "signingSecret": secret, "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return Answer(200, shown(changed))


def _delete(world: World, call: Call) -> Answer:
    """Refused while rules point at it; may be repeated, and renews `deletedAt` (§2.3)."""
    id_ = call.path["channelId"]
    rules = rules_of(world, id_)
    if rules:
        what = "failed to delete channel as it is assigned to one or more rules"
        where = f"[namespace={NAMESPACE} channel.id={id_}]: [{' '.join(rules)}]"
        raise Problem(400, f"validation error: {what} {where}")
    _without_backend(world)
    row = found(world, TABLE, id_)
    svix.remove(world, id_)
    now = world.clock.now()
    world.store.put(TABLE, {**row, "disabled": True, "deletedAt": now, "updatedAt": now})
    return Answer(204, EMPTY)


_ALL = "/api/v1/notification/channels"
_ONE = _ALL + "/{channelId}"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ONE, _get),
    Route("PUT", _ONE, _put),
    Route("DELETE", _ONE, _delete),
)
