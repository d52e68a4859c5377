"""What customers, subscriptions and entitlements need to know of the catalog: its rows as they are stored.

A card here is the domain's: v1's spelling, with `unitConfig` and `currency` beside the price (docs/server/v3-and-v1.md#rate-card-fields).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.currencies import FIAT

FEATURES, PLANS, ADDONS, PLAN_ADDONS, TAX_CODES = "features", "plans", "addons", "planAddons", "taxCodes"


@dataclass(frozen=True, slots=True)
class Source:
    """The plan a subscription is made from. `ref` is None for a plan given in the request."""

    ref: Row | None
    name: str
    currency: str
    fiat: bool
    billing_cadence: str
    pro_rating: Mapping[str, Json]
    settlement_mode: str
    phases: tuple[Mapping[str, Json], ...]


def tax_codes(world: World) -> dict[str, Row]:
    """The tax codes there are, by id."""
    return {row["id"]: row for row in world.store.rows(TAX_CODES)}


def live_feature(world: World, id_or_key: str) -> Row | None:
    """The feature that is not archived, by id or by key."""
    row = world.store.get(FEATURES, id_or_key)
    rows = [row] if row is not None else world.store.by(FEATURES, "key", id_or_key)
    return next((one for one in rows if not one.get("archivedAt")), None)


def feature_of_card(world: World, card: Row) -> Row | None:
    """The feature a card names: by its id, else the newest with its key, archived or not."""
    if card.get("featureId"):
        return world.store.get(FEATURES, card["featureId"])
    if not card.get("featureKey"):
        return None
    rows = world.store.by(FEATURES, "key", card["featureKey"])
    return next((one for one in rows if not one.get("archivedAt")), rows[-1] if rows else None)


def plan_status(row: Row, now: str) -> str:
    """draft, scheduled, active, archived or invalid: read from the effective period (docs/server/plans.md#status)."""
    start, end = row.get("effectiveFrom"), row.get("effectiveTo")
    if start is None:
        return "draft" if end is None else "invalid"
    if end is not None and moment(end) <= moment(now):
        return "archived"
    return "scheduled" if moment(start) > moment(now) else "active"


def moment(instant: str) -> str:
    """An instant of the clock as a text that sorts by time (a shorter fraction is the earlier one)."""
    return instant.removesuffix("Z")


def active_plan(world: World, key: str) -> Row | None:
    """The version of a plan that is in force."""
    now = world.clock.now()
    rows = [row for row in world.store.by(PLANS, "key", key) if not row.get("deletedAt")]
    return next((row for row in rows if plan_status(row, now) == "active"), None)


def plan_version(world: World, key: str, version: int) -> Row | None:
    """A version of a plan in any state, deleted too."""
    rows = [row for row in world.store.by(PLANS, "key", key) if row["version"] == version]
    return rows[-1] if rows else None


def addon(world: World, id_: str) -> Row:
    """An add-on version by id, deleted too. Raises a 404 Problem."""
    row = world.store.get(ADDONS, id_)
    if row is None:
        raise Problem(404, f"not found error: add-on not found. [namespace=default id={id_}]")
    return row


def assignment(world: World, plan_id: str, addon_id: str) -> Row | None:
    """The live offer of an add-on version on a plan version."""
    rows = world.store.by(PLAN_ADDONS, "planId", plan_id)
    return next((row for row in rows if row["addonId"] == addon_id and not row.get("deletedAt")), None)


def source_of_plan(world: World, row: Row) -> Source:
    """What a subscription to this plan version is made from."""
    phases = [
        {name: phase.get(name) for name in ("key", "name", "description", "duration")}
        | {"cards": phase["rateCards"]}
        for phase in row["phases"]
    ]
    return Source(
        ref={"id": row["id"], "key": row["key"], "version": row["version"]},
        name=row["name"],
        currency=row["currency"],
        fiat=row["currency"] in FIAT,
        billing_cadence=row["billingCadence"],
        pro_rating=row["proRatingConfig"],
        settlement_mode=row["settlementMode"],
        phases=tuple(phases),
    )


def cards_of_addon(world: World, addon: Row) -> list[Row]:
    """An add-on's cards."""
    found: list[Row] = addon["rateCards"]
    return found
