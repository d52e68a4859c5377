"""Documents that are written for something else: the v3 API, or Stripe. What they are is said once, in place of each member that is
not known here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.manifests.documents import Document
from catalogsync.openmeter import schemas

_ENOUGH = 2
"""Names of the other side that a slip of the pen does not make."""
_FREE = frozenset({"metadata", "labels", "groupBy", "dimensions", "config", "customHeaders"})
"""Members whose names the writer chooses."""
_STRIPE_OBJECTS = frozenset(
    {"price", "plan", "product", "coupon", "billing.meter", "subscription", "tax_rate"}
)
_STRIPE = frozenset(
    "unit_amount unit_amount_decimal recurring tiers_mode billing_scheme livemode usage_type lookup_key nickname product transform_quantity"
    " interval interval_count default_price unit_label custom_unit_amount tax_behavior product_data currency_options up_to flat_amount"
    " flat_amount_decimal default_aggregation event_name customer_mapping value_settings display_name trial_period_days".split()
)
"""Members of Stripe's prices, plans, products and meters that no manifest has."""


def looks_like(document: Document) -> Diagnostic | None:
    """What a document that is not a manifest was written for; None where that cannot be said."""
    names = dict(_names(document.members, ()))
    stripe = [name for name in names if name in _STRIPE]
    if document.members.get("object") in _STRIPE_OBJECTS or len(stripe) >= _ENOUGH:
        return _said(
            document, "an object of Stripe", stripe or ["object"], names,
            "write it as a plan with rate cards: `catalogsync init` shows one. Stripe's amounts count the smallest unit of the currency;"
            " amounts here count whole units; its interval is the billingCadence of the plan and of each card: P1M a month",
        )  # fmt: skip
    v3 = [name for name, path in names.items() if name in _v3() or _is_v3(document, name, path)]
    if len(v3) >= _ENOUGH:
        return _said(
            document, "a body of OpenMeter's v3 API", v3, names,
            f"write the names of the v1 API{_renamed(v3)}; `catalogsync export` writes what a server has as manifests",
        )  # fmt: skip
    return None


def _said(
    document: Document, what: str, found: list[str], names: Mapping[str, ValuePath], hint: str
) -> Diagnostic:
    listed = ", ".join(f"`{name}`" for name in found[:3]) + (" and others" if len(found) > 3 else "")
    where = document.origin.locate(names.get(found[0], ()), key=True)
    summary = f"this looks like {what}: it has {listed}"
    return Diagnostic("manifest-foreign", Severity.ERROR, summary, where, hint=hint)


def _renamed(names: list[str]) -> str:
    """What some of the names are in v1."""
    capitals = {name: re.sub("_([a-z])", lambda found: found[1].upper(), name) for name in names}
    same = [
        f"`{new}` for `{old}`"
        for old, new in capitals.items()
        if new != old and new in _members("wire-v1.json")
    ]
    return f": {', '.join(same[:3])}" if same else ""


def _names(value: Json, path: ValuePath) -> Iterator[tuple[str, ValuePath]]:
    """Every member's name, each at its last place; not those that the writer chooses."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield name, (*path, name)
            if name not in _FREE:
                yield from _names(member, (*path, name))
    elif isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _names(entry, (*path, position))


def _is_v3(document: Document, name: str, path: ValuePath) -> bool:
    """Names without an underscore that v3 uses in its own way."""
    if name in ("labels", "dimensions"):
        return path == (name,)
    value = document.members.get(name)
    return (
        name in ("meter", "feature")
        and isinstance(value, Mapping)
        and not value.keys().isdisjoint(("id", "key"))
    )


def _v3() -> frozenset[str]:
    """The names that only v3's bodies have: with underscores, where v1 has capitals."""
    return frozenset(name for name in _members("wire-v3.json") if "_" in name)


@cache
def _members(file: str) -> frozenset[str]:
    """The names of all members that a description of requests knows."""

    def members(node: object) -> Iterator[str]:
        if isinstance(node, Mapping):
            properties = node.get("properties")
            if isinstance(properties, Mapping):
                yield from map(str, properties)
            for one in node.values():
                yield from members(one)
        elif isinstance(node, list):
            for one in node:
                yield from members(one)

    return frozenset(members(schemas.wire(file)))
