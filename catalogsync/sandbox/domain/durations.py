"""Durations and decimals as the server reads, rewrites and compares them. Pure.

Source: docs/server/readback.md#n1, #n2, docs/server/rate-cards.md#severity last paragraph, docs/server/rate-cards.md#alignment; recorded
`plancontent_cadence_*`, `plancontent_decimal_*`; where they are silent the rules of the server's own libraries (rickb777/period 1.0.30 over decimals
of 19 digits), tried against them.
"""

from __future__ import annotations

import decimal
import functools
import math
import re
import struct
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

_LETTERS = "YMWDHMS"
_DATE = {"Y": 0, "M": 1, "W": 2, "D": 3}
_TIME = {"H": 4, "M": 5, "S": 6}
_KNOWN = {*_DATE, *_TIME}
_PRECISION = 19
_LONGEST_NUMBER = 330
_LARGEST = 10**_PRECISION
_EXACT = decimal.Context(prec=400, rounding=decimal.ROUND_HALF_EVEN)
_ROUNDED = decimal.Context(prec=_PRECISION, rounding=decimal.ROUND_HALF_EVEN)
_TO_THE_LEFT = ((5, 6, 60), (4, 5, 60), (2, 3, 7), (0, 1, 12))
"""Where whole multiples go when a period is normalised: into the larger part, from the smaller one, by how many."""


class BadDuration(ValueError):
    """No duration; the message is in the server's words."""


class BadDecimal(ValueError):
    """No decimal; the message is in the words of the server's library."""


_LARGEST_EXPONENT = 10_000


def decimal_text(text: str) -> str:
    """A decimal as it comes back: no leading or trailing zeros, `-0` is `0`; exact at any size. Raises BadDecimal."""
    negative, digits = text.startswith("-"), text.removeprefix("-")
    whole, point, fraction = digits.partition(".")
    if not (digits.isascii() and whole.isdigit() and (fraction.isdigit() or not point)):
        return _odd_decimal_text(text)
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    plain = f"{whole}.{fraction}" if fraction else whole
    return f"-{plain}" if negative and plain != "0" else plain


def _odd_decimal_text(text: str) -> str:
    """A decimal that the description's pattern does not allow and the server's library reads: with a plus, an exponent, or nothing on one
    side of the point.
    """
    number, exponent = re.fullmatch("([^Ee]*)([Ee].*)?", text, re.S).groups()  # type: ignore[union-attr]
    lead = f"can't convert {text if exponent else number} to decimal"
    if exponent and not re.fullmatch(r"[Ee][+-]?[0-9]+", exponent):
        raise BadDecimal(f"{lead}: exponent is not numeric")
    if exponent and abs(int(exponent[1:])) > _LARGEST_EXPONENT:
        raise BadDecimal(f"{lead}: fractional part too long")
    if number.count(".") > 1:
        raise BadDecimal(f"can't convert {number} to decimal: too many .s")
    if not re.fullmatch("[+-]?[0-9]+", number.replace(".", "")):
        raise BadDecimal(f"can't convert {number} to decimal")
    digits = Decimal(number.replace(".", "")).scaleb(-len(number.partition(".")[2]), _EXACT)
    return decimal_text(format(digits.scaleb(int((exponent or "E0")[1:]), _EXACT), "f"))


class Double(Decimal):
    """A double as Go writes it into JSON: its exponent in a small letter."""

    __slots__ = ()

    def __str__(self) -> str:
        return super().__str__().lower()


class Exact(Decimal):
    """A decimal as it is written into JSON: without an exponent."""

    __slots__ = ()

    def __str__(self) -> str:
        return format(self, "f")


def as_decimal(value: int | Decimal) -> int | Decimal:
    """A JSON number that the server keeps as a decimal, as it comes back: exact at any size, without zeros that say nothing."""
    if isinstance(value, int):
        return value
    text = decimal_text(format(value, "f"))
    return Exact(text) if "." in text else int(text)


def as_single(value: int | Decimal) -> Decimal:
    """A JSON number that is read into a single, exactly as it stands there."""
    (kept,) = struct.unpack("f", struct.pack("f", float(value)))
    return Decimal(repr(kept))


