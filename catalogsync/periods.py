"""ISO 8601 durations as the server reads, rewrites and compares them (semantics-productcatalog §7 N2, §2.7, §2.8).

No unit is converted: P12M is not P1Y.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from itertools import product

_WHOLE = re.compile(
    r"([+-]?)P(?=T?-?[0-9])((?:-?[0-9]+(?:[.,][0-9]+)?[YMWD])*)(?:T((?:-?[0-9]+(?:[.,][0-9]+)?[HMS])*))?"
)
_PART = re.compile(r"(-?)([0-9]+)(?:[.,]([0-9]+))?([YMWDHS])")
_UNITS = ("Y", "M", "W", "D", "TH", "TM", "TS")
_MOST_DIGITS = 18
_INT64 = 2**63


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """The duration as the server answers it: parts in order, zero parts dropped, sign in front, leading zeros gone.

    "P1M0D" → "P1M", "+P01M" → "P1M", "P1,5M" → "P1.5M", "P-1M" → "-P1M", "PT0S" → "P0D"; "P1.0M" stays.
    Raises ValueError for what is no duration.
    """
    negative, parts = _read(text)
    parts = {unit: number for unit, number in parts.items() if number.strip("-0.")}
    if not parts:
        return "P0D"
    flipped = all(number.startswith("-") for number in parts.values())
    written = {
        unit: (parts[unit][1:] if flipped else parts[unit]) + unit[-1] for unit in _UNITS if unit in parts
    }
    date = "".join(part for unit, part in written.items() if unit[0] != "T")
    time = "".join(part for unit, part in written.items() if unit[0] == "T")
    sign = "-" if flipped != negative else ""
    return f"{sign}P{date}T{time}" if time else f"{sign}P{date}"


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[bool, dict[str, str]]:
    """Whether it is negative as a whole, and the parts by unit. Raises ValueError."""
    match = _WHOLE.fullmatch(text)
    found: dict[str, str] = {}
    for prefix, part in (("", match[2]), ("T", match[3] or "")) if match else ():
        for sign, whole, fraction, unit in _PART.findall(part):
            if prefix + unit in found or len(whole + fraction) > _MOST_DIGITS:
                raise ValueError(f"not an ISO 8601 duration: {text!r}")
            found[prefix + unit] = sign + (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    if match is None or not found or any("." in number for number in list(found.values())[:-1]):
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    return match[1] == "-", found


@lru_cache(maxsize=4096)
def _values(text: str) -> tuple[Fraction, ...]:
    negative, parts = _read(text)
    return tuple(Fraction(parts.get(unit, "0")) * (-1 if negative else 1) for unit in _UNITS)


@lru_cache(maxsize=4096)
def sign(text: str) -> int:
    """1, 0 or -1: of the first part that is not zero. Raises ValueError."""
    first = next((value for value in _values(text) if value), Fraction(0))
    return (first > 0) - (first < 0)


@lru_cache(maxsize=4096)
def at_least_an_hour(text: str) -> bool:
    """The server's crude test: any positive date part will do, a pure time has to be an hour. Raises ValueError."""
    values = _values(text)
    if sign(text) <= 0:
        return False
    return any(values[:4]) or values[4] * 3600 + values[5] * 60 + values[6] >= 3600


@lru_cache(maxsize=4096)
def aligned(one: str, other: str) -> bool:
    """Whether one is a whole multiple of the other however long months and days are (§2.8). Raises ValueError."""
    pairs = [(_seconds(one, m, d), _seconds(other, m, d)) for m, d in product(range(28, 32), (23, 24, 25))]
    if any(min(a, b) <= 0 or max(a, b) >= _INT64 for a, b in pairs):
        return False  # the server reckons in 64 bits, and nothing negative fits
    return all(a % b == 0 for a, b in pairs) or all(b % a == 0 for a, b in pairs)


def _seconds(text: str, month: int, day: int) -> Fraction:
    years, months, weeks, whole_days, hours, minutes, seconds = _values(text)
    return (
        ((years * 12 + months) * month + weeks * 7 + whole_days) * day * 3600
        + hours * 3600
        + minutes * 60
        + seconds
    )


def calendar(text: str) -> tuple[Fraction, ...]:
    """The duration with years as twelve months and weeks as seven days; days are no hours (§4.6). Raises ValueError."""
    years, months, weeks, whole_days, *time = _values(text)
    return (years * 12 + months, weeks * 7 + whole_days, *time)


@lru_cache(maxsize=4096)
def days(text: str) -> Fraction:
    """About how many days: months of 30, for comparing sizes only. Raises ValueError."""
    return _seconds(text, 30, 24) / 86400
