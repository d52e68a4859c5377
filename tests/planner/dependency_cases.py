"""Situations of objects that mean something for each other."""

from __future__ import annotations

from dataclasses import replace

from worlds import (
    ARCHIVED,
    DELETED,
    DRAFT,
    Case,
    addon,
    card,
    channel,
    feature,
    live,
    meter,
    offers,
    plan,
    rule,
    stranger,
    versions,
)

from catalogsync.core.model import Lifecycle, LiveGroup, Ref
from catalogsync.openmeter.kinds import CHANNEL, FEATURE, METER, RULE
from catalogsync.planner import PlanOptions

TOKENS, API, OPS, BILLED = Ref(METER, "tokens"), Ref(FEATURE, "api"), Ref(CHANNEL, "ops"), Ref(RULE, "billed")
NONE = PlanOptions()
GROUPS, BY_A = {"a": "$.a", "b": "$.b"}, {"advancedMeterGroupByFilters": {"a": {"$eq": "x"}}}
FILTERING = feature(meterSlug="tokens", **BY_A)
COSTING = feature(meterSlug="tokens", unitCost={"type": "llm", "modelProperty": "a", "provider": "p"})
OFFERING = plan(addons=offers("pack"))
OTHER = [{"key": "main", "name": "Main", "rateCards": [card("sso")]}]
RULES = [rule(f"r{n}") for n in range(10)]
OFF = channel(disabled=True)
LOW = rule(
    "low",
    type="entitlements.balance.threshold",
    thresholds=[{"type": "usage_percentage", "value": 90}],
    features=["api"],
)


def allowed(*refs: Ref) -> PlanOptions:
    return PlanOptions(recreate=frozenset(refs))


def keeping(id_: str) -> PlanOptions:
    return PlanOptions(keep={OPS: id_})


def only(*refs: Ref) -> PlanOptions:
    return PlanOptions(only=frozenset(refs))


