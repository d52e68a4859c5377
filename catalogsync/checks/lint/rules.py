"""The table of rules. How bad each is, why it costs money, and what to write instead, is in `codes`."""

from __future__ import annotations

from catalogsync.checks.lint import (
    amounts,
    notifications,
    phases,
    price_comments,
    pricing,
    round_numbers,
    unused,
)
from catalogsync.checks.lint.findings import Rule

RULES: tuple[Rule, ...] = (
    Rule("meter-unused", unused.meters, whole=True),
    Rule("feature-unused", unused.features, whole=True),
    Rule("feature-filter-empty", unused.filters),
    Rule("addon-not-offered", unused.addons, whole=True),
    Rule("channel-unused", unused.channels, whole=True),
    Rule("rule-never-fires", unused.rules, whole=True),
    Rule("rule-threshold-twice", notifications.thresholds_twice),
    Rule("rule-threshold-far", notifications.thresholds_far),
    Rule("rule-threshold-fraction", notifications.thresholds_as_fractions),
    Rule("key-nearly-same", unused.twins),
    Rule("currency-mixture", unused.currencies),
    Rule("tax-code-by-id", unused.tax_codes_by_id),
    Rule("number-like-thousands", round_numbers.like_thousands),
    Rule("price-double-billing", pricing.double_billing),
    Rule("price-tier-open-twice", pricing.twice_open),
    Rule("price-tier-order", pricing.unordered),
    Rule("price-tier-cliff", pricing.cliffs),
    Rule("price-tier-free-again", pricing.free_again),
    Rule("price-tier-rises", amounts.rising),
    Rule("price-included-differs", pricing.included),
    Rule("price-never-reached", pricing.never_reached),
    Rule("price-far-off", amounts.far_off),
    Rule("price-comment-differs", price_comments.differing),
    Rule("price-charged-once", amounts.charged_once),
    Rule("discount-everything", pricing.discounts),
    Rule("discount-fraction", pricing.fractions),
    Rule("price-without-entitlement", phases.priced_without_entitlement),
    Rule("entitlement-elsewhere", phases.entitlement_elsewhere),
    Rule("entitlement-overage-unpaid", phases.unpaid_overage),
    Rule("entitlement-without-meter", phases.meterless),
    Rule("entitlement-config-no-json", phases.unreadable_config),
    Rule("plan-phase-shorter-than-cadence", phases.short_phases),
    Rule("plan-phase-downgrade", phases.downgrades),
    Rule("channel-url-open", notifications.in_the_open),
    Rule("channel-url-token", notifications.tokens_in_urls),
    Rule("channel-secret-inline", notifications.secrets),
)
