"""A plan says what it means in prices: a new object whole, a changed card before and after, in text and in Markdown."""

from __future__ import annotations

from typing import Any

import pytest
from engine_helpers import apply, client_of, planned, written
from hypothesis import given
from hypothesis import strategies as st
from texts import CALLS

from catalogsync.render import document, document_markdown, document_text, markdown
from catalogsync.render.cards import Moved
from catalogsync.sandbox import Sandbox

PLAN = (
    CALLS
    + """\
---
kind: plan
key: pro
name: "NAME"
currency: USD
billingCadence: P1M
phases:
  - key: main
    name: Main
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        featureKey: calls
        billingCadence: P1M
        price: {type: tiered, mode: graduated, tiers: [{upToAmount: 1000, flatPrice: 0}, {unitPrice: 0.01}]}
"""
)


@pytest.fixture
def live(tmp_path: Any) -> Any:
    client = client_of(Sandbox(seed=1))
    first = planned(written(tmp_path, PLAN), client)
    assert apply(first, client).complete
    changed = planned(written(tmp_path, PLAN.replace("unitPrice: 0.01", "unitPrice: 0.02")), client)
    return first, changed


def test_a_new_plan_is_shown_whole_and_a_changed_price_in_words(live: Any) -> None:
    first, changed = live
    for render in (
        lambda p: document_text.render(document.of_plan(p)),
        lambda p: document_markdown.render(document.of_plan(p)),
    ):
        assert "first 1,000 free, then 0.01 USD each" in render(first)
        said = render(changed)
        assert "then 0.01 USD each" in said and "then 0.02 USD each" in said
        assert "…" not in said and '"current"' not in render(first)


@given(
    st.text(
        alphabet=st.sampled_from("<>|`*_[]()!&\u202e\u2066\u200b\U000e0041\u0007\r\n\tab-#"),
        min_size=1,
        max_size=60,
    )
)
def test_hostile_values_break_no_format(text: str) -> None:
    """A value stays on its line, inside its fence, and turns nothing around."""
    shown = document_markdown._value(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))]
    assert shown.endswith(fence) and fence not in shown[len(fence) : -len(fence)]
    for said in (shown, document_text._value(text)):
        assert not set(said) & set("\u202e\u2066\u200b\U000e0041\u0007\r\n")
    prose = markdown.plain(text).replace("<!-- -->", "")
    assert not any(mark in prose.replace("\\" + mark, "") for mark in "|`*<")


def test_long_prices_stand_one_below_the_other() -> None:
    long = "first 1,000,000 free, then 0.00000{} USD each; billed every month, in arrears"
    moved = Moved("main", "calls", ((long.format(8), long.format(9)), ("5 every month", "6 every month")))
    assert moved.lines() == (
        f"before: {long.format(8)}",
        f"after:  {long.format(9)}",
        "5 every month → 6 every month",
    )
    assert Moved("main", "calls", (("nothing", long * 2),), "new: ").lines() == (
        f"new: nothing → {long * 2}",
    )
