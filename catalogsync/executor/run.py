"""All steps of a plan: side by side where nothing hinders, in order where something does, stopped by the first that fails."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from catalogsync.core.errors import Refused
from catalogsync.core.model import Kind, LiveState, Ref
from catalogsync.core.plan import Plan, State, Step, Verb, fingerprint
from catalogsync.core.report import Outcome, RunReport, Status
from catalogsync.executor import last_look
from catalogsync.executor.journal import Notes, SafeNotes
from catalogsync.executor.live_view import View
from catalogsync.executor.look_ahead import LookAhead
from catalogsync.executor.resume import Ways, gone_already, stand
from catalogsync.executor.secret_values import check_secrets
from catalogsync.executor.step_runner import Stepper
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner import transitions
from catalogsync.store.secrets import Secrets
from catalogsync.targets import Target

Observer = Callable[[Outcome], None]
WRITERS = 2
"""How many steps are under way at once. A write of a plan or an add-on holds one connection of the server's database pool and asks for
another; with as many writes as the pool has connections (four on a small machine) all wait endlessly (docs/adr/0004).
"""


def apply(
    plan: Plan,
    target: Target,
    secrets: Secrets,
    *,
    journal: Notes | None = None,
    observer: Observer | None = None,
    stop: threading.Event | None = None,
    workers: int = WRITERS,
    seen: Seen | None = None,
) -> RunReport:
    """Carries out the plan and reports on every step. Reads nothing but the plan, the server and the secrets that the plan names.

    Raises Refused before anything is sent: the plan holds errors, an object moved since, a secret is missing or cannot be one. Raises
    TargetError when the server cannot be read. A journal that takes no more ends the run before its next request, as a failed step does.
    `observer` is given each outcome as it comes, from the calling thread, and once more of
    one that the last look at the server changed. Once `stop` is set no step is begun; what is under way is finished. `workers`: steps at
    once. `seen`: what this very run read to make the plan; without it the plan's objects are read before the first step.
    """
    stop = stop or threading.Event()
    if plan.blocked:
        raise Refused("the plan holds errors and cannot be applied", code="refused-blocked")
    if plan.is_empty:
        return RunReport(plan, ())
    check_secrets(plan, secrets)
    run = _prepared(plan, target, secrets, journal, observer, seen)
    run.go(workers, stop)
    run.settle()
    return RunReport(plan, run.report(), interrupted=stop.is_set())


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything live as it was read, and when (seconds of `time.monotonic`)."""

    live: LiveState
    at: float


