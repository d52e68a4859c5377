"""Add-ons bought on a subscription: how they change its items, and how v1 shows them.

Table `subscriptionAddons`: rows hold `quantities`, each from an instant on. In the time an add-on runs there
is always an item for each of its rate cards: an item that is there is widened (flat amounts and issued
amounts add up), a gap is filled with the add-on's own card. Source: recorded `impact_addon_*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from catalogsync.sandbox.domain import catalog_lookup
from catalogsync.sandbox.domain.contract import Row, World
from catalogsync.sandbox.domain.durations import decimal_text
from catalogsync.sandbox.domain.instants import parse, show
from catalogsync.sandbox.domain.subscription_spec import Span, item_span

TABLE = "subscriptionAddons"


_Piece = tuple[Row, datetime, datetime | None]


def of_subscription(world: World, subscription_id: str) -> list[Row]:
    """The add-ons bought on a subscription, in the order they were bought."""
    return world.store.by(TABLE, "subscriptionId", subscription_id)


def instances(row: Row) -> list[tuple[int, Span]]:
    """Each quantity with the time it holds."""
    starts = [parse(one["activeFrom"]) for one in row["quantities"]]
    ends: list[datetime | None] = [*starts[1:], None]
    return [
        (one["quantity"], (start, end))
        for one, start, end in zip(row["quantities"], starts, ends, strict=True)
    ]


def in_force(world: World, sub: Row) -> bool:
    """Whether an add-on with a quantity runs within the subscription's own time."""
    own = parse(sub["activeFrom"]), parse(sub["activeTo"]) if sub.get("activeTo") else None
    return any(
        quantity > 0 and shared_time(own, span) is not None
        for row in of_subscription(world, sub["id"])
        for quantity, span in instances(row)
    )


def with_addons(world: World, sub: Row, phase: Row, span: Span) -> dict[str, list[Row]]:
    """A phase's specs as its add-ons leave them."""
    specs: dict[str, list[Row]] = phase["specs"]
    for row in of_subscription(world, sub["id"]):
        addon = world.store.get(catalog_lookup.ADDONS, row["addonId"])
        assert addon is not None
        for quantity, running in instances(row):
            shared = shared_time(span, running)
            if quantity == 0 or shared is None:
                continue
            for card in catalog_lookup.cards_of_addon(world, addon):
                pieces = [(spec["card"], *item_span(span, spec)) for spec in specs.get(card["key"], [])]
                widened = _widened(pieces, card, quantity, shared)
                specs = {**specs, card["key"]: [_spec(piece, span) for piece in widened]}
    return specs


def _times_added(card: Row, addon_card: Row, times: int) -> Row:
    for _ in range(times):
        card = _added(card, addon_card)
    return card


def _widened(pieces: list[_Piece], addon_card: Row, quantity: int, shared: Span) -> list[_Piece]:
    gaps, result = [shared], []
    for card, start, end in pieces:
        gaps = [left for gap in gaps for left in _without(gap, (start, end))]
        common = shared_time((start, end), shared)
        if common is None:
            result.append((card, start, end))
            continue
        result += [(card, *left) for left in _without((start, end), common)]
        result.append((_times_added(card, addon_card, quantity), *common))
    whole = _times_added(addon_card, addon_card, quantity - 1)
    result += [(whole, *gap) for gap in gaps]
    return sorted(result, key=lambda piece: piece[1])


def _spec(piece: _Piece, span: Span) -> Row:
    card, start, end = piece
    return {
        "card": card,
        "from": None if start == span[0] else show(start),
        "to": None if end is None or end == span[1] else show(end),
    }


def shared_time(one: Span, other: Span) -> Span | None:
    start = max(one[0], other[0])
    ends = [end for end in (one[1], other[1]) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end <= start else (start, end)


def _without(whole: Span, part: Span) -> Iterator[Span]:
    """What is left of a time when a part of it is taken out."""
    common = shared_time(whole, part)
    if common is None:
        yield whole
        return
    if whole[0] < common[0]:
        yield whole[0], common[0]
    if common[1] is not None and (whole[1] is None or common[1] < whole[1]):
        yield common[1], whole[1]


def _added(card: Row, addon: Row) -> Row:
    """A card with an add-on's card laid over it once."""
    result = dict(card)
    if addon["price"] is not None:
        if card["price"] is None:
            result |= {name: addon[name] for name in ("price", "unitConfig", "currency") if name in addon}
        else:
            total = Decimal(card["price"]["amount"]) + Decimal(addon["price"]["amount"])
            result["price"] = {**card["price"], "amount": decimal_text(format(total, "f"))}
    template, more = card.get("entitlementTemplate"), addon.get("entitlementTemplate")
    if more is not None and template is None:
        result["entitlementTemplate"] = more
    elif more is not None and template is not None and template["type"] == "metered":
        issued = (template.get("issueAfterReset") or 0) + (more.get("issueAfterReset") or 0)
        result["entitlementTemplate"] = {**template, "issueAfterReset": issued}
    usage = (addon.get("discounts") or {}).get("usage")
    if usage is not None:
        own = (card.get("discounts") or {}).get("usage") or {"quantity": "0"}
        total = Decimal(own["quantity"]) + Decimal(usage["quantity"])
        amount = {"quantity": decimal_text(format(total, "f"))}
        result["discounts"] = {**(card.get("discounts") or {}), "usage": amount}
    return result
