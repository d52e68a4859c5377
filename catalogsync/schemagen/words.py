"""Our own words for the drawn schemas: what editors show at a field. Written for the person who prices a
product.

Keyed by `Component.member` of the description, with `*.member` for what reads the same everywhere; `ENUMS`
by component (or `Component.member` for enums without a component of their own). Members that a newer
description adds simply have no words yet.
"""

# ruff: noqa: E501 (a table of prose: one entry a line reads best)

from __future__ import annotations

KINDS = {
    "meter": ("Meter", "What is counted: events of one type, aggregated."),
    "feature": ("Feature", "What customers get or use; plans price it and grant it by its key."),
    "addon": ("Add-on", "Rate cards that a customer may buy on top of a plan."),
    "plan": (
        "Plan",
        "What a customer subscribes to: phases of rate cards, and the add-ons offered with them.",
    ),
    "notification_channel": ("Notification channel", "Where notifications are sent: a webhook."),
    "notification_rule": ("Notification rule", "When a notification is sent, and to which channels."),
}

OBJECTS = {
    "PlanPhase": "A stretch of a subscription with its own rate cards. Phases follow each other in the order written.",
    "RateCard": "One line of the price list: a price, a granted entitlement, or both.",
    "RateCardFlatFee": "A fee that does not depend on usage: recurring with a billingCadence, once without.",
    "RateCardUsageBased": "A charge that depends on the usage of a metered feature.",
    "RateCardEntitlement": "What the customer may use: a metered quota, a static setting, or plain access.",
    "RateCardMeteredEntitlement": "A quota of usage per period.",
    "RateCardStaticEntitlement": "A setting that your product reads, as JSON.",
    "RateCardBooleanEntitlement": "Access, yes or no.",
    "RateCardUsageBasedPrice": "How usage becomes money.",
    "FlatPriceWithPaymentTerm": "A fixed amount per billing period.",
    "UnitPriceWithCommitments": "An amount for each unit used.",
    "TieredPriceWithCommitments": "Prices that change with the quantity used.",
    "DynamicPriceWithCommitments": "The metered value itself is the price, times a multiplier.",
    "PackagePriceWithCommitments": "An amount for each started package of units.",
    "PriceTier": "The price up to a quantity.",
    "FlatPrice": "A fixed amount once the tier is reached. A number alone means the same.",
    "UnitPrice": "An amount for each unit in the tier. A number alone means the same.",
    "TaxConfig": "How the line is taxed.",
    "StripeTaxConfig": "The Stripe tax code of the line.",
    "CustomInvoicingTaxConfig": "The tax code that custom invoicing receives.",
    "Discounts": "Discounts on the line.",
    "DiscountPercentage": "A part of the price that is not charged.",
    "DiscountUsage": "Units that are free in each period.",
    "ProRatingConfig": "Whether a part of a period is billed in part.",
    "Alignment": "Old setting; the server always aligns.",
    "FilterString": "Conditions on one group-by value; all of them must hold.",
    "FeatureUnitCost": "What one unit costs you, for margins.",
    "FeatureManualUnitCost": "A cost per unit that you state.",
    "FeatureLLMUnitCost": "A cost per token looked up in the server's list of model prices.",
    "NotificationRuleBalanceThresholdValue": "The balance or usage at which a notification is sent.",
    "PlanAddon": "An add-on that subscribers of this plan may buy.",
}

