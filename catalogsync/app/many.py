"""One catalog for many environments: planned or applied side by side, a few at a time, with one result for each.

Memory stays flat: a catalog is loaded once for all environments with the same overlays, and of each environment only its result is kept.
Running again goes on where a run stopped: what is done is found in step.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from catalogsync.app import check, environments
from catalogsync.app.apply import ready_desired
from catalogsync.app.check import Checked
from catalogsync.app.environments import Chosen
from catalogsync.app.plan import Desired, plan_desired
from catalogsync.app.revision import git_revision
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.changes import Change
from catalogsync.core.errors import CatalogsyncError, InvalidCatalog, Refused, UsageError
from catalogsync.core.plan import Plan
from catalogsync.core.report import RunReport
from catalogsync.store.environment import Environment

_KEPT_CATALOGS = 4


class Ended(StrEnum):
    """How it ended for one environment.

    in_step: nothing to do · planned: there is something to do · done: all of it is done · refused: a guard refused, or the plan holds errors ·
    failed: the server could not be read, or a step was not done · not_tried: the run stopped before it.
    """

    IN_STEP = "in_step"
    PLANNED = "planned"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_TRIED = "not_tried"

    @property
    def is_good(self) -> bool:
        return self in (Ended.IN_STEP, Ended.PLANNED, Ended.DONE)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one environment. `steps`: how many the plan has; `run` and `proven`: of the run in the run store; `message`: why not."""

    environment: str
    ended: Ended
    changes: tuple[Change, ...] = ()
    steps: int = 0
    message: str = ""
    run: str = ""
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Wide:
    """Which environments, and how: `pattern` of names, `shard` (k, n): every n-th from the k-th on; `canary`: so many first, and after
    the first that is not good none is begun; `workers`: how many at once.
    """

    pattern: str
    shard: tuple[int, int] = (1, 1)
    canary: int = 0
    workers: int = 4


OnResult = Callable[[Result], None]
Work = Callable[[Desired], Result]


def is_pattern(env: str | None) -> bool:
    """Whether -e names several environments."""
    return env is not None and any(sign in env for sign in "*?[")


def plan(
    paths: Sequence[Path], wide: Wide, runtime: Runtime, on_result: OnResult, stop: threading.Event
) -> tuple[Result, ...]:
    """Plans for each environment. Writes nothing. Raises UsageError where no environment is meant."""

    def work(wanted: Desired) -> Result:
        with OpenMeter.of(wanted.environment, runtime) as server:
            made = plan_desired(wanted, server, impact=False)
        return _planned(wanted.environment.name, made)

    return _each(paths, wide, runtime, work, on_result, stop)


def apply(
    paths: Sequence[Path], wide: Wide, runtime: Runtime, on_result: OnResult, stop: threading.Event
) -> tuple[Result, ...]:
    """Plans and applies for each environment, each under its own lock. Once `stop` is set no environment and no step is begun."""

    def work(wanted: Desired) -> Result:
        with ready_desired(wanted, runtime, impact=False) as ready:
            if ready.plan.blocked:
                raise InvalidCatalog(ready.plan.diagnostics)
            report = ready.carry_out(stop=stop)
        run = ready.recording.run if ready.recording is not None else None
        found = _applied(wanted.environment.name, report)
        return replace(found, run=run.id, proven=run.proven) if run is not None else found

    return _each(paths, wide, runtime, work, on_result, stop)


def _planned(name: str, made: Plan) -> Result:
    if made.blocked:
        return Result(name, Ended.REFUSED, message=_first_error(InvalidCatalog(made.diagnostics)))
    ended = Ended.PLANNED if made.steps else Ended.IN_STEP
    return Result(name, ended, made.changes, len(made.steps))


def _applied(name: str, report: RunReport) -> Result:
    made = report.plan
    if report.complete:
        return Result(name, Ended.DONE if made.steps else Ended.IN_STEP, made.changes, len(made.steps))
    bad = next((one for one in report.outcomes if one.message and not one.status.is_good), None)
    said = f"{bad.step}: {bad.message}" if bad is not None else "a step was not done"
    return Result(name, Ended.FAILED, made.changes, len(made.steps), said)


