"""Add-ons: rate cards that plans offer beside their own, in versions (docs/server/addons.md#addons)."""

from __future__ import annotations

from catalogsync.core.model import Kind, Lifecycle
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.openmeter.kinds.spec import VERSION, Atomic, Keyed, KeyOf, KindSpec, Normal, Reference
from catalogsync.openmeter.kinds.texts import Raw, given, texts

ADDON = Kind.declare("addon")


def _normal(raw: Raw, _key: str, _key_of: KeyOf) -> Normal:
    out: Normal = {name: raw.get(name) for name in ("name", "currency", "instanceType")}
    texts(raw, out)
    out["rateCards"] = rate_cards.by_key(raw.get("rateCards") or ())
    return out


def _request(normal: Raw, key: str) -> Normal:
    texts_given = given(normal, ("name", "description", "metadata", "currency", "instanceType"))
    return {"key": key, **texts_given, "rateCards": rate_cards.requests(normal["rateCards"])}


def _manifest(normal: Raw, key: str) -> Normal:
    return {"key": key, **normal, "rateCards": rate_cards.manifests(normal["rateCards"])}


def _aligned(expected: Raw, live: Raw, _unseen: frozenset[str]) -> Raw:
    return {**live, "rateCards": rate_cards.aligned(expected["rateCards"], live["rateCards"])}


SPEC = KindSpec(
    kind=ADDON,
    title="add-on",
    collection="/addons",
    folder="addons",
    list_query={"orderBy": "id"},
    read_only=VERSION,
    lifecycles=tuple(Lifecycle),
    versioned=True,
    in_use_hint="An add-on that a published plan ever offered can only be archived.",
    version_fixed=frozenset({"currency"}),
    put=("name", "description", "metadata", "instanceType", "rateCards"),
    cleared={"description": "", "metadata": {}},
    normal=_normal,
    request=_request,
    manifest=_manifest,
    aligned=_aligned,
    lists={("rateCards",): Keyed("key"), ("rateCards", "price", "tiers"): Atomic()},
    references=(
        Reference(
            ("rateCards", "featureKey"), "feature", "rate_card_feature_not_found", holds=True, by_id=True
        ),
    ),
)
