"""The room of notification rules: no key, a fixed type, channels that reads hide when they are disabled.

Source: semantics-meters-notifications-transport §2.1, §2.2, §2.4–2.6; recorded areas `rules`, `nosvix`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox import channels, svix
from catalogsync.sandbox.catalog_lookup import live_feature
from catalogsync.sandbox.core import EMPTY, Answer, Call, Json, Problem, Route, Row, World

TABLE = "rules"
_MOST_CHANNELS = 5


def shown(world: World, row: Row, *, after_write: bool = False) -> Row:
    """A rule as v1 gives it: POST and PUT show all channels, reads only those that are enabled and not deleted (§0 fact 6)."""
    body: Row = {name: row[name] for name in ("id", "type", "name", "disabled", "createdAt", "updatedAt")}
    offered = [channel for id_ in row["channels"] if (channel := channels.live(world, id_)) is not None]
    body["channels"] = [
        {"id": c["id"], "type": c["type"]} for c in offered if after_write or not c["disabled"]
    ]
    if "thresholds" in row:
        body["thresholds"] = row["thresholds"]
    if row.get("features"):
        body["features"] = [{"id": one, "key": ""} for one in row["features"]]
    for name in ("metadata", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def found(world: World, id_: str) -> Row:
    """The rule with that id, deleted too. Raises the 404 Problem."""
    row = world.store.get(TABLE, id_)
    if row is None:
        raise channels.not_found(id_)
    return row


def _wish(body: Mapping[str, Json]) -> Row:
    """What a body asks for; members of other rule types are dropped."""
    wish: Row = {
        "type": body["type"],
        "name": body["name"],
        "disabled": body.get("disabled", False),
        "metadata": body.get("metadata"),
        "channels": list(dict.fromkeys(body["channels"])),
    }
    if body["type"] == "entitlements.balance.threshold":
        wish["thresholds"] = [{"type": t["type"], "value": t["value"]} for t in body["thresholds"]]
    if body["type"].startswith("entitlements."):
        wish["features"] = body.get("features") or []
    return wish


def _check(body: Mapping[str, Json]) -> None:
    """Features, thresholds and the number of channels, all at once (§2.4 "Order of refusals")."""
    inner = []
    sent = body.get("features") or []
    if body["type"].startswith("entitlements.") and len(set(sent)) < len(sent):
        inner.append("duplicated features")
    if body["type"] == "entitlements.balance.threshold":
        inner += [fault for one in body["thresholds"] if (fault := _threshold_fault(one))]
    faults = ["validation error: " + inner[0], *inner[1:]] if inner else []
    if len(body["channels"]) > _MOST_CHANNELS:
        faults.append(f"too many channels: {len(body['channels'])} > {_MOST_CHANNELS}")
    if faults:
        raise Problem(400, "validation error: " + "\n".join(faults))


def _threshold_fault(threshold: Mapping[str, Json]) -> str:
    kind, value = threshold["type"], threshold["value"]
    may_be_zero = kind == "balance_value"
    if value > 0 or (may_be_zero and value == 0):
        return ""
    least = "greater than or equal to 0" if may_be_zero else "greater than 0"
    return f"invalid threshold with type {kind}: value must be {least}: {value:.2f}"


def _check_features(world: World, wish: Row) -> None:
    missing = [one for one in wish.get("features") or [] if live_feature(world, one) is None]
    if missing:
        raise Problem(
            400, f"validation error: validation error: non-existing features: [{' '.join(missing)}]"
        )


def _check_channels(world: World, wish: Row) -> None:
    missing = [one for one in wish["channels"] if channels.live(world, one) is None]
    if missing:
        raise Problem(400, f"validation error: non-existing channels: [{' '.join(missing)}]")


def _occupy(world: World, rule: str, wanted: list[str], kept: list[str]) -> None:
    """Takes a place on each channel, oldest first. A full one refuses, and the places already taken leak: the row is rolled back,
    the webhook service is not (§2.4 (b)).
    """
    taken: list[str] = []
    for id_ in sorted(wanted):
        if not svix.take(world, id_, rule):
            channel = channels.found(world, id_)
            lists = {one: svix.places(world, one) for one in taken}
            world.store.rollback()
            for one, places in lists.items():
                svix.rebuild(world, one, places)
            world.store.commit()
            where = f"[notification.channel.id={id_} notification.channel.name={channel['name']}]"
            raise Problem(
                400,
                f"validation error: maximum number ({svix.PLACES}) of rules for webhook channels exceeded {where}",
            )
        taken.append(id_)
    for id_ in kept:
        if id_ not in wanted and not channels.found(world, id_)["disabled"]:
            svix.free(world, id_, rule)


def _create(world: World, call: Call) -> Answer:
    _check(call.body)
    wish = _wish(call.body)
    _check_features(world, wish)
    _check_channels(world, wish)
    id_, now = world.ids.new(), world.clock.now()
    _occupy(world, id_, wish["channels"], [])
    row = {**wish, "id": id_, "createdAt": now, "updatedAt": now}
    world.store.put(TABLE, row)
    return Answer(201, shown(world, row, after_write=True))


def _put(world: World, call: Call) -> Answer:
    _check(call.body)
    row = found(world, call.path["ruleId"])
    if row.get("deletedAt"):
        raise Problem(409, "not allowed to update deleted rule")
    wish = _wish(call.body)
    _check_features(world, wish)
    if wish["type"] != row["type"]:
        raise Problem(400, f"validation error: cannot change rule type: {row['type']} to {wish['type']}")
    _check_channels(world, wish)
    if set(wish["channels"]) != set(row["channels"]):
        _occupy(world, row["id"], wish["channels"], row["channels"])
    changed = {**row, **wish, "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return Answer(200, shown(world, changed, after_write=True))


def _delete(world: World, call: Call) -> Answer:
    row = found(world, call.path["ruleId"])
    for id_ in row["channels"]:
        channel = channels.live(world, id_)
        if channel is not None and not channel["disabled"] and not row.get("deletedAt"):
            svix.free(world, id_, row["id"])
    now = world.clock.now()
    world.store.put(TABLE, {**row, "disabled": True, "deletedAt": now, "updatedAt": now})
    return Answer(204, EMPTY)


def _get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, found(world, call.path["ruleId"])))


def _list(world: World, call: Call) -> Answer:
    return channels.page_of_rows(call, world.store.rows(TABLE), lambda row: shown(world, row), "ASC")


_ALL = "/api/v1/notification/rules"
_ONE = _ALL + "/{ruleId}"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ONE, _get),
    Route("PUT", _ONE, _put),
    Route("DELETE", _ONE, _delete),
)
