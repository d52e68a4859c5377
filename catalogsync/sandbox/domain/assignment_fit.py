"""Which assignments of a plan version fit, as things are now.

Source: semantics-productcatalog §6.6.
"""

from __future__ import annotations

from catalogsync.sandbox.domain import versions
from catalogsync.sandbox.domain.catalog_lookup import ADDONS, PLAN_ADDONS, PLANS
from catalogsync.sandbox.domain.compatibility import fit_issues
from catalogsync.sandbox.domain.contract import Row, World
from catalogsync.sandbox.domain.issues import Issue


def fit(world: World, row: Row) -> list[Issue]:
    """What keeps an assignment from fitting, as things are now (§6.6)."""
    plan, addon = world.store.get(PLANS, row["planId"]), world.store.get(ADDONS, row["addonId"])
    assert plan is not None and addon is not None  # neither is ever removed
    return fit_issues(plan, versions.status(world, plan), addon, versions.status(world, addon), row)


def unfit_assignments(world: World, plan: Row) -> list[Row]:
    """The live assignments of a plan version that do not fit."""
    rows = [r for r in world.store.by(PLAN_ADDONS, "planId", plan["id"]) if not r.get("deletedAt")]
    return [row for row in rows if fit(world, row)]
