"""Drift for every format: objects that differ as changes with who moved, what no file names as notes, one line of summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from catalogsync.core import values
from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import LiveGroup, Ref
from catalogsync.core.wording import counted, first_few
from catalogsync.planner import kept
from catalogsync.planner.drift import NAMED, Drifted, MovedField, Standing, unnamed
from catalogsync.render import plan_words
from catalogsync.store import saved_plan_json

if TYPE_CHECKING:
    from catalogsync.app.drift import DriftReport

STANDINGS = {
    Standing.IN_STEP: "in step",
    Standing.FILES_AHEAD: "files ahead",
    Standing.LIVE_AHEAD: "live ahead",
    Standing.BOTH: "both moved",
    Standing.UNKNOWN: "differs",
}
"""What each standing is called."""
_REASONS = {
    Standing.FILES_AHEAD: "the files changed since they were last applied: live → files",
    Standing.LIVE_AHEAD: "the live object was changed: files → live",
    Standing.BOTH: "the files and the live object were changed: last applied → now",
    Standing.UNKNOWN: "nothing tells which side was changed: files → live",
}


_ARCHIVED = {
    Standing.LIVE_AHEAD: "the live object was archived, which its file does not say",
    Standing.BOTH: "the files were changed, and the live object was archived, which its file does not say",
    Standing.UNKNOWN: "nothing tells which side was changed: the live object is archived",
}
_GONE = {
    Standing.LIVE_AHEAD: "the object is not live any more",
    Standing.BOTH: "the files were changed, and the object is not live any more",
    Standing.UNKNOWN: "nothing tells which side was changed: no such object is live",
}


_KEPT = (*plan_words.UNCOMPARED, *plan_words.UNSETTLED, "stale-draft")
"""Codes of what the plan found that is about the live objects, beside errors."""


def changes(report: DriftReport) -> tuple[Change, ...]:
    """The objects that differ."""
    return tuple(_change(one, report.live.group(one.ref)) for one in report.drift.objects)


def _change(one: Drifted, live: LiveGroup) -> Change:
    """An object that differs: by its fields, or as one that was archived or is gone, of which fields say nothing."""
    fields = tuple(_field(field, one.standing) for field in one.fields)
    reason = _REASONS[one.standing]
    if one.standing in _GONE and not live.hidden and live.active is None and live.draft is None:
        fields, reason = (), (_ARCHIVED if live.archived else _GONE)[one.standing]
    return Change(Action.UPDATE, one.ref, fields, reason, where=one.where, label=STANDINGS[one.standing])


def _field(one: MovedField, standing: Standing) -> FieldChange:
    """A field as people read it: where both sides of its object moved, from what was last applied to what is now, and on which side."""
    change = one.change
    if standing is not Standing.BOTH:
        return change
    if one.standing is Standing.LIVE_AHEAD:
        return replace(change, before=one.base, after=change.after, note="on the server")
    files = replace(change, before=one.base, after=change.before)
    if one.standing is Standing.FILES_AHEAD:
        return replace(files, note="in the files")
    return replace(files, note=f"in the files; on the server {values.in_words(change.after)}")


def summary(report: DriftReport) -> str:
    """`1 live ahead · 2 files ahead · 23 in step`."""
    numbers = [_counted(one, count) for one, count in report.drift.counts().items() if count]
    return " · ".join(numbers) or "No object is in the files."


def _counted(one: Standing, count: int) -> str:
    """`1 differs`, `2 differ`, `2 in step`."""
    return f"{count} {'differ' if one is Standing.UNKNOWN and count != 1 else STANDINGS[one]}"


def notes(report: DriftReport) -> tuple[Diagnostic, ...]:
    """What could not be compared, what was taken as last applied where nothing tells, and live objects without a file."""
    moved = {str(one.ref) for one in report.drift.objects if one.standing.live_moved}
    return (
        *(
            one
            for one in report.plan.diagnostics
            if one.is_error or (one.code in _KEPT and not (one.code == kept.CODE and one.subject in moved))
        ),
        *_base(report),
        *unnamed(report.drift.live_only),
        *_left(report.drift.left),
    )


def _base(report: DriftReport) -> Iterator[Diagnostic]:
    if not report.against and report.drift.objects:
        yield Diagnostic(
            "drift-without-base",
            Severity.NOTE,
            "nothing tells what was last applied, so which side moved is unknown",
            hint="apply with -e ENV, which keeps it in the run store, or name it: --against git:REV",
        )


def _left(refs: Sequence[Ref]) -> Iterator[Diagnostic]:
    if refs:
        yield Diagnostic(
            "manifest-gone",
            Severity.NOTE,
            f"{counted(len(refs), 'live object')} whose manifest is not there any more: {first_few(refs, NAMED)}",
            hint="plan --prune removes them; a missing file alone never does",
        )


def to_json(report: DriftReport) -> JsonObject:
    """`{"target", "against", "objects": [{"kind", "key", "standing", "fields"}], "liveOnly", "manifestGone", "diagnostics", "summary"}`."""
    drift = report.drift
    return {
        "target": saved_plan_json.target_to_json(report.target),
        "against": report.against or None,
        "objects": [
            {
                "kind": str(one.ref.kind),
                "key": one.ref.key,
                "standing": str(one.standing),
                "fields": [_field_to_json(field) for field in one.fields],
            }
            for one in drift.objects
        ],
        "liveOnly": [str(ref) for ref in drift.live_only],
        "manifestGone": [str(ref) for ref in drift.left],
        "diagnostics": [saved_plan_json.diagnostic_to_json(one) for one in notes(report)],
        "summary": {
            **{str(standing): count for standing, count in drift.counts().items()},
            "live_only": len(drift.live_only),
        },
    }


def _field_to_json(one: MovedField) -> JsonObject:
    return {
        **saved_plan_json.field_to_json(one.change),
        "standing": str(one.standing),
        "base": values.to_plain(one.base),
    }
