"""Plans: for a catalog as it is in the files, and back from a plan that was carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from catalogsync.app import (
    by_hand,
    environments,
    external,
    kept_offers,
    last_applied,
    last_month,
    not_promoted,
    places,
)
from catalogsync.app import only as only_these
from catalogsync.app.desired import Desired, desired, pruned
from catalogsync.app.environments import Target
from catalogsync.app.fused import fused
from catalogsync.app.impact import impact_of
from catalogsync.app.plan_request import AS_USUAL, QUIETLY, PlanRequest
from catalogsync.app.prepared import Prepared, prepared_with
from catalogsync.app.rehearse import rehearse
from catalogsync.app.review import Review
from catalogsync.app.revision import git_revision
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import Introduction, OpenMeter
from catalogsync.checks import later_rules
from catalogsync.core import gc_pause
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.errors import InvalidCatalog, Refused, TargetError
from catalogsync.core.model import Catalog, LiveState, Ref
from catalogsync.core.plan import Plan
from catalogsync.planner import NO_FORMS, PlanOptions, drift, make_plan, renames, undo
from catalogsync.planner.prune import NOTHING_GONE, Gone
from catalogsync.store import output, planfile
from catalogsync.store.environment import Environment
from catalogsync.targets.v1 import support


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan with the environment and the catalog that it was made for. `whole`: nothing of the catalog was left out. `paths`: what was read,
    none where it was made of all that there is; `files`: where objects were written that it did not read from files, as seen from the folder of
    `catalogsync.yaml`.
    """

    plan: Plan
    environment: Environment
    catalog: Catalog
    whole: bool = True
    paths: tuple[Path, ...] = ()
    files: Mapping[Ref, str] = field(default_factory=dict)


def plan_desired(wanted: Desired, server: OpenMeter, request: PlanRequest = AS_USUAL) -> Plan:
    """The plan for an open server, with what was found in the files, what fuses say of it, and the commit the files are at."""
    return fused(_unfused(wanted, server, request), wanted, server)


def _unfused(wanted: Desired, server: OpenMeter, request: PlanRequest) -> Plan:
    checked = wanted.checked
    revision = partial(_revision, wanted)
    plan = plan_catalog(
        checked.catalog, server, request, findings=checked.diagnostics, gone=wanted.gone, revision=revision
    )
    plan = replace(plan, changes=places.placed(plan.changes, checked.catalog))
    plan = by_hand.with_findings(plan, wanted.environment, server)
    plan = not_promoted.with_findings(plan, wanted, server.environ, unproven=request.unproven)
    if server.seen is None:
        return plan
    return _with_unnamed(plan, wanted, server, server.seen.live, only=bool(request.only))


def _revision(wanted: Desired) -> str:
    return git_revision(wanted.chosen.paths[0]) if wanted.revision is None else wanted.revision


def _with_unnamed(plan: Plan, wanted: Desired, server: OpenMeter, live: LiveState, *, only: bool) -> Plan:
    """The plan with what is said of live objects that no file names: what may have been renamed, and how many stay (all but with `only`)."""
    whole, gone = wanted.gone.added_to(wanted.checked.catalog), wanted.gone
    alone = tuple(drift.live_only(whole, live))
    pairs = renames.possible(plan, whole, live, (*gone.refs, *alone))
    if any(pair.old not in gone.refs for pair in pairs):  # what no catalog applied was never called otherwise
        known = last_applied.known(wanted.environment, wanted.chosen.paths, server.environ)
        pairs = renames.possible(plan, whole, live, (*gone.refs, *(ref for ref in alone if ref in known)))
    said = (*renames.findings(pairs, whole, gone.refs), *gone.notes, *(() if only else drift.unnamed(alone)))
    return replace(plan, diagnostics=(*plan.diagnostics, *said))


def plan_files(
    paths: Sequence[Path], target: Target, runtime: Runtime, request: PlanRequest = AS_USUAL
) -> Plan:
    """The plan that makes a server what the files say. Writes nothing to the server.

    Raises what `desired` raises, and TargetError for a server that cannot be read.
    """
    return propose(paths, target, runtime, request).plan


def propose(
    paths: Sequence[Path], target: Target, runtime: Runtime, request: PlanRequest = AS_USUAL
) -> Proposal:
    """The same with what the plan was made of."""
    asked = request.asked
    with gc_pause.paused():
        wanted = pruned(desired(paths, target, runtime, asked), request.find_gone)
        with (
            OpenMeter.of(wanted.environment, runtime) as server,
            kept_offers.used(server, runtime, refresh=request.refresh, remember=request.remember),
        ):
            plan = replace(_unfused(wanted, server, request), asked=asked)
            if request.usage_from is not None:
                near, catalog = wanted.chosen.paths[0], wanted.checked.catalog
                plan = with_usage(plan, request.usage_from, runtime, near, catalog)
            plan = fused(plan, replace(wanted, asked=plan.asked), server)
    planned = only_these.planned(plan, wanted.checked.catalog)
    return Proposal(plan, wanted.environment, planned, paths=wanted.chosen.paths)


def with_usage(
    plan: Plan,
    named: str,
    runtime: Runtime,
    near: Path | None = None,
    catalog: Catalog = last_month.NO_CATALOG,
) -> Plan:
    """The plan with last month's usage asked about too, and what could not be read of it. `named` and `near` as in `last_month.source`,
    `catalog` as in `last_month.read`; these two tell what is raised.
    """
    review = Review.of(plan)
    asked, notes = last_month.read(review, named, last_month.source(named, runtime, near), runtime, catalog)
    return replace(plan, diagnostics=(*plan.diagnostics, *notes), asked=asked)


