"""Bills of a small catalog: add-ons merged as OpenMeter merges them, totals by rhythm, questions that cannot be answered."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalogsync import manifests
from catalogsync.app.quote import Quote, quote
from catalogsync.app.quote_request import QuoteRequest, addon_quantities, quantities
from catalogsync.cli import run
from catalogsync.core.errors import UsageError
from catalogsync.money import NotRatedError
from catalogsync.money.addons import with_addon

CATALOG = Path(__file__).parents[2] / "examples" / "catalog"


def quoted(plan: str, phase: str = "", addons: dict[str, int] | None = None, **usage: int) -> Quote:
    catalog = manifests.load([CATALOG]).catalog
    asked = QuoteRequest(plan, {key: Decimal(n) for key, n in usage.items()}, addons or {}, phase)
    return quote(catalog, asked)


def charges(found: Quote) -> dict[str, str]:
    return {line.key: str(line.charge.total) for line in found.lines}


def test_a_bill_has_a_line_for_each_priced_card_and_a_total_for_each_rhythm() -> None:
    found = quoted("pro", api_requests=250_000, output_tokens=3_000_000, report_exports=101)
    assert charges(found) == {
        "platform": "49.00", "onboarding": "200.00", "api_requests": "60.00", "input_tokens": "0",
        "output_tokens": "17.40", "report_exports": "6.00",
    }  # fmt: skip
    assert [(one.cadence, str(one.total)) for one in found.totals] == [("P1M", "132.40"), (None, "200.00")]


def test_other_rhythms_have_totals_of_their_own() -> None:
    found = quoted("enterprise", storage=2_000_000)
    assert [(one.cadence, str(one.total)) for one in found.totals] == [
        ("P1M", "1280.00"),
        ("P1Y", "18000.00"),
    ]


def test_a_phase_without_prices_costs_nothing_and_usage_beyond_a_hard_limit_is_told() -> None:
    found = quoted("free", api_requests=20_000)
    assert str(found.totals[0].total) == "0.00"
    assert found.notes == ("api_requests: 20,000 is above the hard limit of 10,000, where usage ends",)
    assert quoted("pro", "trial").lines == ()


def test_an_addon_joins_the_card_of_its_key_and_stands_alone_elsewhere() -> None:
    found = quoted("pro", addons={"seat_pack": 3, "premium_support": 1}, team_seats=25)
    lines = {line.key: line for line in found.lines}
    assert (str(lines["team_seats"].charge.total), lines["team_seats"].plan) == ("180.00", True)
    assert lines["team_seats"].addons == (("seat_pack", 3),)
    assert (str(lines["priority_support"].charge.total), lines["priority_support"].plan) == ("199.00", False)
    assert not any("hard limit" in note for note in found.notes)  # 10 and 3 × 5 seats
    assert any(
        "hard limit of 25" in note for note in quoted("pro", addons={"seat_pack": 3}, team_seats=26).notes
    )


def flat(amount: str, **more: Any) -> dict[str, Any]:
    return {"price": {"type": "flat", "amount": amount}, **more}


@pytest.mark.parametrize(
    ("card", "addon", "quantity", "merged"),
    [
        (flat("10"), flat("2.5"), 3, flat("17.5")),
        (None, flat("2.5"), 3, flat("7.5")),
        ({}, flat("2.5"), 2, flat("5")),
        (None, {"price": {"type": "unit", "amount": "1"}}, 1, {"price": {"type": "unit", "amount": "1"}}),
        (
            {"entitlementTemplate": {"type": "metered", "issueAfterReset": 10}},
            {"entitlementTemplate": {"type": "metered", "issueAfterReset": 5}},
            2,
            {"entitlementTemplate": {"type": "metered", "issueAfterReset": 20}},
        ),
        (
            {"discounts": {"usage": {"quantity": "10"}, "percentage": {"percentage": 5}}},
            {"discounts": {"usage": {"quantity": 5}}},
            2,
            {"discounts": {"usage": {"quantity": "20"}, "percentage": {"percentage": 5}}},
        ),
        (flat("10"), flat("1", discounts={"percentage": {"percentage": 50}}), 1, flat("11")),
    ],
)
def test_cards_are_merged(card: Any, addon: Any, quantity: int, merged: Any) -> None:
    assert with_addon(card, addon, quantity) == merged


@pytest.mark.parametrize(
    ("card", "addon", "quantity"),
    [
        ({"price": {"type": "unit", "amount": "1"}}, flat("1"), 1),
        (None, {"price": {"type": "unit", "amount": "1"}}, 2),
        (None, flat("1", discounts={"percentage": {"percentage": 50}}), 2),
        (None, {"entitlementTemplate": {"type": "static", "config": "{}"}}, 2),
        ({"entitlementTemplate": {"type": "boolean"}}, {"entitlementTemplate": {"type": "metered"}}, 1),
    ],
)
def test_what_the_server_does_not_merge_is_refused(card: Any, addon: Any, quantity: int) -> None:
    with pytest.raises(NotRatedError):
        with_addon(card, addon, quantity)


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["--plan", "prod"], "quote-plan-unknown", "did you mean `pro`?"),
        (["--plan", "pro", "--phase", "standart"], "quote-phase-unknown", "did you mean `standard`?"),
        (["--plan", "pro", "--at", "api_request=1"], "quote-feature-unknown", "did you mean `api_requests`?"),
        (["--plan", "pro", "--at", "api_requests=1,000"], "quote-quantity", "50000 or 0.5"),
        (["--plan", "pro", "--at", "api_requests=-1"], "quote-quantity", "give 0 or more"),
        (["--plan", "pro", "--at", "api_requests"], "quote-quantity", "write api_requests=1"),
        (["--plan", "pro", "--at", "=1"], "quote-quantity", "write FEATURE=N"),
        (["--plan", "pro", "--at", "api_requests=1,sso=1"], "quote-quantity", "the option is repeated"),
        (["--plan", "pro", "--addon", "seat_pack"], "quote-quantity", "write seat_pack=1"),
        (["--plan", "pro", "--at", "sso=1", "--at", "sso=2"], "quote-quantity", "give one quantity"),
        (["--plan", "pro", "--addon", "seat_pack=1.5"], "quote-quantity", "a whole number"),
        (["--plan", "pro", "--addon", "seat_pack=0"], "quote-quantity", "1 or more"),
        (["--plan", "pro", "--addon", "seat_pac=1"], "quote-addon-unknown", "did you mean `seat_pack`?"),
        (["--plan", "free", "--addon", "seat_pack=1"], "quote-addon-not-offered", "it offers none"),
        (["--plan", "pro", "--phase", "trial", "--addon", "seat_pack=1"], "quote-addon-not-offered", "--phase standard"),
        (["--plan", "pro", "--addon", "seat_pack=21"], "quote-addon-quantity", "--addon seat_pack=20"),
        (["--plan", "pro", "--addon", "premium_support=2"], "quote-addon-quantity", "--addon premium_support=1"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_says_what_could_be_asked(
    words: list[str], code: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["quote", str(CATALOG), *words]) == 64
    told = capsys.readouterr()
    assert told.out == "" and f"error[{code}]" in told.err and hint in told.err


def test_json_says_the_same_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["quote", str(CATALOG), "--plan", "pro", "--at", "api_requests=250000", "--format", "json"]
    assert run(words) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["totals"] == [
        {"billingCadence": "P1M", "total": "114"},
        {"billingCadence": None, "total": "200"},
    ]
    line = next(one for one in document["lines"] if one["key"] == "api_requests")
    assert (line["quantity"], line["charge"]) == ("250000", "60")
    assert [detail["total"] for detail in line["details"]] == ["0", "60"]


def test_written_quantities_are_read_exactly() -> None:
    assert quantities(["a=0.10", "b=7"]) == {"a": Decimal("0.10"), "b": Decimal(7)}
    assert addon_quantities(["seats=03"]) == {"seats": 3}
    with pytest.raises(UsageError):
        quantities(["a=1e3"])
