"""A subscription's time rules. Pure: rows in, instants out.

A subscription row holds `activeFrom`, `activeTo` (once an end is set), `billingAnchor`, `billingCadence` and
`phases`, each with `key`, `activeFrom`, `sortHint` and `specs`: for each item key the list of `{card, from,
to}` that follow each other (from and to None: the phase's own). Everything else is reckoned from these.
Source: recorded scenarios `impact_subscribe_*`, `impact_migrate_*`; docs/server/subscriptions.md#counting, #moving.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from catalogsync.sandbox.domain.contract import Json, Row
from catalogsync.sandbox.domain.instants import Duration, parse, period_at

Span = tuple[datetime, datetime | None]
ALLOWED = {
    "active": {"update", "change_addons", "cancel"},
    "canceled": {"continue"},
    "scheduled": {"delete"},
    "inactive": set(),
}


def span(row: Row) -> Span:
    """From and to of a row that holds `activeFrom` and perhaps `activeTo`."""
    return parse(row["activeFrom"]), parse(row["activeTo"]) if row.get("activeTo") else None


def runs_at(row: Row, at: datetime) -> bool:
    """Whether the row is active at an instant: from inclusive, to exclusive."""
    start, end = span(row)
    return start <= at and (end is None or end > at)


def status(sub: Row, at: datetime) -> str:
    """active, canceled (running with an end), inactive (ended) or scheduled (docs/server/subscriptions.md#counting)."""
    start, end = span(sub)
    if end is not None and end <= at:
        return "inactive"
    if start > at:
        return "scheduled"
    return "active" if end is None else "canceled"


def ordered_phases(sub: Row) -> list[Row]:
    """The phases in time; those that start together as the plan had them."""
    return sorted(sub["phases"], key=lambda p: (parse(p["activeFrom"]), p["sortHint"], p["key"]))


def phase_span(sub: Row, phase: Row) -> Span:
    """A phase runs until the next one starts or the subscription ends, whichever is first."""
    start = parse(phase["activeFrom"])
    phases = ordered_phases(sub)
    after = phases[[p["key"] for p in phases].index(phase["key"]) + 1 :]
    ends = [parse(p["activeFrom"]) for p in after[:1]]
    if sub.get("activeTo"):
        ends.append(parse(sub["activeTo"]))
    return start, max(start, min(ends)) if ends else None


def item_span(phase: Span, spec: Row) -> Span:
    """An item's own from and to, never beyond its phase's."""
    phase_start, phase_end = phase
    start = parse(spec["from"]) if spec["from"] else phase_start
    if phase_end is not None and phase_end < start:
        return phase_end, phase_end
    if not spec["to"]:
        return start, phase_end
    end = parse(spec["to"])
    return start, end if phase_end is None else min(end, phase_end)


def current_phase(sub: Row, at: datetime) -> Row | None:
    """The phase that runs at an instant."""
    end = span(sub)[1]
    if end is not None and end <= at:
        return None
    started = [p for p in ordered_phases(sub) if parse(p["activeFrom"]) <= at]
    return started[-1] if started else None


def billing_period(sub: Row, at: datetime) -> tuple[datetime, datetime] | None:
    """The billing period that holds an instant, cut to its phase; None before the subscription starts.

    After the end, the last period is told.
    """
    start, end = span(sub)
    if at < start:
        return None
    phase = current_phase(sub, at)
    if phase is None:
        begun = [p for p in ordered_phases(sub) if end is None or parse(p["activeFrom"]) <= end]
        phase = begun[-1]
    period_start, period_end = period_at(parse(sub["billingAnchor"]), Duration.of(sub["billingCadence"]), at)
    phase_start, phase_end = phase_span(sub, phase)
    if phase_end is not None and phase_end < period_end:
        period_end = phase_end
    return max(period_start, phase_start), period_end


def overlaps(subs: Iterable[Row]) -> list[tuple[Row, Row]]:
    """Neighbours in time that run together: a customer may have one subscription at a time (docs/server/subscriptions.md#counting)."""
    ordered = sorted(subs, key=lambda sub: parse(sub["activeFrom"]))
    pairs = []
    for first, second in pairwise(ordered):
        end = span(first)[1]
        if end is None or end > parse(second["activeFrom"]):
            pairs.append((first, second))
    return pairs


def has_billables(sub: Row) -> bool:
    """Whether any item has a price."""
    return any(card["price"] is not None for card in cards(sub))


def cards(sub: Row) -> list[Json]:
    """Every rate card of every phase."""
    return [spec["card"] for phase in sub["phases"] for specs in phase["specs"].values() for spec in specs]


def shown_item(phase: Row, key: str, relation: str, at: datetime) -> Row | None:
    """The one item of a key that a read lists: the running one now, a coming phase's first, a past phase's
    last.
    """
    items: list[Row] = phase["items"].get(key, [])
    if not items:
        return None
    if relation == "current":
        running = [item for item in items if runs_at(item, at)]
        return running[0] if running else None
    return items[0] if relation == "future" else items[-1]


def relation(sub: Row, phase: Row, at: datetime) -> str:
    """Whether a phase is current, future or past."""
    current = current_phase(sub, at)
    if current is not None and current["key"] == phase["key"]:
        return "current"
    return "future" if parse(phase["activeFrom"]) > at else "past"
