"""Promotion: what is proven on one environment, planned for another with that one's overlays, and nothing else.

Three sides are compared by key: the catalog that is proven on FROM, what is live on TO, and what was last proven on TO. What differs between
the last two was changed by hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from catalogsync.app import by_hand, check, environments, takes_back
from catalogsync.app.by_hand import Overwritten
from catalogsync.app.check import Checked
from catalogsync.app.desired import Desired
from catalogsync.app.environments import Chosen
from catalogsync.app.fused import fused
from catalogsync.app.last_applied import last_applied
from catalogsync.app.plan import Proposal, plan_catalog
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core import canon
from catalogsync.core.asked import NOTHING_ASKED, Asked
from catalogsync.core.diagnostics import Diagnostic, Severity, in_order
from catalogsync.core.errors import InvalidCatalog, Refused, UsageError
from catalogsync.core.model import Catalog, Ref
from catalogsync.core.wording import first_few
from catalogsync.manifests import files
from catalogsync.manifests.source import SourceFile
from catalogsync.store.environment import Environment
from catalogsync.store.runs import applied as kept
from catalogsync.store.runs.applied import Applied

_FEW = 12
"""How many objects a message names."""


@dataclass(frozen=True, slots=True)
class Request:
    """`only`: patterns of KIND/KEY, all for none; `accept_drift`: what was changed by hand on TO is overwritten; `rehearse`: on a copy first;
    `money`: the usage that changed prices are shown for, and that fuses look at.
    """

    only: tuple[str, ...] = ()
    accept_drift: bool = False
    rehearse: bool = False
    money: Asked = NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is proven on FROM, as TO is to have it. `errors`: of what may stand live from before a later rule; `written`: the files as they are
    now, with TO's overlays: waivers of fuses stand there.
    """

    chosen: Chosen
    source: Environment
    target: Environment
    proven: Applied
    wanted: frozenset[Ref]
    whole: Catalog
    errors: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...]
    written: Catalog

    @property
    def catalog(self) -> Catalog:
        """The objects that are promoted."""
        owned = {ref: one for ref, one in self.whole.resources.items() if ref in self.wanted}
        return replace(self.whole, resources=owned)

    def desired(self, money: Asked, runtime: Runtime) -> Desired:
        """The same as what TO is to have, for all that looks at a plan before it goes there."""
        return Desired(self.chosen, self.target, Checked(self.catalog, self.errors), runtime.clock(), money)


def candidate(source: str, target: str, request: Request, runtime: Runtime) -> Candidate:
    """Finds what can be promoted, without a server. Raises UsageError, Refused with what is not proven, InvalidCatalog for overlays with errors."""
    chosen = environments.choose_catalog((), target)
    before, after = environments.choose_catalog((), source).environment, chosen.environment
    assert before is not None and after is not None
    _refuse_other_source(before, after)
    proven = _proven(before, runtime)
    base = _written(replace(chosen, environment=None))
    wanted = _wanted(proven, request.only, base, before)
    checked = _with_overlays(proven, before, after, base)
    errors = tuple(one for one in checked.diagnostics if one.is_error)
    return Candidate(
        chosen=chosen,
        source=before,
        target=after,
        proven=proven,
        wanted=wanted,
        whole=checked.catalog,
        errors=errors,
        notes=tuple(_ahead(proven, base, before)),
        written=_written(chosen) if after.overlays else base,
    )


def promote(found: Candidate, server: OpenMeter, request: Request, runtime: Runtime) -> Proposal:
    """The plan that brings TO to what is proven on FROM. Writes nothing. Raises Refused for what was changed by hand and for what is not
    proven long enough, TargetError for a server that cannot be read.
    """
    policy = found.target.promotion
    rehearse = request.rehearse or (policy is not None and policy.rehearse)
    plan = plan_catalog(found.catalog, server, PlanRequest(rehearsed=rehearse), findings=found.errors)
    last = last_applied(found.target, runtime.environ)
    # What is live on TO otherwise than it was last proven there, and would be overwritten; what TO's overlays say by now, or is proven on FROM
    # too, is not lost.
    drift = None if last is None else by_hand.overwritten(plan.changes, last, server, found.target.folder)
    if drift and not request.accept_drift:
        raise _moved(found.target, drift)
    changed = {change.ref for change in plan.changes} | {step.ref for step in plan.steps}
    _refuse_young(found, changed, policy.min_hours if policy else 0, runtime.clock())
    back = () if last is None else takes_back.findings(plan, found.source, found.proven, found.target, last)
    notes = (*plan.diagnostics, *found.notes, *_told(found, drift), *back)
    plan = replace(
        plan,
        diagnostics=in_order(notes),
        git_revision=found.proven.revision,
        created=runtime.now(),
        asked=request.money,
    )
    plan = fused(plan, found.desired(request.money, runtime), server, found.written)
    files = {ref: one.content.file for ref, one in found.proven.objects.items()}
    return Proposal(plan, found.target, found.catalog, whole=not request.only, files=files)


def _refuse_other_source(source: Environment, target: Environment) -> None:
    if source.name == target.name:
        raise UsageError(f"{source.name} cannot be promoted to itself")
    policy = target.promotion
    if policy is not None and policy.source != source.name:
        raise Refused(
            f"environment {target.name} is promoted from {policy.source}, not from {source.name}",
            code="promote-other-source",
            hint=f"catalogsync promote {policy.source} {target.name}",
        )


def _proven(source: Environment, runtime: Runtime) -> Applied:
    proven = last_applied(source, runtime.environ)
    if proven is None or not proven.objects:
        raise _unproven(source, (), "nothing is proven on")
    return proven


