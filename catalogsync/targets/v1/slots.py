"""How many calls may be under way at once: from a few to many, as the server bears it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

FIRST = 6
"""How many calls at once a run begins with: one for each list of a catalog, so that none waits for another."""
FEWEST = 4
"""How many are under way at least, as long as the server does not ask for less."""
_MORE = 3
"""How many more calls an answer makes room for, as long as the server has borne all: the first four answers lead to 16."""
_SLOWER = 3.0
"""How many times the time of a call at the server's best means that calls wait for each other there."""
_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """How many calls may be under way at once, how many wait until they are sent again, and the seconds until the last of these is."""

    at_once: int
    waiting: int = 0
    seconds: float = 0.0


class Slots:
    """Calls at once: three more after each answer, up to the limit, as long as answers take little longer than the fastest did; one less where
    they take much longer, down to four; half as many after 429, 503 and a timeout. After one of these it is one more for each answer.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._few, self._allowed = min(FEWEST, limit), min(FIRST, limit)
        self._more = _MORE
        self._busy = 0
        self._usual = self._best = 0.0
        self._free = threading.Condition()
        self._pauses: dict[int, float] = {}

    @property
    def allowed(self) -> int:
        """How many calls may be under way now."""
        return self._allowed

    @contextlib.contextmanager
    def pausing(self, seconds: float) -> Iterator[None]:
        """While a call of this thread waits so long before it is sent again."""
        me = threading.get_ident()
        with self._free:
            self._pauses[me] = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._free:
                del self._pauses[me]

    def pace(self) -> Pace:
        """How it is now."""
        with self._free:
            now = time.monotonic()
            left = max((until - now for until in self._pauses.values()), default=0.0)
            return Pace(self._allowed, len(self._pauses), max(left, 0.0))

    def __enter__(self) -> None:
        with self._free:
            self._free.wait_for(lambda: self._busy < self._allowed)
            self._busy += 1

    def __exit__(self, *_: object) -> None:
        with self._free:
            self._busy -= 1
            self._free.notify()

    def learn(self, status: int, seconds: float) -> None:
        """Takes in how a call ended, and how long it took."""
        if status in (429, 503):
            self.narrow()
        elif status < 400:
            with self._free:
                self._usual += (seconds - self._usual) * _WEIGHT if self._usual else seconds
                self._best = min(self._best or self._usual, self._usual)
                if self._usual <= self._best * _SLOWER:
                    self._allowed = min(self._limit, self._allowed + self._more)
                    self._free.notify(self._more)
                elif self._allowed > self._few:
                    self._allowed, self._more = self._allowed - 1, 1

    def narrow(self) -> None:
        """Half as many from now on."""
        with self._free:
            self._allowed, self._more = max(1, self._allowed // 2), 1
