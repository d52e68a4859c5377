"""Add-ons: rate cards that plans offer beside their own, in versions (docs/server/addons.md#addons)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.openmeter.kinds.rate_card_shapes import RateCard
from catalogsync.openmeter.kinds.spec import VERSION, KeyOf, KindSpec, Normal
from catalogsync.openmeter.kinds.texts import Texts, given, texts

ADDON = Kind.declare("addon")


class _Addon(Texts, total=False):
    key: str
    currency: str
    instanceType: str


class AddonBody(_Addon, total=False):
    """An add-on, as a manifest or an answer has it."""

    rateCards: Sequence[RateCard]


class NormalAddon(_Addon, total=False):
    """An add-on in normal form: its rate cards by key."""

    rateCards: Mapping[str, RateCard]


def as_addon(body: Body) -> AddonBody:
    """A body that a schema, or the server, vouches for."""
    return cast("AddonBody", body)


def _of(normal: Body) -> NormalAddon:
    return cast("NormalAddon", normal)


def _normal(body: Body, _key: str, _key_of: KeyOf) -> Normal:
    raw = as_addon(body)
    out: Normal = {name: body.get(name) for name in ("name", "currency", "instanceType")}
    texts(raw, out)
    out["rateCards"] = rate_cards.by_key(raw.get("rateCards") or ())
    return out


def _request(normal: Body, key: str) -> Normal:
    texts_given = given(normal, ("name", "description", "metadata", "currency", "instanceType"))
    return {"key": key, **texts_given, "rateCards": rate_cards.requests(_of(normal)["rateCards"])}


def _manifest(normal: Body, key: str) -> Normal:
    return {"key": key, **normal, "rateCards": rate_cards.manifests(_of(normal)["rateCards"])}


def _aligned(expected: Body, live: Body, _unseen: frozenset[str]) -> Body:
    return {**live, "rateCards": rate_cards.aligned(_of(expected)["rateCards"], _of(live)["rateCards"])}


SPEC = KindSpec(
    kind=ADDON,
    title="add-on",
    about="Rate cards that a customer may buy on top of a plan.",
    collection="/addons",
    folder="addons",
    list_query={"orderBy": "id"},
    read_only=VERSION,
    lifecycles=tuple(Lifecycle),
    versioned=True,
    renamed="Customers who bought the old one keep it, at its prices; plans offer it until they offer the new one.",
    in_use_hint="An add-on that a published plan ever offered can only be archived.",
    version_fixed=frozenset({"currency"}),
    put=("name", "description", "metadata", "instanceType", "rateCards"),
    cleared={"description": "", "metadata": {}},
    normal=_normal,
    request=_request,
    manifest=_manifest,
    aligned=_aligned,
    lists=rate_cards.lists(),
    references=rate_cards.references(),
)
