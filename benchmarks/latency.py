"""How long people wait where every answer takes 20 and 100 ms: wall time of a plan, of a first apply and of a plan with nothing to do, beside what
no client could beat by much:

    (the longest chain of calls that need each other + reads ÷ 16 + writes ÷ 2) × latency

since up to 16 reads and 2 writes are under way at once (docs/adr/0004). All lists are under way at first, so the chain of a plan on an empty server
is one call. A list's second page needs its first, and what each version offers is asked for once the lists of plans and add-ons are there: two
calls, three where the plans fill more than a page. An apply adds its longest chain of steps, a call each, and the look at the end, which is a chain
like that of a plan with nothing to do.

Asked for: at most 1.3 times that. Computing is in the wall time and not in the bound: reading and checking the files goes before the first call,
since nothing is sent for bad files; comparing and planning come after the last answer. The client's own processor time is printed (`own`), and so
is what the same run takes without latency (`computing`, that of the server in it) with the ratio of the rest. Of plans the best of three runs is
told. The server is another process; a loaded machine shows in all. A server's description is understood once in a process: the runs here are not
the first ones (about 30 ms more for the sandbox's, 60 ms for a real server's).
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.catalogs import SHAPES
from benchmarks.served import served
from catalogsync.app import apply, plan
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.core.plan import Plan
from catalogsync.executor.run import WRITERS
from catalogsync.targets.v1.client import Call

EXAMPLE = Path(__file__).parents[1] / "examples" / "catalog"
LATENCIES = (0.02, 0.1)
COUNTS = ("200", "2000")
READERS = 16
_OUTSIDE = 2
"""Calls that no observer is told of: the server's version and its description, beside the lists."""
_RUNS = 3


@dataclass(frozen=True, slots=True)
class Waited:
    """Wall time and calls of one run. `own`: the client's processor time, in seconds; `chain`: the calls that need each other."""

    seconds: float
    own: float
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
            f"{self.bound:>7.2f} s {one.seconds:>7.2f} s {self.ratio:>5.2f} {one.own:>7.2f} s {self.computing:>7.2f} s {self.waiting_ratio:>5.2f}"
        )


def longest(made: Plan) -> int:
    """The longest chain of steps that need each other."""
    depth: dict[int, int] = {}
    for step in made.steps:
        depth[step.number] = 1 + max((depth[one] for one in step.needs), default=0)
    return max(depth.values(), default=0)


def _waited(action: Callable[[Runtime], int]) -> Waited:
    """`action` gives what its chain has beside the first plan's."""
    calls: list[Call] = []
    runtime = Runtime(observers=(calls.append,))
    began, spent = time.perf_counter(), time.process_time()
    more = action(runtime)
    seconds, own = time.perf_counter() - began, time.process_time() - spent
    reads = sum(call.method == "GET" for call in calls)
    return Waited(seconds, own, reads + _OUTSIDE, len(calls) - reads, _chain_of_reads(calls) + more)


def _chain_of_reads(calls: Sequence[Call]) -> int:
    """The chain of a plan (see above), by the pages that its lists took and by whether versions were asked what they offer."""
    pages = Counter(call.path for call in calls if call.phase == "read")
    offers = any(path.endswith("/addons") and "/plans/" in path for path in pages)
    plans = next((count for path, count in pages.items() if path.endswith("/plans")), 1)
    return max(min(plans, 2) + offers, min(max(pages.values()), 2))


def measured(folder: Path, latency: float) -> dict[str, Waited]:
    """The three runs on a fresh server, one after the other."""

    def planned(runtime: Runtime) -> int:
        plan.plan_files([folder], target, runtime)
        return 0

    def applied(runtime: Runtime) -> int:
        with apply.ready_files([folder], target, runtime) as ready:
            report = ready.carry_out()
            assert report.complete, report
            return longest(ready.plan) + 2

    def best_of_some() -> Waited:
        return min((_waited(planned) for _ in range(_RUNS)), key=lambda one: one.seconds)

    with served(latency) as url:
        target = Target(None, url)
        return {"first plan": best_of_some(), "apply": _waited(applied), "nothing to do": best_of_some()}


def main(*counts: str) -> list[Row]:
    """Prints a table for the example and for 200 and 2,000 small objects, or as many as `counts` ask for."""
    print(
        f"{'catalog':>10} {'latency':>8} {'':13} {'reads':>6} {'writes':>6} {'chain':>5} {'bound':>9} {'wall':>9} {'ratio':>5} "
        f"{'own':>9} {'computing':>9} {'ratio':>5}"
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
