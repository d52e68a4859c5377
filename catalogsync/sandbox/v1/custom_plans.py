"""What a subscription is given besides a plan of the catalog: a whole plan in the request, or one more card.

A plan in the request is held against all rules of a plan at once, warnings too (recorded:
`impact_subscribe_custom_plan`, `impact_feature_archive_after_edit`; docs/server/subscriptions.md#counting).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalogsync.sandbox.domain import versions
from catalogsync.sandbox.domain.cards import Uncastable, period
from catalogsync.sandbox.domain.catalog_lookup import Source
from catalogsync.sandbox.domain.content_rules import card_issues, phase_prefix, plan_issues
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.currencies import FIAT
from catalogsync.sandbox.domain.issues import Issue, in_force
from catalogsync.sandbox.v1.cards import read_card
from catalogsync.sandbox.v1.plans import read_phases


def _refuse(issues: Iterable[Issue], prefix: str) -> None:
    """Raises the 400 Problem that subscription calls give: coded issues, neither detail nor status."""
    entries = []
    for one in issues:
        entry: Row = {"message": one.message, "severity": "critical" if one.critical else "warning"}
        if one.code:
            entry["code"] = one.code
        if one.field:
            entry["field"] = prefix + one.field.removeprefix("$")
        entries.append(entry)
    if entries:
        raise Problem(400, extensions={"validationErrors": entries})


def source_of_custom_plan(world: World, body: Mapping[str, Json]) -> Source:
    """What a subscription to a plan given in the request is made from. Raises 400 and 500 Problems."""
    if body["currency"] not in FIAT:
        raise Problem(500)
    try:
        cadence, phases = period(body["billingCadence"]), read_phases(body["phases"])
    except Uncastable:
        raise Problem(500) from None
    plan = {"billingCadence": cadence, "currency": body["currency"], "phases": phases}
    _refuse(in_force(world, plan_issues(plan)), "$.plan")
    settled = []
    for phase in phases:
        cards, unknown = versions.settle_cards(world, phase["rateCards"], phase_prefix(phase["key"]))
        _refuse(unknown, "$.plan")
        named = {name: phase.get(name) for name in ("key", "name", "description", "duration")}
        settled.append({**named, "cards": cards})
    return Source(
        ref=None,
        name=body["name"],
        currency=body["currency"],
        fiat=True,
        billing_cadence=cadence,
        pro_rating=body.get("proRatingConfig") or {"enabled": True, "mode": "prorate_prices"},
        settlement_mode=body.get("settlementMode") or "credit_then_invoice",
        phases=tuple(settled),
    )


def card_of_edit(world: World, sent: Row) -> Row:
    """The card an edit adds to a subscription. Raises 400 and 500 Problems."""
    try:
        card = read_card(sent)
    except Uncastable:
        raise Problem(500) from None
    _refuse(in_force(world, card_issues([card], "$.")), "$")
    cards, unknown = versions.settle_cards(world, [card], "$.")
    _refuse(unknown, "$")
    return cards[0]
