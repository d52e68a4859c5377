"""A run in the run store: the environment's lock while it lasts, its record, its journal, and at its end what is proven by it."""

from __future__ import annotations

import contextlib
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync.app import only
from catalogsync.app.last_applied import store_of
from catalogsync.app.plan import Proposal
from catalogsync.app.runtime import Runtime
from catalogsync.core.errors import CatalogsyncError, Interrupted, Refused
from catalogsync.core.model import Catalog, LiveState
from catalogsync.core.plan import Plan
from catalogsync.core.report import RunReport
from catalogsync.executor.fence import Fenced
from catalogsync.executor.journal import Lines, Notes, who
from catalogsync.planner import drift
from catalogsync.store import planfile, saved_plan_json
from catalogsync.store.environment import Environment
from catalogsync.store.runs import applied, proof, record
from catalogsync.store.runs.applied import Applied, MadeOf
from catalogsync.store.runs.blobs import StoreUnusable
from catalogsync.store.runs.lock import Held, Holder
from catalogsync.store.runs.record import Run, RunOutcome
from catalogsync.store.runs.run_store import RunStore
from catalogsync.targets import Target

Again = Callable[[Catalog], tuple[Plan, LiveState]]
"""Reads the server again and plans a catalog, which is proven when the plan is empty."""


@dataclass(frozen=True, slots=True)
class Source:
    """The catalog that a plan was made of, and what is to be kept of it."""

    kept: MadeOf
    catalog: Catalog

    @classmethod
    def of(cls, catalog: Catalog, folder: Path, paths: Sequence[Path] = ()) -> Source:
        """A catalog that was loaded from files below `paths`. `folder`: where `catalogsync.yaml` lies."""
        read = tuple(applied.relative(str(path), folder) for path in paths)
        return cls(MadeOf(applied.contents(catalog, folder), paths=read), catalog)

    @classmethod
    def of_proposal(cls, made: Proposal) -> Source:
        """What a plan was made of; an object that was promoted keeps the file that it was proven from."""
        found = cls.of(made.catalog, made.environment.folder, made.paths)
        contents = {
            ref: replace(one, file=made.files[ref]) if ref in made.files else one
            for ref, one in found.kept.contents.items()
        }
        return cls(replace(found.kept, contents=contents, whole=made.whole), made.catalog)


def me() -> str:
    """Who acts, for people: the user and the machine."""
    return f"{who()}@{socket.gethostname()}"


