"""Who is touched by a plan: counted on a sandbox with customers, told the same in every format, by few calls, and never fatal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from impact_helpers import BASE, World

from catalogsync.app import impact as asking
from catalogsync.app.impact import impact_of
from catalogsync.core.impact import Impact, User
from catalogsync.core.model import Catalog, LiveState, Ref
from catalogsync.core.plan import Plan
from catalogsync.render import document, results
from catalogsync.render.formats import FORMATS
from catalogsync.store import planfile
from catalogsync.targets.errors import ApiError

PRO, CALLS, SSO, METER = (
    Ref.parse(text) for text in ("plan/pro", "feature/calls", "feature/sso", "meter/calls")
)
DEARER = BASE.replace('"0.01"', '"0.012"')
WITHOUT_SSO = DEARER[: DEARER.index("      - type: flat_fee")]


def told(plan: Plan) -> Impact:
    assert plan.impact is not None
    return plan.impact


def formats(plan: Plan) -> dict[str, str]:
    whole = document.of_plan(plan)
    return {name: FORMATS[name].render(whole, color=False) for name in ("text", "markdown", "html")}


def test_customers_by_version_and_where_new_ones_go(world: World) -> None:
    world.applied(BASE)
    world.subscribe("ann", "bob")
    world.applied(DEARER)
    world.subscribe("cid")
    plan = world.planned(DEARER.replace('"0.012"', '"0.013"'))
    found = told(plan).subscribers_of(PRO)
    assert found is not None
    assert (found.total, found.versions, found.rest, found.new_signups) == (3, ((2, 1), (1, 2)), 0, 3)
    for name, said in formats(plan).items():
        assert "customers who stay with what they have: 3 (1 on version 2, 2 on version 1)" in said, name
        assert "new sign-ups get version 3" in said, name
    (change,) = [one for one in results.of(document.of_plan(plan)) if one.code == "change-new-version"]
    assert "3 (1 on version 2, 2 on version 1); new sign-ups get version 3" in change.detail


def test_what_goes_is_a_danger_that_names_its_customers(world: World) -> None:
    world.applied(BASE)
    world.subscribe("ann", "bob")
    plan = world.planned(BASE + "lifecycle: archived\n")
    found = [one for one in results.of(document.of_plan(plan)) if one.code == "change-archive"]
    assert [one.subject for one in found] == ["plan/pro"] and "2 on version 1" in found[0].detail


def test_a_saved_plan_tells_the_same_and_json_has_a_key_of_its_own(world: World, tmp_path: Path) -> None:
    world.applied(BASE)
    world.subscribe("ann")
    plan = world.planned(WITHOUT_SSO)
    planfile.save(plan, tmp_path / "plan.json")
    again = planfile.load(tmp_path / "plan.json")
    assert again.impact == plan.impact
    for name, said in formats(again).items():
        assert "customers who stay with what they have: 1 (1 on version 1)" in said, name
    data: Any = document.of_plan(plan).data()
    body = data["impact"]
    assert body["subscribers"] == [
        {"kind": "plan", "key": "pro", "customers": 1, "versions": [{"version": 1, "customers": 1}], "unknownVersion": 0, "newSignups": 2}
    ]  # fmt: skip
    assert body["holders"] == [{"kind": "feature", "key": "sso", "entitlements": 1}]


def test_deleted_versions_count(world: World) -> None:
    world.applied(BASE)
    world.applied(DEARER + "lifecycle: draft\n")
    with world.server() as server:
        (draft,) = server.client.get("/plans", {"key": "pro", "status": "draft"})["items"]
        server.client.send("DELETE", f"/plans/{draft['id']}")
    plan = world.planned(DEARER)
    assert told(plan).subscribers_of(PRO).new_signups == 3  # type: ignore[union-attr]
    assert world.asked("/plans/pro") == 1


def test_a_draft_leaves_new_customers_where_they_go_now(world: World) -> None:
    world.applied(BASE)
    found = told(world.planned(DEARER + "lifecycle: draft\n")).subscribers_of(PRO)
    assert found is not None
    assert (found.total, found.new_signups) == (0, 1)


def test_an_archive_says_who_keeps_it(world: World) -> None:
    world.applied(BASE)
    world.subscribe("ann")
    plan = world.planned(BASE + "lifecycle: archived\n")
    assert told(plan).subscribers_of(PRO).new_signups is None  # type: ignore[union-attr]
    assert "new sign-ups: none, no version is published then" in formats(plan)["text"]


def test_a_feature_that_goes_names_the_versions_and_customers_that_have_it(world: World) -> None:
    world.applied(BASE)
    world.subscribe("ann", "bob")
    world.applied(WITHOUT_SSO)
    plan = world.planned(
        WITHOUT_SSO.replace("key: sso\nname: SSO\n", "key: sso\nname: SSO\nlifecycle: archived\n")
    )
    assert told(plan).users_of(SSO) == (User(PRO, (1,)),)
    assert told(plan).holders_of(SSO) == 2
    said = formats(plan)["text"]
    assert "used by plan/pro (version 1; 2 customers)" in said
    assert "active entitlements: 2" in said


def test_a_meter_that_changes_names_features_plans_and_customers(world: World) -> None:
    world.applied(BASE)
    world.subscribe("ann")
    plan = world.planned(BASE.replace("aggregation: COUNT\n", "aggregation: COUNT\nname: All calls\n"))
    assert told(plan).users_of(METER) == (User(CALLS), User(PRO, (1,)))
    assert (
        "used by feature/calls (1 active entitlement), plan/pro (version 1; 1 customer)"
        in formats(plan)["text"]
    )


ADDON = """\
---
kind: addon
key: extra
name: Extra
currency: USD
instanceType: single
rateCards:
  - {type: flat_fee, key: extra, name: Extra, billingCadence: P1M, price: {type: flat, amount: "5"}}
