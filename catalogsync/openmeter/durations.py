"""ISO 8601 durations as the server reads, rewrites and compares them (docs/server/readback.md#n2, docs/server/rate-cards.md#severity, #alignment).

No unit is converted: P12M is not P1Y.
"""

from __future__ import annotations

import decimal
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import product

_NUMBER = r"-?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
_WHOLE = re.compile(rf"([+-]?)P((?:{_NUMBER}[YMWD])*)(?:T((?:{_NUMBER}[HMS])*))?")
_PART = re.compile(r"(-?)([0-9]*)(?:[.,]([0-9]*))?([YMWDHS])")
_UNITS = ("Y", "M", "W", "D", "TH", "TM", "TS")
_MOVES = ((5, 6, 60), (4, 5, 60), (2, 3, 7), (0, 1, 12))
"""Into which part whole multiples go, from which, and of what size."""
_MOST_DIGITS = 19
_LONGEST = 330
_EXACT = decimal.Context(prec=400, rounding=decimal.ROUND_HALF_EVEN)
_LARGEST = 10**_MOST_DIGITS


_ONE = {
    "dai": "P1D",
    "day": "P1D",
    "week": "P1W",
    "month": "P1M",
    "quarter": "P3M",
    "year": "P1Y",
    "annual": "P1Y",
}
_COUNTED = re.compile(r"([1-9][0-9]{0,3})[ _-]?(hour|day|week|month|year)s?")
_EVERY = re.compile(r"(?:every |per |a |each )?(dai|day|week|month|quarter|year|annual)(?:ly)?")


def in_words(text: str) -> str:
    """The duration that an English text or one in small letters says: "monthly" → "P1M", "14 days" → "P14D", "p1m" → "P1M"; "" for any other."""
    plain = text.strip().lower()
    if counted := _COUNTED.fullmatch(plain):
        number, unit = counted[1], counted[2]
        return f"PT{number}H" if unit == "hour" else f"P{number}{unit[0].upper()}"
    if every := _EVERY.fullmatch(plain):
        return _ONE[every[1]]
    try:
        canonical(plain.upper())
    except ValueError:
        return ""
    return plain.upper()


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """The duration as the server answers it: parts in order, zero parts dropped, sign in front, leading zeros gone.

    "P1M0D" → "P1M", "+P01M" → "P1M", "P1,5M" → "P1.5M", "P-1M" → "-P1M", "P-1Y2D" → "-P1Y-2D", "PT0S" → "P0D"; "P1.0M" stays.
    The result reads as the same duration again. Raises ValueError for what is not a duration, and for one that the server takes,
    writes with its parts in order, and cannot read again: "P1M1.5Y", stored as "P1.5Y1M".
    """
    negative, parts = _read(text)
    first = next((parts[unit] for unit in _UNITS if parts.get(unit)), None)
    if first is None:
        return "P0D"
    turned = -1 if first < 0 else 1
    written = {unit: f"{parts[unit] * turned:f}{unit[-1]}" for unit in _UNITS if parts.get(unit)}
    date = "".join(part for unit, part in written.items() if unit[0] != "T")
    time = "".join(part for unit, part in written.items() if unit[0] == "T")
    sign = "-" if (turned < 0) != negative else ""
    return f"{sign}P{date}T{time}" if time else f"{sign}P{date}"


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[bool, dict[str, Decimal]]:
    """Whether it is negative as a whole, and the parts by unit. Raises ValueError."""
    match = _WHOLE.fullmatch(text) if text.isascii() else None
    found: dict[str, Decimal] = {}
    broken = False
    for prefix, part in (("", match[2]), ("T", match[3] or "")) if match else ():
        for sign, whole, fraction, unit in _PART.findall(part):
            number = _number(whole, fraction)
            if prefix + unit in found or number is None or (broken and number):
                raise ValueError(f"not an ISO 8601 duration: {text!r}")
            found[prefix + unit] = -number if sign and number else number
            broken = broken or number != number.to_integral_value() or bool(fraction)
    if match is None or not found or not _reads_again(found):
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    return match[1] == "-", found


