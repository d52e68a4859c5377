"""Apply: what is already in the desired state is not sent, what moved is refused by name, what fails stops the rest, nothing is guessed."""

from __future__ import annotations

import json
import shutil
import threading
import time
from dataclasses import replace

import httpx
import pytest
from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned, settle, written
from texts import CALLS

from catalogsync.core import canon
from catalogsync.core.errors import Refused, TargetError
from catalogsync.core.model import LiveState, Ref
from catalogsync.core.report import Status
from catalogsync.core.values import IdRef, SecretRef
from catalogsync.executor.live_view import View
from catalogsync.sandbox import Fault, Sandbox
from catalogsync.store import planfile, saved_plan_json
from catalogsync.store.secrets import Secrets
from catalogsync.targets import path_text
from catalogsync.targets.v1 import Client, encode

METERS = (
    CALLS
    + """\
---
kind: meter
slug: other
eventType: other
aggregation: COUNT
"""
)


@pytest.fixture
def sandbox():
    return Sandbox(seed=1)


def writes(sandbox):
    return [r for r in sandbox.requests if r.method != "GET"]


def statuses(report):
    return [str(o.status) for o in report.outcomes]


def test_applied_twice_the_second_sends_nothing(sandbox):
    client = client_of(sandbox)
    plan = planned(catalog_of(EXAMPLE), client)
    assert set(statuses(apply(plan, client))) == {"done"}
    sent = len(writes(sandbox))
    assert sent == len(plan.steps)
    assert set(statuses(apply(plan, client))) == {"already"}
    assert len(writes(sandbox)) == sent


def test_from_every_prefix_only_the_rest_is_sent():
    catalog = catalog_of(EXAMPLE)
    total = len(planned(catalog, client_of(Sandbox(seed=1))).steps)
    for stop in range(total + 1):
        sandbox = Sandbox(seed=1)
        client = client_of(sandbox)
        plan = planned(catalog, client)
        sandbox.break_with(Fault("503-before", method="POST", number=stop + 1, times=None))
        first = apply(plan, client, workers=1)
        done = sum(o.status.is_good for o in first.outcomes)
        assert done >= stop
        sandbox.break_with()
        second = apply(plan, client, workers=1)
        assert second.complete
        assert statuses(second).count("already") == done


@pytest.mark.parametrize("stop", range(4))
def test_a_published_plan_is_archived_and_deleted(stop, tmp_path):
    whole = shutil.copytree(EXAMPLE, tmp_path / "catalog")
    client = client_of(Sandbox(seed=1))
    assert apply(planned(catalog_of(whole), client), client).complete
    file = whole / "plans" / "enterprise.yaml"
    file.write_text(file.read_text("utf-8") + "lifecycle: deleted\n", "utf-8")
    plan = planned(catalog_of(whole), client)
    assert [str(step.verb) for step in plan.steps] == ["archive", "delete"]
    apply(replace(plan, steps=plan.steps[:stop]), client)
    report = apply(plan, client)
    assert statuses(report) == ["already"] * min(stop, 2) + ["done"] * max(0, 2 - stop)
    assert planned(catalog_of(whole), client).steps == ()
    assert "enterprise" not in {row["key"] for row in client.get("/plans", {})["items"]}


def test_what_moved_is_refused_by_object_and_field(sandbox, tmp_path):
    client = client_of(sandbox)
    settle(written(tmp_path, METERS), client)
    wished = METERS.replace("eventType: other", "eventType: other\nname: Others")
    plan = planned(
        written(tmp_path, wished.replace("eventType: call\n", "eventType: call\nname: Calls\n")), client
    )
    client.send("PUT", "/meters/other", {"name": "Somebody's"})
    sent = len(writes(sandbox))
    with pytest.raises(Refused) as refused:
        apply(plan, client)
    assert (refused.value.exit_code, refused.value.code) == (3, "refused-stale")
    assert "meter/other" in refused.value.message
    assert "name" in refused.value.message and "Somebody's" in refused.value.message
    assert "meter/calls" not in refused.value.message
    assert len(writes(sandbox)) == sent


def test_unrelated_drift_passes(sandbox, tmp_path):
    client = client_of(sandbox)
    settle(written(tmp_path, METERS), client)
    plan = planned(
        written(tmp_path, METERS.replace("eventType: other", "eventType: other\nname: Others")), client
    )
    client.send("POST", "/meters", {"slug": "third", "eventType": "x", "aggregation": "COUNT"})
    client.send("PUT", "/meters/calls", {"name": "Drifted"})
    assert apply(plan, client).complete


