"""Plans: versions of a key from draft to archived, and what each call refuses.

Source: docs/server/plans.md#plans; recorded areas `planlife`, `plancontent`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogsync.sandbox.domain import versions
from catalogsync.sandbox.domain.assignment_fit import unfit_assignments
from catalogsync.sandbox.domain.catalog_lookup import PLANS
from catalogsync.sandbox.domain.content_rules import (
    card_issues,
    named_issues,
    only_critical,
    phase_prefix,
    plan_issues,
    stored_again,
)
from catalogsync.sandbox.domain.contract import Problem, Row, World
from catalogsync.sandbox.domain.currency_rules import publish_issues
from catalogsync.sandbox.domain.issues import Issue, in_force, issue, refuse

WHAT = "plan"
_SETTLEMENT_MODES = ("credit_then_invoice", "credit_only")
PRORATED = {"enabled": True, "mode": "prorate_prices"}


def cards_of(row: Mapping[str, Any]) -> list[Row]:
    """All cards of a plan."""
    return [card for phase in row["phases"] for card in phase["rateCards"]]


def hidden(row: Row) -> str | None:
    """Why v1 does not show this version, None if it does."""
    return versions.hidden_because(row["currency"], cards_of(row))


def issues_of(world: World, row: Row) -> list[Issue]:
    """Everything wrong with a version's content, as the emulated release sees it."""
    return in_force(world, plan_issues(row))


def issues(world: World, row: Row) -> list[Row]:
    """A version's own validation errors, with severity (v3's reads)."""
    return [one.read() for one in issues_of(world, row)]


def found(world: World, id_: str) -> Row:
    """The version with that id, deleted too. Raises the 404 Problem."""
    return versions.by_id(world, PLANS, id_, WHAT)


def create(world: World, wish: Row) -> Row:
    """Stores a draft: version 1, or the next of an existing key. Raises the 400 Problems of docs/server/rate-cards.md#severity in their order."""
    plan = {"proRatingConfig": PRORATED, "settlementMode": "credit_then_invoice", **wish}
    _refuse_plainly(plan, "invalid plan: validation error: ")
    refuse(WHAT, only_critical(plan_issues(plan)))
    if versions.draft_of(world, PLANS, plan["key"]):
        raise Problem(400, "validation error: only a single draft version is allowed for Plan")
    plan["phases"] = _settled(world, plan["phases"])
    refuse(WHAT, stored_again(cards_of(plan)))
    if plan["settlementMode"] not in _SETTLEMENT_MODES:
        raise Problem(500)  # the database refuses it
    now = world.clock.now()
    row = {
        **plan,
        "id": world.ids.new(),
        "version": versions.next_version(world, PLANS, plan["key"]),
        "createdAt": now,
        "updatedAt": now,
    }
    world.store.put(PLANS, row)
    return row


def _settled(world: World, phases: list[Row]) -> list[Row]:
    """Phases with their features and tax codes bound; the first phase with an unknown feature ends it
    (docs/server/rate-cards.md#feature-resolution).
    """
    settled = []
    for phase in phases:
        cards, unknown = versions.settle_cards(world, phase["rateCards"], phase_prefix("!UNSUPPORTED"))
        refuse(WHAT, unknown)
        settled.append({**phase, "rateCards": cards})
    return settled


def _refuse_plainly(plan: Row, lead: str) -> None:
    """A plan cadence of no length and an unknown mode of proration are plain errors outside of all phases: everything is joined into one
    detail (docs/server/errors.md#content-issues).
    """
    plain = ["invalid BillingCadence: must not be empty"] if plan["billingCadence"] == "P0D" else []
    prorated = plan["proRatingConfig"]
    if prorated["enabled"] and prorated["mode"] != PRORATED["mode"]:
        plain.append(f"invalid ProRatingConfig: validation error: invalid Mode: {prorated['mode']}")
    if plain:
        said = ["validation error: " + "\n".join(plain), *(_joined(one) for one in plan_issues(plan))]
        raise Problem(400, f"validation error: {lead}" + "\n".join(said))


def _joined(one: Issue) -> str:
    where = (
        one.field.removeprefix("$.").replace("[?(@.key=='", "[key=").replace("')]", "]").rpartition(".")[0]
    )
    return f"{where}: {one.message}" if where else one.message


def update(world: World, id_: str, wish: Row, *, v1: bool = False) -> Row:
    """Replaces a draft's content; what `wish` lacks is kept. Raises the 400 and 404 Problems of docs/server/rate-cards.md#severity,
    docs/server/plans.md#update in their order. `v1` may not touch a hidden version.
    """
    _refuse_at_sight(wish)
    row = found(world, id_)
    state = versions.status(world, row)
    if state not in ("draft", "scheduled"):
        raise Problem(
            400, f"validation error: only Plans in [draft scheduled] can be updated, but it has {state} state"
        )
    plan = {**row, **wish, "phases": _settled(world, wish["phases"])}
    if v1:
        versions.refuse_hidden(hidden(row), WHAT)
    _refuse_plainly(plan, "validation error: ")
    refuse(WHAT, only_critical(plan_issues(plan)))
    refuse(WHAT, stored_again(cards_of(plan)))
    plan["updatedAt"] = world.clock.now() if cards_of(plan) or plan != row else row["updatedAt"]
    world.store.put(PLANS, plan)
    return plan


