"""Two writers make a channel under one key at once: the one that came first stays, the later one is deleted by who made it, and both read so."""

from __future__ import annotations

import time

import pytest
from engine_helpers import apply, client_of, planned, settle, written

from catalogsync.core.report import Status
from catalogsync.executor import Seen
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader

CHANNEL = """\
kind: notification_channel
key: ops
name: Ops
type: WEBHOOK
url: https://a.example
"""
METER = """\
---
kind: meter
slug: calls
eventType: call
aggregation: COUNT
"""
THEIRS = {
    "type": "WEBHOOK",
    "name": "Theirs",
    "url": "https://b.example",
    "metadata": {"catalogsync/key": "ops"},
}


def disturbed(sandbox: Sandbox, at: str, body: dict[str, object]):
    """A client beside whose creation of a channel somebody else creates one, right before or right after."""
    client, theirs = client_of(sandbox), client_of(sandbox)
    through = client.send

    def send(method, path, said=None, query=None):
        creates = (method, path) == ("POST", "/notification/channels")
        if creates and at == "before":
            theirs.send(method, path, body)
        answer = through(method, path, said, query)
        if creates and at == "after":
            theirs.send(method, path, body)
        return answer

    client.send = send
    return client


def channels(sandbox: Sandbox) -> list[tuple[str, str]]:
    rows = client_of(sandbox).get("/notification/channels", {})["items"]
    return sorted((row["id"], row["name"]) for row in rows)


@pytest.mark.parametrize(("at", "stays"), [("before", "Theirs"), ("after", "Ops")])
def test_the_channel_that_came_first_stays(at, stays, tmp_path):
    sandbox = Sandbox(seed=1)
    client = disturbed(sandbox, at, THEIRS)
    report = apply(planned(written(tmp_path, CHANNEL + METER), client), client)
    deletions = [one.path for one in sandbox.requests if one.method == "DELETE"]
    assert [o.status for o in report.outcomes] == [Status.DONE, Status.DIFFERENT]
    message = report.outcomes[1].message
    ids = message.partition("time: ")[2].partition(" carry")[0].split(", ")
    assert ids == sorted(ids) and len(ids) == 2
    assert message.startswith("notification_channel/ops was made by somebody else at the same time")
    assert f"{ids[0]} came first and stays" in message and message.endswith("Plan again")
    if stays == "Theirs":
        assert channels(sandbox) == [(ids[0], "Theirs")]
        assert f", {ids[1]} was deleted" in message and [p.rsplit("/", 1)[1] for p in deletions] == [ids[1]]
    else:
        assert channels(sandbox) == [(ids[0], "Ops"), (ids[1], "Theirs")]
        assert "deleted" not in message and deletions == []


def test_somebody_s_channel_under_another_key_is_none_of_ours(tmp_path):
    sandbox = Sandbox(seed=1)
    client = disturbed(sandbox, "before", {**THEIRS, "metadata": {"catalogsync/key": "other"}})
    report = apply(planned(written(tmp_path, CHANNEL), client), client)
    assert [o.status for o in report.outcomes] == [Status.DONE]
    assert {name for _, name in channels(sandbox)} == {"Ops", "Theirs"}


def test_two_that_were_there_before_are_no_matter_of_this_run(tmp_path):
    """Only what a run makes itself can have been made twice by it: an update leaves both where they are."""
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    settle(written(tmp_path, CHANNEL), client)
    plan = planned(written(tmp_path, CHANNEL.replace("a.example", "c.example")), client)
    client.send("POST", "/notification/channels", THEIRS)
    report = apply(plan, client)
    assert [name for _, name in channels(sandbox)] == ["Ops", "Theirs"]
    assert not any("same time" in o.message for o in report.outcomes)


def test_what_changes_before_the_end_is_told_by_its_fields(tmp_path):
    """The look at the end of a run finds what somebody changed after the answer, and names the field with both values."""
    sandbox = Sandbox(seed=1)
    client, theirs = client_of(sandbox), client_of(sandbox)
    through = client.send

    def send(method, path, said=None, query=None):
        answer = through(method, path, said, query)
        if (method, path) == ("POST", "/meters"):
            theirs.send("PUT", "/meters/calls", {"name": "Somebody's"})
        return answer

    client.send = send
    report = apply(planned(written(tmp_path, METER.removeprefix("---\n")), client), client)
    (outcome,) = report.outcomes
    assert outcome.status is Status.DIFFERENT
    assert outcome.message == "done, and something else at the end of the run"
    assert [(f.path, f.before, f.after) for f in outcome.fields] == [("name", "calls", "Somebody's")]


def test_a_channel_that_came_since_the_read_is_seen_before_one_is_made(tmp_path):
    """What was read a while ago is looked at again before a write that the server would do twice."""
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    plan, read = planned(written(tmp_path, CHANNEL), client), reader.read(client)
    client.send("POST", "/notification/channels", THEIRS)
    sent = len([one for one in sandbox.requests if one.method == "POST"])
    report = apply(plan, client, seen=Seen(read, time.monotonic() - 10))
    assert [(o.status, o.message) for o in report.outcomes] == [
        (Status.FAILED, "somebody else changed it meanwhile; nothing was sent")
    ]
    assert len([one for one in sandbox.requests if one.method == "POST"]) == sent
