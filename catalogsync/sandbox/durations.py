"""Durations and decimals as the server reads, rewrites and compares them. Pure.

Source: semantics-productcatalog §7 N1–N2, §2.7 last paragraph, §2.8; recorded `plancontent_cadence_*`, `plancontent_decimal_*`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product

_PLACES = "YMWDhms"
_DESIGNATORS = {False: {"Y": 0, "M": 1, "W": 2, "D": 3}, True: {"H": 4, "M": 5, "S": 6}}
_LETTERS = "YMWDHMS"
_MOST_DIGITS = 18
_INT64 = 2**63


class BadDuration(ValueError):
    """No duration; the message is in the server's words."""


def decimal_text(text: str) -> str:
    """A decimal as it comes back: no leading or trailing zeros, `-0` is `0`; exact at any size."""
    negative, digits = text.startswith("-"), text.removeprefix("-")
    whole, _, fraction = digits.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    plain = f"{whole}.{fraction}" if fraction else whole
    return f"-{plain}" if negative and plain != "0" else plain


def as_double(value: int | Decimal) -> int | Decimal:
    """A JSON number that the server keeps as a double, as it comes back: the shortest text of that double (§7 N36)."""
    kept = Decimal(repr(float(value)))
    return int(kept) if kept == kept.to_integral_value() and abs(kept) < 10**21 else kept


@dataclass(frozen=True)
class Period:
    """Years, months, weeks, days, hours, minutes, seconds; each as the text it had (`1.50` keeps its zero), with its sign.

    Without slots: what is asked of every card of every plan is reckoned once and kept.
    """

    parts: tuple[str, ...]

    @functools.cached_property
    def values(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(part or 0) for part in self.parts)

    @functools.cached_property
    def sign(self) -> int:
        """1, 0 or -1: the sign of the first part that is not zero."""
        first = next((v for v in self.values if v), Fraction(0))
        return (first > 0) - (first < 0)

    def __str__(self) -> str:
        return self.text

    @functools.cached_property
    def text(self) -> str:
        """The canonical text (§7 N2)."""
        kept = [(p, letter) for p, v, letter in zip(self.parts, self.values, _LETTERS, strict=True) if v]
        if not kept:
            return "P0D"
        negative = all(p.startswith("-") for p, _ in kept)
        shown = [(p.removeprefix("-") if negative else p) + letter for p, letter in kept]
        dates = sum(1 for v in self.values[:4] if v)
        time = "T" + "".join(shown[dates:]) if shown[dates:] else ""
        return f"{'-' if negative else ''}P{''.join(shown[:dates])}{time}"

    @functools.cached_property
    def an_hour_at_least(self) -> bool:
        """The server's crude test: any date part will do, a pure time must be an hour."""
        if self.sign <= 0:
            return False
        values = self.values
        return any(values[:4]) or values[4] * 3600 + values[5] * 60 + values[6] >= 3600


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Period:
    """The period that a text names. Raises BadDuration in the words of the server's library."""
    if text == "":
        raise BadDuration("cannot parse a blank string as a period")
    rest, negative = text, False
    if rest[0] in "+-":
        negative, rest = rest[0] == "-", rest[1:]
    if rest[:1] != "P":
        raise BadDuration(f"{text}: expected 'P' period mark at the start")
    return _Parser(text, rest[1:], negative).parse()


class _Parser:
    def __init__(self, text: str, rest: str, negative: bool) -> None:
        self.text, self.rest, self.negative = text, rest, negative
        self.parts = [""] * 7
        self.in_time = False

    def parse(self) -> Period:
        fraction = ""
        if not self.rest or self.rest == "T":
            raise BadDuration(f"{self.text}: expected 'Y', 'M', 'W', 'D', 'H', 'M', or 'S' designator")
        while self.rest:
            if self.rest[0] == "T":
                if self.in_time:
                    raise BadDuration(f"{self.text}: 'T' designator cannot occur more than once")
                self.in_time, self.rest = True, self.rest[1:]
                continue
            if fraction:
                raise BadDuration(f"{self.text}: '{fraction}' designator cannot be followed by other fields")
            number, letter = self.field()
            fraction = letter if "." in number else ""
        return Period(tuple(self.parts))

    def field(self) -> tuple[str, str]:
        end = next((n for n, c in enumerate(self.rest) if c not in "-.,0123456789"), len(self.rest))
        number = self.rest[:end].replace(",", ".")
        if end == 0:
            raise BadDuration(f"{self.text}: expected a number but found '{self.rest[0]}'")
        if end == len(self.rest):
            raise BadDuration(f"{self.text}: missing designator at the end")
        letter = self.rest[end]
        place = _DESIGNATORS[self.in_time].get(letter)
        if place is None:
            known = letter in "YMWDHS"
            what = "designator cannot occur here" if known else None
            if what:
                raise BadDuration(f"{self.text}: '{letter}' {what}")
            raise BadDuration(f"{self.text}: expected a designator Y, M, W, D, H, or S not '{letter}'")
        if self.parts[place]:
            raise BadDuration(f"{self.text}: '{letter}' designator cannot occur more than once")
        self.parts[place] = self.number(number)
        self.rest = self.rest[end + 1 :]
        return number, letter

    def number(self, text: str) -> str:
        negative = text.startswith("-") != self.negative
        digits = text.lstrip("+-")
        whole, dot, fraction = digits.partition(".")
        too_long = len((whole + fraction).lstrip("0")) > _MOST_DIGITS
        if too_long or not (whole + fraction).isdigit() or (dot and not fraction):
            raise BadDuration(f"{self.text}: expected a number but found '{text}'")
        plain = (whole.lstrip("0") or "0") + (f".{fraction}" if dot else "")
        return f"-{plain}" if negative else plain


def aligned(one: str, other: str) -> bool:
    """Whether one is a whole multiple of the other however long months and days are (§2.8)."""
    return _aligned(one, other)


@functools.lru_cache(maxsize=4096)
def _aligned(one: str, other: str) -> bool:
    pairs = [
        (_seconds(parse(one), m, d), _seconds(parse(other), m, d))
        for m, d in product(range(28, 32), (23, 24, 25))
    ]
    if any(min(a, b) <= 0 or max(a, b) >= _INT64 for a, b in pairs):
        return False  # the server reckons in 64 bits
    return all(a % b == 0 for a, b in pairs) or all(b % a == 0 for a, b in pairs)


def _seconds(period: Period, month: int, day: int) -> Fraction:
    years, months, weeks, days, hours, minutes, seconds = period.values
    whole_days = (years * 12 + months) * month + weeks * 7 + days
    return whole_days * day * 3600 + hours * 3600 + minutes * 60 + seconds
