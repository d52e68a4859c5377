"""What rate cards charge, in figures and in words. Pure: no I/O, no clock, no server.

    rate_card ── card, quantity, currency ──▶ Charge (lines, total)
    words ────── card, currency ───────────▶ sentences; a plan or an add-on whole, by phases and cards
    compare ──── old card, new card ───────▶ charges side by side, crossing points, the worst case

Cards are rate cards as manifests write them (the API's member names; amounts as text, int or Decimal) and as the server answers them.
"""

from __future__ import annotations

from decimal import Decimal

from catalogsync.core.canon import Body
from catalogsync.money.card import Card, NotRatedError, Stage, number, read
from catalogsync.money.rating import Charge, Line, LineDiscount, digits, rate

__all__ = [
    "Card",
    "Charge",
    "Line",
    "LineDiscount",
    "NotRatedError",
    "Stage",
    "digits",
    "rate",
    "rate_card",
    "read",
]


def rate_card(card: Body | None, quantity: str | int | Decimal, currency: str) -> Charge:
    """What a rate card charges for a quantity in one whole period, as OpenMeter bills it, in the currency's decimals.

    A card that is not there, or has no price, charges nothing. Raises NotRatedError for what the server refuses.
    """
    return rate(read(card or {}), number(quantity, "quantity"), currency)
