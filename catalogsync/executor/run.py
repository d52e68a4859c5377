"""All steps of a plan: side by side where nothing hinders, in order where something does, stopped by the first that fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from catalogsync.core import values
from catalogsync.core.errors import Refused
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan, Step
from catalogsync.core.report import Outcome, RunReport, Status
from catalogsync.executor.journal import Journal
from catalogsync.executor.live_view import View
from catalogsync.executor.resume import Ways, gone_already, stand
from catalogsync.executor.secret_values import check_secrets
from catalogsync.executor.step_runner import Stepper
from catalogsync.planner import transitions
from catalogsync.store.secrets import Secrets
from catalogsync.targets import Target

Observer = Callable[[Outcome], None]
WRITERS = 2
"""How many steps are under way at once. A write of a plan or an add-on holds one connection of the server's database pool and asks for
another; with as many writes as the pool has connections (four on a small machine) all wait for ever (docs/adr/0004).
"""


def apply(
    plan: Plan,
    target: Target,
    secrets: Secrets,
    *,
    journal: Journal | None = None,
    observer: Observer | None = None,
    stop: threading.Event | None = None,
    workers: int = WRITERS,
) -> RunReport:
    """Carries out the plan and reports on every step. Reads nothing but the plan, the server and the secrets that the plan names.

    Raises Refused before anything is sent: the plan holds errors, an object moved since, a secret is missing or cannot be one. Raises
    TargetError when the server cannot be read. `observer` is told of each outcome as it comes, from the calling thread. Once `stop` is set
    no step is begun; what is under way is finished. `workers`: steps at once.
    """
    stop = stop or threading.Event()
    if plan.blocked:
        raise Refused("the plan holds errors and cannot be applied", code="refused-blocked")
    if plan.is_empty:
        return RunReport(plan, ())
    check_secrets(plan, secrets)
    run = _prepared(plan, target, secrets, journal, observer)
    run.go(workers, stop)
    return RunReport(plan, run.report(), interrupted=stop.is_set())


def _prepared(
    plan: Plan, target: Target, secrets: Secrets, journal: Journal | None, observer: Observer | None
) -> _Run:
    for precondition in plan.preconditions:
        if values.fingerprint(precondition.state) != precondition.fingerprint:
            raise Refused(
                f"the plan's precondition on {precondition.ref} does not hold together", code="plan-tampered"
            )
    live = target.read_groups([p.ref for p in plan.preconditions])
    live = transitions.adopt(live, transitions.wanted_names(plan))
    ways = transitions.resolved(transitions.fold(plan), secrets.reveal)
    done = stand(plan, ways, live)
    if journal is not None:
        journal.note("run", digest=plan.catalog_digest, target=plan.target.url)
    view = View(live, secrets)
    return _Run(plan, ways, done, view, Stepper(target, view, journal), observer)


class _Run:
    """The state of one run. Worker threads carry out steps and touch nothing of it; the main thread keeps the outcomes."""

    def __init__(
        self,
        plan: Plan,
        ways: Ways,
        done: Mapping[Ref, int],
        view: View,
        stepper: Stepper,
        observer: Observer | None,
    ) -> None:
        self._plan, self._ways, self._stepper, self._observer = plan, ways, stepper, observer
        self._outcomes: dict[int, Outcome] = {}
        self._place: dict[int, int] = {}
        self._needs: dict[int, tuple[int, ...]] = {}
        own: dict[Ref, list[int]] = {}
        for step in plan.steps:
            earlier = own.setdefault(step.ref, [])
            self._place[step.number] = len(earlier)
            self._needs[step.number] = (
                *step.needs,
                *earlier[-1:],
            )  # an object's own steps go one after the other
            earlier.append(step.number)
            if self._place[step.number] < done[step.ref] or gone_already(step, view.live):
                self._end(Outcome(step, Status.ALREADY, "already in the desired state"))

    def _end(self, outcome: Outcome) -> None:
        self._outcomes[outcome.step.number] = outcome
        if self._observer is not None:
            self._observer(outcome)

    def _carry_out(self, step: Step) -> Outcome:
        way, place = self._ways[step.ref], self._place[step.number]
        return self._stepper.carry_out(step, way[place], way[place + 1])

    def _ready(self, started: set[int]) -> list[Step]:
        return [
            step
            for step in self._plan.steps
            if step.number not in started
            and step.number not in self._outcomes
            and all(
                n in self._outcomes and self._outcomes[n].status.is_good for n in self._needs[step.number]
            )
        ]

    def go(self, workers: int, stop: threading.Event) -> None:
        """Runs until everything is done, something failed or `stop` is set. What is under way is finished."""
        started: set[int] = set()
        running: set[Future[Outcome]] = set()
        failed = False
        with ThreadPoolExecutor(max_workers=workers) as pool:
            while True:
                ready = [] if failed or stop.is_set() else self._ready(started)
                for step in ready[: workers - len(running)]:  # none waits in the pool: a stop stops
                    started.add(step.number)
                    running.add(pool.submit(self._carry_out, step))
                if not running:
                    return
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._end(future.result())
                    failed = failed or not future.result().status.is_good

    def report(self) -> tuple[Outcome, ...]:
        """An outcome for every step, in the plan's order."""
        bad = {n for n, o in self._outcomes.items() if not o.status.is_good}
        for step in self._plan.steps:
            if step.number in self._outcomes:
                continue
            hindered = [n for n in self._needs[step.number] if n in bad]
            if hindered:
                bad.add(step.number)
                message = f"step {hindered[0]} was not done"
                self._outcomes[step.number] = Outcome(step, Status.SKIPPED, message)
            else:
                self._outcomes[step.number] = Outcome(step, Status.NOT_TRIED, "the run stopped before it")
        return tuple(self._outcomes[step.number] for step in self._plan.steps)
