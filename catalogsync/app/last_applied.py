"""What was last applied to an environment, as its run store knows it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from catalogsync.core.errors import UsageError
from catalogsync.core.model import Ref
from catalogsync.store import planfile
from catalogsync.store.environment import Environment
from catalogsync.store.runs.applied import Applied
from catalogsync.store.runs.blobs import StoreUnusable
from catalogsync.store.runs.run_store import RunStore, opened


def store_of(environment: Environment, environ: Mapping[str, str]) -> RunStore | None:
    """The run store of an environment; None for a server that was named by its URL: nobody else would find its lock. `environ`: what the
    clients of object storage read.
    """
    return opened(environment.run_store, environ) if environment.run_store else None


def last_applied(environment: Environment, environ: Mapping[str, str]) -> Applied | None:
    """The catalog that is proven on an environment; None when nothing was applied there with proof, or it has no run store."""
    store = store_of(environment, environ)
    return store.applied(environment.name) if store is not None else None


def files_of(applied: Applied | None, environment: Environment) -> Mapping[Ref, Path]:
    """The file of each object that was applied to an environment, where it was in one."""
    objects = {**applied.left, **applied.objects} if applied is not None else {}
    return {ref: environment.folder / one.content.file for ref, one in objects.items() if one.content.file}


def outside(file: Path | None, paths: Sequence[Path]) -> bool:
    """Whether a file lies outside of files and folders; False where none is known."""
    return file is not None and not any(file.resolve().is_relative_to(path.resolve()) for path in paths)


def known(environment: Environment, paths: Sequence[Path], environ: Mapping[str, str]) -> frozenset[Ref]:
    """The objects that were applied to an environment from files below `paths`; none where the store cannot be read."""
    try:
        applied = last_applied(environment, environ)
    except StoreUnusable:
        return frozenset()
    files = files_of(applied, environment)
    every = {*applied.left, *applied.objects} if applied is not None else ()
    return frozenset(ref for ref in every if not outside(files.get(ref), paths))


def told_of(
    code: str, applied: Applied, environment: Environment, environ: Mapping[str, str], refs: Collection[Ref]
) -> frozenset[Ref]:
    """Those of the objects of which the newest run's plan said something with this code, or the plan of the run that proved their content first."""
    store = store_of(environment, environ)
    if store is None:
        return frozenset()
    runs = {applied.run, *(applied.objects[ref].run for ref in refs if ref in applied.objects)}
    return frozenset(ref for run in sorted(runs) for ref in _subjects(store, run, code)) & frozenset(refs)


def _subjects(store: RunStore, run: str, code: str) -> Iterator[Ref]:
    """The objects of which a run's plan said something with this code; none where the run or its plan is not there any more."""
    try:
        text = store.plan(store.find(run).plan)
    except UsageError:
        return
    said = planfile.of_text(text, f"the plan of {run}").diagnostics if text else ()
    yield from (Ref.parse(one.subject) for one in said if one.code == code and one.subject)
