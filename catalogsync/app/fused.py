"""A plan with what fuses say of it."""

from __future__ import annotations

from dataclasses import replace

from catalogsync.app import fuses
from catalogsync.app.desired import Desired
from catalogsync.app.fuse_rules import Case
from catalogsync.app.review import Review
from catalogsync.app.server import OpenMeter
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.model import Catalog
from catalogsync.core.plan import Plan
from catalogsync.planner.prune import Gone
from catalogsync.store.fuse_limits import Limits


def fused(plan: Plan, wanted: Desired, server: OpenMeter, promoted: Catalog | None = None) -> Plan:
    """The plan with what fuses say of it: an error for each that blew. `promoted`: the manifests that hold the waivers of a promotion. Its way is
    said in the file, and what it brings is proven: a first write blows no fuse then, the plan says that it is one.
    """
    if plan.blocked or server.seen is None:
        return plan
    environment = wanted.environment
    limits, review = Limits.of(environment.fuses), Review.of(plan, wanted.asked)
    case = Case(
        plan,
        wanted.gone.added_to(wanted.checked.catalog),
        server.seen.live,
        review,
        limits,
        environment.protected and promoted is None,
        promoted,
    )
    found = (_waivable(one, wanted.gone) for one in fuses.judge(case, wanted.today))
    return replace(plan, diagnostics=(*plan.diagnostics, *found), fuses=limits.effective())


def _waivable(one: Diagnostic, gone: Gone) -> Diagnostic:
    """A blown fuse, with where its waiver can be written when no manifest is left to hold it."""
    lifecycle = next((str(r.lifecycle) for r in gone.resources if str(r.ref) == one.subject), "")
    if not lifecycle or not one.is_error:
        return one
    hint = (
        f"leave it live, or write a short manifest of {one.subject} with `lifecycle: {lifecycle}` "
        f"and the comment # catalogsync: waive {one.code} until YYYY-MM-DD because REASON"
    )
    return replace(one, hint=hint)
