"""Numbers that are thousands where people part them with a point: 10.000 is ten here, ten thousand in Berlin and Jakarta."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from catalogsync.checks.lint.findings import Found, World
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Resource
from catalogsync.manifests.source_map import documents
from catalogsync.openmeter import currencies
from catalogsync.openmeter.kinds import ADDON, FEATURE, PLAN, RULE

_ZEROS = 3
_GROUPED = re.compile(r"[1-9][0-9]{0,2}\.000")
_CHARGED = frozenset(("amount", "unitPrice", "flatPrice", "minimumAmount", "maximumAmount"))
"""Members that are money: in a currency of three decimals 10.000 is how ten is written."""
_MEMBERS = {ADDON: ("rateCards",), PLAN: ("phases", "addons"), FEATURE: ("unitCost",), RULE: ("thresholds",)}
_FREE = frozenset(("config", "metadata", "name", "description"))
"""Members in which the writer says what the server does not count."""


def like_thousands(world: World) -> Iterator[Found]:
    """Amounts and counts that are written with three zeros behind the point and nothing else there. Only objects of files in which such a
    number is written are gone through.
    """
    for kind, members in _MEMBERS.items():
        for resource in world.of(kind):
            if any(one.source.has_point_zeros for one in documents(resource)):
                code = str(resource.body.get("currency"))
                exact = code in currencies.FIAT and currencies.digits(code) == _ZEROS
                for place, number in _numbers({name: resource.body.get(name) for name in members}, ()):
                    if not exact or not _CHARGED.intersection(place):
                        yield _found(resource, place, number)


def _numbers(value: object, place: Path) -> Iterator[tuple[Path, str]]:
    """The numbers in a value that are written that way, each with its place."""
    if isinstance(value, Decimal | str):
        if _GROUPED.fullmatch(str(value)):
            yield place, str(value)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in _FREE:
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