def chosen_names(settings_of: Chosen, wide: Wide) -> tuple[str, ...]:
    """The environments that are meant, sorted. Raises UsageError when there is none."""
    known = sorted(name for name in settings_of.settings.environments if fnmatchcase(name, wide.pattern))
    if not known:
        raise UsageError(
            f"no environment is called {wide.pattern}",
            hint="* stands for any part of a name in catalogsync.yaml",
        )
    first, count = wide.shard
    return tuple(known[first - 1 :: count])


def _each(
    paths: Sequence[Path],
    wide: Wide,
    runtime: Runtime,
    work: Work,
    on_result: OnResult,
    stop: threading.Event,
) -> tuple[Result, ...]:
    chosen = environments.choose_catalog(paths)
    names = chosen_names(chosen, wide)
    catalogs = _Catalogs(chosen, runtime)
    run = _Run(lambda name: _one(catalogs, name, work), on_result, stop)
    run.go(names[: wide.canary], wide.workers)
    if wide.canary and not run.good:
        run.leave(names[wide.canary :], "a canary was not good")
    else:
        run.go(names[wide.canary :], wide.workers, to_the_first=wide.canary > 0)
    return tuple(run.results[name] for name in names)


def _one(catalogs: _Catalogs, name: str, work: Work) -> Result:
    """One environment, whatever becomes of it."""
    try:
        return work(catalogs.desired(name))
    except InvalidCatalog as problem:
        return Result(name, Ended.REFUSED, message=_first_error(problem))
    except (Refused, UsageError) as problem:
        return Result(name, Ended.REFUSED, message=problem.message)
    except CatalogsyncError as problem:
        return Result(name, Ended.FAILED, message=problem.message)


def _first_error(problem: InvalidCatalog) -> str:
    errors = [one for one in problem.diagnostics if one.is_error]
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{errors[0].summary}{more}" if errors else problem.message


class _Run:
    """Environments on their way, a few at a time."""

    def __init__(self, one: Callable[[str], Result], on_result: OnResult, stop: threading.Event) -> None:
        self._one, self._on_result, self._stop = one, on_result, stop
        self.results: dict[str, Result] = {}

    @property
    def good(self) -> bool:
        """Whether all that ended did so well."""
        return all(one.ended.is_good for one in self.results.values())

    def go(self, names: Sequence[str], workers: int, *, to_the_first: bool = False) -> None:
        """Runs these. `to_the_first`: none is begun after one that was not good."""
        waiting, running = iter(names), set[Future[Result]]()
        with ThreadPoolExecutor(max_workers=workers) as pool:
            while True:
                may = not self._stop.is_set() and (self.good or not to_the_first)
                for name in self._next(waiting, workers - len(running)) if may else ():
                    running.add(pool.submit(self._one, name))
                if not running:
                    break
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    self._end(future.result())
        self.leave(tuple(waiting), "the run stopped before it")

    @staticmethod
    def _next(waiting: Iterator[str], count: int) -> Iterator[str]:
        for _ in range(count):
            name = next(waiting, None)
            if name is None:
                return
            yield name

    def leave(self, names: Sequence[str], why: str) -> None:
        """These are not tried."""
        for name in names:
            self._end(Result(name, Ended.NOT_TRIED, message=why))

    def _end(self, result: Result) -> None:
        self.results[result.environment] = result
        self._on_result(result)


class _Catalogs:
    """The catalog as each environment has it, loaded once for those with the same overlays. A few are kept."""

    def __init__(self, chosen: Chosen, runtime: Runtime) -> None:
        self._chosen, self._runtime = chosen, runtime
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, Checked] = OrderedDict()
        self._revision = git_revision(chosen.paths[0])

    def desired(self, name: str) -> Desired:
        """What an environment is to have. Raises what `app.plan.desired` raises."""
        said = self._chosen.settings.environments[name]
        chosen = replace(self._chosen, environment=said)
        return Desired(
            chosen,
            said.resolved(self._runtime.environ),
            self._checked(chosen, said),
            self._runtime.today(),
            revision=self._revision,
        )

    def _checked(self, chosen: Chosen, said: Environment) -> Checked:
        allowed = None if said.allow_differences is None else tuple(sorted(said.allow_differences.items()))
        alike = (said.overlays, allowed)
        with self._lock:
            if alike not in self._kept:
                self._kept[alike] = check.check_chosen(chosen, self._runtime)
                if len(self._kept) > _KEPT_CATALOGS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(alike)
            found = self._kept[alike]
        if not found.may_be_planned:
            raise InvalidCatalog(found.diagnostics)
        return found
