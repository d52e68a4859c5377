"""Diagnostics as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef


def one_to_json(one: Diagnostic) -> JsonObject:
    """One diagnostic; members without a value are left out."""
    body: dict[str, Json] = {
        "code": one.code,
        "severity": str(one.severity),
        "summary": one.summary,
        "where": _place(one.where) if one.where else None,
        "detail": one.detail,
        "hint": one.hint,
        "subject": one.subject,
        "related": [{"label": r.label, "where": _place(r.where)} for r in one.related],
        "environments": list(one.environments),
    }
    return {name: value for name, value in body.items() if value}


def _place(where: SourceRef) -> JsonObject:
    return {"file": where.file, "line": where.line, "column": where.column}


def to_json(diagnostics: Sequence[Diagnostic]) -> JsonObject:
    """`{"diagnostics": […], "summary": {"error": N, "warning": N, "note": N}}`."""
    counts = {str(s): sum(d.severity is s for d in diagnostics) for s in Severity}
    return {"diagnostics": [one_to_json(d) for d in diagnostics], "summary": counts}
