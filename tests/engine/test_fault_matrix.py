"""Whatever goes wrong at whatever request: applying again ends in the wished state, with nothing made twice and nothing left behind.

Three jobs (a first apply, an update whose add-on cascades into new plan versions, a removal) × every request they make × every kind of fault.
The number of cases is generated; the normal run takes every STRIDE-th of them, `-m slow` all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from engine_helpers import apply, client_of, planned
from scenarios import catalog_for, check_end, prepared, versions

from catalogsync.core.errors import CatalogsyncError
from catalogsync.core.plan import Plan
from catalogsync.sandbox.transport.faults import Fault
from catalogsync.store import planfile

pytestmark = [pytest.mark.counted, pytest.mark.unmeasured]

KINDS = (
    "429", "500-before", "500-after", "502-before", "502-after", "503-before", "503-after", "reset-before", "reset-after", "cut", "malformed",
    "wrong-type", "delay", "page-repeats", "page-skips",
)  # fmt: skip
STRIDE = 13
"""Below the number of kinds and without a common divisor: a fault at every request, and every kind in turn."""
REQUESTS = {"first": 49, "update": 22, "removal": 18}
"""How many requests applying each job makes, so that the cases can be named before anything runs (held by the first test)."""


def cases() -> Iterator[tuple[str, int, str]]:
    for job, most in REQUESTS.items():
        yield from ((job, number, kind) for number in range(1, most + 1) for kind in KINDS)


ALL = list(cases())


def requests_of(job: str) -> int:
    """How many requests applying the job's plan makes."""
    sandbox = prepared(job)
    client = client_of(sandbox, workers=1)
    plan = planned(catalog_for(job), client)
    before = len(sandbox.requests)
    assert apply(plan, client, workers=1).complete
    return len(sandbox.requests) - before


@cache
def plan_for(job: str) -> Plan:
    """The job's plan: each case begins on the same server."""
    return planned(catalog_for(job), client_of(prepared(job)))


def try_case(job: str, number: int, kind: str, tmp_path: Path) -> None:
    """With one worker, and at every second request with four of them."""
    sandbox = prepared(job)
    workers = 1 if number % 2 else 4
    client = client_of(sandbox, workers=workers)
    path = tmp_path / f"{job}-{number}-{kind}.json"
    planfile.save(plan_for(job), path)
    before = versions(sandbox)
    sandbox.break_with(Fault(kind, number=number))
    for _ in range(3):
        try:
            if apply(planfile.load(path), client, workers=workers).complete:
                break
        except CatalogsyncError as problem:
            assert problem.exit_code in (1, 3), problem
        sandbox.break_with()
    sandbox.break_with()
    assert apply(planfile.load(path), client, workers=workers).complete
    check_end(sandbox, before, job)


def test_the_jobs_are_as_long_as_the_cases_say() -> None:
    lengths = {job: requests_of(job) for job in REQUESTS}
    print(
        f"requests: {lengths}; kinds of faults: {len(KINDS)}; cases in all: {sum(lengths.values()) * len(KINDS)}"
    )
    assert lengths == REQUESTS


@pytest.mark.parametrize("part", range(4))
def test_a_sample_of_faults_ends_in_the_wished_state(part: int, tmp_path: Path) -> None:
    sample = list(itertools.islice(ALL, part * STRIDE, None, STRIDE * 4))
    for job, number, kind in sample:
        try_case(job, number, kind, tmp_path)
    print(f"{len(sample)} cases of {len(ALL)}")


@pytest.mark.slow
@pytest.mark.parametrize("job", REQUESTS)
def test_every_fault_ends_in_the_wished_state(job: str, tmp_path: Path) -> None:
    mine = [case for case in ALL if case[0] == job]
    for case in mine:
        try_case(*case, tmp_path)
    print(f"{job}: {len(mine)} cases")
