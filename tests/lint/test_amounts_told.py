"""What lint says of amounts is what the price charges: with its commitments and discounts, and with what a hint would make of it."""

from __future__ import annotations

import copy
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_lint_rules import CALLS, EU, HARD, METER, card, checked, plan, tiers, unit

from catalogsync.checks.lint.findings import World
from catalogsync.checks.lint.pricing import cliffs
from catalogsync.core.model import Catalog, Lifecycle, Ref, Resource
from catalogsync.money import read
from catalogsync.money.rating import unrounded
from catalogsync.openmeter.kinds import PLAN

SOFT = "entitlementTemplate: {type: metered, issueAfterReset: 100, isSoftLimit: true}"
FREE = tiers("graduated", "upToAmount: 100, unitPrice: 0", "unitPrice: 1")
_JUST_ABOVE = Decimal("1e-12")
_AMOUNT = st.sampled_from(["0", "0.01", "0.5", "1", "2", "10", "50"])
_TIER = st.fixed_dictionaries({"unitPrice": _AMOUNT}, optional={"flatPrice": _AMOUNT})
_COMMITMENT = st.sampled_from(["1", "20", "500"])


@st.composite
def volumes(draw: st.DrawFn) -> dict[str, Any]:
    """A rate card with volume tiers in order, with commitments and discounts."""
    ends = sorted(draw(st.lists(st.sampled_from([1, 5, 10, 100, 1000]), min_size=1, max_size=3, unique=True)))
    tiers = [{"upToAmount": str(end), **draw(_TIER)} for end in ends]
    price = {"type": "tiered", "mode": "volume", "tiers": [*tiers, draw(_TIER)]}
    name = draw(st.sampled_from(["", "minimumAmount", "maximumAmount"]))
    if name:
        price[name] = draw(_COMMITMENT)
    discounts: dict[str, Any] = {}
    if draw(st.booleans()):
        discounts["percentage"] = {"percentage": draw(st.sampled_from([10, 50, 100]))}
    if draw(st.booleans()):
        discounts["usage"] = {"quantity": draw(st.sampled_from(["0", "3", "50"]))}
    return {"price": price, "discounts": discounts}


def told(priced: dict[str, Any]) -> list[tuple[str, str]]:
    """What is said of falling bills, with the hint."""
    phase = {"key": "main", "rateCards": [{"key": "calls", **priced}]}
    body = {"key": "p", "currency": "USD", "phases": [phase]}
    ref = Ref(PLAN, "p")
    catalog = Catalog({ref: Resource(ref, Lifecycle.PUBLISHED, body, origin=None)})  # type: ignore[arg-type]
    return [(one.summary, one.hint) for one in cliffs(World(catalog))]


def charge(priced: dict[str, Any], quantity: Decimal) -> Fraction:
    return Fraction(unrounded(read(priced), quantity))


@settings(max_examples=150)
@given(volumes())
def test_a_bill_falls_where_it_is_told_and_only_there(priced: dict[str, Any]) -> None:
    free = Decimal(priced["discounts"].get("usage", {}).get("quantity", 0))
    edges = [free + Decimal(one["upToAmount"]) for one in priced["price"]["tiers"][:-1]]
    charges = {edge: (charge(priced, edge), charge(priced, edge + _JUST_ABOVE)) for edge in edges}
    falls = [edge for edge in edges if charges[edge][1] < charges[edge][0]]
    found = told(priced)
    assert bool(found) == bool(falls)
    for said, hint in found:
        numbers = re.fullmatch(r"just above (\S+) the bill is (\S+), at (\S+) it is (\S+)", said)
        assert numbers is not None and numbers[1] == numbers[3]
        assert Decimal(numbers[1]) == falls[0]
        at, above = charges[falls[0]]
        assert at == Fraction(numbers[4]) and abs(above - Fraction(numbers[2])) < Fraction(1, 10**9)
        _holds(priced, falls[0], free, hint)


def _holds(priced: dict[str, Any], edge: Decimal, free: Decimal, hint: str) -> None:
    """The hint, followed to the letter, mends the place."""
    flat = re.search(r"`flatPrice: (\S+)`", hint)
    assert flat is not None
    mended = copy.deepcopy(priced)
    later = [
        one for one in mended["price"]["tiers"] if free + Decimal(one.get("upToAmount", "Infinity")) > edge
    ]
    following = min(later, key=lambda one: Decimal(one.get("upToAmount", "Infinity")))
    following["flatPrice"] = {"type": "flat", "amount": flat[1]}
    assert charge(mended, edge + _JUST_ABOVE) >= charge(mended, edge)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ((FREE, HARD), "price-never-reached"),
        ((FREE.replace("mode:", "minimumAmount: 10, mode:"), HARD), ""),
        ((tiers("graduated", "upToAmount: 100, flatPrice: 5", "unitPrice: 1"), SOFT), ""),
        ((tiers("graduated", "upToAmount: 100, unitPrice: 2", "unitPrice: 1"), SOFT), "price-grant-charged"),
        ((unit("1"), SOFT), "price-grant-charged"),
        ((unit("1, maximumAmount: 0"), SOFT), ""),
    ],
)
def test_what_is_free_is_told_of_what_is_charged(members: tuple[str, ...], code: str, tmp_path: Path) -> None:
    found = checked(tmp_path, [METER, CALLS, plan(("", card("calls", *members)))])
    assert [one.code for one in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("granted", "said", "hint"),
    [
        (150, "", ""),
        (200, "the price leaves 150 free, the entitlement grants 200", "write 100 here, or issueAfterReset: 150"),
        (80, "the price leaves 150 free, the entitlement grants 80", "write issueAfterReset: 150"),
    ],
)  # fmt: skip
def test_free_units_before_free_tiers_are_added(granted: int, said: str, hint: str, tmp_path: Path) -> None:
    grant = SOFT.replace("100", str(granted))
    discounted = card("calls", FREE, grant, "discounts: {usage: {quantity: 50}}")
    found = checked(tmp_path, [METER, CALLS, plan(("", discounted))])
    assert [(one.summary, one.hint) for one in found] == ([(said, hint)] if said else [])


def test_usage_that_another_feature_charges_is_paid_for(tmp_path: Path) -> None:
    both = plan(("", card("calls", SOFT), card("calls_all", unit("1"))))
    alike = EU.replace("calls_eu", "calls_all").partition("advanced")[0]
    found = checked(tmp_path, [METER, CALLS, alike, both])
    assert [one.code for one in found] == ["entitlement-elsewhere"]