EXTERNAL = replace(channel(), lifecycle=Lifecycle.EXTERNAL)
DEPENDENCIES: dict[str, Case] = {
    "a feature filters on what its meter gets": (live(meter()), [meter(groupBy=GROUPS), FILTERING], NONE),
    "a feature costs by what its meter gets": (live(meter()), [meter(groupBy=GROUPS), COSTING], NONE),
    "a feature does not wait for another change of its meter": (
        live(meter(groupBy=GROUPS)), [meter(groupBy=GROUPS, name="New"), FILTERING], NONE
    ),
    "a feature uses all that its meter has": (
        live(meter(groupBy=GROUPS)),
        [
            meter(groupBy=GROUPS, name="New"),
            feature(meterSlug="tokens", advancedMeterGroupByFilters={"a": {"$eq": "x"}, "b": {"$eq": "x"}}),
        ],
        NONE,
    ),
    "of two features one goes before what it filters on": (
        live(meter(groupBy=GROUPS), feature("aaa", meterSlug="tokens"), FILTERING),
        [
            meter(groupBy={"b": "$.b"}),
            feature("aaa", meterSlug="tokens", lifecycle=ARCHIVED),
            feature(lifecycle=ARCHIVED),
        ],
        NONE,
    ),
    "a fixed field after another warning": (
        live(meter("first", description="D"), meter()), [meter("first"), meter(aggregation="MAX")], NONE
    ),
    "a feature goes before what it filters on": (
        live(meter(groupBy=GROUPS), FILTERING), [meter(groupBy={"b": "$.b"}), feature(lifecycle=ARCHIVED)], NONE
    ),
    "a feature goes and its meter changes elsewhere": (
        live(meter(groupBy=GROUPS), FILTERING), [meter(groupBy={"a": "$.a"}), feature(lifecycle=ARCHIVED)], NONE
    ),
    "what a feature filters on cannot go": (live(meter(groupBy=GROUPS), FILTERING), [meter()], NONE),
    "what a feature costs by may go": (live(meter(groupBy=GROUPS), COSTING), [meter()], NONE),
    "a meter in use cannot go": (
        live(meter(), feature(meterSlug="tokens"), feature("sso", meterSlug="tokens")), [meter(lifecycle=DELETED)], NONE
    ),
    "a meter in use by its parts cannot go": (
        live(meter(groupBy=GROUPS), FILTERING), [meter(lifecycle=DELETED, groupBy=GROUPS)], NONE
    ),
    "a meter in use by its parts cannot be re-created": (
        live(meter(groupBy=GROUPS), FILTERING), [meter(aggregation="MAX", groupBy=GROUPS)], allowed(TOKENS)
    ),
    "a feature without parts goes with its meter's": (
        live(meter(groupBy=GROUPS), feature(meterSlug="tokens")),
        [meter(groupBy={"a": "$.c"}), feature(lifecycle=ARCHIVED)],
        NONE,
    ),
    "a meter goes after its features": (
        live(meter(), feature(meterSlug="tokens"), feature("sso", meterSlug="tokens")),
        [meter(lifecycle=DELETED), feature(lifecycle=ARCHIVED), feature("sso", lifecycle=ARCHIVED)],
        NONE,
    ),
    "a fixed field of what one uses": (
        live(meter(), feature(meterSlug="tokens")), [meter(aggregation="MAX")], NONE
    ),
    "a fixed field of what two use": (
        live(meter(), feature(meterSlug="tokens"), feature("sso", meterSlug="tokens")), [meter(aggregation="MAX")], NONE
    ),
    "what is used cannot be re-created": (
        live(meter(), feature(meterSlug="tokens")), [meter(aggregation="MAX")], allowed(TOKENS)
    ),
    "a feature in use cannot go": (live(feature(), plan()), [feature(lifecycle=ARCHIVED)], NONE),
    "a feature goes after the version that does without it": (
        live(feature(), feature("sso"), plan()), [feature(lifecycle=ARCHIVED), feature("sso"), plan(phases=OTHER)], NONE
    ),
    "a feature goes after its plan": (
        live(feature(), plan()), [feature(lifecycle=ARCHIVED), plan(lifecycle=ARCHIVED)], NONE
    ),
    "a feature goes and leaves a draft and a rule": (
        live(feature(), channel(), LOW, versions(None, plan())), [feature(lifecycle=ARCHIVED)], NONE
    ),
    "a feature goes and leaves a rule": (live(feature(), channel(), LOW), [feature(lifecycle=ARCHIVED)], NONE),
    "a feature that a rule names by its id cannot be re-created": (
        live(feature(), channel(), LOW), [feature(name="New")], allowed(API)
    ),
    "a feature is re-created with the rule that names it": (
        live(feature(), channel(), LOW, rule("other")),
        [feature(name="New"), replace(LOW, body={**LOW.body, "name": "L"})],
        allowed(API),
    ),
    "a feature is re-created after the version that does without it": (
        live(feature(), feature("sso"), plan()), [feature(name="New"), feature("sso"), plan(phases=OTHER)], allowed(API)
    ),
    "a meter that cannot go is named by a new feature": (
        live(meter(), feature(meterSlug="tokens")), [meter(lifecycle=DELETED), feature("sso", meterSlug="tokens")], NONE
    ),
    "a channel goes after its rule": (
        live(channel(), rule()), [channel(lifecycle=DELETED), rule(lifecycle=DELETED)], NONE
    ),
    "a channel goes after its rule names another": (
        live(channel(), channel("b"), rule()), [channel(lifecycle=DELETED), channel("b"), rule(channels=["b"])], NONE
    ),
    "a channel in use cannot go": (
        live(channel(), rule(), rule("other")), [channel(lifecycle=DELETED)], NONE
    ),
    "an add-on that was offered cannot be deleted": (
        live(feature(), addon(), OFFERING), [addon(lifecycle=DELETED), plan()], NONE
    ),
    "an add-on that a draft offers cannot be deleted": (
        live(feature(), addon(), versions(None, OFFERING)), [addon(lifecycle=DELETED)], NONE
    ),
    "an add-on is deleted after the draft that offers it": (
        live(feature(), addon(), versions(None, OFFERING)), [addon(lifecycle=DELETED), plan(lifecycle=DELETED)], NONE
    ),
    "an add-on is deleted after the draft takes it off": (
        live(feature(), addon(), versions(None, OFFERING)), [addon(lifecycle=DELETED), plan(lifecycle=DRAFT)], NONE
    ),
    "an add-on is archived after the version that does without it": (
        live(feature(), addon(), OFFERING), [addon(lifecycle=ARCHIVED), plan()], NONE
    ),
    "one plan keeps offering the earlier version": (
        live(feature(), addon(), OFFERING), [addon(amount="6")], NONE
    ),
    "two plans keep offering the earlier version": (
        live(feature(), addon(), OFFERING, plan("free", addons=offers("pack"))), [feature(), addon(amount="6")], NONE
    ),
    "a plan keeps offering the earlier version of an add-on that comes back": (
        live(feature(), versions(None, None, addon()), OFFERING), [addon(amount="6")], NONE
    ),
    "a feature goes whose key an add-on has too": (
        live(
            feature(), feature("pack"), addon(),
            plan(addons=offers("pack"), phases=[{"key": "main", "name": "Main", "rateCards": [card(), card("pack")]}]),
        ),
        [feature(), feature("pack", lifecycle=ARCHIVED), addon(), OFFERING],
        NONE,
    ),
    "a plan that goes offers nothing": (
        live(feature(), addon(), OFFERING), [addon(amount="6"), plan(lifecycle=ARCHIVED)], NONE
    ),
    "a disabled channel goes, and others may name it": (
        live(OFF, channel("b"), rule("x", channels=["b"]), rule("y", channels=["b"]), stranger(rule("z"), "Z")),
        [channel(lifecycle=DELETED)],
        NONE,
    ),
    "a disabled channel goes, and one other may name it": (
        live(OFF, channel("b"), rule("x", channels=["b"])), [channel(lifecycle=DELETED)], NONE
    ),
    "a disabled channel goes, and a rule comes": (
        live(OFF, channel("b")), [channel(lifecycle=DELETED), channel("b"), rule("x", channels=["b"])], NONE
    ),
    "a disabled channel is enabled, and a rule of another changes": (
        live(OFF, channel("b"), rule("x", channels=["b"])),
        [channel(), channel("b"), rule("x", channels=["b"], disabled=True)],
        NONE,
    ),
    "two disabled channels are enabled, each with its rule": (
        live(OFF, channel("b", disabled=True), rule("x", channels=[]), rule("y", channels=[])),
        [channel(), channel("b"), rule("x", channels=["ops"]), rule("y", channels=["b"])],
        NONE,
    ),
    "a disabled channel goes, and nobody else is there": (live(OFF), [channel(lifecycle=DELETED)], NONE),
    "a disabled channel goes after all rules": (
        live(OFF, channel("b"), rule("x", channels=["b"]), rule("y", channels=["b"])),
        [channel(lifecycle=DELETED), channel("b"), rule("x", channels=["b"], disabled=True), rule("y", lifecycle=DELETED)],
        NONE,
    ),
    "a channel of which nothing is live": (
        live(LiveGroup(OPS), LiveGroup(BILLED), LiveGroup(TOKENS), channel("b", disabled=True), rule("x", channels=["b"])),
        [channel("b"), rule("x", channels=["b"])],
        NONE,
    ),
    "a channel is full": (live(channel(), *RULES), [channel(), *RULES, rule("one"), rule("two")], NONE),
    "a channel that no file says is full": (
        live(channel(), *RULES), [rule(key) for key in ("one", "two", "three", "four", "five")], NONE
    ),
    "a place is there": (
        live(channel(), *RULES[:9]), [rule("r0", lifecycle=DELETED), *RULES[1:9], rule("one")], NONE
    ),
    "a new channel is full": (live(), [channel(), *RULES, rule("one")], NONE),
    "a new feature has the key of a full channel": (live(channel(), *RULES), [rule("one"), feature("ops")], NONE),
    "a place is made": (
        live(channel(), *RULES), [rule("r0", lifecycle=DELETED), *RULES[1:], rule("one")], NONE
    ),
    "a rule leaves a full channel for another": (
        live(channel(), channel("b"), *RULES), [rule("r0", channels=["b"]), rule("one")], NONE
    ),
    "ten rules fit": (live(channel(), *RULES[:9]), [RULES[9]], NONE),
    "too many were there before": (live(channel(), *RULES, rule("one")), [channel(), *RULES], NONE),
    # The same key twice
    "two channels carry the key": (live(channel(), stranger(channel(), "ZZ", "ops")), [channel()], NONE),
    "two rules carry the key": (
        live(channel(), rule(), stranger(rule(), "ZZ", "billed")), [channel(), rule(), rule("more")], NONE
    ),
    "a rule of the channel's key is none of them": (
        live(channel(), stranger(rule(), "ZZ", "ops")), [channel(disabled=True)], NONE
    ),
    "one that carries the key stands in no group": (live(stranger(channel(), "ZZ", "ops")), [channel()], NONE),
    "the one in the group is kept": (
        live(channel(), stranger(channel(), "ZZ", "ops"), stranger(channel(), "YY", "ops")), [channel()], keeping("ops-1")
    ),
    "the other one is kept and changed": (
        live(channel(), stranger(channel(), "ZZ", "ops"), rule()),
        [channel(customHeaders={"X-A": "1"}), rule(channels=["ops"], disabled=True)],
        keeping("ZZ"),
    ),
    "the other one is kept and the rule goes": (
        live(channel(), stranger(channel(), "ZZ", "ops"), rule()), [channel(), rule(lifecycle=DELETED)], keeping("ZZ")
    ),
    "one that does not carry the key is kept": (
        live(channel(), stranger(channel(), "ZZ", "ops")), [channel()], keeping("QQ")
    ),
    "a channel of another key is none of them": (live(channel(), stranger(channel(), "ZZ", "b")), [channel()], NONE),
    "all that carry the key go": (
        live(channel(), stranger(channel(), "ZZ", "ops")), [channel(lifecycle=DELETED)], keeping("ops-1")
    ),
    # Part of it, and what others own
    "only a rule, with the channel that it needs": (live(), [channel(), rule(), meter()], only(BILLED)),
    "only what differs in nothing": (live(channel()), [channel(), meter(), feature()], only(OPS)),
    "only a channel, and equal objects elsewhere": (
        live(channel(), meter()), [channel(), meter(), feature()], only(OPS)
    ),
    "only a channel, and many changes elsewhere": (
        live(channel()), [channel(), *(meter(f"m{n}") for n in range(5)), feature()], only(OPS)
    ),
    "only what is not in the files": (live(), [meter()], only(OPS)),
    "only a channel, and an error elsewhere": (live(meter()), [channel(), meter(aggregation="MAX")], only(OPS)),
    "another catalog's channel": (live(channel()), [EXTERNAL, rule()], NONE),
    "another catalog's channel is not live": (live(), [EXTERNAL, rule()], only(BILLED)),
    "another catalog's add-on is a draft": (
        live(feature(), versions(None, addon())), [replace(addon(), lifecycle=Lifecycle.EXTERNAL), OFFERING], NONE
    ),
    "another catalog's add-on is archived": (
        live(feature(), versions(None, None, addon())), [replace(addon(), lifecycle=Lifecycle.EXTERNAL)], NONE
    ),
    "another catalog's add-on is hidden": (
        live(replace(versions(None, addon(), addon()), hidden="v3")),
        [replace(addon(), lifecycle=Lifecycle.EXTERNAL)],
        NONE,
    ),
}  # fmt: skip
