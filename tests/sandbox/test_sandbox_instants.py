"""The reckoning of instants, calendar durations and recurring periods."""

from __future__ import annotations

import pytest

from catalogsync.sandbox.domain.instants import Duration, canonical, go_text, parse, period_at, show


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.120000Z", "2026-01-02T03:04:05.12Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
    ],
)
def test_an_instant_is_given_back_in_utc_without_trailing_zeros(sent: str, shown: str) -> None:
    assert canonical(sent) == shown


@pytest.mark.parametrize("text", ["2026-01-02", "2026-01-02T03:04:05", "soon", ""])
def test_what_names_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an instant"):
        parse(text)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-01-31T00:00:00Z", "P1M", "2026-02-28T00:00:00Z"),
        ("2024-02-29T00:00:00Z", "P1Y", "2025-02-28T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "P2W1D", "2026-01-16T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "PT1H30M", "2026-01-01T01:30:00Z"),
        ("2026-01-01T00:00:00Z", "P0D", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_calendar_duration_does_not_overflow_a_month(start: str, duration: str, end: str) -> None:
    assert show(Duration.of(duration).after(parse(start))) == end


@pytest.mark.parametrize(
    ("at", "period"),
    [
        ("2026-01-31T00:00:00Z", ("2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z")),
        ("2026-02-28T00:00:00Z", ("2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z")),
        ("2026-01-30T23:59:59Z", ("2025-12-31T00:00:00Z", "2026-01-31T00:00:00Z")),
    ],
)
def test_a_recurrence_counts_from_its_anchor_in_either_direction(at: str, period: tuple[str, str]) -> None:
    start, end = period_at(parse("2026-01-31T00:00:00Z"), Duration.of("P1M"), parse(at))
    assert (show(start), show(end)) == period


def test_go_prints_an_instant_with_its_zone_twice() -> None:
    assert go_text(parse("2026-01-02T03:04:05.5Z")) == "2026-01-02 03:04:05.5 +0000 UTC"
