"""Numbers with a comma in them, where the comma ends the value: `{amount: 18,000}` says 18, and a member named `000`. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from catalogsync.manifests.hints.amounts import plain_amount, two_readings

_GROUPS = r"[0-9]+(?:[.,_' ]?[0-9]+)*"
_BEFORE = re.compile(
    rf"(?:^|[:,{{\[-]\s+|[{{\[])(?P<value>(?P<sign>[^:,{{}}\[\]\"'#0-9]{{0,4}}?)(?P<number>{_GROUPS})?,\s?)$",
    re.MULTILINE,
)
_AFTER = re.compile(
    rf"(?P<number>{_GROUPS})(?P<sign>[^:,{{}}\[\]\"'#0-9]{{0,12}}?)(?=\s*(?:[,}}\]#]|$))", re.MULTILINE
)
_FARTHEST = 500
"""Characters before the part behind a comma in which the number may begin."""


class CommaNumber(NamedTuple):
    """The number as it stands, its first character in the text, and what to do."""

    text: str
    start: int
    hint: str


def at(text: str, index: int) -> CommaNumber | None:
    """The number whose part behind a comma begins at a character; None where no number is cut there."""
    line = max(text.rfind("\n", 0, index) + 1, index - _FARTHEST)
    if text.find(",", line, index) < 0:
        return None
    before, after = _BEFORE.search(text, line, index), _AFTER.match(text, index)
    if before is None or after is None:
        return None
    start = before.start("value")
    number = f"{before['number'] or '0'},{after['number']}"
    signed = bool(before["sign"].strip() or after["sign"].strip())
    return CommaNumber(text[start : after.end()], start, _hint(number, signed=signed))


def _hint(number: str, *, signed: bool) -> str:
    """What to write: the one reading that there is, or both. Of a number with a sign beside it none is named: it may be a reduction, or
    another currency's.
    """
    if signed:
        return "write digits and at most one decimal point, without any other sign"
    if plain := plain_amount(number):
        return f"write {plain}: an amount has a decimal point and no comma"
    return two_readings(number) or "write digits and at most one decimal point"
