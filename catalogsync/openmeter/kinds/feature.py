"""Features: what plans sell, bound to a meter; nothing of them can be changed (docs/server/features.md#features)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypedDict, cast

from catalogsync.core.canon import Body
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
from catalogsync.openmeter.kinds.texts import Texts, given
from catalogsync.openmeter.scalars import Amount, decimal

FEATURE = Kind.declare("feature")

_FILTERS = "advancedMeterGroupByFilters"
_LLM = ("provider", "providerProperty", "model", "modelProperty", "tokenType", "tokenTypeProperty")


Filter: TypeAlias = Mapping[str, object]
"""Operands by operator: a text, for `$in` and `$nin` a list of them, for `$and` and `$or` a list of filters."""


class UnitCost(TypedDict, total=False):
    """What a unit costs the seller: an amount in USD (`manual`), or that of a language model (`llm`), each part fixed or read from a dimension."""

    type: str
    amount: Amount
    provider: str | None
    providerProperty: str | None
    model: str | None
    modelProperty: str | None
    tokenType: str | None
    tokenTypeProperty: str | None


class FeatureBody(Texts, total=False):
    """A feature, as a manifest, an answer or the normal form has it. Filters by dimension of the meter."""

    key: str
    meterSlug: str | None
    meterGroupByFilters: Mapping[str, str] | None
    advancedMeterGroupByFilters: Mapping[str, Filter] | None
    unitCost: UnitCost | None


def as_feature(body: Body) -> FeatureBody:
    """A body that a schema, or the server, vouches for."""
    return cast("FeatureBody", body)


def _normal(body: Body, _key: str, _key_of: KeyOf) -> Normal:
    """Filters in the advanced form; prices that only an answer has are left out (docs/server/readback.md#n25 to N30)."""
    raw = as_feature(body)
    out: Normal = {"name": raw.get("name"), **{n: body[n] for n in ("metadata", "meterSlug") if body.get(n)}}
    chosen = _filters(raw)
    if chosen:
        out[_FILTERS] = chosen
    cost = raw.get("unitCost")
    if cost and cost.get("type") == "manual":
        out["unitCost"] = {"type": "manual", "amount": decimal(cost.get("amount"))}
    elif cost:
        out["unitCost"] = {"type": cost.get("type"), **_said(cost, _LLM)}
    return out


def _said(raw: Body, names: tuple[str, ...]) -> Normal:
    return {name: raw[name] for name in names if raw.get(name)}


def _filters(raw: FeatureBody) -> Normal:
    """The advanced form wins over the legacy one where it is not empty (N25 to N28)."""
    advanced = raw.get("advancedMeterGroupByFilters")
    if advanced:
        return {name: _operators(value) for name, value in advanced.items()}
    return {name: {"$eq": value} for name, value in (raw.get("meterGroupByFilters") or {}).items()}


def _operators(raw: Filter) -> Normal:
    out: Normal = {}
    for operator, operand in raw.items():
        if operand is None:
            continue
        if operator in ("$in", "$nin") and isinstance(operand, list | tuple):
            out[operator] = sorted(set(operand))
        elif operator in ("$and", "$or") and isinstance(operand, list | tuple):
            out[operator] = [_operators(item) for item in operand]
        else:
            out[operator] = operand
    return out


def _request(normal: Body, key: str) -> Normal:
    return {"key": key, **given(normal, ("name", "metadata", "meterSlug", _FILTERS, "unitCost"))}


def _manifest(normal: Body, key: str) -> Normal:
    return {"key": key, **normal}


def _filtered(normal: Body) -> set[str]:
    return set(as_feature(normal).get("advancedMeterGroupByFilters") or ())


def _dimensions(normal: Body) -> set[str]:
    """The groupBy keys of its meter that a feature filters on, or takes a unit cost's properties from."""
    cost: Body = as_feature(normal).get("unitCost") or {}
    return {*_filtered(normal), *(str(value) for name, value in cost.items() if name.endswith("Property"))}


SPEC = KindSpec(
    kind=FEATURE,
    title="feature",
    about="What customers get or use; plans price it and grant it by its key.",
    collection="/features",
    folder="features",
    list_query={"orderBy": "key"},
    read_only=STAMPS | {"archivedAt"},
    lifecycles=(Lifecycle.PUBLISHED, Lifecycle.ARCHIVED, Lifecycle.EXTERNAL),
    archivable=True,
    held_by="entitlement",
    in_use_hint="Publish versions that do without it first.",
    lost_when_remade="; entitlements and subscriptions stay with the archived one",
    renamed="Entitlements and subscriptions of customers stay with the old one, and give no access to the new one.",
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
