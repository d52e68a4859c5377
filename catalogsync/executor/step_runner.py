"""One step: send it, read its object back, judge. An answer that does not come is looked up on the server; a POST is never blindly repeated."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalogsync.core.canon import Json
from catalogsync.core.errors import CatalogsyncError, TargetError
from catalogsync.core.model import LiveGroup, LiveState
from catalogsync.core.plan import State, Step, Verb
from catalogsync.core.report import Outcome, Status
from catalogsync.executor.journal import Notes
from catalogsync.executor.live_view import View
from catalogsync.executor.postchecks import not_kept, unfit_offers
from catalogsync.executor.resume import differing, gone_already
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner import transitions
from catalogsync.targets import Target, path_text
from catalogsync.targets.errors import Ambiguous, ApiError, Unreachable

FRESH = 2.0
"""Seconds for which what this run saw of an object stands for a look right before a write (docs/adr/0006)."""
TRIES = 3
"""How often a step is sent in all, each time only after the server showed that the last one had no effect."""


@dataclass(frozen=True, slots=True)
class Stepper:
    """What a step needs: a target, the view of what is live, a journal that may be none."""

    target: Target
    view: View
    journal: Notes | None = None

    def carry_out(self, step: Step, before: State, after: State) -> Outcome:
        """Does one step, from the state `before` to the state `after`. Never raises CatalogsyncError: every end is an outcome,
        also where the journal takes no more or a secret is gone, of which nothing was sent.
        """
        began = time.monotonic()
        try:
            self._note("begun", step)
            outcome = self._looked_first(step, before, after) or self._tries(step, before, after)
        except CatalogsyncError as problem:
            outcome = Outcome(step, Status.FAILED, problem.message)
        self._note("ended", step, status=str(outcome.status))
        spent = int((time.monotonic() - began) * 1000)
        return replace(outcome, message=self.view.without_secrets(outcome.message), milliseconds=spent)

    def needs_a_look(self, step: Step) -> bool:
        """Whether an object has to be looked at before its step, and was not seen just now."""
        return _is_looked_at(step) and self.view.age(step.ref) >= FRESH

    def look(self, steps: Sequence[Step]) -> None:
        """Looks at the objects of steps ahead of them, all of one kind; each step looks itself where this failed."""
        self.target.phase = "verify"
        with contextlib.suppress(TargetError):
            known = [self.view.live.group(step.ref) for step in steps]
            for group in self.target.reread_together(known):
                self.view.learn(group)

    def _looked_first(self, step: Step, before: State, after: State) -> Outcome | None:
        """A look right before a write that the server would do twice, or that makes live what others may have changed; None: go on."""
        if not _is_looked_at(step):
            return None
        if self.view.age(step.ref) < FRESH and transitions.agrees(step.ref, before, self.view.live):
            return None
        live = self._reread(step)
        if transitions.agrees(step.ref, before, live):
            return None
        if _is_there(step, before, after, live):
            return Outcome(step, Status.ALREADY, "already in the desired state")
        fields = differing(step.ref, before, live)
        return Outcome(
            step, Status.FAILED, "somebody else changed it meanwhile; nothing was sent", fields=fields
        )

    def _tries(self, step: Step, before: State, after: State) -> Outcome:
        told = ""
        for _ in range(TRIES):
            self.target.phase = "write"
            try:
                return self._verified(step, after, self._send(step), told)
            except ApiError as problem:
                return self._refused(step, before, after, problem)
            except (Ambiguous, Unreachable) as problem:
                told = problem.message
                self._note("unanswered", step)
            found = self._looked_up(step, before, after, told)
            if found is not None:
                return found
        return Outcome(step, Status.FAILED, f"{told}; tried {TRIES} times, and no effect was seen")

    def _send(self, step: Step) -> Json:
        request = self.target.encode(step)
        self._note("sent", step, path=path_text(request))
        answer = self.target.send(request, step.ref, self.view.plain)
        self._note("answered", step)
        return answer

    def _reread(self, step: Step, answer: Json = None) -> LiveState:
        self.target.phase = "verify"
        if step.verb is Verb.DELETE_DUPLICATE:
            there = step.id in self.target.read([step.ref.kind]).carriers(step.ref)
            return self.view.live if there else self.view.forget(step.ref, step.id)
        known = ""
        if step.verb is Verb.CREATE and isinstance(answer, dict) and "id" in answer:
            known = str(answer["id"])
        return self.view.learn(self.target.reread(self.view.live.group(step.ref), known))

    def _after(self, step: Step, after: State, answer: Json) -> LiveState:
        """What the answer tells; the object read back where it does not tell all, or tells something else than was to be."""
        known = self.target.read_answer(step, self.view.live.group(step.ref), answer)
        if known is not None:
            live = self.view.learn(known, by_answer=True)
            if _is_there(step, after, after, live):
                return live
        return self._reread(step, answer)

    def _came_between(self, step: Step, known: LiveGroup, made: LiveGroup) -> bool:
        """Whether somebody made a version between what was known and a new draft, which is then the second of the same: it is deleted again.
        The number in the answer tells: it is not the next one then.
        """
        if step.verb is not Verb.CREATE_DRAFT or made.draft is None:
            return False
        if made.draft.version == known.newest + 1:
            return False
        now = self._reread(step).group(step.ref)
        others = {one.id for one in now.versions()} - {one.id for one in known.versions()} - {made.draft.id}
        if not others or now.draft is None or now.draft.id != made.draft.id:
            return False  # numbers of deleted versions are not given again
        self.target.phase = "write"
        removal = Step(step.number, Verb.DELETE_DRAFT, step.ref, None, "", id=made.draft.id)
        self.target.send(self.target.encode(removal), step.ref, self.view.plain)
        self._reread(step)
        return True

    def _verified(self, step: Step, after: State, answer: Json, told: str) -> Outcome:
        """Compares the object with what the step was to make of it. `told`: what became of an earlier try, "" without one."""
        again = f"sent again, as nothing was seen of an earlier try: {told}" if told else ""
        known = self.view.live.group(step.ref)
        try:
            live = self._after(step, after, answer)
            if self._came_between(step, known, live.group(step.ref)):
                return Outcome(
                    step,
                    Status.FAILED,
                    "somebody else made a version meanwhile; the draft made beside it is deleted again",
                )
        except TargetError as problem:
            return Outcome(step, Status.UNKNOWN, f"accepted, and could not be read back: {problem.message}")
        self._note("verified", step)
        if _is_there(step, after, after, live):
            return Outcome(step, Status.DONE, again)
        fields = differing(step.ref, after, live)
        message = "; ".join(filter(None, ["stored differently than sent", not_kept(fields), again]))
        return Outcome(step, Status.DIFFERENT, message, fields=fields)

    def _refused(self, step: Step, before: State, after: State, problem: ApiError) -> Outcome:
        """A refusal; unless the object is in the desired state, because an earlier try or somebody else did the same."""
        try:
            if _is_there(step, before, after, self._reread(step)):
                return Outcome(
                    step, Status.ALREADY, "already in the desired state", problem.status, problem.request_id
                )
        except TargetError:
            pass  # the refusal itself is what the person needs to read
        message = "\n".join([problem.message, *unfit_offers(step, self.view.live.group(step.ref))])
        return Outcome(step, Status.FAILED, message, problem.status, problem.request_id)

    def _looked_up(self, step: Step, before: State, after: State, told: str) -> Outcome | None:
        """What became of a step whose answer did not come: an outcome, or None when it certainly had no effect."""
        try:
            live = self._reread(step)
        except TargetError as problem:
            return Outcome(step, Status.UNKNOWN, f"{told}; reading back failed too: {problem.message}")
        if _is_there(step, before, after, live):
            return Outcome(step, Status.DONE, "no answer came; read back in the desired state")
        if transitions.agrees(step.ref, before, live):
            return None
        fields = differing(step.ref, after, live)
        return Outcome(
            step, Status.UNKNOWN, f"{told}; the object is neither as before nor as desired", fields=fields
        )

    def _note(self, event: str, step: Step, **more: str) -> None:
        if self.journal is not None:
            self.journal.note(event, step=step.number, ref=str(step.ref), **more)


def _is_looked_at(step: Step) -> bool:
    """Whether the server would do it twice, or it makes live what others may have changed."""
    if step.verb is Verb.CREATE:
        return KINDS[step.ref.kind].keyed_by_metadata
    return step.verb in (Verb.CREATE_DRAFT, Verb.PUBLISH)


def _is_there(step: Step, before: State, after: State, live: LiveState) -> bool:
    """Whether the step's effect can be seen. A deleted version or duplicate shows in no state; of a state that agrees with the one
    before as well (a rule that names disabled channels), it cannot be known.
    """
    if step.verb is Verb.DELETE_DUPLICATE or (step.verb is Verb.DELETE and "draft" in after):
        return gone_already(step, live)
    if before is not after and transitions.agrees(step.ref, before, live):
        return False
    return transitions.agrees(step.ref, after, live)
