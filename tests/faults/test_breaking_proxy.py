"""Connections that break, over real sockets: applying through them again and again ends as applying in peace does. What a request makes that
reaches the server only after it was given up and sent again, no client can prevent; the next plan tells it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from engine_helpers import TARGET, apply, client_of, planned
from proxy import Break, BreakingProxy, Schedule
from scenarios import JOBS, catalog_for, check_end, live_rows, prepared, versions

from catalogsync.core.errors import Refused, TargetError
from catalogsync.core.plan import Plan, Step
from catalogsync.planner import make_plan
from catalogsync.targets.v1 import Client, reader

pytestmark = pytest.mark.counted

TIMEOUT = 0.5
"""Seconds that the client waits for an answer."""
STRETCH = 12
"""So many requests in a row meet the same weather."""
WEATHER = (0.0, 0.15, 0.4, 0.95)
"""How likely a connection breaks: from not at all to a server that is as good as gone."""
ODDS = {kind: 9 for kind in Break if kind is not Break.OVERDUE} | {Break.LATE: 1}
"""How often each kind is meant to be met. A late answer takes the client's whole timeout, and the test's; a late request has a test of its own."""
MOST = 60
"""How often a person tries before giving up."""


def weather(seed: int) -> Schedule:
    """A schedule of the seed's own: calm and rough stretches in turn."""
    draw = random.Random(seed)

    def breaks() -> Iterator[Break | None]:
        while True:
            likely = draw.choice(WEATHER)
            for _ in range(STRETCH):
                yield draw.choices(list(ODDS), list(ODDS.values()))[0] if draw.random() < likely else None

    drawn = breaks()
    return lambda _method: next(drawn)


@contextmanager
def impatient(url: str, workers: int, timeout: float = TIMEOUT) -> Iterator[Client]:
    """A client over sockets that gives up soon and does not pause between its tries."""
    client = Client(url, timeout=timeout, workers=workers, wait=lambda _seconds: None)
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
        complete = apply(self._plan, self._client, workers=self._workers).complete
        self.tries["complete" if complete else "incomplete"] += 1
        return complete


@cache
def in_peace(job: str) -> Counter[tuple[str, ...]]:
    """What is live when the job was done without trouble."""
    sandbox = prepared(job)
    client = client_of(sandbox)
    assert apply(planned(catalog_for(job), client), client).complete
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


def overdue(number: int) -> Schedule:
    """A schedule in which one write reaches the server after the client gave it up and sent it again."""
    left = iter(range(number, 0, -1))
    return lambda method: Break.OVERDUE if method != "GET" and next(left, 0) == 1 else None


TOLD = {
    "addons": ("stale-draft", "addon"),
    "plans": ("stale-draft", "plan"),
    "channels": ("duplicate-key", "notification_channel"),
    "rules": ("duplicate-key", "notification_rule"),
}
"""How the next plan tells of what a late request has made beside what was wished. Of meters and features the server makes no second."""


def overtaken(job: str, number: int) -> set[str]:
    """Does the job while one write is overdue: nothing is published twice, and what was made twice is told. The tables in which it was."""
    sandbox = prepared(job)
    with (
        sandbox.serve() as url,
        BreakingProxy(url, overdue(number), pause=0.3) as proxy,
        impatient(proxy.url, workers=1, timeout=0.2) as client,
    ):
        report = apply(planned(catalog_for(job), client), client, workers=1)
    assert proxy.broken.total() == 1
    direct = client_of(sandbox)
    plan = make_plan(catalog_for(job), reader.read(direct), TARGET)
    if not report.complete and not plan.blocked:
        assert apply(plan, direct).complete
        plan = make_plan(catalog_for(job), reader.read(direct), TARGET)
    assert plan.blocked or plan.is_empty
    twice = live_rows(sandbox) - in_peace(job)
    assert not [row for row in twice if "effectiveFrom" in row]
    said = {(d.code, d.subject.partition("/")[0]) for d in plan.diagnostics}
    assert {TOLD[table] for table, *_ in twice} <= said
    return {table for table, *_ in twice}


def overtaken_all(job: str, steps: Iterable[Step]) -> None:
    made = [overtaken(job, step.number) for step in steps]
    tables = Counter(table for one in made for table in one)
    print(f"{job}: {len(made)} late writes; made twice, and told: {dict(tables)}")


def steps_of(job: str) -> tuple[Step, ...]:
    return planned(catalog_for(job), client_of(prepared(job))).steps


def test_what_a_late_write_makes_twice_is_told() -> None:
    """No client can hold a request that is on its way; one write of each sort on each kind."""
    overtaken_all("first", {(step.ref.kind, step.verb): step for step in steps_of("first")}.values())


@pytest.mark.slow
@pytest.mark.parametrize("job", JOBS)
def test_what_any_late_write_makes_twice_is_told(job: str) -> None:
    overtaken_all(job, steps_of(job))
