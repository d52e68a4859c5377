"""A comment is told for a price exactly when it is one in our words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pricecards import cards

from catalogsync.manifests import price_remarks
from catalogsync.money.phrases import is_price


def body_of(card: dict[str, Any], currency: str) -> dict[str, Any]:
    return {"currency": currency, "phases": [{"key": "main", "rateCards": [card]}]}


@given(cards(), st.sampled_from(["USD", "JPY", "KWD"]))
def test_every_price_in_words_is_one(card: dict[str, Any], currency: str) -> None:
    body = body_of({**card, "billingCadence": "P1M"}, currency)
    ((path, said),) = price_remarks.prices(body)
    assert path == ("phases", 0, "rateCards", 0, "price") and is_price(said), said
    comment = price_remarks.comments(body)[path]
    text = "".join(f"    # {line}\n" for line in comment.split("\n")) + "    price:\n"
    assert list(price_remarks.written(text)) == [said], "as it is written, so it is read"


LINES = st.sampled_from(["# one", "  # two", "#none", "price:", "  price: 1", "- price:", "  -  price:", "x price:", "", "  # price:"])  # fmt: skip
COMMENTED = re.compile(r"((?:^[ \t]*# .*\r?\n)+)[ \t]*(?:- +)?price:", re.MULTILINE)


@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_the_comments_above_prices_are_found(lines: list[str], line_break: str) -> None:
    text = line_break.join(lines)
    above = [found[1].splitlines() for found in COMMENTED.finditer(text)]
    assert list(price_remarks.written(text)) == [
        " ".join(line.strip()[2:].strip() for line in one) for one in above
    ]


@pytest.mark.parametrize(
    "text",
    [
        "as agreed with sales",
        "0.01 USD each, see the contract",
        "was 0.01 USD each",
        "free for now",
        "the metered amount",
        "49.00 USD every month",
        "",
    ],
)
def test_what_people_write_besides_is_none(text: str) -> None:
    assert not is_price(text)
