"""What the answer to a write tells: the object as it is stored, so that it need not be asked for again (docs/adr/0006).

Held against the recordings by `tests/engine/test_answers.py`: the answer to a write is what the next read gives, but for a rule's, which names
disabled channels that reads leave out (docs/server/notifications.md#rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveAssignment, LiveGroup, LiveResource
from catalogsync.core.plan import Step, Verb
from catalogsync.targets.v1 import rows


def read(step: Step, group: LiveGroup, answer: Json) -> LiveGroup | None:
    """The object after a step, as its answer tells it: `group` is what was known before. None where the answer does not tell all of it."""
    if not isinstance(answer, Mapping):
        return None
    try:
        return _read(step, group, answer)
    except TargetError:  # no object of this kind: the server is asked
        return None


def _read(step: Step, group: LiveGroup, answer: JsonObject) -> LiveGroup | None:
    draft = group.draft
    match step.verb:
        case Verb.CREATE | Verb.UPDATE:
            found = _of(step, answer, "active")
            return replace(group, active=found) if found else None
        case Verb.CREATE_DRAFT:
            found = _of(step, answer, "draft")
            return replace(group, draft=found) if found else None
        case Verb.UPDATE_DRAFT if draft is not None:
            found = _of(step, answer, "draft", draft.id)
            return replace(group, draft=replace(found, assignments=draft.assignments)) if found else None
        case Verb.PUBLISH if draft is not None:
            return _published(group, draft, _of(step, answer, "active", draft.id))
        case Verb.ATTACH | Verb.UPDATE_ATTACHMENT if draft is not None:
            return replace(group, draft=_offering(draft, rows.as_assignment(step.ref.kind, answer)))
    return None


def _of(step: Step, answer: JsonObject, status: str, id_: str = "") -> LiveResource | None:
    """The answer's object where it is the one that the step is about: its key, its status and, where it is known, its id."""
    found = rows.as_resource(step.ref.kind, answer)
    if found.status != status or found.key != step.ref.key or id_ not in ("", found.id):
        return None
    return None if answer.get("deletedAt") else found


def _published(group: LiveGroup, draft: LiveResource, found: LiveResource | None) -> LiveGroup | None:
    """The draft is the active version and offers what it offered; the one before it is archived by the server."""
    if found is None:
        return None
    before = () if group.active is None else (replace(group.active, status="archived", assignments=()),)
    return replace(
        group,
        draft=None,
        active=replace(found, assignments=draft.assignments),
        archived=(*before, *group.archived),
    )


def _offering(draft: LiveResource, made: LiveAssignment) -> LiveResource:
    others = [one for one in draft.assignments if one.addon_id != made.addon_id]
    return replace(draft, assignments=rows.in_order([*others, made]))
