"""A subscription's time rules: states, phases, items, billing periods, overlaps."""

from __future__ import annotations

from typing import Any

import pytest

from catalogsync.sandbox.domain.instants import parse, show
from catalogsync.sandbox.domain.subscription_spec import (
    billing_period,
    current_phase,
    item_span,
    overlaps,
    phase_span,
    relation,
    status,
)

JAN, FEB, MAR, APR = (f"2026-0{month}-01T00:00:00Z" for month in (1, 2, 3, 4))


def _phase(key: str, start: str, order: int) -> dict[str, Any]:
    return {"key": key, "activeFrom": start, "sortHint": order, "specs": {}, "items": {}}


def _sub(end: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "activeFrom": JAN,
        "activeTo": end,
        "billingAnchor": "2026-01-15T00:00:00Z",
        "billingCadence": "P1M",
        "phases": [_phase("trial", JAN, 0), _phase("paid", FEB, 1)],
        **more,
    }


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [
        (JAN, None, "active"),
        (JAN, MAR, "canceled"),
        (JAN, FEB, "inactive"),
        (MAR, None, "scheduled"),
        (MAR, APR, "scheduled"),
        (FEB, None, "active"),
    ],
)
def test_states(start: str, end: str | None, state: str) -> None:
    assert status({"activeFrom": start, "activeTo": end}, parse(FEB)) == state


@pytest.mark.parametrize(
    ("end", "trial", "paid"),
    [
        (None, (JAN, FEB), (FEB, None)),
        (MAR, (JAN, FEB), (FEB, MAR)),
        ("2026-01-10T00:00:00Z", (JAN, "2026-01-10T00:00:00Z"), (FEB, FEB)),
    ],
)
def test_a_phase_ends_where_the_next_begins_or_with_the_subscription(end: Any, trial: Any, paid: Any) -> None:
    sub = _sub(end)
    spans = [phase_span(sub, phase) for phase in sub["phases"]]
    assert [(show(a), b and show(b)) for a, b in spans] == [trial, paid]


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ({"from": None, "to": None}, (JAN, MAR)),
        ({"from": FEB, "to": None}, (FEB, MAR)),
        ({"from": None, "to": APR}, (JAN, MAR)),
        ({"from": APR, "to": None}, (MAR, MAR)),
    ],
)
def test_an_item_stays_within_its_phase(spec: Any, shown: Any) -> None:
    start, end = item_span((parse(JAN), parse(MAR)), spec)
    assert (show(start), end and show(end)) == shown


@pytest.mark.parametrize(
    ("at", "period"),
    [
        ("2025-12-31T00:00:00Z", None),
        ("2026-01-10T00:00:00Z", (JAN, "2026-01-15T00:00:00Z")),
        ("2026-01-20T00:00:00Z", ("2026-01-15T00:00:00Z", FEB)),
        (FEB, (FEB, "2026-02-15T00:00:00Z")),
        ("2026-02-20T00:00:00Z", ("2026-02-15T00:00:00Z", "2026-03-15T00:00:00Z")),
    ],
)
def test_billing_periods_are_cut_to_their_phase(at: str, period: Any) -> None:
    found = billing_period(_sub(), parse(at))
    assert (found and (show(found[0]), show(found[1]))) == period


@pytest.mark.parametrize(
    ("at", "key", "places"),
    [
        ("2025-12-01T00:00:00Z", None, ["future", "future"]),
        (JAN, "trial", ["current", "future"]),
        (FEB, "paid", ["past", "current"]),
        (APR, None, ["past", "past"]),
    ],
)
def test_where_a_phase_stands(at: str, key: str | None, places: list[str]) -> None:
    sub = _sub(MAR)
    phase = current_phase(sub, parse(at))
    assert (phase and phase["key"]) == key
    assert [relation(sub, one, parse(at)) for one in sub["phases"]] == places


def test_a_phase_cut_to_no_time_gives_way_to_the_one_after_it() -> None:
    sub = _sub(phases=[_phase("trial", JAN, 0), _phase("paid", JAN, 1)])
    phase = current_phase(sub, parse(JAN))
    assert phase is not None
    assert phase["key"] == "paid"


@pytest.mark.parametrize(
    ("spans", "clash"),
    [
        ([(JAN, None)], False),
        ([(JAN, FEB), (FEB, None)], False),
        ([(FEB, None), (JAN, MAR)], True),
        ([(JAN, None), (FEB, MAR)], True),
    ],
)
def test_a_customer_has_one_subscription_at_a_time(spans: Any, clash: bool) -> None:
    assert bool(overlaps({"activeFrom": a, "activeTo": b} for a, b in spans)) is clash
