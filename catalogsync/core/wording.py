"""Numbers and names as sentences say them."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def grouped(number: int, noun: str) -> str:
    """The same for what may be many: `1 customer`, `12,000 customers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def first_few(names: Sequence[object], most: int) -> str:
    """`a, b and 3 more`: at most so many by name, then how many are left."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
