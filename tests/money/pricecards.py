"""Rate cards of every price type, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_AMOUNT = st.sampled_from(
    [
        "0",
        "0.0004",
        "0.0005",
        "0.001",
        "0.00125",
        "0.005",
        "0.01",
        "0.0333",
        "0.1",
        "0.99",
        "1",
        "1.5",
        "3",
        "9.99",
    ]
)
_FLAT = st.sampled_from([None, None, "0", "0.5", "5", "10.005", "49"])
_PERCENT = st.sampled_from([None, None, None, 0, 5, 10, 33, 50, 100])
_FREE = st.sampled_from([None, None, "0", "3", "100", "1000"])
_COMMITMENT = st.sampled_from([None, None, None, "0", "1", "5.004", "20"])


@st.composite
def _tiered(draw: st.DrawFn) -> dict[str, Any]:
    bounds = draw(st.lists(st.sampled_from([0, 1, 5, 10, 100, 1000, 2500]), max_size=3, unique=True))
    tiers = [_tier(str(bound), draw(_FLAT), draw(_AMOUNT)) for bound in bounds]
    tiers.append(_tier(None, draw(_FLAT), draw(_AMOUNT)))
    ordered = draw(st.permutations(tiers))
    return {"type": "tiered", "mode": draw(st.sampled_from(["graduated", "volume"])), "tiers": ordered}


def _tier(bound: str | None, flat: str | None, unit: str) -> dict[str, Any]:
    tier: dict[str, Any] = {"upToAmount": bound} if bound is not None else {}
    tier["flatPrice"] = None if flat is None else {"type": "flat", "amount": flat}
    tier["unitPrice"] = {"type": "unit", "amount": unit}
    return tier


@st.composite
def cards(draw: st.DrawFn) -> dict[str, Any]:
    """A rate card that the server takes, with its discounts and commitments."""
    amount = draw(_AMOUNT)
    price = draw(
        st.one_of(
            st.just({"type": "flat", "amount": amount}),
            st.just({"type": "unit", "amount": amount}),
            st.just({"type": "dynamic", "multiplier": amount}),
            st.builds(
                lambda size: {"type": "package", "amount": amount, "quantityPerPackage": size},
                st.sampled_from(["1", "7", "12", "100", "1000"]),
            ),
            _tiered(),
        )
    )
    discounts: dict[str, Any] = {}
    if (percent := draw(_PERCENT)) is not None:
        discounts["percentage"] = {"percentage": percent}
    if price["type"] != "flat":
        if (free := draw(_FREE)) is not None:
            discounts["usage"] = {"quantity": free}
        price |= _commitments(draw(_COMMITMENT), draw(_COMMITMENT))
    return {"price": price, "discounts": discounts}


def _commitments(minimum: str | None, maximum: str | None) -> dict[str, str]:
    found = {
        name: one for name, one in (("minimumAmount", minimum), ("maximumAmount", maximum)) if one is not None
    }
    if len(found) == 2 and float(found["minimumAmount"]) > float(found["maximumAmount"]) > 0:
        del found["maximumAmount"]
    return found
