"""Planning of plans and add-ons: draft → active → archived, with a plan's assignments (design §4, semantics-productcatalog §3, §4, §6, §14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalogsync import diff, normalize
from catalogsync.canon import JsonObject
from catalogsync.changes import Action, Change, FieldChange
from catalogsync.kinds import KINDS, references
from catalogsync.model import Kind, Lifecycle, LiveAssignment, LiveGroup, LiveResource, Ref, Resource
from catalogsync.normalize.scalars import instant
from catalogsync.plan import Verb
from catalogsync.planner.situation import Situation, listing
from catalogsync.planner.sketch import Intent, Sketch


def plan_versioned(situation: Situation, resource: Resource) -> Intent:
    """The intent for a plan or an add-on; problems are reported to the situation. Add-ons have to be planned before plans."""
    before = situation.state(resource.ref)
    intent = Intent(resource.ref, resource, before, before)
    group = situation.group(resource.ref)
    if group.hidden:
        _managed_elsewhere(situation, resource, group)
        return intent
    match resource.lifecycle:
        case Lifecycle.PUBLISHED:
            _Versions(situation, intent, group).publish()
        case Lifecycle.DRAFT:
            _Versions(situation, intent, group).draft()
        case Lifecycle.ARCHIVED:
            _archive(situation, intent, group)
        case Lifecycle.DELETED:
            _delete(intent, group)
    return intent


def _title(intent: Intent) -> str:
    return KINDS[intent.ref.kind].title


def _managed_elsewhere(situation: Situation, resource: Resource, group: LiveGroup) -> None:
    title = KINDS[resource.ref.kind].title
    situation.error(
        "managed-elsewhere",
        resource,
        (KINDS[resource.ref.kind].identity,),
        f"{title} {resource.ref.key} is managed elsewhere",
        detail=f"The server keeps a version of it that this API cannot show: {group.hidden}",
        hint="Change it where it is managed, or take it out of the catalog.",
    )


def next_version(group: LiveGroup) -> int:
    """The number that the next new version gets, as far as the live versions tell (deleted ones count too, and are not seen)."""
    known = [v.version or 0 for v in (group.active, group.draft, *group.archived) if v is not None]
    return max(known, default=0) + 1


@dataclass(slots=True)
class _Versions:
    """Brings one object to a wished content, as a draft or published."""

    situation: Situation
    intent: Intent
    group: LiveGroup

    def publish(self) -> None:
        expected = self.expected()
        moved = self.superseded(self.group.active)
        if self.equal(expected, "active") and not moved:
            self.report_stale_draft()
            return
        if not self.offers_are_there():
            return
        drafted = self.write_draft(expected)
        path = f"/{self.draft_id()}/publish"
        step = self.intent.add(Verb.PUBLISH, path, None, self.publish_cause())
        step.needs.update(sketch.name for sketch in drafted)
        self.intent.after = {"active": expected, "draft": None}
        self.intent.change = self.change(expected, moved, drafted)

    def draft(self) -> None:
        expected = self.expected()
        slot = "draft" if self.group.draft is not None else "active"
        if slot == "active" and self.equal(expected, "active") and not self.superseded(self.group.active):
            self.situation.note(
                "published-already",
                self.intent.resource,
                ("lifecycle",),
                f"{_title(self.intent)} {self.intent.ref.key} is published with this very content; no draft is made",
            )
            return
        if not self.offers_are_there():
            return
        drafted = self.write_draft(expected)
        self.intent.after = {**self.intent.before, "draft": expected}
        if drafted:
            self.intent.change = self.change(expected, [], drafted)

    def expected(self) -> JsonObject:
        resource = self.intent.resource
        if resource.ref.kind is Kind.ADDON:
            return normalize.desired(resource, self.situation.catalog)
        contents = {key: self.offered_content(key) for key in self.offered()}
        return normalize.plan_offering(resource, contents)

    def offered(self) -> list[str]:
        items: Any = self.intent.resource.body.get("addons") or ()
        return [item["addon"] for item in items] if self.intent.ref.kind is Kind.PLAN else []

    def offered_content(self, key: str) -> str:
        active: Any = self.situation.after(Ref(Kind.ADDON, key)).get("active")
        return normalize.content(active)

    def offers_are_there(self) -> bool:
        """Whether every add-on offered will have an active version; reports those that will not."""
        missing = [
            (position, key)
            for position, key in enumerate(self.offered())
            if self.situation.after(Ref(Kind.ADDON, key)).get("active") is None
        ]
        for position, key in missing:
            self.situation.error(
                "addon-not-active",
                self.intent.resource,
                ("addons", position, "addon"),
                f"add-on {key} has no published version to offer",
                detail="Only a published add-on can be assigned, to a draft of a plan as well.",
                hint=f"Publish the add-on, or take it out of plan {self.intent.ref.key}.",
            )
        return not missing

    def equal(self, expected: JsonObject, slot: str) -> bool:
        observed: Any = self.intent.before[slot]
        if observed is None:
            return False
        return normalize.align(self.intent.ref.kind, expected, observed) == expected

    def superseded(self, version: LiveResource | None) -> list[str]:
        """The add-ons whose assignment in a plan version names another version than the one that will be active."""
        if version is None:
            return []
        offered = set(self.offered())
        return sorted(
            {a.addon_key for a in version.assignments if a.addon_key in offered and not self.current(a)}
        )

    def current(self, assignment: LiveAssignment) -> bool:
        ref = Ref(Kind.ADDON, assignment.addon_key)
        active = self.situation.group(ref).active
        moves = self.situation.step(ref, Verb.PUBLISH) is not None
        return not moves and active is not None and active.id == assignment.addon_id

    def report_stale_draft(self) -> None:
        draft = self.group.draft
        if draft is None:
            return
        title, key = _title(self.intent), self.intent.ref.key
        self.situation.warn(
            "stale-draft",
            self.intent.resource,
            (),
            f"{title} {key} has a draft (version {draft.version}) that nothing here asks for",
            detail="The published version equals the manifest. The draft is left alone.",
            hint="Publish or delete it where it was made; the next change of the manifest would overwrite it.",
        )

    # The draft

    def draft_id(self) -> str:
        """The draft's id as far as it is known now."""
        made = self.intent.step(Verb.CREATE_DRAFT) is not None
        return self.placeholder() if made or self.group.draft is None else self.group.draft.id

    def placeholder(self) -> str:
        return normalize.placeholder(self.intent.ref, "draft")

    def write_draft(self, expected: JsonObject) -> list[Sketch]:
        """The steps that make the draft say what is expected, assignments included; none when it does already."""
        draft: Any = self.intent.before["draft"]
        if draft is None:
            return self.new_draft()
        if draft["currency"] != expected["currency"]:
            dropped = self.drop_draft()
            return [*dropped, *self.new_draft(needs=dropped[-1])]
        return self.old_draft(expected)

    def new_draft(self, needs: Sketch | None = None) -> list[Sketch]:
        resource = self.intent.resource
        body = normalize.create(self.intent.ref.kind, resource.body, self.intent.ref.key)
        made = self.intent.add(Verb.CREATE_DRAFT, "", body, self.draft_cause())
        if needs is not None:
            made.needs.add(needs.name)
        items: Any = resource.body.get("addons") or ()
        return [made, *(s for item in items for s in self.attach(item, made))]

    def draft_cause(self) -> str:
        if self.group.active is not None:
            return f"version {self.group.active.version} is published and cannot be changed"
        if self.group.archived:
            return "only archived versions exist, which cannot be changed"
        return f"the {_title(self.intent)} does not exist yet"

    def drop_draft(self) -> list[Sketch]:
        draft = self.group.draft
        assert draft is not None
        why = "a draft's currency cannot be changed, so the draft is removed and written anew"
        return delete_draft(self.intent, draft, why)

    def old_draft(self, expected: JsonObject) -> list[Sketch]:
        draft = self.group.draft
        assert draft is not None
        steps: list[Sketch] = []
        cause = self.rewrite_cause(draft, expected)
        if cause:
            body = normalize.update(self.intent.ref.kind, self.intent.resource.body, self.intent.ref.key)
            steps.append(self.intent.add(Verb.UPDATE_DRAFT, f"/{draft.id}", body, cause))
        if self.intent.ref.kind is Kind.PLAN:
            steps += self.reassign(draft, expected, steps[0] if steps else None)
        return steps

    def rewrite_cause(self, draft: LiveResource, expected: JsonObject) -> str:
        """Why the draft has to be sent again; "" when it says what is expected and is bound to the live features."""
        observed: Any = self.intent.before["draft"]
        kind = self.intent.ref.kind
        aligned = normalize.align(kind, expected, observed)
        if {**aligned, "addons": None} != {**expected, "addons": None}:
            return f"the draft (version {draft.version}) says something else than the manifest"
        late = self.rebound(draft)
        publishes = self.intent.resource.lifecycle is Lifecycle.PUBLISHED
        if late and (publishes or kind is Kind.PLAN):
            return f"the draft is bound to earlier features of the same key: {listing(late)}"
        return ""

    def rebound(self, draft: LiveResource) -> list[str]:
        """Features made after the draft was written: it is bound to their predecessors (semantics-productcatalog §2.6, N37)."""
        written = instant(str(draft.body.get("updatedAt", "")))
        found = set()
        for ref, _ in references(self.intent.ref.kind, self.intent.resource.body):
            if ref.kind is Kind.FEATURE:
                live = self.situation.group(ref).active
                made_now = self.situation.step(ref, Verb.CREATE) is not None
                if made_now or (live is not None and instant(str(live.body.get("createdAt", ""))) > written):
                    found.add(ref.key)
        return sorted(found)

    # The assignments of a draft

    def addon_id(self, key: str) -> str:
        """The id of the add-on version that will be active, for a path."""
        ref = Ref(Kind.ADDON, key)
        active = self.situation.group(ref).active
        moves = self.situation.step(ref, Verb.PUBLISH) is not None
        return normalize.placeholder(ref) if moves or active is None else active.id

    def attach(self, item: Any, after: Sketch | None) -> list[Sketch]:
        """POST an assignment, and PUT it when it has metadata, which the POST drops (semantics-productcatalog §6.2, N18)."""
        key = item["addon"]
        body = normalize.attach(item, normalize.placeholder(Ref(Kind.ADDON, key)))
        path = f"/{self.draft_id()}/addons"
        steps = [self.intent.add(Verb.ATTACH, path, body, self.attach_cause(key), detail=key)]
        if after is not None:
            steps[0].needs.add(after.name)
        published = self.situation.step(Ref(Kind.ADDON, key), Verb.PUBLISH)
        if published is not None:
            steps[0].needs.add(published.name)
        if item.get("metadata"):
            cause = "the server drops an assignment's metadata when it is made"
            steps.append(self.put(item, cause))
            steps[1].needs.add(steps[0].name)
        return steps

    def attach_cause(self, key: str) -> str:
        if any(a.addon_key == key for a in self.group.active.assignments) if self.group.active else False:
            return f"a new version of a plan offers nothing yet; add-on {key} stays on offer"
        return f"add-on {key} is offered with the plan"

    def put(self, item: Any, cause: str) -> Sketch:
        key = item["addon"]
        path = f"/{self.draft_id()}/addons/{self.addon_id(key)}"
        return self.intent.add(
            Verb.UPDATE_ATTACHMENT, path, normalize.update_attachment(item), cause, detail=key
        )

    def reassign(self, draft: LiveResource, expected: JsonObject, after: Sketch | None) -> list[Sketch]:
        """The steps that make a leftover draft's assignments what is expected."""
        items: Any = self.intent.resource.body.get("addons") or ()
        wanted = {item["addon"]: item for item in items}
        kept = self.kept_assignments(draft)
        steps = [
            self.detach(draft, a)
            for a in draft.assignments
            if a.addon_key not in kept or a.addon_key not in wanted
        ]
        gone = {step.detail: step for step in steps}
        observed: Any = self.intent.before["draft"]
        for key, item in wanted.items():
            if key not in kept:
                attached = self.attach(item, after)
                if key in gone:
                    attached[0].needs.add(gone[key].name)
                steps += attached
            elif observed["addons"][key] != expected["addons"][key]:  # type: ignore[index]
                changed = self.put(item, f"the assignment of add-on {key} differs")
                if after is not None:
                    changed.needs.add(after.name)
                steps.append(changed)
        return steps

    def kept_assignments(self, draft: LiveResource) -> set[str]:
        """Add-ons assigned exactly once, in the version that will be active."""
        keys = [a.addon_key for a in draft.assignments]
        return {a.addon_key for a in draft.assignments if self.current(a) and keys.count(a.addon_key) == 1}

    def detach(self, draft: LiveResource, assignment: LiveAssignment) -> Sketch:
        key = assignment.addon_key
        wanted = key in self.offered()
        cause = (
            f"it names an earlier version of add-on {key}" if wanted else f"add-on {key} is no longer offered"
        )
        return detach(self.intent, draft, assignment, cause)

    # Words

    def publish_cause(self) -> str:
        if self.group.active is not None:
            return f"the manifest is published; version {self.group.active.version} is archived by it"
        return "the manifest is published"

    def change(self, expected: JsonObject, moved: list[str], drafted: Iterable[Sketch]) -> Change:
        active: Any = self.intent.before["active"]
        draft: Any = self.intent.before["draft"]
        base = active if self.intent.resource.lifecycle is Lifecycle.PUBLISHED or draft is None else draft
        kind = self.intent.ref.kind
        aligned = None if base is None else normalize.align(kind, expected, base)
        fields = [*diff.compare(aligned, expected, kind)]
        known = {f.path for f in fields}
        fields += [
            FieldChange(path, "superseded", "current")
            for path in (f"addons.{key}.version" for key in moved)
            if path not in known
        ]
        action, reason = self.verdict(moved, bool([*drafted]))
        version = self.version()
        return Change(action, self.intent.ref, tuple(sorted(fields, key=lambda f: f.path)), reason, version)

    def version(self) -> int:
        draft = self.group.draft
        kept = draft is not None and self.intent.step(Verb.CREATE_DRAFT) is None
        return draft.version if kept and draft is not None and draft.version else next_version(self.group)

    def verdict(self, moved: list[str], drafted: bool) -> tuple[Action, str]:
        title = _title(self.intent)
        active, draft = self.group.active, self.group.draft
        publishes = self.intent.resource.lifecycle is Lifecycle.PUBLISHED
        if draft is not None and not drafted:
            return (
                Action.PUBLISH,
                f"draft version {draft.version} equals the manifest and only waits to be published",
            )
        if active is None and draft is None and not self.group.archived:
            return (
                Action.CREATE,
                f"no such {title} is live" if publishes else f"no such {title} is live; a draft is made",
            )
        if draft is not None and not publishes:
            return Action.UPDATE, f"draft version {draft.version} is brought to what the manifest says"
        return Action.NEW_VERSION, self.new_version_reason(moved)

    def new_version_reason(self, moved: list[str]) -> str:
        active, draft = self.group.active, self.group.draft
        over = f", over the leftover draft (version {draft.version})" if draft is not None else ""
        if active is None:
            before = (
                "published again after being archived"
                if self.group.archived
                else "published for the first time"
            )
            return before + over
        if moved and self.only_moves():
            return f"a published version cannot change; this one offers the current version of {listing(moved)}{over}"
        return f"version {active.version} is published and cannot change{over}"

    def only_moves(self) -> bool:
        """Whether nothing but the versions of offered add-ons differs from the active version."""
        active: Any = self.intent.before["active"]
        expected = self.expected()
        aligned: Any = normalize.align(Kind.PLAN, expected, active)
        return bool(_without_contents(aligned) == _without_contents(expected))


def _without_contents(body: Any) -> Any:
    offers = {key: {**offer, "content": ""} for key, offer in body["addons"].items()}
    return {**body, "addons": offers}


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


def _archive(situation: Situation, intent: Intent, group: LiveGroup) -> None:
    said = "its manifest says `lifecycle: archived`"
    if group.draft is not None:
        situation.warn(
            "stale-draft",
            intent.resource,
            ("lifecycle",),
            f"{_title(intent)} {intent.ref.key} has a draft (version {group.draft.version}) that is left alone",
            detail="Archiving withdraws what is published; a draft is not on sale.",
            hint="Say `lifecycle: deleted` to remove drafts and archived versions too.",
        )
    if group.active is None:
        return
    intent.add(Verb.ARCHIVE, f"/{group.active.id}/archive", None, said)
    intent.after = {**intent.before, "active": None}
    intent.change = Change(Action.ARCHIVE, intent.ref, (), said, group.active.version)


def _delete(intent: Intent, group: LiveGroup) -> None:
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
