"""Durations at the edges, as the server's own library answered them (rickb777/period 1.0.30, asked text by text)."""

from __future__ import annotations

import pytest

from catalogsync.sandbox.domain.content_rules import addon_publish_issues
from catalogsync.sandbox.domain.durations import BadDuration, aligned, parse

READ = [
    # sent, shown, sign, an hour at least
    ("P-1M1D", "-P1M-1D", -1, False),
    ("+P-1DT60H01M90S", "-P1DT-60H-1M-90S", -1, False),
    ("P-1W61D", "-P1W-61D", -1, True),  # an hour less, normalised, starts with a positive part
    ("-P-1Y13M", "P1Y-13M", 1, False),
    ("P1MT-2H", "P1MT-2H", 1, True),
    ("-P-0D", "P0D", 0, False),
    ("-P0M0D", "P0D", 0, False),
    ("P0.000D", "P0D", 0, False),
    ("P5.W", "P5W", 1, True),
    ("P.5D", "P0.5D", 1, True),
    ("P0.25M0W", "P0.25M", 1, True),  # zeros may follow a fraction
    ("P1.50MT0S", "P1.50M", 1, True),
    ("P10.123456789012345678W", "P10.12345678901234568W", 1, True),  # nineteen digits
    ("P1234567890123456789D", "P1234567890123456789D", 1, True),
    ("PT3599S", "PT3599S", 1, False),
    ("PT3600S", "PT3600S", 1, True),
    ("PT59M60S", "PT59M60S", 1, True),
]


@pytest.mark.parametrize(("sent", "shown", "sign", "hour"), READ)
def test_what_is_read(sent: str, shown: str, sign: int, hour: bool) -> None:
    period = parse(sent)
    assert (str(period), period.sign, period.an_hour_at_least) == (shown, sign, hour)
    assert parse(shown) == period


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("", "cannot parse a blank string as a period"),
        ("+", "cannot parse a blank string as a period"),
        ("x", "x: expected 'P' period mark at the start"),
        ("P", "P: expected 'Y', 'M', 'W', 'D', 'H', 'M', or 'S' designator"),
        ("PT", "PT: expected 'Y', 'M', 'W', 'D', 'H', 'M', or 'S' designator"),
        ("PTT", "PTT: 'T' designator cannot occur more than once"),
        ("P1", "P1: missing designator at the end"),
        ("P+1M", "P+1M: expected a number but found '+'"),
        ("P1-M", "P1-M: expected a designator Y, M, W, D, H, or S not '-'"),
        ("P1é", "P1é: expected a designator Y, M, W, D, H, or S not 'Ã'"),
        ("P1m", "P1m: expected a designator Y, M, W, D, H, or S not 'm'"),
        ("PT1D", "PT1D: 'D' designator cannot occur here"),
        ("P1H", "P1H: 'H' designator cannot occur here"),
        ("P1M2M", "P1M2M: 'M' designator cannot occur more than once"),
        ("P1.5M1D", "P1.5M1D: 'M' & 'D' only the last field can have a fraction"),
        ("P1.0MT5S", "P1.0MT5S: 'M' & 'S' only the last field can have a fraction"),
        ("P-M", "P-M: number invalid or out of range"),
        ("P1..5M", "P1..5M: number invalid or out of range"),
        ("P10000000000000000000D", "P10000000000000000000D: number invalid or out of range"),
    ],
)
def test_what_is_no_duration(sent: str, said: str) -> None:
    with pytest.raises(BadDuration) as fault:
        parse(sent)
    assert str(fault.value) == said


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("P12M", "P1Y", True), ("P7D", "P1W", True), ("PT60M", "PT1H", True), ("PT90M", "PT1H30M", True), ("P10D", "P1W3D", True),
        ("PT24H", "P1D", False), ("P1.0M", "P1M", False), ("P30D", "P1M", False), ("PT60.5S", "PT1M0.5S", False),
    ],
)  # fmt: skip
def test_an_addon_has_one_cadence(one: str, other: str, same: bool) -> None:
    """docs/server/addons.md#publish: compared after normalising, by their text."""
    price = {"type": "flat", "amount": "1"}
    cards = [{"key": text, "billingCadence": text, "price": price} for text in (one, other)]
    assert (addon_publish_issues({"instanceType": "single", "rateCards": cards}) == []) is same


@pytest.mark.parametrize(
    ("card", "plans"),
    [
        ("P0.3333333333333333333D", "P1W P2W P4W P1M P3M P6M P12M P1Y"),  # nineteen digits: a third of a day
        ("P1M-1D", ""),
        ("P-1M", ""),
        ("P1Y-6M", "P1M P3M P6M P12M P1Y"),
        ("P999999999999999999Y", ""),
    ],
)
def test_alignment_at_the_edges(card: str, plans: str) -> None:
    every = ("P1W", "P2W", "P4W", "P1M", "P3M", "P6M", "P12M", "P1Y")
    assert [one for one in every if aligned(one, card)] == plans.split()
