"""Notification rules in v1.

Source: docs/server/notifications.md#endpoints, #list, #rules; recorded areas `rules` and `nosvix`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import channels, rules
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Row, World
from catalogsync.sandbox.domain.durations import as_double
from catalogsync.sandbox.v1.channels import listed


def shown(world: World, row: Row, *, all_channels: bool = False) -> Row:
    """A rule as the API gives it. Reads show the enabled, undeleted channels; answers to writes show all
    (`all_channels`, docs/server/notifications.md#rules).
    """
    if not world.does(Behaviour.DISABLED_CHANNELS_HIDDEN):
        all_channels = True
    listed = row["channels"] if all_channels else rules.active_channels(world, row)
    body: Row = {
        "channels": [{"id": id_, "type": "WEBHOOK"} for id_ in listed],
        "createdAt": row["createdAt"],
    }
    if row.get("deletedAt"):
        body["deletedAt"] = row["deletedAt"]
    body["disabled"] = row["disabled"]
    if row.get("features"):
        body["features"] = [{"id": text, "key": ""} for text in row["features"]]
    body["id"] = row["id"]
    if row.get("metadata") is not None:
        body["metadata"] = row["metadata"]
    body["name"] = row["name"]
    if row["type"] == rules.BALANCE:
        body["thresholds"] = row["thresholds"]
    return body | {"type": row["type"], "updatedAt": row["updatedAt"]}


def _read(body: Mapping[str, Json]) -> Row:
    """The fields of the rule's type; those of other types have been dropped (docs/server/notifications.md#rules). Duplicated channels
    collapse.
    """
    read: Row = {
        "type": body["type"],
        "name": body["name"],
        "disabled": body.get("disabled", False),
        "channels": sorted(set(body["channels"])),
        "metadata": body.get("metadata"),
    }
    read["features"] = body.get("features") if body["type"] in rules.WITH_FEATURES else None
    if body["type"] == rules.BALANCE:
        read["thresholds"] = [{"type": t["type"], "value": as_double(t["value"])} for t in body["thresholds"]]
    return read


def list_all(world: World, call: Call) -> Answer:
    rows, answer = listed(world, rules.TABLE, call.query, "ASC")
    return Answer(200, {**answer.body, "items": [shown(world, row) for row in rows]})


def post(world: World, call: Call) -> Answer:
    row = rules.create(world, _read(call.body), call.body["channels"])
    return Answer(201, shown(world, row, all_channels=True))


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, channels.found(world, rules.TABLE, call.path["ruleId"])))


def put(world: World, call: Call) -> Answer:
    row = rules.update(world, call.path["ruleId"], _read(call.body), call.body["channels"])
    return Answer(200, shown(world, row, all_channels=True))


def delete(world: World, call: Call) -> Answer:
    rules.delete(world, call.path["ruleId"])
    return Answer(204, EMPTY)
