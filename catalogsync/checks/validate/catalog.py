"""Plans and add-ons (docs/server/rate-cards.md#severity, #alignment, docs/server/plans.md#plans, docs/server/addons.md#addons)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from catalogsync.checks.validate.assignments import check_assignments
from catalogsync.checks.validate.cards import check_cards
from catalogsync.checks.validate.entitlements import is_period
from catalogsync.checks.validate.features import id_like, looks_like_id
from catalogsync.checks.validate.findings import Findings
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import currency_hints, duration_hints
from catalogsync.openmeter import durations
from catalogsync.openmeter.currencies import FIAT
from catalogsync.openmeter.kinds import ADDON, PLAN
from catalogsync.openmeter.kinds.addon import as_addon
from catalogsync.openmeter.kinds.plan import Phase, as_plan
from catalogsync.openmeter.kinds.rate_card_shapes import RateCard

_CADENCES = ("P1W", "P2W", "P4W", "P1M", "P3M", "P6M", "P12M", "P1Y")
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
    written, catalog = str(findings.body["currency"]), findings.catalog
    near = sorted(code for code in FIAT if sum(map(str.__eq__, code, written)) == len(code) - 1)
    if not near:
        return ""
    used = Counter(one.body.get("currency") for kind in (ADDON, PLAN) for one in catalog.of(kind))
    return max(filter(used.__contains__, near), key=used.__getitem__, default="")


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
    check_assignments(findings, cadence, list(seen))


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