def _reads_again(parts: dict[str, Decimal]) -> bool:
    """Whether only the smallest part that is not zero has a fraction, so that the text with its parts in order is a duration too."""
    shown = [parts[unit] for unit in _UNITS if parts.get(unit)]
    return all(part.as_tuple().exponent == 0 for part in shown[:-1])


def _number(whole: str, fraction: str) -> Decimal | None:
    """Nineteen digits, further ones of a fraction rounded away; None for a larger number. Only what follows the last whole part may be
    broken.
    """
    whole = whole.lstrip("0")
    places = min(len(fraction), _MOST_DIGITS - len(whole))
    if places < 0 or len(fraction) > _LONGEST:
        return None
    exact = _EXACT.create_decimal(f"{whole or '0'}.{fraction}")
    number = _EXACT.quantize(exact, Decimal(1).scaleb(-places))
    return number if len(number.as_tuple().digits) <= _MOST_DIGITS else None


@lru_cache(maxsize=4096)
def _values(text: str) -> tuple[Fraction, ...]:
    negative, parts = _read(text)
    return tuple(Fraction(parts.get(unit, 0)) * (-1 if negative else 1) for unit in _UNITS)


@lru_cache(maxsize=4096)
def sign(text: str) -> int:
    """1, 0 or -1: of the first part that is not zero. Raises ValueError."""
    first = next((value for value in _values(text) if value), Fraction(0))
    return (first > 0) - (first < 0)


@lru_cache(maxsize=4096)
def at_least_an_hour(text: str) -> bool:
    """The server's crude test: with an hour less, and whole multiples moved to the larger part, it begins with no negative part.

    Any date part will do, for days are not hours. Raises ValueError.
    """
    values = list(_values(text))
    values[4] -= 1
    for larger, smaller, size in _MOVES:
        whole = int(values[smaller] / size)
        rest = values[smaller] - whole * size
        if not 0 < abs(rest) < 1:  # the server leaves a part alone of which less than one would stay
            values[larger], values[smaller] = values[larger] + whole, rest
    return next((value > 0 for value in values if value), True)


@lru_cache(maxsize=4096)
def aligned(one: str, other: str) -> bool:
    """Whether one is a whole multiple of the other however long months and days are (docs/server/rate-cards.md#alignment). Raises ValueError."""
    if canonical(one) == canonical(other):
        return True
    pairs = [(_seconds(one, m, d), _seconds(other, m, d)) for m, d in product(range(28, 32), (23, 24, 25))]
    if any(min(a, b) <= 0 or max(a, b) >= _LARGEST for a, b in pairs):
        return False  # the server reckons with nineteen digits, and nothing negative fits
    return all(a % b == 0 for a, b in pairs) or all(b % a == 0 for a, b in pairs)


def _seconds(text: str, month: int, day: int) -> Fraction:
    years, months, weeks, whole_days, hours, minutes, seconds = _values(text)
    return (
        ((years * 12 + months) * month + weeks * 7 + whole_days) * day * 3600
        + hours * 3600
        + minutes * 60
        + seconds
    )


def parts(text: str) -> tuple[Fraction, ...]:
    """Years, months, weeks, days, hours, minutes, seconds, as written. Raises ValueError."""
    return _values(text)


def calendar(text: str) -> tuple[Fraction, ...]:
    """The duration with years as twelve months and weeks as seven days; days are not hours (docs/server/addons.md#publish). Raises ValueError."""
    years, months, weeks, whole_days, *time = _values(text)
    return (years * 12 + months, weeks * 7 + whole_days, *time)


@lru_cache(maxsize=4096)
def days(text: str) -> Fraction:
    """About how many days: months of 30, for comparing sizes only. Raises ValueError."""
    return _seconds(text, 30, 24) / 86400
