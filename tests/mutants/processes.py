"""Jobs in forked processes. The parent holds what is slow to import and nothing of the package, so that each job imports its own."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

Job: TypeAlias = Callable[[], int]
"""What a process does; the answer is its exit code."""
HUNG = (-signal.SIGALRM, -signal.SIGPROF)
"""The exit codes of a job whose alarm rang."""
PLAIN = (
    "-q",
    "-x",
    "--assert=plain",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:cov",
    "-p",
    "no:faulthandler",
    "-m",
    "not slow and not unmeasured",
)
"""How pytest runs in a job: it stops at the first failure and writes nothing."""
HEAVY = (
    "deepdiff",
    "httpx",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "simplejson",
    "starlette.routing",
    "uvicorn",
    "yaml",
)
MEMORY = 4 << 30
WAITS = 12
"""How much longer a process may wait than work: the machine may be busy with others."""
Key = TypeVar("Key")


def warm_up() -> None:
    """Imports what the package and its tests import from others."""
    for name in HEAVY:
        __import__(name)
    import hypothesis

    hypothesis.settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    hypothesis.settings.load_profile("mutants")


def quiet() -> None:
    """A job says nothing, and cannot take all memory."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def alarm(seconds: float) -> None:
    """Ends this process after so many seconds of work, or when it only waits for many times as long."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WAITS * seconds)


def run(jobs: Iterable[tuple[Key, Job]], workers: int) -> Iterator[tuple[Key, int]]:
    """Runs the jobs, `workers` at a time; each key with its job's exit code (negative: the signal that ended it), as they end."""
    running: dict[int, Key] = {}
    for key, job in jobs:
        if len(running) == workers:
            yield _ended(running)
        running[_fork(job)] = key
    while running:
        yield _ended(running)


def _ended(running: dict[int, Key]) -> tuple[Key, int]:
    process, status = os.wait()
    return running.pop(process), os.waitstatus_to_exitcode(status)


def _fork(job: Job) -> int:
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        code = job()
    finally:
        os._exit(code)
