"""Many small calls side by side, by as many threads as calls may be under way: a thread that waits for its turn costs more than a small read."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(
    pool: Executor, at_once: Callable[[], int], function: Callable[[T], R], items: Iterable[T]
) -> list[R]:
    """What `map` gives, with calls on the threads of `pool`: `at_once` says how many of them, and is asked again for each item. Of several
    failures the one of the first item is raised, as `map` does; items behind a failure may be left out.
    """
    with begun(pool, at_once, function, items) as crew:
        return crew.results()


@contextlib.contextmanager
def begun(
    pool: Executor, at_once: Callable[[], int], function: Callable[[T], R], items: Iterable[T]
) -> Iterator[Crew[T, R]]:
    """The same for whoever has something else to do until he asks for the results. No item is begun after the end of the `with`."""
    crew = Crew(pool, at_once, function, list(items))
    try:
        crew.hire()
        yield crew
    finally:  # where this thread is interrupted too
        crew.dismiss()


class Crew(Generic[T, R]):
    """Threads that each take the next item until none is left. More are hired as they work, never fewer: who is one too many waits."""

    def __init__(
        self, pool: Executor, at_once: Callable[[], int], function: Callable[[T], R], items: list[T]
    ) -> None:
        self._pool, self._at_once, self._function, self._items = pool, at_once, function, items
        self._lock = threading.Lock()
        self._taken = self._wanted = 0
        self._found: dict[int, R] = {}
        self._failed: dict[int, BaseException] = {}
        self._hired: list[Future[None]] = []

    def results(self) -> list[R]:
        """What the function gave for each item, once it is there."""
        for one in self._hired:  # each hires before it ends, so none is missed
            one.result()
        if self._failed:
            raise self._failed[min(self._failed)]
        return [self._found[number] for number in range(len(self._items))]

    def dismiss(self) -> None:
        """No further item is begun."""
        with self._lock:
            self._taken = len(self._items)

    def hire(self) -> None:
        """As many as are allowed and have something to do. A pool may do what it is given at once, so no lock is held then."""
        with self._lock:
            more = min(self._at_once() - self._wanted, len(self._items) - self._taken)
            self._wanted += max(more, 0)
        for _ in range(more):
            self._hired.append(self._pool.submit(self._work))

    def _work(self) -> None:
        while (number := self._next()) is not None:
            try:
                self._found[number] = self._function(self._items[number])
            except BaseException as problem:
                self._failed[number] = problem

    def _next(self) -> int | None:
        with self._lock:
            if self._failed or self._taken == len(self._items):
                return None
            number = self._taken
            self._taken += 1
        self.hire()
        return number