def shown_single(value: int | Decimal) -> int | Decimal:
    """A number as it comes back from a single: the shortest text of the nearest one."""
    wanted, kept = struct.pack("f", float(value)), float(as_single(value))
    texts = (f"{kept:.{digits}g}" for digits in range(1, 10))
    return as_double(Decimal(next(text for text in texts if struct.pack("f", float(text)) == wanted)))


def is_too_large(value: int | Decimal) -> bool:
    """Whether no double holds the number."""
    try:
        return math.isinf(float(value))
    except OverflowError:
        return True


def as_double(value: int | Decimal) -> int | Decimal:
    """A JSON number that the server keeps as a double, as it comes back: the shortest text of that double (docs/server/readback.md#n36)."""
    kept = Double(repr(float(value)))
    if not kept:
        return Double("-0") if kept.is_signed() else 0
    return int(kept) if kept == kept.to_integral_value() and abs(kept) < 10**21 else kept


@dataclass(frozen=True)
class Period:
    """Years, months, weeks, days, hours, minutes, seconds, each with the digits it had (`1.50` keeps its zero), and one sign over all.

    The first part that is not zero is positive; later ones may be negative beside it. Without slots: what is asked of every card of
    every plan is reckoned once and kept.
    """

    negative: bool
    parts: tuple[Decimal, ...]

    @functools.cached_property
    def values(self) -> tuple[Decimal, ...]:
        """The parts with the sign over all in them."""
        return tuple(-part for part in self.parts) if self.negative else self.parts

    @functools.cached_property
    def is_zero(self) -> bool:
        return not any(self.parts)

    @functools.cached_property
    def sign(self) -> int:
        """1, 0 or -1: the sign over all."""
        return -1 if self.negative else 0 if self.is_zero else 1

    def __str__(self) -> str:
        return self.text

    @functools.cached_property
    def text(self) -> str:
        """The canonical text (docs/server/readback.md#n2)."""
        if self.is_zero:
            return "P0D"
        shown = [f"{p:f}{letter}" if p else "" for p, letter in zip(self.parts, _LETTERS, strict=True)]
        time = "".join(shown[4:])
        return f"{'-' if self.negative else ''}P{''.join(shown[:4])}{'T' + time if time else ''}"

    @functools.cached_property
    def normalised(self) -> Period:
        """With whole multiples moved to the larger part: sixty, seven, twelve; days are not hours."""
        return Period(self.negative, _normalised(self.parts))

    @functools.cached_property
    def an_hour_at_least(self) -> bool:
        """The server's crude test: an hour less, normalised, does not start with a negative part."""
        parts = [*self.values]
        parts[4] = _EXACT.subtract(parts[4], Decimal(1))
        return next((part > 0 for part in _normalised(tuple(parts)) if part), True)


ZERO = Period(False, (Decimal(0),) * 7)


