"""Rate cards in words, one way everywhere a person reads: exact, in the currency's digits, nothing left out.

price      first 1,000 free, then 0.01 USD each
cadence    every month · every 3 months · once
discount   20 % off · the first 100 are not billed, the price starts after them
commitment at least 5.00 USD every month, also without usage · at most 5,000.00 USD every month
entitlement 1,000 every month, then usage ends (hard limit) · access · settings {"days":30}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from catalogsync.core.canon import Body, decimal_text, dumps
from catalogsync.money.card import (
    Card,
    Dynamic,
    Flat,
    NotRatedError,
    Package,
    Price,
    Tier,
    Tiered,
    Unit,
    read,
)
from catalogsync.money.exact import divide, subtract
from catalogsync.openmeter import currencies, durations

_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
ONCE = "once"


def sentences(card: Body, currency: str) -> tuple[str, ...]:
    """All that a rate card says about money and access, one thing a sentence, the price first.

    `card` as a manifest writes it. A card whose price the server refuses is shown as it is written, with the reason.
    """
    every = cadence(card.get("billingCadence"))
    try:
        found = read(card)
    except NotRatedError as refusal:
        written = {name: card[name] for name in ("price", "discounts") if card.get(name) is not None}
        money: tuple[str, ...] = (
            f"{dumps(written)} (not a valid price: {refusal.message})",
            f"billed {every}",
        )
    else:
        money = (price(found.price, currency, every), *_conditions(found, currency, every))
    template = card.get("entitlementTemplate")
    return (*money, entitlement(template, card.get("billingCadence"))) if template else money


def sentence(card: Body, currency: str) -> str:
    """`sentences` in one line."""
    return "; ".join(sentences(card, currency))


def charge(card: Body, currency: str) -> str:
    """The price, its commitments and discounts in one line, without entitlement."""
    return sentence({name: value for name, value in card.items() if name != "entitlementTemplate"}, currency)


def amount(value: Decimal, currency: str) -> str:
    """`0.01 USD`: at least the currency's digits, and every digit that is written."""
    whole, _, fraction = decimal_text(value).partition(".")
    digits = currencies.digits(currency) if currency in currencies.FIAT else 0
    fraction = fraction.ljust(digits, "0")
    figure = f"{_grouped(whole)}.{fraction}" if fraction else _grouped(whole)
    return f"{figure} {currency}" if currency else figure


def quantity(value: Decimal | int) -> str:
    """`1,000` or `0.5`: every digit that is written."""
    whole, dot, fraction = decimal_text(value).partition(".")
    return _grouped(whole) + dot + fraction


def _grouped(whole: str) -> str:
    """Thousands apart, text in and out: a number of any length."""
    sign, figures = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    first = len(figures) % 3 or 3
    return sign + ",".join([figures[:first], *(figures[at : at + 3] for at in range(first, len(figures), 3))])


def cadence(text: object) -> str:
    """`every month`, `every 3 months`; `once` for none."""
    if not isinstance(text, str):
        return ONCE
    counted = duration(text)
    head, _, unit = counted.partition(" ")
    return f"every {unit if head == '1' and ' ' not in unit else counted}"


@lru_cache(maxsize=4096)
def duration(text: str) -> str:
    """`14 days`, `1 year and 6 months`; what is not a duration stays as it is."""
    try:
        parts = [(value, unit) for value, unit in zip(durations.parts(text), _UNITS, strict=True) if value]
    except ValueError:
        return text
    counted = [f"{_number(value)} {unit}{'' if value == 1 else 's'}" for value, unit in parts]
    return " and ".join(counted) or "no time"


def _number(value: Fraction) -> str:
    """The parts of a duration are decimal, so that the division ends."""
    return quantity(divide(Decimal(value.numerator), Decimal(value.denominator)))


def price(found: Price | None, currency: str, every: str) -> str:
    """What is charged for which quantity. `every`: how often, which a flat fee says itself."""
    match found:
        case None:
            return "no charge" if every == ONCE else f"no charge {every}"
        case Flat():
            return (
                f"{amount(found.amount, currency)} {every}, in {'arrears' if found.in_arrears else 'advance'}"
            )
        case Unit():
            return f"{amount(found.amount, currency)} each"
        case Dynamic():
            times = "" if found.multiplier == 1 else f"{quantity(found.multiplier)} × "
            return f"{times}the metered amount in {currency}"
        case Package():
            return f"{amount(found.amount, currency)} per started {quantity(found.size)}"
        case Tiered():
            return _tiers(found, currency)
        case _:
            assert_never(found)


