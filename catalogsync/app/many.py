"""One catalog for many environments: planned or applied side by side, a few at a time, with one result for each.

Memory stays flat: a catalog is loaded once for all environments with the same overlays, and of each environment only its result is kept.
Running again goes on where a run stopped: what is done is found in step.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from catalogsync.app import check, environments, side_by_side
from catalogsync.app import plan as plans
from catalogsync.app.apply import Ready, ready_desired
from catalogsync.app.check import Checked
from catalogsync.app.desired import Desired, FindGone, pruned
from catalogsync.app.environments import Chosen
from catalogsync.app.plan import Proposal, plan_desired
from catalogsync.app.plan_request import AS_USUAL, PlanRequest
from catalogsync.app.recording import keep_proposal
from catalogsync.app.revision import git_revision
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.app.side_by_side import Result, Watch, Wide
from catalogsync.core.errors import InvalidCatalog, UsageError
from catalogsync.core.plan import Plan
from catalogsync.store import output
from catalogsync.store.environment import Environment

_KEPT_CATALOGS = 4


def plan(
    paths: Sequence[Path],
    wide: Wide,
    runtime: Runtime,
    watch: Watch,
    request: PlanRequest = AS_USUAL,
    out: Path | None = None,
) -> tuple[Result, ...]:
    """Plans for each environment. Writes nothing to a server. `out`: a folder that gets the plan of each, by the environment's name, to be
    applied by `many_saved.apply`. Raises UsageError where no environment is meant, and for a folder that holds something.
    """
    if out is not None:
        _refuse_full(out)

    def work(wanted: Desired) -> Result:
        name = wanted.environment.name
        with OpenMeter.of(wanted.environment, runtime) as server:
            made = plan_desired(wanted, server, request)
        found = side_by_side.planned(name, made)
        if out is not None:
            _save(made, out / f"{name}.json", wanted, runtime)
        return found

    return _each(paths, wide, runtime, work, watch, request.find_gone)


def apply(
    paths: Sequence[Path],
    wide: Wide,
    runtime: Runtime,
    watch: Watch,
    request: PlanRequest = AS_USUAL,
) -> tuple[Result, ...]:
    """Plans and applies for each environment, each under its own lock."""

    def work(wanted: Desired) -> Result:
        with ready_desired(wanted, runtime, request) as ready:
            return carried_out(ready, wanted.environment.name, watch.stop)

    return _each(paths, wide, runtime, work, watch, request.find_gone)


def carried_out(ready: Ready, name: str, stop: threading.Event) -> Result:
    """What became of one environment. Raises InvalidCatalog for a plan that cannot be applied, Refused before anything is sent."""
    if ready.plan.blocked:
        raise InvalidCatalog(ready.plan.diagnostics)
    found = side_by_side.applied(name, ready.carry_out(stop=stop))
    run = ready.recording.run if ready.recording is not None else None
    return replace(found, run=run.id, proven=run.proven) if run is not None else found


def _refuse_full(out: Path) -> None:
    """A plan of before must not be taken for one of now."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f"{out} is there already" + (", and holds something" if out.is_dir() else ""),
            hint="name a new or an empty folder: a plan of before must not be taken for one of now",
        )


def _save(made: Plan, file: Path, wanted: Desired, runtime: Runtime) -> None:
    text = plans.to_text(made, runtime, file.parent)
    file.parent.mkdir(parents=True, exist_ok=True)
    output.write(file, text)
    proposal = Proposal(made, wanted.environment, wanted.checked.catalog, paths=wanted.chosen.paths)
    not_kept = keep_proposal(text, proposal, runtime)
    if not_kept:
        runtime.say(f"note: what {file} is made of is not kept, so applying it proves nothing: {not_kept}")


def _each(
    paths: Sequence[Path],
    wide: Wide,
    runtime: Runtime,
    work: Callable[[Desired], Result],
    watch: Watch,
    find_gone: FindGone | None,
) -> tuple[Result, ...]:
    choice = environments.choose_catalog(paths)
    names = side_by_side.chosen(choice.settings.environments, wide)
    if not names and not side_by_side.chosen(choice.settings.environments, replace(wide, shard=(1, 1))):
        raise UsageError(
            f"no environment is called {wide.pattern}",
            hint="* stands for any part of a name in catalogsync.yaml",
        )
    catalogs = _Catalogs(choice, runtime)
    return side_by_side.each(names, wide, lambda name: work(pruned(catalogs.desired(name), find_gone)), watch)


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
            self._runtime.clock(),
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
