"""Plans, add-ons, and whether an add-on fits the plan that offers it (docs/server/rate-cards.md#severity, #alignment, docs/server/plans.md#plans,
docs/server/addons.md#addons, docs/server/assignments.md#assignments).
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence

from catalogsync.checks.validate import offers, repairs
from catalogsync.checks.validate.addon_compatibility import clashes
from catalogsync.checks.validate.cards import amount, check_cards, is_period
from catalogsync.checks.validate.features import id_like, looks_like_id
from catalogsync.checks.validate.findings import Findings
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.manifests import currency_hints, duration_hints
from catalogsync.openmeter import durations
from catalogsync.openmeter.currencies import FIAT
from catalogsync.openmeter.kinds import ADDON
from catalogsync.openmeter.kinds.addon import as_addon
from catalogsync.openmeter.kinds.plan import Offer, Phase, as_plan
from catalogsync.openmeter.kinds.rate_card_shapes import RateCard

_CADENCES = ("P1W", "P2W", "P4W", "P1M", "P3M", "P6M", "P12M", "P1Y")
_MOST_ADDONS = 2**63 - 1
_MOST_PHASES = 256


def _common(findings: Findings) -> None:
    body = findings.body
    if looks_like_id(str(body["key"])):
        id_like(findings, "it can be created and never found again by its key")
    if body["currency"] not in FIAT:
        near = _near_currency(findings)
        findings.add(
            "currency-unknown",
            ("currency",),
            f"`{body['currency']}` is not a currency that the server knows",
            hint=f"did you mean {near}?" if near else currency_hints.in_place_of(str(body["currency"])),
        )


def _near_currency(findings: Findings) -> str:
    """The currency of other objects that differs in one letter, or "". One that the catalog does not use is never proposed: YEN is near YER."""
    written = str(findings.body["currency"])
    used = Counter(str(one.body.get("currency")) for one in findings.catalog)
    near = sorted(code for code in FIAT & used.keys() if sum(map(str.__eq__, code, written)) == len(code) - 1)
    return max(near, key=lambda code: used[code], default="")


def check_addon(findings: Findings) -> None:
    """An add-on's document, and what its publishing asks for (docs/server/addons.md#publish)."""
    _common(findings)
    cards = as_addon(findings.body)["rateCards"]
    check_cards(findings, cards, ("rateCards",))
    if not cards:
        findings.at_publish(
            "addon_has_no_rate_cards",
            ("rateCards",),
            "an add-on needs a rate card",
            hint="add what it charges or grants",
        )
    _one_cadence(findings, cards)
    if findings.body["instanceType"] == "multiple":
        for n, card in enumerate(cards):
            if card.get("price") is not None and card["price"]["type"] != "flat":
                findings.at_publish(
                    "addon_invalid_ratecard_price_for_multi_instance",
                    ("rateCards", n, "price", "type"),
                    "an add-on that can be bought several times takes only free and flat prices",
                    hint="write `type: flat` if the amount is for each add-on that is bought; an add-on that charges usage is `instanceType: single`",
                )


def _one_cadence(findings: Findings, cards: Sequence[RateCard]) -> None:
    priced = [
        (n, c["billingCadence"])
        for n, c in enumerate(cards)
        if c.get("price") is not None and c.get("billingCadence")
    ]
    for n, cadence in priced[1:]:
        if _same_length(priced[0][1], cadence):
            continue
        findings.at_publish(
            "rate_card_multiple_billing_cadence",
            ("rateCards", n, "billingCadence"),
            f"an add-on's priced cards must share one billing cadence: {priced[0][1]} and {cadence}",
            hint=f"write {priced[0][1]} here, or make two add-ons",
        )
        return


def _same_length(one: str, other: str) -> bool:
    """Compared after normalising: P12M is P1Y and P7D is P1W, but PT24H is not P1D (docs/server/addons.md#publish)."""
    try:
        return durations.calendar(one) == durations.calendar(other)
    except ValueError:
        return True


def check_plan(findings: Findings) -> None:
    """A plan's document (docs/server/rate-cards.md#severity), its alignment (docs/server/rate-cards.md#alignment), and the add-ons it offers
    (docs/server/assignments.md#compatibility).
    """
    _common(findings)
    body = as_plan(findings.body)
    cadence = _plan_cadence(findings)
    if "alignment" in body:
        findings.dropped(
            "plan-alignment-dropped",
            ("alignment",),
            "the server accepts alignment and never keeps it",
            hint="remove it",
        )
    phases = body["phases"]
    if len(phases) > _MOST_PHASES:
        findings.add(
            "plan-phases",
            ("phases",),
            f"{len(phases)} phases; the server takes {_MOST_PHASES}",
            key=True,
            hint="join phases that sell the same",
        )
    seen: dict[str, int] = {}
    for n, phase in enumerate(phases):
        place: Path = ("phases", n)
        if phase["key"] in seen:
            findings.add(
                "plan_phase_duplicated_key",
                (*place, "key"),
                f"two phases have the key `{phase['key']}`",
                other=("the first one", ("phases", seen[phase["key"]], "key")),
                hint="give this one another key: offers name the phase from which they start",
            )
        seen.setdefault(phase["key"], n)
        _duration(findings, phase, place, last=n == len(phases) - 1)
        check_cards(findings, phase["rateCards"], (*place, "rateCards"))
        if not phase["rateCards"]:
            findings.at_publish(
                "plan_phase_has_no_rate_cards",
                (*place, "rateCards"),
                f"phase `{phase['key']}` has no rate card",
                hint="add what the phase charges or grants, or remove it",
            )
        if cadence is not None:
            _alignment(findings, phase, place, cadence)
    _assignments(findings, cadence, list(seen))


