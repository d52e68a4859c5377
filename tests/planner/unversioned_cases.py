"""Situations of objects without versions."""

from __future__ import annotations

from worlds import ARCHIVED, DELETED, Case, channel, feature, live, meter, rule, stranger

from catalogsync.core.model import Ref
from catalogsync.core.values import SecretRef
from catalogsync.openmeter.kinds import CHANNEL, FEATURE, METER, RULE
from catalogsync.planner import PlanOptions

TOKENS, API, OPS, BILLED = Ref(METER, "tokens"), Ref(FEATURE, "api"), Ref(CHANNEL, "ops"), Ref(RULE, "billed")
NONE = PlanOptions()
GROUPS = {"a": "$.a"}
BY_A = {"advancedMeterGroupByFilters": {"a": {"$eq": "x"}}}
HOOK = channel(url={"env": "HOOK"}, customHeaders={"X-A": {"file": "a.txt"}}, signingSecret={"env": "SIGN"})
HOOKED = channel(url="https://a.example/x", customHeaders={"X-A": "1"}, signingSecret="s")
LOW = rule(
    channels=[],
    type="entitlements.balance.threshold",
    thresholds=[{"type": "usage_percentage", "value": 90}],
    features=["api"],
)
OFF, OFF_B = channel(disabled=True), channel("b", disabled=True)


def allowed(*refs: Ref) -> PlanOptions:
    return PlanOptions(recreate=frozenset(refs))


def revealing(**known: str) -> PlanOptions:
    return PlanOptions(reveal=lambda one: known.get(one.name) if isinstance(one, SecretRef) else None)


