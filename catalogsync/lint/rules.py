"""The table of rules. Why each costs money, and what to write instead, is in `codes`."""

from __future__ import annotations

from catalogsync.diagnostics import Severity
from catalogsync.lint import delivery, phases, pricing, unused
from catalogsync.lint.findings import Rule

RULES: tuple[Rule, ...] = (
    Rule("meter-unused", Severity.WARNING, unused.meters, whole=True),
    Rule("feature-unused", Severity.WARNING, unused.features, whole=True),
    Rule("addon-not-offered", Severity.WARNING, unused.addons, whole=True),
    Rule("channel-unused", Severity.NOTE, unused.channels, whole=True),
    Rule("rule-never-fires", Severity.WARNING, unused.rules, whole=True),
    Rule("key-nearly-same", Severity.WARNING, unused.twins),
    Rule("currency-mixture", Severity.NOTE, unused.currencies),
    Rule("price-double-billing", Severity.ERROR, pricing.double_billing),
    Rule("price-tier-cliff", Severity.WARNING, pricing.cliffs),
    Rule("price-tier-free-again", Severity.WARNING, pricing.free_again),
    Rule("price-included-differs", Severity.WARNING, pricing.included),
    Rule("price-far-off", Severity.WARNING, pricing.far_off),
    Rule("discount-everything", Severity.WARNING, pricing.discounts),
    Rule("price-without-entitlement", Severity.WARNING, phases.priced_without_entitlement),
    Rule("entitlement-elsewhere", Severity.WARNING, phases.entitlement_elsewhere),
    Rule("entitlement-overage-unpaid", Severity.WARNING, phases.unpaid_overage),
    Rule("entitlement-without-meter", Severity.WARNING, phases.meterless),
    Rule("plan-phase-shorter-than-cadence", Severity.WARNING, phases.short_phases),
    Rule("plan-phase-downgrade", Severity.WARNING, phases.downgrades),
    Rule("channel-url-open", Severity.WARNING, delivery.in_the_open),
    Rule("channel-secret-inline", Severity.WARNING, delivery.secrets),
)