def _plan_cadence(findings: Findings) -> str | None:
    text = as_plan(findings.body)["billingCadence"]
    if not is_period(findings, text, ("billingCadence",), "billing cadence"):
        return None
    cadence = durations.canonical(text)
    if cadence not in _CADENCES:
        findings.add(
            "plan_billing_cadence_invalid",
            ("billingCadence",),
            f"a plan cannot be billed every {text}",
            hint=_cadence_hint(text),
        )
        return None
    return cadence


def _cadence_hint(text: str) -> str:
    """How often a plan may be billed in place of this; the cadence of as long, where that is one of them."""
    about = next((one for one in ("P1W", "P1M", "P3M", "P1Y") if durations.days(text) in _ABOUT[one]), "")
    meant = f"write {about}, if that is meant; " if about else ""
    return f"{meant}a plan is billed every {', '.join(_CADENCES[:-1])} or {_CADENCES[-1]}"


_ABOUT = {"P1W": (7,), "P1M": range(28, 32), "P3M": range(90, 93), "P1Y": range(360, 367)}
"""How many days people write for a period of the calendar."""


def _duration(findings: Findings, phase: Phase, place: Path, *, last: bool) -> None:
    duration, here = phase.get("duration"), (*place, "duration")
    if duration is None and not last:
        findings.at_publish(
            "plan_has_non_last_phase_with_no_duration",
            (*place, "key"),
            f"phase `{phase['key']}` needs a duration: another one follows it",
            hint=f"say how long it lasts: add `duration: …` beside `key`, {duration_hints.FORMS}; or move the phase to the end, if it is to go on",
        )
    if duration is None or not is_period(findings, duration, here, "duration"):
        return
    if last:
        findings.at_publish(
            "plan_has_last_phase_with_duration",
            here,
            "the last phase must have no duration",
            hint="remove it: the last phase goes on",
        )
    if durations.sign(duration) < 0:
        findings.at_publish(
            "plan_phase_with_negative_duration",
            here,
            "a phase cannot last a negative time",
            hint=duration_hints.too_short(duration),
        )
    elif not durations.at_least_an_hour(duration):
        findings.at_publish(
            "plan_phase_duration_less_then_an_hour",
            here,
            "a phase must last an hour at least",
            hint=duration_hints.too_short(duration),
        )


def _alignment(findings: Findings, phase: Phase, place: Path, cadence: str) -> None:
    for n, card in enumerate(phase["rateCards"]):
        own = card.get("billingCadence")
        if card.get("price") is None or own is None:
            continue
        try:
            fits = durations.aligned(cadence, own)
        except ValueError:
            continue
        if not fits:
            findings.at_publish(
                "rate_card_billing_cadence_unaligned",
                (*place, "rateCards", n, "billingCadence"),
                f"{own} does not fit into the plan's {cadence}, nor the other way round",
                detail="Months have 28 to 31 days, so only multiples of the same unit fit.",
                hint=f"use {cadence}, or a multiple of it",
            )


def _assignments(findings: Findings, cadence: str | None, phases: list[str]) -> None:
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
            findings.at_publish(
                "plan_addon_unknown_plan_phase_key",
                (*place, "fromPlanPhase"),
                f"the plan has no phase `{one['fromPlanPhase']}`",
                hint=f"did you mean `{near[0]}`?" if near else f"its phases: {', '.join(phases)}",
            )
        addon = findings.live(ADDON, one["addon"])
        if addon is not None:
            _fits(findings, one, addon, cadence, place)


def _fits(findings: Findings, one: Offer, addon: Resource, cadence: str | None, place: Path) -> None:
    plan, body = as_plan(findings.body), as_addon(addon.body)
    most = one.get("maxQuantity")
    if body["instanceType"] == "single" and most is not None:
        findings.at_publish(
            "plan_addon_max_quantity_must_not_be_set",
            (*place, "maxQuantity"),
            f"add-on `{addon.ref.key}` can be bought once: no maxQuantity",
            hint="remove maxQuantity"
            if amount(most) == 1
            else f"remove maxQuantity; if up to {most} may be bought, write `instanceType: multiple` in the add-on, for all plans that offer it",
        )
    if body["instanceType"] == "multiple" and most is not None and amount(most) <= 0:
        findings.at_publish(
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
            findings.at_publish(
                "rate_card_billing_cadence_unaligned",
                (*place, "addon"),
                f"the add-on's card `{card['key']}` is billed every {own}, the plan every {cadence}",
                hint=f"bill the add-on every {cadence}, or a multiple of it",
                also=(("in the add-on", addon, ("rateCards", n, "billingCadence")),),
            )
            break
    for clash in clashes(plan, one["fromPlanPhase"], body):
        phases = ", ".join(f"`{phase}`" for phase in clash.phases)
        findings.at_publish(
            clash.code,
            (*place, "addon"),
            f"add-on `{addon.ref.key}` does not fit into {phases}: card `{clash.key}`: {clash.what}",
            hint=clash.hint,
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
