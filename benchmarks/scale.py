"""`validate` and a plan with nothing to do for 1,000 to 30,000 objects in two shapes, each beside its floor in the same run.

Every figure is from a process of its own (`child`): seconds of the processor, the most memory. The server is another process, as in life: what
it computes counts for nobody. Only ratios are claimed.

    validate   the floor is libyaml's events over the same files
    plan       the floor is those events, and the same calls by a bare client with their answers parsed
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks import child
from benchmarks.catalogs import SHAPES
from benchmarks.child import Measured
from benchmarks.seeded import sandbox_of

COUNTS = (1_000, 3_000, 10_000, 30_000)
BIG = (1_000, 3_000)
"""Plans of 20 rate cards: 10,000 of them are 120 MB of YAML."""
_OFFERS = "/api/v1/plans/ID/addons?".count("/")
"""Slashes in the path of what a version offers: lists have fewer."""
_HEAD = (
    f"{'objects':>14} {'MB':>5} | {'events':>7} {'validate':>9} {'ratio':>5} {'MB':>4} | "
    f"{'parsing':>7} {'fetching':>8} {'plan':>6} {'ratio':>5} {'MB':>4} {'calls':>6}"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One catalog's figures. `parsing` is of the list answers alone, `fetching` of all calls with a bare client."""

    objects: int
    files: float
    events: Measured
    validate: Measured
    parsing: Measured
    fetching: Measured
    plan: Measured
    calls: int

    @property
    def plan_ratio(self) -> float:
        """A plan to its floor."""
        return self.plan.seconds / (self.events.seconds + self.fetching.seconds)

    @property
    def validate_ratio(self) -> float:
        """`validate` to its floor."""
        return self.validate.seconds / self.events.seconds

    def __str__(self) -> str:
        return (
            f"{self.objects:>14,} {self.files:>5.1f} | {self.events.seconds:>7.2f} {self.validate.seconds:>9.2f} "
            f"{self.validate_ratio:>5.2f} {self.validate.megabytes:>4.0f} | {self.parsing.seconds:>7.2f} "
            f"{self.fetching.seconds:>8.2f} {self.plan.seconds:>6.2f} {self.plan_ratio:>5.2f} "
            f"{self.plan.megabytes:>4.0f} {self.calls:>6,}"
        )


def measured(shape: str, objects: int, rounds: int = 3) -> Row:
    """A row: the fastest of so many runs of each job (of one from 10,000 objects on)."""
    rounds = rounds if objects < 10_000 else 1
    with tempfile.TemporaryDirectory() as name:
        folder, lists, paths = (Path(name) / part for part in ("catalog", "lists", "paths.json"))
        SHAPES[shape](folder, objects)
        size = sum(path.stat().st_size for path in folder.rglob("*.yaml")) / 1e6
        with sandbox_of(folder).serve() as url:
            plan = child.run("nothing", str(folder), url, rounds=rounds)
            calls = json.loads(plan.said)
            asked = _with_queries(calls)
            paths.write_text(json.dumps(asked), "utf-8")
            _keep(url, [one for one in asked if one.count("/") < _OFFERS], lists)
            fetching = child.run("pages", str(folder), url, str(paths), rounds=rounds)
        before, validate, after = (
            child.run(job, str(folder), rounds=rounds) for job in ("events", "validate", "events")
        )
        events = min(before, after, key=lambda one: one.seconds)
        parsing = child.run("parse", str(lists), rounds=rounds)
    return Row(objects, size, events, validate, parsing, fetching, plan, len(calls))


def _with_queries(calls: Sequence[str]) -> list[str]:
    """The calls of a plan as a bare client makes them: a list that was read in several pages is asked for page by page."""
    seen: dict[str, int] = {}
    asked = []
    for path in calls:
        seen[path] = number = seen.get(path, 0) + 1
        asked.append(f"{path}?pageSize=1000&order=ASC&page={number}")
    return asked


def _keep(url: str, lists: Sequence[str], folder: Path) -> None:
    folder.mkdir()
    with httpx.Client(base_url=url, trust_env=False) as client:
        for number, path in enumerate(lists):
            (folder / f"{number}.json").write_bytes(client.get(path).content)


def main(*counts: str) -> None:
    """Prints a table for each shape, and what the largest is to the smallest. `counts`: the numbers of objects, the usual ones without any."""
    wanted = tuple(map(int, counts))
    for shape, usual in (("small", COUNTS), ("big", BIG)):
        print(f"{shape}: seconds of the processor, MB at most\n{_HEAD}")
        rows = []
        for objects in wanted or usual:
            rows.append(measured(shape, objects))
            print(rows[-1], flush=True)
        if len(rows) > 1:
            print(_growth(rows[0], rows[-1]))
    print(f"Python {sys.version.split()[0]} on {sys.platform}")


def _growth(least: Row, most: Row) -> str:
    """Seconds for an object, the largest catalog to the smallest: 1 is linear."""
    by = most.objects / least.objects
    validate = most.validate.seconds / least.validate.seconds / by
    plan = most.plan.seconds / least.plan.seconds / by
    return f"time for each object, {most.objects:,} to {least.objects:,}: validate x {validate:.2f}, plan x {plan:.2f} (1 is linear)"
