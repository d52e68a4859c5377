"""What a flat fee charges for a part of its period. Nothing but flat fees is prorated.

The full period lies between two boundaries anchor + k × cadence, always counted from the anchor, months and years cut to the month's last
day. The service period is its intersection with the item's life, both ends cut to whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from catalogsync.money.card import Card, Flat, NotRatedError, Stage
from catalogsync.money.exact import ONE, ZERO, divided, multiply, rounded
from catalogsync.money.rating import digits, rate
from catalogsync.openmeter import durations


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant to another, the end not included. Instants are in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return (self.end - self.start) // timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Fee:
    """A flat fee's place in a subscription.

    `cadence` None: one-time. `anchor`: what the billing periods are counted from. The item lives from `starts` to `ends` (None: on and on),
    the subscription to `subscription_ends`. `at`: an instant of the period in question. `enabled`: the plan's proRatingConfig;
    `full_at_end`: the billing profile's `bill_full_period`.
    """

    cadence: str | None
    anchor: datetime
    starts: datetime
    ends: datetime | None
    subscription_ends: datetime | None
    at: datetime
    enabled: bool = True
    full_at_end: bool = False


@dataclass(frozen=True, slots=True)
class Prorated:
    """`ratio`: of the full period that is served, at 16 decimals. `amount`: the fee before discounts, None where no line is made.
    `charge_amount`: the same on servers with credits, which round the price before the ratio too and know no `bill_full_period`.
    """

    full: Period
    service: Period
    ratio: Decimal
    amount: Decimal | None
    charge_amount: Decimal | None
    total: Decimal


def prorate(card: Card, fee: Fee, currency: str) -> Prorated:
    """The charge for the period around `fee.at`. Raises NotRatedError for a card that is not a flat fee and for an unusable cadence."""
    price = card.price
    if not isinstance(price, Flat):
        raise NotRatedError("only a flat fee is prorated")
    decimals = digits(currency)
    full = full_period(fee)
    service = _service_period(full, fee)
    full, service = _whole_seconds(full), _whole_seconds(service)
    ratio = divided(Decimal(service.seconds), Decimal(full.seconds)) if full.seconds else ONE
    whole = rounded(price.amount, decimals)
    amount: Decimal | None = whole
    charge_amount: Decimal | None = whole
    if fee.enabled and service.seconds:
        charge_amount = rounded(multiply(whole, ratio), decimals)
        if not (fee.full_at_end and _ends_inside(service, fee)):
            amount = rounded(multiply(price.amount, ratio), decimals)
    if price.in_arrears and not full.seconds:
        amount = charge_amount = None
    total = _discounted(card, price, amount, currency) if amount else ZERO
    return Prorated(full, service, ratio, amount or None, charge_amount, total)


def _discounted(card: Card, price: Flat, amount: Decimal, currency: str) -> Decimal:
    return rate(replace(card, price=replace(price, amount=amount)), ONE, currency).total


def _ends_inside(service: Period, fee: Fee) -> bool:
    return fee.subscription_ends is not None and fee.subscription_ends <= service.end


def full_period(fee: Fee) -> Period:
    """The cadence's period around `fee.at`; for a one-time fee the item's life as far as an end is known. Raises NotRatedError."""
    if fee.cadence is None:
        return Period(fee.starts, fee.subscription_ends or fee.ends or fee.starts)
    try:
        if durations.sign(fee.cadence) <= 0:
            raise ValueError
        steps = durations.parts(fee.cadence)
    except ValueError:
        raise NotRatedError(f"`{fee.cadence}` is not a billing cadence") from None

    def boundary(count: int) -> datetime | None:
        """None where no calendar reaches."""
        try:
            return _shifted(fee.anchor, [int(part * count) for part in steps])
        except (OverflowError, ValueError):
            return None

    count = _last_not_after(boundary, fee.at, forward=fee.at >= fee.anchor)
    start, end = boundary(count), boundary(count + 1)
    if start is None or end is None:
        raise NotRatedError(f"the period around {fee.at.isoformat()} is beyond the calendar", Stage.RATING)
    return Period(start, end)


def _last_not_after(boundary: Callable[[int], datetime | None], at: datetime, *, forward: bool) -> int:
    """The number of the last boundary that is not after `at`: by doubling steps, then by halves."""

    def not_after(count: int) -> bool:
        found = boundary(count)
        return found <= at if found is not None else count < 0

    reach = 1
    while not_after(reach if forward else -reach) == forward:
        reach *= 2
    low, high = (0, reach) if forward else (-reach, 0)
    while high - low > 1:
        middle = (low + high) // 2
        if not_after(middle):
            low = middle
        else:
            high = middle
    return low


def _shifted(anchor: datetime, steps: list[int]) -> datetime:
    """Years, then months, each cut to the month's last day, then weeks to seconds."""
    years, months, weeks, days, hours, minutes, seconds = steps
    moved = _month_shifted(_month_shifted(anchor, years * 12), months)
    return moved + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _month_shifted(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    following = datetime(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _service_period(full: Period, fee: Fee) -> Period:
    """The part of the full period that the item lives through; an item that starts and stops at once keeps its instant."""
    if fee.ends is not None and fee.ends == fee.starts:
        return Period(fee.starts, fee.starts)
    ends = min((end for end in (full.end, fee.ends) if end is not None), default=full.end)
    return Period(max(full.start, fee.starts), ends)


def _whole_seconds(period: Period) -> Period:
    return Period(period.start.replace(microsecond=0), period.end.replace(microsecond=0))
