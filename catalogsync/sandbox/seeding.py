"""A twin of a live catalog: what was read of it, written as a sandbox's rows. Ids, versions and instants
are kept.

Signing secrets are copied only where it is asked for: else each channel gets a fresh one. Customers are kept as a count per plan key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalogsync.sandbox.domain import channels, features, meters, rules, svix, taxcodes
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS, PLANS
from catalogsync.sandbox.domain.contract import Row, World
from catalogsync.sandbox.domain.customer_lookup import COUNTS
from catalogsync.sandbox.seedread import Read

_COMPUTED = ("status", "validationErrors")


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many objects of each kind were copied (versions count each), and what a reader should know."""

    counts: Mapping[str, int]
    notes: tuple[str, ...]


def write(world: World, found: Read, *, secrets: bool = False) -> Seeded:
    """Fills an empty world with what was read; the caller commits."""
    notes = list(found.notes)
    for meter in found.meters:
        world.store.put(meters.TABLE, {**meter, "_eventFrom": meter.get("eventFrom")})
    for feature in found.features:
        world.store.put(features.TABLE, _feature(world, feature, notes))
    for addon in found.addons:
        world.store.put(ADDONS, {**_kept(addon), "rateCards": _cards(world, addon["rateCards"])})
    for plan in found.plans:
        phases = [{**phase, "rateCards": _cards(world, phase["rateCards"])} for phase in plan["phases"]]
        world.store.put(PLANS, {**_kept(plan), "phases": phases})
    for plan_id, assignments in found.assignments.items():
        for assignment in assignments:
            world.store.put(PLAN_ADDONS, _assignment(world, plan_id, assignment))
    _write_notifications(world, found, notes, secrets)
    for key, count in found.customers.items():
        world.store.put(COUNTS, {"id": key, "count": count})
    assigned = sum(map(len, found.assignments.values()))
    counts = {name: len(getattr(found, name)) for name in ("meters", "features", "addons", "plans")}
    counts |= {"assignments": assigned, "channels": len(found.channels), "rules": len(found.rules)}
    return Seeded({**counts, "customers": sum(found.customers.values())}, tuple(notes))


def _kept(body: Row) -> Row:
    return {name: value for name, value in body.items() if name not in _COMPUTED}


def _feature(world: World, body: Row, notes: list[str]) -> Row:
    """A feature is bound to its meter by slug: a live meter first, else the youngest deleted one of that
    slug.
    """
    row = {k: v for k, v in body.items() if k not in ("meterSlug", "meterGroupByFilters")}
    row["filters"] = row.pop("advancedMeterGroupByFilters", None)
    slug = body.get("meterSlug")
    if slug:
        named = world.store.by(meters.TABLE, "slug", slug)
        bound = next((m for m in reversed(named) if not m.get("deletedAt")), named[-1] if named else None)
        if bound is None:
            notes.append(f"feature {body['key']}: its meter {slug} is not among the meters that v1 lists")
        else:
            row["meterId"] = bound["id"]
    return row


def _cards(world: World, cards: Iterable[Row]) -> list[Row]:
    return [_card(world, card) for card in cards]


def _card(world: World, card: Row) -> Row:
    """A card with its feature's id: the live feature of its key, else the youngest archived one."""
    stored = dict(card)
    if card.get("featureKey"):
        named = world.store.by(features.TABLE, "key", card["featureKey"])
        bound = next((f for f in named if not f.get("archivedAt")), named[-1] if named else None)
        if bound is not None:
            stored["featureId"] = bound["id"]
    price = card["price"]
    if price is not None and price["type"] == "dynamic":
        stored["price"] = {"multiplier": "1", **price}
    if card.get("taxConfig"):
        _keep_tax_code(world, card["taxConfig"])
        stored = taxcodes.settle(world, stored)
    return stored


def _keep_tax_code(world: World, tax: Row) -> None:
    """A tax code that the twin has not met is made under its own id."""
    id_ = tax.get("taxCodeId")
    if id_ is None or world.store.get(taxcodes.TABLE, id_) is not None:
        return
    stripe = (tax.get("stripe") or {}).get("code")
    key = f"stripe_{stripe}" if stripe else f"tax_{id_.lower()}"
    now = world.clock.now()
    row: Row = {"id": id_, "key": key, "name": stripe or key, "metadata": None, "annotations": None}
    row["appMappings"] = [{"appType": "stripe", "taxCode": stripe}] if stripe else []
    world.store.put(taxcodes.TABLE, {**row, "createdAt": now, "updatedAt": now})


def _assignment(world: World, plan_id: str, body: Row) -> Row:
    """v1 does not tell an assignment's own id: it gets a fresh one."""
    row = {k: v for k, v in _kept(body).items() if k != "addon"}
    return {**row, "id": world.ids.new(), "planId": plan_id, "addonId": body["addon"]["id"]}


def _write_notifications(world: World, found: Read, notes: list[str], secrets: bool) -> None:
    places: dict[str, list[str]] = {channel["id"]: [] for channel in found.channels}
    for body in found.rules:
        row = {**body, "channels": sorted(channel["id"] for channel in body["channels"])}
        row["features"] = [feature["id"] for feature in body.get("features", ())] or None
        world.store.put(rules.TABLE, row)
        for id_ in row["channels"]:
            places.setdefault(id_, []).append(body["id"])
    for body in found.channels:
        secret = (body.get("signingSecret") if secrets else None) or svix.fresh_secret(world)
        world.store.put(channels.TABLE, {**body, "signingSecret": secret})
        held = {"id": body["id"], "secret": secret, "rotated": [], "places": places[body["id"]]}
        world.store.put(svix.TABLE, held)
    if found.channels and not secrets:
        notes.append("signing secrets are not copied: each channel has a fresh one")
    if found.rules and any(channel["disabled"] for channel in found.channels):
        notes.append(
            "the server does not say which rules point at disabled channels: those links are missing"
        )
