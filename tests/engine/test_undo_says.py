"""What a way back does not reach is said, sentence by sentence, and nothing where it reaches all."""

from __future__ import annotations

import pytest
from engine_helpers import apply, client_of, planned, settle, undoing, written

from catalogsync.core.plan import Plan
from catalogsync.sandbox import Sandbox

METER = "kind: meter\nslug: calls\neventType: call\naggregation: COUNT\n"
FEATURE = "kind: feature\nkey: api\nname: API\n"
ADDON = """\
kind: addon
key: seats
name: Seats
currency: USD
instanceType: single
rateCards:
  - {type: flat_fee, key: seat, name: Seat, billingCadence: P1M, price: {type: flat, amount: 1}}
"""
CHANNEL = "kind: notification_channel\nkey: ops\nname: Ops\ntype: WEBHOOK\nurl: https://hooks.example.com/x\n"
HOOK = CHANNEL.replace("https://hooks.example.com/x", "{env: UNDO_URL}")
RULE = "kind: notification_rule\nkey: billed\nname: Billed\ntype: invoice.created\nchannels: [ops]\n"
DRAFT, DELETED, ARCHIVED = "lifecycle: draft\n", "lifecycle: deleted\n", "lifecycle: archived\n"
SECRET, HEADERS = (
    "signingSecret: {env: UNDO_SECRET}\n",
    "customHeaders: {Authorization: {env: UNDO_HEADER}}\n",
)
MADE_ANEW = "feature api is archived, not removed: the server keeps archived features"

WAYS: dict[str, tuple[list[str], str, list[str], list[str]]] = {
    "a meter changed in place": ([METER], METER + "name: Calls\n", ["update"], []),
    "a meter that came": ([], METER, ["delete"], []),
    "a meter that went": (
        [METER],
        METER + DELETED,
        ["create"],
        [
            "meter calls is re-created under a new id; entitlements and archived features stay with the deleted one"
        ],
    ),
    "a feature that came": ([], FEATURE, ["archive"], [MADE_ANEW]),
    "a feature that went": (
        [FEATURE],
        FEATURE + ARCHIVED,
        ["create"],
        [
            "feature api is re-created under a new id; entitlements and subscriptions stay with the archived one"
        ],
    ),
    "an add-on that came": (
        [],
        ADDON,
        ["archive"],
        ["add-on seats: its published version is archived and stays; customers on it stay on it"],
    ),
    "a draft that came": ([], ADDON + DRAFT, ["delete_draft"], []),
    "an add-on that changed": (
        [ADDON],
        ADDON.replace("amount: 1", "amount: 2"),
        ["create_draft", "publish"],
        [
            "add-on seats: the old content comes back as a new version; customers stay on the version they have"
        ],
    ),
    "an add-on that went": (
        [ADDON],
        ADDON + DELETED,
        ["create_draft", "publish"],
        [
            "add-on seats: the old content comes back as a new version; customers stay on the version they have",
            "add-on seats: versions that the plan deleted do not come back",
        ],
    ),
    "a draft that was published": (
        [ADDON + DRAFT],
        ADDON,
        ["archive"],
        [
            "add-on seats: its published version is archived and stays; customers on it stay on it",
            "add-on seats: the draft that the plan found is not made again; its content is in the plan's preconditions",
        ],
    ),
    "a channel that went": (
        [CHANNEL],
        CHANNEL + DELETED,
        ["create"],
        [
            "notification channel ops is re-created under a new id;"
            " a signing secret that no manifest names is a new one, which the receiver has to learn"
        ],
    ),
    "a channel that came": ([], CHANNEL + SECRET, ["delete"], []),
    "a channel renamed": ([CHANNEL], CHANNEL.replace("Ops", "Hooks"), ["update"], []),
    "a channel's secret set": (
        [CHANNEL],
        CHANNEL.replace("Ops", "Hooks") + SECRET,
        ["update"],
        ["notification channel ops: the signing secret that the plan set stays; the one before is in no plan"],
    ),
    "a channel whose header is a reference": (
        [CHANNEL + HEADERS],
        CHANNEL.replace("Ops", "Hooks") + HEADERS,
        ["update"],
        ["notification channel ops: behind its references is sent what they hold now"],
    ),
    "a channel whose URL was a secret went, and the rule that named it": (
        [HOOK, RULE],
        HOOK + DELETED + "---\n" + RULE + DELETED,
        [],
        [
            "notification channel ops stays as it is: its URL or a header was a secret, which is in no plan",
            "notification rule billed stays as it is: it named notification_channel/ops, which cannot be written again",
        ],
    ),
    "a rule that named a channel whose URL is a secret": (
        [HOOK, RULE],
        RULE + DELETED,
        ["create"],
        ["notification rule billed is re-created under a new id"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WAYS)
def test_what_a_way_back_leaves_is_said(case: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("UNDO_SECRET", "whsec_" + "Y2FuYXJ5" * 5 + "Zg==")
    monkeypatch.setenv("UNDO_HEADER", "Bearer canary")
    monkeypatch.setenv("UNDO_URL", "https://hooks.example.com/canary")
    before, wished, verbs, said = WAYS[case]
    client = client_of(Sandbox(seed=1))
    for text in before:
        settle(written(tmp_path, text), client)
    plan: Plan = planned(written(tmp_path, wished), client)
    assert apply(plan, client).complete
    back = undoing(plan, client)
    assert ([str(step.verb) for step in back.steps], back.blocked) == (verbs, False)
    told = [d.summary for d in back.diagnostics if d.code == "undo-incomplete"]
    assert told == said
