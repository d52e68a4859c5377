"""Looks at the objects of the steps that come next, beside the writes that are under way: a look that is young enough stands for the one right
before a write (docs/adr/0006), so that writes need not wait for it, and one look is shared by as many steps as begin while it is young.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from catalogsync.core.model import Kind
from catalogsync.core.plan import Step
from catalogsync.executor.step_runner import FRESH, Stepper

FEWEST = 3
"""How many steps are looked at ahead for each that is under way, at least. A look at a version takes two calls, one after the other, and its
step one: with two, steps would wait for looks.
"""
MOST = 24
"""How many steps share a look at most: their keys stand in one URL."""


class LookAhead:
    """Used by one thread. A step that was looked at must not be begun before its look has ended (`taken`): what a look shows would be older
    than what the step makes.
    """

    def __init__(self, stepper: Stepper, workers: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`workers`: how many steps are under way at once; `clock` in seconds."""
        self._stepper, self._clock = stepper, clock
        self._fewest = FEWEST * workers
        self._pool = ThreadPoolExecutor(max_workers=self._fewest)
        self._looks: dict[int, Future[None]] = {}
        self._ends: deque[float] = deque(maxlen=MOST)

    @property
    def span(self) -> int:
        """How many of the steps that come next are worth knowing."""
        return 2 * MOST

    def begin(self, coming: Sequence[Step]) -> None:
        """Begins looks for those of the steps that come next, in their order, that need one and had none yet; none while enough are looked at."""
        share = self._share()
        waiting = [place for place, step in enumerate(coming) if self._is_open(step)]
        if not waiting or waiting[0] >= max(share, self._fewest) // 2:
            return
        kinds: dict[Kind, list[Step]] = {}
        for place in waiting[:share]:
            kinds.setdefault(coming[place].ref.kind, []).append(coming[place])
        for steps in kinds.values():
            look = self._pool.submit(self._stepper.look, steps)
            self._looks.update((step.number, look) for step in steps)

    def ended(self) -> None:
        """A step ended: the pace says how many may share the next look."""
        self._ends.append(self._clock())

    def _share(self) -> int:
        """So many steps as begin, at the pace of the last ones, within half of the time for which a look is young."""
        since = self._clock() - FRESH / 2
        return min(max(sum(end >= since for end in self._ends), self._fewest), MOST)

    def _is_open(self, step: Step) -> bool:
        return step.number not in self._looks and self._stepper.needs_a_look(step)

    def taken(self, step: Step) -> Future[None] | None:
        """The look of a step that is about to begin."""
        return self._looks.get(step.number)

    def __enter__(self) -> LookAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