def _prepared(
    plan: Plan,
    target: Target,
    secrets: Secrets,
    journal: Notes | None,
    observer: Observer | None,
    seen: Seen | None,
) -> _Run:
    for precondition in plan.preconditions:
        if fingerprint(precondition.state) != precondition.fingerprint:
            raise Refused(
                f"the plan's precondition on {precondition.ref} does not hold together", code="plan-tampered"
            )
    if seen is None:
        began = time.monotonic()
        seen = Seen(target.read_groups([p.ref for p in plan.preconditions]), began)
    live = transitions.as_planned(plan, seen.live)
    ways = transitions.resolved(transitions.fold(plan), secrets.reveal)
    done = stand(plan, ways, live)
    if journal is not None:
        journal.note("run", digest=plan.catalog_digest, target=plan.target.url)
    view = View(live, secrets, seen.at)
    stepper = Stepper(target, view, SafeNotes(journal) if journal is not None else None)
    return _Run(plan, ways, done, view, stepper, observer)


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
        self._plan, self._ways, self._view = plan, ways, view
        self._stepper, self._observer = stepper, observer
        self._outcomes: dict[int, Outcome] = {}
        self._place: dict[int, int] = {}
        self._own: dict[Ref, list[Step]] = {}
        self._needs: dict[int, tuple[int, ...]] = {}
        for step in plan.steps:
            own = self._own.setdefault(step.ref, [])
            self._place[step.number] = len(own)
            self._needs[step.number] = (*step.needs, *(one.number for one in own[-1:]))
            own.append(step)  # an object's own steps go one after the other
            if self._place[step.number] < done[step.ref] or gone_already(step, view.live):
                self._end(Outcome(step, Status.ALREADY, "already in the desired state"))

    def _end(self, outcome: Outcome) -> None:
        self._outcomes[outcome.step.number] = outcome
        if self._observer is not None:
            self._observer(outcome)

    def _is_good(self, number: int) -> bool:
        return number in self._outcomes and self._outcomes[number].status.is_good

    def _carry_out(self, step: Step, look: Future[None] | None) -> Outcome:
        if look is not None:
            wait([look])
        way, place = self._ways[step.ref], self._place[step.number]
        return self._stepper.carry_out(step, way[place], way[place + 1])

    def go(self, workers: int, stop: threading.Event) -> None:
        """Runs until everything is done, something failed or `stop` is set. What is under way is finished."""
        queue = _Queue(self._plan.steps, self._needs, self._is_good)
        running: dict[Future[Outcome], Step] = {}
        failed = False
        with (
            ThreadPoolExecutor(max_workers=workers) as pool,
            LookAhead(self._stepper, workers) as ahead,
        ):
            while True:
                while queue and len(running) < workers and not (failed or stop.is_set()):
                    step = queue.first()
                    keyed = _keyed_by_metadata(step)
                    if any(other.ref.kind in keyed for other in running.values()):
                        break  # one look for all of them
                    failed = bool(keyed) and not self.settle(keyed)
                    if not failed:  # none waits in the pool: a stop stops
                        running[pool.submit(self._carry_out, queue.next(), ahead.taken(step))] = step
                if not running:
                    return
                if not (failed or stop.is_set()):
                    ahead.begin(queue.coming(ahead.span))
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    del running[future]
                    ahead.ended()
                    self._end(future.result())
                    failed = failed or not future.result().status.is_good
                    queue.done(future.result())

    def settle(self, kinds: Container[Kind] = KINDS) -> bool:
        """Looks once more at the objects of these kinds that are known by an answer alone, in as few calls as lists take (docs/adr/0006), and
        for others that carry their keys. Gives whether all are as they were to be.
        """
        refs = (ref for ref in self._view.unverified() if ref.kind in kinds)
        done = [ref for ref in refs if any(self._is_good(step.number) for step in self._own[ref])]
        if not done:
            return True
        made = {
            ref
            for ref in done
            if any(s.verb is Verb.CREATE and self._is_good(s.number) for s in self._own[ref])
        }
        found = last_look.look(self._stepper.target, self._view, done, made, self._expected)
        for ref, status, message, fields in found:
            last = next(s for s in reversed(self._own[ref]) if self._is_good(s.number))
            self._end(replace(self._outcomes[last.number], status=status, message=message, fields=fields))
        return not found

    def _expected(self, ref: Ref) -> State:
        return self._ways[ref][sum(self._is_good(step.number) for step in self._own[ref])]

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


def _keyed_by_metadata(step: Step) -> frozenset[Kind]:
    """The kinds that a step's object may name whose keys the server does not keep apart. Somebody else may have made one with the same key
    at the same time: the later one goes before anything names it.
    """
    named = (Kind(reference.kind) for reference in KINDS[step.ref.kind].references)
    return frozenset(kind for kind in named if KINDS[kind].keyed_by_metadata)


class _Queue:
    """The steps that may begin, in the plan's order: those whose needs are done."""

    def __init__(
        self, steps: Sequence[Step], needs: Mapping[int, Sequence[int]], is_done: Callable[[int], bool]
    ) -> None:
        self._steps = {step.number: step for step in steps}
        self._waiting: dict[int, int] = {}
        self._after: dict[int, list[int]] = {}
        self._ready: list[int] = []
        for step in steps:
            if is_done(step.number):
                continue
            open_ = {number for number in needs[step.number] if not is_done(number)}
            for number in open_:
                self._after.setdefault(number, []).append(step.number)
            self._waiting[step.number] = len(open_)
            if not open_:
                heapq.heappush(self._ready, step.number)

    def __bool__(self) -> bool:
        return bool(self._ready)

    def first(self) -> Step:
        """The one that begins next; it stays in the queue."""
        return self._steps[self._ready[0]]

    def coming(self, count: int) -> list[Step]:
        """At most so many of those that begin next; they stay in the queue."""
        return [self._steps[number] for number in heapq.nsmallest(count, self._ready)]

    def next(self) -> Step:
        """Takes the one that begins next out of the queue."""
        return self._steps[heapq.heappop(self._ready)]

    def done(self, outcome: Outcome) -> None:
        """A step ended: where it was done, those that waited for it alone may begin."""
        after = self._after.get(outcome.step.number, ())
        for other in after if outcome.status.is_good else ():
            self._waiting[other] -= 1
            if not self._waiting[other]:
                heapq.heappush(self._ready, other)
