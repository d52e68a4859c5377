"""What planning knows: the files, the live state, the states observed, and what has been decided so far. Collects problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Catalog, Kind, Lifecycle, LiveGroup, LiveState, Ref, Resource
from catalogsync.core.plan import State, Verb
from catalogsync.core.values import SecretRef
from catalogsync.openmeter.kinds import (
    KINDS,
    Reference,
    dependents,
    named_by,
    named_refs,
    secret_members,
)
from catalogsync.openmeter.kinds.secret_members import Reveal
from catalogsync.planner import transitions
from catalogsync.planner.intent import Intent, Sketch

NOTHING: State = {"active": None}
NOTHING_VERSIONED: State = {"active": None, "draft": None}
"""The states of what is not there."""


def _nothing_revealed(_reference: SecretRef) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the person allows and offers.

    `recreate`: objects that may be removed and created again to change what cannot be changed in place.
    `reveal`: the value behind a reference to a secret, or None where it cannot be had; used to compare
    and then forgotten. What cannot be had is reported as not compared.
    `drop_drafts`: plans and add-ons whose draft is to go, where their manifests do not ask for it (see `undo`).
    `keep`: of several live objects that carry one key, the id of the one to keep; the others are deleted.
    `rollback`: what is desired is the state before another plan, so reasons name that and no manifest.
    `only`: the objects that are to be planned, with what they need; None for all.
    `pruned`: objects that go because no file describes them any more.
    """

    recreate: frozenset[Ref] = frozenset()
    reveal: Reveal = _nothing_revealed
    drop_drafts: frozenset[Ref] = frozenset()
    keep: Mapping[Ref, str] = field(default_factory=dict)
    rollback: bool = False
    only: frozenset[Ref] | None = None
    pruned: frozenset[Ref] = frozenset()

    def removed(self, ref: Ref, lifecycle: Lifecycle) -> str:
        """Why an object goes."""
        if ref in self.pruned:
            return "it was applied from a file, and no file describes it any more"
        return (
            "the rollback: that plan made it"
            if self.rollback
            else f"its manifest says `lifecycle: {lifecycle}`"
        )

    @property
    def published(self) -> str:
        """Why a draft is published."""
        return "the rollback publishes what was published" if self.rollback else "the manifest is published"

    @property
    def asking(self) -> str:
        """What the desired content stands in."""
        return "the state before that plan" if self.rollback else "the manifest"


