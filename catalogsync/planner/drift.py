"""Who moved: the files, the live objects, or both, said by three sides: what the files say, what is live, and what was last applied. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from catalogsync import normalize
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.model import Catalog, Kind, LiveState, Ref
from catalogsync.core.plan import Plan
from catalogsync.core.wording import counted, first_few
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.diff import CURRENT, EARLIER, diff_catalogs
from catalogsync.planner.kept import Kept, joined, kept

NAMED = 10
"""How many objects without a file are named."""


class Standing(StrEnum):
    """How an object of the files and the live one stand to each other."""

    IN_STEP = "in_step"
    FILES_AHEAD = "files_ahead"
    LIVE_AHEAD = "live_ahead"
    BOTH = "both"
    UNKNOWN = "unknown"

    @property
    def live_moved(self) -> bool:
        """Whether somebody changed the live object, or may have: what cannot be known counts as moved."""
        return self in (Standing.LIVE_AHEAD, Standing.BOTH, Standing.UNKNOWN)


@dataclass(frozen=True, slots=True)
class MovedField:
    """A field that differs. `change`: live → files where the object's files are ahead, files → live else; `standing`: who moved this field;
    `base`: what was last applied there, None where it was absent or nothing tells.
    """

    change: FieldChange
    standing: Standing
    base: object = None


@dataclass(frozen=True, slots=True)
class Drifted:
    """An object that differs, and its fields."""

    ref: Ref
    standing: Standing
    fields: tuple[MovedField, ...] = ()
    where: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """The catalog that was last applied. `plan`: what it would take to make the live objects what it says, read at the same moment; `left`: what
    was applied before it, is in no file any more and was not removed; `kept`: what of its objects is live since, which no call can remove.
    """

    catalog: Catalog
    plan: Plan
    left: frozenset[Ref] = frozenset()
    kept: Kept = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs, in order. `in_step`: how many objects do not; `live_only`: live objects that no file names; `left`: those among them that
    were applied from files which are not there any more.
    """

    objects: tuple[Drifted, ...]
    in_step: int
    live_only: tuple[Ref, ...]
    left: tuple[Ref, ...] = ()

    @property
    def live_moved(self) -> bool:
        """Whether any live object moved, as far as can be known."""
        return any(one.standing.live_moved for one in self.objects)

    @property
    def differs(self) -> bool:
        """Whether anything is to be done about the files or the live objects."""
        return bool(self.objects or self.left)

    def counts(self) -> Mapping[Standing, int]:
        """How many objects of the files stand how."""
        found = {standing: sum(one.standing is standing for one in self.objects) for standing in Standing}
        return {**found, Standing.IN_STEP: self.in_step}


def compare(files: Catalog, plan: Plan, live: LiveState, base: Base | None) -> Drift:
    """Who moved. `plan`: what it would take to make the live objects what the files say; `base`: None where nothing tells what was applied."""
    came = base.kept if base is not None else {}
    changes = joined(
        seen(plan.changes, live), {ref: one for ref, one in kept(files, live).items() if ref in came}
    )
    differing = sorted({*changes, *_refused(plan)})
    moved = _Moved.since(files, base, live) if base is not None else None
    objects = [_drifted(ref, changes.get(ref), moved) for ref in differing]
    alone = tuple(live_only(files, live))
    known = {*base.catalog.resources, *base.left} if base is not None else {}
    return Drift(
        tuple(objects),
        len(files.resources) - len(differing),
        tuple(ref for ref in alone if ref not in known),
        tuple(ref for ref in alone if ref in known),
    )


def seen(changes: Iterable[Change], live: LiveState) -> Iterator[Change]:
    """The changes without what reads do not show: a plan writes a rule again for the sake of a channel that somebody disabled, and the rule
    is not moved by that (docs/server/notifications.md#comparison).
    """
    for one in changes:
        hidden = normalize.unseen(one.ref.kind, live) if one.action is Action.UPDATE else frozenset()
        fields = tuple(field for field in one.fields if not _unseen(one.ref.kind, field, hidden))
        if fields or not hidden:
            yield replace(one, fields=fields)