MEMBERS = {
    "*.kind": "Which kind of object this document describes.",
    "*.lifecycle": "What state the object should be in. Leaving a file out never removes anything.",
    "*.key": "The name by which files and the API speak of the object. Lower case letters, digits, single underscores.",
    "*.slug": "The name by which features and the API speak of the meter. Lower case letters, digits, single underscores.",
    "*.name": "The name that people read.",
    "*.description": "A sentence for people, up to 1024 characters.",
    "*.metadata": "Free text by name, kept with the object.",
    "*.currency": "Three-letter currency code. A new version may have another.",
    "*.featureKey": "Key of the feature that this line prices or grants. It is also the line's key.",
    "*.minimumAmount": "At least this much is charged per period.",
    "*.maximumAmount": "No more than this much is charged per period.",
    "*.disabled": "Keeps the object but stops it from sending.",
    "*.rateCards": "The lines of the price list.",
    "NotificationChannel.key": "The name by which rules speak of the channel; kept in the object's metadata.",
    "NotificationRule.key": "The name by which this catalog speaks of the rule; kept in the object's metadata.",
    "MeterCreate.aggregation": "How events become a quantity. It cannot change later.",
    "MeterCreate.eventType": "The CloudEvents type that is counted. It cannot change later.",
    "MeterCreate.eventFrom": "Events before this moment are left out. It cannot change later.",
    "MeterCreate.valueProperty": "JSON path of the value in the event's data; every aggregation but COUNT needs it.",
    "MeterCreate.groupBy": "Names for values in the event's data, as JSON paths, to filter and group by.",
    "FeatureCreateInputs.meterSlug": "Slug of the meter that measures the feature; none for plain access.",
    "FeatureCreateInputs.meterGroupByFilters": "Old form: group-by values that must be equal. Use advancedMeterGroupByFilters.",
    "FeatureCreateInputs.advancedMeterGroupByFilters": "Which of the meter's events count, by group-by name.",
    "FilterString.$eq": "Equal to this text.",
    "FilterString.$ne": "Not equal to this text.",
    "FilterString.$in": "One of these texts.",
    "FilterString.$nin": "None of these texts.",
    "FilterString.$like": "Like this pattern (% and _ stand for any text and any character).",
    "FilterString.$nlike": "Not like this pattern.",
    "FilterString.$ilike": "Like this pattern, whatever the letter case.",
    "FilterString.$nilike": "Not like this pattern, whatever the letter case.",
    "FilterString.$gt": "Greater than this text.",
    "FilterString.$gte": "Greater than or equal to this text.",
    "FilterString.$lt": "Less than this text.",
    "FilterString.$lte": "Less than or equal to this text.",
    "FilterString.$and": "All of these conditions.",
    "FilterString.$or": "Any of these conditions.",
    "FeatureManualUnitCost.amount": "Cost of one unit.",
    "FeatureLLMUnitCost.providerProperty": "Group-by name that holds the provider.",
    "FeatureLLMUnitCost.provider": "The provider, when it is always the same.",
    "FeatureLLMUnitCost.modelProperty": "Group-by name that holds the model.",
    "FeatureLLMUnitCost.model": "The model, when it is always the same.",
    "FeatureLLMUnitCost.tokenTypeProperty": "Group-by name that holds the token type.",
    "FeatureLLMUnitCost.tokenType": "The token type, when it is always the same.",
    "AddonCreate.instanceType": "How often one subscription may hold the add-on.",
    "PlanCreate.alignment": "Old setting; the server always aligns.",
    "PlanCreate.billingCadence": "How often customers are billed, as an ISO 8601 duration.",
    "PlanCreate.settlementMode": "How charges are settled.",
    "PlanCreate.phases": "The phases in order; only the last one may go on without end.",
    "PlanCreate.addons": "The add-ons offered with this plan.",
    "PlanPhase.duration": "How long the phase lasts, as an ISO 8601 duration; left out in the last phase.",
    "PlanAddon.addon": "Key of the add-on.",
    "PlanAddon.fromPlanPhase": "Key of the phase from which it may be bought.",
    "PlanAddon.maxQuantity": "How many one subscription may hold; only for add-ons of type multiple.",
    "RateCardFlatFee.billingCadence": "How often the fee is charged, as an ISO 8601 duration; left out: charged once.",
    "RateCardUsageBased.billingCadence": "How often usage is charged, as an ISO 8601 duration.",
    "RateCardFlatFee.price": "The fee; left out: free.",
    "RateCardUsageBased.price": "How usage becomes money; left out: free.",
    "*.amount": "The amount of money. A plain number or text; its digits are kept.",
    "FlatPriceWithPaymentTerm.paymentTerm": "Charged before or after the period.",
    "TieredPriceWithCommitments.mode": "How tiers are applied.",
    "TieredPriceWithCommitments.tiers": "The tiers from the lowest to the open one.",
    "DynamicPriceWithCommitments.multiplier": "What the metered value is multiplied by.",
    "PackagePriceWithCommitments.quantityPerPackage": "Units in one package.",
    "PriceTier.upToAmount": "The tier ends with this quantity; left out in the last tier.",
    "PriceTier.flatPrice": "A fixed amount once the tier is reached: a number, or {type: flat, amount}.",
    "PriceTier.unitPrice": "An amount for each unit in the tier: a number, or {type: unit, amount}.",
    "RateCardMeteredEntitlement.isSoftLimit": "Whether usage may go on when the quota is used up.",
    "RateCardMeteredEntitlement.issueAfterReset": "The quota given at the start of every period. It makes no usage free: say that with a tier at 0 or `discounts.usage`.",
    "RateCardMeteredEntitlement.issueAfterResetPriority": "Which grant is used first: the lower number.",
    "RateCardMeteredEntitlement.preserveOverageAtReset": "Whether overuse is taken from the next period's quota.",
    "RateCardMeteredEntitlement.usagePeriod": "How often the quota is renewed; left out: the line's billingCadence.",
    "RateCardStaticEntitlement.config": "The setting: an object, or the same as JSON text.",
    "TaxConfig.behavior": "Whether the amounts include tax.",
    "TaxConfig.taxCodeId": "Id of a tax code on the server.",
    "StripeTaxConfig.code": "Stripe's product tax code.",
    "CustomInvoicingTaxConfig.code": "The tax code.",
    "DiscountPercentage.percentage": "Percent of the price, 0 to 100.",
    "DiscountUsage.quantity": "Units that are free in each period.",
    "ProRatingConfig.enabled": "Whether a part of a period is billed in part.",
    "ProRatingConfig.mode": "How a part of a period is billed.",
    "Alignment.billablesMustAlign": "Old setting; the server always aligns.",
    "NotificationChannelWebhookCreateRequest.url": "Where notifications are posted; may be a reference {env: NAME} or {file: PATH}.",
    "NotificationChannelWebhookCreateRequest.customHeaders": "Headers sent along; secrets as references {env: NAME} or {file: PATH}.",
    "NotificationChannelWebhookCreateRequest.signingSecret": "Signs what is sent. Write a reference, {env: NAME} or {file: PATH}, never the secret itself.",
    "*.channels": "Keys of the channels that are notified.",
    "*.features": "Keys of the features that are watched; left out: all.",
    "*.thresholds": "The balances or usages at which a notification is sent.",
    "NotificationRuleBalanceThresholdValue.type": "What the value means.",
    "NotificationRuleBalanceThresholdValue.value": "The balance, usage or percentage.",
    "*.type": "Which form the object has.",
}  # fmt: skip

