"""Numbers as the server keeps and shows them: doubles, from the event's JSON to the answer of the query.

An event's data is read and written again before it is stored, so a number is a double from then on; the query turns the text of a value
into a double and adds doubles (recorded: `tests/data/metering`).
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SMALLEST_PLAIN, _SMALLEST_SCIENTIFIC = 1e-6, 1e21
"""Between them a stored number is written without an exponent."""


def from_text(text: str) -> float | None:
    """The double that the query makes of a text: the whole of it must be a finite decimal number, without blanks."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def stored_text(number: float) -> str:
    """The text that a path reads where a number is stored: what groups are named by and what UNIQUE_COUNT tells apart."""
    if number == 0:
        return "0"
    plain = format(Decimal(repr(number)), "f")
    whole, _, fraction = plain.partition(".")
    if _SMALLEST_PLAIN <= abs(number) < _SMALLEST_SCIENTIFIC and not fraction.strip("0"):
        return whole
    return _shortest(number)


def _shortest(number: float) -> str:
    """The shorter of plain and scientific notation of the shortest digits that give the double back; plain on a tie."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    power = exponent + len(text) - 1
    scientific = (
        f"{text[0]}{'.' + text[1:] if len(text) > 1 else ''}e{'-' if power < 0 else '+'}{abs(power):02d}"
    )
    plain = str(int(abs(number))) if exponent >= 0 else format(Decimal(repr(abs(number))), "f")
    return ("-" if sign else "") + (plain if len(plain) <= len(scientific) else scientific)


def answer_text(number: float) -> str:
    """The number as it stands in the server's JSON answer."""
    if number == 0:
        return "0"
    if _SMALLEST_PLAIN <= abs(number) < _SMALLEST_SCIENTIFIC:
        whole, _, fraction = format(Decimal(repr(number)), "f").partition(".")
        return f"{whole}.{fraction}" if fraction.strip("0") else whole
    mantissa, exponent = repr(number).split("e")
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].lstrip('0').rjust(1, '0')}"
