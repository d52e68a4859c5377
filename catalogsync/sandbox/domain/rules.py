"""Notification rules: which events go to which channels.

Source: docs/server/notifications.md#notifications; recorded areas `rules` and `nosvix`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalogsync.sandbox.domain import channels, features, svix
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World

TABLE = channels.RULES
BALANCE = "entitlements.balance.threshold"
_MAX_CHANNELS = 5
_THRESHOLDS = ("PERCENT", "NUMBER", "balance_value", "usage_percentage", "usage_value")
WITH_FEATURES = (BALANCE, "entitlements.reset")


def active_channels(world: World, row: Row) -> list[str]:
    """The ids of the rule's channels that are enabled and not deleted."""
    return [id_ for id_ in row["channels"] if _is_active(world.store.get(channels.TABLE, id_))]


def _is_active(channel: Row | None) -> bool:
    return channel is not None and not channel["disabled"] and not channel.get("deletedAt")


def _check_form(wish: Row, sent_channels: Sequence[str]) -> None:
    """What the service sees without looking at other objects, all of it at once. Raises the 400 Problem
    (docs/server/notifications.md#rules, order of refusals).
    """
    sent = wish["features"] or []
    faults = ["duplicated features"] if len(set(sent)) < len(sent) else []
    if wish["type"] == BALANCE and not wish["thresholds"]:
        faults.append("must provide at least one threshold")
    faults += [fault for t in wish.get("thresholds", ()) if (fault := _threshold_fault(t))]
    said = ["rule name is required"] if wish["name"] == "" else []
    said += ["validation error: " + "\n".join(faults)] if faults else []
    if not sent_channels:
        said.append("at least one channel is required")
    if len(sent_channels) > _MAX_CHANNELS:
        said.append(f"too many channels: {len(sent_channels)} > {_MAX_CHANNELS}")
    if said:
        raise Problem(400, "validation error: " + "\n".join(said))


def _threshold_fault(threshold: Mapping[str, Json]) -> str | None:
    kind, value = threshold["type"], float(threshold["value"])
    if kind not in _THRESHOLDS:
        return f"unknown balance threshold type: {kind}"
    zero_allowed = kind == "balance_value"
    if value > 0 or (zero_allowed and value == 0):
        return None
    bound = "greater than or equal to 0" if zero_allowed else "greater than 0"
    return f"invalid threshold with type {kind}: value must be {bound}: {value:.2f}"


def _check_features(world: World, wish: Row) -> None:
    unknown = [text for text in wish["features"] or () if not _is_feature(world, text)]
    if unknown:
        raise Problem(
            400, f"validation error: validation error: non-existing features: [{' '.join(unknown)}]"
        )


def _is_feature(world: World, text: str) -> bool:
    by_id = world.store.get(features.TABLE, text)
    rows = world.store.by(features.TABLE, "key", text) + ([by_id] if by_id else [])
    return any(not row.get("archivedAt") for row in rows)


def _check_channels(world: World, sent: Sequence[str]) -> None:
    rows = ((id_, world.store.get(channels.TABLE, id_)) for id_ in sent)
    unknown = [id_ for id_, row in rows if row is None or row.get("deletedAt")]
    if unknown:
        raise Problem(400, f"validation error: non-existing channels: [{' '.join(unknown)}]")


def _attach(world: World, rule_id: str, channel_ids: Sequence[str]) -> None:
    """Takes the rule's place on each channel, oldest channel first. At a full one it raises the 400
    Problem, and the places taken before stay taken: Svix knows nothing of the transaction that is rolled
    back (docs/server/notifications.md#rules, recorded `rules_ten_leak_of_refused_post`).
    """
    if channel_ids and not world.profile.svix:
        raise Problem(500)
    for id_ in channel_ids:
        if not svix.take_place(world, id_, rule_id):
            world.store.commit()
            name = (world.store.get(channels.TABLE, id_) or {})["name"]
            what = f"maximum number ({svix.PLACES}) of rules for webhook channels exceeded"
            where = f"[notification.channel.id={id_} notification.channel.name={name}]"
            raise Problem(400, f"validation error: {what} {where}")


def _detach(world: World, rule_id: str, channel_ids: Sequence[str]) -> None:
    if channel_ids and not world.profile.svix:
        raise Problem(500)
    for id_ in channel_ids:
        svix.leave_place(world, id_, rule_id)


def create(world: World, wish: Row, sent_channels: Sequence[str]) -> Row:
    """Stores a rule and takes its places on the channels. Raises 400 and 500 Problems."""
    _check_form(wish, sent_channels)
    _check_features(world, wish)
    _check_channels(world, sent_channels)
    created, id_ = world.clock.now(), world.ids.new()
    _attach(world, id_, wish["channels"])
    row = {**wish, "id": id_, "createdAt": created, "updatedAt": world.clock.now()}
    world.store.put(TABLE, row)
    return row


def update(world: World, id_: str, wish: Row, sent_channels: Sequence[str]) -> Row:
    """Replaces everything but the type. The order of refusals is recorded (`rules_put_order_of_refusals`). Raises 400, 404, 409 and
    500 Problems.
    """
    _check_form(wish, sent_channels)
    row = channels.found(world, TABLE, id_)
    if row.get("deletedAt"):
        raise Problem(409, "not allowed to update deleted rule")
    _check_features(world, wish)
    if wish["type"] != row["type"]:
        raise Problem(400, f"validation error: cannot change rule type: {row['type']} to {wish['type']}")
    _check_channels(world, sent_channels)
    before = active_channels(world, row)
    _attach(world, row["id"], [id_ for id_ in wish["channels"] if id_ not in before])
    _detach(world, row["id"], [id_ for id_ in before if id_ not in wish["channels"]])
    changed = {**row, **wish, "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return changed


def delete(world: World, id_: str) -> None:
    """Soft-deletes a rule. It leaves its places on the active channels only; may be repeated, and renews `deletedAt`
    (docs/server/notifications.md#rules).
    """
    row = channels.found(world, TABLE, id_)
    _detach(world, row["id"], active_channels(world, row))
    now = world.clock.now()
    world.store.put(TABLE, {**row, "disabled": True, "deletedAt": now, "updatedAt": now})
