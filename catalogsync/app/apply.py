"""Carrying out a plan: the guards before it, the server it goes to, the journal beside it."""

from __future__ import annotations

import contextlib
import datetime
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync import executor
from catalogsync.app import environments, not_promoted, protection
from catalogsync.app import only as only_these
from catalogsync.app import promote as promotion
from catalogsync.app.desired import Desired, desired, pruned
from catalogsync.app.environments import Target
from catalogsync.app.plan import plan_catalog, plan_desired, refuse_unproven
from catalogsync.app.plan_request import AS_USUAL, QUIETLY, PlanRequest
from catalogsync.app.recording import Recording, Source, recorded
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.errors import Refused
from catalogsync.core.model import Catalog, LiveState
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.core.report import Outcome, RunReport
from catalogsync.executor.journal import Both, Journal, Notes
from catalogsync.openmeter import releases
from catalogsync.store import planfile
from catalogsync.store.environment import Environment

OnStep = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A plan that passed its guards, and the server that it is for. `journal`: the file to write what is done to, if any; `seen`: what was
    read to make the plan, where nobody had time to change it since; `recording`: the run in the run store, if the environment has one, and
    `source`: what the plan was made of, where that is known; `digest`: of the file that the plan
    was saved in, if any.
    """

    plan: Plan
    server: OpenMeter
    journal: Path | None = None
    seen: executor.Seen | None = None
    recording: Recording | None = None
    source: Source | None = None
    digest: str = ""

    def carry_out(
        self, on_step: OnStep | None = None, stop: threading.Event | None = None, watch: Notes | None = None
    ) -> RunReport:
        """Does it. `on_step` is given each outcome as it comes, `watch` the events that a journal gets; once `stop` is set no step is begun.
        Raises Refused before anything is sent.
        """
        recording, target = self.recording, self.server.target
        if recording is not None and not self.plan.blocked:
            recording.carries(self.plan, self.source, self.digest)
        with contextlib.ExitStack() as stack:
            report = executor.apply(
                self.plan,
                target if recording is None else recording.fenced(target),
                self.server.secrets,
                journal=self._notes(stack, watch),
                observer=on_step,
                stop=stop,
                seen=self.seen,
            )
        if recording is not None:
            recording.ended(report, self.source, self._again)
        return report

    def _again(self, catalog: Catalog) -> tuple[Plan, LiveState]:
        plan = plan_catalog(catalog, self.server, QUIETLY)
        assert self.server.seen is not None
        return plan, self.server.seen.live

    def _notes(self, stack: contextlib.ExitStack, watch: Notes | None) -> Notes | None:
        """Where the run's events are reported: in its run store, in the journal's file, to who watches."""
        if self.plan.is_empty or self.plan.blocked:
            return None
        places: list[Notes] = [self.recording.notes] if self.recording is not None else []
        if self.journal is not None:
            kept = Journal(self.journal, self.plan, many_plans=not self.digest)
            places.append(stack.enter_context(contextlib.closing(kept)))
        if watch is not None:
            places.append(watch)
        return Both(places) if places else None

    def reviewed(self) -> Ready:
        """The same after somebody took their time to look at the plan: what it touches is read again."""
        return replace(self, seen=None)


@contextlib.contextmanager
def ready_saved(
    saved: Path,
    target: Target,
    runtime: Runtime,
    *,
    journal_folder: Path | None = None,
    max_age: float | None = None,
    unproven: bool = False,
) -> Iterator[Ready]:
    """A saved plan, ready for the server it was made for. `max_age` in hours. Raises Refused when a guard refuses it."""
    plan = planfile.load(saved)
    refuse_unproven(plan, unproven=unproven)
    _refuse_old(plan, max_age, runtime.clock())
    environment = environments.of_plan(plan, saved, target, runtime)
    known = tuple(protection.configurations(saved))
    protection.refuse_url(environment, known, runtime.environ)
    protection.refuse_laxer_fuses(plan, environment, known)
    with OpenMeter.of(environment, runtime) as server:
        refuse_other_server(plan.target, server.identity())
        with recorded(environment, runtime) as recording:
            beside = None if recording is not None else saved.parent
            folder = journal_folder or beside
            journal = folder / f"{saved.name}.journal" if folder is not None else None
            digest = planfile.digest_in(saved)
            source = recording.source_of(digest, environment.folder) if recording is not None else None
            _refuse_not_promoted(plan, saved, environment, source, runtime)
            yield Ready(plan, server, journal, recording=recording, source=source, digest=digest)


@contextlib.contextmanager
def ready_files(
    paths: Sequence[Path],
    target: Target,
    runtime: Runtime,
    request: PlanRequest = AS_USUAL,
    journal_folder: Path | None = None,
) -> Iterator[Ready]:
    """The plan of the files as they are now, ready for their server. Raises what `plan_files` raises, and Refused for a protected
    environment, by its name or by its URL.
    """
    wanted = pruned(desired(paths, target, runtime), request.find_gone)
    with ready_desired(wanted, runtime, request, journal_folder) as ready:
        yield ready


@contextlib.contextmanager
def ready_desired(
    wanted: Desired, runtime: Runtime, request: PlanRequest = AS_USUAL, journal_folder: Path | None = None
) -> Iterator[Ready]:
    """The same for files that are loaded."""
    environment = wanted.environment
    protection.refuse_files(environment)
    protection.refuse_url(environment, [wanted.chosen.settings], runtime.environ)
    with OpenMeter.of(environment, runtime) as server, recorded(environment, runtime) as recording:
        plan = replace(plan_desired(wanted, server, request), created=runtime.now())
        journal = journal_folder / "apply.journal" if journal_folder else None
        asked = only_these.planned(plan, wanted.checked.catalog)
        source = Source.of(asked, environment.folder, wanted.chosen.paths) if recording is not None else None
        yield Ready(plan, server, journal, server.seen, recording, source)


@contextlib.contextmanager
def ready_promotion(
    found: promotion.Candidate, request: promotion.Request, runtime: Runtime
) -> Iterator[Ready]:
    """A promotion, ready for the environment that it goes to. Raises what `promote` raises, and Refused for a protected environment."""
    environment = found.target.resolved(runtime.environ)
    protection.refuse_files(environment)
    with OpenMeter.of(environment, runtime) as server, recorded(environment, runtime) as recording:
        made = promotion.promote(found, server, request, runtime)
        source = Source.of_proposal(made)
        yield Ready(made.plan, server, recording=recording, source=source)


def _refuse_not_promoted(
    plan: Plan, saved: Path, environment: Environment, source: Source | None, runtime: Runtime
) -> None:
    """Raises Refused where a protected environment is promoted from another one, and a plan holds what is not proven there."""
    if not environment.protected or environment.promotion is None:
        return
    proven_on = environments.by_name(environment.promotion.source, saved)
    rule = not_promoted.Rule.of(environment, proven_on, runtime.environ, runtime.clock())
    if rule is not None:
        not_promoted.refuse(plan, rule, source.kept.contents if source is not None else None)


def apply_plan(
    plan: Plan, server: OpenMeter, on_step: OnStep | None = None, stop: threading.Event | None = None
) -> RunReport:
    """Carries out a plan on the server that it was made for. Raises Refused for another one, before anything is sent."""
    environments.refuse_elsewhere(plan.target, server.environment)
    refuse_other_server(plan.target, server.identity())
    return Ready(plan, server).carry_out(on_step, stop)


def _refuse_old(plan: Plan, max_age: float | None, now: datetime.datetime) -> None:
    if max_age is None:
        return
    try:
        hours = (now - datetime.datetime.fromisoformat(plan.created)).total_seconds() / 3600
    except (ValueError, TypeError):
        hours = float("inf")
    if hours > max_age:
        raise Refused(
            f"the plan was made at {plan.created or 'an unknown time'}, more than {max_age:g} hours ago",
            code="refused-old",
            hint="make a new plan and review it",
        )


def refuse_other_server(bound: TargetIdentity, found: TargetIdentity) -> None:
    """Another server behind the same URL, or the same one after an upgrade: by its version or its API description, where both said them.
    Raises Refused.
    """
    for what, then, now in (
        ("version", bound.server_version, found.server_version),
        ("API description", bound.description_digest, found.description_digest),
    ):
        if then and now and then != now:
            raise Refused(
                f"{found.url} has another {what} than the server the plan was made for ({then}, now {now}): "
                + (
                    "it was upgraded since, or is another server"
                    if _is_later(bound, found)
                    else "another server, or another release of it"
                ),
                code="refused-other-target",
                hint="make a plan for this server as it is now, and review it",
            )


def _is_later(bound: TargetIdentity, found: TargetIdentity) -> bool:
    """Whether both are known releases, and the one found came after the one that the plan was made for."""
    order = [one.tag for one in releases.known()]
    then, now = ([order.index(tag) for tag in one.releases if tag in order] for one in (bound, found))
    return bool(then and now) and max(then) < min(now)
