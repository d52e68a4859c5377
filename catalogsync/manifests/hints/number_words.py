"""Numbers that are written as words: "ten" is 10, "one hundred" is 100, "10k" is 10000. Pure."""

from __future__ import annotations

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = {
    name: 10 * n for n, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SMALL = {**{name: n for n, name in enumerate(_ONES)}, **_TENS}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_THOUSANDS = re.compile("([0-9]{1,9})k", re.IGNORECASE)


def digits(text: str) -> str:
    """The number in digits, or "" for what is not a number of one or two words, or of digits with a `k`: nothing is guessed."""
    plain = text.strip().lower()
    if short := _THOUSANDS.fullmatch(plain):
        return str(int(short[1]) * 1000)
    first, *rest = re.split("[ -]", plain)
    if not rest:
        return str(_SMALL[first]) if first in _SMALL else ""
    if len(rest) > 1:
        return ""
    if rest[0] in _LARGE:
        number = 1 if first == "a" else _SMALL.get(first, 0)
        return str(number * _LARGE[rest[0]]) if number else ""
    one = _SMALL.get(rest[0], 0)
    return str(_TENS[first] + one) if first in _TENS and 0 < one < 10 else ""


_ENDLESS = frozenset(
    "unlimited infinite infinity inf endless none never max ∞ .inf +.inf * null unbounded nolimit -1".split()
)
_LEFT_OUT = {
    "upToAmount": "remove upToAmount: the last tier has no end",
    "maxQuantity": "remove maxQuantity: without it, any number may be bought",
    "maximumAmount": "remove maximumAmount: without it, there is no upper limit",
    "issueAfterReset": "write the quota as a number, 0 at least: with `isSoftLimit: true`, usage may go on above it; `{type: boolean}` has no quota",
}


def endless(name: str, text: str) -> str:
    """What to do where a text says that a number has no limit; "" for any other text or field."""
    return _LEFT_OUT.get(name, "") if text.strip().lower() in _ENDLESS else ""
