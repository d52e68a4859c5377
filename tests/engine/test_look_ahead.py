"""Objects of the steps that come next are looked at beside the writes that are under way (docs/adr/0006)."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import cast

import httpx
from engine_helpers import client_of, planned, written

from catalogsync import executor
from catalogsync.core.report import Status
from catalogsync.executor.look_ahead import LookAhead
from catalogsync.executor.step_runner import Stepper
from catalogsync.sandbox import Fault, Sandbox
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1, reader

COUNT = 12
LONG_AGO = 60.0
"""Seconds: what was seen then has to be looked at again before a draft is made."""
PLAN = """\
kind: plan
key: p{n}
name: Plan {n}
currency: USD
billingCadence: P1M
lifecycle: draft
phases:
  - key: default
    name: Default
    rateCards:
      - {{type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {{type: flat, amount: 5, paymentTerm: in_advance}}}}
"""


def test_looks_do_not_wait_for_writes(tmp_path: Path) -> None:
    catalog = written(tmp_path, "---\n".join(PLAN.format(n=n) for n in range(COUNT)))
    sandbox, calls = Sandbox(faults=[Fault("delay", times=None, seconds=0.1)]), []
    client = client_of(sandbox, observers=[calls.append], workers=16)
    plan, seen = planned(catalog, client), executor.Seen(reader.read(client), time.monotonic() - LONG_AGO)
    calls.clear()
    report = executor.apply(plan, V1(client), Secrets(os.environ), seen=seen)
    assert report.complete
    ordered = [call.method for call in calls if call.phase != "read"]
    assert ordered.index("POST") >= 3  # without looking ahead there are two: as many as steps are under way
    assert ordered.count("POST") == COUNT
    assert ordered.count("GET") <= COUNT  # of which one asks for all at the end


MIXED = (
    PLAN
    + """\
---
kind: plan
key: q{n}
name: Sold {n}
currency: USD
billingCadence: P1M
phases:
  - {{key: default, name: Default, rateCards: [{{type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {{type: flat, amount: 5}}}}]}}
---
kind: notification_channel
key: c{n}
type: WEBHOOK
name: Channel {n}
url: https://hooks.example.com/{n}
---
kind: notification_rule
key: r{n}
type: invoice.created
name: Rule {n}
channels: [c{n}]
"""
)


def test_a_look_is_shared_by_the_steps_that_begin_while_it_is_young(tmp_path: Path) -> None:
    """A large catalog is not new any more when most of its objects are made: each of them has to be looked at."""
    catalog = written(tmp_path, "---\n".join(MIXED.format(n=n) for n in range(3 * COUNT)))
    sandbox, calls = Sandbox(), []
    client = client_of(sandbox, observers=[calls.append])
    plan, seen = planned(catalog, client), executor.Seen(reader.read(client), time.monotonic() - LONG_AGO)
    calls.clear()
    assert executor.apply(plan, V1(client), Secrets(os.environ), seen=seen).complete
    ordered = [call.method for call in calls]
    assert ordered.count("POST") == len(plan.steps) == 15 * COUNT
    assert len(ordered) <= 1.4 * len(plan.steps)
    assert planned(catalog, client).steps == ()


def test_a_shared_look_is_as_large_as_the_pace_allows() -> None:
    now = 0.0
    ahead = LookAhead(cast("Stepper", None), 2, lambda: now)

    def share_at(pace: float) -> int:
        nonlocal now
        for _ in range(60):
            now += 1 / pace
            ahead.ended()
        return ahead._share()

    with ahead:
        assert [share_at(pace) for pace in (1, 5, 10, 20, 100)] == [6, 6, 11, 21, 24]


def test_what_a_look_ahead_shows_stops_the_step(tmp_path: Path) -> None:
    catalog = written(tmp_path, "---\n".join(PLAN.format(n=n) for n in range(COUNT)))
    sandbox = Sandbox(faults=[Fault("delay", times=None, seconds=0.02)])
    client = client_of(sandbox)
    plan, seen = planned(catalog, client), executor.Seen(reader.read(client), time.monotonic() - LONG_AGO)
    last = plan.steps[-1]
    with httpx.Client(base_url="http://sandbox.localhost/api/v1", transport=sandbox.transport()) as somebody:
        request = V1(client).encode(last)
        somebody.post("/plans", json={**request.body, "name": "Somebody else's"}).raise_for_status()
    report = executor.apply(plan, V1(client), Secrets(os.environ), seen=seen)
    outcome = next(one for one in report.outcomes if one.step.ref == last.ref)
    assert outcome.status is Status.FAILED
    assert "somebody else changed it meanwhile; nothing was sent" in outcome.message
    drafts = reader.read(client).group(last.ref).versions()
    assert [one.body["name"] for one in drafts] == ["Somebody else's"]
