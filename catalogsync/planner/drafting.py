"""A plan's or add-on's draft: written, rewritten, and given its assignments (semantics-productcatalog §3.3, §6, §8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalogsync import normalize
from catalogsync.core.canon import JsonObject
from catalogsync.core.model import Kind, Lifecycle, LiveAssignment, LiveGroup, LiveResource, Ref
from catalogsync.core.plan import Verb
from catalogsync.normalize.scalars import instant
from catalogsync.openmeter.kinds import KINDS, references
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.intent import Intent, Sketch
from catalogsync.planner.removal import delete_draft, detach


@dataclass(frozen=True, slots=True)
class Drafting:
    """Brings the draft of one object to a wished content."""

    situation: Situation
    intent: Intent
    group: LiveGroup

    def offered(self) -> list[str]:
        items: Any = self.intent.resource.body.get("addons") or ()
        return [item["addon"] for item in items] if self.intent.ref.kind is Kind.PLAN else []

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

    def draft_id(self) -> str:
        """The draft's id as far as it is known now."""
        made = self.intent.step(Verb.CREATE_DRAFT) is not None
        return self.placeholder() if made or self.group.draft is None else self.group.draft.id

    def placeholder(self) -> str:
        return normalize.placeholder(self.intent.ref, "draft")

    def write(self, expected: JsonObject) -> list[Sketch]:
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
        return f"the {KINDS[self.intent.ref.kind].title} does not exist yet"

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
