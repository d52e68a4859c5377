"""JSON schemas of what `--format json` gives, one for each verb. Drawn from here alone; a test holds real outputs against them.

A member may be added in a later release; one that is here keeps its name and its meaning (docs/reference/versioning.md).
"""

from __future__ import annotations

from catalogsync.app.doctor import Status as CheckStatus
from catalogsync.app.side_by_side import Ended
from catalogsync.core.canon import JsonObject, pretty
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Severity
from catalogsync.core.plan import Verb
from catalogsync.core.report import Status
from catalogsync.metering.model import Problem
from catalogsync.openmeter.kinds import KINDS
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
from catalogsync.store.runs.record import RunOutcome

_PATH: JsonObject = {
    "type": "string",
    "description": "Members from the object down, parted by dots: entries of lists by their key, else by their position from 0. "
    "Text counts positions from 1: `tiers.1` is `tiers[2]` there.",
}
_KIND: JsonObject = {"enum": sorted(map(str, KINDS))}

_PLACE = object_of({"file": TEXT, "line": WHOLE, "column": WHOLE})
_NAMED: JsonObject = {"kind": _KIND, "key": TEXT}
_FIELD = object_of({"path": _PATH, "before": ANY, "after": ANY, "where": maybe(_PLACE)})
_MOVED = object_of(
    {
        "path": _PATH, "before": ANY, "after": ANY, "where": maybe(_PLACE), "standing": one_of(Standing), "base": ANY,
    }
)  # fmt: skip
_CHANGE = object_of(
    {
        "action": one_of(Action), **_NAMED, "reason": TEXT, "version": maybe(WHOLE), "fields": many(_FIELD), "where": maybe(_PLACE),
    }
)  # fmt: skip
_NOTE = object_of(
    {
        "code": TEXT, "severity": one_of(Severity), "summary": TEXT, "where": maybe(_PLACE), "detail": TEXT, "hint": TEXT, "subject": TEXT,
    }
)  # fmt: skip
_FINDING = object_of(
    {"code": TEXT, "severity": one_of(Severity), "summary": TEXT},
    {
        "where": _PLACE, "detail": TEXT, "hint": TEXT, "subject": TEXT, "related": many(object_of({"label": TEXT, "where": _PLACE})),
        "environments": many(TEXT),
    },
)  # fmt: skip
_TARGET = object_of(
    {"environment": TEXT, "url": TEXT, "prefix": TEXT, "version": TEXT, "description": TEXT, "releases": many(TEXT)}
)  # fmt: skip
_OUTCOME = object_of(
    {"status": one_of(Status)},
    {
        "message": TEXT, "httpStatus": WHOLE, "requestId": TEXT,
        "fields": many(object_of({"path": _PATH, "before": ANY, "after": ANY})),
    },
)  # fmt: skip
_STEP: JsonObject = {
    "number": WHOLE, "verb": one_of(Verb), **_NAMED, "id": TEXT, "addon": TEXT, "addonId": TEXT, "content": ANY, "cause": TEXT,
    "needs": many(WHOLE), "method": {"enum": ["POST", "PUT", "PATCH", "DELETE"]}, "path": TEXT, "body": ANY,
}  # fmt: skip
_WORST = maybe(object_of({"reach": TEXT, "percent": maybe(DECIMAL), "quantity": maybe(DECIMAL)}))
_COMPARISON: JsonObject = {
    "incomparable": maybe(TEXT),
    "points": many(object_of({"quantity": DECIMAL, "before": DECIMAL, "after": DECIMAL})),
    "step": DECIMAL,
    "stretches": many(object_of({"first": DECIMAL, "last": maybe(DECIMAL), "direction": TEXT, "throughout": BOOL})),
    "rise": _WORST,
    "fall": _WORST,
}  # fmt: skip
_CARD = object_of({"key": TEXT, "before": maybe(TEXT), "after": maybe(TEXT), **_COMPARISON})
_TOTAL = object_of({"feature": maybe(TEXT), "others": counts(DECIMAL), **_COMPARISON})
_CUSTOMER = object_of({"customer": TEXT, "before": DECIMAL, "after": DECIMAL})
_PHASE = object_of(
    {"key": TEXT, "there": {"enum": ["both", "before", "after"]}},
    {"cards": many(_CARD), "totals": many(_TOTAL), "leftOut": many(TEXT), "customers": many(_CUSTOMER)},
)
_REVIEW = many(
    object_of(
        {
            **_NAMED,
            "currency": object_of({"before": TEXT, "after": TEXT}),
            "refused": maybe(TEXT),
            "phases": many(_PHASE),
        }
    )
)
_IMPACT = object_of(
    {
        "subscribers": many(
            object_of(
                {
                    **_NAMED, "customers": WHOLE, "versions": many(object_of({"version": WHOLE, "customers": WHOLE})), "unknownVersion": WHOLE,
                    "newSignups": maybe(WHOLE),
                }
            )
        ),
        "holders": many(object_of({**_NAMED, "entitlements": WHOLE})),
        "used": many(object_of({**_NAMED, "by": many(object_of({**_NAMED, "versions": many(WHOLE), "inCatalog": BOOL}))})),
        "unread": many(object_of({"what": TEXT, "why": TEXT, "objects": many(object_of(_NAMED))})),
    }
)  # fmt: skip
_PRECONDITION = object_of({"ref": ADDRESS, "state": ANY, "fingerprint": TEXT, "touched": BOOL})
_REHEARSAL = object_of(
    {"steps": WHOLE, "secondPlanEmpty": BOOL, "prefixes": WHOLE, "prefixesConverging": WHOLE, "failures": many(TEXT)}
)  # fmt: skip


