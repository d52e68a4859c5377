"""Numbers that are thousands where people part them with a point: 10.000 is ten here, ten thousand in Berlin and Jakarta."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from catalogsync.checks.lint.findings import Found, World
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.openmeter import currencies
from catalogsync.openmeter.kinds import FEATURE, RULE

_ZEROS = 3
_END = ".000"
_GROUPED = re.compile(r"[1-9][0-9]{0,2}\.000")
_CHARGED = frozenset(("amount", "unitPrice", "flatPrice", "minimumAmount", "maximumAmount"))
"""Members that are money: in a currency of three decimals 10.000 is how ten is written."""
_COUNTED = ("price", "entitlementTemplate", "discounts")
"""Members of a rate card with amounts and counts."""


def like_thousands(world: World) -> Iterator[Found]:
    """Amounts and counts that are written with three zeros behind the point and nothing else there."""
    for resource, place, card in world.all_cards():
        for member in _COUNTED:
            if (value := card.get(member)) is not None and _holds(value):
                yield from _of_card(resource, place, member, value)
    for kind, member in ((FEATURE, "unitCost"), (RULE, "thresholds")):
        for resource in world.of(kind):
            if (value := resource.body.get(member)) is not None and _holds(value):
                yield from (_found(resource, *one) for one in _numbers(value, (member,)))


def _of_card(resource: Resource, card: Path, member: str, value: object) -> Iterator[Found]:
    code = str(resource.body["currency"])
    exact = code in currencies.FIAT and currencies.digits(code) == _ZEROS
    for place, number in _numbers(value, (*card, member)):
        if not exact or not _CHARGED.intersection(place):
            yield _found(resource, place, number)


def _holds(value: object) -> bool:
    """Whether such a number may be in a value: asked of every rate card, so it takes no note of places."""
    if isinstance(value, dict):
        return any(map(_holds, value.values()))
    if isinstance(value, list):
        return any(map(_holds, value))
    return isinstance(value, Decimal | str) and str(value).endswith(_END)


def _numbers(value: object, place: Path) -> Iterator[tuple[Path, str]]:
    """The numbers in a value that are written that way, each with its place."""
    if isinstance(value, Decimal | str):
        if _GROUPED.fullmatch(str(value)):
            yield place, str(value)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name != "config":
                yield from _numbers(member, (*place, name))
    elif isinstance(value, list):
        for n, entry in enumerate(value):
            yield from _numbers(entry, (*place, n))


def _found(resource: Resource, place: Path, number: str) -> Found:
    whole = number.partition(".")[0]
    return Found(
        resource,
        place,
        f"{number} is {whole}, not {whole}000",
        f"write {whole}000 if thousands are meant, {whole} if not",
    )
