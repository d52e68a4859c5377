"""Live objects as manifests: they plan to nothing, say nothing that they must not, and name what they cannot say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sandboxworld import SandboxWorld
from strategies import catalog, catalogs, resource

from catalogsync import manifests
from catalogsync.app import check
from catalogsync.core.model import Lifecycle, LiveGroup, LiveState, Ref
from catalogsync.core.plan import TargetIdentity
from catalogsync.manifests.export import export
from catalogsync.manifests.format import format_text
from catalogsync.manifests.source import SourceFile
from catalogsync.openmeter.kinds import ADDON, CHANNEL, KEY_METADATA, METER, PLAN, RULE
from catalogsync.planner import make_plan

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
TARGET = TargetIdentity("http://twin.invalid")


def applied(files) -> SandboxWorld:
    twin = SandboxWorld()
    twin.run(make_plan(files, twin.read(), TARGET))
    return twin


def loaded(exported, folder: Path):
    for name, text in exported.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = manifests.load([folder])
    assert [d for d in found.diagnostics if d.is_error] == []
    return found.catalog


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(catalogs(lifecycles=False))
def test_an_export_plans_to_nothing_and_makes_the_same_again(tmp_path_factory, files):
    twin = applied(files)
    exported = export(twin.read())
    if not exported.files:
        return
    again = loaded(exported, tmp_path_factory.mktemp("export"))
    assert make_plan(again, twin.read(), TARGET).steps == ()
    if not exported.diagnostics:
        assert export(applied(again).read()).files.keys() == exported.files.keys()


def test_the_example_comes_back_readable(tmp_path):
    twin = applied(manifests.load([EXAMPLE]).catalog)
    exported = export(twin.read())
    assert exported.diagnostics == ()
    assert sorted({name.rpartition("/")[0] for name in exported.files}) == [
        "addons", "features", "meters", "notifications/channels", "notifications/rules", "plans",
    ]  # fmt: skip
    whole = "\n".join(exported.files.values())
    for word in ("createdAt", "updatedAt", "validationErrors", "whsec_", KEY_METADATA, "ID00"):
        assert word not in whole
    assert "signingSecret: {env: NAME}" in exported.files["notifications/channels/growth_hook.yaml"]
    assert exported.files["plans/pro.yaml"].startswith("# Version 1, published")
    assert "amount: 0.000006" in exported.files["plans/pro.yaml"]
    turned = export(
        applied(loaded(exported, tmp_path / "1")).read()
    )  # the twin turns rate cards round at each reading
    assert export(applied(loaded(turned, tmp_path / "2")).read()).files == exported.files


def test_every_price_stands_in_words_above_it(tmp_path):
    """fmt keeps the comments, and one that is no longer true is told."""
    exported = export(applied(manifests.load([EXAMPLE]).catalog).read())
    plan = exported.files["plans/pro.yaml"]
    assert (
        "        # first 100,000 free, next 900,000 at 0.0004 USD each, then 0.00025 USD each\n        price:\n"
        in plan
    )
    whole = "\n".join(exported.files.values())
    assert whole.count(" price:") == len([*re.finditer(r"^ +# .*\n +price:", whole, re.MULTILINE)]) > 10
    assert format_text(SourceFile("pro.yaml", plan)) == (plan, ())
    loaded(exported, tmp_path)
    assert differing(tmp_path) == []
    (tmp_path / "plans" / "pro.yaml").write_text(
        plan.replace("unitPrice: 0.0004", "unitPrice: 0.0005"), "utf-8"
    )
    (found,) = differing(tmp_path)
    line = 1 + next(n for n, text in enumerate(plan.splitlines()) if "next 900,000" in text)
    assert (found.where.line, found.summary) == (
        line + 1,
        "the comment says `first 100,000 free, next 900,000 at 0.0004 USD each, then 0.00025 USD each`, "
        "the price is `first 100,000 free, next 900,000 at 0.0005 USD each, then 0.00025 USD each`",
    )


def differing(folder):
    return [one for one in check.check([folder]).diagnostics if one.code == "price-comment-differs"]


def test_only_some_kinds():
    twin = applied(manifests.load([EXAMPLE]).catalog)
    assert set(export(twin.read(), {ADDON}).files) == {
        "addons/seat_pack.yaml",
        "addons/premium_support.yaml",
    }


def channel(key, **body):
    return resource(CHANNEL, key, {"type": "WEBHOOK", "name": key, "url": "https://a.example", **body})


def rule(key, *channels):
    return resource(RULE, key, {"type": "invoice.created", "name": key, "channels": [*channels]})


def unkeyed(state: LiveState) -> LiveState:
    """The same objects as if somebody else had made them."""

    def foreign(item):
        metadata = {n: v for n, v in (item.body.get("metadata") or {}).items() if n != KEY_METADATA}
        return replace(item, key="", body={**item.body, "metadata": metadata})

    taken = tuple(foreign(g.active) for g in state.groups.values() if g.ref.kind in (CHANNEL, RULE))
    kept = {r: g for r, g in state.groups.items() if r.kind not in (CHANNEL, RULE)}
    return LiveState(kept, taken)


def test_channels_and_rules_without_a_key_get_one_from_their_name(tmp_path):
    state = unkeyed(applied(catalog(channel("ops", name="Ops & Töne!"), rule("billed", "ops"))).read())
    exported = export(state)
    assert set(exported.files) == {"notifications/channels/ops_t_ne.yaml", "notifications/rules/billed.yaml"}
    assert "found by its name" in exported.files["notifications/rules/billed.yaml"]
    assert make_plan(loaded(exported, tmp_path), state, TARGET).steps == ()


def test_two_of_one_name_are_left_out_with_what_names_them():
    state = unkeyed(
        applied(catalog(channel("a", name="same"), channel("b", name="same"), rule("billed", "a"))).read()
    )
    exported = export(state)
    assert exported.files == {}
    assert [d.code for d in exported.diagnostics] == ["export-left-out"] * 2


def test_disabled_channels_cannot_be_seen_in_rules():
    state = applied(
        catalog(channel("on"), channel("off", disabled=True), rule("both", "on", "off"), rule("dark", "off"))
    ).read()
    told = export(state)
    assert 'channels: [off, "on"]' in told.files["notifications/rules/both.yaml"].replace('"off"', "off")
    assert "notifications/rules/dark.yaml" in told.files and told.diagnostics == ()
    silent = {
        ref: replace(group, active=_untold(group.active)) if ref.kind is RULE else group
        for ref, group in state.groups.items()
    }
    exported = export(LiveState(silent))
    assert "notifications/rules/dark.yaml" not in exported.files
    assert [d.subject for d in exported.diagnostics] == ["notification_rule/both", "notification_rule/dark"]


def _untold(rule):
    """A rule whose metadata do not tell of its disabled channels: somebody else wrote it."""
    return replace(rule, body={**rule.body, "metadata": {KEY_METADATA: rule.key}})


@pytest.mark.parametrize(
    ("ref", "hidden", "words"),
    [
        (Ref(PLAN, "pro"), "unit_config_not_representable", "managed elsewhere"),
        (Ref(METER, "my-meter"), "", "no manifest can have such a key"),
    ],
)
def test_what_no_manifest_can_say_is_named(ref, hidden, words):
    made = applied(catalog(resource(METER, "m", {"aggregation": "COUNT", "eventType": "e"}))).read()
    active = made.groups[Ref(METER, "m")].active
    state = LiveState(
        {ref: LiveGroup(ref, hidden=hidden, active=None if hidden else replace(active, key=ref.key))}
    )
    exported = export(state)
    assert exported.files == {}
    assert words in exported.diagnostics[0].summary


def test_versions_are_told():
    def plan(name):
        cards = [{"type": "flat_fee", "key": "fee", "name": "Fee", "price": {"type": "flat", "amount": 1}}]
        phases = [{"key": "main", "name": "Main", "rateCards": cards}]
        return resource(
            PLAN, "pro", {"name": name, "currency": "USD", "billingCadence": "P1M", "phases": phases}
        )

    twin = applied(catalog(plan("One")))
    for files in (plan("Two"), plan("Three"), replace(plan("Four"), lifecycle=Lifecycle.DRAFT)):
        twin.run(make_plan(catalog(files), twin.read(), TARGET))
    text = export(twin.read()).files["plans/pro.yaml"]
    assert "# Version 3, published" in text
    assert "# Version 4 is being drafted; it is not described here." in text
    assert "# 2 earlier versions are archived." in text
    assert "name: Three" in text
    twin.run(make_plan(catalog(replace(plan("x"), lifecycle=Lifecycle.ARCHIVED)), twin.read(), TARGET))
    assert "lifecycle: draft" in export(twin.read()).files["plans/pro.yaml"]
