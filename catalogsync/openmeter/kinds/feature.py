"""Features: what plans sell, bound to a meter; nothing of them can be changed (docs/server/features.md#features)."""

from __future__ import annotations

from typing import Any

from catalogsync.core.canon import JsonObject
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.openmeter.kinds.spec import (
    ANY,
    STAMPS,
    Atomic,
    KeyOf,
    KindSpec,
    Normal,
    PartsUsed,
    Reference,
    SetOf,
)
from catalogsync.openmeter.kinds.texts import Raw, given
from catalogsync.openmeter.scalars import decimal

FEATURE = Kind.declare("feature")

_FILTERS = "advancedMeterGroupByFilters"
_LLM = ("provider", "providerProperty", "model", "modelProperty", "tokenType", "tokenTypeProperty")


def _normal(raw: Raw, _key: str, _key_of: KeyOf) -> Normal:
    """Filters in the advanced form; prices that only an answer has are left out (docs/server/readback.md#n25 to N30)."""
    out: Normal = {"name": raw.get("name"), **{n: raw[n] for n in ("metadata", "meterSlug") if raw.get(n)}}
    chosen = _filters(raw)
    if chosen:
        out[_FILTERS] = chosen
    cost = raw.get("unitCost")
    if cost and cost.get("type") == "manual":
        out["unitCost"] = {"type": "manual", "amount": decimal(cost.get("amount"))}
    elif cost:
        out["unitCost"] = {"type": cost.get("type"), **{n: cost[n] for n in _LLM if cost.get(n)}}
    return out


def _filters(raw: Raw) -> Normal:
    """The advanced form wins over the legacy one where it is not empty (N25 to N28)."""
    if raw.get(_FILTERS):
        return {name: _operators(value) for name, value in raw[_FILTERS].items()}
    return {name: {"$eq": value} for name, value in (raw.get("meterGroupByFilters") or {}).items()}


def _operators(raw: Raw) -> Normal:
    out: Normal = {}
    for operator, operand in raw.items():
        if operand is None:
            continue
        if operator in ("$in", "$nin"):
            out[operator] = sorted(set(operand))
        elif operator in ("$and", "$or"):
            out[operator] = [_operators(item) for item in operand]
        else:
            out[operator] = operand
    return out


def _request(normal: Raw, key: str) -> Normal:
    return {"key": key, **given(normal, ("name", "metadata", "meterSlug", _FILTERS, "unitCost"))}


def _manifest(normal: Raw, key: str) -> Normal:
    return {"key": key, **normal}


def _filtered(normal: JsonObject) -> set[str]:
    filters: Any = normal.get(_FILTERS) or {}
    return set(filters)


def _dimensions(normal: JsonObject) -> set[str]:
    """The groupBy keys of its meter that a feature filters on, or takes a unit cost's properties from."""
    cost: Any = normal.get("unitCost") or {}
    return {*_filtered(normal), *(value for name, value in cost.items() if name.endswith("Property"))}


SPEC = KindSpec(
    kind=FEATURE,
    title="feature",
    collection="/features",
    folder="features",
    list_query={"orderBy": "key"},
    read_only=STAMPS | {"archivedAt"},
    lifecycles=(Lifecycle.PUBLISHED, Lifecycle.ARCHIVED),
    archivable=True,
    held_by="entitlement",
    in_use_hint="Give the new one another key, or publish versions that do without it first.",
    lost_when_remade="; entitlements and subscriptions stay with the archived one",
    fixed=frozenset({"name", "metadata", "meterSlug", _FILTERS, "unitCost"}),
    normal=_normal,
    request=_request,
    manifest=_manifest,
    lists={
        (_FILTERS, ANY, "$in"): SetOf(),
        (_FILTERS, ANY, "$nin"): SetOf(),
        (_FILTERS, ANY, "$and"): Atomic(),
        (_FILTERS, ANY, "$or"): Atomic(),
    },
    references=(Reference(("meterSlug",), "meter", "reference-unknown-meter", holds=True),),
    parts_used=PartsUsed("meter", _dimensions, _filtered),
)
