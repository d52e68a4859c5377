"""v3's plans: the domain's plans in v3's spelling, without labels; no `next`.

PUT keeps labels and description when they are omitted and replaces pro-rating and phases; key, currency and
billing cadence cannot be sent (recorded: `v3_plan_*`, `v3_reads_v1_plan`, `v3_put_of_v1_draft`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalogsync.sandbox.domain import catalog_lookup, plans
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Row, World
from catalogsync.sandbox.domain.currency_rules import refuse_unknown
from catalogsync.sandbox.v3 import members
from catalogsync.sandbox.v3.labels import from_labels
from catalogsync.sandbox.v3.query import EXACT, TEXT, Field, Listing, answer_list
from catalogsync.sandbox.v3.ratecards import read_card, read_period, refuse_unit_config, shown_card

_STATES = ("draft", "active", "archived", "scheduled")


def shown_issues(issues: Iterable[Row], *, attributes: bool = False) -> list[Row]:
    """Validation issues as v3 lists them: without severity, an add-on's with their attributes."""
    names = ("code", "field", "message", "attributes") if attributes else ("code", "field", "message")
    return [{name: value for name, value in one.items() if name in names} for one in issues]


def _read(body: Mapping[str, Json]) -> Row:
    """What create and update have in common."""
    enabled = body.get("pro_rating_enabled") is not False
    read: Row = {
        "name": body["name"],
        "proRatingConfig": {"enabled": enabled, "mode": "prorate_prices" if enabled else ""},
        "phases": [_read_phase(phase) for phase in body["phases"]],
    }
    if body.get("description") is not None:
        read["description"] = body["description"]
    if body.get("labels") is not None:
        read["metadata"] = from_labels(body["labels"])
    return read


def _read_phase(phase: Mapping[str, Json]) -> Row:
    read: Row = {"key": phase["key"], "name": phase["name"], "duration": read_period(phase.get("duration"))}
    if phase.get("description") is not None:
        read["description"] = phase["description"]
    if metadata := from_labels(phase.get("labels")):
        read["metadata"] = metadata
    read["rateCards"] = [read_card(card, for_addon=False) for card in phase["rate_cards"]]
    return read


def shown(world: World, row: Row) -> Row:
    """A plan version as v3 gives it."""
    codes = catalog_lookup.tax_codes(world)
    body: Row = {name: row[name] for name in ("id", "key", "name", "version", "currency")}
    body |= members.shown_instants(row)
    body |= {
        "billing_cadence": row["billingCadence"],
        "pro_rating_enabled": row["proRatingConfig"]["enabled"],
        "settlement_mode": row["settlementMode"],
        "status": catalog_lookup.plan_status(row, world.clock.now()),
        "phases": [_shown_phase(phase, codes) for phase in row["phases"]],
    }
    if row.get("description") is not None:
        body["description"] = row["description"]
    if issues := plans.issues(world, row):
        body["validation_errors"] = shown_issues(issues)
    return body


def _shown_phase(phase: Mapping[str, Json], codes: Mapping[str, Row]) -> Row:
    body: Row = {"key": phase["key"], "name": phase["name"]}
    for name in ("description", "duration"):
        if phase.get(name) is not None:
            body[name] = phase[name]
    body["rate_cards"] = [shown_card(card, for_addon=False, tax_codes=codes) for card in phase["rateCards"]]
    return body


LISTING = Listing(
    fields={
        "key": Field(TEXT, "key"),
        "name": Field(TEXT, "name"),
        "status": Field(EXACT, catalog_lookup.plan_status, _STATES, "plan"),
        "currency": Field(EXACT, "currency"),
    },
    keys={
        "id": "id",
        "key": "key",
        "version": "version",
        "created_at": "createdAt",
        "updated_at": "updatedAt",
    },
    default="id",
)


def list_all(world: World, call: Call) -> Answer:
    rows = [row for row in world.store.rows(catalog_lookup.PLANS) if not row.get("deletedAt")]
    return answer_list(world, call, rows, LISTING, lambda row: shown(world, row))


def _cards(body: Mapping[str, Json]) -> list[Row]:
    return [card for phase in body["phases"] for card in phase["rate_cards"]]


def post(world: World, call: Call) -> Answer:
    body = call.body
    refuse_unit_config(world, _cards(body))
    wish = _read(body)
    wish |= {
        "key": body["key"],
        "currency": body["currency"],
        "billingCadence": read_period(body["billing_cadence"]),
    }
    refuse_unknown(world, "plan", wish)
    return Answer(201, shown(world, plans.create(world, wish)))


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, plans.found(world, call.path["planId"])))


def put(world: World, call: Call) -> Answer:
    refuse_unit_config(world, _cards(call.body))
    wish, row = _read(call.body), world.store.get(catalog_lookup.PLANS, call.path["planId"])
    if row is not None and catalog_lookup.plan_status(row, world.clock.now()) in ("draft", "scheduled"):
        refuse_unknown(world, "plan", {**row, **wish})
    return Answer(200, shown(world, plans.update(world, call.path["planId"], wish)))


def publish(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, plans.publish(world, call.path["planId"])))


def archive(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, plans.archive(world, call.path["planId"])))


def delete(world: World, call: Call) -> Answer:
    plans.delete(world, call.path["planId"])
    return Answer(204, EMPTY)