def _unproven(source: Environment, refs: Iterable[Ref], said: str = "not proven on") -> Refused:
    names = first_few(sorted(refs), _FEW)
    return Refused(
        f"{said} {source.name}{f': {names}' if names else ''}",
        code="promote-unproven",
        hint=f"catalogsync apply -e {source.name} proves what the files say there",
    )


def _wanted(proven: Applied, only: Sequence[str], base: Catalog, source: Environment) -> frozenset[Ref]:
    """The objects that are promoted: those that a pattern names with all that they name themselves. Raises Refused for what is not proven."""
    known = frozenset(proven.objects)
    picked = known if not only else frozenset(_picked(known, only, base, source))
    found = proven.with_named(picked)
    doubtful = [ref for ref in found if not proven.objects[ref].since]
    if doubtful:
        raise _unproven(source, doubtful, "changed by a later run that proved nothing on")
    return found


def _picked(known: Iterable[Ref], only: Sequence[str], base: Catalog, source: Environment) -> Iterator[Ref]:
    for pattern in only:
        met = [ref for ref in known if fnmatchcase(str(ref), pattern)]
        if not met:
            written = [ref for ref in base.resources if fnmatchcase(str(ref), pattern)]
            if written:
                raise _unproven(source, written)
            raise UsageError(f"--only {pattern}: nothing of this name is proven on {source.name}")
        yield from met


def _written(chosen: Chosen) -> Catalog:
    """The catalog in the files, with the overlays of the environment where one is chosen, as far as it can be read; empty where there is none."""
    if not all(path.exists() for path in chosen.paths):
        return Catalog({})
    return check.check(chosen.paths, overlays=chosen.overlays, elsewhere=chosen.elsewhere).catalog


def _with_overlays(proven: Applied, source: Environment, target: Environment, base: Catalog) -> Checked:
    """All that is proven, with TO's overlays. Raises InvalidCatalog, and Refused for an overlay of what is not proven."""
    sources = tuple(_sources(proven, source, target))
    checked = check.check((), overlays=target.overlays, allowed=target.allow_differences, sources=sources)
    lost = [one.subject for one in checked.diagnostics if one.code == "overlay-without-object"]
    missing = frozenset(Ref.parse(name) for name in lost) & frozenset(base.resources)
    if missing:
        raise _unproven(source, missing, f"{target.name} has overlays for what is not proven on")
    if not checked.may_be_planned:
        raise InvalidCatalog(checked.diagnostics)
    return checked


def _sources(proven: Applied, source: Environment, target: Environment) -> Iterator[SourceFile]:
    for ref, one in proven.objects.items():
        document = kept.document_of(ref.kind, one.content.base)
        if document is None:
            raise Refused(
                f"{ref} holds a secret itself, which is not in the run store",
                code="plan-holds-secret",
                hint="write {env: NAME} or {file: PATH} in its manifest, and apply it again",
            )
        name = files.near(target.folder / f"{ref.kind} {ref.key} (proven on {source.name})")
        yield SourceFile(files.shown(name), canon.pretty(document))


def _ahead(proven: Applied, written: Catalog, source: Environment) -> Iterator[Diagnostic]:
    """What the files say and is not proven: it stays behind."""
    said = kept.contents(written, source.folder)
    for ref, content in said.items():
        one = proven.objects.get(ref)
        if one is None or one.content.base != content.base:
            what = "is not proven" if one is None else "is another one than is proven"
            yield Diagnostic(
                "promote-files-ahead",
                Severity.WARNING,
                f"{ref} in the files {what} on {source.name}: "
                + ("it is not promoted" if one is None else "what is proven is promoted"),
                written.resources[ref].origin.begin(),
                hint=f"catalogsync apply -e {source.name} proves it there",
                subject=str(ref),
            )


def _moved(target: Environment, drift: Sequence[Overwritten]) -> Refused:
    lines = [f"  {one.moved.ref}: {one.in_words}" for one in drift]
    return Refused(
        f"{target.name} was changed by hand since the last promotion; nothing was planned\n"
        + "\n".join(lines),
        code="promote-drift",
        hint="write the changes into the manifests and prove them, or overwrite them with --accept-drift",
    )


def _refuse_young(found: Candidate, changed: Iterable[Ref], hours: float, now: datetime.datetime) -> None:
    """Raises Refused for what has not been proven long enough."""
    due = now - datetime.timedelta(hours=hours)
    young = sorted(
        ref
        for ref in changed
        if hours and datetime.datetime.fromisoformat(found.proven.objects[ref].since) > due
    )
    if young:
        lines = [f"  {ref}: since {found.proven.objects[ref].since}" for ref in young]
        raise Refused(
            f"not proven on {found.source.name} for {hours:g} hours yet\n" + "\n".join(lines),
            code="promote-too-young",
            hint=f"promoteFrom of {found.target.name} asks for it: wait",
        )


def _told(found: Candidate, drift: Sequence[Overwritten] | None) -> Iterator[Diagnostic]:
    name = found.target.name
    if drift is None:
        yield Diagnostic(
            "promote-first",
            Severity.WARNING,
            f"nothing was applied with proof to {name} before: whether it was changed by hand cannot be known",
        )
    for one in drift or ():
        yield Diagnostic(
            "promote-drift",
            Severity.WARNING,
            f"{one.moved.ref} was changed by hand on {name} ({one.in_words}): the change is overwritten",
            subject=str(one.moved.ref),
        )
