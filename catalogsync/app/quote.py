"""A customer's bill for one full billing period of a phase, line by line, from a catalog alone.

Every rate card is rated for its own billing period, billed at once: nothing is prorated, progressive billing and taxes are left out.
Add-ons are applied as OpenMeter applies them to a subscription (`catalogsync.money.addons`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.app.quote_request import QuoteRequest
from catalogsync.core.canon import Body
from catalogsync.core.errors import UsageError
from catalogsync.core.model import Catalog, Resource
from catalogsync.core.wording import counted, did_you_mean
from catalogsync.money import Charge, NotRatedError, digits, rate_card, words
from catalogsync.money.addons import with_addon
from catalogsync.money.exact import ZERO, rounded, total
from catalogsync.openmeter import durations
from catalogsync.openmeter.kinds import ADDON, PLAN, rate_cards
from catalogsync.openmeter.kinds.addon import as_addon
from catalogsync.openmeter.kinds.plan import Phase, as_plan


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One rate card's charge. `quantity`: what was used, None for a fee. `price`: in words. `addons`: those that take part, with how often
    they are bought; `plan` False: the card is an add-on's alone. `cadence`: None for once.
    """

    key: str
    name: str
    quantity: Decimal | None
    price: str
    cadence: str | None
    charge: Charge
    plan: bool
    addons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class QuoteTotal:
    """The sum of the lines that are billed in one rhythm, in the currency's decimals."""

    cadence: str | None
    total: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """A bill. `cadence`: the plan's billing period; its total comes first in `totals`, then other rhythms, then what is billed once."""

    plan: str
    name: str
    phase: str
    currency: str
    cadence: str
    lines: tuple[QuoteLine, ...]
    totals: tuple[QuoteTotal, ...]
    notes: tuple[str, ...]


def quote(catalog: Catalog, asked: QuoteRequest) -> Quote:
    """The bill that a request asks for.

    Raises UsageError for a plan, phase, feature or add-on that is not there or not on offer; `code` tells which.
    """
    sold = _Sold.of(_plan(catalog, asked.plan), asked.phase)
    cards = _merged(catalog, sold, asked.addons)
    _check_features(sold, cards, asked.usage)
    body = sold.plan.body
    currency, cadence = str(body.get("currency")), _canonical(body.get("billingCadence")) or ""
    lines = tuple(_lines(cards, currency, asked.usage))
    notes = (
        *_phase_notes(sold, asked.phase),
        *_never_billed(cards, sold.phase),
        *_limits(cards, asked.usage),
    )
    name = str(body.get("name") or "")
    totals = tuple(_totals(lines, cadence, currency))
    return Quote(asked.plan, name, sold.key, currency, cadence, lines, totals, notes)


@dataclass(frozen=True, slots=True)
class _Sold:
    """The phase of a plan that a customer is in; `phases`: all of the plan's, in their order."""

    plan: Resource
    phases: Sequence[Phase]
    phase: Phase

    @classmethod
    def of(cls, plan: Resource, key: str) -> _Sold:
        """The phase of this key, the last one for "". Raises UsageError."""
        phases = as_plan(plan.body).get("phases") or ()
        for phase in reversed(phases):
            if not key or phase["key"] == key:
                return cls(plan, phases, phase)
        raise UsageError(
            f"plan `{plan.ref.key}` has no phase `{key}`",
            code="quote-phase-unknown",
            hint=_near(key, (phase["key"] for phase in phases)),
        )

    @property
    def key(self) -> str:
        return self.phase["key"]

    def begins_before(self, key: str) -> bool:
        """Whether a phase comes after this one."""
        order = [one["key"] for one in self.phases]
        return order.index(key) > order.index(self.key)


@dataclass(frozen=True, slots=True)
class _Merged:
    """A rate card as the subscription has it, with the add-ons that made it so."""

    card: Body
    plan: bool
    addons: tuple[tuple[str, int], ...] = ()

    @property
    def feature(self) -> str:
        return rate_cards.feature_of(self.card)


def _near(key: str, known: Iterable[str]) -> str:
    """A hint: the nearest known key, or all of them."""
    names = sorted(known)
    listed = f"there are {', '.join(f'`{name}`' for name in names)}" if names else ""
    return did_you_mean(key, names, listed)


def _plan(catalog: Catalog, key: str) -> Resource:
    plan = catalog.get(PLAN, key)
    if plan is None:
        known = [one.ref.key for one in catalog.of(PLAN)]
        key_alone = key.removeprefix("plan/")
        if key_alone in known:
            raise UsageError(
                f"--plan takes the key alone, not `{key}`",
                code="quote-plan-unknown",
                hint=f"write --plan {key_alone}",
            )
        raise UsageError(
            f"there is no plan `{key}` in the catalog", code="quote-plan-unknown", hint=_near(key, known)
        )
    return plan


def _merged(catalog: Catalog, sold: _Sold, addons: Mapping[str, int]) -> Sequence[_Merged]:
    cards = {card["key"]: _Merged(card, plan=True) for card in sold.phase.get("rateCards") or ()}
    for key, count in addons.items():
        addon = _addon(catalog, key)
        _refuse_unoffered(sold, addon, count)
        for extra in as_addon(addon.body).get("rateCards") or ():
            name = extra["key"]
            own = cards.get(name)
            try:
                card = with_addon(own.card if own else None, extra, count)
            except NotRatedError as refusal:
                raise UsageError(
                    f"OpenMeter does not sell {count} of add-on `{key}` with this plan: "
                    f"rate card `{name}`: {refusal.message}",
                    code="quote-addon-quantity",
                    hint="change the add-on's rate card, or the quantity",
                ) from None
            taking_part = (*(own.addons if own else ()), (key, count))
            cards[name] = _Merged(card, own is not None and own.plan, taking_part)
    return list(cards.values())


