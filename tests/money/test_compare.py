"""Crossing points, points and worst cases against every single quantity."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pricecards import cards

from catalogsync.money import read
from catalogsync.money.compare import Comparison, Priced, compare_cards
from catalogsync.money.compare_plans import compare_plans
from catalogsync.money.rating import rate, unrounded

UP_TO = 2_600


def compared(old: dict[str, Any] | None, new: dict[str, Any] | None, currency: str = "USD") -> Comparison:
    sides = (None if one is None else Priced(one, currency) for one in (old, new))
    return compare_cards(*sides)


@settings(max_examples=40, deadline=None)
@given(cards(), cards(), st.sampled_from(["USD", "JPY", "KWD"]))
def test_the_stretches_say_of_every_quantity_who_pays_more(
    old: dict[str, Any], new: dict[str, Any], currency: str
) -> None:
    found, before, after = compared(old, new, currency), read(old), read(new)
    stretches = iter(found.stretches)
    stretch = next(stretches)
    assert (stretch.first, found.stretches[-1].last) == (0, None)
    for n in range(UP_TO):
        if stretch.last is not None and n > stretch.last:
            previous, stretch = stretch, next(stretches)
            assert stretch.first == n and stretch.direction != previous.direction
        was, becomes = (rate(card, Decimal(n), currency).total for card in (before, after))
        direction = "more" if becomes > was else "less" if becomes < was else "same"
        allowed = {stretch.direction.value} | (set() if stretch.throughout else {"same"})
        assert stretch.direction == "varies" or direction in allowed, n


@settings(max_examples=40, deadline=None)
@given(cards(), cards())
def test_no_quantity_is_worse_than_the_worst(old: dict[str, Any], new: dict[str, Any]) -> None:
    found, before, after = compared(old, new), read(old), read(new)
    for n in range(UP_TO):
        was, becomes = (Fraction(unrounded(card, Decimal(n))) for card in (before, after))
        if becomes > was:
            assert found.rise is not None
            if found.rise.percent is not None:
                assert was and (becomes / was - 1) * 100 <= Fraction(found.rise.percent) + Fraction(1, 10**12)
        if becomes < was:
            assert found.fall is not None and found.fall.percent is not None
            assert (becomes / was - 1) * 100 >= Fraction(found.fall.percent) - Fraction(1, 10**12)
    for worst in (found.rise, found.fall):
        if worst is not None and worst.percent is not None and worst.quantity is not None:
            was, becomes = (Fraction(unrounded(card, worst.quantity)) for card in (before, after))
            assert abs((becomes / was - 1) * 100 - Fraction(worst.percent)) < Fraction(1, 10**12)


def unit(amount: str, **more: Any) -> dict[str, Any]:
    return {"price": {"type": "unit", "amount": amount}, "billingCadence": "P1M", **more}


def package(amount: str, size: str) -> dict[str, Any]:
    return {
        "price": {"type": "package", "amount": amount, "quantityPerPackage": size},
        "billingCadence": "P1M",
    }


def volume(bound: str, below: str, above: str, flat: str) -> dict[str, Any]:
    tiers = [{"upToAmount": bound, "unitPrice": below}, {"unitPrice": above, "flatPrice": flat}]
    return {"price": {"type": "tiered", "mode": "volume", "tiers": tiers}, "billingCadence": "P1M"}


def free_then(free: str, amount: str) -> dict[str, Any]:
    tiers = [{"upToAmount": free, "flatPrice": 0}, {"unitPrice": amount}]
    return {"price": {"type": "tiered", "mode": "graduated", "tiers": tiers}, "billingCadence": "P1M"}


@pytest.mark.parametrize(
    ("old", "new", "crossings"),
    [
        (unit("0.01"), unit("0.02"), ["1 more"]),
        (unit("0.01"), unit("0.01"), []),
        (unit("0.0004"), unit("0.0005"), ["10 more?"]),
        (free_then("20000", "0.01"), free_then("20000", "0.02"), ["20001 more"]),
        (free_then("1000", "0.01"), free_then("500", "0.008"), ["501 more", "2998 same", "3003 less"]),
        (unit("0.01"), package("10", "1000"), ["1 more?"]),
        (package("10", "1000"), package("5", "500"), ["1 less?"]),
        (None, unit("1"), ["1 more"]),
        (unit("1"), None, ["1 less"]),
        (free_then("0.5", "1"), free_then("0.25", "1"), ["0.26 more"]),
    ],
)
def test_crossing_points_of_changes_that_people_make(
    old: dict[str, Any] | None, new: dict[str, Any] | None, crossings: list[str]
) -> None:
    found = compared(old, new)
    said = [f"{one.first} {one.direction}{'' if one.throughout else '?'}" for one in found.crossings]
    assert said == crossings


def test_points_stand_at_edges_limits_and_asked_quantities() -> None:
    template = {"entitlementTemplate": {"type": "metered", "issueAfterReset": 700}}
    sides = (
        Priced({**free_then("1000", "0.01"), **template}, "USD"),
        Priced(free_then("500", "0.01"), "USD"),
    )
    found = compare_cards(*sides, [Decimal(50_000)])
    assert [int(point.quantity) for point in found.points] == [0, 500, 501, 700, 1000, 1001, 50_000]
    assert (found.points[-1].old, found.points[-1].new) == (490, 495)


@pytest.mark.parametrize(
    ("old", "new", "rise", "fall"),
    [
        (unit("0.01"), unit("0.05"), ("at", 400, 1), None),
        (unit("0.01"), free_then("1000", "0.02"), ("towards", 100, None), ("at", -100, 1)),
        (free_then("1000", "0.01"), unit("0.01"), ("from_zero", None, 1), None),
        (free_then("20000", "0.01"), free_then("20000", "0.02"), ("at", 100, 20001), None),
        (unit("0.01"), package("10", "1000"), ("at", 99_900, 1), None),
        ({"price": {"type": "flat", "amount": 10}}, {"price": {"type": "unit", "amount": 1, "minimumAmount": 10}}, ("unbounded", None, None), None),
    ],
)  # fmt: skip
def test_the_worst_case_has_its_quantity(
    old: dict[str, Any], new: dict[str, Any], rise: tuple[str, int | None, int | None], fall: Any
) -> None:
    found = compared({**old, "billingCadence": "P1M"}, {**new, "billingCadence": "P1M"})
    told = [one and (one.reach.value, one.percent, one.quantity) for one in (found.rise, found.fall)]
    assert told == [rise, fall]


def test_other_currencies_and_cadences_are_not_compared() -> None:
    other = compare_cards(Priced(unit("1"), "USD"), Priced(unit("2"), "EUR"), [Decimal(5)])
    assert other.incomparable == "currency" and other.stretches == ()
    assert (other.points[-1].old, other.points[-1].new) == (5, 10)
    yearly = compare_cards(Priced(unit("1"), "USD"), Priced({**unit("2"), "billingCadence": "P1Y"}, "USD"))
    assert yearly.incomparable == "billing cadence"


def plan(fee: str, usage: str, *extra: dict[str, Any], currency: str = "USD") -> dict[str, Any]:
    fee_card = {
        "key": "fee",
        "type": "flat_fee",
        "price": {"type": "flat", "amount": fee},
        "billingCadence": "P1M",
    }
    calls = {"key": "calls", "type": "usage_based", "featureKey": "calls", **unit(usage)}
    phases = [{"key": "main", "rateCards": [fee_card, calls, *extra]}]
    return {"currency": currency, "billingCadence": "P1M", "phases": phases}


@pytest.mark.parametrize(
    ("old", "new", "last"),
    [
        (free_then("1000000", "0.000008"), free_then("1000000", "0.000009"), ("5000000", "32", "36")),
        (free_then("100", "0.5"), free_then("100", "1"), ("500", "200", "400")),
        (unit("0.01"), unit("0.02"), ("500", "5", "10")),
        (unit("20"), unit("30"), ("1", "20", "30")),
        (unit("0"), unit("0.01"), ("1000", "0", "10")),
        ({**unit("1"), "price": {**unit("1")["price"], "maximumAmount": "3"}}, None, ("1", "1", "0")),
    ],
)
def test_the_last_point_is_one_with_a_charge_worth_speaking_of(
    old: dict[str, Any], new: dict[str, Any] | None, last: tuple[str, str, str]
) -> None:
    """At the edges of free units and tiers a price per unit has come to next to nothing."""
    point = compared(old, new).points[-1]
    assert (point.quantity, point.old, point.new) == tuple(map(Decimal, last))


def test_a_plan_as_a_whole_crosses_where_the_fee_is_made_up_for() -> None:
    (phase,) = compare_plans(plan("49", "0.01"), plan("39", "0.02"), {"calls": [Decimal(50_000)]})
    assert [(card.key, card.changed) for card in phase.cards] == [("fee", True), ("calls", True)]
    (whole,) = phase.totals
    assert [(one.first, one.direction.value) for one in whole.comparison.stretches] == [
        (0, "less"), (1000, "same"), (1001, "more"),
    ]  # fmt: skip
    assert (whole.comparison.points[-1].old, whole.comparison.points[-1].new) == (549, 1039)


def test_added_and_removed_cards_and_phases_are_compared_with_nothing() -> None:
    yearly = {"key": "audit", "price": {"type": "flat", "amount": "100"}, "billingCadence": "P1Y"}
    old, new = plan("49", "0.01"), plan("49", "0.01", yearly)
    new["phases"].append({"key": "later", "rateCards": []})
    main, later = compare_plans(old, new)
    assert main.left_out == ("audit",)
    audit = main.cards[-1]
    assert (audit.old, audit.new) == ("", "100.00 USD every year, in advance")
    assert audit.comparison.rise is not None and audit.comparison.rise.reach == "from_zero"
    assert later.there == (False, True)
    assert [phase.there for phase in compare_plans(None, old)] == [(False, True)]
    assert compare_plans(old, plan("49", "0.01", currency="EUR"))[0].totals == ()


@pytest.mark.parametrize(
    ("old", "new", "at_steps"),
    [
        (unit("1"), package("1", "1"), True),
        (unit("1.5"), package("1", "1"), True),
        (package("10", "1000"), package("12", "1000"), False),
        (package("10", "1000"), package("5", "500"), False),
        ({"price": {"type": "flat", "amount": 10}}, package("10", "1000"), False),
        (unit("0.01"), unit("0.02"), False),
        (free_then("1000", "0.01"), free_then("500", "0.008"), False),
        (unit("0.01"), free_then("1000", "0.02"), False),
        (unit("0.01"), volume("10", "0.01", "0.006", flat="0.05"), True),
    ],
)
def test_where_a_part_of_a_unit_is_charged_otherwise_that_is_known(
    old: dict[str, Any], new: dict[str, Any], at_steps: bool
) -> None:
    found = compared({**old, "billingCadence": "P1M"}, {**new, "billingCadence": "P1M"})
    assert found.at_steps is at_steps


_PART = st.integers(0, 30_000).map(lambda n: Decimal(n) / 10)


@settings(max_examples=30, deadline=None)
@given(cards(), cards(), st.lists(_PART, min_size=20, max_size=20))
def test_what_is_said_holds_for_parts_of_units_but_for_rounding(
    old: dict[str, Any], new: dict[str, Any], parts: list[Decimal]
) -> None:
    found, before, after = compared(old, new), read(old), read(new)
    if found.at_steps:
        return
    for part in parts:
        was, becomes = (rate(card, part, "USD").total for card in (before, after))
        for one in found.stretches:
            told = one.direction.value
            if told in ("more", "less") and one.first <= part <= (one.last if one.last is not None else part):
                against = was - becomes if told == "more" else becomes - was
                assert against <= Decimal("0.02"), (part, told)