def test_done_by_somebody_else_is_already(sandbox, tmp_path):
    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS), client)
    first = plan.steps[0]
    request = encode(first)
    client.send(request.method, path_text(request), request.body)
    report = apply(plan, client)
    assert report.complete
    assert report.outcomes[0].status is Status.ALREADY


def test_accepted_and_dropped_is_different(sandbox, tmp_path):
    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS), client)
    through = client.send

    def losing(method, path, body=None, query=None):
        if method == "POST" and body.get("slug") == "calls":
            body = {**body, "name": "Lost"}
        return through(method, path, body, query)

    client.send = losing
    report = apply(plan, client, workers=1)
    (bad,) = [o for o in report.outcomes if o.status is Status.DIFFERENT]
    assert bad.step.ref.key == "calls"
    assert [f.path for f in bad.fields] == ["name"] and bad.fields[0].after == "Lost"
    assert not report.complete


def test_a_failure_stops_the_run_and_each_step_says_why(sandbox, tmp_path):
    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS), client)
    sandbox.break_with(Fault("429", method="POST", times=None))
    report = apply(plan, client, workers=1)
    by_key = {str(o.step.ref): o for o in report.outcomes}
    assert by_key["meter/calls"].status is Status.FAILED and by_key["meter/calls"].http_status == 429
    assert by_key["meter/other"].status is Status.NOT_TRIED
    assert by_key["feature/calls"].status is Status.SKIPPED
    sandbox.break_with()
    assert apply(plan, client).complete


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("reset-before", "sent again, as nothing was seen of an earlier try: POST "),
        ("500-before", "sent again, as nothing was seen of an earlier try: POST "),
        ("reset-after", "no answer came; read back in the desired state"),
    ],
)
def test_a_step_without_an_answer_says_what_became_of_it(sandbox, tmp_path, fault, said):
    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS), client)
    sandbox.break_with(Fault(fault, method="POST"))
    report = apply(plan, client, workers=1)
    assert statuses(report) == ["done"] * 3
    assert report.outcomes[0].message.startswith(said)
    assert [o.message for o in report.outcomes[1:]] == ["", ""]


CHANNEL = """\
kind: notification_channel
key: ops
name: Ops
type: WEBHOOK
url: https://hooks.example.com/x
signingSecret: {env: HANDS_CANARY}
"""


def test_a_missing_secret_is_refused_before_anything_is_sent(sandbox, tmp_path, monkeypatch):
    monkeypatch.delenv("HANDS_CANARY", raising=False)
    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS + "---\n" + CHANNEL), client)
    before = len(sandbox.requests)
    with pytest.raises(Refused, match="HANDS_CANARY") as refused:
        apply(plan, client)
    assert (refused.value.code, refused.value.exit_code) == ("secret-missing", 3)
    assert len(sandbox.requests) == before


CANARY = "whsec_" + "Q0FOQVJZY2FuYXJ5Q0FOQVJZ" + "Y2FuYXJ5"


def test_the_secret_goes_to_the_server_and_nowhere_else(sandbox, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDS_CANARY", CANARY)
    from catalogsync.executor.journal import Journal

    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS + "---\n" + CHANNEL), client)
    path = tmp_path / "plan.json"
    planfile.save(plan, path)
    journal = Journal(tmp_path / "plan.json.journal", plan)
    sandbox.break_with(Fault("500-before", method="POST", path="*/channels"))
    report = apply(plan, client, journal=journal)
    journal.close()
    assert report.complete
    assert CANARY in json.dumps(sandbox.state(), default=str)
    told = [repr(report), repr(plan), *(p.read_text("utf-8") for p in (path, tmp_path / "plan.json.journal"))]
    assert not any(CANARY in text or CANARY[6:] in text for text in told)


def test_an_altered_precondition_is_refused(sandbox, tmp_path):
    from dataclasses import replace

    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS), client)
    one = replace(plan.preconditions[0], state={"active": {"name": "x"}})
    with pytest.raises(Refused) as refused:
        apply(replace(plan, preconditions=(one, *plan.preconditions[1:])), client)
    assert refused.value.code == "plan-tampered"


def test_ids_of_what_is_not_there():
    view = View(LiveState({}), Secrets({}), 0.0)
    with pytest.raises(TargetError, match="no draft version of plan/pro") as missing:
        view.plain(IdRef(Ref.parse("plan/pro"), "draft"), Ref.parse("plan/pro"))
    assert missing.value.code == "live-missing"
    with pytest.raises(Refused, match="NOWHERE"):
        view.plain(SecretRef("env", "NOWHERE"), Ref.parse("plan/pro"))