def _addon(catalog: Catalog, key: str) -> Resource:
    addon = catalog.get(ADDON, key)
    if addon is None:
        known = (one.ref.key for one in catalog.of(ADDON))
        raise UsageError(
            f"there is no add-on `{key}` in the catalog", code="quote-addon-unknown", hint=_near(key, known)
        )
    return addon


def _refuse_unoffered(sold: _Sold, addon: Resource, count: int) -> None:
    """Raises UsageError for an add-on that the plan does not sell in this phase, or not so often."""
    plan, key = sold.plan, addon.ref.key
    offers = {one["addon"]: one for one in as_plan(plan.body).get("addons") or ()}
    offer = offers.get(key)
    if offer is None:
        listed = ", ".join(f"`{name}`" for name in sorted(offers))
        raise UsageError(
            f"plan `{plan.ref.key}` does not offer add-on `{key}`",
            code="quote-addon-not-offered",
            hint=f"it offers {listed}" if listed else "it offers none",
        )
    begins = offer["fromPlanPhase"]
    if sold.begins_before(begins):
        raise UsageError(
            f"plan `{plan.ref.key}` offers add-on `{key}` from phase `{begins}` on, "
            f"not in phase `{sold.key}`",
            code="quote-addon-not-offered",
            hint=f"--phase {begins}",
        )
    most = 1 if addon.body.get("instanceType") == "single" else offer.get("maxQuantity")
    if isinstance(most, int) and count > most:
        raise UsageError(
            f"add-on `{key}` is sold at most {counted(most, 'time')} with plan `{plan.ref.key}`",
            code="quote-addon-quantity",
            hint=f"--addon {key}={most}",
        )


def _check_features(sold: _Sold, cards: Sequence[_Merged], usage: Mapping[str, Decimal]) -> None:
    known = {one.feature for one in cards}
    for feature in usage:
        if feature not in known:
            raise UsageError(
                f"plan `{sold.plan.ref.key}` has no rate card for feature `{feature}` in phase `{sold.key}`",
                code="quote-feature-unknown",
                hint=_near(feature, known),
            )


def _lines(cards: Sequence[_Merged], currency: str, usage: Mapping[str, Decimal]) -> Iterator[QuoteLine]:
    """Every card with a price, and those without whose usage is asked for."""
    for one in cards:
        price, given = one.card.get("price"), usage.get(one.feature)
        if price is None and given is None:
            continue
        flat = isinstance(price, Mapping) and price.get("type") == "flat"
        quantity = None if flat and given is None else given or ZERO
        charge = rate_card(one.card, quantity or ZERO, currency)
        key, name = str(one.card.get("key")), str(one.card.get("name") or "")
        cadence = _canonical(one.card.get("billingCadence"))
        price_words = words.charge(one.card, currency)
        yield QuoteLine(key, name, quantity, price_words, cadence, charge, one.plan, one.addons)


def _totals(lines: Sequence[QuoteLine], cadence: str, currency: str) -> Iterator[QuoteTotal]:
    rhythms = dict.fromkeys(line.cadence for line in lines)
    others = sorted((one for one in rhythms if one not in (None, cadence)), key=str)
    for rhythm in (cadence, *others, *([None] if None in rhythms else [])):
        found = total(line.charge.total for line in lines if line.cadence == rhythm)
        yield QuoteTotal(rhythm, rounded(found, digits(currency)))


def _phase_notes(sold: _Sold, asked: str) -> Iterator[str]:
    if not asked and len(sold.phases) > 1:
        others = ", ".join(one["key"] for one in sold.phases if one is not sold.phase)
        yield f"phase {sold.key} is the last one; for another: --phase ({others})"


def _never_billed(cards: Sequence[_Merged], phase: Phase) -> Iterator[str]:
    """One-time fees in arrears are billed at the end of a phase."""
    for one in cards:
        price = one.card.get("price")
        if (
            one.card.get("billingCadence") is None
            and isinstance(price, Mapping)
            and price.get("paymentTerm") == "in_arrears"
            and not phase.get("duration")
        ):
            yield f"{one.card.get('key')} is billed once at the end of the phase; while it has no end, OpenMeter never bills it"


def _limits(cards: Sequence[_Merged], usage: Mapping[str, Decimal]) -> Iterator[str]:
    """Usage that a customer cannot reach."""
    for one in cards:
        template, given = one.card.get("entitlementTemplate"), usage.get(one.feature)
        if given is None or not isinstance(template, Mapping) or template.get("type") != "metered":
            continue
        issued = template.get("issueAfterReset")
        if template.get("isSoftLimit") or not isinstance(issued, int | Decimal) or given <= issued:
            continue
        yield (
            f"{one.feature}: {words.quantity(given)} is above the hard limit of {words.quantity(issued)}, "
            "where usage ends"
        )


def _canonical(cadence: object) -> str | None:
    return durations.canonical(cadence) if isinstance(cadence, str) else None
