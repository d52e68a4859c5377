"""A plan as a file: versioned, readable, deterministic JSON without secrets, under a digest.

The digest covers everything but itself, so a file that was changed by hand is refused. `created` is the only member that two equal plans
may differ in.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalogsync.core import canon
from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.errors import Refused
from catalogsync.core.model import Ref
from catalogsync.core.plan import FORMAT, Plan, Precondition, Rehearsal, Step, TargetIdentity, Verb
from catalogsync.store import output

_HINT = "make a new plan"


def to_json(plan: Plan) -> JsonObject:
    """The plan's members: what `plan --format json` prints and what a file holds, digest included."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "target": {
            "environment": plan.target.environment,
            "url": plan.target.url,
            "prefix": plan.target.prefix,
            "version": plan.target.server_version,
            "description": plan.target.description_digest,
        },
        "catalog": {"digest": plan.catalog_digest, "revision": plan.git_revision},
        "created": plan.created,
        "changes": [_change(c) for c in plan.changes],
        "steps": [_step(s) for s in plan.steps],
        "preconditions": [_precondition(p) for p in plan.preconditions],
        "diagnostics": [_diagnostic(d) for d in plan.diagnostics],
        "summary": _summary(plan),
    }
    if plan.rehearsal is not None:
        r = plan.rehearsal
        body["rehearsal"] = {
            "steps": r.steps, "secondPlanEmpty": r.second_plan_empty, "prefixes": r.prefixes,
            "prefixesConverging": r.prefixes_converging, "failures": list(r.failures),
        }  # fmt: skip
    return {**body, "digest": canon.fingerprint(body)}


def _summary(plan: Plan) -> JsonObject:
    actions = {str(a): sum(c.action is a for c in plan.changes) for a in Action}
    return {
        "changes": {a: n for a, n in actions.items() if n},
        "steps": len(plan.steps),
        "blocked": plan.blocked,
    }


def _change(change: Change) -> JsonObject:
    return {
        "action": str(change.action), "kind": str(change.ref.kind), "key": change.ref.key, "reason": change.reason, "version": change.version,
        "fields": [{"path": f.path, "before": f.before, "after": f.after} for f in change.fields],
    }  # fmt: skip


def _step(step: Step) -> JsonObject:
    return {
        "number": step.number, "verb": str(step.verb), "ref": str(step.ref), "method": step.method, "path": step.path, "body": step.body,
        "cause": step.cause, "needs": list(step.needs), "detail": step.detail,
    }  # fmt: skip


def _precondition(one: Precondition) -> JsonObject:
    return {"ref": str(one.ref), "state": one.state, "fingerprint": one.fingerprint, "touched": one.touched}


def _diagnostic(one: Diagnostic) -> JsonObject:
    where = one.where
    place: JsonObject | None = (
        {"file": where.file, "line": where.line, "column": where.column} if where else None
    )
    return {
        "code": one.code, "severity": str(one.severity), "summary": one.summary, "where": place, "detail": one.detail, "hint": one.hint,
        "subject": one.subject,
    }  # fmt: skip


def save(plan: Plan, path: Path) -> None:
    """Writes the file whole or not at all. Raises CatalogsyncError."""
    output.write(path, to_text(plan))


def to_text(plan: Plan) -> str:
    """The file's content."""
    return canon.dumps(to_json(plan), indent=2) + "\n"


def load(path: Path) -> Plan:
    """The plan in a file. Raises Refused for one that is no plan, of another format, or changed since it was saved."""
    try:
        body = canon.loads(path.read_bytes())
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}", code="plan-unreadable") from problem
    except (ValueError, RecursionError) as problem:
        raise Refused(
            f"{path} is no saved plan: it is no JSON", code="plan-unreadable", hint=_HINT
        ) from problem
    if not isinstance(body, Mapping) or "format" not in body or "digest" not in body:
        raise Refused(f"{path} is no saved plan", code="plan-unreadable", hint=_HINT)
    if body["format"] != FORMAT:
        raise Refused(
            f"{path} has format {body['format']}, this catalogsync reads {FORMAT}",
            code="plan-other-format",
            hint=_HINT,
        )
    rest = {name: value for name, value in body.items() if name != "digest"}
    if canon.fingerprint(rest) != body["digest"]:
        raise Refused(
            f"{path} was changed after it was saved",
            code="plan-tampered",
            hint="apply only what was reviewed: " + _HINT,
        )
    try:
        return from_json(body)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Refused(
            f"{path} is no saved plan: {problem!r}", code="plan-unreadable", hint=_HINT
        ) from problem


def from_json(body: Any) -> Plan:
    """The plan that `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    target, proof = body["target"], body.get("rehearsal")
    return Plan(
        target=TargetIdentity(
            target["url"], target["version"], target["description"], target["environment"], target["prefix"]
        ),
        changes=tuple(_read_change(c) for c in body["changes"]),
        steps=tuple(_read_step(s) for s in body["steps"]),
        preconditions=tuple(
            Precondition(Ref.parse(p["ref"]), p["state"], p["fingerprint"], p["touched"])
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
    )


def _read_change(body: Any) -> Change:
    fields = tuple(FieldChange(f["path"], f["before"], f["after"]) for f in body["fields"])
    return Change(
        Action(body["action"]),
        Ref.parse(f"{body['kind']}/{body['key']}"),
        fields,
        body["reason"],
        body["version"],
    )


def _read_step(body: Any) -> Step:
    return Step(
        body["number"], Verb(body["verb"]), Ref.parse(body["ref"]), body["method"], body["path"], body["body"], body["cause"],
        tuple(body["needs"]), body["detail"],
    )  # fmt: skip


def _read_diagnostic(body: Any) -> Diagnostic:
    place = body["where"]
    where = SourceRef(place["file"], place["line"], place["column"]) if place else None
    return Diagnostic(
        body["code"],
        Severity(body["severity"]),
        body["summary"],
        where,
        body["detail"],
        body["hint"],
        body["subject"],
    )
