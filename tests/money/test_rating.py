"""Rating beyond the reference cases: manifests' forms, and laws that hold for every price."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pricecards import cards

from catalogsync.money import NotRatedError, digits, rate_card, read
from catalogsync.money.exact import divided
from catalogsync.money.rating import rate, rate_parts, unrounded
from catalogsync.openmeter import currencies


@pytest.mark.parametrize(
    ("price", "quantity", "currency", "total"),
    [
        ({"type": "unit", "amount": Decimal("0.01")}, 50_000, "USD", "500"),
        ({"type": "unit", "amount": 2}, "1.5", "JPY", "3"),
        ({"type": "tiered", "mode": "graduated", "tiers": [{"upToAmount": 1000, "flatPrice": 0}, {"unitPrice": Decimal("0.01")}]}, 1500, "USD", "5"),
        ({"type": "dynamic"}, "12.345", "KWD", "12.345"),
        (None, 7, "USD", "0"),
    ],
)  # fmt: skip
def test_a_card_is_rated_as_a_manifest_writes_it(
    price: object, quantity: str | int, currency: str, total: str
) -> None:
    assert rate_card({"price": price}, quantity, currency).total == Decimal(total)  # type: ignore[dict-item]


def test_a_card_that_is_not_there_charges_nothing() -> None:
    assert rate_card(None, 5, "USD").lines == ()


def test_every_currency_of_the_server_has_digits_and_no_other() -> None:
    assert {digits(code) for code in currencies.FIAT} == {0, 2, 3, 4, 5}
    with pytest.raises(NotRatedError, match="`ABC`"):
        digits("ABC")


@given(st.decimals(-(10**12), 10**12, places=9), st.decimals("0.001", 10**6, places=5))
def test_a_quotient_is_the_nearest_at_sixteen_decimals_half_away_from_zero(
    value: Decimal, by: Decimal
) -> None:
    exact, found = Fraction(value) / Fraction(by), Fraction(divided(value, by))
    assert abs(found - exact) <= Fraction(1, 2 * 10**16)
    if abs(found - exact) == Fraction(1, 2 * 10**16):
        assert abs(found) > abs(exact)


@settings(max_examples=200)
@given(cards(), st.integers(0, 5_000))
def test_the_total_is_the_sum_of_rounded_lines_and_near_the_unrounded_price(
    card: dict[str, object], n: int
) -> None:
    charge = rate_card(card, n, "USD")  # type: ignore[arg-type]
    assert charge.total == sum((line.total for line in charge.lines), Decimal(0))
    assert all(line.amount == round(line.amount, 2) for line in charge.lines)
    exact = unrounded(read(card), Decimal(n))  # type: ignore[arg-type]
    assert abs(charge.total - exact) <= Decimal("0.01") * (len(charge.lines) + 1)


@settings(max_examples=100)
@given(cards(), st.integers(0, 2_000))
def test_one_part_is_the_whole(card: dict[str, object], n: int) -> None:
    found = read(card)  # type: ignore[arg-type]
    assert rate_parts(found, [Decimal(n)], "EUR") == (rate(found, Decimal(n), "EUR"),)
