"""What plans and add-ons have in common: versions of a key, status by effective period, representability in v1, features of cards.

Source: docs/server/rate-cards.md#feature-resolution, docs/server/plans.md#list, #status, #states, docs/server/v3-and-v1.md#hidden-versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import features, taxcodes
from catalogsync.sandbox.domain.catalog_lookup import plan_status
from catalogsync.sandbox.domain.contract import Json, Problem, Row, World
from catalogsync.sandbox.domain.currencies import was_fiat
from catalogsync.sandbox.domain.issues import Issue, in_force, issue, refuse

_HIDDEN = {
    "unit_config_not_representable": "this resource uses unit_config and is only available via the v3 API",
    "currency_not_representable": "this resource uses a custom currency and is only available via the v3 API",
    "rate_card_currency_not_representable": (
        "this resource uses rate card currency overrides and is only available via the v3 API"
    ),
}


def status(world: World, row: Row) -> str:
    """draft, scheduled, active or archived."""
    return plan_status(row, world.clock.now())


def live_versions(world: World, table: str, key: str) -> list[Row]:
    """The versions of a key that are not deleted."""
    return [row for row in world.store.by(table, "key", key) if not row.get("deletedAt")]


def next_version(world: World, table: str, key: str) -> int:
    """The highest number a key ever had, deleted versions too, plus one."""
    return max((row["version"] for row in world.store.by(table, "key", key)), default=0) + 1


def draft_of(world: World, table: str, key: str) -> Row | None:
    """The live draft of a key, hidden ones too."""
    return next((row for row in live_versions(world, table, key) if status(world, row) == "draft"), None)


def active_of(world: World, table: str, key: str) -> Row | None:
    """The active version of a key."""
    return next((row for row in live_versions(world, table, key) if status(world, row) == "active"), None)


def looks_like_id(text: str) -> bool:
    """The lenient parse: any 26 characters of which the first is 0–7 (docs/server/transport.md#identifiers)."""
    return re.fullmatch(r"[0-7].{25}", text, re.S) is not None


def find(world: World, table: str, id_or_key: str, *, latest: bool, what: str) -> Row:
    """GET's look-up: by id any row; by key the active version, with `latest` the highest one, deleted too. Raises 404 Problems."""
    if looks_like_id(id_or_key):
        return by_id(world, table, id_or_key, what)
    rows = world.store.by(table, "key", id_or_key)
    row = (
        max(rows, key=lambda r: r["version"], default=None) if latest else active_of(world, table, id_or_key)
    )
    if row is None:
        raise Problem(404, f"not found error: {what} not found. [namespace=default key={id_or_key}]")
    return row


def by_id(world: World, table: str, id_: str, what: str) -> Row:
    """The row with that id, deleted too. Raises the 404 Problem."""
    row = world.store.get(table, id_)
    if row is None:
        raise Problem(404, f"not found error: {what} not found. [namespace=default id={id_}]")
    return row


def hidden_because(currency: str, cards: Iterable[Mapping[str, Json]]) -> str | None:
    """The code under which v1 refuses to show a version, None if it can show it (docs/server/v3-and-v1.md#hidden-versions)."""
    cards = list(cards)
    if any(card.get("unitConfig") for card in cards):
        return "unit_config_not_representable"
    if not was_fiat(currency):
        return "currency_not_representable"
    if any(card.get("currency") for card in cards):
        return "rate_card_currency_not_representable"
    return None


def refuse_hidden(code: str | None, what: str = "add-on") -> None:
    """Raises the coded 400 Problem for a version that v1 cannot show; assignments speak of the add-on always."""
    if code is not None:
        refuse(what, [Issue(_HIDDEN[code], "", code, status=True)])


def settle_cards(world: World, cards: Sequence[Row], prefix: str) -> tuple[list[Row], list[Issue]]:
    """The cards of one phase or add-on bound to their live features, tax configs settled; or every unknown feature among them."""
    bound: list[Row] = []
    unknown: list[Issue] = []
    for card in cards:
        found = _feature(world, card)
        if found is None and (card.get("featureKey") or card.get("featureId")):
            unknown.append(
                issue(
                    "rate_card_feature_not_found", f"{prefix}ratecards[?(@.key=='{card['key']}')].featureKey"
                )
            )
            continue
        bound.append({**card, "featureId": found["id"], "featureKey": found["key"]} if found else card)
    if unknown and not world.does(Behaviour.FEATURE_REFUSAL_CODED):
        refuse_plainly(world, cards)
    if unknown:
        return [], unknown
    return [taxcodes.settle(world, card) for card in bound], []


def refuse_plainly(world: World, cards: Sequence[Row]) -> None:
    """Raises the 400 Problem of the first card with an unknown feature, as older releases word it."""
    card = next(c for c in cards if (c.get("featureKey") or c.get("featureId")) and not _feature(world, c))
    what = f"key {card['featureKey']}" if card.get("featureKey") else f"id {card['featureId']}"
    raise Problem(400, f"validation error: not found error: feature with {what} not found")


def _feature(world: World, card: Row) -> Row | None:
    rows = [world.store.get(features.TABLE, card["featureId"])] if card.get("featureId") else []
    if not rows and card.get("featureKey"):
        rows = list(world.store.by(features.TABLE, "key", card["featureKey"]))
    return next((row for row in rows if row is not None and not row.get("archivedAt")), None)


def _is_missed(world: World, card: Row) -> bool:
    """Whether publishing misses a card's feature that is archived: older releases look for its key, the oldest for nothing."""
    if world.does(Behaviour.ARCHIVED_FEATURE_REFUSED):
        return True
    return (
        world.does(Behaviour.ARCHIVED_KEY_REFUSED)
        and _feature(world, {"featureKey": card["featureKey"]}) is None
    )


def feature_issues(world: World, cards: Sequence[Row], prefix: str) -> list[Issue]:
    """What publishing finds: bound features that are archived, usage prices on features without a meter
    (docs/server/rate-cards.md#feature-resolution).
    """
    found = []
    for card in cards:
        if not card.get("featureId"):
            continue
        field = f"{prefix}rateCards[?(@.key=='{card['key']}')].featureKey"
        feature = world.store.get(features.TABLE, card["featureId"])
        if feature is None or feature.get("archivedAt"):
            if _is_missed(world, card):
                found.append(issue("rate_card_feature_not_found", field))
        elif card["price"] is not None and card["price"]["type"] != "flat" and not feature.get("meterId"):
            found.append(issue("usage_based_price_with_feature_and_no_meter", field))
    return in_force(world, found)
