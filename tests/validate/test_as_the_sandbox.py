"""The engine and the sandbox share no code; where both reckon by the server's rules, they reckon the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

import httpx
import pytest
from engine_helpers import apply, client_of, planned
from hypothesis import example, given
from hypothesis import strategies as st

from catalogsync.app import check
from catalogsync.core import canon
from catalogsync.manifests.source import SourceFile
from catalogsync.openmeter import credentials
from catalogsync.openmeter import durations as periods
from catalogsync.sandbox import Sandbox
from catalogsync.sandbox.domain import durations

_NUMBERS = st.sampled_from(
    ["0", "1", "01", "12", "90", "1.5", "1,50", "0.0", "1.", ".5", "-1", "-0", "9" * 19, "9" * 20, "1." + "0" * 20, "+1"]
)  # fmt: skip
_DATES = st.lists(st.tuples(_NUMBERS, st.sampled_from("YMWDH")).map("".join), max_size=3).map("".join)
_TIMES = st.lists(st.tuples(_NUMBERS, st.sampled_from("HMSD")).map("".join), max_size=3).map("".join)
_TEXTS = st.builds(
    lambda sign, mark, date, time: sign + mark + date + time,
    st.sampled_from(["", "", "-", "+", "--"]),
    st.sampled_from(["P", "P", "P", "", "p"]),
    _DATES,
    st.just("") | _TIMES.map("T{}".format),
)


def _of(reckon: Callable[..., Any], *texts: str) -> Any:
    try:
        return reckon(*texts)
    except ValueError:
        return None


def _reads(text: str) -> str | None:
    """What the server answers for a duration; None for one that it refuses, or stores and cannot read again."""
    shown = _of(lambda one: durations.parse(one).text, text)
    return shown if shown is not None and _of(durations.parse, shown) is not None else None


@given(_TEXTS)
@example("P1M1.5Y")
@example("PT1S1.0H")
@example("P-1Y2D")
@example("P12D-1W")
@example("PT-1H90M")
@example("P1.5M0D")
@example("PT3599.9S")
def test_durations(text: str) -> None:
    assert _of(periods.canonical, text) == _reads(text)
    if _reads(text) is None:
        return
    assert _of(periods.sign, text) == _of(lambda one: durations.parse(one).sign, text)
    assert _of(periods.at_least_an_hour, text) == _of(lambda one: durations.parse(one).an_hour_at_least, text)


@given(_TEXTS)
@example("P1M1.5Y")
@example("PT1S1.0H")
def test_what_is_canonical_stays_as_it_is(text: str) -> None:
    shown = _of(periods.canonical, text)
    if shown is not None:
        assert periods.canonical(shown) == shown
        assert periods.sign(shown) == periods.sign(text)


@given(
    st.sampled_from(["P1M", "P3M", "P1Y", "P1W", "P14D", "PT1H", "PT24H", "P12M", "P1M1D", "-P1M"]), _TEXTS
)
@example("P1M", "P1M1.5Y")
def test_alignment(one: str, other: str) -> None:
    if _of(periods.canonical, other) is not None:
        assert periods.aligned(one, other) == durations.aligned(one, periods.canonical(other))


@given(st.integers(-(10**30), 10**30) | st.decimals(allow_nan=False, allow_infinity=False, places=20))
def test_doubles(value: int | Decimal) -> None:
    assert canon.double(value) == durations.as_double(value)


_HOSTS = (
    "a.example", "1.2.3.4", "1.2.3.999", "[::1]", "[::1", "[1::2::3]", "é.example", "a b", "a%20b", "a%41", "a|b", "a^b", "a<b", "a..b",
    "1.2", "1.2.3.4.5", "localhost", "host.",
)  # fmt: skip
_PORTS = ("", ":", ":0", ":65535", ":65536", ":99999", ":a", ":-1", ":80:80")


def test_an_address_that_is_none_is_refused_before_the_server_does() -> None:
    with httpx.Client(transport=Sandbox().transport(), base_url="http://sandbox.localhost") as client:
        for host, port in product(_HOSTS, _PORTS):
            url = f"https://{host}{port}/hook"
            body = {"type": "WEBHOOK", "name": "hook", "url": url}
            taken = client.post("/api/v1/notification/channels", json=body).status_code == 201
            assert credentials.is_address(url) == taken, url


_UNFIT = """
{kind: feature, key: sso, name: SSO}
---
kind: addon
key: extra
name: Extra
currency: USD
instanceType: single
rateCards:
  - {type: flat_fee, key: sso, featureKey: sso, name: SSO, billingCadence: P1M, price: {type: flat, amount: 1, paymentTerm: in_arrears}}
---
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
lifecycle: draft
phases:
  - key: only
    name: Only
    rateCards:
      - {type: flat_fee, key: sso, featureKey: sso, name: SSO, billingCadence: P1M, price: {type: flat, amount: 1, paymentTerm: in_advance}}
addons:
  - {addon: extra, fromPlanPhase: only}
"""


@pytest.mark.parametrize("metadata", ["", ", metadata: {shelf: a}"])
def test_a_draft_keeps_an_offer_that_does_not_fit_unless_it_has_metadata(metadata: str) -> None:
    """Metadata is stored by an update, and the server looks at those of drafts too."""
    text = _UNFIT.replace("fromPlanPhase: only", f"fromPlanPhase: only{metadata}")
    checked = check.check((), sources=[SourceFile("catalog.yaml", text)])
    (found,) = [one for one in checked.diagnostics if one.code == "rate_card_price_payment_term_mismatch"]
    client = client_of(Sandbox(seed=1))
    report = apply(planned(checked.catalog, client), client)
    assert found.is_error is bool(metadata)
    assert report.complete is not found.is_error
