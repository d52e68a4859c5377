"""What no state shows: a secret that was not kept is told, an unanswered change of a secret is not taken for done, a refusal names the add-on."""

from __future__ import annotations

import os

import pytest
from engine_helpers import EXAMPLE, TARGET, apply, catalog_of, client_of, planned, settle, written

from catalogsync.core.changes import FieldChange
from catalogsync.core.model import LiveAssignment, LiveGroup, LiveResource, Ref
from catalogsync.core.plan import Step, Verb
from catalogsync.core.report import Status
from catalogsync.executor.postchecks import not_kept, unfit_offers
from catalogsync.openmeter.kinds import PLAN
from catalogsync.planner import PlanOptions, make_plan
from catalogsync.sandbox import Fault, Sandbox
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import reader

OLD, NEW = "whsec_" + "b2xk" * 10, "whsec_" + "bmV3" * 10
CHANNEL = """\
kind: notification_channel
key: ops
name: Ops
type: WEBHOOK
url: https://hooks.example.com/x
signingSecret: {env: HINDSIGHT_SECRET}
"""


@pytest.fixture
def rotation(tmp_path, monkeypatch):
    """A live channel with an old secret, and the plan that gives it the new one: a change that no state shows."""
    monkeypatch.setenv("HINDSIGHT_SECRET", OLD)
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    catalog = written(tmp_path, CHANNEL)
    settle(catalog, client)
    monkeypatch.setenv("HINDSIGHT_SECRET", NEW)
    plan = make_plan(catalog, reader.read(client), TARGET, PlanOptions(reveal=Secrets(os.environ).reveal))
    assert [step.verb for step in plan.steps] == [Verb.UPDATE]
    return sandbox, client, plan


def stored(sandbox):
    (channel,) = sandbox.state()["channels"]
    return channel["signingSecret"]


@pytest.mark.parametrize("kind", ["reset-before", "500-before", "503-before", "reset-after", "cut"])
def test_an_unanswered_change_of_a_secret_is_looked_at(rotation, kind):
    sandbox, client, plan = rotation
    sandbox.break_with(Fault(kind, method="PUT"))
    report = apply(plan, client)
    assert report.complete and stored(sandbox) == NEW


def test_a_secret_that_was_dropped_is_different_and_not_shown(rotation):
    sandbox, client, plan = rotation
    through = client.send

    def dropping(method, path, body=None, query=None):
        if method == "PUT":
            body = {**body, "signingSecret": OLD}
        return through(method, path, body, query)

    client.send = dropping
    report = apply(plan, client)
    (outcome,) = report.outcomes
    assert outcome.status is Status.DIFFERENT and stored(sandbox) == OLD
    assert [field.path for field in outcome.fields] == ["signingSecret"]
    assert not any(secret in repr(report) for secret in (OLD, NEW))


def test_a_refused_publish_names_the_addon_that_does_not_fit():
    client = client_of(Sandbox(seed=1))
    catalog = catalog_of(EXAMPLE)
    plan = planned(catalog, client)
    step = next(s for s in plan.steps if s.verb is Verb.PUBLISH and str(s.ref) == "plan/pro")
    through = client.send

    def meddling(method, path, body=None, query=None):
        if method == "POST" and path.endswith("/publish"):
            addon = reader.read(client).group(Ref.parse("addon/premium_support")).active
            if path.startswith("/plans/") and addon is not None:
                through("POST", f"/addons/{addon.id}/archive")
        return through(method, path, body, query)

    client.send = meddling
    report = apply(plan, client, workers=1)
    outcome = next(o for o in report.outcomes if o.step.number == step.number)
    assert outcome.status is Status.FAILED
    assert "add-on premium_support: " in outcome.message


ERRORS = [{"code": "archived", "message": "is archived"}, "no entry"]


@pytest.mark.parametrize(
    ("verb", "errors", "told"),
    [
        (Verb.PUBLISH, ERRORS, ["add-on pack: is archived [archived]"]),
        (Verb.ATTACH, ERRORS, []),
        (Verb.PUBLISH, None, []),
    ],
)
def test_only_a_publish_is_refused_for_its_offers(verb, errors, told):
    ref = Ref(PLAN, "pro")
    offer = LiveAssignment("pack", "1", 1, {"validationErrors": errors})
    draft = LiveResource(PLAN, "2", "pro", "draft", {}, 1, (offer,))
    step = Step(1, verb, ref, None, "")
    assert unfit_offers(step, LiveGroup(ref, draft=draft)) == told
    assert unfit_offers(step, LiveGroup(ref)) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("a", None, "the server did not keep spec.x"),
        ("a", "b", ""),
        (None, "b", ""),
    ],
)
def test_only_what_came_back_without_a_value_was_not_kept(before, after, told):
    assert not_kept([FieldChange("spec.x", before, after)]) == told