def _normalised(parts: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    moved = list(parts)
    for larger, smaller, size in _TO_THE_LEFT:
        whole, rest = _EXACT.divmod(moved[smaller], Decimal(size))
        if moved[smaller] and not 0 < abs(rest) < 1:  # a rest below one is "more complex": nothing moves
            moved[larger], moved[smaller] = _EXACT.add(moved[larger], whole), rest
    return tuple(moved)


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Period:
    """The period that a text names. Raises BadDuration in the words of the server's library."""
    rest, negative = text, False
    if rest[:1] in ("+", "-"):
        negative, rest = rest[0] == "-", rest[1:]
    if not rest:
        raise BadDuration("cannot parse a blank string as a period")
    if rest in ("P0Y", "P0M", "P0W", "P0D", "PT0H", "PT0M", "PT0S"):
        return ZERO
    if rest[0] != "P":
        raise BadDuration(f"{text}: expected 'P' period mark at the start")
    parts = _Parser(text, rest[1:]).parse()
    first = next((part for part in parts if part), None)
    if first is None:
        return ZERO
    if first < 0:
        negative, parts = not negative, tuple(-part if part else part for part in parts)
    return Period(negative, parts)


class _Parser:
    """Reads the fields after the P."""

    def __init__(self, text: str, rest: str) -> None:
        self.text, self.rest = text, rest
        self.parts: dict[int, Decimal] = {}
        self.places = _DATE
        self.fraction = ""  # the designator of the first field with one

    def parse(self) -> tuple[Decimal, ...]:
        while self.rest:
            if self.rest[0] != "T":
                self.field()
            elif self.places is _TIME:
                raise self.bad("'T' designator cannot occur more than once")
            else:
                self.places, self.rest = _TIME, self.rest[1:]
        if not self.parts:
            raise self.bad("expected 'Y', 'M', 'W', 'D', 'H', 'M', or 'S' designator")
        return tuple(self.parts.get(place, Decimal(0)) for place in range(7))

    def bad(self, what: str) -> BadDuration:
        return BadDuration(f"{self.text}: {what}")

    def field(self) -> None:
        start = 1 if self.rest[0] == "-" else 0
        end = next((n for n, c in enumerate(self.rest) if n >= start and c not in ".,0123456789"), None)
        if end == 0:
            raise self.bad(f"expected a number but found '{_first_byte(self.rest)}'")
        if end is None:
            raise self.bad("missing designator at the end")
        number, letter = self.number(self.rest[:end].replace(",", ".")), self.rest[end]
        if letter not in _KNOWN:
            raise self.bad(f"expected a designator Y, M, W, D, H, or S not '{_first_byte(letter)}'")
        if self.fraction and number:
            raise self.bad(f"'{self.fraction}' & '{letter}' only the last field can have a fraction")
        place = self.places.get(letter)
        if place is None:
            raise self.bad(f"'{letter}' designator cannot occur here")
        if place in self.parts:
            raise self.bad(f"'{letter}' designator cannot occur more than once")
        self.parts[place], self.rest = number, self.rest[end + 1 :]
        if number.as_tuple().exponent != 0:
            self.fraction = letter

    def number(self, text: str) -> Decimal:
        """Nineteen digits; what a fraction has beyond is rounded away."""
        whole, _, fraction = text.removeprefix("-").partition(".")
        whole = whole.lstrip("0")
        if not text.strip("-.") or "." in fraction or len(text) > _LONGEST_NUMBER or len(whole) > _PRECISION:
            raise self.bad("number invalid or out of range")
        exact = _EXACT.create_decimal(f"{whole or '0'}.{fraction}")
        kept = _EXACT.quantize(exact, Decimal(1).scaleb(-min(len(fraction), _PRECISION - len(whole))))
        if kept >= _LARGEST:
            raise self.bad("number invalid or out of range")
        if len(kept.as_tuple().digits) > _PRECISION:  # rounded up to one digit more
            kept = _EXACT.quantize(kept, kept.scaleb(1))
        return -kept if text.startswith("-") and kept else kept


def _first_byte(text: str) -> str:
    """What the library shows of a character: its first byte, as a character."""
    return chr(text.encode()[0])


def aligned(one: str, other: str) -> bool:
    """Whether one is a whole multiple of the other however long months and days are (docs/server/rate-cards.md#alignment)."""
    return one == other or _aligned(one, other)


@functools.lru_cache(maxsize=4096)
def _aligned(one: str, other: str) -> bool:
    pairs = [
        (_seconds(parse(one), m, d), _seconds(parse(other), m, d))
        for m, d in product(range(28, 32), (23, 24, 25))
    ]
    if any(min(a, b) <= 0 or max(a, b) >= _LARGEST for a, b in pairs):
        return False  # the server reckons with nineteen digits, and nothing negative fits
    rest = _EXACT.remainder
    return all(not rest(a, b) for a, b in pairs) or all(not rest(b, a) for a, b in pairs)


def _seconds(period: Period, month: int, day: int) -> Decimal:
    """Each part times its seconds, and their sum, in nineteen digits."""
    sizes = (12 * month * day * 3600, month * day * 3600, 7 * day * 3600, day * 3600, 3600, 60, 1)
    parts = (_ROUNDED.multiply(part, Decimal(size)) for part, size in zip(period.values, sizes, strict=True))
    return functools.reduce(_ROUNDED.add, parts)
