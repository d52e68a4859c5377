"""Documents that are written for something else: the v3 API, Stripe, or another billing tool. What they are is said once, in place of each
member that is not known here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.manifests.documents import Document
from catalogsync.manifests.hints import other_bodies, stripe
from catalogsync.openmeter import schemas

_ENOUGH = 2
"""Names of the other side that a slip of the pen does not make."""
_MOST_NAMES = 12
_MOST_LACKS = 6
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


_KUBERNETES = frozenset({"apiVersion", "spec"})
_WITHOUT_SPEC = "write `kind` in small letters, and `key`, `name` and the rest at the top of the document, without apiVersion, metadata and spec"


def looks_like(document: Document) -> Diagnostic | None:
    """What a document that is not a manifest was written for; None where that cannot be said."""
    names = _names(document.members)
    other, found = other_bodies.tool(names)
    if other and "kind" in document.members:
        return None  # what each of its members is here is said at each
    if other and len({*found, *(name for name in names if name in _STRIPE)}) >= _ENOUGH:
        return _said(
            document, f"an object of {other}", found, names[found[0]], other_bodies.manifest(document.members)
        )
    found = [name for name in names if name in _STRIPE]
    if document.members.get("object") in _STRIPE_OBJECTS or len(found) >= _ENOUGH:
        if "kind" in document.members:
            first_place = min((names[name] for name in found), key=lambda path: _position(document, path))
            return _said(document, "prices of Stripe", found, first_place, _in_place(found))
        first = next(iter(document.members))
        return _said(document, "an object of Stripe", found or ["object"], (first,), _as_plan(document))
    if document.members.keys() >= _KUBERNETES:
        return _said(document, "a Kubernetes manifest", sorted(_KUBERNETES), ("apiVersion",), _WITHOUT_SPEC)
    found = _of_v3(document, names)
    if len(found) >= _ENOUGH:
        first_place = min((names[name] for name in found), key=lambda path: _position(document, path))
        hint = f"write the names of the v1 API{_renamed(found)}"
        return _said(document, "a body of OpenMeter's v3 API", found, first_place, hint)
    return None


_OF_STRIPE = {
    "up_to": "upToAmount", "flat_amount": "flatPrice", "unit_amount": "unitPrice in a tier, amount elsewhere", "tiers_mode": "mode",
    "flat_amount_decimal": "flatPrice", "unit_amount_decimal": "unitPrice in a tier, amount elsewhere", "interval": "billingCadence",
    "trial_period_days": "the duration of a phase", "display_name": "name",
}  # fmt: skip
"""What members of Stripe's prices are called in a manifest."""


def _in_place(found: Iterable[str]) -> str:
    """What to write for names of Stripe within a manifest."""
    named = [f"`{name}` is {_OF_STRIPE[name]}" for name in found if name in _OF_STRIPE]
    amounts = "amounts count whole units of the currency; the last tier has no upToAmount"
    return (
        f"write the names of a manifest: {', '.join(named)}; {amounts}"
        if named
        else f"write the names of a manifest; {amounts}"
    )


def renamed(document: Document) -> Json:
    """The document with v1's names in place of those of v3 that mean the same: what it lacks as a manifest is what this lacks."""

    def rename(value: Json) -> Json:
        if isinstance(value, Mapping):
            return {
                _in_v1(name): rename(member) if name not in _FREE else member
                for name, member in value.items()
            }
        return [rename(entry) for entry in value] if isinstance(value, list) else value

    return rename(document.value)


def lacking(one: Diagnostic, besides: Iterable[Diagnostic]) -> Diagnostic:
    """The diagnostic of a v3 body with what it lacks beside the names. `besides`: what the schema refuses of it once it is renamed."""
    more = (
        list(dict.fromkeys(f"{other.summary}: {other.hint}" for other in besides))
        if "v3" in one.summary
        else []
    )
    rest = [f"{len(more) - _MOST_LACKS} more"] if len(more) > _MOST_LACKS else []
    return replace(one, hint="; ".join([one.hint, *more[:_MOST_LACKS], *rest]))


def _as_plan(document: Document) -> str:
    meter, plan = stripe.as_meter(document.members), stripe.as_plan(document.members)
    if meter:
        return f"write it as a meter: `{meter}`"
    if isinstance(document.members.get("data"), list) and plan:
        return f"write each as a plan (amounts in whole units of the currency, not in its smallest), the first as `{plan}`"
    if not plan:
        return "write what it sells as a plan with rate cards: `catalogsync init` shows one; amounts count whole units of the currency, not cents"
    return f"write it as a plan (amounts in whole units of the currency, not in its smallest): `{plan}`"


def _of_v3(document: Document, names: Mapping[str, ValuePath]) -> list[str]:
    return [name for name, path in names.items() if name in _v3() or _is_v3(document, name, path)]


def _position(document: Document, path: ValuePath) -> tuple[int, int]:
    where = document.origin.locate(path, key=True)
    return where.line, where.column


def _said(document: Document, what: str, found: list[str], first: ValuePath, hint: str) -> Diagnostic:
    listed = ", ".join(f"`{name}`" for name in found[:3]) + (" and others" if len(found) > 3 else "")
    where = document.origin.locate(first, key=True)
    summary = f"this looks like {what}: it has {listed}"
    return Diagnostic("manifest-foreign", Severity.ERROR, summary, where, hint=hint)


def _in_v1(name: str) -> str:
    """What a name of v3 is in v1 where that has the same with capitals; the name itself for any other."""
    new = re.sub("_([a-z])", lambda found: found[1].upper(), name)
    return new if new in _members("wire-v1.json") else name


def _renamed(names: list[str]) -> str:
    """What the names are in v1."""
    same = [f"`{_in_v1(name)}` for `{name}`" for name in names if _in_v1(name) != name]
    return f": {', '.join(same[:_MOST_NAMES])}" if same else ""


def _names(members: Mapping[str, Json]) -> Mapping[str, ValuePath]:
    """Every member's name with its first place; not those that the writer chooses."""
    found: dict[str, ValuePath] = {}
    for name, path in _all_names(members, ()):
        found.setdefault(name, path)
    return found


def _all_names(value: Json, path: ValuePath) -> Iterator[tuple[str, ValuePath]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield name, (*path, name)
            if name not in _FREE:
                yield from _all_names(member, (*path, name))
    elif isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _all_names(entry, (*path, position))


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
