"""The add-ons that a plan offers: that they are there, fit it, and can be bought (docs/server/assignments.md#assignments)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from catalogsync.checks.validate import offers, repairs
from catalogsync.checks.validate.addon_compatibility import UNALIGNED, clashes
from catalogsync.checks.validate.findings import Findings
from catalogsync.checks.validate.prices import amount
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.openmeter import durations
from catalogsync.openmeter.currencies import FIAT
from catalogsync.openmeter.kinds import ADDON
from catalogsync.openmeter.kinds.addon import as_addon
from catalogsync.openmeter.kinds.plan import Offer, as_plan

_MOST_ADDONS = 2**63 - 1
_BY_UPDATE = (
    "A draft may offer it so, but without metadata: that is stored by an update of the offer, "
    "and the server refuses one that does not fit."
)
"""docs/server/assignments.md#bodies, #compatibility."""


def check_assignments(findings: Findings, cadence: str | None, phases: list[str]) -> None:
    """The offers of a plan. `cadence`: the plan's, None where it is none; `phases`: the keys of its phases."""
    seen: dict[str, int] = {}
    for n, one in enumerate(as_plan(findings.body).get("addons") or ()):
        place: Path = ("addons", n)
        if one["addon"] in seen:
            findings.add(
                "plan-addon-twice",
                (*place, "addon"),
                f"add-on `{one['addon']}` is offered twice",
                other=("the first time", ("addons", seen[one["addon"]], "addon")),
                hint="remove one of them",
            )
        seen.setdefault(one["addon"], n)
        written = as_plan(findings.body)["phases"]
        told_already = len(phases) < len(written)  # two phases of one key: one of them was meant otherwise
        if one["fromPlanPhase"] not in phases and not told_already:
            near = difflib.get_close_matches(one["fromPlanPhase"], phases, 1)
            _unfit(
                findings,
                one,
                "plan_addon_unknown_plan_phase_key",
                (*place, "fromPlanPhase"),
                f"the plan has no phase `{one['fromPlanPhase']}`",
                hint=f"did you mean `{near[0]}`?" if near else f"its phases: {', '.join(phases)}",
            )
        addon = findings.live(ADDON, one["addon"])
        if addon is not None:
            _fits(findings, one, addon, cadence, place)


def _unfit(
    findings: Findings,
    one: Offer,
    code: str,
    place: Path,
    summary: str,
    *,
    hint: str,
    detail: str = "",
    also: Sequence[tuple[str, Resource, Path]] = (),
) -> None:
    """An offer that does not fit: a draft keeps it, unless it has metadata."""
    if one.get("metadata") and not findings.publishes:
        detail = f"{detail} {_BY_UPDATE}".strip()
        findings.add(code, place, summary, hint=hint, detail=detail, also=also)
    else:
        findings.at_publish(code, place, summary, hint=hint, detail=detail, also=also)


def _fits(findings: Findings, one: Offer, addon: Resource, cadence: str | None, place: Path) -> None:
    plan, body = as_plan(findings.body), as_addon(addon.body)
    most = one.get("maxQuantity")
    if body["instanceType"] == "single" and most is not None:
        _unfit(
            findings,
            one,
            "plan_addon_max_quantity_must_not_be_set",
            (*place, "maxQuantity"),
            f"add-on `{addon.ref.key}` can be bought once: no maxQuantity",
            hint="remove maxQuantity"
            if amount(most) == 1
            else f"remove maxQuantity; if up to {most} may be bought, write `instanceType: multiple` in the add-on, for all plans that offer it",
        )
    if body["instanceType"] == "multiple" and most is not None and amount(most) <= 0:
        _unfit(
            findings,
            one,
            "plan_addon_max_quantity_must_be_set",
            (*place, "maxQuantity"),
            "maxQuantity must be 1 or more",
            hint=repairs.count("maxQuantity", most, "any number may be bought")
            if amount(most)
            else "write how many may be bought at most, or remove this entry if the plan does not offer the add-on",
        )
    if most is not None and amount(most) > _MOST_ADDONS:
        findings.add(
            "number-too-large",
            (*place, "maxQuantity"),
            "the server answers a bare 500 to a number of this size",
            hint="leave maxQuantity out for any number",
        )
    if body["currency"] != plan["currency"] and {body["currency"], plan["currency"]} <= FIAT:
        findings.add(
            "plan_multiple_fiat_currencies",
            (*place, "addon"),
            f"add-on `{addon.ref.key}` is in {body['currency']}, the plan in {plan['currency']}",
            other=("the plan's", ("currency",)),
            also=(("the add-on's", addon, ("currency",)),),
            hint=offers.in_the_plans_currency(findings, addon),
        )
    for n, card in enumerate(body["rateCards"]):
        own = card.get("billingCadence")
        if cadence is not None and own is not None and not _aligned(cadence, own):
            _unfit(
                findings,
                one,
                UNALIGNED,
                (*place, "addon"),
                f"card `{card['key']}` of add-on `{addon.ref.key}` is billed every {own}, the plan every {cadence}",
                hint=f"bill the add-on every {cadence}, or a multiple of it",
                also=(("in the add-on", addon, ("rateCards", n, "billingCadence")),),
            )
            break
    for clash in clashes(plan, one["fromPlanPhase"], body):
        phases = ", ".join(f"`{phase}`" for phase in clash.phases)
        _unfit(
            findings,
            one,
            clash.code,
            (*place, "addon"),
            f"card `{clash.key}` of add-on `{addon.ref.key}` does not fit the plan's card of this key: {clash.what}",
            hint=clash.hint,
            detail=f"The plan `{plan['key']}` has it in {'phase' if len(clash.phases) == 1 else 'phases'} {phases}.",
            also=(
                ("in the plan", findings.resource, clash.in_plan),
                ("in the add-on", addon, clash.in_addon),
            ),
        )


def _aligned(cadence: str, own: str) -> bool:
    try:
        return durations.aligned(cadence, own)
    except ValueError:
        return True
