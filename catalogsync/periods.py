"""ISO 8601 durations in the server's canonical text (semantics-productcatalog §7 N2). No unit is converted: P12M is not P1Y."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"([+-]?)P(?=.)((?:[+-]?[0-9]+(?:[.,][0-9]+)?[YMWD])*)(?:T((?:[+-]?[0-9]+(?:[.,][0-9]+)?[HMS])*))?")
_PART = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]+))?([YMWDHS])")
_UNITS = ("Y", "M", "W", "D", "TH", "TM", "TS")


def canonical(text: str) -> str:
    """The duration as the server answers it: parts in order, zero parts dropped, sign in front, leading zeros gone.

    "P1M0D" → "P1M", "+P01M" → "P1M", "P1,5M" → "P1.5M", "P-1M" → "-P1M", "PT0S" → "P0D"; "P1.0M" stays.
    Raises ValueError for what is no duration.
    """
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    parts = _parts(match[2], "") | _parts(match[3] or "", "T")
    if not parts:
        return "P0D"
    flipped = all(number.startswith("-") for number in parts.values())
    if flipped:
        parts = {unit: number[1:] for unit, number in parts.items()}
    written = {unit: parts[unit] + unit[-1] for unit in _UNITS if unit in parts}
    date = "".join(part for unit, part in written.items() if unit[0] != "T")
    time = "".join(part for unit, part in written.items() if unit[0] == "T")
    sign = "-" if flipped != (match[1] == "-") else ""
    return f"{sign}P{date}T{time}" if time else f"{sign}P{date}"


def _parts(text: str, prefix: str) -> dict[str, str]:
    """The parts that are not zero, by unit."""
    found = {}
    for sign, whole, fraction, unit in _PART.findall(text):
        number = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
        if number.strip("0."):
            found[prefix + unit] = number if sign != "-" else f"-{number}"
    return found
