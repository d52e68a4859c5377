"""The way back: what a plan replaced comes back as far as the server allows, and what does not is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned, saved, settle, written
from engine_helpers import undoing as rolled_back
from scenarios import JOBS, catalog_for, prepared

from catalogsync.core.values import SecretRef
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.invariants import check_plan
from catalogsync.planner.transitions import agrees, any_version, seen
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader


def undoing(plan, client):
    back = rolled_back(plan, client)
    assert check_plan(back, {}) == ()
    return back


def said(plan, code="undo-incomplete"):
    return [d.summary for d in plan.diagnostics if d.code == code]


def holds(plan, client):
    """The active state of each touched object is as the plan had read it."""
    live = reader.read(client)
    for one in plan.preconditions:
        if one.touched:
            now = seen(one.ref, live)
            expected = any_version({**now, "active": one.state["active"]})
            assert agrees(one.ref, expected, live), one.ref
            assert now.get("draft") is None


@pytest.mark.parametrize("job", JOBS)
def test_a_job_done_and_taken_back(job, tmp_path):
    client = client_of(prepared(job))
    plan = saved(planned(catalog_for(job), client), tmp_path / "plan")
    assert apply(plan, client).complete
    back = undoing(plan, client)
    assert not back.blocked, back.diagnostics
    assert apply(saved(back, tmp_path / "back"), client).complete
    holds(plan, client)
    assert undoing(plan, client).is_empty
    if job != "first":
        assert planned(catalog_for("first"), client).is_empty
    assert said(back)


@pytest.mark.parametrize("job", ["update", "removal"])
def test_half_a_job_taken_back(job):
    total = len(planned(catalog_for(job), client_of(prepared(job))).steps)
    for number in range(total):
        client = client_of(prepared(job))
        plan = planned(catalog_for(job), client)
        assert apply(replace(plan, steps=plan.steps[:number]), client).complete
        back = undoing(plan, client)
        assert back.is_empty == (number == 0) and not back.blocked
        assert apply(back, client).complete
        holds(plan, client)


def test_what_stays_is_said():
    client = client_of(Sandbox(seed=1))
    plan = planned(catalog_of(EXAMPLE), client)
    apply(plan, client)
    told = "\n".join(said(undoing(plan, client)))
    assert "feature sso is archived, not removed" in told
    assert "plan pro: its published version is archived and stays" in told
    client = client_of(prepared("update"))
    plan = planned(catalog_for("update"), client)
    apply(plan, client)
    assert any(
        "plan pro: the old content comes back as a new version" in text
        for text in said(undoing(plan, client))
    )


def test_somebody_elses_change_is_not_taken_away():
    client = client_of(prepared("update"))
    plan = planned(catalog_for("update"), client)
    apply(plan, client)
    client.send("PUT", "/meters/active_users", {"name": "Somebody else's"})
    back = rolled_back(plan, client)
    assert back.blocked
    assert [d.subject for d in back.diagnostics if d.code == "undo-moved"] == ["meter/active_users"]


ADDON = """\
kind: addon
key: seats
name: Seats
currency: USD
instanceType: single
rateCards:
  - {type: flat_fee, key: seat, name: Seat, billingCadence: P1M, price: {type: flat, amount: 1}}
"""
DRAFT = ADDON.replace("amount: 1}", "amount: 2}") + "lifecycle: draft\n"


def test_a_draft_that_the_plan_made_goes_and_the_published_version_stays(tmp_path):
    client = client_of(Sandbox(seed=1))
    settle(written(tmp_path, ADDON), client)
    plan = planned(written(tmp_path, DRAFT), client)
    apply(plan, client)
    back = undoing(plan, client)
    assert [str(s.verb) for s in back.steps] == ["delete_draft"]
    assert apply(back, client).complete
    assert planned(written(tmp_path, ADDON), client).is_empty


def test_a_draft_that_the_plan_rewrote_is_written_back(tmp_path):
    client = client_of(Sandbox(seed=1))
    settle(written(tmp_path, DRAFT), client)
    plan = planned(written(tmp_path, DRAFT.replace("amount: 2", "amount: 3")), client)
    apply(plan, client)
    assert apply(undoing(plan, client), client).complete
    assert planned(written(tmp_path, DRAFT), client).is_empty


def test_a_draft_that_the_plan_published_is_archived_and_told(tmp_path):
    client = client_of(Sandbox(seed=1))
    settle(written(tmp_path, DRAFT), client)
    plan = planned(written(tmp_path, DRAFT.replace("lifecycle: draft\n", "")), client)
    apply(plan, client)
    back = undoing(plan, client)
    assert [str(s.verb) for s in back.steps] == ["archive"]
    assert any("draft that the plan found is not made again" in text for text in said(back))


CHANNEL = """\
kind: notification_channel
key: ops
name: Ops
type: WEBHOOK
url: {env: UNDO_URL}
signingSecret: {env: UNDO_SECRET}
"""


def test_a_channel_keeps_its_secrets_out_of_the_way_back(tmp_path, monkeypatch):
    url, secret = "https://hooks.example.com/canary", "whsec_" + "Y2FuYXJ5" * 5
    monkeypatch.setenv("UNDO_URL", url)
    monkeypatch.setenv("UNDO_SECRET", secret + "Zg==")
    client = client_of(Sandbox(seed=1))
    settle(written(tmp_path, CHANNEL), client)
    plan = planned(written(tmp_path, CHANNEL.replace("name: Ops", "name: Operations")), client)
    apply(plan, client)
    back = undoing(plan, client)
    assert url not in repr(back) and secret not in repr(back)
    assert back.steps[0].body["url"] == SecretRef("env", "UNDO_URL")
    assert apply(back, client).complete
    live = reader.read(client)
    (channel,) = [
        g.active for ref, g in live.groups.items() if KINDS[ref.kind].title == "notification channel"
    ]
    assert (channel.body["name"], channel.body["url"]) == ("Ops", url)


def test_a_deleted_channel_whose_url_was_a_secret_is_told_and_left(tmp_path, monkeypatch):
    monkeypatch.setenv("UNDO_URL", "https://hooks.example.com/canary")
    text = CHANNEL.replace("signingSecret: {env: UNDO_SECRET}\n", "")
    client = client_of(Sandbox(seed=1))
    settle(written(tmp_path, text), client)
    plan = planned(written(tmp_path, text + "lifecycle: deleted\n"), client)
    apply(plan, client)
    back = undoing(plan, client)
    assert back.is_empty and not back.blocked
    assert any("was a secret" in text for text in said(back))
