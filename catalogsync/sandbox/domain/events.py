"""Notification events: what a rule's test stores, and its resend. Nothing is ever sent.

Source: docs/server/notifications.md#endpoints; recorded `rules_test_*`, `rules_events_*`.
"""

from __future__ import annotations

from collections.abc import Iterable

from catalogsync.sandbox.domain import channels, rules, sample_events
from catalogsync.sandbox.domain.contract import Problem, Row, World

TABLE = "events"


def create_test(world: World, rule_id: str) -> Row:
    """Stores an event with a sample payload, to be delivered to the rule's active channels. Raises 400 and 404 Problems."""
    rule = channels.found(world, rules.TABLE, rule_id)
    if rule.get("deletedAt"):
        raise Problem(404, f"resource with id {rule['id']} not found in {channels.NAMESPACE} namespace")
    if rule["disabled"]:
        raise Problem(400, "validation error: failed to send event: rule is disabled")
    now = world.clock.now()
    row = {
        "id": world.ids.new(),
        "type": rule["type"],
        "ruleId": rule["id"],
        "channels": rules.active_channels(world, rule),
        "data": sample_events.data(world, rule["type"], now),
        "createdAt": now,
        "updatedAt": world.clock.now(),
    }
    world.store.put(TABLE, row)
    return row


def resend(world: World, id_: str, wanted: Iterable[str]) -> None:
    """Takes the event's own channels; a delivery that has not been sent yet stays as it is. Raises 400 and 404 Problems."""
    row = channels.found(world, TABLE, id_)
    for channel in wanted:
        if channel not in row["channels"]:
            raise Problem(400, f"validation error: channel {channel} not found")
