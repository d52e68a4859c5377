"""Behind a fence everything is as without it, until the lock is gone: from then on nothing is written."""

from __future__ import annotations

import pytest
from engine_helpers import client_of, planned, written

from catalogsync import executor
from catalogsync.core.errors import Refused
from catalogsync.core.report import Status
from catalogsync.executor.fence import Fenced, FencedOff
from catalogsync.openmeter.kinds import METER
from catalogsync.sandbox import Sandbox
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1

METERS = "".join(
    f"kind: meter\nslug: {name}\neventType: e\naggregation: COUNT\n---\n" for name in ("one", "two", "three")
)


def test_once_the_lock_is_gone_nothing_is_sent(tmp_path):
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    plan = planned(written(tmp_path, METERS), client)
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise Refused("the lock is somebody else's", code="environment-locked", hint="wait")

    target = Fenced(V1(client), check)
    assert target.identity() == V1(client).identity()
    assert target.read([METER]) == V1(client).read([METER])
    report = executor.apply(plan, target, Secrets({}), workers=1)
    assert [o.status for o in report.outcomes] == [Status.DONE, Status.FAILED, Status.NOT_TRIED]
    assert "the lock is somebody else's" in report.outcomes[1].message
    assert [r.method for r in sandbox.requests if r.method != "GET"] == ["POST"]
    request = target.encode(plan.steps[1])
    with pytest.raises(FencedOff) as off:
        target.send(request, plan.steps[1].ref, lambda value, _ref: value)
    assert off.value.hint == "wait"
