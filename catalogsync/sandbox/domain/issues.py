"""What the server says of a plan's or an add-on's content: coded and uncoded problems, and the two shapes they are shown in. Pure.

Source: docs/server/rate-cards.md#severity, docs/server/assignments.md#compatibility, docs/server/errors.md#content-issues.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World

_STATUS = "commonhttp.httpAttributeKey:openmeter.http.status_code"
_CADENCES = "P1W, P2W, P4W, P1M, P3M, P6M, P12M, P1Y"

_MESSAGES: dict[str, str] = {
    "addon_has_no_rate_cards": "add-on must have at least one rate card",
    "addon_invalid_ratecard_price_for_multi_instance": (
        "only free or flat price ratecards are allowed for add-on with multiple instance type"
    ),
    "addon_invalid_instance_type": "invalid instance type",
    "addon_invalid_status": "invalid status",
    "addon_key_empty": "key must not be empty",
    "addon_name_empty": "name must not be empty",
    "addon_invalid_status_for_publish": "only draft add-ons can be published",
    "billing_cadence_invalid_value": "billing cadence must be positive and 1 hour long duration at least",
    "entitlement_template_invalid_issue_after_reset_with_priority": (
        "invalid entitlement template as issue after reset is required if issue after reset priority is set"
    ),
    "entitlement_template_issue_after_reset_required": "issueAfterReset is required for metered entitlement templates",
    "entitlement_template_negative_usage_period": "usage period must be positive",
    "entitlement_template_usage_period_less_then_an_hour": "usage period must be at least 1 hour",
    "entitlement_template_with_no_feature": "entitlement template requires feature to be associated with",
    "percentage_discount_invalid_value": "percentage must be between 0 and 100",
    "plan_addon_incompatible_status": "plan status is incompatible with the addon status",
    "plan_addon_max_quantity_must_be_set": (
        "maximum quantity, when set, must be a positive integer for add-ons with multiple instance type"
    ),
    "plan_addon_max_quantity_must_not_be_set": (
        "maximum quantity must not be set for add-on with single instance type"
    ),
    "plan_addon_unknown_plan_phase_key": (
        "add-on must define valid/existing plan phase key from which the add-on is available for purchase"
    ),
    "plan_billing_cadence_invalid": f"billing cadence must be one of the following: {_CADENCES}",
    "plan_has_incompatible_addon": "plan has incompatible add-on assignment",
    "plan_has_last_phase_with_duration": "duration must not be set for the last plan phase",
    "plan_has_non_last_phase_with_no_duration": "duration must be set for plan phase if it is not the last one",
    "plan_multiple_fiat_currencies": "plan cannot contain more than one fiat currency",
    "plan_phase_duplicated_key": "duplicated key",
    "plan_phase_duration_less_then_an_hour": "duration must be at least 1 hour",
    "plan_phase_has_no_rate_cards": "plan phase must have at least one rate card",
    "plan_phase_with_negative_duration": "duration must be positive",
    "plan_with_no_phases": "plan must have at least one phase",
    "rate_card_billing_cadence_mismatch": "billing cadence must match",
    "rate_card_billing_cadence_unaligned": "ratecards with prices must have compatible billing cadence",
    "rate_card_duplicated_key": "duplicated key",
    "rate_card_entitlement_template_type_mismatch": "entitlement template type must match",
    "rate_card_feature_id_mismatch": "feature identifiers id must match",
    "rate_card_feature_key_mismatch": "feature identifiers key must match",
    "rate_card_feature_not_found": "feature not found",
    "rate_card_key_feature_key_mismatch": "rate card key must match feature key",
    "rate_card_metered_entitlement_template_usage_period_mismatch": (
        "usage period for metered entitlement template must match"
    ),
    "rate_card_multiple_billing_cadence": "ratecards with prices must have the exact same billing cadence",
    "rate_card_only_flat_price_allowed": "only flat price is allowed",
    "rate_card_percentage_discount_not_allowed": "percentage discount is not allowed",
    "rate_card_price_payment_term_mismatch": "price payment term must match",
    "rate_card_price_type_mismatch": "price type must match",
    "rate_card_static_entitlement_template_not_allowed": "static entitlement template is not allowed",
    "unit_config_requires_usage_based_price": (
        "unit config requires a usage-based price (unit, graduated, or volume)"
    ),
    "addon_rate_card_unit_config_mismatch": "unit config must match",
    "currency_cost_basis_not_found": "custom currency has no cost basis for the default fiat currency",
    "currency_not_found": "currency does not exist",
    "plan_addon_currency_mismatch": "add-on cannot change an existing rate card's currency",
    "rate_card_currency_override_not_allowed": (
        "currency override is not allowed when the default currency is custom"
    ),
    "rate_card_currency_override_redundant": "currency override must differ from the default currency",
    "rate_card_currency_requires_price": "currency override requires a price",
    "resource_key_empty": "key must not be empty",
    "resource_name_empty": "name must not be empty",
    "usage_based_price_with_feature_and_no_meter": (
        "usage-based price requires feature with meter to be associated with"
    ),
    "usage_based_price_with_no_feature": "usage-based price requires feature to be associated with",
    "usage_discount_negative_quantity": "usage must be greater than 0",
    "usage_discount_with_flat_price": "usage discount is not supported for flat price",
}
_CRITICAL = {
    "addon_invalid_instance_type", "addon_invalid_status", "addon_invalid_status_for_publish", "addon_key_empty", "currency_not_found",
    "percentage_discount_invalid_value",
    "plan_billing_cadence_invalid",
    "plan_phase_duplicated_key",
    "rate_card_duplicated_key", "rate_card_feature_not_found", "rate_card_key_feature_key_mismatch", "resource_key_empty", "resource_name_empty",
}  # fmt: skip
_WITHOUT_STATUS = {
    "entitlement_template_negative_usage_period", "plan_addon_unknown_plan_phase_key", "rate_card_duplicated_key",
    "rate_card_only_flat_price_allowed", "rate_card_percentage_discount_not_allowed", "rate_card_price_payment_term_mismatch",
    "rate_card_price_type_mismatch", "rate_card_static_entitlement_template_not_allowed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem. Without a code it is a plain error: critical. `spoken` is its place in joined details."""

    message: str
    field: str = ""
    code: str = ""
    critical: bool = True
    status: bool = False

    def extension(self) -> Row:
        """As an entry of an error's `extensions.validationErrors`."""
        entry: Row = {"message": self.message, "severity": "critical" if self.critical else "warning"}
        if self.code:
            entry["code"] = self.code
        if self.field:
            entry["field"] = self.field
        if self.status:
            entry[_STATUS] = 400
        return entry

    def read(self) -> Row:
        """As an entry of a resource's own `validationErrors`, with the severity (which v1 does not show)."""
        entry: Row = {"field": self.field, "code": self.code, "message": self.message}
        if self.status:
            entry["attributes"] = {_STATUS: 400}
        return {**entry, "severity": "critical" if self.critical else "warning"}


