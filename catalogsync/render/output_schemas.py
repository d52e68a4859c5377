"""JSON schemas of what `--format json` gives, one for each verb. Drawn from here alone; a test holds real outputs against them.

A member may be added in a later release; one that is here keeps its name and its meaning (docs/reference/versioning.md).
"""

from __future__ import annotations

from catalogsync.app.doctor import Status as CheckStatus
from catalogsync.app.side_by_side import Ended
from catalogsync.core.canon import JsonObject, pretty
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Severity
from catalogsync.core.model import Lifecycle
from catalogsync.planner.drift import Standing
from catalogsync.render.json_schema import (
    ADDRESS,
    ANY,
    BOOL,
    DECIMAL,
    TEXT,
    WHOLE,
    counts,
    many,
    maybe,
    object_of,
    one_of,
)
from catalogsync.render.plan_schema import (
    APPLY_OUTPUT,
    CHANGE,
    FINDING,
    NAMED,
    NOTE,
    PATH,
    PLACE,
    PLAN_OUTPUT,
    REVIEW,
    TARGET,
    TRIALS,
)
from catalogsync.store.runs.record import RunOutcome

_MOVED = object_of(
    {
        "path": PATH, "before": ANY, "after": ANY, "where": maybe(PLACE), "standing": one_of(Standing), "base": ANY,
    }
)  # fmt: skip
_LINE = object_of(
    {
        "key": TEXT, "name": TEXT, "quantity": maybe(DECIMAL), "price": TEXT, "billingCadence": maybe(TEXT), "charge": DECIMAL,
        "plan": BOOL, "addons": many(object_of({"addon": TEXT, "quantity": WHOLE})),
        "details": many(
            object_of(
                {"role": TEXT, "quantity": DECIMAL, "perUnit": DECIMAL, "amount": DECIMAL, "discount": DECIMAL, "total": DECIMAL}
            )
        ),
    }
)  # fmt: skip
_RUN = object_of(
    {
        "id": TEXT, "environment": TEXT, "url": TEXT, "who": TEXT, "began": TEXT, "ended": TEXT, "revision": TEXT, "plan": TEXT,
        "fence": WHOLE, "outcome": one_of(RunOutcome), "proven": BOOL, "steps": counts(), "note": TEXT,
    }
)  # fmt: skip
_MANIFEST = object_of(
    {**NAMED, "lifecycle": one_of(Lifecycle), "files": many(TEXT), "body": {"type": "object"}}
)
_DESCRIPTION = object_of({"title": TEXT, "version": TEXT, "digest": TEXT})
OUTPUTS: dict[str, JsonObject] = {
    "plan": PLAN_OUTPUT,
    "apply": APPLY_OUTPUT,
    "validate": object_of(
        {"diagnostics": many(FINDING), "summary": object_of({str(one): WHOLE for one in Severity})}
    ),
    "diff": object_of({"changes": many(CHANGE), "diagnostics": many(NOTE), "review": REVIEW}),
    "drift": object_of(
        {
            "target": TARGET,
            "against": maybe(TEXT),
            "objects": many(object_of({**NAMED, "standing": one_of(Standing), "fields": many(_MOVED)})),
            "liveOnly": many(ADDRESS),
            "manifestGone": many(ADDRESS),
            "diagnostics": many(NOTE),
            "summary": counts(),
        }
    ),
    "quote": object_of(
        {
            "plan": TEXT,
            "phase": TEXT,
            "currency": TEXT,
            "billingCadence": TEXT,
            "total": DECIMAL,
            "totals": many(object_of({"billingCadence": maybe(TEXT), "total": DECIMAL})),
            "lines": many(_LINE),
            "notes": many(TEXT),
        }
    ),
    "try": TRIALS,
    "explain": object_of(
        {
            "codes": many(
                object_of(
                    {"code": TEXT, "family": TEXT, "title": TEXT, "why": TEXT, "instead": TEXT},
                    {"severity": one_of(Severity), "atLeast": one_of(Severity), "example": TEXT},
                )
            )
        }
    ),
    "history": object_of(
        {
            "environment": TEXT,
            "runs": many(_RUN),
            "lock": maybe(object_of({"run": TEXT, "who": TEXT, "since": TEXT})),
        }
    ),
    "resolved": object_of({"objects": many(_MANIFEST)}),
    "schema-check": object_of(
        {
            "known": _DESCRIPTION,
            "given": _DESCRIPTION,
            "releases": many(TEXT),
            "lacks": many(object_of({"request": TEXT, "member": TEXT, "since": TEXT})),
            "changes": many(
                object_of(
                    {
                        "request": TEXT,
                        "member": TEXT,
                        "action": {"enum": ["added", "changed", "removed"]},
                        "detail": TEXT,
                    }
                )
            ),
        }
    ),
    "run": object_of({"run": _RUN, "plan": maybe(PLAN_OUTPUT), "journal": many({"type": "object"})}),
    "doctor": object_of(
        {
            "target": object_of({"environment": TEXT, "url": TEXT}),
            "checks": many(
                object_of({"name": TEXT, "status": one_of(CheckStatus), "found": TEXT, "hint": TEXT})
            ),
            "well": BOOL,
        }
    ),
    "environments": object_of(
        {
            "environments": many(
                object_of(
                    {
                        "environment": TEXT,
                        "status": one_of(Ended),
                        "changes": many(object_of({"action": one_of(Action), **NAMED})),
                        "steps": WHOLE,
                        "message": TEXT,
                        "run": TEXT,
                        "proven": BOOL,
                        "warnings": many(object_of({"code": TEXT, "subject": TEXT, "summary": TEXT})),
                    }
                )
            ),
            "summary": counts(),
        }
    ),
}
"""By verb: `run` is `show RUN`, `resolved` is `show --resolved`, `environments` is `plan` and `apply` with several environments."""


def text(name: str) -> str:
    """The schema of an output as its file holds it. Raises KeyError for a name that is not in `OUTPUTS`."""
    head: JsonObject = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"catalogsync {name} --format json",
    }
    return pretty({**head, **OUTPUTS[name]})
