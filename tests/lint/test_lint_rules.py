"""Each rule of lint: a catalog that it speaks of, and the smallest change that makes it silent."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from catalogsync.app import check
from catalogsync.checks.lint import RULES, LintSettings
from catalogsync.codes import CODES, LINT
from catalogsync.core.diagnostics import Diagnostic

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "catalog"
DAY = datetime.date(2026, 11, 25)

METER = "kind: meter\nslug: calls\neventType: call\naggregation: COUNT\ngroupBy: {region: $.region}\n"
CALLS = "kind: feature\nkey: calls\nname: Calls\nmeterSlug: calls\n"
EU = "kind: feature\nkey: calls_eu\nname: Calls in Europe\nmeterSlug: calls\nadvancedMeterGroupByFilters:\n  region: {$eq: eu}\n"
SSO = "kind: feature\nkey: sso\nname: Single sign-on\n"
GRANT = "entitlementTemplate: {type: metered, issueAfterReset: 100, isSoftLimit: true}"
OPEN = "unitPrice: 1"
HARD = "entitlementTemplate: {type: metered, issueAfterReset: 100}"


def card(key: str, *members: str, cadence: str = "P1M") -> str:
    """A rate card of a feature."""
    lines = [
        f"type: usage_based\n    key: {key}\n    name: {key}\n    featureKey: {key}\n    billingCadence: {cadence}",
        *members,
    ]
    return "  - " + "\n    ".join(lines)


def fee(key: str, amount: str, cadence: str = "P1M") -> str:
    """A rate card with a flat price, charged once without a cadence."""
    often = f"billingCadence: {cadence}, " if cadence else ""
    return f"  - {{type: flat_fee, key: {key}, name: {key}, featureKey: {key}, {often}price: {{type: flat, amount: {amount}}}}}"


def unit(amount: str) -> str:
    return f"price: {{type: unit, amount: {amount}}}"


def tiers(mode: str, *lines: str) -> str:
    return (
        f"price: {{type: tiered, mode: {mode}, tiers: [" + ", ".join(f"{{{line}}}" for line in lines) + "]}"
    )


def plan(*phases: tuple[str, ...], key: str = "pro", currency: str = "USD", more: str = "") -> str:
    """A plan of phases; the first word of each is its duration, or nothing."""
    text = f"kind: plan\nkey: {key}\nname: {key}\ncurrency: {currency}\nbillingCadence: P1M\n{more}phases:\n"
    for n, (duration, *cards) in enumerate(phases, 1):
        text += (
            f"- key: phase_{n}\n  name: Phase {n}\n"
            + (f"  duration: {duration}\n" if duration else "")
            + "  rateCards:\n"
        )
        text += "\n".join(cards) + "\n"
    return text


def addon(*cards: str) -> str:
    return (
        "kind: addon\nkey: more\nname: More\ncurrency: USD\ninstanceType: single\nrateCards:\n"
        + "\n".join(cards)
        + "\n"
    )


PRO = plan(("", card("calls", unit("0.1"), GRANT)))
OFFER = "addons: [{addon: more, fromPlanPhase: phase_1}]\n"
HOOK = "kind: notification_channel\nkey: hook\ntype: WEBHOOK\nname: Hook\nurl: https://hooks.example.com/in\n"
RULE = "kind: notification_rule\nkey: renewed\ntype: entitlements.reset\nname: Renewed\nchannels: [hook]\nfeatures: [calls]\n"
EU_PLAN = plan(("", card("calls_eu", GRANT.replace("true", "false"))), key="eu")


def alarm(*values: str) -> str:
    """A rule with thresholds in percent."""
    thresholds = ", ".join(f"{{type: usage_percentage, value: {value}}}" for value in values)
    return (
        RULE.replace("entitlements.reset", "entitlements.balance.threshold") + f"thresholds: [{thresholds}]\n"
    )


SUPPORT = addon(card("sso", "price: {type: flat, amount: 5, paymentTerm: in_advance}"))
CALLS_2 = CALLS.replace("key: calls", "key: ca_lls")

SPOKEN: dict[str, tuple[list[str], list[str]]] = {
    "meter-unused": ([METER], [METER, CALLS, PRO]),
    "feature-unused": ([METER, CALLS], [METER, CALLS, PRO]),
    "feature-filter-empty": (
        [METER, CALLS, PRO, EU.replace("{$eq: eu}", "{$in: []}"), EU_PLAN], [METER, CALLS, PRO, EU.replace("{$eq: eu}", "{$in: [eu]}"), EU_PLAN],
    ),
    "addon-not-offered": ([SSO, METER, CALLS, PRO, SUPPORT], [SSO, METER, CALLS, PRO.replace("phases:", OFFER + "phases:"), SUPPORT]),
    "addon-draft-offered": (
        [SSO, METER, CALLS, PRO.replace("phases:", OFFER + "lifecycle: draft\nphases:"), SUPPORT + "lifecycle: draft\n"],
        [SSO, METER, CALLS, PRO.replace("phases:", OFFER + "lifecycle: draft\nphases:"), SUPPORT],
    ),
    "meter-path-in-data": (
        [METER.replace("aggregation: COUNT", "aggregation: SUM\nvalueProperty: $.data.calls"), CALLS, PRO],
        [METER.replace("aggregation: COUNT", "aggregation: SUM\nvalueProperty: $.database"), CALLS, PRO],
    ),
    "channel-unused": ([HOOK], [METER, CALLS, PRO, HOOK, RULE]),
    "rule-never-fires": ([METER, CALLS, EU, PRO, HOOK, RULE.replace("[calls]", "[calls_eu]")], [METER, CALLS, PRO, HOOK, RULE]),
    "rule-threshold-twice": ([METER, CALLS, PRO, HOOK, alarm("80", "80")], [METER, CALLS, PRO, HOOK, alarm("80", "100")]),
    "rule-threshold-far": ([METER, CALLS, PRO, HOOK, alarm("500")], [METER, CALLS, PRO, HOOK, alarm("120")]),
    "rule-threshold-fraction": ([METER, CALLS, PRO, HOOK, alarm("0.8")], [METER, CALLS, PRO, HOOK, alarm("1", "80")]),
    "key-nearly-same": ([METER, CALLS, CALLS_2], [METER, CALLS]),
    "currency-mixture": (
        [METER, CALLS, PRO, PRO.replace("key: pro", "key: team"), PRO.replace("key: pro", "key: eu").replace("USD", "EUR")],
        [METER, CALLS, PRO, PRO.replace("key: pro", "key: pro_2"), *(
            PRO.replace("key: pro", f"key: {one.lower()}").replace("USD", one) for one in ("EUR", "JPY"))],
    ),
    "tax-code-by-id": (
        [METER, CALLS, plan(("", card("calls", unit("1"), "taxConfig: {taxCodeId: 01JBP3SGZ20Y7VRVC351TDFXYZ}", GRANT)))],
        [METER, CALLS, plan(("", card("calls", unit("1"), "taxConfig: {stripe: {code: txcd_10000001}}", GRANT)))],
    ),
    "number-like-thousands": (
        [METER, CALLS, plan(("", card("calls", unit("18.000"), GRANT)))],
        [METER, CALLS, plan(("", card("calls", unit("18.00"), GRANT)))],
    ),
    "price-double-billing": (
        [METER, CALLS, EU, plan(("", card("calls", unit("0.1"), GRANT), card("calls_eu", unit("0.2"), GRANT)))],
        [METER, CALLS.replace("meterSlug: calls", "meterSlug: calls\nadvancedMeterGroupByFilters: {region: {$ne: eu}}"), EU,
         plan(("", card("calls", unit("0.1"), GRANT), card("calls_eu", unit("0.2"), GRANT)))],
    ),
    "price-tier-open-twice": (
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 9, unitPrice: 2", OPEN, OPEN), GRANT)))],
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 9, unitPrice: 2", OPEN), GRANT)))],
    ),
    "price-tier-order": (
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 90, unitPrice: 3", "upToAmount: 9, unitPrice: 2", OPEN), GRANT)))],
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 90, unitPrice: 3", "upToAmount: 900, unitPrice: 2", OPEN), GRANT)))],
    ),
    "price-tier-cliff": (
        [METER, CALLS, plan(("", card("calls", tiers("volume", "upToAmount: 100, unitPrice: 2", "unitPrice: 1"), GRANT)))],
        [METER, CALLS, plan(("", card("calls", tiers("volume", "upToAmount: 100, unitPrice: 2", "flatPrice: 100, unitPrice: 1"), GRANT)))],
    ),
    "price-tier-free-again": (
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 100, unitPrice: 2", "flatPrice: 0"), GRANT)))],
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 100, flatPrice: 0", "unitPrice: 1"), GRANT)))],
    ),
    "price-tier-rises": (
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 100, unitPrice: 2", "unitPrice: 3"), GRANT)))],
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 100, unitPrice: 2", "unitPrice: 2"), GRANT)))],
    ),
    "price-included-differs": (
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 50, flatPrice: 0", "unitPrice: 1"), GRANT)))],
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 100, flatPrice: 0", "unitPrice: 1"), GRANT)))],
    ),
    "price-grant-charged": (
        [METER, CALLS, plan(("", card("calls", unit("1"), GRANT)))],
        [METER, CALLS, plan(("", card("calls", unit("1"), GRANT, "discounts: {usage: {quantity: 100}}")))],
    ),
    "price-never-reached": (
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 100, flatPrice: 0", "unitPrice: 1"), HARD)))],
        [METER, CALLS, plan(("", card("calls", tiers("graduated", "upToAmount: 99, flatPrice: 0", "unitPrice: 1"), HARD)))],
    ),
    "price-far-off": (
        [METER, CALLS, PRO, plan(("", card("calls", unit("10"), GRANT)), key="team")],
        [METER, CALLS, PRO, plan(("", card("calls", unit("9.99"), GRANT)), key="team")],
    ),
    "price-comment-differs": (
        [METER, CALLS, plan(("", card("calls", "# 0.01 USD each", unit("0.02"), GRANT)))],
        [METER, CALLS, plan(("", card("calls", "# 0.01 USD each", unit("0.01"), GRANT)))],
    ),
    "price-charged-once": (
        [SSO, plan(("P1M", fee("sso", "5")), ("", fee("sso", "5", cadence="")))],
        [SSO, plan(("P1M", fee("sso", "5", cadence="")), ("", fee("sso", "5", cadence="")))],
    ),
    "discount-everything": (
        [METER, CALLS, plan(("", card("calls", unit("1"), "discounts: {percentage: {percentage: 100}}", GRANT)))],
        [METER, CALLS, plan(("", card("calls", unit("1"), "discounts: {percentage: {percentage: 99}}", GRANT)))],
    ),
    "discount-fraction": (
        [METER, CALLS, plan(("", card("calls", unit("1"), "discounts: {percentage: {percentage: 0.2}}", GRANT)))],
        [METER, CALLS, plan(("", card("calls", unit("1"), "discounts: {percentage: {percentage: 20}}", GRANT)))],
    ),
    "price-without-entitlement": ([METER, CALLS, plan(("", card("calls", unit("1"))))], [METER, CALLS, PRO]),
    "entitlement-elsewhere": (
        [METER, CALLS, EU, plan(("", card("calls", unit("1")), card("calls_eu", GRANT)))],
        [METER, CALLS, EU, plan(("", card("calls", unit("1"), GRANT), card("calls_eu", GRANT)))],
    ),
    "entitlement-overage-unpaid": (
        [METER, CALLS, plan(("", card("calls", GRANT)))],
        [METER, CALLS, plan(("P1M", card("calls", GRANT)), ("", card("calls", unit("1"), GRANT)))],
    ),
    "entitlement-without-meter": ([SSO, plan(("", card("sso", GRANT)))], [SSO, plan(("", card("sso", "entitlementTemplate: {type: boolean}")))]),
    "entitlement-config-no-json": (
        [SSO, plan(("", card("sso", "entitlementTemplate: {type: static, config: days 30}")))],
        [SSO, plan(("", card("sso", "entitlementTemplate: {type: static, config: {days: 30}}")))],
    ),
    "plan-phase-shorter-than-cadence": (
        [METER, CALLS, plan(("P1W", card("calls", unit("1"), GRANT)), ("", card("calls", unit("1"), GRANT)))],
        [METER, CALLS, plan(("P1M", card("calls", unit("1"), GRANT)), ("", card("calls", unit("1"), GRANT)))],
    ),
    "plan-phase-downgrade": (
        [METER, CALLS, plan(("P1M", card("calls", unit("1"), GRANT)), ("", card("calls", unit("1"), GRANT.replace("100", "99"))))],
        [METER, CALLS, plan(("P1M", card("calls", unit("1"), GRANT)), ("", card("calls", unit("1"), GRANT.replace("100", "101"))))],
    ),
    "channel-url-open": ([HOOK.replace("https", "http")], [HOOK]),
    "channel-url-token": (
        [HOOK.replace("hooks.example.com/in", "hooks.slack.com/services/T1/B2/x")],
        [HOOK.replace("https://hooks.example.com/in", "{env: HOOK_URL}"), HOOK.replace("/in", "/om/events?team=a").replace("hook\n", "two\n", 1)],
    ),
    "channel-secret-inline": (
        [HOOK + "customHeaders: {X-Api-Key: abcdef}\n"],
        [HOOK + "customHeaders: {X-Api-Key: {env: HOOK_KEY}, X-Team: billing}\n"],
    ),
}  # fmt: skip
"""By code: documents that it speaks of, documents that it does not."""


def checked(folder: Path, documents: list[str], **settings: Any) -> tuple[Diagnostic, ...]:
    (folder / "catalog.yaml").write_text("---\n".join(documents), "utf-8")
    return check.check([folder], settings=LintSettings(settings, DAY)).diagnostics


def errors_of_validate(found: tuple[Diagnostic, ...]) -> list[str]:
    lint = {rule.code for rule in RULES}
    return [f"{one.code}: {one.summary}" for one in found if one.is_error and one.code not in lint]


def test_every_rule_is_tried_and_explained() -> None:
    assert [rule.code for rule in RULES] == list(SPOKEN)
    assert {rule.code for rule in RULES} == {code.name for code in LINT}


@pytest.mark.parametrize("code", SPOKEN)
def test_the_rule_speaks(code: str, tmp_path: Path) -> None:
    found = checked(tmp_path, SPOKEN[code][0])
    assert errors_of_validate(found) == []
    told = [one for one in found if one.code == code]
    assert len(told) == 1, [f"{one.code}: {one.summary}" for one in found]
    assert told[0].where is not None and told[0].hint and told[0].subject


@pytest.mark.parametrize("code", SPOKEN)
def test_the_rule_is_silent(code: str, tmp_path: Path) -> None:
    found = checked(tmp_path, SPOKEN[code][1])
    assert errors_of_validate(found) == []
    assert code not in {one.code for one in found}


@pytest.mark.parametrize(
    ("key", "name", "told"),
    [("pro_eur", "Pro", 0), ("swiss", "Pro (EUR)", 0), ("euros", "Pro", 1), ("pro_usd", "Pro", 1)],
)
def test_a_plan_that_says_its_currency_is_in_another_one_on_purpose(
    key: str, name: str, told: int, tmp_path: Path
) -> None:
    other = PRO.replace("key: pro", f"key: {key}").replace("name: pro", f"name: {name}").replace("USD", "EUR")
    found = checked(tmp_path, [METER, CALLS, PRO, PRO.replace("key: pro", "key: team"), other])
    assert [one.code for one in found].count("currency-mixture") == told


def test_plans_that_say_their_currency_make_the_others_no_minority(tmp_path: Path) -> None:
    others = [
        PRO.replace("key: pro", f"key: pro_{one}").replace("USD", one.upper())
        for one in ("eur", "gbp", "chf")
    ]
    found = checked(tmp_path, [METER, CALLS, PRO, *others])
    assert "currency-mixture" not in {one.code for one in found}


FAR_OFF = {
    "a fee of another phase": plan(("P1M", fee("sso", "4900")), ("", fee("sso", "49"))),
    "the tier before": plan(("", card("calls", tiers("graduated", "upToAmount: 9, unitPrice: 0.01", "unitPrice: 1"), GRANT))),
}  # fmt: skip


@pytest.mark.parametrize("like", FAR_OFF)
def test_amounts_that_stand_out_are_told_once(like: str, tmp_path: Path) -> None:
    found = checked(tmp_path, [METER, CALLS, SSO, FAR_OFF[like]])
    assert [one.related[0].label for one in found if one.code == "price-far-off"]
    assert len([one for one in found if one.code == "price-far-off"]) == 1


@pytest.mark.parametrize("price", [unit("1"), unit("1") + "\n    discounts: {usage: {quantity: 5}}"])
def test_a_hard_limit_of_nothing_is_told(price: str, tmp_path: Path) -> None:
    nothing = "entitlementTemplate: {type: metered, issueAfterReset: 0}"
    found = checked(tmp_path, [METER, CALLS, plan(("", card("calls", price, nothing)))])
    assert [one.code for one in found] == ["price-never-reached"]


def test_an_addon_that_grants_more_lets_a_price_be_reached(tmp_path: Path) -> None:
    free = tiers("graduated", "upToAmount: 100, flatPrice: 0", "unitPrice: 1")
    offering = plan(("", card("calls", free, HARD)), more=OFFER)
    found = checked(tmp_path, [METER, CALLS, offering, addon(card("calls", HARD))])
    assert found == ()


BASE = [METER, CALLS, SSO, PRO.replace("key: pro", "key: base")]


@pytest.mark.parametrize("code", [code.name for code in LINT])
def test_the_example_of_each_code_is_one(code: str, tmp_path: Path) -> None:
    example = CODES[code].example
    if not example.startswith("kind:"):
        head = "type: usage_based\nkey: calls\nname: Calls\nfeatureKey: calls\nbillingCadence: P1M\n"
        example = plan(("", "  - " + (head + example).replace("\n", "\n    ")), key="shown")
    found = checked(tmp_path, [*BASE, example])
    assert errors_of_validate(found) == []
    assert code in {one.code for one in found}


def test_an_addon_that_charges_what_the_plan_charges_is_double_billing(tmp_path: Path) -> None:
    offering = PRO.replace("phases:", OFFER + "phases:")
    found = checked(tmp_path, [METER, CALLS, EU, offering, addon(card("calls_eu", unit("1"), GRANT))])
    told = [one for one in found if one.code == "price-double-billing"]
    assert [str(one.subject) for one in told] == ["plan/pro"] and told[0].related


def test_the_example_is_clean() -> None:
    assert check.check([EXAMPLE], settings=LintSettings(today=DAY)).diagnostics == ()


@pytest.mark.parametrize(("level", "expected"), [("error", ["error"]), ("note", ["note"]), ("off", [])])
def test_severities_are_settings(level: str, expected: list[str], tmp_path: Path) -> None:
    found = checked(tmp_path, SPOKEN["price-tier-cliff"][0], **{"price-tier-cliff": level})
    assert [str(one.severity) for one in found if one.code == "price-tier-cliff"] == expected


def test_what_is_missing_is_not_told_while_errors_may_be_the_cause(tmp_path: Path) -> None:
    found = checked(tmp_path, [METER, CALLS.replace("meterSlug: calls", "meterSlug: cals")])
    assert [one.code for one in found] == ["reference-unknown-meter"]