_ASKED = object_of(
    {
        "at": many(object_of({"feature": TEXT, "quantities": many(DECIMAL)})),
        "customers": many(object_of({"customer": TEXT, "usage": many(object_of({"feature": TEXT, "quantity": DECIMAL}))})),
        "source": TEXT,
        "period": TEXT,
    }
)  # fmt: skip


def _plan(step: JsonObject, more: JsonObject) -> JsonObject:
    return object_of(
        {
            "format": WHOLE,
            "target": _TARGET,
            "catalog": object_of({"digest": TEXT, "revision": TEXT}),
            "created": TEXT,
            "changes": many(_CHANGE),
            "steps": many(step),
            "preconditions": many(_PRECONDITION),
            "diagnostics": many(_NOTE),
            "summary": object_of({"changes": counts(), "steps": WHOLE, "blocked": BOOL}),
            "digest": TEXT,
            **more,
        },
        {"impact": _IMPACT, "asked": _ASKED, "rehearsal": _REHEARSAL, "review": _REVIEW},
    )


_PLAN = _plan(object_of(_STEP), {})
_CALLS = many(object_of({"phase": TEXT, "calls": WHOLE, "milliseconds": WHOLE}))
_EXAMPLES = many(object_of({"id": TEXT, "file": maybe(TEXT), "line": maybe(WHOLE), "value": ANY}))
_NUMBER: JsonObject = {"type": "number"}
_METER = object_of(
    {
        "slug": TEXT, "aggregation": TEXT, "eventType": TEXT, "valueProperty": maybe(TEXT), "eventFrom": maybe(TEXT),
        "events": object_of({"read": WHOLE, "matched": WHOLE, "otherType": WHOLE, "beforeEventFrom": WHOLE}),
        "total": maybe(_NUMBER), "exact": BOOL,
        "groups": many(object_of({"groupBy": counts(maybe(TEXT)), "value": maybe(_NUMBER), "events": WHOLE, "exact": BOOL})),
        "groupsLeftOut": WHOLE,
        "findings": many(
            object_of({"problem": one_of(Problem), "property": TEXT, "path": TEXT, "events": WHOLE, "examples": _EXAMPLES})
        ),
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
OUTPUTS: dict[str, JsonObject] = {
    "plan": _PLAN,
    "apply": _plan(object_of(_STEP, {"outcome": _OUTCOME}), {"complete": BOOL, "calls": _CALLS}),
    "validate": object_of(
        {"diagnostics": many(_FINDING), "summary": object_of({str(one): WHOLE for one in Severity})}
    ),
    "diff": object_of({"changes": many(_CHANGE), "diagnostics": many(_NOTE), "review": _REVIEW}),
    "drift": object_of(
        {
            "target": _TARGET,
            "against": maybe(TEXT),
            "objects": many(object_of({**_NAMED, "standing": one_of(Standing), "fields": many(_MOVED)})),
            "liveOnly": many(ADDRESS),
            "manifestGone": many(ADDRESS),
            "diagnostics": many(_NOTE),
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
    "try": object_of(
        {
            "meters": many(_METER),
            "events": object_of(
                {
                    "read": WHOLE,
                    "repeated": WHOLE,
                    "repeatedExamples": _EXAMPLES,
                    "unusedTypes": many(object_of({"type": TEXT, "events": WHOLE})),
                }
            ),
            "diagnostics": many(_FINDING),
        }
    ),
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
    "run": object_of({"run": _RUN, "plan": maybe(_PLAN), "journal": many({"type": "object"})}),
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
                        "changes": many(object_of({"action": one_of(Action), **_NAMED})),
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
"""By verb: `run` is `show RUN`, `environments` is `plan` and `apply` with several environments."""


def text(name: str) -> str:
    """The schema of an output as its file holds it. Raises KeyError for a name that is not in `OUTPUTS`."""
    head: JsonObject = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"catalogsync {name} --format json",
    }
    return pretty({**head, **OUTPUTS[name]})