ENUMS = {
    "MeterAggregation": {
        "SUM": "Adds up the value.",
        "COUNT": "Counts events.",
        "UNIQUE_COUNT": "Counts different values.",
        "AVG": "The mean of the value.",
        "MIN": "The smallest value.",
        "MAX": "The greatest value.",
        "LATEST": "The last value seen.",
    },
    "AddonInstanceType": {"single": "Once per subscription.", "multiple": "Any number of times."},
    "BillingSettlementMode": {
        "credit_then_invoice": "Credits first, then an invoice for the rest.",
        "credit_only": "Credits only; nothing is invoiced.",
    },
    "ProRatingMode": {"prorate_prices": "Prices are reduced in proportion to the time."},
    "PricePaymentTerm": {
        "in_advance": "Charged at the start of the period.",
        "in_arrears": "Charged at its end.",
    },
    "TieredPriceMode": {
        "volume": "The tier reached prices all units.",
        "graduated": "Each tier prices the units within it.",
    },
    "TaxBehavior": {"inclusive": "Amounts include tax.", "exclusive": "Tax comes on top."},
    "NotificationRuleBalanceThresholdValueType": {
        "PERCENT": "Old name of usage_percentage.",
        "NUMBER": "Old name of usage_value.",
        "balance_value": "What is left of the quota.",
        "usage_percentage": "Percent of the quota used.",
        "usage_value": "Units used.",
    },
    "NotificationRuleCreateRequest": {
        "entitlements.balance.threshold": "A balance or usage crosses a threshold.",
        "entitlements.reset": "A quota is renewed.",
        "invoice.created": "An invoice is made.",
        "invoice.updated": "An invoice changes.",
    },
    "NotificationChannelWebhookCreateRequest.type": {"WEBHOOK": "An HTTP endpoint of yours."},
    "RateCard": {"flat_fee": "A fixed fee, or none.", "usage_based": "Depends on metered usage."},
    "RateCardUsageBasedPrice": {
        "flat": "A fixed amount.",
        "unit": "An amount per unit.",
        "tiered": "Amounts by quantity.",
        "dynamic": "The metered value is the price.",
        "package": "An amount per package of units.",
    },
    "RateCardEntitlement": {
        "metered": "A quota of usage.",
        "static": "A setting.",
        "boolean": "Access, yes or no.",
    },
    "FeatureUnitCost": {
        "manual": "You state the cost.",
        "llm": "Looked up by provider, model and token type.",
    },
    "lifecycle": {
        "draft": "Kept as a draft; not sold.",
        "published": "In force.",
        "archived": "Withdrawn; what exists keeps running.",
        "deleted": "Removed.",
        "external": "Owned by another catalog: it has to be live, and is never written.",
    },
}

