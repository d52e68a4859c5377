"""Undo: the plan that returns to what another plan replaced, as far as the server allows, and what it does not allow. Pure.

A plan keeps the state of every object that it touches as it was read (`Precondition.state`). Those states become a catalog again, and the
planner does the rest: what was published comes back as a new version with the old content, what was made is archived or deleted, what was
deleted is created again. What stays different all the same is said in a note for each object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import cast

from catalogsync import normalize
from catalogsync.core.canon import Body, JsonObject
from catalogsync.core.diagnostics import Diagnostic, Path, Severity, SourceRef, in_order
from catalogsync.core.model import Catalog, Kind, Lifecycle, LiveState, Ref, Resource
from catalogsync.core.plan import Plan, State, Step, Verb
from catalogsync.core.values import Hidden, SecretRef
from catalogsync.openmeter.kinds import KINDS, named, secret_members
from catalogsync.planner import PlanOptions, transitions
from catalogsync.planner.context import listing


@dataclass(frozen=True, slots=True)
class _PlanFile:
    """Where a state that is desired again was found: the saved plan as a whole."""

    name: str

    def locate(self, path: Path, *, key: bool = False) -> SourceRef:
        return SourceRef(self.name, 1, 1)

    def begin(self) -> SourceRef:
        return self.locate(())


@dataclass(frozen=True, slots=True)
class _Object:
    """One object that the plan touches: as it was read, as it is now, and the plan's own steps for it."""

    ref: Ref
    before: State
    now: State
    steps: tuple[Step, ...]

    def was(self, slot: str) -> Body | None:
        return self.before.get(slot)

    def lies(self, slot: str) -> Body | None:
        return self.now.get(slot)

    @property
    def title(self) -> str:
        return f"{KINDS[self.ref.kind].title} {self.ref.key}"

    def does(self, verb: Verb) -> bool:
        return any(step.verb is verb for step in self.steps)


@dataclass(frozen=True, slots=True)
class WayBack:
    """The catalog that asks for what was, how to plan it, and what will stay different."""

    catalog: Catalog
    options: PlanOptions
    diagnostics: tuple[Diagnostic, ...]


def with_findings(made: Plan, back: WayBack) -> Plan:
    """The plan made for a way back, with what that way does not reach."""
    return replace(made, diagnostics=in_order([*made.diagnostics, *back.diagnostics]))


def way_back(plan: Plan, live: LiveState, file: str) -> WayBack:
    """What takes `plan` back: make a plan of its catalog with its options, and add what is `told`. `live` is complete; `file` is where the
    plan was saved, for the diagnostics. An object that somebody changed after the plan is an error by name: going back would take their
    change away.
    """
    live = transitions.as_planned(plan, live)
    objects = list(_touched(plan, live))
    origin = _PlanFile(file)
    lost = frozenset(one.ref for one in objects if _unknown(one) and one.lies("active") is None)
    resources = {r.ref: r for one in objects for r in _desired(one, origin) if not _missing(one, lost)}
    options = PlanOptions(
        recreate=frozenset(one.ref for one in objects if _made_anew(one)),
        rollback=True,
        drop_drafts=frozenset(one.ref for one in objects if one.lies("draft") and not one.was("draft")),
    )
    notes = [_note(one, text, origin) for one in objects for text in _remains(one, lost)]
    return WayBack(Catalog(dict(sorted(resources.items()))), options, (*_moved(plan, live, origin), *notes))


def _touched(plan: Plan, live: LiveState) -> Iterator[_Object]:
    for precondition in plan.preconditions:
        if precondition.touched:
            ref, before = precondition.ref, transitions.any_version(precondition.state)
            hidden = normalize.unseen(ref.kind, live)
            now = transitions.aligned(ref.kind, before, transitions.seen(ref, live), hidden)
            yield _Object(ref, before, now, tuple(s for s in plan.steps if s.ref == ref))


def _moved(plan: Plan, live: LiveState, origin: _PlanFile) -> Iterator[Diagnostic]:
    for ref, way in transitions.fold(plan).items():
        if len(way) > 1 and not any(
            transitions.agrees(ref, transitions.any_version(state), live) for state in way
        ):
            yield Diagnostic(
                "undo-moved",
                Severity.ERROR,
                f"{KINDS[ref.kind].title} {ref.key} was changed after the plan that is to be undone",
                origin.locate(()),
                detail="It is at no point of that plan's way; going back would take away what somebody else did.",
                hint="Write what is desired into the manifests and plan them.",
                subject=str(ref),
            )


# What is desired again


def _desired(one: _Object, origin: _PlanFile) -> Iterator[Resource]:
    """The manifest that asks for the state as it was; none where it is so already, unless it may have to follow what it names."""
    if (one.before == one.now and not (_offers(one) or _made_anew(one))) or _unknown(one):
        return
    lifecycle, normal = _versions(one) if KINDS[one.ref.kind].versioned else _simple(one)
    body = _identity(one.ref) if normal is None else _body(one, normal)
    yield Resource(
        one.ref, lifecycle, cast("JsonObject", body), origin
    )  # of digests it is free: see `_unknown`


