"""A target that sends nothing once its run may not write any more."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from catalogsync.core.canon import Json
from catalogsync.core.errors import Refused, TargetError
from catalogsync.core.model import Kind, LiveGroup, LiveState, Ref
from catalogsync.core.plan import Step
from catalogsync.targets import Target
from catalogsync.targets.protocol import Lookup, Request


class FencedOff(TargetError):
    """The run's lock is not its own any more. Nothing was sent."""

    default_code = "lock-lost"


class Fenced:
    """Another target, with a look at the lock right before each write. `check` raises Refused when the lock is not ours."""

    def __init__(self, target: Target, check: Callable[[], None]) -> None:
        self._target, self._check = target, check

    @property
    def phase(self) -> str:
        """What this thread's calls are for."""
        return self._target.phase

    @phase.setter
    def phase(self, phase: str) -> None:
        self._target.phase = phase

    def identity(self) -> tuple[str, str]:
        """As the other target."""
        return self._target.identity()

    def read(self, kinds: Iterable[Kind] = (), offers_of: Container[Ref] | None = None) -> LiveState:
        """As the other target."""
        return self._target.read(kinds, offers_of)

    def read_groups(self, refs: Iterable[Ref]) -> LiveState:
        """As the other target."""
        return self._target.read_groups(refs)

    def reread(self, group: LiveGroup, known_id: str = "") -> LiveGroup:
        """As the other target."""
        return self._target.reread(group, known_id)

    def reread_together(self, groups: Sequence[LiveGroup]) -> tuple[LiveGroup, ...]:
        """As the other target."""
        return self._target.reread_together(groups)

    def read_answer(self, step: Step, group: LiveGroup, answer: Json) -> LiveGroup | None:
        """As the other target."""
        return self._target.read_answer(step, group, answer)

    def encode(self, step: Step) -> Request:
        """As the other target."""
        return self._target.encode(step)

    def send(self, request: Request, ref: Ref, lookup: Lookup) -> Json:
        """Sends it while the lock is ours. Raises FencedOff once it is not, and what the other target raises."""
        try:
            self._check()
        except Refused as problem:
            raise FencedOff(problem.message, hint=problem.hint) from problem
        return self._target.send(request, ref, lookup)
