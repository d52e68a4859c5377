"""From these files and this live state, exactly these steps: one case per transition of docs/architecture.md#planner and
docs/server/engine.md#plans-and-addons.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sandboxworld import SECRET, SandboxWorld
from strategies import catalog, resource

from catalogsync.core.changes import Action
from catalogsync.core.model import Lifecycle, LiveGroup, LiveState, Ref, Resource
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.core.values import IdRef, LiveValue, SecretRef
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, METER, PLAN, RULE
from catalogsync.planner import PlanOptions, make_plan
from catalogsync.targets import path_text
from catalogsync.targets.v1 import encode

DRAFT, ARCHIVED, DELETED = Lifecycle.DRAFT, Lifecycle.ARCHIVED, Lifecycle.DELETED
NO_OPTIONS = PlanOptions()


def meter(**body: Any) -> Resource:
    return resource(METER, "tokens", {"aggregation": "SUM", "eventType": "t", "valueProperty": "$.v", **body})


def feature(key: str = "api", **body: Any) -> Resource:
    return resource(FEATURE, key, {"name": "API", **body})


def card(key: str = "api", amount: Any = "10", **body: Any) -> dict[str, Any]:
    price = {"type": "flat", "amount": amount}
    return {
        "type": "flat_fee",
        "key": key,
        "name": key,
        "featureKey": key,
        "billingCadence": "P1M",
        "price": price,
        **body,
    }


def addon(key: str = "pack", amount: Any = "5", **body: Any) -> Resource:
    cards = [{**card("setup", amount), "featureKey": None}]
    return resource(
        ADDON,
        key,
        {"name": "Pack", "currency": "USD", "instanceType": "single", "rateCards": cards, **body},
    )


def plan(key: str = "pro", amount: Any = "10", offers: tuple[str, ...] = (), **body: Any) -> Resource:
    phases = [{"key": "main", "name": "Main", "rateCards": [card(amount=amount)]}]
    addons = [{"addon": name, "fromPlanPhase": "main"} for name in offers]
    return resource(
        PLAN,
        key,
        {
            "name": "Pro",
            "currency": "USD",
            "billingCadence": "P1M",
            "phases": phases,
            "addons": addons,
            **body,
        },
    )


def channel(key: str = "ops", **body: Any) -> Resource:
    return resource(CHANNEL, key, {"type": "WEBHOOK", "name": key, "url": "https://a.example", **body})


def rule(key: str = "billed", channels: tuple[str, ...] = ("ops",), **body: Any) -> Resource:
    return resource(RULE, key, {"type": "invoice.created", "name": key, "channels": list(channels), **body})


def life(item: Resource, lifecycle: Lifecycle) -> Resource:
    return replace(item, lifecycle=lifecycle)


def live(*stages: tuple[Resource, ...]) -> SandboxWorld:
    """A server on which these catalogs were applied one after the other."""
    twin = SandboxWorld()
    for stage in stages:
        twin.run(planned(twin, *stage))
    return twin


def planned(twin: SandboxWorld, *resources: Resource, options: PlanOptions = NO_OPTIONS) -> Plan:
    """A plan, which the planner itself proves honest."""
    return make_plan(catalog(*resources), twin.read(), TargetIdentity("http://twin.invalid"), options)


def lines(made: Plan) -> list[str]:
    return [
        f"{s.number} {s.verb} {s.ref}{' ' + s.addon if s.addon else ''} {s.needs or ''}".rstrip()
        for s in made.steps
    ]


BASE = (feature(), addon(), plan(offers=("pack",)))

CASES: dict[str, tuple[tuple[tuple[Resource, ...], ...], tuple[Resource, ...], list[str]]] = {
    "everything is new": (
        (),
        (meter(), feature(meterSlug="tokens"), addon(), plan(offers=("pack",)), channel(), rule()),
        [
            "1 create meter/tokens",
            "2 create feature/api (1,)",
            "3 create_draft addon/pack",
            "4 publish addon/pack (3,)",
            "5 create_draft plan/pro (2,)",
            "6 attach plan/pro pack (4, 5)",
            "7 publish plan/pro (6,)",
            "8 create notification_channel/ops",
            "9 create notification_rule/billed (8,)",
        ],
    ),
    "equal is nothing": ((BASE,), BASE, []),
    "a missing file removes nothing": ((BASE,), (feature(),), []),
    "meter in place": (((meter(),),), (meter(name="New", groupBy={"a": "$.a"}),), ["1 update meter/tokens"]),
    "meter's description cannot go": (((meter(description="x"),),), (meter(),), []),
    "meter deleted": (((meter(),),), (life(meter(), DELETED),), ["1 delete meter/tokens"]),
    "absent and deleted": ((), (life(meter(), DELETED), life(plan(), DELETED), life(channel(), DELETED)), []),
    "absent and archived": (
        (),
        (life(feature(), ARCHIVED), life(plan(), ARCHIVED), life(addon(), ARCHIVED)),
        [],
    ),
    "feature archived": (((feature(),),), (life(feature(), ARCHIVED),), ["1 archive feature/api"]),
    "feature comes back": (
        ((feature(),), (life(feature(), ARCHIVED),)),
        (feature(),),
        ["1 create feature/api"],
    ),
    "meter and its feature go": (
        ((meter(), feature(meterSlug="tokens")),),
        (life(meter(), DELETED), life(feature(), ARCHIVED)),
        ["1 archive feature/api", "2 delete meter/tokens (1,)"],
    ),
    "groupBy key goes with the feature that filters on it": (
        ((meter(groupBy={"a": "$.a"}), feature(meterSlug="tokens", meterGroupByFilters={"a": "x"})),),
        (meter(), life(feature(), ARCHIVED)),
        ["1 archive feature/api", "2 update meter/tokens (1,)"],
    ),
    "groupBy key comes for a feature": (
        ((meter(),),),
        (meter(groupBy={"a": "$.a"}), feature(meterSlug="tokens", meterGroupByFilters={"a": "x"})),
        ["1 update meter/tokens", "2 create feature/api (1,)"],
    ),
    "plan changes": (
        ((feature(), plan()),),
        (feature(), plan(amount="11")),
        ["1 create_draft plan/pro", "2 publish plan/pro (1,)"],
    ),
    "plan with offers changes": (
        (BASE,),
        (feature(), addon(), plan(amount="11", offers=("pack",))),
        ["1 create_draft plan/pro", "2 attach plan/pro pack (1,)", "3 publish plan/pro (2,)"],
    ),
    "offer with metadata is written twice": (
        (BASE,),
        (
            feature(),
            addon(),
            plan(addons=[{"addon": "pack", "fromPlanPhase": "main", "metadata": {"a": "b"}}]),
        ),
        [
            "1 create_draft plan/pro",
            "2 attach plan/pro pack (1,)",
            "3 update_attachment plan/pro pack (2,)",
            "4 publish plan/pro (3,)",
        ],
    ),
    "add-on changes, and every plan that offers it": (
        ((*BASE, plan("free", offers=("pack",))),),
        (feature(), addon(amount="6"), plan(offers=("pack",)), plan("free", offers=("pack",))),
        [
            "1 create_draft addon/pack",
            "2 publish addon/pack (1,)",
            "3 create_draft plan/free",
            "4 create_draft plan/pro",
            "5 attach plan/free pack (2, 3)",
            "6 attach plan/pro pack (2, 4)",
            "7 publish plan/free (5,)",
            "8 publish plan/pro (6,)",
        ],
    ),
    "draft asked for": ((BASE,), (life(plan(amount="11"), DRAFT),), ["1 create_draft plan/pro"]),
    "draft equal to the published version": ((BASE,), (addon(), life(plan(offers=("pack",)), DRAFT)), []),
    "draft kept": ((BASE, (life(plan(amount="11"), DRAFT),)), (life(plan(amount="11"), DRAFT),), []),
    "draft changed": (
        (BASE, (life(plan(amount="11"), DRAFT),)),
        (life(plan(amount="12"), DRAFT),),
        ["1 update_draft plan/pro"],
    ),
    "draft changed back to what is published stays a draft": (
        ((feature(), plan()), (life(plan(amount="11"), DRAFT),)),
        (life(plan(), DRAFT),),
        ["1 update_draft plan/pro"],
    ),
    "draft published": (
        (BASE, (life(plan(amount="11"), DRAFT),)),
        (plan(amount="11"),),
        ["1 publish plan/pro"],
    ),
    "draft changed and published": (
        (BASE, (life(plan(amount="11"), DRAFT),)),
        (plan(amount="12"),),
        ["1 update_draft plan/pro", "2 publish plan/pro (1,)"],
    ),
    "stale draft is left": ((BASE, (life(plan(amount="11"), DRAFT),)), BASE, []),
    "draft gains and loses offers": (
        (BASE, (addon("more"),), (addon(), life(plan(amount="11", offers=("pack",)), DRAFT))),
        (addon("more"), life(plan(amount="11", offers=("more",)), DRAFT)),
        ["1 detach plan/pro pack", "2 attach plan/pro more"],
    ),
    "draft's offer changes": (
        (BASE, (addon(), life(plan(amount="11", offers=("pack",)), DRAFT))),
        (
            addon(),
            life(
                plan(
                    amount="11", addons=[{"addon": "pack", "fromPlanPhase": "main", "metadata": {"a": "b"}}]
                ),
                DRAFT,
            ),
        ),
        ["1 update_attachment plan/pro pack"],
    ),
    "draft moves to the new version of an add-on": (
        (BASE, (addon(), life(plan(amount="11", offers=("pack",)), DRAFT))),
        (feature(), addon(amount="6"), plan(amount="11", offers=("pack",))),
        [
            "1 create_draft addon/pack",
            "2 publish addon/pack (1,)",
            "3 detach plan/pro pack",
            "4 attach plan/pro pack (2, 3)",
            "5 publish plan/pro (4,)",
        ],
    ),
    "currency of the published version": (
        ((feature(), plan()),),
        (feature(), plan(currency="EUR")),
        ["1 create_draft plan/pro", "2 publish plan/pro (1,)"],
    ),
    "currency of a draft": (
        ((feature(), addon(), life(plan(offers=("pack",)), DRAFT)),),
        (feature(), life(plan(currency="EUR"), DRAFT)),
        ["1 detach plan/pro pack", "2 delete_draft plan/pro (1,)", "3 create_draft plan/pro (2,)"],
    ),
    "plan archived": ((BASE,), (life(plan(), ARCHIVED),), ["1 archive plan/pro"]),
    "plan archived before": ((BASE, (life(plan(), ARCHIVED),)), (life(plan(), ARCHIVED),), []),
    "plan published again": (
        ((feature(), plan()), (life(plan(), ARCHIVED),)),
        (feature(), plan()),
        ["1 create_draft plan/pro", "2 publish plan/pro (1,)"],
    ),
    "plan deleted, with all versions": (
        ((feature(), plan()), (feature(), plan(amount="11")), (life(plan(amount="12"), DRAFT),)),
        (life(plan(), DELETED),),
        [
            "1 delete_draft plan/pro",
            "2 archive plan/pro",
            "3 delete plan/pro (2,)",
            "4 delete plan/pro",
        ],
    ),
    "draft with offers deleted": (
        ((feature(), addon(), life(plan(offers=("pack",)), DRAFT)),),
        (life(plan(), DELETED), life(addon(), DELETED)),
        [
            "1 detach plan/pro pack",
            "2 delete_draft plan/pro (1,)",
            "3 archive addon/pack",
            "4 delete addon/pack (1, 3)",
        ],
    ),
    "add-on archived after the plan that offers it": (
        (BASE,),
        (feature(), life(addon(), ARCHIVED), plan()),
        ["1 create_draft plan/pro", "2 publish plan/pro (1,)", "3 archive addon/pack (2,)"],
    ),
    "feature archived after the plan that uses it": (
        ((feature(), feature("sso"), plan()),),
        (
            life(feature(), ARCHIVED),
            feature("sso"),
            plan(phases=[{"key": "main", "name": "M", "rateCards": [card("sso")]}]),
        ),
        ["1 create_draft plan/pro", "2 publish plan/pro (1,)", "3 archive feature/api (2,)"],
    ),
    "channel in place": (
        ((channel(),),),
        (channel(url="https://b.example"),),
        ["1 update notification_channel/ops"],
    ),
    "rule changes its channel, and the old one goes": (
        ((channel(), rule()),),
        (life(channel(), DELETED), channel("new"), rule(channels=("new",))),
        [
            "1 create notification_channel/new",
            "2 update notification_rule/billed (1,)",
            "3 delete notification_channel/ops (2,)",
        ],
    ),
    "rule and channel go": (
        ((channel(), rule()),),
        (life(channel(), DELETED), life(rule(), DELETED)),
        ["1 delete notification_rule/billed", "2 delete notification_channel/ops (1,)"],
    ),
    "channel disabled: its rules tell of it from now on, since reads do not": (
        ((channel(), channel("b"), rule(channels=("ops", "b"))),),
        (channel(disabled=True), channel("b"), rule(channels=("ops", "b"))),
        ["1 update notification_channel/ops", "2 update notification_rule/billed (1,)"],
    ),
    "channel stays disabled": (((channel(disabled=True), rule()),), (channel(disabled=True), rule()), []),
    "channel changes and stays disabled": (
        ((channel(disabled=True), rule()),),
        (channel(disabled=True, url="https://b.example"), rule()),
        ["1 update notification_channel/ops"],
    ),
    "channel enabled: its rules are written, since nobody can see": (
        ((channel(disabled=True), rule()),),
        (channel(), rule()),
        ["1 update notification_channel/ops", "2 update notification_rule/billed (1,)"],
    ),
    "disabled channel deleted: rules are released, since nobody can see": (
        ((channel(disabled=True), channel("b"), rule(channels=("ops", "b"))),),
        (life(channel(), DELETED), channel("b"), rule(channels=("b",))),
        ["1 update notification_rule/billed", "2 delete notification_channel/ops (1,)"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_steps(case):
    before, files, expected = CASES[case]
    twin = live(*before)
    made = planned(twin, *files)
    assert lines(made) == expected
    assert not made.blocked
    twin.run(made)
    assert planned(twin, *files).steps == ()


def test_versions_and_actions_are_said():
    twin = live(BASE)
    made = planned(
        twin, feature("sso"), addon(amount="6"), plan(offers=("pack",)), life(plan("free"), DRAFT), feature()
    )
    assert [(str(c.ref), c.action, c.version) for c in made.changes] == [
        ("feature/sso", Action.CREATE, None),
        ("addon/pack", Action.NEW_VERSION, None),
        ("plan/free", Action.CREATE, None),
        ("plan/pro", Action.NEW_VERSION, None),
    ]
    moved = made.changes[-1]
    assert [(f.path, f.before, f.after) for f in moved.fields] == [
        ("addons.pack.version", "an earlier version", "the current version")
    ]
    assert "offers the current version of pack" in moved.reason


def test_a_plan_outside_the_catalog_that_offers_a_new_add_on_version_is_named():
    made = planned(live(BASE), addon(amount="6"))
    assert [(d.code, d.summary) for d in made.diagnostics] == [
        ("addon-offered-elsewhere", "plan/pro keeps offering the earlier version of add-on pack")
    ]


REFUSALS: dict[str, tuple[tuple[Resource, ...], tuple[Resource, ...], str, str]] = {
    "meter's aggregation": ((meter(),), (meter(aggregation="MAX"),), "immutable-field", "aggregation of meter tokens"),
    "feature's name": ((feature(),), (feature(name="New"),), "immutable-field", "name of feature api"),
    "rule's type": ((channel(), rule()), (channel(), rule(type="invoice.updated")), "immutable-field", "type of notification rule billed"),
    "meter in use": (
        (meter(), feature(meterSlug="tokens")),
        (life(meter(), DELETED),),
        "in-use",
        "meter tokens cannot be deleted: feature/api uses it",
    ),
    "feature in use": (BASE, (life(feature(), ARCHIVED),), "in-use", "feature api cannot be archived: plan/pro uses it"),
    "add-on once offered": (BASE, (life(addon(), DELETED),), "in-use", "add-on pack cannot be deleted: plan/pro uses it"),
    "channel in use": (
        (channel(), rule(), rule("other")),
        (life(channel(), DELETED),),
        "in-use",
        "notification channel ops cannot be deleted: notification_rule/billed and notification_rule/other use it",
    ),
    "groupBy key in use": (
        (meter(groupBy={"a": "$.a"}), feature(meterSlug="tokens", meterGroupByFilters={"a": "x"})),
        (meter(),),
        "in-use",
        "meter tokens cannot drop a: feature/api filters on it",
    ),
    "add-on not published": (
        (feature(),),
        (life(addon(), DRAFT), plan(offers=("pack",))),
        "addon-not-active",
        "add-on pack has no published version to offer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case):
    before, files, code, words = REFUSALS[case]
    made = planned(live(before), *files)
    errors = [d for d in made.diagnostics if d.is_error]
    assert [d.code for d in errors] == [code]
    assert words in errors[0].summary
    assert errors[0].where is not None
    assert made.blocked


def test_making_anew_has_to_be_allowed_and_then_runs():
    twin = live((meter(), feature(meterSlug="tokens")))
    allowed = PlanOptions(recreate=frozenset({Ref(METER, "tokens"), Ref(FEATURE, "api")}))
    files = (meter(aggregation="UNIQUE_COUNT"), feature(meterSlug="tokens", metadata={"a": "b"}))
    made = planned(twin, *files, options=allowed)
    assert lines(made) == [
        "1 archive feature/api",
        "2 delete meter/tokens (1,)",
        "3 create meter/tokens (2,)",
        "4 create feature/api (3,)",
    ]
    assert {c.action for c in made.changes} == {Action.RECREATE}
    twin.run(made)
    assert planned(twin, *files).steps == ()


def test_making_anew_what_is_in_use_is_refused_by_name():
    allowed = PlanOptions(recreate=frozenset({Ref(FEATURE, "api")}))
    made = planned(live(BASE), feature(name="New"), addon(), plan(offers=("pack",)), options=allowed)
    assert [d.summary for d in made.diagnostics if d.is_error] == [
        "feature api cannot be re-created: plan/pro uses it"
    ]


def test_a_draft_bound_to_the_earlier_feature_is_written_again():
    twin = live((feature(), life(plan(), DRAFT)))
    allowed = PlanOptions(recreate=frozenset({Ref(FEATURE, "api")}))
    files = (feature(name="New"), plan())
    made = planned(twin, *files, options=allowed)
    assert lines(made) == [
        "1 archive feature/api",
        "2 create feature/api (1,)",
        "3 update_draft plan/pro (2,)",
        "4 publish plan/pro (3,)",
    ]
    for step in made.steps[:2]:
        twin.do(step)
    assert lines(planned(twin, *files)) == ["1 update_draft plan/pro", "2 publish plan/pro (1,)"]


def test_ten_rules_fill_a_channel():
    rules = tuple(rule(f"r{n}") for n in range(10))
    twin = live((channel(), *rules))
    full = planned(twin, channel(), *rules, rule("r10"))
    assert [d.code for d in full.diagnostics] == ["channel-full"]
    swapped = planned(twin, channel(), life(rules[0], DELETED), *rules[1:], rule("r10"))
    assert lines(swapped) == ["1 delete notification_rule/r0", "2 create notification_rule/r10 (1,)"]
    twin.run(swapped)
    nine = live((channel(), *rules[:9]))
    swapped = planned(nine, channel(), life(rules[0], DELETED), *rules[1:9], rule("r10"))
    assert lines(swapped) == ["1 delete notification_rule/r0", "2 create notification_rule/r10"]


def unkeyed(twin: SandboxWorld) -> None:
    """Takes our key away from everything stored."""
    twin.unkey()


def test_channels_and_rules_are_found_by_a_name_that_only_one_has():
    twin = live((channel(), rule()))
    unkeyed(twin)
    equal = planned(twin, channel(), rule())
    assert equal.steps == ()
    assert {d.code for d in equal.diagnostics} == {"matched-by-name"}
    changed = planned(twin, channel(url="https://b.example"), rule())
    assert lines(changed) == ["1 update notification_channel/ops"]
    assert "found by its name" in changed.changes[0].reason
    twin.run(changed)
    assert Ref(CHANNEL, "ops") in twin.read().groups


def test_two_channels_of_one_name_are_not_adopted():
    twin = live((channel(), channel("b", name="ops")))
    unkeyed(twin)
    assert lines(planned(twin, channel())) == ["1 create notification_channel/ops"]


def test_two_live_channels_with_one_key_are_an_error_that_names_them():
    state = live((channel(),)).read()
    first = state.groups[Ref(CHANNEL, "ops")].active
    assert first is not None
    made = make_plan(
        catalog(channel()), LiveState(state.groups, (replace(first, id="TWIN"),)), TargetIdentity("x")
    )
    assert [d.code for d in made.diagnostics] == ["duplicate-key"]
    assert first.id in made.diagnostics[0].summary
    assert "TWIN" in made.diagnostics[0].summary


def test_what_v1_cannot_show_is_managed_elsewhere():
    ref = Ref(PLAN, "pro")
    state = LiveState({ref: LiveGroup(ref, hidden="a version with unit_config")})
    made = make_plan(catalog(feature(), plan()), state, TargetIdentity("x"))
    assert [d.code for d in made.diagnostics] == ["managed-elsewhere"]
    assert all(step.ref != ref for step in made.steps)


def test_secrets_are_references_in_bodies_and_digests_in_states():
    url, key = {"env": "HOOK_URL"}, {"env": "SECRET"}
    item = channel(url=url, signingSecret=key, customHeaders={"X-A": key, "X-B": "open"})
    twin = live((item,))
    same = planned(twin, item)
    assert same.steps == ()
    assert {d.code for d in same.diagnostics} == {"secret-not-compared"} and len(same.diagnostics) == 3
    quiet = planned(twin, replace(item, body={**item.body, "name": "New"}))
    assert quiet.steps[0].body["url"] == SecretRef("env", "HOOK_URL")
    assert quiet.steps[0].body["signingSecret"] == SecretRef("env", "SECRET")
    assert "hooks.example.com/HOOK" not in str(quiet) and SECRET not in str(quiet)

    def known(reference):
        return {"HOOK_URL": "https://hooks.example.com/HOOK_URL", "SECRET": SECRET}[reference.name]

    assert planned(twin, item, options=PlanOptions(reveal=known)).steps == ()
    rotated = PlanOptions(reveal=lambda one: "another" if one.name == "SECRET" else known(one))
    loud = planned(twin, item, options=rotated)
    assert [(f.path, f.after) for f in loud.changes[0].fields] == [
        ("customHeaders.X-A", SecretRef("env", "SECRET")),
        ("signingSecret", SecretRef("env", "SECRET")),
    ]
    assert "another" not in str(loud) and SECRET not in str(loud)


def test_a_channel_without_a_secret_of_its_own_keeps_the_live_one():
    twin = live((channel(),))
    made = planned(twin, channel(disabled=True))
    body = encode(made.steps[0]).body
    assert body["signingSecret"] == LiveValue("signingSecret")
    assert body["customHeaders"] == {}


def test_preconditions_hold_what_is_touched_and_what_it_relies_on():
    made = planned(live(BASE), *BASE[:2], plan(amount="11", offers=("pack",)))
    assert [(str(p.ref), p.touched) for p in made.preconditions] == [
        ("feature/api", False),
        ("addon/pack", False),
        ("plan/pro", True),
    ]


def test_paths_name_live_ids_and_bodies_name_keys():
    twin = live(BASE)
    made = planned(twin, *BASE[:2], plan(amount="11", offers=("pack",)))
    assert [path_text(encode(s)) for s in made.steps] == [
        "/plans",
        "/plans/{plan/pro#draft}/addons",
        "/plans/{plan/pro#draft}/publish",
    ]
    assert encode(made.steps[1]).body == {"addonId": IdRef(Ref(ADDON, "pack")), "fromPlanPhase": "main"}
    addon_id = twin.one(Ref(ADDON, "pack"), "active").id
    draft = live(BASE, (addon(), life(plan(amount="11", offers=("pack",)), DRAFT)))
    detached = planned(draft, life(plan(amount="11"), DRAFT))
    draft_id = draft.one(Ref(PLAN, "pro"), "draft").id
    assert [(encode(s).method, path_text(encode(s))) for s in detached.steps] == [
        ("DELETE", f"/plans/{draft_id}/addons/{addon_id}")
    ]
    terms = [{"addon": "pack", "fromPlanPhase": "main", "metadata": {"a": "b"}}]
    (changed,) = planned(draft, addon(), life(plan(amount="11", addons=terms), DRAFT)).steps
    assert path_text(encode(changed)) == f"/plans/{draft_id}/addons/{addon_id}"


def test_archiving_a_feature_names_the_drafts_and_rules_that_are_left_without_it():
    balance = rule("low", type="entitlements.balance.threshold", thresholds=[{"type": "PERCENT", "value": 9}])
    low = replace(balance, body={**balance.body, "features": ["api"]})
    twin = live((feature(), channel(), low, life(plan(), DRAFT)), (feature("sso"),))
    made = planned(twin, life(feature(), ARCHIVED))
    assert [(d.code, d.severity.value) for d in made.diagnostics] == [("dangling-reference", "warning")]
    assert "leaves plan/pro and notification_rule/low naming what is gone" in made.diagnostics[0].summary
    assert planned(twin, life(feature("sso"), ARCHIVED)).diagnostics == ()


def test_what_is_disabled_is_read_too():
    files = (channel(disabled=True), rule(disabled=True))
    twin = live(files)
    assert planned(twin, *files).steps == ()
    assert {Ref(CHANNEL, "ops"), Ref(RULE, "billed")} <= set(twin.read().groups)
