"""Add-ons: versions of a key from draft to archived.

Source: docs/server/addons.md#addons; recorded area `addons`.
"""

from __future__ import annotations

from catalogsync.sandbox.domain import versions
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS
from catalogsync.sandbox.domain.content_rules import (
    addon_issues,
    addon_publish_issues,
    card_issues,
    instance_issues,
    named_issues,
    only_critical,
    stored_again,
)
from catalogsync.sandbox.domain.contract import Problem, Row, World
from catalogsync.sandbox.domain.currency_rules import publish_issues
from catalogsync.sandbox.domain.issues import Issue, in_force, issue, refuse
from catalogsync.sandbox.domain.plans import activate

WHAT = "add-on"


def hidden(row: Row) -> str | None:
    """Why v1 does not show this version, None if it does."""
    return versions.hidden_because(row["currency"], row["rateCards"])


def issues_of(world: World, row: Row) -> list[Issue]:
    """Everything wrong with a version's content, as the emulated release sees it."""
    return in_force(world, addon_issues(row))


def issues(world: World, row: Row) -> list[Row]:
    """A version's own validation errors, with severity (v3's reads)."""
    return [one.read() for one in issues_of(world, row)]


def found(world: World, id_: str) -> Row:
    """The version with that id, deleted too. Raises the 404 Problem."""
    return versions.by_id(world, ADDONS, id_, WHAT)


def create(world: World, wish: Row) -> Row:
    """Stores a draft. Raises 400 Problems in the order of docs/server/rate-cards.md#severity."""
    refuse(WHAT, only_critical(addon_issues(wish)))
    if versions.draft_of(world, ADDONS, wish["key"]):
        raise Problem(400, "validation error: only a single draft version is allowed for add-on")
    now = world.clock.now()
    row = {
        **wish,
        "rateCards": _settled(world, wish["rateCards"]),
        "id": world.ids.new(),
        "version": versions.next_version(world, ADDONS, wish["key"]),
        "createdAt": now,
        "updatedAt": now,
    }
    world.store.put(ADDONS, row)
    return row


def _settled(world: World, cards: list[Row]) -> list[Row]:
    settled, unknown = versions.settle_cards(world, cards, "$.")
    refuse(WHAT, unknown)
    refuse(WHAT, stored_again(settled))
    return settled


def update(world: World, id_: str, wish: Row, *, v1: bool = False) -> Row:
    """Replaces a draft's content; what `wish` lacks is kept. Raises 400 and 404 Problems: the sent cards are looked at before the
    version is (tried on the real server). `v1` may not touch a hidden version.
    """
    named = named_issues({"name": wish["name"]}, "$.") if "name" in wish else ()
    refuse(WHAT, only_critical([*named, *instance_issues(wish), *card_issues(wish["rateCards"], "$.")]))
    row = found(world, id_)
    if v1:
        versions.refuse_hidden(hidden(row))
    _must_be(world, row, "draft", "addon_invalid_status")
    refuse(WHAT, only_critical(addon_issues({**row, **wish})))
    changed = {**row, **wish, "rateCards": _settled(world, wish["rateCards"])}
    if _without_card_metadata(changed) != _without_card_metadata(row):
        changed["updatedAt"] = world.clock.now()
    world.store.put(ADDONS, changed)
    return changed


def _without_card_metadata(row: Row) -> Row:
    """What the server compares to tell whether anything changed (docs/server/readback.md#n38)."""
    return {**row, "rateCards": [{k: v for k, v in c.items() if k != "metadata"} for c in row["rateCards"]]}


def _must_be(world: World, row: Row, state: str, code: str) -> None:
    if versions.status(world, row) != state:
        refuse(WHAT, [issue(code, "$.status")])


def publish(world: World, id_: str) -> Row:
    """Makes a draft the active version (docs/server/addons.md#publish). Raises 400 and 404 Problems."""
    row = found(world, id_)
    if row.get("deletedAt"):
        raise Problem(400, "validation error: cannot publish a deleted add-on")
    state = versions.status(world, row)
    wrong = [
        *([] if state == "draft" else [issue("addon_invalid_status_for_publish", "$.status")]),
        *issues_of(world, row),
        *addon_publish_issues(row),
        *publish_issues(world, row),
        *versions.feature_issues(world, row["rateCards"], "$."),
    ]
    refuse(WHAT, wrong)
    return activate(world, row, ADDONS)


def archive(world: World, id_: str) -> Row:
    """Ends an active version now. Raises 400 and 404 Problems."""
    row = found(world, id_)
    if row.get("deletedAt"):
        raise Problem(400, "validation error: cannot archive a deleted add-on")
    _must_be(world, row, "active", "addon_invalid_status")
    now = world.clock.now()
    archived = {**row, "effectiveTo": now, "updatedAt": now}
    world.store.put(ADDONS, archived)
    return archived


def delete(world: World, id_: str) -> None:
    """Soft-deletes a version that is neither active nor assigned to any plan version (docs/server/addons.md#states). Raises 400 and 404 Problems."""
    row = found(world, id_)
    if row.get("deletedAt"):
        return
    if any(not one.get("deletedAt") for one in world.store.by(PLAN_ADDONS, "addonId", row["id"])):
        where = f"[namespace=default id={row['id']} key={row['key']}]"
        what = f"failed to delete add-on {where}: add-on has active assignments"
        raise Problem(400, f"validation error: {what}")
    if versions.status(world, row) == "active":
        refuse(WHAT, [issue("addon_invalid_status", "$.status")])
    now = world.clock.now()
    world.store.put(ADDONS, {**row, "deletedAt": now, "updatedAt": now})
