"""Situations of ways back: what was live, what the files said, and what is live now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from worlds import (
    ARCHIVED,
    DELETED,
    DRAFT,
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

from catalogsync.core.model import LiveState, Ref, Resource
from catalogsync.openmeter.kinds import FEATURE, METER
from catalogsync.planner import PlanOptions

Back = tuple[LiveState, Sequence[Resource], LiveState, PlanOptions]
"""What was live, what the files said, what is live now, and how it was planned."""
NONE = PlanOptions()
ANEW = PlanOptions(recreate=frozenset({Ref(METER, "tokens"), Ref(FEATURE, "api")}))
F, A = feature(), addon()
OFFERING = plan(addons=offers("pack"))
V1, V2, V3 = plan(), plan(amount="11"), plan(amount="12")
OFF, TELLS = channel(disabled=True), {"catalogsync/disabled-channels": "ops"}
SECRET = {"env": "HOOK"}
HOOK, HOOKED = channel(url=SECRET), channel(url="https://u:p@a.example/x")
SIGNED = channel(signingSecret={"env": "SIGN"})
HEADED, HEAD = (
    channel(customHeaders={"Authorization": {"env": "H"}}),
    channel(customHeaders={"Authorization": "1"}),
)

WAYS_BACK: dict[str, Back] = {
    "nothing was done": (live(meter()), [meter(name="New")], live(meter()), NONE),
    "a meter was changed": (live(meter()), [meter(name="New")], live(meter(name="New")), NONE),
    "a meter was changed, and by somebody else since": (
        live(meter()), [meter(name="New")], live(meter(name="Else")), NONE
    ),
    "a meter was made": (live(), [meter()], live(meter()), NONE),
    "a meter was made, and is gone": (live(), [meter()], live(), NONE),
    "a meter was deleted": (live(meter()), [meter(lifecycle=DELETED)], live(), NONE),
    "a feature was made": (live(), [F], live(F), NONE),
    "a feature was archived": (live(F), [feature(lifecycle=ARCHIVED)], live(), NONE),
    "a meter and its feature were re-created": (
        live(meter(), feature(meterSlug="tokens")),
        [meter(aggregation="MAX"), feature(meterSlug="tokens")],
        live(meter(aggregation="MAX"), feature(meterSlug="tokens")),
        ANEW,
    ),
    "a plan was made": (live(F), [V1], live(F, V1), NONE),
    "a draft was made": (live(F), [plan(lifecycle=DRAFT)], live(F, versions(None, V1)), NONE),
    "a draft was made beside a version": (
        live(F, V1), [replace(V2, lifecycle=DRAFT)], live(F, versions(V1, V2)), NONE
    ),
    "a plan was changed": (live(F, V1), [V2], live(F, versions(V2, None, V1)), NONE),
    "a plan was changed over a draft": (
        live(F, versions(V1, V3)), [V2], live(F, versions(V2, None, V1)), NONE
    ),
    "a plan was changed and a draft came since": (
        live(F, V1), [V2], live(F, versions(V2, V3, V1)), NONE
    ),
    "a draft was changed": (
        live(F, versions(V1, V2)), [replace(V3, lifecycle=DRAFT)], live(F, versions(V1, V3)), NONE
    ),
    "a draft alone was published": (live(F, versions(None, V1)), [V1], live(F, V1), NONE),
    "a plan was archived": (live(F, V1), [plan(lifecycle=ARCHIVED)], live(F, versions(None, None, V1)), NONE),
    "a plan was deleted with its draft": (
        live(F, versions(V1, V2)), [plan(lifecycle=DELETED)], live(F), NONE
    ),
    "an add-on that a plan offers was changed": (
        live(F, A, OFFERING),
        [addon(amount="6"), OFFERING],
        live(F, versions(addon(amount="6"), None, A), versions(plan(addons=offers("pack@2")), None, OFFERING)),
        NONE,
    ),
    "a channel was made": (live(), [channel()], live(channel()), NONE),
    "a channel was changed whose URL is a secret": (
        live(HOOKED), [replace(HOOK, body={**HOOK.body, "disabled": True})],
        live(replace(HOOKED, body={**HOOKED.body, "disabled": True})), NONE
    ),
    "a channel was deleted whose URL is a secret": (
        live(HOOKED), [replace(HOOK, lifecycle=DELETED)], live(), NONE
    ),
    "a channel was deleted with the rule that names it": (
        live(HOOKED, rule()), [replace(HOOK, lifecycle=DELETED), rule(lifecycle=DELETED)], live(), NONE
    ),
    "what a plan relied on was changed since": (
        live(F, V1), [V2], live(feature(metadata={"a": "b"}), versions(V2, None, V1)), NONE
    ),
    "a rule was changed whose channel is disabled": (
        live(OFF, rule(channels=[], metadata=TELLS)),
        [OFF, rule(disabled=True)],
        live(OFF, rule(channels=[], metadata=TELLS, disabled=True)),
        NONE,
    ),
    "a rule was changed, and its disabled channel is not told of": (
        live(OFF, rule(channels=[])), [OFF, rule(disabled=True)], live(OFF, rule(channels=[], disabled=True)), NONE
    ),
    "a rule was deleted": (live(channel(), rule()), [rule(lifecycle=DELETED)], live(channel()), NONE),
    "a signing secret was set": (
        live(channel(signingSecret="made")),
        [replace(SIGNED, body={**SIGNED.body, "disabled": True})],
        live(channel(signingSecret="set", disabled=True)),
        NONE,
    ),
    "a channel with a signing secret was made": (live(), [SIGNED], live(channel(signingSecret="set")), NONE),
    "a signing secret stays the server's": (
        live(channel(signingSecret="made")), [channel(disabled=True)],
        live(channel(signingSecret="made", disabled=True)), NONE,
    ),
    "a header is a secret": (
        live(HEAD), [replace(HEADED, body={**HEADED.body, "disabled": True})],
        live(replace(HEAD, body={**HEAD.body, "disabled": True})), NONE,
    ),
    "a channel was found by its name and changed": (
        live(stranger(channel(), "C1")), [channel(disabled=True)],
        live(replace(channel(disabled=True), body={**channel(disabled=True).body})), NONE,
    ),
    "a feature was archived after its plan": (
        live(F, feature("sso"), V1),
        [feature(lifecycle=ARCHIVED), plan(phases=[{"key": "main", "name": "Main", "rateCards": [card("sso")]}])],
        live(
            feature("sso"),
            versions(plan(phases=[{"key": "main", "name": "Main", "rateCards": [card("sso")]}]), None, V1),
        ),
        NONE,
    ),
}  # fmt: skip
