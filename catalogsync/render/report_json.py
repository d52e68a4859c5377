"""A run as JSON: the plan's members with an `outcome` for each step."""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.core.canon import JsonObject
from catalogsync.core.report import Outcome, RunReport
from catalogsync.core.values import to_plain
from catalogsync.render import plan_json


def to_json(report: RunReport, digest: str = "") -> JsonObject:
    """`plan --format json` plus an outcome per step, `complete` and the calls by phase. `digest`: of the file that the plan was saved in."""
    body = dict(plan_json.to_json(report.plan, digest=digest))
    outcomes: Mapping[int, Outcome] = {o.step.number: o for o in report.outcomes}
    steps = body["steps"]
    assert isinstance(steps, list | tuple)
    body["steps"] = [_with_outcome(step, outcomes) for step in steps]
    body["complete"] = report.complete
    body["calls"] = [{"phase": p, "calls": n, "milliseconds": ms} for p, n, ms in report.calls]
    return body


def _with_outcome(step: object, outcomes: Mapping[int, Outcome]) -> JsonObject:
    assert isinstance(step, Mapping)
    one = outcomes.get(step["number"])
    if one is None:
        return step
    outcome: dict[str, object] = {
        "status": str(one.status),
        "message": one.message,
        "httpStatus": one.http_status,
    }
    outcome["requestId"] = one.request_id
    outcome["fields"] = [
        {"path": f.path, "before": to_plain(f.before), "after": to_plain(f.after)} for f in one.fields
    ]
    return {**step, "outcome": {k: v for k, v in outcome.items() if v not in (None, "", [])}}
