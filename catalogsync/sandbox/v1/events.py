"""Notification events in v1: a rule's test, the list, the resend.

Source: docs/server/notifications.md#endpoints; recorded `rules_test_*`, `rules_events_*`.
"""

from __future__ import annotations

from datetime import datetime

from catalogsync.sandbox.domain import channels, events, rules
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.v1.paging import envelope, page_of
from catalogsync.sandbox.v1.rules import shown as shown_rule


def shown(world: World, row: Row) -> Row:
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
        "rule": shown_rule(world, rule),
        "type": row["type"],
    }


def test_rule(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, events.create_test(world, call.path["ruleId"])))


def list_all(world: World, call: Call) -> Answer:
    """Newest first. `feature` and `subject` look at annotations that test events do not have."""
    query = call.query
    _check_period(query.get("from"), query.get("to"))
    rows = [row for row in world.store.rows(events.TABLE) if _is_wanted(row, query)]
    order_by = query.get("orderBy", "createdAt")
    rows.sort(key=lambda row: (row[order_by], row["id"]), reverse=query.get("order", "DESC") == "DESC")
    page = page_of(query)
    return Answer(200, envelope([shown(world, row) for row in page.cut(rows)], page, len(rows)))


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


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, channels.found(world, events.TABLE, call.path["eventId"])))


def resend(world: World, call: Call) -> Answer:
    events.resend(world, call.path["eventId"], call.body.get("channels") or ())
    return Answer(202, EMPTY)
