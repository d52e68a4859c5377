"""Connections that break, over real sockets: applying through them again and again ends as applying in peace does."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from hands import TARGET, client_of, planned
from jobs import JOBS, catalog_for, check_end, live_rows, prepared, versions
from proxy import Break, BreakingProxy, Schedule

from catalogsync import executor
from catalogsync.api import Client, reader
from catalogsync.errors import Refused, TargetError
from catalogsync.plan import Plan
from catalogsync.planner import make_plan

TIMEOUT = 0.5
"""Seconds that the client waits for an answer."""
STRETCH = 12
"""So many requests in a row meet the same weather."""
WEATHER = (0.0, 0.15, 0.4, 0.95)
"""How likely a connection breaks: from not at all to a server that is as good as gone."""
KINDS = tuple(Break)
ODDS = (9, 9, 9, 1, 9, 9)
"""A late answer takes the client's whole timeout, and the test's."""
MOST = 60
"""How often a person tries before giving up."""


def weather(seed: int) -> Schedule:
    """A schedule of the seed's own: calm and rough stretches in turn."""
    draw = random.Random(seed)

    def breaks() -> Iterator[Break | None]:
        while True:
            likely = draw.choice(WEATHER)
            for _ in range(STRETCH):
                yield draw.choices(KINDS, ODDS)[0] if draw.random() < likely else None

    return breaks().__next__


@contextmanager
def impatient(url: str, workers: int) -> Iterator[Client]:
    """A client over sockets that gives up soon and does not pause between its tries."""
    client = Client(url, timeout=TIMEOUT, workers=workers, wait=lambda _seconds: None)
    try:
        yield client
    finally:
        client.close()


class Person:
    """Applies until it is done: with the same plan again, or with a new one, as the seed's mood is; with a new one when the old is refused."""

    def __init__(self, job: str, client: Client, workers: int, seed: int) -> None:
        self._catalog, self._client, self._workers = catalog_for(job), client, workers
        self._mood = random.Random(seed)
        self._plan: Plan | None = None
        self.tries = Counter[str]()

    def persist(self) -> None:
        """Ends with a run that says it is complete."""
        while not self._try():
            assert self.tries.total() < MOST, self.tries

    def _try(self) -> bool:
        try:
            return self._applied()
        except TargetError:
            self.tries["unreachable"] += 1
        except Refused as refused:
            assert refused.code == "refused-stale", refused
            self.tries["stale"] += 1
            self._plan = None
        return False

    def _applied(self) -> bool:
        if self._plan is None or self._mood.random() < 0.5:
            self._plan = make_plan(self._catalog, reader.read(self._client), TARGET)
            assert not self._plan.blocked, self._plan.diagnostics
        complete = executor.apply(self._plan, self._client, workers=self._workers).complete
        self.tries["complete" if complete else "incomplete"] += 1
        return complete


@cache
def in_peace(job: str) -> Counter[tuple[str, ...]]:
    """What is live when the job was done without trouble."""
    sandbox = prepared(job)
    client = client_of(sandbox)
    assert executor.apply(planned(catalog_for(job), client), client).complete
    return live_rows(sandbox)


def weathered(job: str, seed: int) -> Counter[str]:
    """Does the job in the seed's weather and judges the end on the server itself; how connections broke."""
    workers = 1 if seed % 2 else 4
    sandbox = prepared(job)
    before = versions(sandbox)
    with (
        sandbox.serve() as url,
        BreakingProxy(url, weather(seed), pause=1.2 * TIMEOUT) as proxy,
        impatient(proxy.url, workers) as client,
    ):
        person = Person(job, client, workers, seed)
        person.persist()
    check_end(sandbox, before, job)
    assert live_rows(sandbox) == in_peace(job)
    print(
        f"{job}, seed {seed}: {proxy.broken.total()} of {proxy.requests} connections broken; {dict(person.tries)}"
    )
    return proxy.broken


def weathered_all(job: str, seeds: range) -> None:
    broken = sum((weathered(job, seed) for seed in seeds), Counter[str]())
    kinds = ", ".join(f"{how} {number}" for how, number in broken.items())
    print(f"{job}: {broken.total()} connections broken: {kinds}")
    assert broken.total()


@pytest.mark.parametrize("job", JOBS)
def test_apply_through_breaking_connections_ends_as_in_peace(job: str) -> None:
    weathered_all(job, range(3))


@pytest.mark.slow
@pytest.mark.parametrize("job", JOBS)
def test_apply_through_breaking_connections_of_many_seeds(job: str) -> None:
    weathered_all(job, range(3, 60))
