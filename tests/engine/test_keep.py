"""Of several objects that carry one key the one that was chosen stays, whichever that is and wherever an apply stopped."""

from __future__ import annotations

import os
import threading

import pytest
from engine_helpers import TARGET, apply, client_of, planned, settle
from strategies import catalog, resource

from catalogsync import executor
from catalogsync.core.errors import Refused
from catalogsync.core.model import Catalog, Ref
from catalogsync.core.plan import Plan
from catalogsync.core.report import Outcome, Status
from catalogsync.openmeter.kinds import CHANNEL, RULE
from catalogsync.planner import PlanOptions, make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1, Client, reader

HOOK = Ref(CHANNEL, "hook")


def shop() -> Catalog:
    channel = {"type": "WEBHOOK", "name": "Hook", "url": "https://a.example"}
    rule = {"type": "invoice.created", "name": "billed", "channels": ["hook"]}
    return catalog(resource(CHANNEL, "hook", channel), resource(RULE, "billed", rule))


def three() -> tuple[Client, tuple[str, ...]]:
    """A channel that a rule names, and two more that carry its key: one that says the same, one that does not. Their ids, the oldest first."""
    client = client_of(Sandbox(seed=1))
    settle(shop(), client)
    body = {
        "type": "WEBHOOK",
        "name": "Hook",
        "url": "https://a.example",
        "metadata": {"catalogsync/key": "hook"},
    }
    for url in ("https://a.example", "https://else.example"):
        client.send("POST", "/notification/channels", {**body, "url": url})
    return client, reader.read(client).carriers(HOOK)


def keeping(id_: str, client: Client) -> Plan:
    plan = make_plan(shop(), reader.read(client), TARGET, PlanOptions(keep={HOOK: id_}))
    assert not plan.blocked
    return plan


def stopped_after(count: int, plan: Plan, client: Client) -> None:
    """The plan carried out, but for the steps that had not begun after so many ended."""
    stop, ended = threading.Event(), []

    def observe(outcome: Outcome) -> None:
        ended.append(outcome)
        if len(ended) >= count:
            stop.set()

    if count:
        executor.apply(plan, V1(client), Secrets(os.environ), observer=observe, stop=stop, workers=1)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("stop", range(5))
def test_the_chosen_one_stays(place: int, stop: int) -> None:
    client, ids = three()
    plan = keeping(ids[place], client)
    stopped_after(stop, plan, client)
    report = apply(plan, client)
    assert report.complete
    assert reader.read(client).carriers(HOOK) == (ids[place],)
    assert planned(shop(), client).steps == ()
    assert {one.status for one in apply(plan, client).outcomes} == {Status.ALREADY}


@pytest.mark.parametrize("place", range(3))
def test_where_the_chosen_one_is_gone_nothing_is_done(place: int) -> None:
    client, ids = three()
    plan = keeping(ids[place], client)
    rule = next(one for one in reader.read(client).groups.values() if one.ref.kind == RULE).active
    assert rule is not None
    client.send("DELETE", f"/notification/rules/{rule.id}")
    client.send("DELETE", f"/notification/channels/{ids[place]}")
    with pytest.raises(Refused) as problem:
        apply(plan, client)
    assert problem.value.code == "refused-stale"
    assert len(reader.read(client).carriers(HOOK)) == 2
