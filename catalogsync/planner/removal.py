"""Taking plans and add-ons back: assignments, drafts, published and archived versions (semantics-productcatalog §3.11, §8.3)."""

from __future__ import annotations

from catalogsync.core.changes import Action, Change
from catalogsync.core.model import LiveAssignment, LiveGroup, LiveResource
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.context import Situation
from catalogsync.planner.intent import Intent, Sketch


def detach(intent: Intent, draft: LiveResource, assignment: LiveAssignment, cause: str) -> Sketch:
    """DELETE an assignment of the live draft."""
    path = f"/{draft.id}/addons/{assignment.addon_id}"
    several = sum(a.addon_key == assignment.addon_key for a in draft.assignments) > 1
    mark = f"{assignment.addon_key}@{assignment.addon_id}" if several else ""
    return intent.add(Verb.DETACH, path, None, cause, detail=assignment.addon_key, mark=mark)


def delete_draft(intent: Intent, draft: LiveResource, cause: str) -> list[Sketch]:
    """DELETE a live draft, after its assignments: those of a deleted plan would hold their add-ons for ever (§3.11)."""
    why = "assignments of a deleted plan could never be removed"
    steps = [detach(intent, draft, a, why) for a in draft.assignments]
    gone = intent.add(Verb.DELETE_DRAFT, f"/{draft.id}", None, cause)
    gone.needs.update(step.name for step in steps)
    return [*steps, gone]


def drop(intent: Intent, draft: LiveResource) -> None:
    """Remove the draft and nothing else."""
    why = "the draft is taken back"
    delete_draft(intent, draft, why)
    intent.after = {**intent.before, "draft": None}
    intent.change = Change(Action.DELETE, intent.ref, (), f"draft version {draft.version} is taken back")


def archive(situation: Situation, intent: Intent, group: LiveGroup) -> None:
    """Withdraw the published version; drafts are left alone, unless they are to go."""
    said = "its manifest says `lifecycle: archived`"
    if group.draft is not None and intent.ref in situation.options.drop_drafts:
        drop(intent, group.draft)
    elif group.draft is not None:
        situation.warn(
            "stale-draft",
            intent.resource,
            ("lifecycle",),
            f"{KINDS[intent.ref.kind].title} {intent.ref.key} has a draft (version {group.draft.version}) that is left alone",
            detail="Archiving withdraws what is published; a draft is not on sale.",
            hint="Say `lifecycle: deleted` to remove drafts and archived versions too.",
        )
    if group.active is None:
        return
    intent.add(Verb.ARCHIVE, f"/{group.active.id}/archive", None, said)
    intent.after = {**intent.after, "active": None}
    intent.change = Change(Action.ARCHIVE, intent.ref, (), said, group.active.version)


def delete(intent: Intent, group: LiveGroup) -> None:
    """Remove every version that is seen: the draft, the published one by way of the archive, the archived ones."""
    said = "its manifest says `lifecycle: deleted`"
    if group.draft is not None:
        delete_draft(intent, group.draft, said)
    archived = list(group.archived)
    if group.active is not None:
        version = f"version {group.active.version}"
        withdrawn = intent.add(
            Verb.ARCHIVE,
            f"/{group.active.id}/archive",
            None,
            f"{said}; a published version has to be archived first",
        )
        gone = intent.add(
            Verb.DELETE, f"/{group.active.id}", None, f"{said} ({version})", mark=group.active.id
        )
        gone.needs.add(withdrawn.name)
    for old in archived:
        intent.add(Verb.DELETE, f"/{old.id}", None, f"{said} (version {old.version})", mark=old.id)
    if not intent.sketches:
        return
    intent.after = {"active": None, "draft": None}
    intent.change = Change(Action.DELETE, intent.ref, (), said)
