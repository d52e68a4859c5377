"""Who moved since the catalog was last applied: the files, the live objects, or both. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from catalogsync.app import catalog_sources, last_applied, places
from catalogsync.app.desired import Desired, desired
from catalogsync.app.environments import Chosen, Target
from catalogsync.app.plan import plan_live
from catalogsync.app.prepared import Prepared, prepared
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core import gc_pause
from catalogsync.core.errors import UsageError
from catalogsync.core.model import Catalog, LiveState, Ref
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.planner import PlanOptions, drift
from catalogsync.planner import kept as kept_members
from catalogsync.planner.drift import Base, Drift
from catalogsync.planner.kept import Kept

NOTHING = Catalog({})


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What differs, and what it was found by. `against`: what is taken as last applied, in words; "" where nothing tells. `wanted`, `live`,
    `plan` and `base` (what was last applied): the four of which it was made.
    """

    drift: Drift
    against: str
    wanted: Desired
    live: LiveState
    plan: Plan
    base: Catalog = NOTHING

    @property
    def target(self) -> TargetIdentity:
        """The server that was read."""
        return self.plan.target


def _nothing_told(_refs: Collection[Ref]) -> frozenset[Ref]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Earlier:
    """A catalog that is taken as last applied. `named`: what it is, for people; `left`: what was applied before it, is in no manifest any more
    and was not removed; `files`: where each object was written, as far as that is known; `told_of`: those of some objects of which its runs
    said that something stays live that no call can remove.
    """

    catalog: Catalog
    named: str = ""
    left: Catalog = NOTHING
    files: Mapping[Ref, Path] = field(default_factory=dict)
    told_of: Callable[[Collection[Ref]], frozenset[Ref]] = _nothing_told

    def elsewhere(self, paths: Sequence[Path]) -> frozenset[Ref]:
        """What was applied from files outside of these: another catalog's."""
        return frozenset(ref for ref, file in self.files.items() if last_applied.outside(file, paths))

    def without(self, refs: Collection[Ref]) -> Earlier:
        """The same without some objects."""

        def others(some: Catalog) -> Catalog:
            return replace(
                some, resources={ref: one for ref, one in some.resources.items() if ref not in refs}
            )

        return replace(self, catalog=others(self.catalog), left=others(self.left))

    def kept_since(self, live: LiveState) -> Kept:
        """What no call can remove and is live since, by somebody's hand: not what stayed of an earlier manifest."""
        found = kept_members.kept(self.catalog, live)
        told_of = self.told_of(found.keys()) if found else frozenset()
        return {ref: fields for ref, fields in found.items() if ref not in told_of}


def find(paths: Sequence[Path], target: Target, against: str | None, runtime: Runtime) -> DriftReport:
    """Compares files, live objects and the catalog that was last applied: the one that the run store has as proven, or that of `against`
    (`git:REV`, or anything that `catalog_at` takes). Raises what `desired` raises, and TargetError.
    """
    with gc_pause.paused():
        wanted = desired(paths, target, runtime)
        earlier = earlier_catalog(wanted, against, runtime)
        elsewhere = earlier.elsewhere(wanted.chosen.paths) if earlier is not None else frozenset()
        earlier = earlier.without(elsewhere) if earlier is not None else None
        with OpenMeter.of(wanted.environment, runtime) as server:
            found, plan, live = compared(wanted.checked.catalog, server, earlier)
            found = replace(found, live_only=tuple(ref for ref in found.live_only if ref not in elsewhere))
    if earlier is None:
        return DriftReport(found, "", wanted, live, plan)
    return DriftReport(found, earlier.named, wanted, live, plan, earlier.catalog)


def compared(files: Catalog, server: OpenMeter, before: Earlier | None) -> tuple[Drift, Plan, LiveState]:
    """Who moved, what it would take to make the live objects what the files say, and these. `before`: what was last applied, None where nothing
    tells. Raises TargetError.
    """
    live, said, made = server.survey_beside(partial(prepared, files))

    def planned(catalog: Catalog, ready: Prepared | None = None) -> Plan:
        return plan_live(catalog, live, server, PlanOptions(reveal=server.secrets.reveal), said, ready=ready)

    plan = planned(files, made)
    plan = replace(plan, changes=places.placed(plan.changes, files))
    base = (
        Base(
            before.catalog,
            planned(before.catalog),
            frozenset(before.left.resources),
            before.kept_since(live),
        )
        if before is not None
        else None
    )
    return drift.compare(files, plan, live, base), plan, live


def earlier_catalog(wanted: Desired, against: str | None, runtime: Runtime) -> Earlier | None:
    """The catalog that is taken as last applied to the environment that is meant; None where nothing tells."""
    if against is not None:
        return Earlier(_named_catalog(wanted.chosen, against, runtime), against)
    environment = wanted.environment
    applied = last_applied.last_applied(environment, runtime.environ)
    if applied is None:
        return None
    return Earlier(
        applied.catalog(environment.folder),
        f"what run {applied.run} proved at {applied.when}",
        applied.left_over(environment.folder),
        last_applied.files_of(applied, environment),
        partial(last_applied.told_of, kept_members.CODE, applied, environment, runtime.environ),
    )


def _named_catalog(chosen: Chosen, against: str, runtime: Runtime) -> Catalog:
    if not against.startswith(catalog_sources.GIT):
        return catalog_sources.catalog_at(against, runtime)
    revision, _, path = against.removeprefix(catalog_sources.GIT).partition(":")
    if not revision:
        raise UsageError("--against: no revision is named", hint="write git:REV, for example git:main")
    env = chosen.environment.name if chosen.environment is not None else None
    paths = (Path(path),) if path else chosen.paths
    return catalog_sources.at_revision(revision, paths, env, runtime)