"""


def test_an_add_on_names_the_plans_outside_the_catalog_that_offer_it(world: World) -> None:
    world.applied(BASE + "addons: [{addon: extra, fromPlanPhase: main}]\n" + ADDON)
    world.subscribe("ann")
    plan = world.planned(ADDON.removeprefix("---\n").replace('"5"', '"6"'))
    assert told(plan).users_of(Ref.parse("addon/extra")) == (User(PRO, (1,), in_catalog=False),)
    line = "offered outside this catalog, with the version it has now: plan/pro (version 1; 1 customer; not in this catalog)"
    assert line in formats(plan)["text"]


def test_few_calls_and_none_when_nothing_changes_or_nobody_asks(world: World) -> None:
    world.applied(BASE)
    world.planned(BASE)
    assert world.asked("/customers") == world.asked("/entitlements") == 0
    world.planned(DEARER)
    assert (world.asked("/customers"), world.asked("/entitlements")) == (1, 0)
    assert world.planned(DEARER, impact=False).impact is None
    assert world.asked("/customers") == 0


def test_a_second_version_costs_a_call_more_where_there_are_customers(world: World) -> None:
    world.applied(BASE)
    world.applied(DEARER)
    world.planned(BASE)
    assert world.asked("/customers") == 1
    world.subscribe("ann")
    world.planned(BASE)
    assert world.asked("/customers") == 2


def test_the_calls_are_bounded_and_what_was_not_asked_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_OBJECTS", 1)
    monkeypatch.setattr(asking, "MOST_PAGES", 0)
    world.applied(BASE)
    world.applied(DEARER)
    world.subscribe("ann")
    plan = world.planned(WITHOUT_SSO.replace('"0.012"', '"0.013"'))
    assert (world.asked("/customers"), world.asked("/entitlements")) == (1, 0)
    assert told(plan).subscribers_of(PRO).rest == 1  # type: ignore[union-attr]
    assert any(SSO in one.refs for one in told(plan).unread)
    assert (
        "not known: customers and entitlements of feature/sso: more than 1 objects are touched"
        in formats(plan)["text"]
    )


class Refusing:
    """A server that does not let customers be read."""

    workers = 2

    def __init__(self, status: int) -> None:
        self.status, self.calls = status, 0

    def get(self, path: str, _query: Any) -> Any:
        self.calls += 1
        if path == "/customers":
            raise ApiError(f"GET {path}: {self.status}", status=self.status)
        return {"totalCount": 7}


@pytest.mark.parametrize("status", [401, 403, 404])
def test_without_permission_one_line_is_said(world: World, status: int) -> None:
    world.applied(BASE)
    plan = world.planned(WITHOUT_SSO)
    with world.server() as server:
        live: LiveState = server.read()
    server_that_refuses: Any = Refusing(status)
    found = impact_of(plan, Catalog({}), live, server_that_refuses)
    assert [one.refs for one in found.unread] == [(PRO,)]
    assert str(status) in found.unread[0].why
    assert found.holders_of(SSO) == 7, "what is allowed is told"
    assert found.subscribers_of(PRO) is None
    assert server_that_refuses.calls == 2, "one refusal is enough"
