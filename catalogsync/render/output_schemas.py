"""JSON schemas of what `--format json` gives, one for each verb. Drawn from here alone; a test holds real outputs against them.

A member may be added in a later release; one that is here keeps its name and its meaning (docs/reference/versioning.md).
"""

from __future__ import annotations

from enum import StrEnum

from catalogsync.app.doctor import Status as CheckStatus
from catalogsync.app.side_by_side import Ended
from catalogsync.core.canon import JsonObject, dumps
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Severity
from catalogsync.core.model import Lifecycle
from catalogsync.core.plan import Verb
from catalogsync.core.report import Status
from catalogsync.metering.model import Problem
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.drift import Standing
from catalogsync.store.runs.record import RunOutcome

_TEXT: JsonObject = {"type": "string"}
_PATH: JsonObject = {
    "type": "string",
    "description": "Members from the object down, parted by dots: entries of lists by their key, else by their position from 0. "
    "Text counts positions from 1: `tiers.1` is `tiers[2]` there.",
}
_WHOLE: JsonObject = {"type": "integer"}
_BOOL: JsonObject = {"type": "boolean"}
_ANY: JsonObject = {}
_DECIMAL: JsonObject = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
_ADDRESS: JsonObject = {"type": "string", "pattern": "^[a-z_]+/."}
_KIND: JsonObject = {"enum": sorted(map(str, KINDS))}


def _maybe(schema: JsonObject) -> JsonObject:
    return {"anyOf": [schema, {"type": "null"}]}


def _many(schema: JsonObject) -> JsonObject:
    return {"type": "array", "items": schema}


def _counts(schema: JsonObject = _WHOLE) -> JsonObject:
    return {"type": "object", "additionalProperties": schema}


def _one_of(words: type[StrEnum]) -> JsonObject:
    return {"enum": [str(word) for word in words]}


def _object(members: JsonObject, optional: JsonObject | None = None) -> JsonObject:
    """An object with all these members, and perhaps the optional ones."""
    return {
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": sorted(members),
        "additionalProperties": False,
    }


_PLACE = _object({"file": _TEXT, "line": _WHOLE, "column": _WHOLE})
_NAMED: JsonObject = {"kind": _KIND, "key": _TEXT}
_FIELD = _object({"path": _PATH, "before": _ANY, "after": _ANY, "where": _maybe(_PLACE)})
_MOVED = _object(
    {
        "path": _PATH, "before": _ANY, "after": _ANY, "where": _maybe(_PLACE), "standing": _one_of(Standing), "base": _ANY,
    }
)  # fmt: skip
_CHANGE = _object(
    {
        "action": _one_of(Action), **_NAMED, "reason": _TEXT, "version": _maybe(_WHOLE), "fields": _many(_FIELD), "where": _maybe(_PLACE),
    }
)  # fmt: skip
_NOTE = _object(
    {
        "code": _TEXT, "severity": _one_of(Severity), "summary": _TEXT, "where": _maybe(_PLACE), "detail": _TEXT, "hint": _TEXT, "subject": _TEXT,
    }
)  # fmt: skip
_FINDING = _object(
    {"code": _TEXT, "severity": _one_of(Severity), "summary": _TEXT},
    {
        "where": _PLACE, "detail": _TEXT, "hint": _TEXT, "subject": _TEXT, "related": _many(_object({"label": _TEXT, "where": _PLACE})),
        "environments": _many(_TEXT),
    },
)  # fmt: skip
_TARGET = _object(
    {"environment": _TEXT, "url": _TEXT, "prefix": _TEXT, "version": _TEXT, "description": _TEXT, "releases": _many(_TEXT)}
)  # fmt: skip
_OUTCOME = _object(
    {"status": _one_of(Status)},
    {
        "message": _TEXT, "httpStatus": _WHOLE, "requestId": _TEXT,
        "fields": _many(_object({"path": _PATH, "before": _ANY, "after": _ANY})),
    },
)  # fmt: skip
_STEP: JsonObject = {
    "number": _WHOLE, "verb": _one_of(Verb), **_NAMED, "id": _TEXT, "addon": _TEXT, "addonId": _TEXT, "content": _ANY, "cause": _TEXT,
    "needs": _many(_WHOLE), "method": {"enum": ["POST", "PUT", "PATCH", "DELETE"]}, "path": _TEXT, "body": _ANY,
}  # fmt: skip
_WORST = _maybe(_object({"reach": _TEXT, "percent": _maybe(_DECIMAL), "quantity": _maybe(_DECIMAL)}))
_COMPARISON: JsonObject = {
    "incomparable": _maybe(_TEXT),
    "points": _many(_object({"quantity": _DECIMAL, "before": _DECIMAL, "after": _DECIMAL})),
    "step": _DECIMAL,
    "stretches": _many(_object({"first": _DECIMAL, "last": _maybe(_DECIMAL), "direction": _TEXT, "throughout": _BOOL})),
    "rise": _WORST,
    "fall": _WORST,
}  # fmt: skip
_CARD = _object({"key": _TEXT, "before": _maybe(_TEXT), "after": _maybe(_TEXT), **_COMPARISON})
_TOTAL = _object({"feature": _maybe(_TEXT), "others": _counts(_DECIMAL), **_COMPARISON})
_CUSTOMER = _object({"customer": _TEXT, "before": _DECIMAL, "after": _DECIMAL})
_PHASE = _object(
    {"key": _TEXT, "there": {"enum": ["both", "before", "after"]}},
    {"cards": _many(_CARD), "totals": _many(_TOTAL), "leftOut": _many(_TEXT), "customers": _many(_CUSTOMER)},
)
_REVIEW = _many(
    _object(
        {
            **_NAMED,
            "currency": _object({"before": _TEXT, "after": _TEXT}),
            "refused": _maybe(_TEXT),
            "phases": _many(_PHASE),
        }
    )
)
_IMPACT = _object(
    {
        "subscribers": _many(
            _object(
                {
                    **_NAMED, "customers": _WHOLE, "versions": _many(_object({"version": _WHOLE, "customers": _WHOLE})), "unknownVersion": _WHOLE,
                    "newSignups": _maybe(_WHOLE),
                }
            )
        ),
        "holders": _many(_object({**_NAMED, "entitlements": _WHOLE})),
        "used": _many(_object({**_NAMED, "by": _many(_object({**_NAMED, "versions": _many(_WHOLE), "inCatalog": _BOOL}))})),
        "unread": _many(_object({"what": _TEXT, "why": _TEXT, "objects": _many(_object(_NAMED))})),
    }
)  # fmt: skip
_PRECONDITION = _object({"ref": _ADDRESS, "state": _ANY, "fingerprint": _TEXT, "touched": _BOOL})
_REHEARSAL = _object(
    {"steps": _WHOLE, "secondPlanEmpty": _BOOL, "prefixes": _WHOLE, "prefixesConverging": _WHOLE, "failures": _many(_TEXT)}
)  # fmt: skip