EXAMPLES: dict[str, list[object]] = {
    "*.currency": ["USD", "EUR"],
    "*.billingCadence": ["P1M", "P1Y"],
    "*.usagePeriod": ["P1M"],
    "*.amount": [49, 0.0004],
    "PlanPhase.duration": ["P14D", "P3M"],
    "MeterCreate.slug": ["api_requests"],
    "MeterCreate.eventType": ["request"],
    "MeterCreate.eventFrom": ["2026-01-01T00:00:00Z"],
    "MeterCreate.valueProperty": ["$.tokens"],
    "MeterCreate.groupBy": [{"route": "$.route"}],
    "FeatureCreateInputs.meterSlug": ["api_requests"],
    "FeatureCreateInputs.advancedMeterGroupByFilters": [{"type": {"$eq": "input"}}],
    "PriceTier.upToAmount": [1000],
    "PriceTier.flatPrice": [0],
    "PriceTier.unitPrice": [0.01],
    "DiscountPercentage.percentage": [20],
    "DiscountUsage.quantity": [1000],
    "RateCardMeteredEntitlement.issueAfterReset": [10000],
    "RateCardStaticEntitlement.config": [{"retentionDays": 30}],
    "StripeTaxConfig.code": ["txcd_10000000"],
    "NotificationChannelWebhookCreateRequest.url": ["https://hooks.example.com/openmeter"],
    "NotificationChannelWebhookCreateRequest.signingSecret": [{"env": "WEBHOOK_SECRET"}],
    "NotificationRuleBalanceThresholdValue.value": [80],
}


def describe(component: str, member: str) -> str:
    """Our words for a member, or "" where there are none."""
    return MEMBERS.get(f"{component}.{member}") or MEMBERS.get(f"*.{member}", "")


def examples(component: str, member: str) -> list[object]:
    """Example values of a member, or none."""
    return EXAMPLES.get(f"{component}.{member}") or EXAMPLES.get(f"*.{member}", [])


def title(member: str) -> str:
    """A member's name in plain words: "issueAfterReset" → "Issue after reset"."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in member.lstrip("$"))
    return (spaced[:1].upper() + spaced[1:]).strip()
