"""A saved plan's members: what each part of a plan is in JSON, and back. Pure.

Members stand in the order of the manifests, so that rate cards are shown in that order after reading too; the digest knows no order of members.
It covers everything but itself. `created` is the only member that two equal plans may differ in.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from catalogsync.core import canon, values
from catalogsync.core.asked import NOTHING_ASKED
from catalogsync.core.canon import Body, Json, JsonObject
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.model import Ref
from catalogsync.core.plan import FORMAT, Plan, Precondition, Rehearsal, State, Step, TargetIdentity, Verb
from catalogsync.store import asked_json, impact_json
from catalogsync.store.saved_plan import SavedChange, SavedDiagnostic, SavedPlace, SavedPlan, SavedStep


def to_json(plan: Plan) -> JsonObject:
    """The plan's members as a file holds them, digest included (`plan --format json` adds each step's request)."""
    body: dict[str, Json] = {
        "format": FORMAT,
        "target": target_to_json(plan.target),
        "catalog": {"digest": plan.catalog_digest, "revision": plan.git_revision},
        "created": plan.created,
        "changes": [change_to_json(c) for c in plan.changes],
        "steps": [_step(s) for s in plan.steps],
        "preconditions": [_precondition(p) for p in plan.preconditions],
        "diagnostics": [diagnostic_to_json(d) for d in plan.diagnostics],
        "summary": _summary(plan),
    }
    if plan.impact is not None:
        body["impact"] = cast("Json", impact_json.to_json(plan.impact))
    if plan.asked != NOTHING_ASKED:
        body["asked"] = asked_json.to_json(plan.asked)
    if plan.fuses is not None:
        body["fuses"] = {name: one if isinstance(one, bool) else str(one) for name, one in plan.fuses.items()}
    if plan.rehearsal is not None:
        r = plan.rehearsal
        body["rehearsal"] = {
            "steps": r.steps,
            "secondPlanEmpty": r.second_plan_empty,
            "prefixes": r.prefixes,
            "prefixesConverging": r.prefixes_converging,
            "failures": list(r.failures),
        }
    return {**body, "digest": canon.fingerprint(body)}


def _summary(plan: Plan) -> JsonObject:
    actions = {str(a): sum(c.action is a for c in plan.changes) for a in Action}
    return {
        "changes": {a: n for a, n in actions.items() if n},
        "steps": len(plan.steps),
        "blocked": plan.blocked,
    }


def target_to_json(target: TargetIdentity) -> JsonObject:
    """What a plan is bound to, as a saved plan holds it."""
    return {
        "environment": target.environment,
        "url": target.url,
        "prefix": target.prefix,
        "version": target.server_version,
        "description": target.description_digest,
        "releases": list(target.releases),
    }


def change_to_json(change: Change) -> JsonObject:
    """A change as a saved plan holds it."""
    return {
        "action": str(change.action),
        "kind": str(change.ref.kind),
        "key": change.ref.key,
        "reason": change.reason,
        "version": change.version,
        "fields": [field_to_json(one) for one in change.fields],
        "where": _place(change.where),
    }


def field_to_json(one: FieldChange) -> JsonObject:
    """A field's change as a saved plan holds it."""
    return {
        "path": one.path,
        "before": values.to_plain(one.before),
        "after": values.to_plain(one.after),
        "where": _place(one.where),
    }


def _place(where: SourceRef | None) -> JsonObject | None:
    return {"file": where.file, "line": where.line, "column": where.column} if where else None


def _step(step: Step) -> JsonObject:
    return {
        "number": step.number,
        "verb": str(step.verb),
        "kind": str(step.ref.kind),
        "key": step.ref.key,
        "id": step.id,
        "addon": step.addon,
        "addonId": step.addon_id,
        "content": values.to_plain(step.body),
        "cause": step.cause,
        "needs": list(step.needs),
    }


def _precondition(one: Precondition) -> JsonObject:
    return {
        "ref": str(one.ref),
        "state": values.to_plain(one.state),
        "fingerprint": one.fingerprint,
        "touched": one.touched,
    }


def diagnostic_to_json(one: Diagnostic) -> JsonObject:
    """A diagnostic as a saved plan holds it."""
    return {
        "code": one.code,
        "severity": str(one.severity),
        "summary": one.summary,
        "where": _place(one.where),
        "detail": one.detail,
        "hint": one.hint,
        "subject": one.subject,
    }


def from_json(saved: JsonObject) -> Plan:
    """The plan that `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    body = cast("SavedPlan", saved)
    target, proof = body["target"], body.get("rehearsal")
    return Plan(
        target=TargetIdentity(
            target["url"],
            target["version"],
            target["description"],
            target["environment"],
            target["prefix"],
            tuple(target["releases"]),
        ),
        changes=tuple(_read_change(c) for c in body["changes"]),
        steps=tuple(_read_step(s) for s in body["steps"]),
        preconditions=tuple(
            Precondition(Ref.parse(p["ref"]), _state(p["state"]), p["fingerprint"], p["touched"])
            for p in body["preconditions"]
        ),
        diagnostics=tuple(_read_diagnostic(d) for d in body["diagnostics"]),
        catalog_digest=body["catalog"]["digest"],
        git_revision=body["catalog"]["revision"],
        created=body["created"],
        rehearsal=Rehearsal(
            proof["steps"],
            proof["secondPlanEmpty"],
            proof["prefixes"],
            proof["prefixesConverging"],
            tuple(proof["failures"]),
        )
        if proof
        else None,
        impact=impact_json.from_json(body["impact"]) if "impact" in body else None,
        asked=asked_json.from_json(body["asked"]) if "asked" in body else NOTHING_ASKED,
        fuses=_read_fuses(body["fuses"]) if "fuses" in body else None,
    )


def _read_fuses(body: Mapping[str, str | bool]) -> Mapping[str, Decimal | bool]:
    return {name: one if isinstance(one, bool) else Decimal(one) for name, one in body.items()}


def _state(said: Json) -> State:
    return cast("State", values.from_plain(said))


def _read_change(body: SavedChange) -> Change:
    fields = tuple(
        FieldChange(
            f["path"],
            values.from_plain(f["before"]),
            values.from_plain(f["after"]),
            _read_place(f.get("where")),
        )
        for f in body["fields"]
    )
    return Change(
        Action(body["action"]),
        Ref.parse(f"{body['kind']}/{body['key']}"),
        fields,
        body["reason"],
        body["version"],
        _read_place(body.get("where")),
    )


def _read_place(body: SavedPlace | None) -> SourceRef | None:
    return SourceRef(body["file"], body["line"], body["column"]) if body else None


def _read_step(body: SavedStep) -> Step:
    return Step(
        number=body["number"],
        verb=Verb(body["verb"]),
        ref=Ref.parse(f"{body['kind']}/{body['key']}"),
        body=cast("Body | None", values.from_plain(body["content"])),
        cause=body["cause"],
        needs=tuple(body["needs"]),
        id=body["id"],
        addon=body["addon"],
        addon_id=body["addonId"],
    )


def _read_diagnostic(body: SavedDiagnostic) -> Diagnostic:
    return Diagnostic(
        body["code"],
        Severity(body["severity"]),
        body["summary"],
        _read_place(body["where"]),
        body["detail"],
        body["hint"],
        body["subject"],
    )