def _refuse_at_sight(wish: Row) -> None:
    """PUT's first look, before the version is looked for: what is wrong with the name and inside phases, named without the phase. Raises
    400 Problems.
    """
    found = [one for one in named_issues(wish, "$.") if one.field == "$.name"]
    mode = wish.get("settlementMode")
    if (
        mode is not None and mode not in _SETTLEMENT_MODES
    ):  # a plain error: everything is joined into one detail
        said = [one.message for one in found]
        lead = "invalid plan phase: validation error: "
        said += [
            lead + "\n".join(map(_joined, found)) for phase in wish["phases"] if (found := _of_phase(phase))
        ]
        said.append(
            f"invalid settlement mode: invalid settlement mode: {mode}"
            if mode
            else "settlement mode is required"
        )
        raise Problem(400, "validation error: " + "\n".join(said))
    refuse(WHAT, only_critical([*found, *(one for phase in wish["phases"] for one in _of_phase(phase))]))


def _of_phase(phase: Row) -> list[Issue]:
    if not phase["rateCards"]:
        return [*named_issues(phase, "$."), issue("plan_phase_has_no_rate_cards")]
    return [*named_issues(phase, "$."), *card_issues(phase["rateCards"], "$.")]


def publish(world: World, id_: str) -> Row:
    """Makes a draft the active version and archives the one before it, at the same instant (docs/server/plans.md#publish). Raises 400 and 404
    Problems.
    """
    row = found(world, id_)
    if row.get("deletedAt"):
        when = row["deletedAt"].rstrip("Z").replace("T", " ") + " +0000 UTC"
        what = f"cannot publish a deleted Plan [namespace=default, id={row['id']} deleted_at={when}]"
        raise Problem(400, f"validation error: {what}")
    state = versions.status(world, row)
    if state not in ("draft", "scheduled"):
        what = f"only Plans in [draft scheduled] can be published/rescheduled, but it has {state} state"
        raise Problem(400, f"validation error: invalid Plan: {what}")
    wrong = [*issues_of(world, row), *publish_issues(world, row)]
    for phase in row["phases"]:
        wrong += versions.feature_issues(world, phase["rateCards"], phase_prefix(phase["key"]))
    wrong += [issue("plan_has_incompatible_addon") for _ in unfit_assignments(world, row)]
    refuse(WHAT, wrong)
    return activate(world, row, PLANS)


def activate(world: World, row: Row, table: str) -> Row:
    """Makes a draft the active version of its key; the one before it ends at the same instant."""
    now = world.clock.now()
    before = versions.active_of(world, table, row["key"])
    if before is not None:
        world.store.put(table, {**before, "effectiveTo": now, "updatedAt": now})
    active = {**row, "effectiveFrom": now, "updatedAt": now}
    world.store.put(table, active)
    return active


def archive(world: World, id_: str) -> Row:
    """Ends an active version now (docs/server/plans.md#refusals). Raises 400 and 404 Problems."""
    row = found(world, id_)
    state = versions.status(world, row)
    if state != "active":
        raise Problem(
            400, f"validation error: only Plans in [active] can be archived, but it is in {state} state"
        )
    now = world.clock.now()
    archived = {**row, "effectiveTo": now, "updatedAt": now}
    world.store.put(PLANS, archived)
    return archived


def delete(world: World, id_: str) -> None:
    """Soft-deletes a version that is not active; its assignments stay (docs/server/plans.md#removal). Raises 400 and 404 Problems."""
    row = found(world, id_)
    state = versions.status(world, row)
    if state == "active":
        what = f"only Plans in [archived scheduled draft] can be deleted, but it has {state} state"
        raise Problem(400, f"validation error: {what}")
    now = world.clock.now()
    world.store.put(PLANS, {**row, "deletedAt": now, "updatedAt": now})


def copy_to_draft(world: World, said: str) -> Row:
    """Copies a version into a new draft; by id only that one row is looked at (docs/server/plans.md#next). Raises 400 and 500 Problems."""
    by_id = versions.looks_like_id(said)
    rows = [r for r in [world.store.get(PLANS, said)] if r] if by_id else world.store.by(PLANS, "key", said)
    if not rows:
        raise Problem(400, "validation error: no versions available for this plan")
    source = max(rows, key=lambda r: r["version"])
    drafts = [r for r in rows if not r.get("deletedAt") and versions.status(world, r) == "draft"]
    if drafts:
        raise Problem(400, "validation error: only a single draft version is allowed for Plan")
    versions.refuse_hidden(hidden(source), WHAT)
    refuse(WHAT, issues_of(world, source))
    number = source["version"] + 1 if by_id else versions.next_version(world, PLANS, source["key"])
    if any(r["version"] == number for r in versions.live_versions(world, PLANS, source["key"])):
        raise Problem(500)
    now = world.clock.now()
    dropped = ("effectiveFrom", "effectiveTo", "deletedAt")
    copy = {k: v for k, v in source.items() if k not in dropped}
    row = {**copy, "id": world.ids.new(), "version": number, "createdAt": now, "updatedAt": now}
    world.store.put(PLANS, row)
    return row
