"""What every subscription call begins with: finding it, reading a timing, the state it must be in."""

from __future__ import annotations

from collections.abc import Iterable

from catalogsync.sandbox.domain.contract import Problem, Row, World
from catalogsync.sandbox.domain.instants import canonical, parse, show
from catalogsync.sandbox.domain.subscription_spec import (
    ALLOWED,
    billing_period,
    runs_at,
    status,
)

TIMINGS = ("immediate", "next_billing_cycle")


def found(world: World, id_: str) -> Row:
    """The subscription with that id. Raises a 404 Problem when there is none or it was deleted."""
    row = world.store.get(TABLE, id_)
    if row is None or "deletedAt" in row:
        raise Problem(404, f"not found error: subscription {id_} not found")
    return row


def resolve(world: World, sub: Row, timing: str) -> str:
    """The instant a timing means for a running subscription. Raises the 400 Problem of one that has not begun."""
    now = world.clock.now()
    if timing == "immediate":
        return now
    if timing == "next_billing_cycle":
        period = billing_period(sub, parse(now))
        if period is None:
            raise Problem(400, extensions={"validationErrors": [_BEFORE_START]})
        return show(period[1])
    return canonical(timing)


_BEFORE_START = {
    "code": "subscription_billing_period_queried_before_subscription_start",
    "message": "billing period queried before subscription start",
    "severity": "critical",
}


def check_state(world: World, sub: Row, action: str) -> None:
    """Raises the 403 Problem when the subscription's state does not allow an action."""
    state = status(sub, parse(world.clock.now()))
    if action not in ALLOWED[state]:
        raise Problem(403, f"forbidden error: transition {action} in state {state} not allowed")


def refuse_conversion(cards: Iterable[Row]) -> None:
    """v1 cannot show a unit conversion: a subscription call that would is refused with a coded 400 without
    detail (docs/server/v3-and-v1.md#kinds).
    """
    if any(card.get("unitConfig") for card in cards):
        entry = {
            "code": "unit_config_not_representable",
            "message": "this resource uses unit_config and is only available via the v3 API",
            "severity": "critical",
        }
        raise Problem(400, extensions={"validationErrors": [entry]})


TABLE = "subscriptions"


def of_customer(world: World, customer_id: str) -> list[Row]:
    """The customer's subscriptions that are not deleted, in the order they were made."""
    return [row for row in world.store.by(TABLE, "customerId", customer_id) if "deletedAt" not in row]


def active_of_customer(world: World, customer_id: str, at: str) -> list[Row]:
    """The customer's subscriptions that run at an instant."""
    instant = parse(at)
    return [row for row in of_customer(world, customer_id) if runs_at(row, instant)]


def hold_feature(world: World, key: str) -> bool:
    """Whether a subscription that has not ended holds a feature by its key, so that it cannot be archived
    (docs/server/features.md#archive).

    Deleted subscriptions and items that an edit took away again hold it too: the server looks at neither.
    """
    now = parse(world.clock.now())
    return any(
        key in row["features"] and (not row.get("activeTo") or parse(row["activeTo"]) > now)
        for row in world.store.rows(TABLE)
    )


def open_invoice(world: World, customer: Row) -> str | None:
    """The id of the customer's gathering invoice: there is one while a subscription with a price has not
    ended.
    """
    now = parse(world.clock.now())
    for sub in of_customer(world, customer["id"]):
        if sub.get("invoiceId") and status(sub, now) != "inactive":
            return str(sub["invoiceId"])
    return None
