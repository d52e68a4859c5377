"""Tiered prices side by side: a row for each range of quantities in which neither price changes."""

from __future__ import annotations

from decimal import Decimal

from catalogsync.core.canon import Body
from catalogsync.money import words
from catalogsync.money.card import Flat, NotRatedError, Price, Tiered, read

Row = tuple[str, str, str]
"""A range of quantities, and what it costs before and after, in words."""


def table(old: Body | None, new: Body | None, currencies: tuple[str, str]) -> tuple[Row, ...]:
    """The head, then the rows from 0 up; empty where neither card has tiers, and where the server takes one of the prices for none."""
    try:
        prices = tuple(None if card is None else read(card).price for card in (old, new))
    except NotRatedError:
        return ()
    edges = sorted(
        {tier.up_to for price in prices if isinstance(price, Tiered) for tier in price.tiers if tier.up_to}
    )
    if not any(isinstance(price, Tiered) for price in prices):
        return ()
    rows = []
    start: Decimal | None = None
    for edge in (*edges, None):
        before, after = (
            _at(price, edge, currency) for price, currency in zip(prices, currencies, strict=True)
        )
        rows.append((_range(start, edge), before, after))
        start = edge
    return (("quantity", "before", "after"), *rows)


def _range(start: Decimal | None, end: Decimal | None) -> str:
    if start is None:
        return "any" if end is None else f"up to {words.quantity(end)}"
    return f"above {words.quantity(start)}" + ("" if end is None else f", up to {words.quantity(end)}")


def _at(price: Price | None, edge: Decimal | None, currency: str) -> str:
    """What the quantities up to an edge (None: all beyond the last) cost."""
    if price is None:
        return "–"
    if isinstance(price, Flat):
        return f"{words.amount(price.amount, currency)} in any case"
    if not isinstance(price, Tiered):
        return words.price(price, currency, "")
    tier = next(
        tier for tier in price.tiers if tier.up_to is None or (edge is not None and edge <= tier.up_to)
    )
    return words.of_tier(tier, currency)
