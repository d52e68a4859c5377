"""What every subscription call begins with: finding it, reading a timing, the state it must be in."""

from __future__ import annotations

from collections.abc import Iterable

from catalogsync.sandbox.domain.contract import Problem, Row, World
from catalogsync.sandbox.domain.instants import canonical, parse, show
from catalogsync.sandbox.domain.subscription_spec import ALLOWED, billing_period, status
from catalogsync.sandbox.v1 import subscription_views

TIMINGS = ("immediate", "next_billing_cycle")


def found(world: World, id_: str) -> Row:
    """The subscription with that id. Raises a 404 Problem when there is none or it was deleted."""
    row = world.store.get(subscription_views.TABLE, id_)
    if row is None or "deletedAt" in row:
        raise Problem(404, f"not found error: subscription {id_} not found")
    return row


def resolve(world: World, sub: Row, timing: str) -> str:
    """The instant a timing means for a running subscription."""
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
    detail (§6).
    """
    if any(card.get("unitConfig") for card in cards):
        entry = {
            "code": "unit_config_not_representable",
            "message": "this resource uses unit_config and is only available via the v3 API",
            "severity": "critical",
        }
        raise Problem(400, extensions={"validationErrors": [entry]})
