"""Notification channels in v1.

Source: docs/server/notifications.md#endpoints, #list, #channels; recorded areas `channels` and `nosvix`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import channels
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Row, World
from catalogsync.sandbox.v1.paging import envelope, page_of


def shown(row: Row) -> Row:
    """A channel as the API gives it, its signing secret in clear (docs/server/notifications.md#channels)."""
    body: Row = {"createdAt": row["createdAt"]}
    if row.get("customHeaders"):
        body["customHeaders"] = row["customHeaders"]
    if row.get("deletedAt"):
        body["deletedAt"] = row["deletedAt"]
    body |= {"disabled": row["disabled"], "id": row["id"]}
    if row.get("metadata") is not None:
        body["metadata"] = row["metadata"]
    return body | {name: row[name] for name in ("name", "signingSecret", "type", "updatedAt", "url")}


def listed(
    world: World, table: str, query: Mapping[str, Json], default_order: str
) -> tuple[list[Row], Answer]:
    """The rows of a list's page and the answer that holds them; disabled ones only if asked for, deleted
    ones never (docs/server/notifications.md#list).
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


def _read(body: Mapping[str, Json]) -> Row:
    """The stored members of a body."""
    return {
        "type": body["type"],
        "name": body["name"],
        "url": body["url"],
        "disabled": body.get("disabled", False),
        "customHeaders": body.get("customHeaders", {}),
        "metadata": body.get("metadata"),
        "signingSecret": body.get("signingSecret") or None,
    }


def list_all(world: World, call: Call) -> Answer:
    rows, answer = listed(world, channels.TABLE, call.query, "DESC")
    return Answer(200, {**answer.body, "items": [shown(row) for row in rows]})


def post(world: World, call: Call) -> Answer:
    return Answer(201, shown(channels.create(world, _read(call.body))))


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(channels.found(world, channels.TABLE, call.path["channelId"])))


def put(world: World, call: Call) -> Answer:
    return Answer(200, shown(channels.update(world, call.path["channelId"], _read(call.body))))


def delete(world: World, call: Call) -> Answer:
    channels.delete(world, call.path["channelId"])
    return Answer(204, EMPTY)
