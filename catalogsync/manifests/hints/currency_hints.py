"""What to write in place of what is not a currency code: a code where the text can mean one only. Pure."""

from __future__ import annotations

import re

from catalogsync.openmeter.currencies import FIAT, SIGNS

_WORDS = {
    "euro": "EUR", "euros": "EUR", "yen": "JPY", "yuan": "CNY", "rmb": "CNY", "sterling": "GBP", "us dollar": "USD", "us dollars": "USD",
    "dollar us": "USD",
}  # fmt: skip
_POUND = "£"
_USUAL = {"$": "USD, CAD, AUD", "dollar": "USD, CAD, AUD", "dollars": "USD, CAD, AUD"}
"""Which of many are meant most often, to show what a code looks like; never the only one."""


def in_place_of(text: str) -> str:
    """The hint. A sign or a word of several currencies leads to none of them alone."""
    said = text.strip()
    codes = {part for part in re.split("[^A-Z]+", said.upper()) if part in FIAT}
    if len(codes) == 1:
        return f"write {codes.pop()}"
    meant = SIGNS.get(said, frozenset())
    code = _WORDS.get(said.lower().replace("-", " ")) or (next(iter(meant)) if len(meant) == 1 else "")
    if code:
        return f"write {code}"
    if said == _POUND or said.lower() in ("pound", "pounds"):
        return "write GBP for pounds sterling, else the ISO 4217 code of the other pound"
    if said.lower() in _USUAL:
        return f"write the ISO 4217 code of the dollar that is meant: {_USUAL[said.lower()]} or another"
    if meant:
        return f"write the ISO 4217 code that is meant, one of {', '.join(sorted(meant))}"
    return "write the ISO 4217 code of the currency: three capital letters"
