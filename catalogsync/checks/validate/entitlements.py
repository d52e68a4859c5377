"""Entitlement templates of rate cards: what they need, their quota and period (docs/server/rate-cards.md#rate-cards; recorded area
`plancontent`).
"""

from __future__ import annotations

from catalogsync.checks.validate.findings import Findings, keeps
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import duration_hints
from catalogsync.openmeter import durations
from catalogsync.openmeter.kinds import FEATURE
from catalogsync.openmeter.kinds.rate_card_shapes import EntitlementTemplate, RateCard


def is_period(findings: Findings, text: str, place: Path, what: str) -> bool:
    """Whether the text is a duration; if not, it is reported."""
    try:
        durations.canonical(text)
    except ValueError:
        findings.add(
            "duration-invalid",
            place,
            f"`{text}` is not a {what}",
            hint=duration_hints.in_place_of(text),
        )
        return False
    return True


def _period_hint(findings: Findings) -> str:
    """How often a quota is renewed where the card is billed once: how often the plan is billed, where it is a plan's card."""
    cadence = findings.body.get("billingCadence")
    if isinstance(cadence, str):
        return f"add `usagePeriod: {cadence}` to renew it with the plan's billing, or another period"
    return f"add `usagePeriod: …`, how often it is renewed: {duration_hints.FORMS}"


def feature_hint(findings: Findings, card: RateCard) -> str:
    """Which feature a card is for that names none: its key says so where there is such a feature."""
    key = card["key"]
    if findings.live(FEATURE, key) is not None:
        return f"add `featureKey: {key}`"
    return f"add `featureKey: …` with the key of a feature, and the same as the card's key: there is no feature `{key}`"


def check_template(findings: Findings, card: RateCard, here: Path, cadence_valid: bool) -> None:
    """The template of a card. `cadence_valid`: the card's billing cadence is a duration, or there is none."""
    template, place = card["entitlementTemplate"], (*here, "entitlementTemplate")
    if card.get("featureKey") is None:
        findings.at_publish(
            "entitlement_template_with_no_feature",
            place,
            "an entitlement needs the feature it is for",
            hint=feature_hint(findings, card),
        )
    if template["type"] != "metered":
        return
    keeps(findings, template.get("issueAfterReset"), (*place, "issueAfterReset"))
    if template.get("issueAfterReset") is None:
        if template.get("issueAfterResetPriority") is not None:
            findings.add(
                "entitlement_template_invalid_issue_after_reset_with_priority",
                (*place, "issueAfterResetPriority"),
                "issueAfterResetPriority means nothing without issueAfterReset",
                hint="add `issueAfterReset: …` with the quota of each period, or remove the priority",
            )
        findings.at_publish(
            "entitlement_template_issue_after_reset_required",
            place,
            "a metered entitlement needs issueAfterReset: how much is granted each period",
            hint="add `issueAfterReset: …` with the quota of each period; 0 grants nothing",
        )
    _usage_period(findings, template, card.get("billingCadence") if cadence_valid else "P1M", place)


def _usage_period(
    findings: Findings, template: EntitlementTemplate, cadence: str | None, place: Path
) -> None:
    own = template.get("usagePeriod")
    if own is not None and not is_period(findings, own, (*place, "usagePeriod"), "usage period"):
        return
    if (
        own is not None
        and durations.canonical(own) == "P0D"
        and cadence is not None
        and durations.canonical(cadence) != "P0D"
    ):
        findings.dropped(
            "entitlement-usage-period-replaced",
            (*place, "usagePeriod"),
            f"the server takes the billing cadence, {cadence}, in place of this",
            hint=f"write usagePeriod: {cadence}, or leave it out",
        )
    effective = own if own is not None and durations.canonical(own) != "P0D" else cadence
    if effective is None or durations.canonical(effective) == "P0D":
        findings.add(
            "entitlement-usage-period-missing",
            place,
            "a metered entitlement on a one-time fee needs its own usagePeriod",
            detail="There is no billing cadence to take it from.",
            hint=_period_hint(findings),
        )
    elif not durations.at_least_an_hour(effective):
        code = "negative_usage_period" if durations.sign(effective) < 0 else "usage_period_less_then_an_hour"
        where = (*place, "usagePeriod") if own is not None else place
        hint = duration_hints.too_short(effective)
        findings.add(
            f"entitlement_template_{code}", where, "a usage period must be an hour at least", hint=hint
        )
