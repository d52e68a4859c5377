"""What somebody changed on a server since a run proved it, and a plan would overwrite: what was last proven, what is live and what is planned,
compared field by field on what was read already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync.app.last_applied import last_applied
from catalogsync.app.server import OpenMeter
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Catalog, Ref
from catalogsync.core.plan import Plan
from catalogsync.core.values import SecretRef, in_words
from catalogsync.core.wording import first_few
from catalogsync.openmeter import field_paths
from catalogsync.planner import PlanOptions, drift, make_plan
from catalogsync.planner.diff import CURRENT, EARLIER
from catalogsync.store.environment import Environment
from catalogsync.store.runs.applied import Applied, catalog_of
from catalogsync.store.runs.blobs import StoreUnusable
from catalogsync.targets.v1 import support

CODE = "changed-by-hand"
_NAMED, _LONGEST = 10, 60
"""How many objects a message names, and how long a value is that it shows."""


@dataclass(frozen=True, slots=True)
class Overwritten:
    """An object that was changed by hand. `moved`: the change from what is live to what run `run` proved; `planned`: what the plan makes of it.
    `archived`: all that is live of it are archived versions.
    """

    moved: Change
    planned: Change
    run: str
    archived: bool = False

    def fields(self) -> Iterator[tuple[FieldChange, FieldChange]]:
        """What was changed, each with the planned change that overwrites it."""
        for one in self.moved.fields:
            other = next((field for field in self.planned.fields if one.meets(field)), None)
            if other is not None:
                yield one, other

    @property
    def in_words(self) -> str:
        """The fields; the reason where fields do not tell."""
        if self.archived:
            return "archived"
        if self.moved.action is Action.CREATE:
            return "not live any more"
        return ", ".join(one.path for one, _ in self.fields()) or self.moved.reason


def with_findings(plan: Plan, environment: Environment, server: OpenMeter) -> Plan:
    """The plan with a warning for each field that was changed by hand and that it overwrites. Nothing is said of a server without run store."""
    if not plan.changes:
        return plan
    try:
        last = last_applied(environment, server.environ)
    except StoreUnusable as problem:
        said = f"whether somebody changed {environment.name} by hand cannot be known: {problem.message}"
        unknown = Diagnostic(problem.code, Severity.WARNING, said)
        return replace(plan, diagnostics=(*plan.diagnostics, unknown))
    if last is None:
        return plan
    found = overwritten(plan.changes, last, server, environment.folder)
    return replace(plan, diagnostics=(*plan.diagnostics, *_warnings(found)))


def overwritten(
    planned: Sequence[Change], last: Applied, server: OpenMeter, folder: Path
) -> tuple[Overwritten, ...]:
    """What was changed by hand and the planned changes undo. `last`: what is proven on the server, which was read; `folder`: where
    `catalogsync.yaml` lies. What a later run changed and did not prove is not looked at, nor what the files say by now.
    """
    known = {one.ref: one for one in planned if one.ref in last.objects and last.objects[one.ref].since}
    if not known or server.seen is None or server.introduced is None:
        return ()
    before = _with_what_they_name(last, known, folder)
    before = support.held(before, server.introduced.server).catalog
    options = PlanOptions(reveal=server.secrets.reveal, only=frozenset(known))
    live = server.seen.live
    moved = drift.seen(make_plan(before, live, server.introduced.identity, options).changes, live)
    return tuple(
        Overwritten(one, known[one.ref], last.objects[one.ref].run, live.group(one.ref).only_archived)
        for one in _of_themselves(moved)
        if one.ref in known and _undoes(known[one.ref], one)
    )


def _of_themselves(moved: Iterable[Change]) -> Iterator[Change]:
    """The changes without what follows from another object's: a plan that is to offer the new version of an add-on was not changed itself."""
    for one in moved:
        fields = tuple(f for f in one.fields if (f.before, f.after) != (EARLIER, CURRENT))
        if fields or not one.fields:
            yield replace(one, fields=fields)


def _with_what_they_name(last: Applied, refs: Iterable[Ref], folder: Path) -> Catalog:
    """These objects as they were proven, with all that they name, directly or by way of others."""
    contents = {ref: last.objects[ref].content for ref in sorted(last.with_named(refs))}
    return catalog_of(contents, folder, last.run)


def _undoes(planned: Change, moved: Change) -> bool:
    """Whether a change undoes another one of the same object: in a field of it, or where fields do not tell."""
    if not (moved.fields and planned.fields):
        return True
    return any(one.meets(other) for one in moved.fields for other in planned.fields)


def _warnings(found: Sequence[Overwritten]) -> Iterator[Diagnostic]:
    gone: dict[tuple[str, bool], list[Overwritten]] = {}
    for one in found:
        if one.archived or one.moved.action is Action.CREATE:
            gone.setdefault((one.run, one.archived), []).append(one)
        else:
            yield from _of_object(one)
    for (run, archived), every in gone.items():
        yield _gone(run, every, archived)


def _gone(run: str, every: Sequence[Overwritten], archived: bool) -> Diagnostic:
    names = first_few([one.moved.ref for one in every], _NAMED)
    verb, them = ("is", "it") if len(every) == 1 else ("are", "them")
    made = (
        f"{verb} archived by now; this plan makes a new version of {them}"
        if archived
        else f"{verb} not live any more; this plan makes {them} again"
    )
    subject = str(every[0].moved.ref) if len(every) == 1 else ""
    where = every[0].planned.where if len(every) == 1 else None
    return Diagnostic(CODE, Severity.WARNING, f"{names} of run {run} {made}", where, "", _HINT, subject)


_HINT = "`catalogsync drift --accept` takes what is live into the files instead"


def _of_object(one: Overwritten) -> Iterator[Diagnostic]:
    ref, since = one.moved.ref, f"was changed by hand since run {one.run}"
    pairs = list(one.fields())
    if not pairs:
        said = f"{ref} {since} ({one.moved.reason or one.moved.action}); this plan overwrites it"
        yield Diagnostic(CODE, Severity.WARNING, said, one.planned.where, "", _HINT, str(ref))
    for moved, planned in pairs:
        if isinstance(moved.after, SecretRef):
            said = (
                f"{field_paths.shown(moved.path)} of {ref} is not what {moved.after} holds: the secret is another one "
                f"since run {one.run}, or somebody changed it by hand; this plan overwrites it"
            )
            yield Diagnostic(CODE, Severity.WARNING, said, planned.where, subject=str(ref))
            continue
        back = (moved.path, moved.after) == (planned.path, planned.after)
        end = "this plan takes it back" if back else "this plan overwrites it"
        said = f"{field_paths.shown(moved.path)} of {ref} {since}{_sides(moved)}; {end}"
        yield Diagnostic(CODE, Severity.WARNING, said, planned.where, "", _HINT, str(ref))


def _sides(moved: FieldChange) -> str:
    """What was proven and what is live now, where both are short."""
    sides = [in_words(value) for value in (moved.after, moved.before)]
    return f" ({' → '.join(sides)})" if all(len(side) <= _LONGEST for side in sides) else ""
