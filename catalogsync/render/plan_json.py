"""A plan as JSON: what a saved plan holds, with each step's request as the target tells it."""

from __future__ import annotations

from typing import cast

from catalogsync.app.requests import describe
from catalogsync.app.review import Review
from catalogsync.app.try_meter import TryReport
from catalogsync.core import values
from catalogsync.core.canon import JsonObject
from catalogsync.core.plan import Plan, Step
from catalogsync.render import review_json, trial_json
from catalogsync.store import saved_plan_json
from catalogsync.targets import path_text


def to_json(
    plan: Plan,
    review: Review | None = None,
    trials: TryReport | None = None,
    digest: str = "",
) -> JsonObject:
    """Target, changes, steps with `method`, `path` and `body`, diagnostics, with a review what changed prices mean, and with trials what
    meters would have counted. `digest`: of the file that the plan is saved in, whose names of files may differ.
    """
    whole = dict(saved_plan_json.to_json(plan))
    whole["digest"] = digest or whole["digest"]
    steps = cast("list[JsonObject]", whole["steps"])
    whole["steps"] = [{**said, **_request(step)} for said, step in zip(steps, plan.steps, strict=True)]
    if review is not None:
        whole["review"] = review_json.to_json(review)
    if trials is not None:
        whole["trials"] = trial_json.whole(trials)
    return whole


def _request(step: Step) -> JsonObject:
    request = describe(step)
    body = None if request.body is None else values.to_plain(request.body)
    return {"method": request.method, "path": path_text(request), "body": body}
