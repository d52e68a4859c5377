"""An example of each finding of lint: whole manifests, or what a rate card of the metered feature `calls` says.

A test puts each into a small catalog and holds that lint speaks of it.
"""

EXAMPLES = {
    "addon-draft-offered": """\
kind: addon
key: seats
name: Seats
currency: USD
instanceType: multiple
rateCards:
  - {type: flat_fee, key: seats, name: Seats, billingCadence: P1M, price: {type: flat, amount: 5}}
lifecycle: draft     # and a plan offers it
---
kind: plan
key: team
name: Team
currency: USD
billingCadence: P1M
phases:
  - {key: default, name: Default, rateCards: [{type: flat_fee, key: fee, name: Fee, price: {type: flat, amount: 9}}]}
addons:
  - {addon: seats, fromPlanPhase: default}
""",
    "addon-not-offered": """\
kind: addon
key: premium_support
name: Premium support
currency: USD
instanceType: single
rateCards:              # no plan has addons: [{addon: premium_support, …}]
  - type: flat_fee
    key: support_fee
    name: Support
    billingCadence: P1M
    price: {type: flat, amount: 99}
""",
    "channel-secret-inline": """\
kind: notification_channel
key: billing_hook
type: WEBHOOK
name: Billing
url: https://hooks.example.com/billing
signingSecret: whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA   # in git permanently
""",
    "channel-unused": """\
kind: notification_channel
key: billing_hook       # no rule has channels: [billing_hook]
type: WEBHOOK
name: Billing
url: https://hooks.example.com/billing
""",
    "channel-url-open": """\
kind: notification_channel
key: billing_hook
type: WEBHOOK
name: Billing
url: http://hooks.example.com/billing   # https
""",
    "channel-url-token": """\
kind: notification_channel
key: billing_hook
type: WEBHOOK
name: Billing
url: https://hooks.example.com/services/T00000000/B00000000/EXAMPLE   # {env: BILLING_HOOK_URL}
""",
    "currency-mixture": """\
kind: plan
key: starter
name: Starter
currency: USD
billingCadence: P1M
phases:
  - {key: default, name: Default, rateCards: [{type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 19}}]}
---
kind: plan
key: scale
name: Scale
currency: USD
billingCadence: P1M
phases:
  - {key: default, name: Default, rateCards: [{type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 99}}]}
---
kind: plan
key: team
name: Team
currency: EUR           # the others are in USD
billingCadence: P1M
phases:
  - {key: default, name: Default, rateCards: [{type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 49}}]}
""",
    "discount-everything": """\
price: {type: unit, amount: 0.10}
discounts:
  percentage: {percentage: 100}
""",
    "entitlement-elsewhere": """\
kind: feature
key: calls_eu
name: Calls from Europe
meterSlug: calls        # the meter of feature calls
---
kind: plan
key: team
name: Team
currency: USD
billingCadence: P1M
phases:
  - key: default
    name: Default
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        featureKey: calls
        billingCadence: P1M
        price: {type: unit, amount: 0.10}       # charged here …
      - type: usage_based
        key: calls_eu
        name: Calls from Europe
        featureKey: calls_eu
        billingCadence: P1M
        entitlementTemplate: {type: metered, issueAfterReset: 1000}   # … counted there
""",
    "entitlement-overage-unpaid": """\
entitlementTemplate:
  type: metered
  issueAfterReset: 1000
  isSoftLimit: true     # usage goes on above 1000, and there is no price
""",
    "entitlement-without-meter": """\
kind: feature
key: reports            # no meterSlug
name: Reports
---
kind: plan
key: team
name: Team
currency: USD
billingCadence: P1M
phases:
  - key: default
    name: Default
    rateCards:
      - type: flat_fee
        key: reports
        name: Reports
        featureKey: reports
        billingCadence: P1M
        price: {type: flat, amount: 9}
        entitlementTemplate: {type: metered, issueAfterReset: 10}
""",
    "feature-unused": """\
kind: feature
key: reports            # no rate card has featureKey: reports
name: Reports
""",
    "key-nearly-same": """\
kind: feature
key: api_calls
name: API calls
---
kind: feature
key: apicalls           # which one does the application send?
name: API calls
""",
    "meter-unused": """\
kind: meter
slug: storage           # no feature has meterSlug: storage
aggregation: LATEST
eventType: storage
valueProperty: $.bytes
""",
    "meter-path-in-data": """\
kind: meter
slug: tokens
name: Tokens
eventType: prompt
aggregation: SUM
valueProperty: $.data.tokens     # $.tokens meant
""",
    "number-like-thousands": """\
price: {type: unit, amount: 0.10}
entitlementTemplate: {type: metered, issueAfterReset: 10.000, isSoftLimit: true}     # 10000 meant
""",
    "plan-phase-downgrade": """\
kind: plan
key: team
name: Team
currency: USD
billingCadence: P1M
phases:
  - key: trial
    name: Trial
    duration: P1M
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        featureKey: calls
        billingCadence: P1M
        entitlementTemplate: {type: metered, issueAfterReset: 5000}
  - key: default
    name: Default
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        featureKey: calls
        billingCadence: P1M
        entitlementTemplate: {type: metered, issueAfterReset: 500}   # a tenth of the trial
""",
    "plan-phase-shorter-than-cadence": """\
kind: plan
key: team
name: Team
currency: USD
billingCadence: P1M
phases:
  - key: intro
    name: Introduction
    duration: P1W       # ends before the month that is charged
    rateCards:
      - {type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 49}}
  - key: default
    name: Default
    rateCards:
      - {type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 49}}
""",
    "price-charged-once": """\
kind: plan
key: team
name: Team
currency: USD
billingCadence: P1M
phases:
  - key: intro
    name: Introduction
    duration: P1M
    rateCards:
      - {type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 49}}
  - key: default
    name: Default
    rateCards:
      - {type: flat_fee, key: fee, name: Fee, price: {type: flat, amount: 49}}   # one payment, once and for all
""",
    "price-comment-differs": """\
# 0.01 USD each
price: {type: unit, amount: 0.02}
entitlementTemplate: {type: metered, issueAfterReset: 0, isSoftLimit: true}
""",
    "price-double-billing": """\
kind: feature
key: calls_eu
name: Calls from Europe
meterSlug: calls        # counts what feature calls counts, too
---
kind: plan
key: team
name: Team
currency: USD
billingCadence: P1M
phases:
  - key: default
    name: Default
    rateCards:
      - {type: usage_based, key: calls, name: Calls, featureKey: calls, billingCadence: P1M, price: {type: unit, amount: 0.10}}
      - {type: usage_based, key: calls_eu, name: Calls from Europe, featureKey: calls_eu, billingCadence: P1M, price: {type: unit, amount: 0.20}}
""",
    "price-far-off": """\
price:
  type: tiered
  mode: graduated
  tiers:
    - upToAmount: 1000
      unitPrice: {type: unit, amount: 0.01}
    - unitPrice: {type: unit, amount: 1}        # 0.01 meant
entitlementTemplate: {type: metered, issueAfterReset: 0, isSoftLimit: true}
""",
    "price-grant-charged": """\
price: {type: unit, amount: 0.01}               # from the first call
entitlementTemplate: {type: metered, issueAfterReset: 1000, isSoftLimit: true}   # "1000 calls included"?
""",
    "price-included-differs": """\
price:
  type: tiered
  mode: graduated
  tiers:
    - upToAmount: 500                           # 500 are free …
      flatPrice: {type: flat, amount: 0}
    - unitPrice: {type: unit, amount: 0.01}
entitlementTemplate: {type: metered, issueAfterReset: 1000, isSoftLimit: true}   # … and 1000 granted
""",
    "price-never-reached": """\
price:
  type: tiered
  mode: graduated
  tiers:
    - upToAmount: 1000
      flatPrice: {type: flat, amount: 0}
    - unitPrice: {type: unit, amount: 0.01}
entitlementTemplate: {type: metered, issueAfterReset: 1000}   # a hard limit: there is no call 1001 to charge
""",
    "price-tier-cliff": """\
price:
  type: tiered
  mode: volume
  tiers:
    - upToAmount: 100
      unitPrice: {type: unit, amount: 1}        # 100 calls cost 100
    - unitPrice: {type: unit, amount: 0.5}      # 101 calls cost 50.50
""",
    "price-tier-free-again": """\
price:
  type: tiered
  mode: graduated
  tiers:
    - upToAmount: 100
      unitPrice: {type: unit, amount: 1}
    - flatPrice: {type: flat, amount: 0}        # from 101 on nothing is charged
""",
    "price-without-entitlement": """\
price: {type: unit, amount: 0.10}               # and no entitlementTemplate
""",
    "rule-never-fires": """\
kind: notification_channel
key: billing_hook
type: WEBHOOK
name: Billing
url: https://hooks.example.com/billing
---
kind: feature
key: reports            # no rate card gives it a metered entitlement
name: Reports
---
kind: notification_rule
key: nearly_used_up
type: entitlements.balance.threshold
name: Nearly used up
channels: [billing_hook]
features: [reports]
thresholds: [{type: usage_percentage, value: 80}]
""",
    "price-tier-order": """\
price:
  type: tiered
  mode: graduated
  tiers:
    - upToAmount: 100000
      unitPrice: {type: unit, amount: 0.02}
    - upToAmount: 10000                         # 1000000 meant
      unitPrice: {type: unit, amount: 0.01}
    - unitPrice: {type: unit, amount: 0.005}
""",
    "price-tier-rises": """\
price:
  type: tiered
  mode: graduated
  tiers:
    - upToAmount: 1000
      unitPrice: {type: unit, amount: 0.004}
    - unitPrice: {type: unit, amount: 0.02}     # 0.002 meant
""",
    "discount-fraction": """\
price: {type: unit, amount: 0.10}
discounts:
  percentage: {percentage: 0.2}                 # 20 meant
""",
    "entitlement-config-no-json": """\
entitlementTemplate:
  type: static
  config: retentionDays 30                      # {retentionDays: 30} meant
""",
    "feature-filter-empty": """\
kind: feature
key: calls_eu
name: Calls from Europe
meterSlug: calls
advancedMeterGroupByFilters:
  region: {$in: []}
""",
    "rule-threshold-twice": """\
kind: notification_channel
key: billing_hook
type: WEBHOOK
name: Billing
url: https://hooks.example.com/billing
---
kind: notification_rule
key: nearly_used_up
type: entitlements.balance.threshold
name: Nearly used up
channels: [billing_hook]
features: [calls]
thresholds:
  - {type: usage_percentage, value: 100}
  - {type: usage_percentage, value: 100}        # 80 meant
""",
    "rule-threshold-far": """\
kind: notification_channel
key: billing_hook
type: WEBHOOK
name: Billing
url: https://hooks.example.com/billing
---
kind: notification_rule
key: nearly_used_up
type: entitlements.balance.threshold
name: Nearly used up
channels: [billing_hook]
features: [calls]
thresholds: [{type: usage_percentage, value: 800}]   # 80 meant
""",
    "rule-threshold-fraction": """\
kind: notification_channel
key: billing_hook
type: WEBHOOK
name: Billing
url: https://hooks.example.com/billing
---
kind: notification_rule
key: nearly_used_up
type: entitlements.balance.threshold
name: Nearly used up
channels: [billing_hook]
features: [calls]
thresholds: [{type: usage_percentage, value: 0.8}]   # 80 meant
""",
    "price-tier-open-twice": """\
price:
  type: tiered
  mode: graduated
  tiers:
    - upToAmount: 1000
      flatPrice: {type: flat, amount: 0}
    - unitPrice: {type: unit, amount: 0.02}     # upToAmount: 100000 is missing
    - unitPrice: {type: unit, amount: 0.01}
entitlementTemplate: {type: metered, issueAfterReset: 1000, isSoftLimit: true}
""",
    "tax-code-by-id": """\
price: {type: unit, amount: 0.10}
taxConfig: {taxCodeId: 01JBP3SGZ20Y7VRVC351TDFXYZ}
""",
}
