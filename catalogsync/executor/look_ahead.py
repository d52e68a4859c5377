"""Looks at the objects of the steps that come next, beside the writes that are under way: a look that is young enough stands for the one right
before a write (docs/adr/0006), so that writes need not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from catalogsync.core.plan import Step
from catalogsync.executor.step_runner import Stepper


class LookAhead:
    """Used by one thread. A step that was looked at must not be begun before its look has ended (`taken`): what a look shows would be older
    than what the step makes.
    """

    def __init__(self, stepper: Stepper, most: int) -> None:
        """`most`: so many looks at once."""
        self.most = most
        self._stepper, self._pool = stepper, ThreadPoolExecutor(max_workers=most)
        self._looks: dict[int, Future[None]] = {}

    def begin(self, steps: Iterable[Step]) -> None:
        """Begins a look for each of these steps that needs one and had none yet."""
        for step in steps:
            if step.number not in self._looks and self._stepper.needs_a_look(step):
                self._looks[step.number] = self._pool.submit(self._stepper.look, step)

    def taken(self, step: Step) -> Future[None] | None:
        """The look of a step that is about to begin."""
        return self._looks.get(step.number)

    def __enter__(self) -> LookAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
