"""Whole objects in normal form: the same shape from a manifest and from an answer (semantics-productcatalog §7, semantics-meters §1.6, §2.4).

Absent, null, `""` and `{}` are one thing. Lists told apart by a member become maps; the phases' order stands beside them as `phaseOrder`.
Left out: the key (the Ref holds it), read-only members, secrets, and the metadata that carries our key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from catalogsync.core import canon
from catalogsync.core.model import Kind
from catalogsync.normalize.cards import by_key, texts
from catalogsync.normalize.scalars import decimal, instant, period
from catalogsync.openmeter.kinds import KEY_METADATA

Raw = Mapping[str, Any]
Names = Mapping[str, str]

_LLM = ("provider", "providerProperty", "model", "modelProperty", "tokenType", "tokenTypeProperty")
_THRESHOLDS = {"PERCENT": "usage_percentage", "NUMBER": "usage_value"}


def meter(raw: Raw, slug: str) -> dict[str, Any]:
    """A meter. No name means the slug; instants compare as instants."""
    out: dict[str, Any] = {
        "name": raw.get("name") or slug,
        "aggregation": raw.get("aggregation"),
        "eventType": raw.get("eventType"),
    }
    texts(raw, out)
    for name in ("valueProperty", "groupBy"):
        if raw.get(name):
            out[name] = raw[name]
    if raw.get("eventFrom"):
        out["eventFrom"] = instant(raw["eventFrom"])
    return out


def filters(raw: Raw) -> dict[str, Any]:
    """A feature's filters in the advanced form, which wins over the legacy one where it is not empty (N25 to N28)."""
    if raw.get("advancedMeterGroupByFilters"):
        return {name: _operators(value) for name, value in raw["advancedMeterGroupByFilters"].items()}
    return {name: {"$eq": value} for name, value in (raw.get("meterGroupByFilters") or {}).items()}


def _operators(raw: Raw) -> dict[str, Any]:
    out: dict[str, Any] = {}
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


def feature(raw: Raw) -> dict[str, Any]:
    """A feature, with its filters in the advanced form; prices that only an answer has are left out (N30)."""
    out: dict[str, Any] = {"name": raw.get("name")}
    for name in ("metadata", "meterSlug"):
        if raw.get(name):
            out[name] = raw[name]
    chosen = filters(raw)
    if chosen:
        out["advancedMeterGroupByFilters"] = chosen
    cost = raw.get("unitCost")
    if cost and cost.get("type") == "manual":
        out["unitCost"] = {"type": "manual", "amount": decimal(cost.get("amount"))}
    elif cost:
        out["unitCost"] = {"type": cost.get("type"), **{n: cost[n] for n in _LLM if cost.get(n)}}
    return out


def addon(raw: Raw) -> dict[str, Any]:
    """An add-on."""
    out: dict[str, Any] = {
        "name": raw.get("name"),
        "currency": raw.get("currency"),
        "instanceType": raw.get("instanceType"),
    }
    texts(raw, out)
    out["rateCards"] = by_key(raw.get("rateCards") or ())
    return out


def plan(raw: Raw) -> dict[str, Any]:
    """A plan without its assignments (`addons` is set by whoever knows them)."""
    pro_rating = raw.get("proRatingConfig") or {}
    out: dict[str, Any] = {
        "name": raw.get("name"),
        "currency": raw.get("currency"),
        "billingCadence": period(raw["billingCadence"]) if raw.get("billingCadence") else None,
        "settlementMode": raw.get("settlementMode") or "credit_then_invoice",
        "proRatingConfig": {
            "enabled": pro_rating.get("enabled", True),
            "mode": pro_rating.get("mode") or "prorate_prices",
        },
    }
    texts(raw, out)
    phases = raw.get("phases") or ()
    out["phases"] = {item["key"]: _phase(item) for item in phases}
    out["phaseOrder"] = [item["key"] for item in phases]
    out["addons"] = {}
    return out


def _phase(raw: Raw) -> dict[str, Any]:
    out: dict[str, Any] = {"name": raw.get("name")}
    texts(raw, out)
    if raw.get("duration"):
        out["duration"] = period(raw["duration"])
    out["rateCards"] = by_key(raw.get("rateCards") or ())
    return out


