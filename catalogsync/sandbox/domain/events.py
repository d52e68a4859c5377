"""The room of notification events: what a rule's test stores, its list and its resend. Nothing is ever sent.

Source: semantics-meters §2.1; recorded `rules_test_*`, `rules_events_*`.
"""

from __future__ import annotations

from datetime import datetime

from catalogsync.sandbox.domain import channels, rules, sample_events
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.v1.paging import envelope, page_of

TABLE = "events"


def _shown(world: World, row: Row) -> Row:
    """An event, with its rule as the rule is now."""
    rule = channels.found(world, rules.TABLE, row["ruleId"])
    return {
        "annotations": {"notification.rule.test": True},
        "createdAt": row["createdAt"],
        "deliveryStatus": [
            {
                "attempts": [],
                "channel": {"id": id_, "type": "WEBHOOK"},
                "reason": "",
                "state": "PENDING",
                "updatedAt": row["updatedAt"],
            }
            for id_ in row["channels"]
        ],
        "id": row["id"],
        "payload": {"data": row["data"], "id": row["id"], "timestamp": row["createdAt"], "type": row["type"]},
        "rule": rules.shown(world, rule),
        "type": row["type"],
    }


def _test(world: World, call: Call) -> Answer:
    """Stores an event with a sample payload, to be delivered to the rule's active channels."""
    rule = channels.found(world, rules.TABLE, call.path["ruleId"])
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
    return Answer(200, _shown(world, row))


def _list(world: World, call: Call) -> Answer:
    """Newest first. `feature` and `subject` look at annotations that test events do not have."""
    query = call.query
    _check_period(query.get("from"), query.get("to"))
    rows = [row for row in world.store.rows(TABLE) if _is_wanted(row, query)]
    order_by = query.get("orderBy", "createdAt")
    rows.sort(key=lambda row: (row[order_by], row["id"]), reverse=query.get("order", "DESC") == "DESC")
    page = page_of(query)
    return Answer(200, envelope([_shown(world, row) for row in page.cut(rows)], page, len(rows)))


def _check_period(start: str | None, end: str | None) -> None:
    if start and end and _instant(start) > _instant(end):
        what = f"period start ({_in_go(start)}) is after the period end ({_in_go(end)})"
        raise Problem(400, f"validation error: invalid time period: {what}")


def _is_wanted(row: Row, query: Json) -> bool:
    if "feature" in query or "subject" in query:
        return False
    if "rule" in query and row["ruleId"] not in query["rule"]:
        return False
    if "channel" in query and not set(query["channel"]) & set(row["channels"]):
        return False
    created = _instant(row["createdAt"])
    if "from" in query and created < _instant(query["from"]):
        return False
    return "to" not in query or created <= _instant(query["to"])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text if "T" in text else text + "T00:00:00Z")


def _in_go(text: str) -> str:
    return f"{_instant(text):%Y-%m-%d %H:%M:%S} +0000 UTC"


def _get(world: World, call: Call) -> Answer:
    return Answer(200, _shown(world, channels.found(world, TABLE, call.path["eventId"])))


def _resend(world: World, call: Call) -> Answer:
    """Takes the event's own channels; a delivery that has not been sent yet stays as it is."""
    row = channels.found(world, TABLE, call.path["eventId"])
    for id_ in call.body.get("channels") or ():
        if id_ not in row["channels"]:
            raise Problem(400, f"validation error: channel {id_} not found")
    return Answer(202, EMPTY)


_ALL = "/api/v1/notification/events"

ROUTES = (
    Route("POST", "/api/v1/notification/rules/{ruleId}/test", _test),
    Route("GET", _ALL, _list),
    Route("GET", _ALL + "/{eventId}", _get),
    Route("POST", _ALL + "/{eventId}/resend", _resend),
)
