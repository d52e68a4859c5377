"""How long people wait where every answer takes 20 and 100 ms: wall time of a plan, of a first apply and of a plan with nothing to do, beside what
no client could beat by much:

    (the longest chain of calls that need each other + reads ÷ 16 + writes ÷ 2) × latency

since up to 16 reads and 2 writes are under way at once (docs/adr/0004). Asked for: at most 1.3 times that. The computing of client and server is
in the wall time and not in the bound: what the same run takes without latency is printed beside it, and the ratio of the rest. The server is
another process; a loaded machine shows in both.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.catalogs import SHAPES
from benchmarks.served import served
from catalogsync.app import apply, plan
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.core.plan import Plan
from catalogsync.executor.run import WRITERS

EXAMPLE = Path(__file__).parents[1] / "examples" / "catalog"
LATENCIES = (0.02, 0.1)
COUNTS = ("200", "2000")
READERS = 16
_OUTSIDE = 2
"""Calls that nobody counts: the server's version and its description, one after the other, beside the lists."""
_PLAN = 2
"""The chain of a plan: the lists, what each version offers; or those two."""
_SWEEP = 2
"""The chain of the look at the end: the lists, what each version offers."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Wall time and calls of one run. `chain`: the calls that need each other."""

    seconds: float
    reads: int
    writes: int
    chain: int

    def bound(self, latency: float) -> float:
        """What the calls alone take, in seconds."""
        return (self.chain + self.reads / READERS + self.writes / WRITERS) * latency


@dataclass(frozen=True, slots=True)
class Row:
    """One run with a latency (seconds), and what the same takes without one."""

    catalog: str
    what: str
    latency: float
    waited: Waited
    computing: float

    @property
    def bound(self) -> float:
        """What the calls alone take, in seconds."""
        return self.waited.bound(self.latency)

    @property
    def ratio(self) -> float:
        """All that people wait for, to the bound."""
        return self.waited.seconds / self.bound

    @property
    def waiting_ratio(self) -> float:
        """The same without the computing."""
        return max(0.0, self.waited.seconds - self.computing) / self.bound

    def __str__(self) -> str:
        one = self.waited
        return (
            f"{self.catalog:>10} {1000 * self.latency:>5.0f} ms {self.what:13} {one.reads:>6,} {one.writes:>6,} {one.chain:>5} "
            f"{self.bound:>7.2f} s {one.seconds:>7.2f} s {self.ratio:>5.2f} {self.computing:>7.2f} s {self.waiting_ratio:>5.2f}"
        )


def longest(made: Plan) -> int:
    """The longest chain of steps that need each other."""
    depth: dict[int, int] = {}
    for step in made.steps:
        depth[step.number] = 1 + max((depth[one] for one in step.needs), default=0)
    return max(depth.values(), default=0)


def _waited(action: Callable[[Runtime], int]) -> Waited:
    """`action` gives its chain."""
    methods: list[str] = []
    runtime = Runtime(observers=(lambda call: methods.append(call.method),))
    began = time.perf_counter()
    chain = action(runtime)
    seconds = time.perf_counter() - began
    reads = methods.count("GET") + _OUTSIDE
    return Waited(seconds, reads, len(methods) + _OUTSIDE - reads, chain)


def measured(folder: Path, latency: float) -> dict[str, Waited]:
    """The three runs on a fresh server, one after the other."""

    def planned(runtime: Runtime) -> int:
        plan.plan_files([folder], target, runtime)
        return _PLAN

    def applied(runtime: Runtime) -> int:
        with apply.ready_files([folder], target, runtime) as ready:
            report = ready.carry_out()
            assert report.complete, report
            return _PLAN + longest(ready.plan) + _SWEEP

    with served(latency) as url:
        target = Target(None, url)
        return {
            "first plan": _waited(planned),
            "apply": _waited(applied),
            "nothing to do": _waited(planned),
        }


def main(*counts: str) -> list[Row]:
    """Prints a table for the example and for 200 and 2,000 small objects, or as many as `counts` ask for."""
    print(
        f"{'catalog':>10} {'latency':>8} {'':13} {'reads':>6} {'writes':>6} {'chain':>5} {'bound':>9} {'wall':>9} {'ratio':>5} "
        f"{'computing':>9} {'ratio':>5}"
    )
    found = []
    with tempfile.TemporaryDirectory() as name:
        catalogs = {"example": EXAMPLE}
        for objects in counts or COUNTS:
            catalogs[objects] = Path(name) / objects
            SHAPES["small"](catalogs[objects], int(objects))
        for label, folder in catalogs.items():
            measured(folder, 0)  # whatever is loaded once
            computing = {what: one.seconds for what, one in measured(folder, 0).items()}
            for latency in LATENCIES:
                for what, one in measured(folder, latency).items():
                    found.append(Row(label, what, latency, one, computing[what]))
                    print(found[-1], flush=True)
    return found