class Pool(httpx.BaseTransport):
    """A server whose database has few connections: each write holds one, and asks for another before it is answered."""

    def __init__(self, behind, connections):
        self._behind, self._free = behind, threading.BoundedSemaphore(connections)

    def handle_request(self, request):
        if request.method == "GET":
            return self._behind.handle_request(request)
        with self._free:
            time.sleep(0.01)
            if not self._free.acquire(timeout=0.2):
                raise httpx.ReadTimeout("all connections wait for each other", request=request)
            self._free.release()
            return self._behind.handle_request(request)


def through_a_pool(**more):
    """What becomes of the example catalog on a server with four database connections."""
    pool = Pool(Sandbox(seed=1).transport(), connections=4)
    client = Client("http://sandbox.localhost", transport=pool, wait=lambda _seconds: None)
    report = apply(planned(catalog_of(EXAMPLE), client), client, **more)
    return {o.message for o in report.outcomes}


def test_a_server_with_few_database_connections_is_not_brought_to_a_halt():
    assert through_a_pool() == {""}
    assert any("wait for each other" in message for message in through_a_pool(workers=8))


@pytest.mark.parametrize("workers", [1, 2, 8, 32])
def test_any_number_of_workers_comes_to_the_same(workers):
    client = client_of(Sandbox(seed=1), workers=workers)
    catalog = catalog_of(EXAMPLE)
    report = apply(planned(catalog, client), client, workers=workers)
    assert report.complete
    assert [o.step.number for o in report.outcomes] == [s.number for s in report.plan.steps]
    assert planned(catalog, client).steps == ()
    assert canon.fingerprint(saved_plan_json.to_json(report.plan)) == canon.fingerprint(
        saved_plan_json.to_json(planned(catalog, client_of(Sandbox(seed=1))))
    )


ADDON = """\
kind: addon
key: seats
name: Seats
currency: USD
instanceType: single
rateCards:
  - {type: flat_fee, key: seat, name: Seat, billingCadence: P1M, price: {type: flat, amount: 1}}
"""


def test_a_number_that_a_deleted_draft_had_is_no_sign_of_somebody_else(sandbox, tmp_path):
    """The server gives no version number twice: a gap before a new draft does not mean that others made a version."""
    client = client_of(sandbox)
    settle(written(tmp_path, ADDON), client)
    settle(written(tmp_path, ADDON.replace("amount: 1", "amount: 2") + "lifecycle: draft\n"), client)
    draft = next(row for row in client.get("/addons", {})["items"] if row["status"] == "draft")
    client.send("DELETE", f"/addons/{draft['id']}")
    plan = planned(written(tmp_path, ADDON.replace("amount: 1", "amount: 3")), client)
    report = apply(plan, client)
    assert [str(step.verb) for step in plan.steps] == ["create_draft", "publish"]
    assert statuses(report) == ["done", "done"]
    (active,) = [row for row in client.get("/addons", {})["items"] if row["status"] == "active"]
    assert active["version"] == draft["version"] + 1


class Repeating(httpx.BaseTransport):
    """A server that refuses each channel and repeats in its words what it was sent."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return self._inner.handle_request(request)
        sent = json.loads(request.read())
        said = [{"code": "bad", "message": f"no such host: {sent['url']}", "field": sent["signingSecret"]}]
        problem = {
            "status": 400,
            "title": "Bad Request",
            "detail": f"cannot send {sent['customHeaders']} to {sent['url']}",
            "extensions": {"validationErrors": said},
        }
        return httpx.Response(400, json=problem)


def test_a_server_that_repeats_what_it_was_sent_makes_no_secret_known(sandbox, tmp_path, monkeypatch):
    secrets = {
        "ECHO_URL": "https://hooks.example.com/T0/very-hidden-path",
        "ECHO_HEADER": "opaque header value",
        "ECHO_SIGNING": "whsec_" + "QUJD" * 8,
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    channel = CHANNEL.replace("https://hooks.example.com/x", "{env: ECHO_URL}").replace(
        "HANDS_CANARY", "ECHO_SIGNING"
    )
    catalog = written(tmp_path, channel + "customHeaders: {X-Mine: {env: ECHO_HEADER}}\n")
    client = Client("http://sandbox.localhost", transport=Repeating(sandbox), workers=1)
    (outcome,) = apply(planned(catalog, client), client).outcomes
    assert outcome.status is Status.FAILED and "cannot send {'X-Mine': '…'} to …" in outcome.message
    assert not any(value in repr(outcome) for value in secrets.values())
