"""Rehearsals: a good plan is proven on a twin, a bad one is caught there, and the live server is only read."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from engine_helpers import EXAMPLE, TARGET, catalog_of, client_of, planned, settle, written
from texts import CALLS

from catalogsync.app.rehearse import rehearse
from catalogsync.core.errors import Refused, TargetError
from catalogsync.planner import PlanOptions, make_plan
from catalogsync.sandbox import Fault, Sandbox
from catalogsync.store import planfile
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import reader
from catalogsync.targets.v1.support import server_of

SECRETS = Secrets(os.environ)
NEWEST = server_of("", b"")
"""What a server that tells nothing of itself is taken for."""


def proven(catalog, client):
    return rehearse(planned(catalog, client), catalog, client, SECRETS, PlanOptions(), NEWEST)


def test_the_example_is_proven_and_the_live_server_only_read(tmp_path):
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    plan = proven(catalog_of(EXAMPLE), client)
    proof = plan.rehearsal
    assert proof is not None and proof.passed, proof
    assert proof.steps == proof.prefixes == proof.prefixes_converging == len(plan.steps)
    assert {r.method for r in sandbox.requests} == {"GET"}
    planfile.save(plan, tmp_path / "plan")
    assert planfile.load(tmp_path / "plan") == plan


def test_an_update_on_what_is_live_is_proven(tmp_path):
    client = client_of(Sandbox(seed=1))
    settle(catalog_of(EXAMPLE), client)
    overlay = tmp_path / "dearer"
    overlay.mkdir()
    for path in EXAMPLE.rglob("*.yaml"):
        (overlay / path.name).write_text(
            path.read_text("utf-8")
            .replace("amount: 60,", "amount: 65,")
            .replace("amount: 49,", "amount: 59,"),
            "utf-8",
        )
    plan = proven(catalog_of(overlay), client)
    assert plan.steps and plan.rehearsal.passed, plan.rehearsal


def test_nothing_to_do_is_proven_at_once():
    client = client_of(Sandbox(seed=1))
    settle(catalog_of(EXAMPLE), client)
    proof = proven(catalog_of(EXAMPLE), client).rehearsal
    assert proof.passed and proof.steps == proof.prefixes == 0


def test_a_plan_that_leaves_something_out_is_not_proven(tmp_path):
    client = client_of(Sandbox(seed=1))
    catalog = written(tmp_path, CALLS)
    plan = planned(catalog, client)
    proof = rehearse(
        replace(plan, steps=plan.steps[:1]), catalog, client, SECRETS, PlanOptions(), NEWEST
    ).rehearsal
    assert not proof.passed and not proof.second_plan_empty


def test_a_step_that_the_server_would_refuse_is_found(tmp_path):
    client = client_of(Sandbox(seed=1))
    catalog = written(tmp_path, CALLS)
    plan = planned(catalog, client)
    first = replace(
        plan.steps[0], body={**plan.steps[0].body, "aggregation": "SUM"}
    )  # SUM needs a valueProperty
    proof = rehearse(
        replace(plan, steps=(first, *plan.steps[1:])), catalog, client, SECRETS, PlanOptions(), NEWEST
    ).rehearsal
    assert not proof.passed
    assert any("step 1 (create meter/calls)" in text for text in proof.failures), proof


def test_a_live_server_that_cannot_be_copied():
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    catalog = catalog_of(EXAMPLE / "meters")
    plan = planned(catalog, client)
    sandbox.break_with(Fault("reset-before", times=None))
    with pytest.raises(TargetError, match="cannot be copied"):
        rehearse(plan, catalog, client, SECRETS, PlanOptions(), NEWEST)


@pytest.mark.parametrize("name", ["Ops", "Operations"])
def test_a_signing_secret_that_is_in_step_stays_so_on_the_twin(tmp_path, monkeypatch, name):
    """A plan that leaves a channel, and its secret, as they are, and one that changes something else of it."""
    monkeypatch.setenv("REHEARSED_SECRET", "whsec_" + "A" * 32)
    channel = "kind: notification_channel\nkey: ops\nname: Ops\ntype: WEBHOOK\nurl: https://a.example\nsigningSecret: {env: REHEARSED_SECRET}\n"
    secrets = Secrets(os.environ)
    options = PlanOptions(reveal=secrets.reveal)
    client = client_of(Sandbox(seed=1))
    settle(written(tmp_path, channel), client)
    catalog = written(tmp_path, channel.replace("name: Ops", f"name: {name}"))
    plan = make_plan(catalog, reader.read(client), TARGET, options)
    assert len(plan.steps) == (name != "Ops")
    assert rehearse(plan, catalog, client, secrets, options, NEWEST).rehearsal.passed


def test_a_missing_secret_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv("REHEARSED_SECRET", raising=False)
    channel = "kind: notification_channel\nkey: ops\nname: Ops\ntype: WEBHOOK\nurl: {env: REHEARSED_SECRET}\n"
    with pytest.raises(Refused, match="REHEARSED_SECRET"):
        proven(written(tmp_path, channel), client_of(Sandbox(seed=1)))
