"""Which assignments of a plan version fit, as things are now.

Source: docs/server/assignments.md#compatibility.
"""

from __future__ import annotations

from dataclasses import replace

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import versions
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS, PLANS
from catalogsync.sandbox.domain.compatibility import fit_issues
from catalogsync.sandbox.domain.contract import Row, World
from catalogsync.sandbox.domain.issues import Issue, issue


def fit(world: World, row: Row) -> list[Issue]:
    """What keeps an assignment from fitting, as things are now (docs/server/assignments.md#compatibility)."""
    plan, addon = world.store.get(PLANS, row["planId"]), world.store.get(ADDONS, row["addonId"])
    assert plan is not None and addon is not None  # neither is ever removed
    found = fit_issues(plan, versions.status(world, plan), addon, versions.status(world, addon), row)
    if world.does(Behaviour.ASSIGNMENT_CURRENCY) or plan["currency"] == addon["currency"]:
        return found
    said = ("plan_multiple_fiat_currencies", "plan_addon_currency_mismatch")
    mismatch = replace(
        issue(said[1], "$.addon.currency"), message="currency of the plan and addon must match"
    )
    return [*(one for one in found if one.code not in said), mismatch]


def unfit_assignments(world: World, plan: Row) -> list[Row]:
    """The live assignments of a plan version that do not fit."""
    rows = [r for r in world.store.by(PLAN_ADDONS, "planId", plan["id"]) if not r.get("deletedAt")]
    return [row for row in rows if fit(world, row)]
