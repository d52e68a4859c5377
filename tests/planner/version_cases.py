"""Situations of plans and add-ons."""

from __future__ import annotations

from dataclasses import replace

from worlds import ARCHIVED, DELETED, DRAFT, Case, addon, card, feature, live, offers, plan, versions

from catalogsync.core.model import LiveGroup, Ref
from catalogsync.openmeter.kinds import ADDON, FEATURE, PLAN
from catalogsync.planner import PlanOptions

API, PACK, PRO = Ref(FEATURE, "api"), Ref(ADDON, "pack"), Ref(PLAN, "pro")
NONE = PlanOptions()
DROPS = PlanOptions(drop_drafts=frozenset({PACK, PRO}))
BACK = PlanOptions(rollback=True)
F, A = feature(), addon()
OFFERING = plan(addons=offers("pack"))
TERMS = plan(addons=offers("pack", metadata={"a": "b"}, maxQuantity=3))
TWO = plan(addons=offers("pack", "more"))
BOUND = {"updatedAt": "2025-01-02T00:00:00Z"}


def made(item: LiveGroup, when: str) -> LiveGroup:
    """An object that was made then."""
    assert item.active is not None
    return replace(item, active=replace(item.active, body={**item.active.body, "createdAt": when}))


def hidden(item: LiveGroup) -> LiveGroup:
    return replace(item, hidden="version 2 with unit configs")


