"""Whether a text is a price in the words of `words.price`: a comment that says one can be held against the price it stands above."""

from __future__ import annotations

import re

_NUMBER = r"-?[\d,]+(?:\.\d+)?"
_AMOUNT = rf"{_NUMBER}(?: \w+)?"
_TIER = rf"(?:free|{_AMOUNT} flat plus {_AMOUNT} each|{_AMOUNT} flat|{_AMOUNT} each)"
_STEP = rf"(?:(?:first|next) {_NUMBER} (?:free|at {_TIER})|up to 0 free|{_AMOUNT} in any case)"
_BY_NUMBER = rf"all units at one price by their number: (?:up to {_NUMBER} (?:free|at {_TIER}), )+above (?:free|at {_TIER})"
_TIERED = (
    rf"(?:(?:{_STEP}, )*(?:then )?{_TIER}|{_BY_NUMBER})"
    rf"(?:; without usage (?:nothing|{_AMOUNT}))?(?: \(\d+ more open tiers?, never reached\))?"
)
_PRICE = re.compile(
    rf"{_TIERED}|{_AMOUNT} (?:once|every .+), in (?:advance|arrears)|{_AMOUNT} per started {_NUMBER}"
    rf"|(?:{_NUMBER} × )?the metered amount in \w+"
)


def is_price(text: str) -> bool:
    """Whether the whole text says a price, and nothing besides."""
    return _PRICE.fullmatch(text) is not None
