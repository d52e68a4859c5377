"""v3's add-ons: the domain's add-ons in v3's spelling, with labels everywhere and `null` for no
cards.

PUT clears labels that are omitted and keeps the description (recorded: `v3_addon_*`).
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import addons, catalog_lookup
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Row, World
from catalogsync.sandbox.domain.currency_rules import refuse_unknown
from catalogsync.sandbox.v3 import members
from catalogsync.sandbox.v3.labels import from_labels, shown_labels
from catalogsync.sandbox.v3.plans import shown_issues
from catalogsync.sandbox.v3.query import EXACT, TEXT, Field, Listing, answer_list
from catalogsync.sandbox.v3.ratecards import read_card, refuse_unit_config, shown_card

_STATES = ("draft", "active", "archived")


def _read(body: Mapping[str, Json]) -> Row:
    read: Row = {
        "name": body["name"],
        "instanceType": body["instance_type"],
        "metadata": from_labels(body.get("labels")),
        "rateCards": [read_card(card, for_addon=True) for card in body["rate_cards"]],
    }
    if body.get("description") is not None:
        read["description"] = body["description"]
    return read


def shown(world: World, row: Row) -> Row:
    """An add-on version as v3 gives it."""
    codes = catalog_lookup.tax_codes(world)
    body: Row = {name: row[name] for name in ("id", "key", "name", "version", "currency")}
    body |= members.shown_instants(row)
    cards = [shown_card(card, for_addon=True, tax_codes=codes) for card in row["rateCards"]]
    body |= {
        "instance_type": row["instanceType"],
        "labels": shown_labels(row.get("metadata"), row.get("annotations")),
        "status": catalog_lookup.plan_status(row, world.clock.now()),
        "rate_cards": cards or None,
    }
    if row.get("description") is not None:
        body["description"] = row["description"]
    if issues := addons.issues(world, row):
        body["validation_errors"] = shown_issues(issues, attributes=True)
    return body


LISTING = Listing(
    fields={
        "id": Field(EXACT, "id", ids=True),
        "key": Field(TEXT, "key"),
        "name": Field(TEXT, "name"),
        "status": Field(EXACT, catalog_lookup.plan_status, _STATES, "addon"),
        "currency": Field(EXACT, "currency"),
    },
    keys={
        "id": "id",
        "key": "key",
        "version": "version",
        "created_at": "createdAt",
        "updated_at": "updatedAt",
        "name": "name",
    },
    default="id",
)


def list_all(world: World, call: Call) -> Answer:
    rows = [row for row in world.store.rows(catalog_lookup.ADDONS) if not row.get("deletedAt")]
    return answer_list(world, call, rows, LISTING, lambda row: shown(world, row))


def post(world: World, call: Call) -> Answer:
    body = call.body
    refuse_unit_config(world, body["rate_cards"])
    wish = {**_read(body), "key": body["key"], "currency": body["currency"]}
    refuse_unknown(world, "add-on", wish)
    return Answer(201, shown(world, addons.create(world, wish)))


def get(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, addons.found(world, call.path["addonId"])))


def put(world: World, call: Call) -> Answer:
    refuse_unit_config(world, call.body["rate_cards"])
    wish, row = _read(call.body), world.store.get(catalog_lookup.ADDONS, call.path["addonId"])
    if row is not None and catalog_lookup.plan_status(row, world.clock.now()) == "draft":
        refuse_unknown(world, "add-on", {**row, **wish})
    return Answer(200, shown(world, addons.update(world, call.path["addonId"], wish)))


def publish(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, addons.publish(world, call.path["addonId"])))


def archive(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, addons.archive(world, call.path["addonId"])))


def delete(world: World, call: Call) -> Answer:
    addons.delete(world, call.path["addonId"])
    return Answer(204, EMPTY)
