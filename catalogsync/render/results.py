"""A document as a list of findings, for formats that know nothing else (SARIF, JUnit, annotations): what was found in the files, each danger,
then each change, or each step of a run. Each once, at its place in the manifest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalogsync.app.places import moved
from catalogsync.core.changes import Action, Change
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.report import Outcome, Status
from catalogsync.core.wording import counted
from catalogsync.openmeter import field_paths
from catalogsync.render import cards, dangers, plan_words
from catalogsync.render.document import Document

_CHANGES = {
    Action.CREATE: "change-create",
    Action.UPDATE: "change-update",
    Action.NEW_VERSION: "change-new-version",
    Action.PUBLISH: "change-publish",
}
"""Codes of the changes that are not a danger as such; `dangers` has those of the others."""
_OUTCOMES = {
    Status.DONE: ("step-done", Severity.NOTE),
    Status.ALREADY: ("step-already", Severity.NOTE),
    Status.DIFFERENT: ("step-different", Severity.ERROR),
    Status.FAILED: ("step-failed", Severity.ERROR),
    Status.UNKNOWN: ("step-unknown", Severity.ERROR),
    Status.SKIPPED: ("step-skipped", Severity.WARNING),
    Status.NOT_TRIED: ("step-not-tried", Severity.WARNING),
}


def of(document: Document) -> tuple[Diagnostic, ...]:
    """Everything, with files as seen from the root of their repository. Of a run each step is reported instead of each change."""
    found = [*document.diagnostics]
    found += (replace(one, summary=f"{one.subject}: {one.summary}") for one in dangers.of(document))
    if document.ran:
        found += (outcome(one, document) for one in document.outcomes)
    else:
        found += (_change(one, document) for one in document.changes if one.action in _CHANGES)
    return tuple(moved(found, document.seen))


def _change(change: Change, document: Document) -> Diagnostic:
    return Diagnostic(
        _CHANGES[change.action],
        Severity.NOTE,
        f"{change.ref}: {plan_words.what(change)}",
        change.where,
        detail="; ".join(_details(change, document)),
        subject=str(change.ref),
    )


def _details(change: Change, document: Document) -> Iterator[str]:
    if change.reason:
        yield change.reason
    yield from document.touched.get(change.ref, ())
    whole = cards.whole(document.review, change)
    if whole is not None:
        yield from (line.strip() for line in whole.text())
        return
    told = list(cards.changed(document.review, change.ref))
    for one in told:
        yield f"rate card {cards.placed(one.phase, one.key)}: {'; '.join(one.lines())}"
    if not told and change.fields:
        names = [field_paths.shown(one.path) for one in change.fields]
        yield f"{counted(len(names), 'field')}: {', '.join(names)}"


def outcome(one: Outcome, document: Document) -> Diagnostic:
    """How a step ended."""
    code, severity = _OUTCOMES[one.status]
    change = document.change(one.step.ref)
    fields = ", ".join(field_paths.shown(field.path) for field in one.fields)
    return Diagnostic(
        code,
        severity,
        f"step {one.step.number}, {one.step}: {plan_words.status(one.status)}",
        None if change is None else change.where,
        detail="; ".join(part for part in (one.message, fields) if part) or one.step.cause,
        subject=str(one.step.ref),
    )