UNVERSIONED: dict[str, Case] = {
    "a meter is new": (
        live(),
        [meter(description="D", groupBy=GROUPS, metadata={"team": "core"}, eventFrom="2025-01-01T00:00:00Z")],
        NONE,
    ),
    "a feature is new": (live(), [feature()], NONE),
    "two fields change": (live(meter()), [meter(name="New", groupBy=GROUPS)], NONE),
    "three fields change": (live(meter()), [meter(name="New", groupBy=GROUPS, description="D")], NONE),
    "just four fields change": (
        live(meter()),
        [meter(name="New", groupBy=GROUPS, description="D", metadata={"team": "core"})],
        NONE,
    ),
    "four fields change": (
        live(meter(groupBy={"b": "$.b"})),
        [meter(name="New", groupBy=GROUPS, description="D", metadata={"team": "core"})],
        NONE,
    ),
    "a description stays": (live(meter(description="D")), [meter()], NONE),
    "a description stays and a name changes": (live(meter(description="D")), [meter(name="New")], NONE),
    "a description changes": (live(meter(description="D")), [meter(description="E")], NONE),
    "a description comes": (live(meter()), [meter(description="E")], NONE),
    "a meter goes": (live(meter(groupBy=GROUPS)), [meter(lifecycle=DELETED)], NONE),
    "a feature goes": (live(feature()), [feature(lifecycle=ARCHIVED)], NONE),
    "a meter that is gone goes": (live(), [meter(lifecycle=DELETED)], NONE),
    "a feature whose file is gone": (
        live(feature()),
        [feature(lifecycle=ARCHIVED)],
        PlanOptions(pruned=frozenset({API})),
    ),
    "another one's file is gone": (
        live(feature()),
        [feature(lifecycle=ARCHIVED)],
        PlanOptions(pruned=frozenset({TOKENS})),
    ),
    "a rollback takes a meter back": (live(meter()), [meter(lifecycle=DELETED)], PlanOptions(rollback=True)),
    "one field is fixed": (live(meter()), [meter(aggregation="MAX")], NONE),
    "two fields are fixed and one is not": (
        live(meter()),
        [meter(name="New", aggregation="MAX", eventType="u")],
        NONE,
    ),
    "a member of a fixed field": (live(feature(**BY_A)), [feature(metadata={"a": "b"})], NONE),
    "another one may be re-created": (live(meter()), [meter(aggregation="MAX")], allowed(API)),
    "a meter may be re-created": (live(meter()), [meter(aggregation="MAX", eventType="u")], allowed(TOKENS)),
    "a feature may be re-created": (live(feature()), [feature(name="New")], allowed(API)),
    "what may be re-created and need not": (live(meter()), [meter(name="New")], allowed(TOKENS)),
    "a feature follows its re-created meter": (
        live(meter(), feature(meterSlug="tokens")),
        [meter(aggregation="MAX"), feature(meterSlug="tokens")],
        allowed(TOKENS, API),
    ),
    "a feature need not follow a meter that is changed": (
        live(meter(), feature(meterSlug="tokens")),
        [meter(name="New"), feature(meterSlug="tokens")],
        allowed(TOKENS, API),
    ),
    "a feature may not follow its re-created meter": (
        live(meter(), feature(meterSlug="tokens")),
        [meter(aggregation="MAX"), feature(meterSlug="tokens")],
        allowed(TOKENS),
    ),
    "a channel is new": (live(), [channel(customHeaders={"X-A": "1"})], NONE),
    "a channel keeps the secret that the server made": (
        live(channel(signingSecret="made", disabled=True)),
        [channel()],
        NONE,
    ),
    "secrets that cannot be had are not compared": (live(HOOKED), [HOOK], NONE),
    "secrets that are the same": (
        live(HOOKED),
        [HOOK],
        revealing(**{"HOOK": "https://a.example/x", "SIGN": "s", "whole/a.txt": "1", "a.txt": "1"}),
    ),
    "secrets that are others": (live(HOOKED), [HOOK], revealing(HOOK="https://b.example", SIGN="t")),
    "a header goes": (live(channel(customHeaders={"X-A": "1"}, signingSecret="made")), [channel()], NONE),
    "a channel changes and an equal rule stays": (
        live(channel(), rule()), [channel(url="https://b.example"), rule()], NONE
    ),
    "a channel goes and an equal rule stays": (
        live(channel(), channel("c"), rule(channels=["c"])),
        [channel(lifecycle=DELETED), channel("c"), rule(channels=["c"])],
        NONE,
    ),
    "a disabled channel changes and an equal rule stays": (
        live(OFF, channel("c"), rule(channels=["c"])),
        [channel(disabled=True, url="https://b.example"), channel("c"), rule(channels=["c"])],
        NONE,
    ),
    "two disabled channels go": (
        live(OFF, OFF_B, channel("c"), rule(channels=["c"])),
        [channel(lifecycle=DELETED), channel("b", lifecycle=DELETED), channel("c"), rule(channels=["c"])],
        NONE,
    ),
    "a disabled channel with the key of a feature": (
        live(channel("api", disabled=True), feature(), rule(channels=[])), [feature(), rule(channels=[])], NONE
    ),
    "a disabled channel with the key of a feature that the rule names": (
        live(channel("api", disabled=True), feature(), LOW), [feature(), LOW], NONE
    ),
    "found by its name": (live(stranger(channel(), "C1")), [channel()], NONE),
    "found by its name and changed": (
        live(stranger(channel(), "C1")),
        [channel(customHeaders={"X-A": "1"})],
        NONE,
    ),
    "two of the name": (live(stranger(channel(), "C1"), stranger(channel(), "C2")), [channel()], NONE),
    "a rule is found by its name, and so is its channel": (
        live(stranger(channel(), "C1"), stranger(rule(channels=["C1"]), "R1")),
        [channel(), rule(features=None, disabled=True)],
        NONE,
    ),
    "a rule leaves a channel that was found by its name": (
        live(stranger(channel(), "C1"), channel("b"), stranger(rule(channels=["C1"]), "R1")),
        [channel(), channel("b"), rule(channels=["b"])],
        NONE,
    ),
    "a rule of many channels": (
        live(*[channel(f"c{n}") for n in range(9)]), [rule(channels=[f"c{n}" for n in range(9)])], NONE
    ),
    "a disabled channel stays so": (live(OFF, rule(channels=[])), [OFF, rule()], NONE),
    "two disabled channels stay so": (live(OFF, OFF_B, rule(channels=[])), [OFF, OFF_B, rule(channels=[])], NONE),
    "a disabled channel that no file names": (live(OFF, rule(channels=[])), [rule(channels=[])], NONE),
    "a disabled channel that the rule's metadata tells of": (
        live(OFF, rule(channels=[], metadata={"catalogsync/disabled-channels": "ops"})),
        [OFF, rule()],
        NONE,
    ),
    "a disabled channel is enabled": (live(OFF, rule(channels=[])), [channel(), rule()], NONE),
    "a disabled channel changes and stays disabled": (
        live(OFF, rule(channels=[])),
        [channel(disabled=True, url="https://b.example"), rule()],
        NONE,
    ),
    "one disabled channel goes and another is enabled": (
        live(OFF, OFF_B, channel("c"), rule(channels=["c"])),
        [channel(lifecycle=DELETED), channel("b"), channel("c"), rule(channels=["c"])],
        NONE,
    ),
    "a channel is disabled": (live(channel(), rule()), [OFF, rule()], NONE),
}  # fmt: skip
