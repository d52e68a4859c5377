"""Manifest bodies from normal forms: for export and for the way back. The inverse of `objects` up to what normal form leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogsync.core.model import Kind

Raw = Mapping[str, Any]


def _card(key: str, raw: Raw) -> dict[str, Any]:
    out: dict[str, Any] = {"type": raw["type"], "key": key, **raw}
    tax = raw.get("taxConfig")
    if tax and "stripe" in tax:
        out["taxConfig"] = {name: value for name, value in tax.items() if name != "taxCodeId"}
    return out


def _phase(key: str, raw: Raw) -> dict[str, Any]:
    return {"key": key, **raw, "rateCards": [_card(k, c) for k, c in raw["rateCards"].items()]}


def unfold(kind: Kind, normal: Raw, key: str) -> dict[str, Any]:
    """The manifest body (identity included, `kind` and `lifecycle` not) that has this normal form."""
    if kind is Kind.METER:
        return {"slug": key, **normal}
    out: dict[str, Any] = {"key": key, **normal}
    if kind is Kind.ADDON:
        out["rateCards"] = [_card(k, c) for k, c in normal["rateCards"].items()]
    if kind is Kind.PLAN:
        del out["phaseOrder"]
        out["phases"] = [_phase(k, normal["phases"][k]) for k in normal["phaseOrder"]]
        out["addons"] = [
            {"addon": name, **{n: v for n, v in item.items() if n != "content"}}
            for name, item in sorted(normal["addons"].items())
        ]
        if not out["addons"]:
            del out["addons"]
    if kind is Kind.CHANNEL and not normal["disabled"]:
        del out["disabled"]
    if kind is Kind.RULE and not normal["disabled"]:
        del out["disabled"]
    return out
