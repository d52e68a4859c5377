"""What an update sends for a body that says everything, and for one that says as little as may be: nothing stays behind on the server."""

from __future__ import annotations

from typing import Any

import pytest
from strategies import catalog, resource

from catalogsync import normalize
from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import Step, Verb
from catalogsync.core.values import IdRef, LiveValue, SecretText
from catalogsync.openmeter.kinds import ADDON, CHANNEL, KINDS, METER, PLAN, RULE
from catalogsync.targets.v1 import encode

TEXTS = {"name": "N", "description": "D", "metadata": {"team": "core"}}
CARD = {"type": "flat_fee", "key": "c", "name": "C", "price": {"type": "flat", "amount": "1"}}
LITTLE: dict[Kind, dict[str, Any]] = {
    METER: {"aggregation": "COUNT", "eventType": "t"},
    ADDON: {"name": "N", "currency": "EUR", "instanceType": "single", "rateCards": [CARD]},
    PLAN: {"name": "N", "currency": "EUR", "billingCadence": "P1M", "phases": []},
    CHANNEL: {"type": "WEBHOOK", "name": "N", "url": "https://a.example"},
    RULE: {"type": "invoice.created", "name": "N", "channels": ["ops"]},
}
MORE: dict[Kind, dict[str, Any]] = {
    METER: {**TEXTS, "groupBy": {"a": "$.a"}},
    ADDON: TEXTS,
    PLAN: {
        **TEXTS,
        "settlementMode": "credit_only",
        "proRatingConfig": {"enabled": False, "mode": "prorate_prices"},
    },
    CHANNEL: {
        "metadata": {"team": "core"},
        "customHeaders": {"X-A": "1"},
        "signingSecret": "s",
        "disabled": True,
    },
    RULE: {
        "type": "entitlements.balance.threshold",
        "features": ["f"],
        "thresholds": [{"type": "PERCENT", "value": 90}],
        "metadata": {"team": "core"},
        "disabled": True,
    },
}
KEY = {"catalogsync/key": "k"}
SENT_CARD = {**CARD, "price": {**CARD["price"], "paymentTerm": "in_advance"}, "billingCadence": None}
PRO_RATING = {"enabled": True, "mode": "prorate_prices"}
OPS = [IdRef(Ref(CHANNEL, "ops"))]
SENT: dict[Kind, dict[str, Any]] = {
    METER: {"name": "k", "groupBy": {}, "metadata": {}},
    ADDON: {
        "name": "N",
        "description": "",
        "metadata": {},
        "instanceType": "single",
        "rateCards": [SENT_CARD],
    },
    PLAN: {
        "name": "N",
        "description": "",
        "metadata": {},
        "billingCadence": "P1M",
        "settlementMode": "credit_then_invoice",
        "proRatingConfig": PRO_RATING,
        "phases": [],
    },
    CHANNEL: {
        "type": "WEBHOOK",
        "name": "N",
        "url": "https://a.example",
        "disabled": False,
        "metadata": KEY,
        "customHeaders": {},
        "signingSecret": LiveValue("signingSecret"),
    },
    RULE: {"type": "invoice.created", "name": "N", "disabled": False, "channels": OPS, "metadata": KEY},
}
SENT_MORE: dict[Kind, dict[str, Any]] = {
    CHANNEL: {"metadata": {"team": "core", **KEY}, "signingSecret": SecretText("s")},
    RULE: {
        "features": ["f"],
        "thresholds": [{"type": "usage_percentage", "value": 90}],
        "metadata": {"team": "core", **KEY},
    },
}


def put(kind: Kind, body: dict[str, Any]) -> Any:
    verb = Verb.UPDATE_DRAFT if KINDS[kind].versioned else Verb.UPDATE
    item = resource(kind, "k", body)
    return encode(Step(1, verb, item.ref, normalize.desired(item, catalog(item)), "", id="ID")).body


@pytest.mark.parametrize("kind", LITTLE)
def test_what_is_not_said_is_cleared(kind: Kind) -> None:
    assert put(kind, LITTLE[kind]) == SENT[kind]


@pytest.mark.parametrize("kind", LITTLE)
def test_everything_that_can_change_is_sent(kind: Kind) -> None:
    assert put(kind, {**LITTLE[kind], **MORE[kind]}) == {
        **SENT[kind],
        **MORE[kind],
        **SENT_MORE.get(kind, {}),
    }
