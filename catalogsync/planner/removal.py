"""Taking plans and add-ons back: assignments, drafts, published and archived versions (docs/server/plans.md#removal,
docs/server/references.md#order-of-removal).
"""

from __future__ import annotations

from catalogsync.core.changes import Action, Change
from catalogsync.core.model import Lifecycle, LiveGroup, LiveResource
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.context import Situation
from catalogsync.planner.intent import Intent, Sketch


def assigned(draft: LiveResource) -> dict[str, str]:
    """The ids of the versions that a version offers, by the names that its state has for them (`normalize.offers`)."""
    found: dict[str, str] = {}
    for one in sorted(draft.assignments, key=lambda a: (a.addon_key, -a.addon_version)):
        name = f"{one.addon_key}@{one.addon_version}" if one.addon_key in found else one.addon_key
        found[name] = one.addon_id
    return found


def detach(intent: Intent, draft: LiveResource, name: str, cause: str) -> Sketch:
    """Take an assignment of the live draft away."""
    return intent.add(Verb.DETACH, None, cause, id=draft.id, addon=name, addon_id=assigned(draft)[name])


def delete_draft(intent: Intent, draft: LiveResource, cause: str) -> list[Sketch]:
    """Delete a live draft, after its assignments: those of a deleted plan would hold their add-ons for good (docs/server/plans.md#removal)."""
    why = "assignments of a deleted plan could never be removed"
    steps = [detach(intent, draft, name, why) for name in assigned(draft)]
    gone = intent.add(Verb.DELETE_DRAFT, None, cause, id=draft.id)
    gone.needs.update(steps)
    return [*steps, gone]


def drop(intent: Intent, draft: LiveResource) -> None:
    """Remove the draft and nothing else."""
    delete_draft(intent, draft, "the draft is taken back")
    intent.after = {**intent.before, "draft": None}
    intent.change = Change(Action.DELETE, intent.ref, (), f"draft version {draft.version} is taken back")


def archive(situation: Situation, intent: Intent, group: LiveGroup) -> None:
    """Withdraw the published version; drafts are left alone, unless they are to go."""
    said = situation.options.removed(intent.ref, Lifecycle.ARCHIVED)
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
    intent.add(Verb.ARCHIVE, None, said, id=group.active.id)
    intent.after = {**intent.after, "active": None}
    intent.change = Change(Action.ARCHIVE, intent.ref, (), said, group.active.version)


def delete(situation: Situation, intent: Intent, group: LiveGroup) -> None:
    """Remove every version that is seen: the draft, the published one by way of the archive, the archived ones."""
    said = situation.options.removed(intent.ref, Lifecycle.DELETED)
    if group.draft is not None:
        delete_draft(intent, group.draft, said)
    if group.active is not None:
        version, id_ = f"version {group.active.version}", group.active.id
        withdrawn = intent.add(
            Verb.ARCHIVE, None, f"{said}; a published version has to be archived first", id=id_
        )
        gone = intent.add(Verb.DELETE, None, f"{said} ({version})", id=id_, mark=id_)
        gone.needs.add(withdrawn)
    for old in group.archived:
        intent.add(Verb.DELETE, None, f"{said} (version {old.version})", id=old.id, mark=old.id)
    if not intent.sketches:
        return
    intent.after = {"active": None, "draft": None}
    intent.change = Change(Action.DELETE, intent.ref, (), said)
