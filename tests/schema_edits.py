"""Every field of every object, changed one at a time, by walking the manifest schemas along a catalog's bodies.

A field that is there is changed, and removed where it may be left out; one that is not there is added. Entries of keyed lists are
added and removed. What names an object or entry (key, slug, addon, featureKey) is no field of it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalogsync.core.model import Catalog, Lifecycle, Resource
from catalogsync.openmeter import schemas

NAMES = {"kind", "key", "slug", "addon", "featureKey", "lifecycle", "type"}
NEVER_STORED = {"alignment", "customInvoicing"}
METER_FILTERS = {"meterGroupByFilters"}

SAMPLES: Mapping[str, tuple[Any, ...]] = {
    "name": ("Changed",),
    "description": ("Changed",),
    "eventType": ("changed",),
    "valueProperty": ("$.changed",),
    "eventFrom": ("2025-01-01T00:00:00Z",),
    "meterSlug": ("api_requests", "active_users"),
    "currency": ("EUR",),
    "billingCadence": ("P1M", "P3M"),
    "duration": ("P2M", "P1M"),
    "amount": (123, "7.50"),
    "flatPrice": (6,),
    "unitPrice": (Decimal("0.5"),),
    "upToAmount": (77,),
    "multiplier": (Decimal("1.5"),),
    "quantityPerPackage": (7,),
    "minimumAmount": (2,),
    "maximumAmount": (99999,),
    "quantity": (11,),
    "percentage": (33,),
    "issueAfterReset": (999,),
    "issueAfterResetPriority": (7,),
    "usagePeriod": ("P1M", "P1W"),
    "config": ({"changed": True},),
    "fromPlanPhase": ("standard", "trial", "pilot", "contract"),
    "maxQuantity": (9,),
    "url": ("https://changed.example.com/",),
    "value": (42,),
    "taxCodeId": ("01JBP3SGZ20Y7VRVC351TDFXYZ",),
    "code": ("txcd_10000001",),
    "provider": ("openai",), "providerProperty": ("type",), "model": ("gpt-4",), "modelProperty": ("type",), "tokenTypeProperty": ("type",),
    "tokenType": ("output", "input"), "$eq": ("changed",), "$ne": ("changed",), "$in": (["changed"],),
}  # fmt: skip

WHOLE: Mapping[str, Any] = {
    "discounts": {"percentage": {"percentage": 5}},
    "entitlementTemplate": {"type": "boolean"},
    "taxConfig": {"behavior": "inclusive"},
    "stripe": {"code": "txcd_10000001"},
    "usage": {"quantity": 3},
    "percentage": {"percentage": 5},
    "price": {"type": "flat", "amount": 3},
    "proRatingConfig": {"enabled": False, "mode": "prorate_prices"},
    "unitCost": {"type": "manual", "amount": 1},
    "advancedMeterGroupByFilters": {},
    "flatPrice": {"type": "flat", "amount": 3},
    "unitPrice": {"type": "unit", "amount": 3},
    "features": ["platform"],
    "signingSecret": {"env": "CHANGED_SECRET"},
    "addons": [],
}

OTHERS: Mapping[str, list[str]] = {
    "channels": ["billing_hook", "growth_hook"],
    "features": ["platform"],
    "$in": ["changed"],
    "$nin": ["changed"],
}
"""What a list of texts becomes when its only entry goes."""


@dataclass(frozen=True)
class FieldEdit:
    """One field changed: what was done where, and the whole body with it."""

    deed: str
    path: tuple[str | int, ...]
    body: dict[str, Any]


def edits(resource: Resource) -> Iterator[FieldEdit]:
    """All edits of single fields of an object."""
    root = schemas.manifest_schema(resource.ref.kind)
    for deed, path, value in _object(root, root, resource.body, ()):
        body = copy.deepcopy(dict(resource.body))
        _put(body, path, value)
        yield FieldEdit(deed, path, body)


def replaced(catalog: Catalog, resource: Resource, body: dict[str, Any]) -> Catalog:
    """The catalog with another body for one object."""
    other = Resource(resource.ref, Lifecycle.PUBLISHED, body, resource.origin)
    return Catalog({**catalog.resources, resource.ref: other})


_GONE = object()


def _put(body: Any, path: tuple[str | int, ...], value: Any) -> None:
    for part in path[:-1]:
        body = body[part]
    if value is _GONE:
        del body[path[-1]]
    else:
        body[path[-1]] = value


def _resolved(root: Any, schema: Any, value: Any) -> Any:
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    for case in schema.get("allOf", ()):
        wanted = case["if"]["properties"]["type"]["const"]
        if isinstance(value, Mapping) and value.get("type") == wanted:
            return _resolved(root, case["then"], value)
    return schema


def required(schema: Any) -> set[str]:
    """The members that an object has to have; a manifest that says only what becomes of its object has fewer."""
    return {*schema.get("required", ()), *schema.get("else", {}).get("required", ())}


def _object(
    root: Any, schema: Any, value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[str, Any, Any]]:
    schema = _resolved(root, schema, value)
    for name, member in schema.get("properties", {}).items():
        if name in NAMES | NEVER_STORED | METER_FILTERS:
            continue
        here = (*path, name)
        if value.get(name) is None:
            yield from _added(root, member, name, here)
            continue
        yield from _changed(root, member, name, value[name], here)
        if name not in required(schema):
            yield "remove", here, _GONE


def _added(root: Any, schema: Any, name: str, path: tuple[str | int, ...]) -> Iterator[tuple[str, Any, Any]]:
    sample = _sample(_resolved(root, schema, None), name, None)
    if sample not in ({}, []):
        yield "add", path, sample


def _changed(
    root: Any, schema: Any, name: str, value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[str, Any, Any]]:
    inner = _resolved(root, schema, value)
    if isinstance(value, Mapping) and "properties" in inner:
        yield from _object(root, inner, value, path)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for position, entry in enumerate(value):
            yield from _object(root, inner["items"], entry, (*path, position))
        yield from _entries(name, value, path)
    elif isinstance(value, list):
        yield "change", path, value[:-1] or OTHERS[name]
    elif isinstance(value, Mapping):
        yield "change", path, {**value, **_entry(inner, value)}
    else:
        sample = _sample(inner, name, value)
        if sample is not None:  # else the only option there is
            yield "change", path, sample


def _entry(schema: Any, value: Any) -> dict[str, Any]:
    """A further entry of a map of free names."""
    if any(isinstance(item, Mapping) for item in value.values()):
        return {name: {"$eq": "changed"} for name in value}
    path = any(str(item).startswith("$") for item in value.values())
    return {"changed": "$.changed" if path else "yes"}


def _entries(name: str, value: list[Any], path: tuple[str | int, ...]) -> Iterator[tuple[str, Any, Any]]:
    """Entries of a keyed list come and go; phases, which others name, only come."""
    if name == "rateCards":
        yield (
            "append",
            path,
            [
                *value,
                {
                    "type": "flat_fee",
                    "key": "changed",
                    "name": "Changed",
                    "price": {"type": "flat", "amount": 1},
                },
            ],
        )
        yield "remove entry", path, value[:-1] or [{**value[0], "name": "Changed"}]
    elif name == "phases":
        first = {"key": "changed", "name": "Changed", "duration": "P1M", "rateCards": value[-1]["rateCards"]}
        yield "prepend", path, [first, *value]
    elif name == "addons":
        yield "remove entry", path, value[:-1]
    elif name == "thresholds":
        yield "append", path, [*value, {"type": "usage_percentage", "value": 55}]


def _sample(schema: Any, name: str, present: Any) -> Any:
    if present is None and name in WHOLE:
        return WHOLE[name]
    types = schema.get("type")
    if "enum" in schema:
        return next((option for option in schema["enum"] if option is not None and option != present), None)
    if types == "boolean":
        return not present
    if types == "object" or (
        isinstance(types, list) and "object" in types and name in ("metadata", "customHeaders", "groupBy")
    ):
        return {"changed": "$.changed" if name == "groupBy" else "yes"}
    assert name in SAMPLES, f"{name} is a new member: SAMPLES needs values of it"
    return next(option for option in SAMPLES[name] if option != present)
