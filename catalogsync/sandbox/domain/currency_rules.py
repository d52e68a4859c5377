"""Currencies of plans, add-ons and single cards: which may stand together, and what a custom one needs.

Only v3 writes custom currencies and currencies on cards (recorded: `v3_currency_*`; docs/server/v3-and-v1.md#differences).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogsync.sandbox.domain.contract import Json, Problem, World
from catalogsync.sandbox.domain.currencies import FIAT
from catalogsync.sandbox.domain.instants import parse
from catalogsync.sandbox.domain.issues import Issue, issue, refuse

CURRENCIES, COST_BASES = "customCurrencies", "costBases"
Body = Mapping[str, Json]


def placed_cards(content: Body) -> Iterator[tuple[str, Body]]:
    """A plan's or an add-on's cards, each with its currency's field."""
    groups = [("$.", content["rateCards"])] if "rateCards" in content else []
    for phase in content.get("phases", ()):
        groups.append((f"$.phases[?(@.key=='{phase['key']}')].", phase["rateCards"]))
    for prefix, cards in groups:
        for card in cards:
            yield f"{prefix}rateCards[?(@.key=='{card['key']}')].currency.currency", card


def refuse_unknown(world: World, what: str, content: Body) -> None:
    """Raises the 400 Problem for a code of three letters that is no currency, and the coded one for a custom
    currency that there is not.
    """
    _refuse_no_fiat(content["currency"])
    if not _known(world, content["currency"]):
        refuse(what, [issue("currency_not_found", "$.currency.currency")])
    unknown = []
    for field, card in placed_cards(content):
        code = card.get("currency")
        if code is not None:
            _refuse_no_fiat(code)
            unknown += [] if _known(world, code) else [issue("currency_not_found", field)]
    refuse(what, unknown)


def _refuse_no_fiat(code: str) -> None:
    if len(code) == 3 and code not in FIAT:
        raise Problem(400, f"validation error: invalid fiat currency code: {code}")


def _known(world: World, code: str) -> bool:
    return code in FIAT or bool(world.store.by(CURRENCIES, "code", code))


def override_issues(content: Body) -> Iterator[Issue]:
    """Cards with a currency of their own: only a custom one, only under a fiat currency."""
    for field, card in placed_cards(content):
        if card.get("currency") is None:
            continue
        if content["currency"] not in FIAT:
            yield issue("rate_card_currency_override_not_allowed", field)
        elif card["currency"] == content["currency"]:
            yield issue("rate_card_currency_override_redundant", field)
        elif card["currency"] in FIAT:
            yield issue("plan_multiple_fiat_currencies", field)


def publish_issues(world: World, content: Body) -> Iterator[Issue]:
    """What publishing asks besides, and says again: a plan that may invoice needs cost bases for its custom
    currencies.
    """
    yield from override_issues(content)
    if "phases" not in content or content.get("settlementMode") == "credit_only":
        return
    for field, card in placed_cards(content):
        code = card.get("currency")
        if code is None or code in FIAT or content["currency"] not in FIAT:
            continue
        if not has_cost_basis(world, code, content["currency"]):
            yield issue("currency_cost_basis_not_found", field)


def assignment_issues(world: World, plan: Body, addon: Body) -> Iterator[Issue]:
    """The cost bases an add-on's priced cards need on a plan in a fiat currency that may invoice."""
    if plan["currency"] not in FIAT or plan.get("settlementMode") == "credit_only":
        return
    for card in addon["rateCards"]:
        code = card.get("currency") or addon["currency"]
        if card["price"] is None or code in FIAT or has_cost_basis(world, code, plan["currency"]):
            continue
        field = f"$.addon.ratecards[?(@.key=='{card['key']}')].currency.currency"
        yield issue("currency_cost_basis_not_found", field)


def has_cost_basis(world: World, code: str, fiat_code: str) -> bool:
    """Whether a custom currency can be billed in a fiat currency now."""
    now = world.clock.now()
    return any(
        basis["fiat_code"] == fiat_code and in_force(basis, now)
        for currency in world.store.by(CURRENCIES, "code", code)
        for basis in world.store.by(COST_BASES, "currencyId", currency["id"])
    )


def in_force(basis: Body, at: str) -> bool:
    """Whether a cost basis holds at an instant."""
    ends = basis.get("effective_to")
    return parse(basis["effective_from"]) <= parse(at) and (ends is None or parse(ends) > parse(at))
