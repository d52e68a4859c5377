"""What part of a meter's usage a feature counts, as far as its filters can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogsync.core.model import Resource
from catalogsync.openmeter.kinds.feature import as_feature


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a dimension: these only, or all but these."""

    named: frozenset[str]
    but: bool = False

    def apart(self, other: Values) -> bool:
        """Whether no value is in both."""
        if self.but and other.but:
            return False
        if self.but:
            return other.named <= self.named
        return self.named <= other.named if other.but else not self.named & other.named


def _values(one: object) -> Values | None:
    """None for filters that are not compared (patterns, ranges, combinations)."""
    if not isinstance(one, Mapping):
        return Values(frozenset({str(one)}))
    said = {name: value for name, value in one.items() if value is not None}
    if len(said) != 1:
        return None
    name, value = next(iter(said.items()))
    if name in ("$eq", "$ne"):
        return Values(frozenset({str(value)}), name == "$ne")
    if name in ("$in", "$nin"):
        return Values(frozenset(map(str, value)), name == "$nin")
    return None


def overlap(one: Resource, other: Resource) -> bool:
    """Whether two features surely count some usage twice: one meter, and no filter that keeps them apart or cannot be compared."""
    meter = one.body.get("meterSlug")
    if meter is None or meter != other.body.get("meterSlug"):
        return False
    mine, yours = _filters(one), _filters(other)
    for name in mine.keys() & yours.keys():
        pair = (_values(mine[name]), _values(yours[name]))
        if mine[name] != yours[name] and (pair[0] is None or pair[1] is None or pair[0].apart(pair[1])):
            return False
    return True


def _filters(feature: Resource) -> Mapping[str, object]:
    body = as_feature(feature.body)
    return body.get("advancedMeterGroupByFilters") or body.get("meterGroupByFilters") or {}