def issue(code: str, field: str = "") -> Issue:
    """A coded problem."""
    return Issue(_MESSAGES[code], field, code, code in _CRITICAL, code not in _WITHOUT_STATUS)


_SINCE: Mapping[str, Behaviour] = {
    "entitlement_template_issue_after_reset_required": Behaviour.ALLOWANCE_REQUIRED,
    "usage_based_price_with_no_feature": Behaviour.USAGE_PRICE_FEATURE,
    "usage_based_price_with_feature_and_no_meter": Behaviour.USAGE_PRICE_METER,
}


def in_force(world: World, issues: Iterable[Issue]) -> list[Issue]:
    """The problems that the emulated release already sees."""
    return [one for one in issues if one.code not in _SINCE or world.does(_SINCE[one.code])]


def shown(issues: Iterable[Issue]) -> list[Row] | None:
    """A resource's `validationErrors` as v1 gives them."""
    rows = [{k: v for k, v in one.read().items() if k != "severity"} for one in issues]
    return rows or None


def refuse(what: str, issues: Iterable[Issue]) -> None:
    """Raises the 400 Problem `invalid plan` or `invalid add-on` when there are any."""
    entries: list[Json] = [one.extension() for one in issues]
    if entries:
        raise Problem(400, f"invalid {what}", extensions={"validationErrors": entries})