def plan_catalog(
    catalog: Catalog,
    server: OpenMeter,
    request: PlanRequest = AS_USUAL,
    *,
    findings: Sequence[Diagnostic] = (),
    gone: Gone = NOTHING_GONE,
    revision: Callable[[], str] = str,
) -> Plan:
    """The plan that makes a server what a catalog says. `findings`: what the check of the catalog found; `gone`: what is to be removed though the
    catalog says nothing of it; `revision` looks up the commit that the files are at. Raises InvalidCatalog when an error among the findings is
    about something that the plan would write.
    """
    whole = gone.added_to(catalog)
    options = request.options(whole, gone, server.secrets)
    try:
        live, said, (ready, commit) = server.survey_beside(partial(prepared_with, revision, whole))
    except TargetError:
        _refuse_errors(findings)  # what is wrong in the files is known without a server
        raise
    plan = plan_live(whole, live, server, options, said, request, findings, ready)
    return replace(plan, git_revision=commit)


def plan_live(
    catalog: Catalog,
    live: LiveState,
    server: OpenMeter,
    options: PlanOptions,
    said: Introduction | None = None,
    request: PlanRequest = QUIETLY,
    findings: Sequence[Diagnostic] = (),
    ready: Prepared | None = None,
) -> Plan:
    """The plan of a catalog as the server can hold it, with what it does not know; rehearsed on a twin that knows as much. `said`: what the
    server says of itself, asked for without it; `ready`: `prepared` of this very catalog and server where that is done.
    """
    said = said or server.introduce()
    held, forms = (ready.held, ready.forms) if ready else (support.held(catalog, said.server), NO_FORMS)
    part = make_plan(held.catalog, live, said.identity, options, forms)
    held = replace(held, diagnostics=_about(held.diagnostics, part, options))
    plan = support.with_findings(part, held, said.server)
    told = [one for one in findings if one.code != external.UNCHECKED]
    told += external.misfits(catalog, live)
    found = later_rules.settled(_about(told, part, options), catalog, plan)
    _refuse_errors(found)
    plan = replace(plan, diagnostics=tuple(dict.fromkeys((*found, *plan.diagnostics))))
    if request.impact:
        plan = replace(plan, impact=impact_of(plan, held.catalog, live, server.client))
    if request.rehearsed and not plan.blocked:
        return rehearse(plan, held.catalog, server.client, server.secrets, options, said.server)
    return plan


def _about(findings: Sequence[Diagnostic], plan: Plan, options: PlanOptions) -> tuple[Diagnostic, ...]:
    """The findings that are about what is planned: all, unless only some objects are."""
    if options.only is None:
        return tuple(findings)
    planned = {*options.only, *(one.ref for one in plan.changes), *(one.ref for one in plan.preconditions)}
    subjects = {"", *map(str, planned)}
    return tuple(one for one in findings if one.subject in subjects)


def _refuse_errors(findings: Sequence[Diagnostic]) -> None:
    if any(one.is_error for one in findings):
        raise InvalidCatalog(tuple(findings))


def undo_saved(saved: Path, target: Target, runtime: Runtime, request: PlanRequest = AS_USUAL) -> Plan:
    """The plan that takes a saved one back, on the server that it was made for, with what is asked of its prices. Raises Refused for another
    server.
    """
    done = planfile.load(saved)
    with OpenMeter.of(environments.of_plan(done, saved, target, runtime), runtime) as server:
        plan = replace(undo_plan(done, server, str(saved), request), asked=request.asked)
    return plan if request.usage_from is None else with_usage(plan, request.usage_from, runtime)


def undo_plan(done: Plan, server: OpenMeter, file: str, request: PlanRequest = AS_USUAL) -> Plan:
    """The plan that takes `done` back. `file`: where it was saved, for the diagnostics. Raises Refused on another server."""
    environments.refuse_elsewhere(done.target, server.environment)
    live, said = server.survey()
    back = undo.way_back(done, live, file)
    options = replace(back.options, reveal=server.secrets.reveal)
    return undo.with_findings(plan_live(back.catalog, live, server, options, said, request), back)


def failed_rehearsal(plan: Plan, *, unproven: bool) -> bool:
    """Whether a plan failed its rehearsal, unless the person accepts that."""
    return plan.rehearsal is not None and not plan.rehearsal.passed and not unproven


def refuse_unproven(plan: Plan, *, unproven: bool) -> None:
    """Raises Refused for a plan that failed its rehearsal, unless the person accepts that."""
    if failed_rehearsal(plan, unproven=unproven):
        failures = plan.rehearsal.failures if plan.rehearsal is not None else ()
        raise Refused(
            "the plan failed its rehearsal: " + "; ".join(failures or ("the second plan was not empty",)),
            code="refused-unproven",
            hint="see what failed, or give --unproven to continue all the same",
        )


def load(saved: Path) -> Plan:
    """A saved plan. Raises Refused for a file that is none."""
    return planfile.load(saved)


def to_text(plan: Plan, runtime: Runtime, folder: Path) -> str:
    """A plan as its file in a folder holds it, made now where nothing else is said. Its places are in files as seen from the root of
    their repository: who reads it may stand in another folder.
    """
    dated = replace(plan, created=plan.created or runtime.now())
    return planfile.to_text(places.seen_by(dated, places.from_root()), folder)


def save(plan: Plan, path: Path, runtime: Runtime) -> None:
    """Writes a plan to a file that `apply` carries out. Raises CatalogsyncError."""
    output.write(path, to_text(plan, runtime, path.parent))
