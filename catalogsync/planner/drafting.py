"""A plan's or add-on's draft: written, rewritten, and given its assignments (docs/server/plans.md#update, docs/server/assignments.md#assignments,
docs/server/references.md#order-of-changes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, Lifecycle, LiveGroup, LiveResource, Ref
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS, Offer, named, offered_kind, offers
from catalogsync.openmeter.scalars import instant
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.intent import Intent, Sketch
from catalogsync.planner.removal import delete_draft, detach


@dataclass(frozen=True, slots=True)
class Drafting:
    """Brings the draft of one object to a desired content."""

    situation: Situation
    intent: Intent
    group: LiveGroup
    expected: Body

    @property
    def offers(self) -> Mapping[str, Offer]:
        return offers(self.expected)

    def offered(self, key: str) -> Ref:
        """The object that an offer names."""
        kind = offered_kind(self.intent.ref.kind)
        assert kind is not None
        return Ref(kind, key)

    def superseded(self, slot: str) -> list[str]:
        """The offers of a live version that name another version than the one that will be active."""
        there = offers(self.intent.before[slot])
        return sorted(key for key in self.offers if key in there and not self.stays_current(key, there[key]))

    def stays_current(self, key: str, offer: Offer) -> bool:
        return offer["version"] == self.offers[key]["version"]

    def draft_id(self) -> str:
        """The live draft's id; "" where it is made by this plan."""
        made = self.intent.step(Verb.CREATE_DRAFT) is not None
        return "" if made or self.group.draft is None else self.group.draft.id

    def write(self) -> list[Sketch]:
        """The steps that make the draft say what is expected, assignments included; none when it does already."""
        draft = self.intent.before["draft"]
        if draft is None:
            return self.new_draft()
        if any(draft[name] != self.expected[name] for name in KINDS[self.intent.ref.kind].version_fixed):
            dropped = self.drop_draft()
            return [*dropped, *self.new_draft(needs=dropped[-1])]
        return self.old_draft()

    def body(self) -> Body:
        """What the draft is to say, without what is assigned by calls of its own."""
        return {**self.expected, "addons": {}} if "addons" in self.expected else self.expected

    def new_draft(self, needs: Sketch | None = None) -> list[Sketch]:
        made = self.intent.add(Verb.CREATE_DRAFT, self.body(), self.draft_cause())
        if needs is not None:
            made.needs.add(needs)
        return [made, *(s for key in self.offers for s in self.attach(key, made))]

    def draft_cause(self) -> str:
        if self.group.active is not None:
            return f"version {self.group.active.version} is published and cannot be changed"
        if self.group.draft is not None:
            return "it takes the place of the draft that is removed before"
        if self.group.archived:
            return "only archived versions exist, which cannot be changed"
        return f"the {KINDS[self.intent.ref.kind].title} does not exist yet"

    def drop_draft(self) -> list[Sketch]:
        draft = self.group.draft
        assert draft is not None
        why = "a draft's currency cannot be changed, so the draft is removed and written again"
        return delete_draft(self.intent, draft, why)

    def old_draft(self) -> list[Sketch]:
        draft = self.group.draft
        assert draft is not None
        steps: list[Sketch] = []
        cause = self.rewrite_cause(draft)
        if cause:
            steps.append(self.intent.add(Verb.UPDATE_DRAFT, self.body(), cause, id=draft.id))
        if "addons" in self.expected:
            steps += self.reassign(draft, steps[0] if steps else None)
        return steps

    def rewrite_cause(self, draft: LiveResource) -> str:
        """Why the draft has to be sent again; "" when it says what is expected and is bound to the live features."""
        observed = self.intent.before["draft"] or {}
        aligned = normalize.align(self.intent.ref.kind, self.expected, observed)
        if {**aligned, "addons": None} != {**self.expected, "addons": None}:
            return f"the draft (version {draft.version}) says something else than {self.situation.options.asking}"
        late = self.rebound(draft)
        publishes = self.intent.resource.lifecycle is Lifecycle.PUBLISHED
        if late and (publishes or "addons" in self.expected):
            return f"the draft is bound to earlier features of the same key: {listing(late)}"
        return ""

    def rebound(self, draft: LiveResource) -> list[str]:
        """Objects made after the draft was written: it is bound to their predecessors (docs/server/rate-cards.md#feature-resolution,
        docs/server/readback.md#n37).
        """
        written = instant(str(draft.body.get("updatedAt", "")))
        found = set()
        for reference in KINDS[self.intent.ref.kind].references:
            for key in named(self.intent.ref.kind, self.expected, reference) if reference.by_id else ():
                ref = Ref(Kind(reference.kind), key)
                live = self.situation.live.active(ref)
                made_now = self.situation.step(ref, Verb.CREATE) is not None
                if made_now or (live is not None and instant(str(live.body.get("createdAt", ""))) > written):
                    found.add(key)
        return sorted(found)

    # The assignments of a draft

    def addon_id(self, key: str) -> str:
        """The id of the version that is active and stays so; "" where another one will be."""
        active = self.situation.live.active(self.offered(key))
        moves = self.situation.step(self.offered(key), Verb.PUBLISH) is not None
        return "" if moves or active is None else active.id

    def attach(self, key: str, after: Sketch | None) -> list[Sketch]:
        """Make an assignment, and update it when it has metadata, which making it drops (docs/server/assignments.md#bodies,
        docs/server/readback.md#n18).
        """
        steps = [
            self.intent.add(
                Verb.ATTACH, self.offers[key], self.attach_cause(key), id=self.draft_id(), addon=key
            )
        ]
        if after is not None:
            steps[0].needs.add(after)
        published = self.situation.step(self.offered(key), Verb.PUBLISH)
        if published is not None:
            steps[0].needs.add(published)
        if self.offers[key].get("metadata"):
            steps.append(self.put(key, "the server drops an assignment's metadata when it is made"))
            steps[1].needs.add(steps[0])
        return steps

    def attach_cause(self, key: str) -> str:
        if key in offers(self.intent.before["active"]):
            return f"a new version of a plan offers nothing yet; add-on {key} stays on offer"
        return f"add-on {key} is offered with the plan"

    def put(self, key: str, cause: str) -> Sketch:
        return self.intent.add(
            Verb.UPDATE_ATTACHMENT,
            self.offers[key],
            cause,
            id=self.draft_id(),
            addon=key,
            addon_id=self.addon_id(key),
        )

    def reassign(self, draft: LiveResource, after: Sketch | None) -> list[Sketch]:
        """The steps that make a leftover draft's assignments what is expected."""
        there = offers(self.intent.before["draft"])
        kept = {key for key in self.offers if key in there and self.stays_current(key, there[key])}
        steps = [
            detach(self.intent, draft, name, self.detach_cause(name)) for name in there if name not in kept
        ]
        gone = {step.addon: step for step in steps}
        for key, offer in self.offers.items():
            if key not in kept:
                attached = self.attach(key, after)
                if key in gone:
                    attached[0].needs.add(gone[key])
                steps += attached
            elif there[key] != offer:
                changed = self.put(key, f"the assignment of add-on {key} differs")
                if after is not None:
                    changed.needs.add(after)
                steps.append(changed)
        return steps

    def detach_cause(self, name: str) -> str:
        key = name.partition("@")[0]
        wanted = key in self.offers
        return (
            f"it names an earlier version of add-on {key}" if wanted else f"add-on {key} is no longer offered"
        )
