"""The JSON schemas of a plan and of its parts, which the outputs of several verbs hold."""

from __future__ import annotations

from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Severity
from catalogsync.core.plan import Verb
from catalogsync.core.report import Status
from catalogsync.metering.model import Problem
from catalogsync.openmeter.kinds import KINDS
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

PATH: JsonObject = {
    "type": "string",
    "description": "Members from the object down, parted by dots: entries of lists by their key, else by their position from 0. "
    "Text counts positions from 1: `tiers.1` is `tiers[2]` there.",
}
KIND: JsonObject = {"enum": sorted(map(str, KINDS))}

PLACE = object_of({"file": TEXT, "line": WHOLE, "column": WHOLE})
NAMED: JsonObject = {"kind": KIND, "key": TEXT}
FIELD = object_of({"path": PATH, "before": ANY, "after": ANY, "where": maybe(PLACE)})
CHANGE = object_of(
    {
        "action": one_of(Action), **NAMED, "reason": TEXT, "version": maybe(WHOLE), "fields": many(FIELD), "where": maybe(PLACE),
    }
)  # fmt: skip
NOTE = object_of(
    {
        "code": TEXT, "severity": one_of(Severity), "summary": TEXT, "where": maybe(PLACE), "detail": TEXT, "hint": TEXT, "subject": TEXT,
    }
)  # fmt: skip
FINDING = object_of(
    {"code": TEXT, "severity": one_of(Severity), "summary": TEXT},
    {
        "where": PLACE, "detail": TEXT, "hint": TEXT, "subject": TEXT, "related": many(object_of({"label": TEXT, "where": PLACE})),
        "environments": many(TEXT),
    },
)  # fmt: skip
TARGET = object_of(
    {"environment": TEXT, "url": TEXT, "prefix": TEXT, "version": TEXT, "description": TEXT, "releases": many(TEXT)}
)  # fmt: skip
_OUTCOME = object_of(
    {"status": one_of(Status)},
    {
        "message": TEXT, "httpStatus": WHOLE, "requestId": TEXT,
        "fields": many(object_of({"path": PATH, "before": ANY, "after": ANY})),
    },
)  # fmt: skip
_STEP: JsonObject = {
    "number": WHOLE, "verb": one_of(Verb), **NAMED, "id": TEXT, "addon": TEXT, "addonId": TEXT, "content": ANY, "cause": TEXT,
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
REVIEW = many(
    object_of(
        {
            **NAMED,
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
                    **NAMED, "customers": WHOLE, "versions": many(object_of({"version": WHOLE, "customers": WHOLE})), "unknownVersion": WHOLE,
                    "newSignups": maybe(WHOLE),
                }
            )
        ),
        "holders": many(object_of({**NAMED, "entitlements": WHOLE})),
        "used": many(object_of({**NAMED, "by": many(object_of({**NAMED, "versions": many(WHOLE), "inCatalog": BOOL}))})),
        "unread": many(object_of({"what": TEXT, "why": TEXT, "objects": many(object_of(NAMED))})),
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
TRIALS = object_of(
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
        "diagnostics": many(FINDING),
    }
)
"""What new and changed meters would have counted: also the output of `try`."""

_LIMITS = counts({"anyOf": [BOOL, DECIMAL]})
_CALLS = many(object_of({"phase": TEXT, "calls": WHOLE, "milliseconds": WHOLE}))


def _plan(step: JsonObject, more: JsonObject, optional: JsonObject | None = None) -> JsonObject:
    return object_of(
        {
            "format": WHOLE,
            "target": TARGET,
            "catalog": object_of({"digest": TEXT, "revision": TEXT}),
            "created": TEXT,
            "changes": many(CHANGE),
            "steps": many(step),
            "preconditions": many(_PRECONDITION),
            "diagnostics": many(NOTE),
            "summary": object_of({"changes": counts(), "steps": WHOLE, "blocked": BOOL}),
            "digest": TEXT,
            **more,
        },
        {
            "impact": _IMPACT,
            "asked": _ASKED,
            "fuses": _LIMITS,
            "rehearsal": _REHEARSAL,
            "review": REVIEW,
            **(optional or {}),
        },
    )


PLAN_OUTPUT = _plan(object_of(_STEP), {}, {"trials": TRIALS})
APPLY_OUTPUT = _plan(object_of(_STEP, {"outcome": _OUTCOME}), {"complete": BOOL, "calls": _CALLS})