_ASKED = _object(
    {
        "at": _many(_object({"feature": _TEXT, "quantities": _many(_DECIMAL)})),
        "customers": _many(_object({"customer": _TEXT, "usage": _many(_object({"feature": _TEXT, "quantity": _DECIMAL}))})),
        "source": _TEXT,
        "period": _TEXT,
    }
)  # fmt: skip
_LIMITS = _counts({"anyOf": [_BOOL, _DECIMAL]})


def _plan(step: JsonObject, more: JsonObject) -> JsonObject:
    return _object(
        {
            "format": _WHOLE,
            "target": _TARGET,
            "catalog": _object({"digest": _TEXT, "revision": _TEXT}),
            "created": _TEXT,
            "changes": _many(_CHANGE),
            "steps": _many(step),
            "preconditions": _many(_PRECONDITION),
            "diagnostics": _many(_NOTE),
            "summary": _object({"changes": _counts(), "steps": _WHOLE, "blocked": _BOOL}),
            "digest": _TEXT,
            **more,
        },
        {"impact": _IMPACT, "asked": _ASKED, "fuses": _LIMITS, "rehearsal": _REHEARSAL, "review": _REVIEW},
    )


_PLAN = _plan(_object(_STEP), {})
_CALLS = _many(_object({"phase": _TEXT, "calls": _WHOLE, "milliseconds": _WHOLE}))
_EXAMPLES = _many(_object({"id": _TEXT, "file": _maybe(_TEXT), "line": _maybe(_WHOLE), "value": _ANY}))
_NUMBER: JsonObject = {"type": "number"}
_METER = _object(
    {
        "slug": _TEXT, "aggregation": _TEXT, "eventType": _TEXT, "valueProperty": _maybe(_TEXT), "eventFrom": _maybe(_TEXT),
        "events": _object({"read": _WHOLE, "matched": _WHOLE, "otherType": _WHOLE, "beforeEventFrom": _WHOLE}),
        "total": _maybe(_NUMBER), "exact": _BOOL,
        "groups": _many(_object({"groupBy": _counts(_maybe(_TEXT)), "value": _maybe(_NUMBER), "events": _WHOLE, "exact": _BOOL})),
        "groupsLeftOut": _WHOLE,
        "findings": _many(
            _object({"problem": _one_of(Problem), "property": _TEXT, "path": _TEXT, "events": _WHOLE, "examples": _EXAMPLES})
        ),
    }
)  # fmt: skip
_LINE = _object(
    {
        "key": _TEXT, "name": _TEXT, "quantity": _maybe(_DECIMAL), "price": _TEXT, "billingCadence": _maybe(_TEXT), "charge": _DECIMAL,
        "plan": _BOOL, "addons": _many(_object({"addon": _TEXT, "quantity": _WHOLE})),
        "details": _many(
            _object(
                {"role": _TEXT, "quantity": _DECIMAL, "perUnit": _DECIMAL, "amount": _DECIMAL, "discount": _DECIMAL, "total": _DECIMAL}
            )
        ),
    }
)  # fmt: skip
_RUN = _object(
    {
        "id": _TEXT, "environment": _TEXT, "url": _TEXT, "who": _TEXT, "began": _TEXT, "ended": _TEXT, "revision": _TEXT, "plan": _TEXT,
        "fence": _WHOLE, "outcome": _one_of(RunOutcome), "proven": _BOOL, "steps": _counts(), "note": _TEXT,
    }
)  # fmt: skip
_MANIFEST = _object(
    {**_NAMED, "lifecycle": _one_of(Lifecycle), "files": _many(_TEXT), "body": {"type": "object"}}
)
_DESCRIPTION = _object({"title": _TEXT, "version": _TEXT, "digest": _TEXT})
OUTPUTS: dict[str, JsonObject] = {
    "plan": _PLAN,
    "apply": _plan(_object(_STEP, {"outcome": _OUTCOME}), {"complete": _BOOL, "calls": _CALLS}),
    "validate": _object(
        {"diagnostics": _many(_FINDING), "summary": _object({str(one): _WHOLE for one in Severity})}
    ),
    "diff": _object({"changes": _many(_CHANGE), "diagnostics": _many(_NOTE), "review": _REVIEW}),
    "drift": _object(
        {
            "target": _TARGET,
            "against": _maybe(_TEXT),
            "objects": _many(_object({**_NAMED, "standing": _one_of(Standing), "fields": _many(_MOVED)})),
            "liveOnly": _many(_ADDRESS),
            "manifestGone": _many(_ADDRESS),
            "diagnostics": _many(_NOTE),
            "summary": _counts(),
        }
    ),
    "quote": _object(
        {
            "plan": _TEXT,
            "phase": _TEXT,
            "currency": _TEXT,
            "billingCadence": _TEXT,
            "total": _DECIMAL,
            "totals": _many(_object({"billingCadence": _maybe(_TEXT), "total": _DECIMAL})),
            "lines": _many(_LINE),
            "notes": _many(_TEXT),
        }
    ),
    "try": _object(
        {
            "meters": _many(_METER),
            "events": _object(
                {
                    "read": _WHOLE,
                    "repeated": _WHOLE,
                    "repeatedExamples": _EXAMPLES,
                    "unusedTypes": _many(_object({"type": _TEXT, "events": _WHOLE})),
                }
            ),
            "diagnostics": _many(_FINDING),
        }
    ),
    "explain": _object(
        {
            "codes": _many(
                _object(
                    {"code": _TEXT, "family": _TEXT, "title": _TEXT, "why": _TEXT, "instead": _TEXT},
                    {"severity": _one_of(Severity), "atLeast": _one_of(Severity), "example": _TEXT},
                )
            )
        }
    ),
    "history": _object(
        {
            "environment": _TEXT,
            "runs": _many(_RUN),
            "lock": _maybe(_object({"run": _TEXT, "who": _TEXT, "since": _TEXT})),
        }
    ),
    "resolved": _object({"objects": _many(_MANIFEST)}),
    "schema-check": _object(
        {
            "known": _DESCRIPTION,
            "given": _DESCRIPTION,
            "releases": _many(_TEXT),
            "lacks": _many(_object({"request": _TEXT, "member": _TEXT, "since": _TEXT})),
            "changes": _many(
                _object(
                    {
                        "request": _TEXT,
                        "member": _TEXT,
                        "action": {"enum": ["added", "changed", "removed"]},
                        "detail": _TEXT,
                    }
                )
            ),
        }
    ),
    "run": _object({"run": _RUN, "plan": _maybe(_PLAN), "journal": _many({"type": "object"})}),
    "doctor": _object(
        {
            "target": _object({"environment": _TEXT, "url": _TEXT}),
            "checks": _many(
                _object({"name": _TEXT, "status": _one_of(CheckStatus), "found": _TEXT, "hint": _TEXT})
            ),
            "well": _BOOL,
        }
    ),
    "environments": _object(
        {
            "environments": _many(
                _object(
                    {
                        "environment": _TEXT,
                        "status": _one_of(Ended),
                        "changes": _many(_object({"action": _one_of(Action), **_NAMED})),
                        "steps": _WHOLE,
                        "message": _TEXT,
                        "run": _TEXT,
                        "proven": _BOOL,
                        "warnings": _many(_object({"code": _TEXT, "subject": _TEXT, "summary": _TEXT})),
                    }
                )
            ),
            "summary": _counts(),
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
    return dumps({**head, **OUTPUTS[name]}, indent=2) + "\n"
