"""Canonical values: JSON with exact numbers, decimal text, fingerprints. No I/O, no knowledge of any kind.

Money and other decimals travel as text from file to wire; where the API wants a JSON number (a discount's percentage, a
threshold's value, issueAfterReset) it is an `int` or a `Decimal`. No float is ever made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

import simplejson

_EXACT_IN_A_DOUBLE = 2**53

Json: TypeAlias = "bool | int | Decimal | str | Sequence[Json] | Mapping[str, Json] | None"
"""A JSON value. Treated as immutable everywhere: derive, never assign into."""

JsonObject: TypeAlias = Mapping[str, Json]

Scalar: TypeAlias = bool | int | Decimal | str | None
"""A JSON value that holds no other."""

Body: TypeAlias = Mapping[str, object]
"""Members by name, of which no more is known: JSON, or the special values of `core.values`. The shapes are said by the kinds."""


def decimal_text(value: str | int | Decimal) -> str:
    """Plain decimal text without needless zeros, exact at any size: "0.10" → "0.1", "007" → "7", "-0" → "0".

    This is what the server answers for every Numeric (docs/server/readback.md#n1).
    Raises ValueError for text that is not a plain decimal.
    """
    text = str(value) if not isinstance(value, Decimal) else format(value, "f")
    sign, digits = ("-", text[1:]) if text[:1] == "-" else ("", text)
    whole, dot, fraction = digits.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (dot and not (fraction.isascii() and fraction.isdigit())):
        raise ValueError(f"not a plain decimal: {text!r}")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    plain = f"{whole}.{fraction}" if fraction else whole
    return plain if plain == "0" else sign + plain


def number(value: int | Decimal) -> int | Decimal:
    """A number in one form, so that 100, 100.0 and 1e2 are the same value and the same bytes."""
    if isinstance(value, int):
        return value
    if value == value.to_integral_value():
        return int(value)
    return value.normalize()


def double(value: int | Decimal) -> int | Decimal:
    """A number that the server keeps as a double (grants, thresholds; no money), as it comes back: the shortest text of the
    nearest double (docs/server/readback.md#n36). What no double can hold stays as it is: the server refuses it.
    """
    if isinstance(value, int) and abs(value) < _EXACT_IN_A_DOUBLE:
        return value
    try:
        kept = Decimal(repr(float(value)))
    except OverflowError:
        return value
    return number(kept) if kept.is_finite() else value


def dumps(value: object, *, indent: int | None = None) -> str:
    """JSON text with members in sorted order and numbers exact: equal values give equal text. Raises TypeError for what is not JSON."""
    if indent is None:
        short: str = _SHORT.encode(value)
        return short
    text: str = _encoder((",", ": "), indent).encode(value)
    return text


def pretty(value: object) -> str:
    """`dumps` on indented lines, with a line break at the end: JSON as people and files get it."""
    return dumps(value, indent=2) + "\n"


def dumps_as_written(value: object) -> str:
    """JSON text on indented lines, numbers exact, members in their own order. Raises TypeError for what is not JSON."""
    text: str = _encoder((",", ": "), 2, in_order=False).encode(value)
    return text


def _encoder(
    separators: tuple[str, str], indent: int | None = None, *, in_order: bool = True
) -> simplejson.JSONEncoder:
    return simplejson.JSONEncoder(
        use_decimal=True,
        sort_keys=in_order,
        ensure_ascii=False,
        separators=separators,
        indent=indent,
        namedtuple_as_object=False,  # there is none, and looking for one takes as long as the rest
    )


_SHORT = _encoder((",", ":"))
_EXACT = simplejson.JSONDecoder(parse_float=Decimal)
"""Made once: fingerprints and small answers are many."""


def loads(text: str | bytes) -> Json:
    """JSON text read with exact numbers (`Decimal` for anything with a point or an exponent)."""
    value: Json = _EXACT.decode(text if isinstance(text, str) else str(text, "utf-8"))
    return value


def fingerprint(value: object) -> str:
    """`sha256:` and the digest of the value's canonical text. Raises TypeError for what is not JSON."""
    return "sha256:" + hashlib.sha256(dumps(value).encode()).hexdigest()
