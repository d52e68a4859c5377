"""Others with another mind: what somebody made first under a name of the plan's is refused by name; what somebody changes between two of its
writes is never taken for done, and a new plan repairs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from engine_helpers import apply, client_of, planned
from scenarios import JOBS, catalog_for, prepared

from catalogsync.core.errors import Refused
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan, Step, Verb
from catalogsync.executor.live_view import View
from catalogsync.openmeter.kinds import ADDON, FEATURE, METER, PLAN, RULE
from catalogsync.sandbox import Sandbox
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1, Client, reader

CREATING = (Verb.CREATE, Verb.CREATE_DRAFT)


def writes(sandbox: Sandbox) -> int:
    return sum(request.method != "GET" for request in sandbox.requests)


def until(plan: Plan, step: Step) -> Plan:
    """The plan's steps before one of them."""
    return replace(plan, steps=tuple(s for s in plan.steps if s.number < step.number))


CREATED = [
    s.ref for s in planned(catalog_for("first"), client_of(Sandbox(seed=1))).steps if s.verb in CREATING
]


@pytest.mark.parametrize("ref", CREATED, ids=str)
def test_an_object_that_somebody_else_made_otherwise(ref: Ref) -> None:
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    plan = planned(catalog_for("first"), client)
    step = next(s for s in plan.steps if s.ref == ref)
    assert apply(until(plan, step), client).complete
    other = replace(step, body={**step.body, "name": "Somebody else's"})
    target = V1(client)
    target.send(target.encode(other), ref, View(reader.read(client), Secrets({})).plain)
    sent = writes(sandbox)
    with pytest.raises(Refused) as refused:
        apply(plan, client)
    assert refused.value.exit_code == 3
    assert [line for line in refused.value.message.splitlines() if line.startswith("  ") and str(ref) in line]
    assert writes(sandbox) == sent


def change(client: Client, ref: Ref) -> None:
    """What somebody else might do to a live object."""
    group = reader.read(client).group(ref)
    assert group.active is not None
    body: dict[str, Any] = {**group.active.body, "name": "Somebody else's"}
    if ref.kind in (PLAN, ADDON):
        client.send("POST", f"/{ref.kind}s", {**body, "validationErrors": None})
        return
    if ref.kind is FEATURE:
        client.send("DELETE", f"/features/{ref.key}")
        return
    if ref.kind is RULE:
        body |= {"channels": [c["id"] for c in body["channels"]]}
        body |= {"features": [f["id"] for f in body["features"]]} if "features" in body else {}
    collection = "meters" if ref.kind is METER else f"notification/{ref.kind.split('_')[1]}s"
    client.send("PUT", f"/{collection}/{group.active.id}", body)


class Between(httpx.BaseTransport):
    """Lets somebody else in, once, just before the chosen write is passed on."""

    def __init__(self, sandbox: Sandbox, number: int, visit: Callable[[], None]) -> None:
        self._inner, self._left, self._visit = sandbox.transport(), number, visit

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            self._left -= 1
            if self._left == 0:
                self._visit()
        return self._inner.handle_request(request)


def first_writer(sandbox: Sandbox, number: int, visit: Callable[[], None]) -> Client:
    return Client(
        "http://sandbox.localhost",
        transport=Between(sandbox, number, visit),
        workers=1,
        wait=lambda _: None,
        jitter=lambda: 0.5,
    )


def moments(job: str) -> range:
    return range(1, len(planned(catalog_for(job), client_of(prepared(job))).steps) + 1)


@pytest.mark.parametrize("job", JOBS)
def test_a_writer_with_another_mind(job: str) -> None:
    """Between any two writes somebody renames what the next step is about: the report owns up, a new plan repairs it."""
    for number in moments(job):
        sandbox = prepared(job)
        plan = planned(catalog_for(job), client_of(sandbox))
        meddled: list[Ref] = []

        def meddle(
            sandbox: Sandbox = sandbox, step: Step = plan.steps[number - 1], seen: list[Ref] = meddled
        ) -> None:
            client = client_of(sandbox)
            group = reader.read(client).group(step.ref)
            if group.active is not None and step.ref.kind is not FEATURE and not group.draft:
                change(client, step.ref)
                seen.append(step.ref)

        report = apply(plan, first_writer(sandbox, number, meddle), workers=1)
        client = client_of(sandbox)
        again = planned(catalog_for(job), client)
        if report.complete:
            assert again.is_empty, (number, meddled, again.changes)
        else:
            assert apply(again, client).complete
        assert planned(catalog_for(job), client).is_empty