def _offers(one: _Object) -> bool:
    """Whether it offers add-ons: when one of them moves back, it has to offer the version that is then published."""
    active = one.was("active")
    return active is not None and bool(active.get("addons"))


def _simple(one: _Object) -> tuple[Lifecycle, Body | None]:
    if one.was("active") is not None:
        return Lifecycle.PUBLISHED, one.was("active")
    return Lifecycle.DELETED, None  # in its kind's way of going


def _versions(one: _Object) -> tuple[Lifecycle, Body | None]:
    active, draft = one.was("active"), one.was("draft")
    if draft is not None and active == one.lies("active"):
        return Lifecycle.DRAFT, draft
    return (Lifecycle.ARCHIVED, None) if active is None else (Lifecycle.PUBLISHED, active)


def _identity(ref: Ref) -> Body:
    return {KINDS[ref.kind].identity: ref.key}


def _body(one: _Object, normal: Body) -> Body:
    """The manifest's body; where the state holds the digest of a secret, the reference that the plan's own call names."""
    given = next((step.body for step in reversed(one.steps) if step.body is not None), None)
    named = dict(secret_members.places(one.ref.kind, given))
    for place, value in [*secret_members.places(one.ref.kind, normal)]:
        other = named.get(place)
        if isinstance(value, Hidden) and isinstance(other, SecretRef):
            normal = secret_members.put(normal, place, other)
        elif isinstance(value, Hidden) and place[0] in KINDS[one.ref.kind].kept:
            normal = {name: kept for name, kept in normal.items() if name != place[0]}
    spec = KINDS[one.ref.kind]
    return spec.telling(spec.manifest(normal, one.ref.key), normal)


def _unknown(one: _Object) -> bool:
    """Whether an object cannot be written again, because a value of it is only known by its digest."""
    active = one.was("active")
    if active is None or not KINDS[one.ref.kind].secrets:
        return False
    body = _body(one, active)
    return any(isinstance(value, Hidden) for _, value in secret_members.places(one.ref.kind, body))


def _missing(one: _Object, lost: Collection[Ref]) -> list[str]:
    """What an object named and nothing brings back, where its id is needed to name it."""
    kind, active = one.ref.kind, one.was("active")
    return sorted(
        str(ref)
        for reference in KINDS[kind].references
        if reference.unseen_when_disabled
        for key in named(kind, active, reference)
        if (ref := Ref(Kind(reference.kind), key)) in lost
    )


def _made_anew(one: _Object) -> bool:
    return one.does(Verb.CREATE) and (one.does(Verb.DELETE) or one.does(Verb.ARCHIVE))


# What cannot be undone


def _note(one: _Object, text: str, origin: _PlanFile) -> Diagnostic:
    return Diagnostic("undo-incomplete", Severity.NOTE, text, origin.locate(()), subject=str(one.ref))


def _remains(one: _Object, lost: Collection[Ref]) -> Iterator[str]:
    """What will not be as it was, in sentences. `lost`: the objects that cannot be written again."""
    if one.before == one.now and not one.does(Verb.DELETE):
        return
    if missing := _missing(one, lost):
        yield f"{one.title} stays as it is: it named {listing(missing)}, which cannot be written again"
        return
    if _unknown(one):
        yield f"{one.title} stays as it is: its URL or a header was a secret, which is in no plan"
        return
    if KINDS[one.ref.kind].versioned:
        yield from _remaining_versions(one)
    elif one.was("active") is None:
        if KINDS[one.ref.kind].archivable:
            yield f"{one.title} is archived, not removed: the server keeps archived features"
    elif one.lies("active") is None or _made_anew(one):
        yield _anew(one)
    if KINDS[one.ref.kind].secrets:
        yield from _remaining_secrets(one)


def _anew(one: _Object) -> str:
    return f"{one.title} is re-created under a new id{KINDS[one.ref.kind].lost_when_remade}"


def _remaining_versions(one: _Object) -> Iterator[str]:
    active, now = one.was("active"), one.lies("active")
    if active is None and now is not None:
        yield f"{one.title}: its published version is archived and stays; customers on it stay on it"
    elif active is not None and now != active:
        yield f"{one.title}: the old content comes back as a new version; customers stay on the version they have"
    if one.does(Verb.DELETE):
        yield f"{one.title}: versions that the plan deleted do not come back"
    if one.was("draft") is not None and _versions(one)[0] is not Lifecycle.DRAFT:
        yield f"{one.title}: the draft that the plan found is not made again; its content is in the plan's preconditions"


def _remaining_secrets(one: _Object) -> Iterator[str]:
    """What the plan set stays where the one before is in no plan; what a reference names is sent as it is by then."""
    kept = KINDS[one.ref.kind].kept
    sent = {
        p[0]
        for s in one.steps
        for p, v in secret_members.places(one.ref.kind, s.body)
        if isinstance(v, SecretRef)
    }
    if sent & kept and one.was("active") is not None:
        yield f"{one.title}: the signing secret that the plan set stays; the one before is in no plan"
    before = secret_members.places(one.ref.kind, one.was("active"))
    if any(isinstance(v, Hidden) and p[0] not in kept for p, v in before):
        yield f"{one.title}: behind its references is sent what they hold now"
