"""The order in which a person reads the members of an object."""

from __future__ import annotations

from collections.abc import Iterable

FIRST = (
    "kind",
    "addon",
    "key",
    "slug",
    "type",
    "name",
    "description",
    "disabled",
    "featureKey",
    "meterSlug",
    "currency",
    "instanceType",
    "billingCadence",
    "eventType",
    "aggregation",
    "valueProperty",
    "enabled",
    "mode",
    "upToAmount",
    "issueAfterReset",
)
LAST = (
    "discounts",
    "entitlementTemplate",
    "taxConfig",
    "metadata",
    "phases",
    "rateCards",
    "addons",
    "lifecycle",
)


def reading_order(members: Iterable[str]) -> list[str]:
    """Member names in the order in which a person reads them: who it is first, the long parts last."""
    names = list(members)

    def rank(name: str) -> tuple[int, int]:
        if name == "type" and "kind" not in names:
            return 0, 0
        if name in FIRST:
            return 0, FIRST.index(name)
        return (2, LAST.index(name)) if name in LAST else (1, names.index(name))

    return sorted(names, key=rank)
