"""A sandbox that holds a catalog: its steps are sent as a plan orders them, without what `apply` looks at in between."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from catalogsync.app import check
from catalogsync.core import canon
from catalogsync.core.model import LiveState
from catalogsync.core.plan import Step, TargetIdentity, Verb
from catalogsync.core.values import IdRef
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import encode


def sandbox_of(folder: Path) -> Sandbox:
    """A sandbox in memory with the catalog of a folder, published long ago: its clock begins at a fixed instant."""
    sandbox, ids = Sandbox(seed=1), dict[object, str]()
    plan = make_plan(check.check([folder]).catalog, LiveState({}), TargetIdentity("sandbox:"))
    with httpx.Client(base_url="http://sandbox/api/v1/", transport=sandbox.transport()) as client:
        for step in plan.steps:
            _send(client, step, ids)
    return sandbox


def _send(client: httpx.Client, step: Step, ids: dict[object, str]) -> None:
    request = encode(step)
    path = "/".join(ids[part.ref] if isinstance(part, IdRef) else part for part in request.path)
    answer = client.request(
        request.method,
        path,
        content=canon.dumps(_filled(request.body or {}, ids)),
        headers={"content-type": "application/json"},
    )
    answer.raise_for_status()
    if step.verb in (Verb.CREATE, Verb.CREATE_DRAFT):
        ids[step.ref] = answer.json()["id"]


def _filled(body: Mapping[str, Any], ids: Mapping[object, str]) -> dict[str, Any]:
    return {name: ids[value.ref] if isinstance(value, IdRef) else value for name, value in body.items()}