@dataclass(slots=True)
class Recording:
    """One run under its environment's lock."""

    store: RunStore
    held: Held
    run: Run
    _runtime: Runtime

    @property
    def notes(self) -> Notes:
        """Where the run's events are reported."""
        return Lines(lambda lines: self.store.note(self.run, lines))

    def fenced(self, target: Target) -> Target:
        """The target, as long as the lock is this run's."""
        return Fenced(target, self.held.check)

    def carries(self, plan: Plan, source: Source | None, digest: str = "") -> None:
        """Keeps the plan that is about to be carried out. What it changes is not proven from here on. `source`: what it was made of, where that
        is known; `digest`: of the file that it was saved in, if any.
        """
        digest = digest or str(saved_plan_json.to_json(plan)["digest"])
        self.run = replace(self.run, plan=digest, revision=plan.git_revision)
        with contextlib.suppress(Refused):  # a plan that holds a secret itself is kept nowhere
            self.store.keep_plan(digest, planfile.to_text(plan))
        self.store.end(self.run)
        before = self.store.applied(self.run.environment)
        touched = {step.ref for step in plan.steps}
        if before is not None and touched:
            self.store.prove(
                proof.begun(before, touched, source.kept.contents if source is not None else {}, self._now())
            )

    def source_of(self, digest: str, folder: Path) -> Source | None:
        """What a saved plan was made of, when that was kept with it. `digest`: the plan's."""
        found = self.store.contents(digest)
        if found is None:
            return None
        return Source(found, applied.catalog_of(found.contents, folder, "the saved plan"))

    def ended(self, report: RunReport, source: Source | None, again: Again) -> Run:
        """Notes how it ended, and keeps what is proven by it: when every step is done, and a second plan of the same is empty."""
        counts = Counter(str(one.status) for one in report.outcomes)
        self.run = replace(self.run, outcome=_outcome(report), steps=dict(sorted(counts.items())))
        try:
            note = self._unproven(report, source, again)
        except CatalogsyncError as problem:  # what was done is done, and is told
            note = f"it was not verified: {problem.message}"
        self.run = replace(self.run, proven=not note, note=note)
        return self.run

    def _unproven(self, report: RunReport, source: Source | None, again: Again) -> str:
        """Why nothing is proven, "" when it is, and kept."""
        if not self.run.is_good:
            return next((one.message for one in report.outcomes if not one.status.is_good), "")
        if source is None:
            return "the files that the plan was made of are not in the run store (a rollback plan is made of none)"
        second, live = again(source.catalog)
        if second.blocked or not second.is_empty:
            left = ", ".join(str(change.ref) for change in second.changes[:5])
            return f"a second plan was not empty: {left or 'it holds errors'}"
        self.held.check()
        changed = {step.ref for step in report.plan.steps}
        made_of = replace(source.kept, whole=source.kept.whole and not only.is_part(report.plan))
        before = self.store.applied(self.run.environment)
        stands = frozenset(drift.live_only(Catalog({}), live)).__contains__
        self.store.prove(proof.proved(before, made_of, self._now(), stands, changed=changed))
        return ""

    def _now(self) -> Applied:
        """This run as the one that proves, with nothing proven yet."""
        run = self.run
        return Applied(run.environment, self._runtime.now(), run.id, run.revision, run.plan, {})

    def summary(self) -> str:
        """What became of it, in a line."""
        proven = "proven" if self.run.proven else f"not proven: {self.run.note}"
        return f"run {self.run.id}: {proven if self.run.is_good else self.run.outcome}"

    def close(self, problem: BaseException | None) -> None:
        """Keeps the end and gives the lock back."""
        try:
            if problem is not None:
                self.run = replace(self.run, outcome=_of_problem(problem), note=_words(problem))
            self.run = replace(self.run, ended=self._runtime.now())
            self.store.end(self.run)
            self.held.release()
        except StoreUnusable as lost:  # what was done is done, and is told
            self.run = replace(self.run, note="; ".join(filter(None, [self.run.note, lost.message])))
            self.held.let_go()


@contextlib.contextmanager
def recorded(environment: Environment, runtime: Runtime) -> Iterator[Recording | None]:
    """A run under the environment's lock; None for a server that was named by its URL. Raises Refused while somebody else holds the lock."""
    store = store_of(environment, runtime.environ)
    if store is None:
        yield None
        return
    began = runtime.clock()
    run = Run(record.new_id(environment.name, began), environment.name, environment.url, me(), runtime.now())
    held = store.lock(environment.name).acquire(Holder(run.id, run.who, run.began))
    try:
        run = replace(run, fence=held.fence)
        store.begin(run)
    except BaseException:
        held.release()
        raise
    recording = Recording(store, held, run, runtime)
    try:
        yield recording
    except BaseException as problem:
        recording.close(problem)
        raise
    recording.close(None)


def keep_proposal(text: str, made: Proposal, runtime: Runtime) -> str:
    """Keeps a plan that is saved, and the catalog that it was made of, in the environment's run store. Gives why it could not, "" when it is
    kept or the environment has no store. `text`: the plan as its file holds it.
    """
    store = store_of(made.environment, runtime.environ)
    if store is None:
        return ""
    digest = planfile.digest_of(text)
    try:
        store.keep_plan(digest, text)
        store.keep_contents(digest, Source.of_proposal(made).kept)
    except StoreUnusable as problem:
        return problem.message
    return ""


def _outcome(report: RunReport) -> RunOutcome:
    if report.plan.is_empty:
        return RunOutcome.IN_STEP
    if report.interrupted and not report.complete:
        return RunOutcome.INTERRUPTED
    return RunOutcome.DONE if report.complete else RunOutcome.INCOMPLETE


def _of_problem(problem: BaseException) -> RunOutcome:
    if isinstance(problem, Refused):
        return RunOutcome.REFUSED
    stopped = isinstance(problem, Interrupted) or not isinstance(problem, Exception)
    return RunOutcome.INTERRUPTED if stopped else RunOutcome.FAILED


def _words(problem: BaseException) -> str:
    return problem.message if isinstance(problem, CatalogsyncError) else ""
