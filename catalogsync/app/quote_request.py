"""What a quote is asked for, and how it is written: FEATURE=N, KEY=QUANTITY."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from catalogsync.core.errors import UsageError

_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What is to be quoted. `usage`: quantities by feature, 0 where none is given. `addons`: how often each is bought.
    `phase` empty: the last one, in which a customer stays.
    """

    plan: str
    usage: Mapping[str, Decimal] = field(default_factory=dict)
    addons: Mapping[str, int] = field(default_factory=dict)
    phase: str = ""


def quantities(pairs: Iterable[str]) -> dict[str, Decimal]:
    """FEATURE=N… as quantities by feature. Raises UsageError for what is not a quantity, is negative or is given twice."""
    return {key: Decimal(text) for key, text in _pairs(pairs, "FEATURE=N", _QUANTITY)}


def addon_quantities(pairs: Iterable[str]) -> dict[str, int]:
    """KEY=QUANTITY… as whole numbers of at least 1 by add-on. Raises UsageError."""
    found = {key: int(text) for key, text in _pairs(pairs, "KEY=QUANTITY", re.compile(r"[0-9]{1,18}"))}
    for key, count in found.items():
        if count < 1:
            raise UsageError(
                f"add-on `{key}`: 0 is not a quantity that can be bought",
                code="quote-quantity",
                hint="leave the add-on out, or give 1 or more",
            )
    return found


def _how_to_write(text: str, form: str) -> str:
    if "=" in text:
        return f"one {form} at a time: the option is repeated for another"
    if form == "FEATURE=N":
        return "digits alone, with a decimal point where the feature is counted in parts: 50000 or 0.5"
    return "a whole number: 1, 2 …"


def _pairs(pairs: Iterable[str], form: str, number: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not key or not equals:
            hint = f"write {form}" if not key or equals else f"how many? write {key}=1, or another number"
            raise UsageError(f"`{pair}` is not {form}", code="quote-quantity", hint=hint)
        if _NEGATIVE.fullmatch(text):
            raise UsageError(
                f"`{key}`: a quantity must not be negative: {text}",
                code="quote-quantity",
                hint="give 0 or more",
            )
        if not number.fullmatch(text):
            raise UsageError(
                f"`{key}`: `{text}` is not a quantity",
                code="quote-quantity",
                hint=_how_to_write(text, form),
            )
        if key in seen:
            raise UsageError(f"`{key}` is given twice", code="quote-quantity", hint="give one quantity")
        seen.add(key)
        yield key, text
