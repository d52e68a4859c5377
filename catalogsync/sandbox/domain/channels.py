"""Notification channels: webhooks without a key of their own, behind Svix.

Source: docs/server/notifications.md#notifications; recorded areas `channels` and `nosvix`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalogsync.sandbox.domain import svix
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World, holds_nul

TABLE = "channels"
RULES = "rules"
NAMESPACE = "default"


_SECRET_LENGTHS = range(32, 101)
_SECRET_LENGTH = "length must be between 32 to 100 chars without the optional prefix"
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def found(world: World, table: str, id_: str) -> Row:
    """The channel, rule or event by id, deleted ones too. Raises the 404 Problem."""
    row = world.store.get(table, id_)
    if row is None:
        raise Problem(404, f"resource with id {id_} not found in {NAMESPACE} namespace")
    return row


def rules_of(world: World, channel_id: str) -> list[str]:
    """The ids of the undeleted rules, enabled or not, that point at a channel."""
    rules = world.store.rows(RULES)
    return [rule["id"] for rule in rules if channel_id in rule["channels"] and not rule.get("deletedAt")]


def _refuse_unfit(wish: Mapping[str, Json]) -> None:
    """The service's own checks, joined by line breaks. Raises the 400 Problem (docs/server/notifications.md#errors)."""
    unknown = [f"validation error: invalid channel type: {wish['type']}"] if wish["type"] != "WEBHOOK" else []
    faults = ["missing URL"] if wish["url"] == "" else []
    if wish["signingSecret"] is not None:
        faults += _secret_faults(wish["signingSecret"])
    said = [*unknown, "channel name is required"] if wish["name"] == "" else [*unknown]
    said += unknown or (["validation error: " + "\n".join(faults)] if faults else [])
    if said:
        raise Problem(400, "validation error: " + "\n".join(said))


def _secret_faults(secret: str) -> list[str]:
    encoded = secret.removeprefix(svix.PREFIX)
    faults = [] if len(encoded.encode()) in _SECRET_LENGTHS else [f"secret {_SECRET_LENGTH}"]
    faults += [] if _BASE64.fullmatch(re.sub(r"[\r\n]", "", encoded)) else ["invalid base64 string"]
    return ["invalid signing secret: validation error: " + "\n".join(faults)] if faults else []


def _refuse_without_svix(world: World) -> None:
    """Without Svix every write ends in the no-op handler's bare 500 (docs/server/notifications.md#without-svix)."""
    if not world.profile.svix:
        raise Problem(500)


def create(world: World, wish: Row) -> Row:
    """Stores a channel and makes its endpoint; without a signing secret it gets a fresh one. Raises 400 and 500 Problems."""
    _refuse_unfit(wish)
    _refuse_without_svix(world)
    created, id_ = world.clock.now(), world.ids.new()
    secret = svix.create(world, id_, wish["url"], wish["signingSecret"], wish["customHeaders"])
    row = {**wish, "id": id_, "signingSecret": secret, "createdAt": created, "updatedAt": world.clock.now()}
    world.store.put(TABLE, row)
    return row


def update(world: World, id_: str, wish: Row) -> Row:
    """Replaces everything but the type. The order of refusals is recorded (docs/server/notifications.md#channels). Raises 400, 404, 409 and 500
    Problems.
    """
    _refuse_unfit(wish)
    row = found(world, TABLE, id_)
    if row.get("deletedAt"):
        raise Problem(409, "not allowed to update deleted channel")
    _refuse_without_svix(world)
    if holds_nul(wish):
        raise Problem(500)  # the database comes before Svix
    secret = wish["signingSecret"]
    if secret is None:
        raise Problem(400, f"validation error: secret {_SECRET_LENGTH}")
    rules = rules_of(world, row["id"])
    svix.update(world, row["id"], wish["url"], secret, wish["customHeaders"], rules=rules)
    changed = {**row, **wish, "updatedAt": world.clock.now()}
    world.store.put(TABLE, changed)
    return changed


def delete(world: World, id_: str) -> None:
    """Soft-deletes a channel that no rule points at; may be repeated, and renews `deletedAt` (docs/server/notifications.md#channels). Raises 400,
    404 and 500 Problems.
    """
    rules = rules_of(world, id_)
    if rules:
        what = "failed to delete channel as it is assigned to one or more rules"
        where = f"[namespace={NAMESPACE} channel.id={id_}]: [{' '.join(rules)}]"
        raise Problem(400, f"validation error: {what} {where}")
    _refuse_without_svix(world)
    row = found(world, TABLE, id_)
    svix.remove(world, id_)
    now = world.clock.now()
    world.store.put(TABLE, {**row, "disabled": True, "deletedAt": now, "updatedAt": now})
