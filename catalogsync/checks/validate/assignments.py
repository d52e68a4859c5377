"""The add-ons that a plan offers: that they are there, fit it, and can be bought (docs/server/assignments.md#assignments)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogsync.checks.validate import offers, repairs
from catalogsync.checks.validate.addon_compatibility import UNALIGNED, clashes
from catalogsync.checks.validate.findings import Findings
from catalogsync.checks.validate.prices import amount
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.core.wording import did_you_mean
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


@dataclass(frozen=True, slots=True)
class _Offered:
    """An offer in a plan's manifest, at `place`."""

    findings: Findings
    offer: Offer
    place: Path

    def unfit(
        self,
        code: str,
        member: str,
        summary: str,
        *,
        hint: str,
        detail: str = "",
        also: Sequence[tuple[str, Resource, Path]] = (),
    ) -> None:
        """Notes at a member of it that it does not fit: a draft keeps it, unless it has metadata."""
        place = (*self.place, member)
        if self.offer.get("metadata") and not self.findings.publishes:
            detail = f"{detail} {_BY_UPDATE}".strip()
            self.findings.add(code, place, summary, hint=hint, detail=detail, also=also)
        else:
            self.findings.at_publish(code, place, summary, hint=hint, detail=detail, also=also)


def check_assignments(findings: Findings, cadence: str | None, phases: list[str]) -> None:
    """The offers of a plan. `cadence`: the plan's, None where it is none; `phases`: the keys of its phases."""
    plan, seen = as_plan(findings.body), dict[str, int]()
    told_already = len(phases) < len(plan["phases"])  # two phases of one key: one of them was meant otherwise
    for n, one in enumerate(plan.get("addons") or ()):
        offered = _Offered(findings, one, ("addons", n))
        if one["addon"] in seen:
            findings.add(
                "plan-addon-twice",
                ("addons", n, "addon"),
                f"add-on `{one['addon']}` is offered twice",
                other=("the first time", ("addons", seen[one["addon"]], "addon")),
                hint="remove one of them",
            )
        seen.setdefault(one["addon"], n)
        if one["fromPlanPhase"] not in phases and not told_already:
            offered.unfit(
                "plan_addon_unknown_plan_phase_key",
                "fromPlanPhase",
                f"the plan has no phase `{one['fromPlanPhase']}`",
                hint=did_you_mean(one["fromPlanPhase"], phases, f"its phases: {', '.join(phases)}"),
            )
        addon = findings.live(ADDON, one["addon"])
        if addon is not None:
            _quantity(offered, addon)
            _currency(offered, addon)
            _cadence(offered, addon, cadence)
            _cards(offered, addon)


def _quantity(offered: _Offered, addon: Resource) -> None:
    most, kind = offered.offer.get("maxQuantity"), as_addon(addon.body)["instanceType"]
    if most is None:
        return
    if kind == "single":
        offered.unfit(
            "plan_addon_max_quantity_must_not_be_set",
            "maxQuantity",
            f"add-on `{addon.ref.key}` can be bought once: no maxQuantity",
            hint="remove maxQuantity"
            if amount(most) == 1
            else f"remove maxQuantity; if up to {most} may be bought, write `instanceType: multiple` in the add-on, for all plans that offer it",
        )
    if kind == "multiple" and amount(most) <= 0:
        offered.unfit(
            "plan_addon_max_quantity_must_be_set",
            "maxQuantity",
            "maxQuantity must be 1 or more",
            hint=repairs.count("maxQuantity", most, "any number may be bought")
            if amount(most)
            else "write how many may be bought at most, or remove this entry if the plan does not offer the add-on",
        )
    if amount(most) > _MOST_ADDONS:
        offered.findings.add(
            "number-too-large",
            (*offered.place, "maxQuantity"),
            "the server answers a bare 500 to a number of this size",
            hint="leave maxQuantity out for any number",
        )


def _currency(offered: _Offered, addon: Resource) -> None:
    findings = offered.findings
    theirs, ours = as_addon(addon.body)["currency"], as_plan(findings.body)["currency"]
    if theirs != ours and {theirs, ours} <= FIAT:
        findings.add(
            "plan_multiple_fiat_currencies",
            (*offered.place, "addon"),
            f"add-on `{addon.ref.key}` is in {theirs}, the plan in {ours}",
            other=("the plan's", ("currency",)),
            also=(("the add-on's", addon, ("currency",)),),
            hint=offers.in_the_plans_currency(findings, addon),
        )


def _cadence(offered: _Offered, addon: Resource, cadence: str | None) -> None:
    """The first card of the add-on that is billed in no multiple of the plan's cadence, nor in a part of it."""
    for n, card in enumerate(as_addon(addon.body)["rateCards"]):
        own = card.get("billingCadence")
        if cadence is not None and own is not None and not _aligned(cadence, own):
            offered.unfit(
                UNALIGNED,
                "addon",
                f"card `{card['key']}` of add-on `{addon.ref.key}` is billed every {own}, the plan every {cadence}",
                hint=f"bill the add-on every {cadence}, or a multiple of it",
                also=(("in the add-on", addon, ("rateCards", n, "billingCadence")),),
            )
            return


def _cards(offered: _Offered, addon: Resource) -> None:
    """Cards of the add-on that the plan has too, otherwise."""
    resource = offered.findings.resource
    plan = as_plan(resource.body)
    for clash in clashes(plan, offered.offer["fromPlanPhase"], as_addon(addon.body)):
        phases = ", ".join(f"`{phase}`" for phase in clash.phases)
        offered.unfit(
            clash.code,
            "addon",
            f"card `{clash.key}` of add-on `{addon.ref.key}` does not fit the plan's card of this key: {clash.what}",
            hint=clash.hint,
            detail=f"The plan `{plan['key']}` has it in {'phase' if len(clash.phases) == 1 else 'phases'} {phases}.",
            also=(
                ("in the plan", resource, clash.in_plan),
                ("in the add-on", addon, clash.in_addon),
            ),
        )


def _aligned(cadence: str, own: str) -> bool:
    try:
        return durations.aligned(cadence, own)
    except ValueError:
        return True
