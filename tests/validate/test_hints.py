"""What to do about what the server refuses: the repair that is probably meant first, said once, with values of the catalog and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic

METER = "kind: meter\nslug: calls\nname: Calls\neventType: call\n"
PLAN = METER + (
    "aggregation: COUNT\n---\n{kind: feature, key: calls, name: Calls, meterSlug: calls}\n---\n"
    "{kind: feature, key: mails, name: Mails, meterSlug: calls}\n---\n"
    "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\nphases:\n- key: one\n  name: One\n  rateCards:\n"
)
CARD = "  - {{type: usage_based, key: {}, name: A, featureKey: {}, billingCadence: P1M, price: {}}}\n"
CALLS = "  - {{type: usage_based, key: calls, name: A, featureKey: calls, billingCadence: P1M, {}}}\n"
FEE = "  - {{type: flat_fee, key: fee, name: Fee, {}}}\n"
UNIT = "{type: unit, amount: 1}"
SWAPPED = "{type: unit, amount: 1, minimumAmount: 9, maximumAmount: 5}"
ALARM = "kind: notification_rule\nkey: a\nname: A\nchannels: [b]\ntype: entitlements.balance.threshold\nthresholds: [{}]\n"


def tiers(*listed: str) -> str:
    """A plan with one card that has these tiers."""
    return PLAN + CARD.format(
        "calls", "calls", f"{{type: tiered, mode: graduated, tiers: [{', '.join(listed)}]}}"
    )


def quota(value: str) -> str:
    """A plan with one card that grants this."""
    return PLAN + CALLS.format(
        f"price: {UNIT}, entitlementTemplate: {{type: metered, issueAfterReset: {value}}}"
    )


def offer(quantity: str) -> str:
    """A plan that offers an add-on this often."""
    addon = "---\nkind: addon\nkey: seats\nname: Seats\ncurrency: USD\ninstanceType: multiple\nrateCards:\n"
    addon += FEE.format("billingCadence: P1M, price: {type: flat, amount: 5}")
    offered = f"addons: [{{addon: seats, fromPlanPhase: one, maxQuantity: {quantity}}}]\n"
    return PLAN + CALLS.format(f"price: {UNIT}") + offered + addon


CASES = {
    # paths
    METER + "aggregation: SUM\nvalueProperty: tokens\n": ("meter-json-path", "write `$.tokens`: `$` is the event's data"),
    METER + "aggregation: SUM\nvalueProperty: data.tokens\n": ("meter-json-path", "write `$.tokens`: `$` is the event's data"),
    METER + "aggregation: SUM\nvalueProperty: usage.tokens\n": ("meter-json-path", "write `$.usage.tokens`"),
    METER + "aggregation: SUM\nvalueProperty: /usage/tokens\n": ("meter-json-path", "write `$.usage.tokens`"),
    METER + "aggregation: SUM\nvalueProperty: a-b\n": ("meter-json-path", 'write `$."a-b"`'),
    METER + "aggregation: SUM\nvalueProperty: $.a-b\n": ("meter-json-path", 'write `$."a-b"`'),
    METER + "aggregation: SUM\nvalueProperty: sum(x)\n": ("meter-json-path", "write `$.…`"),
    METER + "aggregation: SUM\n": ("meter-value-missing", "add `valueProperty: $.…`"),
    METER + "aggregation: COUNT\nvalueProperty: $.n\n": ("meter-value-not-allowed", "to count events"),
    # documents of others
    "meters:\n- {slug: a, eventType: b, aggregation: COUNT}\n": (
        "manifest-no-kind", "write each entry as a document of its own, with `kind: meter`"),
    "apiVersion: v1\nkind: Feature\nmetadata: {name: a}\nspec: {name: A}\n": ("manifest-foreign", "without apiVersion, metadata and spec"),
    # names of other tools, and what stands too far out
    tiers("{upTo: 9, unitPrice: 2}", "{unitPrice: 1}"): ("manifest-unknown-field", "did you mean `upToAmount`?"),
    tiers("{up_to: 9, unitPrice: 2}", "{unitPrice: 1}"): ("manifest-unknown-field", "did you mean `upToAmount`?"),
    tiers("{upToAmount: 9, unitAmount: 2}", "{unitPrice: 1}"): ("manifest-unknown-field", "did you mean `unitPrice`?"),
    tiers("{upToAmount: 9, unitPrice: 2}", "{amount: 1}"): (
        "manifest-unknown-field", "write `unitPrice` for the price of each unit or `flatPrice` for the price that is charged once"),
    PLAN.replace("name: One", "name: One\n  trial_days: 14") + CALLS.format(f"price: {UNIT}"): (
        "manifest-unknown-field", "did you mean `duration`?"),
    PLAN.replace("cy: USD\nbillingCadence: P1M", "cy: USD\ninterval: month") + CALLS.format(f"price: {UNIT}"): (
        "manifest-unknown-field", "did you mean `billingCadence`?"),
    PLAN + FEE.format("amount: 49"): ("manifest-unknown-field", "it belongs into `price`: `price: {type: flat, amount: …}`"),
    PLAN + FEE.format("price: {type: flat, amount: 49, currency: usd}"): (
        "manifest-unknown-field", "remove it: all amounts here are in USD"),
    PLAN + FEE.format("price: {type: flat, amount: 49, currency: EUR}"): (
        "manifest-unknown-field", "write amounts in USD, or make an object for each currency"),
    # what stands too deep
    PLAN + FEE.format("price: {type: flat, amount: 5, discounts: {percentage: {percentage: 20}}}"): (
        "manifest-unknown-field", "it belongs into rate card `fee`, beside `price`"),
    PLAN + CARD.format("calls", "calls", "{type: unit, amount: 5, entitlementTemplate: {type: boolean}}"): (
        "manifest-unknown-field", "it belongs into rate card `calls`, beside `price`"),
    # keys in another order
    PLAN + CALLS.format(f"price: {UNIT}") + "---\n{kind: feature, key: monthly_calls, name: M, meterSlug: calls}\n---\n"
    "{kind: notification_rule, key: a, name: A, type: entitlements.reset, channels: [h], features: [calls_monthly]}\n---\n"
    "{kind: notification_channel, key: h, type: WEBHOOK, name: H, url: 'https://example.com'}\n": (
        "reference-unknown-feature", "did you mean `monthly_calls`?"),
    # tiers of others
    tiers("{from: 0, upToAmount: 9, unitPrice: 2}", "{unitPrice: 1}"): ("manifest-unknown-field", "a tier begins where the one before it ends"),
    tiers("{to: 9, unitPrice: 2}", "{unitPrice: 1}"): ("manifest-unknown-field", "did you mean `upToAmount`?"),
    tiers("{up_to: 9, flat_amount: 2}", "{unitPrice: 1}"): (
        "manifest-unknown-field", "`up_to` is upToAmount, `flat_amount` is flatPrice; amounts count whole units"),
    # a member of another type
    PLAN + CALLS.format(f"price: {UNIT}, entitlementTemplate: {{type: boolean, issueAfterReset: 5}}"): (
        "manifest-unknown-field", "belongs to type metered: write `type: metered` to have it, or take it out"),
    # prices
    PLAN + CARD.format("calls", "calls", SWAPPED): (
        "price-minimum-above-maximum", "write `minimumAmount: 5` and `maximumAmount: 9` if they were swapped"),
    tiers("{upToAmount: 9, unitPrice: 2}", "{upToAmount: 90, unitPrice: 1}"): (
        "price-tiers-closed", "remove `upToAmount: 90` if all usage above 9 has the price of this tier; else add a tier"),
    tiers("{upToAmount: 90, unitPrice: 1}", "{upToAmount: 9, unitPrice: 2}"): (
        "price-tiers-closed", "remove `upToAmount: 90` if all usage above 9 has"),
    tiers("{upToAmount: 9, unitPrice: 0}"): ("price-tiers-closed", "add a tier without upToAmount, with the price of usage above 9; or"),
    tiers("{upToAmount: unlimited, unitPrice: 2}"): ("manifest-wrong-form", "remove upToAmount: the last tier has no end"),
    tiers("{upToAmount: 9, unitPrice: 2}", "{upToAmount: 0, unitPrice: 1}"): (
        "price-tiers-closed", "remove `upToAmount: 0` if all usage above 9 has the price of this tier; else add a tier without upToAmount, with"),
    tiers("{upToAmount: 9, unitPrice: 2}", "{upToAmount: -1, unitPrice: 1}"): ("price-negative", "remove upToAmount if the tier has no end"),
    tiers("{upToAmount: 9}", "{unitPrice: 1}"): ("price-tier-free", "add `unitPrice: …` for a price of each unit"),
    PLAN + FEE.format("price: {type: unit, amount: 5}"): ("manifest-unknown-value", "write `type: flat` in this price for a fixed fee"),
    PLAN + FEE.format("price: {type: tiered, mode: volume, tiers: [{unitPrice: 1}]}"): (
        "manifest-unknown-value", "usage is charged by a card of `type: usage_based`"),
    PLAN + CALLS.format(f"price: {UNIT}, discounts: {{percentage: 20%}}"): (
        "manifest-wrong-type", "write `percentage: {percentage: 20}`"),
    PLAN + CALLS.format(f"price: {UNIT}, discounts: 20 %"): (
        "manifest-wrong-type", "write `discounts: {percentage: {percentage: 20}}`"),
    PLAN + FEE.format("price: 49"): ("manifest-wrong-type", "write `price: {type: flat, amount: 49}`"),
    PLAN + FEE.format("price: 49 USD"): ("manifest-wrong-type", "write `price: {type: flat, amount: 49}`"),
    PLAN + FEE.format("price: 49 EUR"): ("manifest-wrong-type", "`name: value` lines"),
    PLAN + FEE.format("price: {type: flat, amount: }"): ("manifest-wrong-type", "give it a value"),
    PLAN + CALLS.format("price: 0.50"): (
        "manifest-wrong-type", "`price: {type: flat, amount: 0.50}` (a fixed amount) or `price: {type: unit, amount: 0.50}` (an amount per unit)"),
    PLAN + CALLS.format(f"price: {UNIT}, discounts: 20"): ("manifest-wrong-type", "for 20 %, or `discounts: {usage: {quantity: 20}}`"),
    # objects
    PLAN + CALLS.format("entitlementTemplate: true"): ("manifest-wrong-type", "write `entitlementTemplate: {type: boolean}`"),
    PLAN + CALLS.format("entitlementTemplate: 100"): (
        "manifest-wrong-type", "write `entitlementTemplate: {type: metered, issueAfterReset: 100}`"),
    PLAN + CALLS.format("taxConfig: inclusive"): ("manifest-wrong-type", "write `taxConfig: {behavior: inclusive}`"),
    PLAN.replace("phases:", "proRatingConfig: true\nphases:") + CALLS.format(f"price: {UNIT}"): (
        "manifest-wrong-type", "write `proRatingConfig: {enabled: true, mode: prorate_prices}`"),
    PLAN + CALLS.format(f"price: {UNIT}") + "addons: [seats]\n": ("manifest-wrong-type", "write `{addon: seats, fromPlanPhase: one}`"),
    PLAN[: PLAN.index("phases:")] + "phases: {trial: {name: Trial}, main: {name: Main}}\n": (
        "manifest-wrong-type", "write a list, each entry with its `key` and the other members below it: `- key: trial`, `- key: main`"),
    METER + "aggregation: COUNT\ngroupBy: [model, type]\n": ("manifest-wrong-type", "write `groupBy: {model: $.model, type: $.type}`"),
    METER + "aggregation: COUNT\ngroupBy: {model-name: $.model}\n": ("meter-dimension-name", "write `model_name`: a name has letters"),
    METER + "aggregation: COUNT\n---\nkind: feature\nkey: a\nname: A\nmeterSlug: calls\nadvancedMeterGroupByFilters: {a: [b, c]}\n": (
        "manifest-wrong-type", 'write `a: {$in: [b, c]}`'),
    METER + 'aggregation: COUNT\neventFrom: "2026-01-31"\n': ("meter-event-from", 'write "2026-01-31T00:00:00Z" if it is in UTC'),
    METER + 'aggregation: COUNT\neventFrom: "31/01/2026"\n': ("meter-event-from", "`YYYY-MM-DDTHH:MM:SSZ`"),
    # types
    PLAN + CALLS.format("price: {mode: graduated, tiers: [{unitPrice: 1}]}"): (
        "manifest-missing-field", "add `type: tiered` (amounts by quantity)"),
    PLAN + CALLS.format("price: {amount: 1}"): ("manifest-missing-field", "one of flat (a fixed amount), unit (an amount per unit)"),
    PLAN + CALLS.format("entitlementTemplate: {issueAfterReset: 1}"): ("manifest-missing-field", "add `type: metered` (a quota of usage)"),
    PLAN + f"  - {{key: calls, name: A, featureKey: calls, billingCadence: P1M, price: {UNIT}}}\n": (
        "manifest-missing-field", "add `type: usage_based` (depends on metered usage)"),
    PLAN + f"  - {{typ: usage_based, key: calls, name: A, featureKey: calls, billingCadence: P1M, price: {UNIT}}}\n": (
        "manifest-missing-field", "did you mean `type` instead of `typ`?"),
    PLAN + CALLS.format("price: {type: unit, mode: graduated, tiers: [{unitPrice: 1}]}"): ("manifest-unknown-value", "write `type: tiered`"),
    # keys
    PLAN.replace("meterSlug: calls}\n---\n{kind: feature, key: mails", "meterSlug: call}\n---\n{kind: feature, key: mails")
    + CALLS.format(f"price: {UNIT}"): ("reference-unknown-meter", "did you mean `calls`?"),
    PLAN.replace("currency: USD", "currency: YEN") + CALLS.format(f"price: {UNIT}"): ("currency-unknown", "write JPY"),
    PLAN + CARD.format("calls", "mails", UNIT): (
        "rate_card_key_feature_key_mismatch", "write `key: mails` if the card is for `mails`, or `featureKey: calls` if it is for `calls`"),
    PLAN + CARD.format("fee", "mails", UNIT): ("rate_card_key_feature_key_mismatch", "write `key: mails`"),
    PLAN + CARD.format("calls", "calls", UNIT) + CARD.format("calls", "mails", UNIT): (
        "rate_card_key_feature_key_mismatch", "write `key: mails`"),
    PLAN + CARD.format("mails", "mails", UNIT) + CARD.format("calls", "mails", UNIT): (
        "rate_card_key_feature_key_mismatch", "write `featureKey: calls`"),
    PLAN + CARD.format("calls", "calls", UNIT) * 2: ("rate_card_duplicated_key", "a feature has one card: join both"),
    PLAN + FEE.format("price: {type: flat, amount: 1}") * 2: ("rate_card_duplicated_key", "give this one another key"),
    PLAN.replace("key: pro", "key: pro-plus") + CALLS.format(f"price: {UNIT}"): (
        "manifest-wrong-form", "write `pro_plus`: a key has lower case letters a to z, digits, and single underscores"),
    PLAN + f"  - {{type: usage_based, key: calls, name: A, billingCadence: P1M, price: {UNIT}}}\n": (
        "usage_based_price_with_no_feature", "add `featureKey: calls`"),
    PLAN + f"  - {{type: usage_based, key: zzz, name: A, billingCadence: P1M, price: {UNIT}}}\n": (
        "usage_based_price_with_no_feature", "there is no feature `zzz`"),
    # numbers
    quota("ten"): ("manifest-wrong-type", "write 10, in digits"),
    quota("one hundred"): ("manifest-wrong-type", "write 100, in digits"),
    quota("10k"): ("manifest-wrong-type", "write 10000, in digits"),
    quota("plenty"): ("manifest-wrong-type", "write the number in digits"),
    quota("unlimited"): ("manifest-wrong-type", "`isSoftLimit: true`"),
    offer("-20"): ("plan_addon_max_quantity_must_be_set", "write `maxQuantity: 20` if the sign is a slip; remove"),
    offer("-1"): ("plan_addon_max_quantity_must_be_set", "remove maxQuantity if any number may be bought; write"),
    offer("0"): ("plan_addon_max_quantity_must_be_set", "remove this entry"),
    offer("unlimited"): ("manifest-wrong-type", "remove maxQuantity: without it, any number may be bought"),
    # durations
    PLAN.replace("name: One", "name: One\n  duration: 14") + CALLS.format(f"price: {UNIT}"): (
        "manifest-wrong-type", "P14D is 14 days, P14W is 14 weeks, P14M is 14 months"),
    PLAN.replace("name: One", "name: One\n  duration: 14d") + CALLS.format(f"price: {UNIT}"): ("duration-invalid", "P14D is 14 days"),
    PLAN.replace("cy: USD\nbillingCadence: P1M", "cy: USD") + CALLS.format(f"price: {UNIT}"): (
        "manifest-missing-field", "add `billingCadence: …`: `P…D` for days"),
    PLAN + "  - {type: usage_based, key: calls, name: A, featureKey: calls}\n": (
        "manifest-missing-field", "add `billingCadence: P1M`, as around it"),
    PLAN + CALLS.format(f"price: {UNIT}") + "- key: two\n  name: Two\n  rateCards:\n" + CALLS.format(f"price: {UNIT}"): (
        "plan_has_non_last_phase_with_no_duration", "add `duration: …` beside `key`, `P…D` for days"),
    PLAN.replace("name: One", "name: One\n  duration: PT1M") + CALLS.format(f"price: {UNIT}") + "- key: two\n  name: Two\n  rateCards:\n"
    + CALLS.format(f"price: {UNIT}"): ("plan_phase_duration_less_then_an_hour", "write P1M for 1 month: PT1M is 1 minute"),
    PLAN.replace("cy: USD\nbillingCadence: P1M", "cy: USD\nbillingCadence: P30D") + CALLS.format(f"price: {UNIT}"): (
        "plan_billing_cadence_invalid", "write P1M, if that is meant; a plan is billed every P1W"),
    **{
        PLAN.replace("name: One", f"name: One\n  duration: {written}") + CALLS.format(f"price: {UNIT}"): ("duration-invalid", hint)
        for written, hint in {
            "P14": "P14D is 14 days, P14W is 14 weeks", "two weeks": "duration: P2W", "336h": "PT336H", "half-yearly": "P6M is six months",
            "biweekly": "P2W is every two weeks", "soon": "`P…D` for days",
        }.items()
    },
    # choices
    PLAN + FEE.format("price: {type: flat, amount: 1, paymentTerm: prepaid}"): ("manifest-unknown-value", "did you mean `in_advance`?"),
    "kind: feature\nkey: a\ntitle: A\n": ("manifest-unknown-field", "did you mean `name`?"),
    "kind: notification_channel\nkey: a\nname: A\ntype: SLACK\nurl: https://example.com/a\n": (
        "manifest-unknown-value", "write `WEBHOOK` (an HTTP endpoint of yours)"),
    METER + "aggregation: AVERAGE\n": ("manifest-unknown-value", "did you mean `AVG`?"),
    METER.replace("meter", "addon").replace("slug", "key").replace("eventType: call", "currency: 840\ninstanceType: single\nrateCards: []"): (
        "manifest-wrong-type", "write the ISO 4217 code"),
    ALARM.format("80"): ("manifest-wrong-type", "write `{type: usage_percentage, value: 80}` (percent of the quota used) or"),
    ALARM.format("80%"): ("manifest-wrong-type", "write `{type: usage_percentage, value: 80}`"),
    ALARM.format("{value: 80}"): ("manifest-missing-field", "usage_percentage (percent of the quota used)"),
    ALARM.format("{type: percentage, value: 80}"): (
        "manifest-unknown-value", "did you mean `usage_percentage`? Choices: PERCENT (old name of usage_percentage)"),
    ALARM.format("{type: usage_percentage, value: 80 %}"): (
        "manifest-wrong-type", "write 80: with type usage_percentage, 80 is 80 %"),
    METER + "aggregation: total\n": ("manifest-unknown-value", "SUM (adds up the value), COUNT (counts events)"),
}  # fmt: skip


def errors(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [one for one in check([tmp_path]).diagnostics if one.is_error]


@pytest.mark.parametrize("text", CASES, ids=lambda text: CASES[text][0])
def test_one_mistake_has_one_message_with_what_to_do(text: str, tmp_path: Path) -> None:
    code, hint = CASES[text]
    (one,) = errors(tmp_path, text)
    assert one.code == code
    assert hint in one.hint


CURRENCIES = {
    "US$": "write USD", "€": "write EUR", "£": "write GBP for pounds sterling", "euro": "write EUR", "USD$": "write USD", "US-Dollar": "write USD",
    "$": "USD, CAD, AUD or another", "dollars": "USD, CAD, AUD or another", "¥": "one of CNY, JPY", "money": "three capital letters",
}  # fmt: skip


@pytest.mark.parametrize("written", CURRENCIES)
def test_a_sign_of_one_currency_is_read_and_one_of_several_is_asked_about(
    written: str, tmp_path: Path
) -> None:
    text = PLAN.replace("currency: USD", f"currency: {written}") + CALLS.format(f"price: {UNIT}")
    (one,) = errors(tmp_path, text)
    assert CURRENCIES[written] in one.hint


ADDON = "kind: addon\nkey: {}\nname: A\ncurrency: {}\ninstanceType: single\nrateCards:\n" + FEE.format(
    "billingCadence: P1M, price: {type: flat, amount: 5}"
).replace("{", "{{").replace("}", "}}")
OFFERS = (
    "kind: plan\nkey: {}\nname: P\ncurrency: {}\nbillingCadence: P1M\nphases:\n- key: one\n  name: One\n  rateCards:\n"
    + FEE.format("price: {type: flat, amount: 5}")
    .replace("{", "{{")
    .replace("}", "}}")
    .replace("key: fee", "key: base")
    + "addons: [{{addon: seats, fromPlanPhase: one}}]\n"
)


def test_an_addon_that_others_sell_in_its_currency_is_never_to_get_another(tmp_path: Path) -> None:
    shared = [OFFERS.format("us", "USD"), OFFERS.format("eu", "EUR"), ADDON.format("seats", "USD")]
    (one,) = errors(tmp_path, "---\n".join(shared))
    assert (one.code, one.subject) == ("plan_multiple_fiat_currencies", "plan/eu")
    assert one.hint.startswith(
        "leave `seats` as it is: `us` offers it in USD; copy the add-on under another key"
    )
    assert "`addon: seats_eur`" in one.hint and "remove this entry" in one.hint
    (one,) = errors(tmp_path, "---\n".join([*shared, ADDON.format("seats_eur", "EUR")]))
    assert one.hint == "did you mean `addon: seats_eur`, which is in EUR?"
    (one,) = errors(tmp_path, "---\n".join(shared[1:]))
    assert one.hint.startswith(
        "write `currency: EUR` in the add-on if its amounts are in EUR; if they are in USD, copy"
    )


def test_an_object_of_its_own_needs_no_external_declaration(tmp_path: Path) -> None:
    declared, own = (
        "{kind: feature, key: calls, lifecycle: external}\n",
        "{kind: feature, key: calls, name: Calls}\n",
    )
    for text in (f"{declared}---\n{own}", f"{own}---\n{declared}"):
        (one,) = errors(tmp_path, text)
        assert one.code == "manifest-duplicate" and "remove the one with `lifecycle: external`" in one.hint


def test_a_copied_file_says_the_key_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "calls.yaml").write_text("{kind: feature, key: calls, name: Calls}\n", "utf-8")
    copy = tmp_path / "calls_eu.yaml"
    copy.write_text("{kind: feature, key: calls, name: Calls in Europe}\n", "utf-8")
    (one,) = check([tmp_path]).diagnostics
    assert "another key, `key: calls_eu`; else keep one" in one.hint
    copy.rename(tmp_path / "a_calls.yaml")
    (one,) = check([tmp_path]).diagnostics
    assert "give the first one another key, `key: a_calls`" in one.hint
    copy = tmp_path / "a_calls.yaml"
    copy.write_text("{kind: feature, key: calls, name: Calls}\n", "utf-8")
    (one,) = check([tmp_path]).diagnostics
    assert one.hint == "both say the same: remove one of them"


def test_beside_a_type_that_is_missing_all_is_told_that_is_missing_with_any(tmp_path: Path) -> None:
    found = errors(tmp_path, PLAN + "  - {featureKey: calls, billingCadence: P1M}\n")
    assert {one.summary.split("`")[1] for one in found} == {"type", "key", "name"}


CHANNEL = "kind: notification_channel\nkey: ops\ntype: WEBHOOK\nname: Ops\nurl: "
URLS = {
    "hooks.example.com/x": "put `https://` before it",
    "localhost:8080/x": "put `https://` before it",
    "htps://hooks.example.com": "begin it with `https://`",
    "https//hooks.example.com": "begin it with `https://`",
    "http:/hooks.example.com": "begin it with `http://`",
    "https:hooks.example.com": "begin it with `https://`",
    "https://": "write the name of the host after `https://`",
    "https://…": "write the name of the host after `https://`",
    "https://…/path": "write the name of the host after `https://`",
    '"https://hooks.example.com/a b"': "remove it; within a path, a space is written `%20`",
    '""': "write the address that takes the events, beginning with `https://`",
    "$HOOK_URL": "write `url: {env: HOOK_URL}`",
    '"${HOOK_URL}"': "write `url: {env: HOOK_URL}`",
    '"{{ env.HOOK_URL }}"': "write `url: {env: HOOK_URL}`",
    "…": "write the address that takes the events, beginning with `https://`",
}


@pytest.mark.parametrize("url", URLS)
def test_what_an_address_lacks_is_said_and_the_address_is_not(url: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, CHANNEL + url)
    assert (one.code, one.hint) == ("channel-url", URLS[url])
    assert one.where is not None and "/x" not in one.where.text and "path" not in one.where.text


@pytest.mark.parametrize("url", ["hooks.example.com/x", "https//hooks.example.com"])
def test_a_value_that_is_hidden_as_a_whole_says_so(url: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, CHANNEL + url)
    assert one.where is not None and (one.where.text, one.where.width) == ("url: (value hidden)", 1)
