"""A run store by its names: what is kept where, and how it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from catalogsync.core import canon
from catalogsync.core.canon import JsonObject
from catalogsync.core.errors import UsageError
from catalogsync.store.runs import applied_json, record
from catalogsync.store.runs.applied import Applied, MadeOf
from catalogsync.store.runs.blobs import Blob, Blobs, StoreUnusable, part
from catalogsync.store.runs.directory import Directory
from catalogsync.store.runs.lock import Lock
from catalogsync.store.runs.object_storage import ObjectStorage
from catalogsync.store.runs.record import Run, RunOutcome

T = TypeVar("T")


def opened(place: str, environ: Mapping[str, str]) -> RunStore:
    """The store at a folder's path or a URL; `environ` is the process's environment, which the clients of object storage read. Raises
    UsageError for a URL that cannot be used.
    """
    return RunStore(ObjectStorage(place, environ) if "://" in place else Directory(Path(place)))


class RunStore:
    """Locks, runs, plans and proven catalogs. Every method raises StoreUnusable where the place refuses or holds something else."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self.where = blobs.where

    def lock(self, environment: str) -> Lock:
        """The lock of an environment."""
        return Lock(self.blobs, environment)

    def begin(self, run: Run) -> None:
        """Keeps a run that has just begun."""
        if self.blobs.put(_run(run), record.to_bytes(run)) is None:
            raise StoreUnusable(f"the run {run.id} is in {self.where} already")

    def end(self, run: Run) -> None:
        """Keeps how a run ended, in place of what was kept of it."""
        there = self.blobs.get(_run(run))
        if there is None or self.blobs.put(_run(run), record.to_bytes(run), over=there.tag) is None:
            raise StoreUnusable(f"the end of run {run.id} cannot be kept in {self.where}")

    def runs(self, environment: str, count: int = 0) -> Iterator[Run]:
        """The runs of an environment, the newest first; of those that did not end, whoever does not hold the lock is lost. `count`: at most so
        many, all for 0.
        """
        names = self.blobs.names(f"runs/{part(environment)}")[::-1]
        holder = self.lock(environment).state().holder
        for name in names[:count] if count else names:
            found = self._read(f"runs/{part(environment)}/{name}", record.from_bytes)
            if found is not None:
                yield _seen(found, holder.run if holder else "")

    def find(self, run: str) -> Run:
        """A run by its id. Raises UsageError when there is none."""
        environment = record.environment_of(run)
        name = f"runs/{part(environment)}/{part(run)}.json"
        found = self._read(name, record.from_bytes) if environment else None
        if found is None:
            raise UsageError(
                f"there is no run {run} in {self.where}",
                hint="catalogsync history -e ENV lists the runs of an environment",
            )
        holder = self.lock(environment).state().holder
        return _seen(found, holder.run if holder else "")

    def note(self, run: Run, lines: bytes) -> None:
        """Adds lines to a run's journal."""
        self.blobs.append(_journal(run), lines)

    def journal(self, run: Run) -> list[JsonObject]:
        """The events of a run's journal; torn lines are left out."""
        return events(self.blobs.log(_journal(run)))

    def keep_plan(self, digest: str, text: str) -> None:
        """Keeps a plan by its digest; one that is there already is the same."""
        self.blobs.put(_of_plan("plans", digest), text.encode())

    def plan(self, digest: str) -> str | None:
        """The text of a plan, None when it was not kept."""
        found = self.blobs.get(_of_plan("plans", digest)) if digest else None
        return found.data.decode() if found is not None else None

    def plans(self) -> Iterator[tuple[str, str]]:
        """The digest and the text of each plan that is kept, of all environments."""
        for name in self.blobs.names("plans"):
            digest = f"sha256:{unquote(name.removesuffix('.json'))}"
            text = self.plan(digest)
            if text is not None:
                yield digest, text

    def forget_run(self, run: Run) -> None:
        """Takes a run and its journal away."""
        self.blobs.remove(_journal(run))
        self.blobs.remove(_run(run))

    def forget_plan(self, digest: str) -> None:
        """Takes a plan and what it was made of away."""
        for folder in ("catalogs", "plans"):
            self.blobs.remove(_of_plan(folder, digest))

    def keep_contents(self, plan: str, made_of: MadeOf) -> None:
        """Keeps the catalog that a plan was made of, by the plan's digest."""
        self.blobs.put(_of_plan("catalogs", plan), applied_json.contents_to_bytes(made_of))

    def contents(self, plan: str) -> MadeOf | None:
        """The catalog that a plan was made of; None when it was not kept."""
        return self._read(_of_plan("catalogs", plan), applied_json.contents_from_bytes)

    def applied(self, environment: str) -> Applied | None:
        """The catalog that is proven on an environment; None when nothing was."""
        return self._read(_applied(environment), applied_json.from_bytes)

    def prove(self, found: Applied) -> None:
        """Keeps a catalog as the one that is proven. Raises StoreUnusable when somebody else did so at the same time."""
        there = self.blobs.get(_applied(found.environment))
        over = there.tag if there is not None else ""
        if self.blobs.put(_applied(found.environment), applied_json.to_bytes(found), over=over) is None:
            raise StoreUnusable(f"another run proved {found.environment} at the same time")

    def offers(self, environment: str) -> Blob | None:
        """What is kept of the published versions of an environment (`store.offers`)."""
        return self.blobs.get(_offers(environment))

    def keep_offers(self, environment: str, data: bytes, over: str) -> None:
        """Keeps it in place of what was read, whose tag is `over`; where another plan kept something meanwhile, that stays."""
        self.blobs.put(_offers(environment), data, over=over)

    def _read(self, name: str, form: Callable[[bytes], T]) -> T | None:
        blob = self.blobs.get(name)
        if blob is None:
            return None
        try:
            return form(blob.data)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StoreUnusable(
                f"{name} in the run store {self.where} is damaged, or of another version of catalogsync",
                hint="use the catalogsync that wrote it, or move the file away",
            ) from None


def events(log: bytes) -> list[JsonObject]:
    """The events of a journal; torn lines are left out."""
    found: list[JsonObject] = []
    for line in log.splitlines():
        try:
            event = canon.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            found.append(event)
    return found


def _seen(run: Run, holder: str) -> Run:
    if run.outcome is not RunOutcome.RUNNING or run.id == holder:
        return run
    return replace(run, outcome=RunOutcome.LOST)


def _of_plan(folder: str, digest: str) -> str:
    return f"{folder}/{part(digest.removeprefix('sha256:'))}.json"


def _run(run: Run) -> str:
    return f"runs/{part(run.environment)}/{part(run.id)}.json"


def _journal(run: Run) -> str:
    return f"journals/{part(run.environment)}/{part(run.id)}"


def _applied(environment: str) -> str:
    return f"applied/{part(environment)}.json"


def _offers(environment: str) -> str:
    return f"offers/{part(environment)}.json"
