"""Tiers that are taken to be beyond doubt are: the short look and the whole ladder tell the same."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from catalogsync.checks.lint.tiers import ENDLESS, FAR, is_free, is_sorted, ladder, tariff

_NUMBERS = st.sampled_from(
    [0, 1, 5, 100, 1000, Decimal("0.01"), Decimal("1.5"), "0", "1", "0.01", "500", "50000"]
)
_PRICES = st.none() | _NUMBERS | st.builds(lambda amount: {"type": "unit", "amount": amount}, _NUMBERS)
_TIERS = st.builds(
    lambda end, flat, unit: {"upToAmount": end, "flatPrice": flat, "unitPrice": unit},
    st.none() | _NUMBERS,
    _PRICES,
    _PRICES,
)


@example(
    [{"upToAmount": 5, "flatPrice": 0}, {"upToAmount": 100, "unitPrice": 1}, {"unitPrice": "0.01"}],
    "graduated",
)
@example(
    [{"upToAmount": 5, "flatPrice": 0}, {"upToAmount": 100, "unitPrice": 1}, {"unitPrice": "0.5"}],
    "graduated",
)
@given(st.lists(_TIERS, min_size=1, max_size=4), st.sampled_from(["graduated", "volume"]))
def test_the_short_look_tells_what_the_ladder_tells(tiers: list[dict[str, Any]], mode: str) -> None:
    found, steps = tariff({"mode": mode, "tiers": tiers}), ladder(tiers)
    paid = next((tier for tier in steps if tier.unit), None)
    assert found.unit == (paid.unit if paid else 0)
    assert paid is None or found.unit_at == paid.place
    has_free = is_free(steps[0]) and steps[0].end != ENDLESS
    assert found.free == (steps[0].end if has_free else 0)
    assert not found.free or found.free_at == steps[0].place
    if found.doubtful:
        assert found.doubtful == steps
        return
    assert mode == "graduated" and is_sorted(steps)
    assert [tier.end for tier in steps].count(ENDLESS) == 1
    for one, other in itertools.pairwise(steps):
        assert is_free(one) or (one.unit >= other.unit > one.unit / FAR)
