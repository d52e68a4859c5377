"""Planning of plans and add-ons: draft → active → archived, with a plan's assignments (docs/architecture.md#planner, docs/server/plans.md#plans,
docs/server/addons.md#addons, docs/server/assignments.md#assignments, docs/server/engine.md#plans-and-addons).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.model import Lifecycle, LiveGroup, Ref, Resource
from catalogsync.core.plan import Verb
from catalogsync.core.values import After
from catalogsync.openmeter.kinds import KINDS, offered_kind, offers
from catalogsync.planner import diff
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.drafting import Drafting
from catalogsync.planner.intent import Intent, Sketch
from catalogsync.planner.removal import archive, delete, drop


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
            _versions(situation, intent, group).publish()
        case Lifecycle.DRAFT:
            _versions(situation, intent, group).draft()
        case Lifecycle.ARCHIVED:
            archive(situation, intent, group)
        case Lifecycle.DELETED:
            delete(situation, intent, group)
    return intent


def _versions(situation: Situation, intent: Intent, group: LiveGroup) -> _Versions:
    expected = _offering(situation, intent)
    return _Versions(situation, intent, group, Drafting(situation, intent, group, expected))


def _offering(situation: Situation, intent: Intent) -> Body:
    """What is expected, each offer in the version that will be active."""
    expected = situation.expected(intent.resource)
    offered = offered_kind(intent.ref.kind)
    if offered is None or not offers(expected):
        return expected
    current = {
        key: {**offer, "version": _version_to_come(situation, Ref(offered, key))}
        for key, offer in offers(expected).items()
    }
    return {**expected, "addons": current}


def _version_to_come(situation: Situation, ref: Ref) -> int | After | None:
    group = situation.group(ref)
    published = situation.step(ref, Verb.PUBLISH)
    if published is None:
        return group.active.version if group.active is not None else None
    if group.draft is not None and published.id == group.draft.id:
        return group.draft.version
    return After(group.newest)


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


@dataclass(frozen=True, slots=True)
class _Versions:
    """Brings one object to a desired content, as a draft or published."""

    situation: Situation
    intent: Intent
    group: LiveGroup
    drafting: Drafting

    @property
    def expected(self) -> Body:
        return self.drafting.expected

    def publish(self) -> None:
        moved = self.drafting.superseded("active")
        if self.equal("active") and not moved:
            self.report_stale_draft()
            return
        if not self.offers_are_there():
            return
        drafted = self.drafting.write()
        step = self.intent.add(Verb.PUBLISH, None, self.publish_cause(), id=self.drafting.draft_id())
        step.needs.update(drafted)
        self.intent.after = {"active": self.expected, "draft": None}
        self.intent.change = self.change(moved, drafted)

    def draft(self) -> None:
        if self.group.draft is None and self.equal("active") and not self.drafting.superseded("active"):
            self.situation.warn(
                "published-already",
                self.intent.resource,
                ("lifecycle",),
                f"{_title(self.intent)} {self.intent.ref.key} is published with this very content; no draft is made",
                detail="What is published cannot become a draft: new customers can get it.",
                hint="write lifecycle: published, or archived",
            )
            return
        if not self.offers_are_there():
            return
        drafted = self.drafting.write()
        self.intent.after = {**self.intent.before, "draft": self.expected}
        if drafted:
            self.intent.change = self.change([], drafted)

    def offers_are_there(self) -> bool:
        """Whether every add-on offered will have an active version; reports those that will not."""
        missing = [
            (position, key)
            for position, key in enumerate(self.drafting.offers)
            if self.situation.after(self.drafting.offered(key)).get("active") is None
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

    def equal(self, slot: str) -> bool:
        observed = self.intent.before[slot]
        if observed is None:
            return False
        return normalize.align(self.intent.ref.kind, self.expected, observed) == self.expected

    def report_stale_draft(self) -> None:
        draft = self.group.draft
        if draft is None:
            return
        if self.intent.ref in self.situation.options.drop_drafts:
            drop(self.intent, draft)
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

    # Words

    def publish_cause(self) -> str:
        if self.group.active is not None:
            return (
                f"{self.situation.options.published}; version {self.group.active.version} is archived by it"
            )
        return self.situation.options.published

    def change(self, moved: list[str], drafted: Iterable[Sketch]) -> Change:
        active = self.intent.before["active"]
        draft = self.intent.before["draft"]
        base = active if self.intent.resource.lifecycle is Lifecycle.PUBLISHED or draft is None else draft
        kind = self.intent.ref.kind
        aligned = None if base is None else normalize.align(kind, self.expected, base)
        fields = [*diff.compare(aligned, self.expected)]
        known = {f.path for f in fields}
        fields += [
            FieldChange(path, diff.EARLIER, diff.CURRENT)
            for path in (f"addons.{key}.version" for key in moved)
            if path not in known
        ]
        action, reason = self.verdict(moved, bool([*drafted]))
        return Change(
            action, self.intent.ref, tuple(sorted(fields, key=lambda f: f.path)), reason, self.version()
        )

    def version(self) -> int | None:
        """The number of the draft that is kept; a new one's is not known: deleted versions count, and are not seen."""
        draft = self.group.draft
        kept = draft is not None and self.intent.step(Verb.CREATE_DRAFT) is None
        return draft.version if kept and draft is not None else None

    def verdict(self, moved: list[str], drafted: bool) -> tuple[Action, str]:
        title = _title(self.intent)
        active, draft = self.group.active, self.group.draft
        publishes = self.intent.resource.lifecycle is Lifecycle.PUBLISHED
        if draft is not None and not drafted:
            return (
                Action.PUBLISH,
                f"draft version {draft.version} equals {self.situation.options.asking} and only waits to be published",
            )
        if active is None and draft is None and not self.group.archived:
            return (
                Action.CREATE,
                f"no such {title} is live" if publishes else f"no such {title} is live; a draft is made",
            )
        if draft is not None and not publishes:
            return (
                Action.UPDATE,
                f"draft version {draft.version} is brought to what {self.situation.options.asking} says",
            )
        if active is None and not publishes:
            return Action.NEW_VERSION, "only archived versions exist; a draft is made"
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
        active = self.intent.before["active"] or {}
        aligned = normalize.align(self.intent.ref.kind, self.expected, active)
        return _any_version(aligned) == _any_version(self.expected)


def _any_version(body: Body) -> Body:
    return {**body, "addons": {key: {**offer, "version": None} for key, offer in offers(body).items()}}