@dataclass(slots=True)
class Situation:
    """One run of planning."""

    catalog: Catalog
    live: LiveState
    options: PlanOptions
    adopted: frozenset[Ref] = frozenset()
    intents: dict[Ref, Intent] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _states: dict[Ref, State] = field(default_factory=dict)
    _expected: dict[Ref, Body] = field(default_factory=dict)
    _named: dict[Ref, tuple[tuple[Reference, Ref], ...]] = field(default_factory=dict)
    _unseen: dict[Kind, frozenset[str]] = field(default_factory=dict)
    _namers: dict[Ref, dict[Ref, None]] | None = None

    @classmethod
    def of(
        cls, catalog: Catalog, live: LiveState, options: PlanOptions, expected: Mapping[Ref, Body]
    ) -> Situation:
        """The situation at the start, with objects that carry no key adopted by name. `expected`: normal forms that are made already."""
        wanted = {
            r.ref: str(r.body.get("name"))
            for kind, spec in KINDS.items()
            if spec.keyed_by_metadata
            for r in catalog.of(kind)
        }
        matched = transitions.keep(transitions.adopt(live, wanted), options.keep)
        adopted = frozenset(matched.groups.keys() - live.groups.keys())
        return cls(catalog, matched, options, adopted, _expected=dict(expected))

    def group(self, ref: Ref) -> LiveGroup:
        return self.live.group(ref)

    def state(self, ref: Ref) -> State:
        """The object's state as read; what its manifest keeps as a secret is shown as a digest."""
        state = self._states.get(ref)
        if state is None:
            state = self._states[ref] = self._observed(ref)
        return state

    def _observed(self, ref: Ref) -> State:
        group, spec = self.live.groups.get(ref), KINDS[ref.kind]
        if group is None:
            return NOTHING_VERSIONED if spec.versioned else NOTHING
        if not spec.secrets:
            return self._shared(ref, transitions.observe(group, self.live))
        state = transitions.observe(group, self.live, self._masked(ref))
        made_up = self._made_up(ref)
        if made_up:
            state = {slot: _without(body, made_up) for slot, body in state.items()}
        return self._shared(ref, state)

    def _shared(self, ref: Ref, state: State) -> State:
        """The state with what is expected itself where the active one equals it: nearly all of a plan is so, and is held in memory once."""
        resource, active = self.catalog.resources.get(ref), state.get("active")
        if resource is None or active is None or resource.lifecycle is not Lifecycle.PUBLISHED:
            return state
        expected = self.expected(resource)
        return {**state, "active": expected} if expected == active else state

    def _made_up(self, ref: Ref) -> frozenset[str]:
        """Secrets that the server keeps and no manifest names: nothing is expected of them."""
        named, kept = self._with_secrets(ref), KINDS[ref.kind].kept
        return frozenset(s.path[0] for s in KINDS[ref.kind].secrets if s.path[0] in kept - named.keys())

    def _masked(self, ref: Ref) -> frozenset[tuple[str, ...]]:
        named = secret_members.places(ref.kind, self._with_secrets(ref))
        return frozenset(place for place, value in named if isinstance(value, SecretRef))

    def _with_secrets(self, ref: Ref) -> Body:
        """The normal form of a manifest that may name secrets; nothing where there is none."""
        resource = self.catalog.resources.get(ref)
        return self.expected(resource) if resource is not None else {}

    def expected(self, resource: Resource) -> Body:
        """The normal form of a manifest, made once."""
        expected = self._expected.get(resource.ref)
        if expected is None:
            expected = self._expected[resource.ref] = normalize.desired(resource, self.catalog)
        return expected

    def named(self, resource: Resource) -> tuple[tuple[Reference, Ref], ...]:
        """What a manifest names, each with the reference by which it does, found once."""
        found = self._named.get(resource.ref)
        if found is None:
            found = self._named[resource.ref] = named_by(resource.ref.kind, self.expected(resource))
        return found

    def working(self) -> list[Intent]:
        """The intents that have steps by now."""
        return [intent for intent in self.intents.values() if intent.sketches]

    def after(self, ref: Ref) -> State:
        """The object's state when the plan is done."""
        intent = self.intents.get(ref)
        return intent.after if intent is not None else self.state(ref)

    def live_refs(self, kind: Kind) -> Iterator[Ref]:
        """All live objects of a kind, sorted."""
        return iter(sorted(group.ref for group in self.live.of(kind)))

    def namers(self, ref: Ref, kind: Kind) -> Iterator[Ref]:
        """The live objects of a kind that may name an object: in some version, as read or as planned. Sorted; asked once all have intents."""
        if self._namers is None:
            self._namers = self._all_namers()
        return (user for user in self._namers.get(ref, ()) if user.kind == kind)

    def _all_namers(self) -> dict[Ref, dict[Ref, None]]:
        found: dict[Ref, dict[Ref, None]] = {}
        for kind in KINDS:
            for user in self.live_refs(kind) if KINDS[kind].references else ():
                for body in (*self.state(user).values(), *self.after(user).values()):
                    for ref in named_refs(kind, body):
                        found.setdefault(ref, {})[user] = None
        return found

    def unseen_targets(self) -> list[Ref]:
        """Disabled live objects that reads of those who name them leave out."""
        hidden = {Kind(r.kind) for kind in KINDS for _, r in dependents(kind) if r.unseen_when_disabled}
        return sorted(
            group.ref
            for kind in hidden
            for group in self.live.of(kind)
            if group.active is not None and group.active.body.get("disabled")
        )

    def staying_unseen(self, kind: Kind) -> frozenset[str]:
        """The keys of what reads of a kind leave out and that stays disabled: nothing can be said of a connection to them."""
        if kind not in self._unseen:
            hidden = normalize.unseen(kind, self.live)
            self._unseen[kind] = frozenset(key for key in hidden if self._stays_disabled(kind, key))
        return self._unseen[kind]

    def _stays_disabled(self, kind: Kind, key: str) -> bool:
        targets = (Ref(Kind(r.kind), key) for r in KINDS[kind].references if r.unseen_when_disabled)
        found = [r for ref in targets if (r := self.catalog.resources.get(ref)) is not None]
        return not found or any(bool(resource.body.get("disabled")) for resource in found)

    def unseen_leaving(self) -> list[Ref]:
        """Disabled objects that this plan deletes: others may name them without showing it."""
        return [ref for ref in self.unseen_targets() if self.step(ref, Verb.DELETE) is not None]

    def unseen_coming(self) -> list[Ref]:
        """Disabled objects that this plan enables: who names them shows only then."""
        return [
            ref
            for ref in self.unseen_targets()
            if self.step(ref, Verb.UPDATE) is not None
            and not (self.after(ref)["active"] or {}).get("disabled")
        ]

    def step(self, ref: Ref, verb: Verb, mark: str = "") -> Sketch | None:
        """The step planned for an object, if any."""
        intent = self.intents.get(ref)
        return intent.step(verb, mark) if intent is not None else None

    def error(self, code: str, resource: Resource, path: Path, summary: str, **more: str) -> None:
        """Report what makes the plan impossible, at a place of an object's manifest."""
        self.diagnostics.append(_diagnostic(Severity.ERROR, code, resource, path, summary, **more))

    def warn(self, code: str, resource: Resource, path: Path, summary: str, **more: str) -> None:
        """Report what the person may not expect."""
        self.diagnostics.append(_diagnostic(Severity.WARNING, code, resource, path, summary, **more))

    def note(self, code: str, resource: Resource, path: Path, summary: str, **more: str) -> None:
        """Report what explains the plan."""
        self.diagnostics.append(_diagnostic(Severity.NOTE, code, resource, path, summary, **more))


def _without(body: Body | None, names: frozenset[str]) -> Body | None:
    return body if body is None else {name: value for name, value in body.items() if name not in names}


def _diagnostic(
    severity: Severity,
    code: str,
    resource: Resource,
    path: Path,
    summary: str,
    *,
    detail: str = "",
    hint: str = "",
) -> Diagnostic:
    where = resource.origin.locate(path)
    return Diagnostic(code, severity, summary, where, detail, hint, str(resource.ref))


def listing(words: list[str] | tuple[str, ...]) -> str:
    """Words in a row for a sentence: "a", "a and b", "a, b and c"."""
    *first, last = words or [""]
    return f"{', '.join(first)} and {last}" if first else last
