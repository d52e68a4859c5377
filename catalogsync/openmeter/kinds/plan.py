"""Plans: phases of rate cards, in versions, with the add-ons that a version offers (docs/server/plans.md#plans,
docs/server/assignments.md#assignments).
"""

from __future__ import annotations

from typing import Any

from catalogsync.core import canon
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.core.values import After
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.openmeter.kinds.spec import VERSION, Atomic, Keyed, KeyOf, KindSpec, Normal, Reference
from catalogsync.openmeter.kinds.texts import Raw, given, texts
from catalogsync.openmeter.scalars import period

PLAN = Kind.declare("plan")


def _normal(raw: Raw, _key: str, _key_of: KeyOf) -> Normal:
    """The phases' order stands beside them as `phaseOrder`, offers under `addons` by add-on key (`offer`)."""
    pro_rating = raw.get("proRatingConfig") or {}
    out: Normal = {
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
    out["addons"] = {item["addon"]: offer(item) for item in raw.get("addons") or ()}
    return out


def _phase(raw: Raw) -> Normal:
    out: Normal = {"name": raw.get("name")}
    texts(raw, out)
    if raw.get("duration"):
        out["duration"] = period(raw["duration"])
    out["rateCards"] = rate_cards.by_key(raw.get("rateCards") or ())
    return out


def offer(raw: Raw, version: int | None = None) -> Normal:
    """An add-on that a plan version offers, in a version; None stands for the one that is active, which a manifest always means."""
    out: Normal = {"fromPlanPhase": raw.get("fromPlanPhase")}
    if raw.get("maxQuantity") is not None:
        out["maxQuantity"] = canon.number(raw["maxQuantity"])
    if raw.get("metadata"):
        out["metadata"] = raw["metadata"]
    out["version"] = version
    return out


def _request(normal: Raw, key: str) -> Normal:
    names = (
        "name",
        "description",
        "metadata",
        "currency",
        "billingCadence",
        "proRatingConfig",
        "settlementMode",
    )
    phases = [_phase_request(name, normal["phases"][name]) for name in normal["phaseOrder"]]
    return {"key": key, **given(normal, names), "phases": phases}


def _phase_request(key: str, normal: Raw) -> Normal:
    out = {"key": key, **given(normal, ("name", "description", "metadata"))}
    return {**out, "duration": normal.get("duration"), "rateCards": rate_cards.requests(normal["rateCards"])}


def _manifest(normal: Raw, key: str) -> Normal:
    out: Normal = {"key": key, **{n: v for n, v in normal.items() if n not in ("phaseOrder", "addons")}}
    out["phases"] = [_phase_manifest(name, normal["phases"][name]) for name in normal["phaseOrder"]]
    offers = [
        {"addon": name, **{n: v for n, v in item.items() if n != "version"}}
        for name, item in sorted(normal["addons"].items())
        if "@" not in name
    ]
    return {**out, "addons": offers} if offers else out


def _phase_manifest(key: str, normal: Raw) -> Normal:
    return {"key": key, **normal, "rateCards": rate_cards.manifests(normal["rateCards"])}


def _aligned(expected: Raw, live: Raw, _unseen: frozenset[str]) -> Raw:
    wanted, offers = expected["addons"], live["addons"]
    told = {
        k: {**v, "version": _told(wanted[k]["version"], v["version"])} if k in wanted else v
        for k, v in offers.items()
    }
    return {**live, "phases": _phases(expected["phases"], live["phases"]), "addons": told}


def _told(expected: Any, version: Any) -> Any:
    """A version as far as it can be told from the expected one: none in particular, or one that did not exist yet."""
    if expected is None or (
        isinstance(expected, After) and isinstance(version, int) and version > expected.version
    ):
        return expected
    return version


def _phases(expected: Raw, live: Raw) -> Normal:
    return {
        key: {**phase, "rateCards": rate_cards.aligned(expected[key]["rateCards"], phase["rateCards"])}
        if key in expected
        else phase
        for key, phase in live.items()
    }


SPEC = KindSpec(
    kind=PLAN,
    title="plan",
    collection="/plans",
    folder="plans",
    list_query={"orderBy": "id"},
    read_only=VERSION,
    lifecycles=tuple(Lifecycle),
    versioned=True,
    held_by="subscription",
    version_fixed=frozenset({"currency"}),
    put=("name", "description", "metadata", "billingCadence", "proRatingConfig", "settlementMode", "phases"),
    cleared={"description": "", "metadata": {}},
    normal=_normal,
    request=_request,
    manifest=_manifest,
    aligned=_aligned,
    lists={
        ("phases",): Keyed("key", ordered=True),
        ("phases", "rateCards"): Keyed("key"),
        ("phases", "rateCards", "price", "tiers"): Atomic(),
        ("addons",): Keyed("addon"),
    },
    references=(
        Reference(
            ("phases", "rateCards", "featureKey"),
            "feature",
            "rate_card_feature_not_found",
            holds=True,
            by_id=True,
        ),
        Reference(
            ("addons", "addon"), "addon", "reference-unknown-addon", holds=True, for_ever=True, assigned=True
        ),
    ),
)
