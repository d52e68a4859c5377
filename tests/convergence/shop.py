"""Small catalogs that depend on one another in many ways, and what people make of them: seeded, of few values, so that things change and change back.

A catalog here is a tuple of manifests (plain dictionaries). `evolved` gives another valid one.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable
from typing import Any

import engine

Document = dict[str, Any]
Shop = tuple[Document, ...]

CHANNELS = ("ops", "sales", "night")
GONE = ("archived", "deleted")


def name_of(document: Document) -> str:
    """KIND/KEY."""
    return f"{document['kind']}/{document.get('slug') or document['key']}"


def ordered(documents: Iterable[Document]) -> Shop:
    return tuple(sorted(documents, key=name_of))


# Documents


def fee(key: str, amount: Any, feature: str = "") -> Document:
    card: Document = {"type": "flat_fee", "key": key, "name": key, "billingCadence": "P1M"}
    if feature:
        card["featureKey"] = feature
    return {**card, "price": {"type": "flat", "amount": str(amount)}}


def addon(dice: random.Random, key: str) -> Document:
    feature = {"pack": "seat", "support": "sso"}[key]
    card = fee(feature, dice.choice((5, 6)), feature)
    kind = "multiple" if key == "pack" else "single"
    return {"kind": "addon", "key": key, "name": key, "currency": "USD", "instanceType": kind, "rateCards": [card]}  # fmt: skip


def offer(dice: random.Random, key: str) -> Document:
    found: Document = {"addon": key, "fromPlanPhase": "main"}
    if key == "pack" and dice.random() < 0.5:
        found["maxQuantity"] = dice.choice((1, 20))
    if dice.random() < 0.2:
        found["metadata"] = {"shelf": dice.choice("ab")}
    return found


def plan(dice: random.Random, key: str, addons: Iterable[str]) -> Document:
    usage = {
        "type": "usage_based", "key": "api", "name": "api", "featureKey": "api", "billingCadence": "P1M",
        "price": {"type": "unit", "amount": dice.choice(("0.1", "0.2"))},
    }  # fmt: skip
    phases = [{"key": "main", "name": "Main", "rateCards": [fee("base", dice.choice((49, 59)))]}]
    if dice.random() < 0.6:
        phases[0]["rateCards"].append(usage)
    return {
        "kind": "plan", "key": key, "name": key, "currency": "USD", "billingCadence": "P1M", "phases": phases,
        "addons": [offer(dice, one) for one in addons],
    }  # fmt: skip


def channel(key: str) -> Document:
    return {"kind": "notification_channel", "key": key, "type": "WEBHOOK", "name": key, "url": "https://a.example/x"}  # fmt: skip


def rule(dice: random.Random, key: str, channels: Iterable[str]) -> Document:
    found: Document = {"kind": "notification_rule", "key": key, "name": key, "channels": sorted(channels)}
    if key == "billed":
        return {**found, "type": "invoice.created"}
    return {
        **found, "type": "entitlements.balance.threshold", "features": ["api"],
        "thresholds": [{"type": "PERCENT", "value": dice.choice((80, 90))}],
    }  # fmt: skip


def products(dice: random.Random) -> list[Document]:
    addons = [key for key in ("pack", "support") if dice.random() < 0.75] or ["pack"]
    found = [
        {"kind": "meter", "slug": "calls", "eventType": "call", "aggregation": "COUNT", "groupBy": {"region": "$.region"}},
        {"kind": "feature", "key": "api", "name": "API", "meterSlug": "calls"},
        {"kind": "feature", "key": "seat", "name": "Seat"},
        {"kind": "feature", "key": "sso", "name": "SSO"},
        *(addon(dice, key) for key in addons),
    ]  # fmt: skip
    for key in ("free", "pro")[dice.randint(0, 1) :]:
        found.append(plan(dice, key, [one for one in addons if dice.random() < 0.8]))
    return found


def notifications(dice: random.Random) -> list[Document]:
    keys = CHANNELS[: dice.randint(2, 3)]
    found = [channel(key) for key in keys]
    for key in ("billed", "quota")[: dice.randint(1, 2)]:
        found.append(rule(dice, key, dice.sample(keys, dice.randint(1, len(keys)))))
    if any(one.get("features") for one in found):
        found.append({"kind": "feature", "key": "api", "name": "API"})
    return found


def drawn(dice: random.Random, part: str = "") -> Shop:
    """A catalog: of products, of notifications, or (seldom) of both."""
    chosen = part or dice.choice(("products", "products", "notifications", "both"))
    found = products(dice) if chosen != "notifications" else []
    if chosen != "products":
        known = {name_of(one) for one in found}
        found += [one for one in notifications(dice) if name_of(one) not in known]
    return ordered(_mended(found))


# What people do to a catalog. Each takes the documents by name and changes them; False where there is nothing of the kind.

Docs = dict[str, Document]


def _one(dice: random.Random, docs: Docs, *kinds: str) -> Document | None:
    found = [one for one in docs.values() if one["kind"] in kinds]
    return dice.choice(found) if found else None


def _card(document: Document) -> Document:
    cards = document.get("rateCards") or document["phases"][-1]["rateCards"]
    return cards[0]


def reprice(dice: random.Random, docs: Docs) -> bool:
    one = _one(dice, docs, "addon", "plan")
    if one is None:
        return False
    price = _card(one)["price"]
    other = {"5": "6", "6": "5", "49": "59", "59": "49"}
    price["amount"] = other[price["amount"]]
    return True


def rename(dice: random.Random, docs: Docs) -> bool:
    one = _one(dice, docs, "addon", "plan", "meter", "notification_channel", "notification_rule")
    if one is None:
        return False
    key = one.get("slug") or one["key"]
    one["name"] = dice.choice([name for name in (key, f"{key} new", "Ünï") if name != one.get("name")])
    return True


def describe(dice: random.Random, docs: Docs) -> bool:
    one = _one(dice, docs, "addon", "plan", "meter")
    if one is None:
        return False
    if one.pop("description", None) is None:
        one["description"] = "Said"
    return True


def label(dice: random.Random, docs: Docs) -> bool:
    one = _one(dice, docs, "addon", "plan", "meter", "notification_channel", "notification_rule")
    if one is None:
        return False
    one["metadata"] = dice.choice(({}, {"team": "a"}, {"team": "b"}))
    return True


def reoffer(dice: random.Random, docs: Docs) -> bool:
    """An add-on is offered, no longer offered, offered otherwise, or takes the place of another."""
    one = _one(dice, docs, "plan")
    if one is None:
        return False
    offers = {item["addon"]: item for item in one.get("addons", ())}
    addons = [d["key"] for d in docs.values() if d["kind"] == "addon"]
    if not addons:
        return False
    key = dice.choice(addons)
    match dice.choice(("toggle", "swap", "change")):
        case "toggle" if key in offers:
            del offers[key]
        case "swap":
            offers = {key: offer(dice, key)}
        case _:
            offers[key] = offer(dice, key)
    one["addons"] = [offers[name] for name in sorted(offers)]
    return True


def relife(dice: random.Random, docs: Docs) -> bool:
    """A plan or add-on is a draft, published, archived or deleted."""
    one = _one(dice, docs, "plan", "addon", "plan", "addon", "notification_channel", "notification_rule", "feature")  # fmt: skip
    if one is None:
        return False
    choices = {
        "plan": ("draft", "draft", "published", "archived", "deleted"),
        "addon": ("draft", "published", "archived", "deleted"),
        "feature": ("published", "archived"),
    }.get(one["kind"], ("published", "deleted"))
    now = one.pop("lifecycle", "published")
    one["lifecycle"] = dice.choice([state for state in choices if state != now])
    return True


def recurrency(dice: random.Random, docs: Docs) -> bool:
    found = [one for one in docs.values() if one["kind"] in ("plan", "addon")]
    if not found:
        return False
    wanted = "EUR" if found[0]["currency"] == "USD" else "USD"
    for one in found:
        one["currency"] = wanted
    return True


def switch(dice: random.Random, docs: Docs) -> bool:
    """A channel is disabled or enabled."""
    one = _one(dice, docs, "notification_channel", "notification_channel", "notification_rule")
    if one is None:
        return False
    one["disabled"] = not one.get("disabled", False)
    return True


def reroute(dice: random.Random, docs: Docs) -> bool:
    """A rule goes to other channels."""
    one = _one(dice, docs, "notification_rule")
    channels = [d["key"] for d in docs.values() if d["kind"] == "notification_channel"]
    if one is None or not channels:
        return False
    one["channels"] = sorted(dice.sample(channels, dice.randint(1, len(channels))))
    return True


def drop(dice: random.Random, docs: Docs) -> bool:
    """A manifest is taken away; the object stays as it is."""
    one = _one(dice, docs, "plan", "addon", "notification_channel", "notification_rule")
    if one is None:
        return False
    del docs[name_of(one)]
    return True


def add(dice: random.Random, docs: Docs) -> bool:
    """An object comes, or comes back."""
    made: list[Document] = [channel(key) for key in CHANNELS]
    present = [d["key"] for d in docs.values() if d["kind"] == "notification_channel"]
    if present:
        made += [rule(dice, "billed", dice.sample(present, 1))]
    if "feature/seat" in docs and "feature/sso" in docs:
        made += [addon(dice, "pack"), addon(dice, "support")]
        if "feature/api" in docs:
            made += [plan(dice, key, ()) for key in ("free", "pro")]
    found = [one for one in made if name_of(one) not in docs]
    if not found:
        return False
    one = dice.choice(found)
    docs[name_of(one)] = one
    return True


def rekey(dice: random.Random, docs: Docs) -> bool:
    """An object gets another key and what names it follows; the object under the old key is let be, or told to go."""
    one = _one(dice, docs, "plan", "notification_channel", "notification_rule", "addon")
    if one is None:
        return False
    old, new = one["key"], one["key"].removesuffix("2") + ("" if one["key"].endswith("2") else "2")
    if f"{one['kind']}/{new}" in docs:
        return False
    docs[f"{one['kind']}/{new}"] = {**copy.deepcopy(one), "key": new}
    if dice.random() < 0.5:
        del docs[f"{one['kind']}/{old}"]
    else:
        one["lifecycle"] = "archived" if one["kind"] in ("plan", "addon") else "deleted"
    for other in docs.values():
        if one["kind"] == "notification_channel" and "channels" in other:
            other["channels"] = sorted(new if key == old else key for key in other["channels"])
        if one["kind"] == "addon":
            other["addons"] = [{**i, "addon": new if i["addon"] == old else i["addon"]} for i in other.get("addons", ())]  # fmt: skip
            if other["kind"] != "plan":
                del other["addons"]
    return True


def rephase(dice: random.Random, docs: Docs) -> bool:
    one = _one(dice, docs, "plan")
    if one is None:
        return False
    if len(one["phases"]) == 1:
        trial = {"key": "trial", "name": "Trial", "duration": "P1M", "rateCards": [fee("base", 0)]}
        one["phases"] = [trial, *one["phases"]]
    else:
        one["phases"] = one["phases"][1:]
    return True


Change = Callable[[random.Random, Docs], bool]
CHANGES: tuple[Change, ...] = (
    reprice, reprice, reprice, rename, describe, label, reoffer, reoffer, relife, relife, relife, recurrency,
    switch, switch, reroute, reroute, drop, add, add, rekey, rephase,
)  # fmt: skip


def _mended(documents: Iterable[Document]) -> list[Document]:
    """Names that lead nowhere are taken out: what a person does so that `validate` is content."""
    there = {name_of(one) for one in documents if one.get("lifecycle", "published") == "published"}
    found = []
    for one in copy.deepcopy(list(documents)):
        if one.get("lifecycle") not in GONE:
            if "addons" in one:
                one["addons"] = [item for item in one["addons"] if f"addon/{item['addon']}" in there]
            if "channels" in one:
                one["channels"] = [k for k in one["channels"] if f"notification_channel/{k}" in there]
                if not one["channels"]:
                    continue
        found.append(one)
    return found


def evolved(dice: random.Random, shop: Shop, among: tuple[Change, ...] = ()) -> Shop:
    """Another catalog, some changes away, that `validate` is content with."""
    for _ in range(20):
        docs = {name_of(one): copy.deepcopy(one) for one in shop}
        for _ in range(dice.choice((1, 1, 1, 2, 2, 3))):
            while not dice.choice(among or CHANGES)(dice, docs):
                pass
        found = ordered(_mended(docs.values()))
        if found and found != shop and not engine.load(found)[1]:
            return found
    return shop


def difference(before: Shop, after: Shop) -> str:
    """What differs, in a line."""
    old, new = ({name_of(one): one for one in shop} for shop in (before, after))
    parts = [f"-{name}" for name in old if name not in new] + [f"+{name}" for name in new if name not in old]
    for name in old.keys() & new.keys():
        parts += [f"{name} {place}" for place in _differing(old[name], new[name])]
    return "; ".join(sorted(parts)) or "nothing"


def _differing(before: Any, after: Any, place: str = "") -> list[str]:
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        return [d for n in names for d in _differing(before.get(n), after.get(n), f"{place}.{n}".strip("."))]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [d for n, (a, b) in pairs for d in _differing(a, b, f"{place}[{n}]")]
    return [f"{place}: {before!r}→{after!r}"]
