"""Believable catalogs for hypothesis: every kind, every price type, every lifecycle, values in any form that means the same.

`catalogs()` draws a catalog whose references resolve and that the server accepts; `changed(catalog)` draws what a person makes of it.
Meters' and features' fixed fields follow from their keys, so that two catalogs over the same keys differ in what can be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.model import Catalog, Kind, Lifecycle, Ref, Resource
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, METER, PLAN, RULE, references

METERS = ("requests", "tokens", "seats")
FEATURES = {"api": "requests", "input": "tokens", "output": "tokens", "seat": "seats", "sso": "", "audit": ""}
ADDONS = ("pack", "support")
SOLD_APART = ("seat", "sso")
"""Features that only add-ons sell, so that every add-on fits every plan (docs/server/assignments.md#compatibility)."""
PLANS = ("free", "pro")
CHANNELS = ("ops", "sales")
RULES = ("quota", "renewed", "billed")

TEXTS = st.sampled_from(("Alpha", "Beta", "one two", "Grüße 💡", "a: b # c", "0"))
METADATA = st.dictionaries(
    st.sampled_from(("team", "page", "on")), st.sampled_from(("core", "yes", "007", "")), max_size=2
)


class Nowhere:
    """An origin for objects that stand in no file."""

    def locate(self, path: Any, *, key: bool = False) -> SourceRef:
        return SourceRef("generated.yaml", 1, 1)


NOWHERE = Nowhere()


def resource(
    kind: Kind, key: str, body: Mapping[str, Any], lifecycle: Lifecycle = Lifecycle.PUBLISHED
) -> Resource:
    """A resource from its body without the key."""
    name = "slug" if kind is METER else "key"
    return Resource(Ref(kind, key), lifecycle, {name: key, **body}, NOWHERE)


def catalog(*resources: Resource) -> Catalog:
    """A catalog of resources in any order."""
    return Catalog({r.ref: r for r in sorted(resources, key=lambda r: r.ref)})


def money(draw: Any) -> Any:
    """An amount as number or text, with and without needless zeros."""
    amount = draw(st.sampled_from(("0", "1", "10", "0.5", "0.000006", "49.90")))
    form = draw(st.sampled_from(("text", "padded", "number")))
    if form == "number":
        return int(amount) if amount.isdigit() else Decimal(amount)
    return amount if form == "text" else f"0{amount}" + ("0" if "." in amount else ".0")


def _optional(draw: Any, body: dict[str, Any], **members: Any) -> dict[str, Any]:
    for name, strategy in members.items():
        if draw(st.booleans()):
            body[name] = draw(strategy)
    return body


@st.composite
def meters(draw: Any, key: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "eventType": f"{key}.counted",
        "aggregation": "COUNT" if key == "requests" else "SUM",
    }
    if key != "requests":
        body["valueProperty"] = "$.value"
    body["groupBy"] = {
        "region": "$.region",
        **draw(st.sampled_from(({}, {"zone": "$.zone"}, {"zone": "$.z", "tier": "$.t"}))),
    }
    return _optional(draw, body, name=TEXTS, description=TEXTS, metadata=METADATA)


def feature(key: str) -> dict[str, Any]:
    """A feature's body; it follows from the key."""
    body: dict[str, Any] = {"name": key.title()}
    if FEATURES[key]:
        body["meterSlug"] = FEATURES[key]
    if key == "input":
        body["meterGroupByFilters"] = {"region": "eu"}
        body["unitCost"] = {"type": "manual", "amount": "0.10"}
    if key == "output":
        body["advancedMeterGroupByFilters"] = {"region": {"$in": ["us", "eu"]}}
    return body


@st.composite
def prices(draw: Any, usage: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(("flat", "unit", "tiered", "dynamic", "package") if usage else ("flat",)))
    price: dict[str, Any] = {"type": kind}
    if kind in ("flat", "unit", "package"):
        price["amount"] = money(draw)
    if kind == "flat" and draw(st.booleans()):
        price["paymentTerm"] = draw(st.sampled_from(("in_advance", "in_arrears")))
    if kind == "package":
        price["quantityPerPackage"] = draw(st.sampled_from((100, "100.0", "25")))
    if kind == "dynamic" and draw(st.booleans()):
        price["multiplier"] = draw(st.sampled_from(("1", "1.0", "1.20", Decimal("2.5"))))
    if kind == "tiered":
        price |= draw(_tiers())
    if kind != "flat" and draw(st.booleans()):
        price |= {"minimumAmount": "1.0", "maximumAmount": draw(st.sampled_from((100, "2000.00")))}
    return price


@st.composite
def _tiers(draw: Any) -> dict[str, Any]:
    tiers: list[dict[str, Any]] = []
    for upper in draw(st.lists(st.sampled_from((10, "0100", 1000)), unique_by=int, max_size=3)):
        tiers.append({"upToAmount": upper, "flatPrice": {"type": "flat", "amount": money(draw)}})
    tiers.append({"unitPrice": money(draw), "flatPrice": None})
    return {"mode": draw(st.sampled_from(("volume", "graduated"))), "tiers": draw(st.permutations(tiers))}


@st.composite
def templates(draw: Any, metered: bool) -> dict[str, Any]:
    if not metered:
        config = st.sampled_from(({"days": 30}, '{"days": 30}', '{ "a": [1, 2.50] }', "not json"))
        return draw(st.sampled_from(({"type": "boolean"}, {"type": "static", "config": draw(config)})))
    body: dict[str, Any] = {
        "type": "metered",
        "issueAfterReset": draw(st.sampled_from((0, 100, Decimal("100.0")))),
    }
    return _optional(
        draw, body,
        isSoftLimit=st.booleans(), usagePeriod=st.sampled_from(("P1M", "P01M", "P7D")),
        preserveOverageAtReset=st.booleans(), issueAfterResetPriority=st.sampled_from((1, 10)), metadata=METADATA,
    )  # fmt: skip


@st.composite
def cards(draw: Any, features: tuple[str, ...], addon: bool = False) -> list[dict[str, Any]]:
    """Rate cards that publish: one per feature, and perhaps a one-time fee."""
    out = (
        [
            draw(_card(key, addon))
            for key in draw(st.lists(st.sampled_from(features), unique=True, max_size=3))
        ]
        if features
        else []
    )
    if not out or draw(st.booleans()):
        out.append(
            {
                "type": "flat_fee",
                "key": "setup",
                "name": "Set-up",
                "price": {"type": "flat", "amount": money(draw)},
            }
        )
    return out


@st.composite
def _card(draw: Any, key: str, addon: bool) -> dict[str, Any]:
    metered = bool(FEATURES[key])
    usage = metered and not addon and draw(st.booleans())
    cadence = draw(st.sampled_from(("P1M", "P1M0D", "P01M") if addon else ("P1M", "P1M0D", "P3M")))
    card: dict[str, Any] = {
        "type": "usage_based" if usage else "flat_fee", "key": key, "name": draw(TEXTS), "featureKey": key, "billingCadence": cadence,
    }  # fmt: skip
    _optional(draw, card, description=TEXTS, metadata=METADATA, entitlementTemplate=templates(metered))
    if not addon or draw(st.booleans()):
        _optional(draw, card, price=prices(usage))
    _optional(draw, card, taxConfig=st.sampled_from(({"behavior": "inclusive"}, {})))
    if card.get("price"):
        _optional(
            draw,
            card,
            discounts=st.sampled_from(
                ({}, {"percentage": {"percentage": 10}}, {"percentage": {"percentage": Decimal("12.50")}})
            ),
        )
    return card


@st.composite
def addons(draw: Any, key: str, features: tuple[str, ...]) -> dict[str, Any]:
    body = {
        "name": draw(TEXTS), "currency": "USD", "instanceType": "multiple" if key == "pack" else "single",
        "rateCards": draw(cards(tuple(f for f in features if f in SOLD_APART), addon=True)),
    }  # fmt: skip
    for card in body["rateCards"]:
        card["key"] = card["key"] if card.get("featureKey") else f"{key}_setup"
    return _optional(draw, body, description=TEXTS, metadata=METADATA)


@st.composite
def plans(draw: Any, features: tuple[str, ...], offers: tuple[str, ...]) -> dict[str, Any]:
    phases = [
        {
            "key": key,
            "name": draw(TEXTS),
            "duration": "P1M",
            "rateCards": draw(cards(tuple(f for f in features if f not in SOLD_APART))),
        }
        for key in draw(st.sampled_from((("main",), ("trial", "main"), ("main", "trial"))))
    ]
    del phases[-1]["duration"]
    body: dict[str, Any] = {
        "name": draw(TEXTS),
        "currency": "USD",
        "billingCadence": draw(st.sampled_from(("P1M", "P1M0D"))),
        "phases": phases,
    }
    _optional(
        draw, body, description=TEXTS, metadata=METADATA, settlementMode=st.just("credit_then_invoice"),
        proRatingConfig=st.builds(lambda on: {"enabled": on, "mode": "prorate_prices"}, st.booleans()),
    )  # fmt: skip
    body["addons"] = [draw(_offer(key)) for key in offers if draw(st.booleans())]
    return body


@st.composite
def _offer(draw: Any, key: str) -> dict[str, Any]:
    offer = {"addon": key, "fromPlanPhase": "main"}
    if key == "pack" and draw(st.booleans()):
        offer["maxQuantity"] = draw(st.sampled_from((1, 20)))
    return _optional(draw, offer, metadata=METADATA)


@st.composite
def channels(draw: Any, key: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "WEBHOOK",
        "name": key,
        "url": draw(st.sampled_from(("https://a.example/x", "https://b.example/y"))),
    }
    headers = st.dictionaries(st.sampled_from(("X-A", "X-B")), st.sampled_from(("1", "2")), max_size=2)
    return _optional(draw, body, disabled=st.booleans(), customHeaders=headers, metadata=METADATA)


@st.composite
def rules(draw: Any, key: str, targets: tuple[str, ...], features: tuple[str, ...]) -> dict[str, Any]:
    kind = {
        "quota": "entitlements.balance.threshold",
        "renewed": "entitlements.reset",
        "billed": "invoice.created",
    }[key]
    body: dict[str, Any] = {
        "type": kind,
        "name": key,
        "channels": draw(st.permutations(targets))[: draw(st.integers(1, len(targets)))],
    }
    if kind != "invoice.created" and features and draw(st.booleans()):
        body["features"] = draw(st.lists(st.sampled_from(features), unique=True, min_size=1, max_size=3))
    if key == "quota":
        types = st.sampled_from(("PERCENT", "usage_percentage", "NUMBER", "balance_value"))
        values = st.sampled_from((10, Decimal("10.0"), 100))
        body["thresholds"] = draw(
            st.lists(st.builds(lambda t, v: {"type": t, "value": v}, types, values), min_size=1, max_size=3)
        )
    return _optional(draw, body, disabled=st.booleans(), metadata=METADATA)


def _some(draw: Any, keys: Any) -> tuple[str, ...]:
    return tuple(key for key in keys if draw(st.integers(0, 3)))


@st.composite
def catalogs(draw: Any, lifecycles: bool = True) -> Catalog:
    """A catalog that the server accepts. With `lifecycles`, some objects are drafts, archived or deleted."""
    slugs = _some(draw, METERS)
    features = tuple(k for k in _some(draw, FEATURES) if not FEATURES[k] or FEATURES[k] in slugs)
    found = [resource(METER, key, draw(meters(key))) for key in slugs]
    found += [resource(FEATURE, key, feature(key)) for key in features]
    versions = st.sampled_from(
        (Lifecycle.PUBLISHED,) * 4
        + ((Lifecycle.DRAFT, Lifecycle.ARCHIVED, Lifecycle.DELETED) if lifecycles else ())
    )
    offered = []
    for key in _some(draw, ADDONS):
        made = resource(ADDON, key, draw(addons(key, features)), draw(versions))
        found.append(made)
        if made.lifecycle is Lifecycle.PUBLISHED:
            offered.append(key)
    found += [
        resource(PLAN, key, draw(plans(features, tuple(offered))), draw(versions))
        for key in _some(draw, PLANS)
    ]
    targets = _some(draw, CHANNELS)
    found += [resource(CHANNEL, key, draw(channels(key))) for key in targets]
    if targets:
        found += [resource(RULE, key, draw(rules(key, targets, features))) for key in _some(draw, RULES)]
    if lifecycles:
        found = _removals(draw, found)
    return catalog(*found)


def _removals(draw: Any, found: list[Resource]) -> list[Resource]:
    """Some rules, and objects that nothing else names, are said to be gone."""
    named = {Ref(kind, key) for r in found for kind, key in _names(r)}
    out = []
    for item in found:
        free = item.ref.kind is RULE or (item.ref not in named and item.ref.kind in (METER, FEATURE, CHANNEL))
        if free and not draw(st.integers(0, 3)):
            gone = Lifecycle.ARCHIVED if item.ref.kind is FEATURE else Lifecycle.DELETED
            out.append(replace(item, lifecycle=gone))
        else:
            out.append(item)
    return out


def _names(item: Resource) -> list[tuple[Kind, str]]:

    return [(ref.kind, ref.key) for ref, _ in references(item.ref.kind, item.body)]
