"""The run store for people: which runs there were, one of them, and a lock that was left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogsync.app import environments
from catalogsync.app.last_applied import store_of
from catalogsync.app.recording import me
from catalogsync.app.runtime import Runtime
from catalogsync.core.canon import JsonObject
from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.core.plan import Plan
from catalogsync.store import planfile
from catalogsync.store.environment import Environment
from catalogsync.store.runs import record, retention
from catalogsync.store.runs.lock import Holder
from catalogsync.store.runs.record import Run
from catalogsync.store.runs.run_store import RunStore


@dataclass(frozen=True, slots=True)
class History:
    """The runs of an environment, the newest first, and who holds its lock."""

    environment: str
    where: str
    runs: tuple[Run, ...]
    holder: Holder | None


@dataclass(frozen=True, slots=True)
class OneRun:
    """A run with its plan (None when it was not kept) and its journal's events."""

    run: Run
    plan: Plan | None
    events: Sequence[JsonObject]


def meant(paths: Sequence[Path], env: str | None, runtime: Runtime) -> str:
    """The environment whose runs are asked for: the named one, else the configuration's default, unless `OPENMETER_URL` names a server instead of
    it, as for the other verbs. Raises UsageError.
    """
    if env:
        return env
    if runtime.environ.get("OPENMETER_URL"):
        raise UsageError(
            "OPENMETER_URL names a server, and only an environment has runs and a lock", hint="give -e ENV"
        )
    default = environments.choose_catalog(paths).settings.default
    if not default:
        raise UsageError("no environment is named", hint="give -e ENV, or name a default in catalogsync.yaml")
    return default


def history(paths: Sequence[Path], env: str, runtime: Runtime, count: int = 0) -> History:
    """The runs of an environment: at most `count`, all for 0. Raises UsageError, StoreUnusable."""
    environment, store = _store(paths, env, runtime)
    holder = store.lock(environment.name).state().holder
    return History(environment.name, store.where, tuple(store.runs(environment.name, count)), holder)


@dataclass(frozen=True, slots=True)
class Outdated:
    """What is not needed any more: runs, and the digests of plans that no run which stays carried out."""

    runs: tuple[Run, ...] = ()
    plans: tuple[str, ...] = ()


def outdated(paths: Sequence[Path], env: str, keep: int, runtime: Runtime) -> Outdated:
    """What can be removed when the newest `keep` runs are to stay, with those that something needs. A plan that was saved and never carried out
    stays as long as the runs of its time. Raises UsageError, StoreUnusable.
    """
    environment, store = _store(paths, env, runtime)
    every, applied = tuple(store.runs(environment.name)), store.applied(environment.name)
    if len(every) <= keep:
        return Outdated()
    old = retention.outdated(every, keep, applied)
    used = {one.plan for one in every if one not in old} | ({applied.plan} if applied is not None else set())
    carried_out, since = {one.plan for one in old}, every[keep - 1].began
    plans = tuple(
        digest
        for digest, text in store.plans()
        if digest not in used and (digest in carried_out or _saved_before(text, environment.name, since))
    )
    return Outdated(old, plans)


def _saved_before(text: str, environment: str, since: str) -> bool:
    """Whether a plan is one of the environment from before an instant. What cannot be read is nobody's to remove."""
    try:
        plan = planfile.of_text(text, "a plan")
    except CatalogsyncError:
        return False
    return plan.target.environment == environment and "" < plan.created < since


def forget(paths: Sequence[Path], env: str, old: Outdated, runtime: Runtime) -> None:
    """Removes what `outdated` found. Raises StoreUnusable."""
    _, store = _store(paths, env, runtime)
    for run in old.runs:
        store.forget_run(run)
    for digest in old.plans:
        store.forget_plan(digest)


def is_run(text: str) -> bool:
    """Whether a text has the form of a run's id."""
    return bool(record.environment_of(text))


def show_run(run: str, paths: Sequence[Path], runtime: Runtime) -> OneRun:
    """One run of an environment's store. Raises UsageError when there is none."""
    _, store = _store(paths, record.environment_of(run), runtime)
    found = store.find(run)
    text = store.plan(found.plan)
    return OneRun(found, planfile.of_text(text, f"the plan of {run}") if text else None, store.journal(found))


def holder_of(paths: Sequence[Path], env: str, runtime: Runtime) -> tuple[Holder | None, bool | None]:
    """Who holds an environment's lock, and whether that process lives (None: the store cannot tell)."""
    environment, store = _store(paths, env, runtime)
    lock = store.lock(environment.name)
    now = lock.state()
    return now.holder, lock.is_alive(now) if now.holder is not None else None


def unlock(paths: Sequence[Path], env: str, holder: Holder, runtime: Runtime) -> None:
    """Takes an environment's lock away from a run. Raises Refused when another run holds it by now."""
    environment, store = _store(paths, env, runtime)
    store.lock(environment.name).unlock(holder.run, me())


def _store(paths: Sequence[Path], env: str, runtime: Runtime) -> tuple[Environment, RunStore]:
    environment = environments.choose_catalog(paths, env).environment
    store = store_of(environment, runtime.environ) if environment is not None else None
    if environment is None or store is None:
        raise UsageError("no environment is named", hint="give -e ENV")
    return environment, store