def _tiers(found: Tiered, currency: str) -> str:
    reached = found.tiers[: 1 + next(at for at, tier in enumerate(found.tiers) if tier.up_to is None)]
    steps = list(_graduated(reached, currency) if found.graduated else _volume(reached, currency))
    text = ", ".join(steps)
    if not found.graduated and len(steps) > 1:
        text = f"all units at one price by their number: {text}"
    unused = found.written_first.flat if found.graduated else reached[0].flat
    if unused or reached[0].flat:
        text += f"; without usage {amount(unused, currency) if unused else 'nothing'}"
    spare = len(found.tiers) - len(reached)
    return text + (f" ({spare} more open tier{'s' if spare > 1 else ''}, never reached)" if spare else "")


def _graduated(tiers: tuple[Tier, ...], currency: str) -> Iterator[str]:
    start = Decimal(0)
    for tier in tiers:
        words = of_tier(tier, currency)
        if tier.up_to is None:
            yield f"then {words}" if len(tiers) > 1 else words
        elif tier.up_to == 0:
            yield f"{amount(tier.flat, currency)} in any case" if tier.flat else "up to 0 free"
        else:
            span = f"{'next' if start else 'first'} {quantity(subtract(tier.up_to, start))}"
            yield f"{span} {'' if words == 'free' else 'at '}{words}"
            start = tier.up_to


def _volume(tiers: tuple[Tier, ...], currency: str) -> Iterator[str]:
    for tier in tiers:
        words = of_tier(tier, currency)
        at = words if words == "free" else f"at {words}"
        if tier.up_to is not None:
            yield f"up to {quantity(tier.up_to)} {at}"
        else:
            yield f"above {at}" if len(tiers) > 1 else words


def of_tier(tier: Tier, currency: str) -> str:
    """What a unit within a tier costs, and what is added once: `10.00 USD flat plus 0.01 USD each`, `free`."""
    parts = [f"{amount(tier.flat, currency)} flat"] if tier.flat else []
    parts += [f"{amount(tier.unit, currency)} each"] if tier.unit else []
    return " plus ".join(parts) or "free"


def _conditions(card: Card, currency: str, every: str) -> Iterator[str]:
    """How often, commitments, discounts."""
    if card.price is None:
        return
    usage = not isinstance(card.price, Flat)
    if usage:
        yield f"billed {every}, in arrears"
    if card.free is not None:
        yield f"the first {quantity(card.free)} are not billed, the price starts after them"
    if card.percentage is not None:
        yield f"{quantity(card.percentage)} % off"
    if card.minimum is not None:
        yield f"at least {amount(card.minimum, currency)} {every}, also without usage"
    if card.maximum is not None:
        yield f"at most {amount(card.maximum, currency)} {every}"


def entitlement(template: object, billing_cadence: object) -> str:
    """What a customer may use. The period of a metered one is its own or the rate card's."""
    if not isinstance(template, Mapping):
        return f"entitlement: {dumps(template)}"
    match template.get("type"):
        case "boolean":
            text = "access"
        case "static":
            config = template.get("config")
            text = f"settings {config if isinstance(config, str) else dumps(config)}"
        case "metered":
            text = _metered(template, billing_cadence)
        case other:
            text = f"{other} {dumps(template)}"
    metadata = template.get("metadata")
    return f"entitlement: {text}" + (f", metadata {dumps(metadata)}" if metadata else "")


def _metered(template: Body, billing_cadence: object) -> str:
    issued, period = template.get("issueAfterReset"), template.get("usagePeriod") or billing_cadence
    if isinstance(period, str) and duration(period) == "no time":
        period = billing_cadence
    every = f" {cadence(period)}" if period is not None else ""
    if isinstance(issued, int | Decimal):
        text = f"{quantity(issued)}{every}"
    else:
        text = f"metered{every}, nothing is issued"
    soft = bool(template.get("isSoftLimit"))
    text += ", then usage goes on (soft limit)" if soft else ", then usage ends (hard limit)"
    if template.get("preserveOverageAtReset"):
        text += ", what is used beyond it counts in the next period"
    if template.get("issueAfterResetPriority") is not None:
        text += f", priority {dumps(template['issueAfterResetPriority'])}"
    return text