LATE, EARLY = made(versions(F), "2025-01-03T00:00:00Z"), made(versions(F), "2025-01-01T00:00:00Z")
VERSIONS: dict[str, Case] = {
    "everything is new": (live(), [F, A, OFFERING], NONE),
    "a draft is new": (live(F), [plan(lifecycle=DRAFT)], NONE),
    "an offer with terms": (live(F, A), [TERMS], NONE),
    "what is published is equal": (live(F, A, OFFERING), [F, A, OFFERING], NONE),
    "a new version": (live(F, plan()), [plan(amount="11")], NONE),
    "a new version keeps its offers": (live(F, A, OFFERING), [plan(amount="11", addons=offers("pack"))], NONE),
    "a rollback makes a new version": (live(F, plan()), [plan(amount="11")], BACK),
    "a new version over a leftover draft": (
        live(F, versions(plan(), plan(amount="12"))), [plan(amount="11")], NONE
    ),
    "a rollback over a leftover draft": (live(F, versions(plan(), plan(amount="12"))), [plan(amount="11")], BACK),
    "a draft alone is published with changes": (
        live(F, versions(None, plan(amount="12"))), [plan(amount="11")], NONE
    ),
    "a draft alone is published as it is": (live(F, versions(None, plan())), [plan()], NONE),
    "a draft is published over a version": (
        live(F, versions(plan(), plan(amount="11"))), [plan(amount="11")], NONE
    ),
    "a rollback publishes a draft": (live(F, versions(plan(), plan(amount="11"))), [plan(amount="11")], BACK),
    "published again after the archive": (live(F, versions(None, None, plan())), [plan()], NONE),
    "drafted again after the archive": (live(F, versions(None, None, plan())), [plan(lifecycle=DRAFT)], NONE),
    "a draft beside the archive is published": (
        live(F, versions(None, plan(), plan())), [plan(amount="11")], NONE
    ),
    "a draft of other content": (live(F, plan()), [plan(lifecycle=DRAFT, amount="11")], NONE),
    "a draft changes": (
        live(F, versions(plan(), plan(amount="11"))), [plan(lifecycle=DRAFT, amount="12")], NONE
    ),
    "a rollback changes a draft": (
        live(F, versions(plan(), plan(amount="11"))), [plan(lifecycle=DRAFT, amount="12")], BACK
    ),
    "a draft alone changes": (live(F, versions(None, plan())), [plan(lifecycle=DRAFT, amount="12")], NONE),
    "a draft is equal": (live(F, versions(plan(), plan(amount="11"))), [plan(lifecycle=DRAFT, amount="11")], NONE),
    "a draft of what is published": (live(F, plan()), [plan(lifecycle=DRAFT)], NONE),
    "a draft changes back to what is published": (
        live(F, versions(plan(), plan(amount="11"))), [plan(lifecycle=DRAFT)], NONE
    ),
    "a stale draft": (live(F, versions(plan(), plan(amount="11"))), [plan()], NONE),
    "a stale draft that is to go": (live(F, versions(plan(), plan(amount="11"))), [plan()], DROPS),
    "a stale draft of another one is to go": (
        live(F, versions(plan(), plan(amount="11"))), [plan()], PlanOptions(drop_drafts=frozenset({PACK}))
    ),
    "a stale draft with offers that is to go": (live(F, A, versions(plan(), TWO)), [plan()], DROPS),
    "a draft's currency": (
        live(F, A, versions(plan(), OFFERING)), [plan(lifecycle=DRAFT, currency="EUR", addons=offers("pack"))], NONE
    ),
    "a published version's currency": (live(F, plan()), [plan(currency="EUR")], NONE),
    "an add-on's currency in a draft": (live(versions(None, A)), [addon(lifecycle=DRAFT, currency="EUR")], NONE),
    # Offers
    "nothing to offer": (live(F), [TWO, addon("more", lifecycle=DRAFT)], NONE),
    "nothing to offer in a draft": (live(F), [replace(TWO, lifecycle=DRAFT)], NONE),
    "an offer comes and one goes": (
        live(F, A, addon("more"), OFFERING), [plan(addons=offers("more"))], NONE
    ),
    "an offer's terms change": (live(F, A, OFFERING), [TERMS], NONE),
    "a draft's offers come, go and change": (
        live(F, A, addon("more"), addon("else"), versions(None, plan(addons=offers("pack", "more")))),
        [replace(plan(addons=[*offers("pack", maxQuantity=3), *offers("else")]), lifecycle=DRAFT)],
        NONE,
    ),
    "only the terms of a draft's offer change": (
        live(F, A, versions(None, OFFERING)), [replace(TERMS, lifecycle=DRAFT)], NONE
    ),
    "a draft changes with its offers": (
        live(F, A, addon("more"), versions(None, plan(addons=offers("pack", "more")))),
        [replace(plan(amount="11", addons=[*offers("pack", metadata={"a": "b"})]), lifecycle=DRAFT)],
        NONE,
    ),
    "a draft offers an earlier version": (
        live(F, versions(addon(amount="6"), None, A), versions(None, plan(addons=offers("pack@1")))),
        [replace(OFFERING, lifecycle=DRAFT)],
        NONE,
    ),
    "a draft offers two versions of one": (
        live(F, versions(addon(amount="6"), None, A), versions(None, plan(addons=offers("pack@1", "pack@2")))),
        [replace(OFFERING, lifecycle=DRAFT)],
        NONE,
    ),
    "a new version of what is offered": (live(F, A, OFFERING), [addon(amount="6"), OFFERING], NONE),
    "a new version of what is offered, and of the offer": (
        live(F, A, OFFERING), [addon(amount="6"), plan(amount="11", addons=offers("pack"))], NONE
    ),
    "two of what is offered move": (
        live(F, A, addon("more"), TWO), [addon(amount="6"), addon("more", amount="6"), TWO], NONE
    ),
    "a draft of what is offered is published": (
        live(F, versions(A, addon(amount="6")), OFFERING), [addon(amount="6"), OFFERING], NONE
    ),
    "what is offered has an earlier version in a plan": (
        live(F, versions(addon(amount="6"), None, A), plan(addons=offers("pack@1"))), [OFFERING], NONE
    ),
    "a draft is equal but for a version that comes": (
        live(F, A, versions(None, OFFERING)), [addon(amount="6"), replace(OFFERING, lifecycle=DRAFT)], NONE
    ),
    "what is published is equal, and a draft asked for, but an offer moves": (
        live(F, A, OFFERING), [addon(amount="6"), replace(OFFERING, lifecycle=DRAFT)], NONE
    ),
    # A draft and the features of its moment
    "a draft was written before its feature was made again": (
        live(LATE, versions(None, plan(), **BOUND)), [plan()], NONE
    ),
    "a draft was written after its feature was made": (live(EARLY, versions(None, plan(), **BOUND)), [plan()], NONE),
    "a draft of a plan is bound anew even if it stays one": (
        live(LATE, versions(None, plan(), **BOUND)), [plan(lifecycle=DRAFT)], NONE
    ),
    "a draft of an add-on is bound when it is published": (
        live(LATE, versions(None, addon(rateCards=[card()]), **BOUND)),
        [addon(lifecycle=DRAFT, rateCards=[card()])],
        NONE,
    ),
    "a draft of an add-on is published": (
        live(LATE, versions(None, addon(rateCards=[card()]), **BOUND)), [addon(rateCards=[card()])], NONE
    ),
    "a draft's feature is made by the plan": (live(versions(None, plan(), **BOUND)), [F, plan()], NONE),
    # Going
    "archived": (live(F, plan()), [plan(lifecycle=ARCHIVED)], NONE),
    "archived before": (live(F, versions(None, None, plan())), [plan(lifecycle=ARCHIVED)], NONE),
    "archived beside a draft": (live(F, versions(plan(), plan(amount="11"))), [plan(lifecycle=ARCHIVED)], NONE),
    "archived with its draft": (live(F, versions(plan(), plan(amount="11"))), [plan(lifecycle=ARCHIVED)], DROPS),
    "a draft alone goes with the archive": (live(F, versions(None, plan())), [plan(lifecycle=ARCHIVED)], DROPS),
    "a rollback archives": (live(F, plan()), [plan(lifecycle=ARCHIVED)], BACK),
    "deleted with all versions": (
        live(F, A, versions(plan(), OFFERING, plan(), plan())), [plan(lifecycle=DELETED)], NONE
    ),
    "a draft alone is deleted": (live(F, versions(None, plan())), [plan(lifecycle=DELETED)], NONE),
    "deleted before": (live(F), [plan(lifecycle=DELETED)], NONE),
    "managed elsewhere": (live(F, hidden(versions(plan()))), [plan(amount="11")], NONE),
}  # fmt: skip