def _unseen(kind: Kind, field: FieldChange, hidden: frozenset[str]) -> bool:
    """Whether a field differs in nothing but the names of what reads leave out."""
    paths = [".".join(r.path) for r in KINDS[kind].references if r.unseen_when_disabled] if hidden else ()
    sides = [side for side in (field.before, field.after) if isinstance(side, list | tuple)]
    return field.path in paths and len(sides) == 2 and {*sides[0]} ^ {*sides[1]} <= hidden


def live_only(files: Catalog, live: LiveState) -> Iterator[Ref]:
    """Live objects that no file names, in order; those that are archived already are nobody's concern."""
    for ref in sorted(live.groups.keys() - files.resources.keys() - files.external.keys()):
        group = live.groups[ref]
        if group.active is not None or group.draft is not None:
            yield ref


def unnamed(refs: Sequence[Ref]) -> Iterator[Diagnostic]:
    """In one line, the live objects that no file names."""
    if refs:
        said = f"{counted(len(refs), 'live object')} without a manifest: {first_few(refs, NAMED)}"
        yield Diagnostic("live-only", Severity.NOTE, said)


def _refused(plan: Plan) -> Iterator[Ref]:
    """Objects that differ in a way that no step can settle."""
    for one in plan.diagnostics:
        if one.is_error and one.subject:
            yield Ref.parse(one.subject)


@dataclass(frozen=True, slots=True)
class _Moved:
    """What moved since the last apply, by object. `files`: last applied → files; `live`: live → last applied; `refused`: what differs live and
    no step can settle.
    """

    files: Mapping[Ref, tuple[FieldChange, ...]]
    live: Mapping[Ref, tuple[FieldChange, ...]]
    refused: frozenset[Ref]

    @classmethod
    def since(cls, files: Catalog, base: Base, live: LiveState) -> _Moved:
        return cls(
            {change.ref: change.fields for change in diff_catalogs(base.catalog, files)},
            {ref: change.fields for ref, change in joined(seen(base.plan.changes, live), base.kept).items()},
            frozenset(_refused(base.plan)),
        )

    def standing(self, ref: Ref) -> Standing:
        if ref not in self.live and ref not in self.refused:
            return Standing.FILES_AHEAD
        return Standing.BOTH if self._moved_by_files(ref) else Standing.LIVE_AHEAD

    def _moved_by_files(self, ref: Ref) -> bool:
        """Whether the files changed an object. They did not make it offer an earlier version of what was published live."""
        if ref not in self.files:
            return False
        fields = self.files[ref]
        follows = [one for one in self.live.get(ref, ()) if (one.before, one.after) == (EARLIER, CURRENT)]
        return not fields or any(one not in follows for one in fields)

    def field(self, ref: Ref, one: FieldChange) -> MovedField:
        """Who moved a field (files → live) of an object of which both moved, and what was last applied there."""
        by_files, by_live = _at(one, self.files.get(ref, ())), _at(one, self.live.get(ref, ()))
        if by_files is None:
            return MovedField(one, Standing.LIVE_AHEAD, one.before)
        if by_files.path != one.path:
            return MovedField(one, Standing.FILES_AHEAD if by_live is None else Standing.BOTH)
        alone = by_live is None and by_files.before == one.after
        return MovedField(one, Standing.FILES_AHEAD if alone else Standing.BOTH, by_files.before)


def _at(field: FieldChange, others: Iterable[FieldChange]) -> FieldChange | None:
    """The change of a field, else of what holds it or of what it holds."""
    near = [one for one in others if one.meets(field)]
    return next((one for one in near if one.path == field.path), near[0] if near else None)


def _drifted(ref: Ref, change: Change | None, moved: _Moved | None) -> Drifted:
    standing = moved.standing(ref) if moved is not None else Standing.UNKNOWN
    fields = change.fields if change is not None else ()
    where = change.where if change is not None else None
    if standing is Standing.FILES_AHEAD:
        return Drifted(ref, standing, tuple(MovedField(one, standing, one.before) for one in fields), where)
    turned = map(_turned, fields)
    if moved is not None and standing is Standing.BOTH:
        return Drifted(ref, standing, tuple(moved.field(ref, one) for one in turned), where)
    known = standing is Standing.LIVE_AHEAD
    return Drifted(
        ref,
        standing,
        tuple(MovedField(one, standing, one.before if known else None) for one in turned),
        where,
    )


def _turned(one: FieldChange) -> FieldChange:
    return FieldChange(one.path, one.after, one.before, one.where)