def assignment(raw: Raw, content: str) -> dict[str, Any]:
    """An add-on offered by a plan. `content` is the fingerprint of what that version of the add-on says."""
    out: dict[str, Any] = {"fromPlanPhase": raw.get("fromPlanPhase")}
    if raw.get("maxQuantity") is not None:
        out["maxQuantity"] = canon.number(raw["maxQuantity"])
    if raw.get("metadata"):
        out["metadata"] = raw["metadata"]
    out["content"] = content
    return out


def content(active: Raw | None) -> str:
    """The fingerprint of an add-on version's normal form, by which one version of an add-on is told from the next.

    Tax codes stand in it only as present or not: the server completes them from its own table (N11, N12), so the text sent and the text
    read differ. "" when there is no such version.
    """
    if active is None:
        return ""
    cards = {key: _without_tax_codes(value) for key, value in active["rateCards"].items()}
    return canon.fingerprint({**active, "rateCards": cards})


def _without_tax_codes(card: Raw) -> Raw:
    if "taxConfig" not in card:
        return card
    tax = card["taxConfig"]
    coded = bool(tax.get("stripe") or tax.get("taxCodeId"))
    return {**card, "taxConfig": {"behavior": tax.get("behavior"), "coded": coded}}


def _own_metadata(raw: Raw, out: dict[str, Any]) -> None:
    metadata = {name: value for name, value in (raw.get("metadata") or {}).items() if name != KEY_METADATA}
    if metadata:
        out["metadata"] = metadata


def channel(raw: Raw) -> dict[str, Any]:
    """A channel without its signing secret. References to secrets ({env: …}) stand as they are written."""
    out: dict[str, Any] = {
        "type": raw.get("type"),
        "name": raw.get("name"),
        "url": raw.get("url"),
        "disabled": bool(raw.get("disabled")),
    }
    _own_metadata(raw, out)
    if raw.get("customHeaders"):
        out["customHeaders"] = raw["customHeaders"]
    return out


def _named(values: Iterable[Any], names: Names) -> list[str]:
    """Keys from keys, ids or {id: …} objects; an id that nobody knows stays an id."""
    found = (str(value["id"]) if isinstance(value, Mapping) else str(value) for value in values)
    return sorted({names.get(text, text) for text in found})


def _threshold_type(name: str) -> str:
    """The current name of a threshold's type: the server keeps the old names as sent (semantics-meters §2.4)."""
    return _THRESHOLDS.get(name, name)


def rule(raw: Raw, names: Names) -> dict[str, Any]:
    """A rule; `names` turns the ids of channels and features into their keys (semantics-meters §2.4)."""
    out: dict[str, Any] = {
        "type": raw.get("type"),
        "name": raw.get("name"),
        "disabled": bool(raw.get("disabled")),
        "channels": _named(raw.get("channels") or (), names),
    }
    _own_metadata(raw, out)
    if raw.get("type") in ("entitlements.balance.threshold", "entitlements.reset") and raw.get("features"):
        out["features"] = _named(raw["features"], names)
    if raw.get("type") == "entitlements.balance.threshold":
        thresholds = [
            {"type": _threshold_type(t["type"]), "value": canon.double(t["value"])}
            for t in raw.get("thresholds") or ()
        ]
        out["thresholds"] = sorted(thresholds, key=lambda t: (t["type"], t["value"]))
    return out


_SHAPES: Mapping[Kind, Callable[[Raw, str, Names], dict[str, Any]]] = {
    Kind.METER: lambda raw, key, _: meter(raw, key),
    Kind.FEATURE: lambda raw, _key, _: feature(raw),
    Kind.ADDON: lambda raw, _key, _: addon(raw),
    Kind.PLAN: lambda raw, _key, _: plan(raw),
    Kind.CHANNEL: lambda raw, _key, _: channel(raw),
    Kind.RULE: lambda raw, _key, names: rule(raw, names),
}


def shape(kind: Kind, raw: Raw, key: str, names: Names) -> dict[str, Any]:
    """The normal form of any kind's body; a plan's without its assignments."""
    return _SHAPES[kind](raw, key, names)
