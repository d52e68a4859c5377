"""Work for many environments, a few at a time: which ones, one result for each, canaries, a stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from catalogsync.app import urgent
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.errors import CatalogsyncError, InvalidCatalog, Refused, UsageError
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan
from catalogsync.core.report import RunReport


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
class Changed:
    """An object that is planned or was changed, and how."""

    action: Action
    ref: Ref


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one environment. `steps`: how many the plan has; `run` and `proven`: of the run in the run store; `message`: why not;
    `warnings`: what nobody may miss of the plan.
    """

    environment: str
    ended: Ended
    changes: tuple[Changed, ...] = ()
    steps: int = 0
    message: str = ""
    run: str = ""
    proven: bool = False
    warnings: tuple[Diagnostic, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows the work: `on_result` is given each result as it comes; once `stop` is set nothing is begun."""

    on_result: OnResult
    stop: threading.Event


def is_pattern(env: str | None) -> bool:
    """Whether -e names several environments."""
    return env is not None and any(sign in env for sign in "*?[")


def chosen(known: Iterable[str], wide: Wide) -> tuple[str, ...]:
    """Those of the names that are meant, sorted; there may be none."""
    named = sorted(name for name in known if fnmatchcase(name, wide.pattern))
    first, count = wide.shard
    return tuple(named[first - 1 :: count])


def planned(name: str, made: Plan) -> Result:
    """What a plan comes to. Raises InvalidCatalog for one that cannot be applied."""
    if made.blocked:
        raise InvalidCatalog(made.diagnostics)
    ended = Ended.PLANNED if made.steps else Ended.IN_STEP
    return Result(name, ended, _named(made), len(made.steps), warnings=urgent.of(made.diagnostics))


def applied(name: str, report: RunReport) -> Result:
    """What became of a plan that was carried out."""
    made, warnings = report.plan, urgent.of(report.plan.diagnostics)
    if report.complete:
        ended = Ended.DONE if made.steps else Ended.IN_STEP
        return Result(name, ended, _named(made), len(made.steps), warnings=warnings)
    bad = next((one for one in report.outcomes if one.message and not one.status.is_good), None)
    said = f"{bad.step}: {bad.message}" if bad is not None else "a step was not done"
    return Result(name, Ended.FAILED, _named(made), len(made.steps), said, warnings=warnings)


def _named(made: Plan) -> tuple[Changed, ...]:
    return tuple(Changed(change.action, change.ref) for change in made.changes)


def each(names: Sequence[str], wide: Wide, work: Callable[[str], Result], watch: Watch) -> tuple[Result, ...]:
    """Does the work for each environment, whatever becomes of the others."""
    run = _Run(lambda name: _one(name, work), watch)
    run.go(names[: wide.canary], wide.workers)
    if wide.canary and not run.good:
        run.leave(names[wide.canary :], "a canary was not good")
    else:
        run.go(names[wide.canary :], wide.workers, to_the_first=wide.canary > 0)
    return tuple(run.results[name] for name in names)


def _one(name: str, work: Callable[[str], Result]) -> Result:
    """One environment, whatever becomes of it."""
    try:
        return work(name)
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

    def __init__(self, one: Callable[[str], Result], watch: Watch) -> None:
        self._one, self._watch = one, watch
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
                may = not self._watch.stop.is_set() and (self.good or not to_the_first)
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
        self._watch.on_result(result)
