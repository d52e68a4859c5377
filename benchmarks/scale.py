"""`validate` and plans with nothing to do for 1,000 to 30,000 objects in two shapes, each beside its floor in the same run.

Every figure is from a process of its own (`child`): seconds of the processor, the most memory. The server is another process, as in life: what
it computes counts for nobody. Only ratios are claimed.

    validate    the floor is libyaml's events over the same files; `x MB`: the memory beyond that for the least catalog, which is the program's own
                (libraries, schemas), to the files' size
    plan        of a URL, which reads everything: the floor is those events, and the same calls by a bare client with their answers parsed
    next plan   of an environment, which knows from the plan before what published versions offer: the same with its calls
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
LEAST = 100
"""Small objects, of every kind of either shape, in 31 kB of YAML."""
ENVIRONMENT = "bench"
_MEBIBYTE = 1024 * 1024
_OFFERS = "/api/v1/plans/ID/addons?".count("/")
"""Slashes in the path of what a version offers: lists have fewer."""
_HEAD = (
    f"{'objects':>8} {'MB':>5} | {'events':>7} {'validate':>9} {'ratio':>5} {'MB':>4} {'x MB':>4} | {'parsing':>7} | "
    f"{'fetching':>8} {'plan':>6} {'ratio':>5} {'MB':>4} {'calls':>6} | {'fetching':>8} {'next':>6} {'ratio':>5} {'MB':>4} {'calls':>6}"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with nothing to do. `floor`: in seconds; `fetching`: its calls with a bare client."""

    plan: Measured
    fetching: Measured
    floor: float
    calls: int

    @property
    def ratio(self) -> float:
        """To its floor."""
        return self.plan.seconds / self.floor

    def __str__(self) -> str:
        return (
            f"{self.fetching.seconds:>8.2f} {self.plan.seconds:>6.2f} {self.ratio:>5.2f} "
            f"{self.plan.megabytes:>4.0f} {self.calls:>6,}"
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One catalog's figures. `parsing` is of the list answers alone."""

    shape: str
    objects: int
    files: float
    events: Measured
    least: Measured
    validate: Measured
    parsing: Measured
    first: Planned
    next: Planned

    @property
    def validate_ratio(self) -> float:
        """`validate` to its floor."""
        return self.validate.seconds / self.events.seconds

    @property
    def memory_ratio(self) -> float:
        """What `validate` holds beyond what it does for the least catalog, to the files' size."""
        return (self.validate.megabytes - self.least.megabytes) * _MEBIBYTE / (self.files * 1e6)

    def __str__(self) -> str:
        return (
            f"{self.objects:>8,} {self.files:>5.1f} | {self.events.seconds:>7.2f} {self.validate.seconds:>9.2f} "
            f"{self.validate_ratio:>5.2f} {self.validate.megabytes:>4.0f} {self.memory_ratio:>4.1f} | {self.parsing.seconds:>7.2f} | "
            f"{self.first} | {self.next}"
        )


def measured(shape: str, objects: int, rounds: int = 3) -> Row:
    """A row: the fastest of so many runs of each job (of one from 10,000 objects on, where a server is asked)."""
    asking = rounds if objects < 10_000 else 1
    with tempfile.TemporaryDirectory() as name:
        home, folder, lists = Path(name), Path(name) / "catalog", Path(name) / "lists"
        SHAPES[shape](folder, objects)
        SHAPES["small"](home / "least", LEAST)
        size = sum(path.stat().st_size for path in folder.rglob("*.yaml")) / 1e6
        before = child.run("events", str(folder), rounds=rounds)
        least = child.run("validate", str(home / "least"), rounds=rounds)
        validate = child.run("validate", str(folder), rounds=rounds)
        events = min(before, child.run("events", str(folder), rounds=rounds), key=lambda one: one.seconds)
        with sandbox_of(folder).serve() as url:
            (home / "catalogsync.yaml").write_text(
                f"environments:\n  {ENVIRONMENT}: {{url: '{url}'}}\n", "utf-8"
            )
            first = _planned(child.run("nothing", str(folder), url, rounds=asking), home, url, events, asking)
            child.run("again", str(folder), ENVIRONMENT)
            again = child.run("again", str(folder), ENVIRONMENT, rounds=asking)
            following = _planned(again, home, url, events, asking)
            _keep(url, [one for one in _asked(again) if one.count("/") < _OFFERS], lists)
        parsing = child.run("parse", str(lists), rounds=rounds)
    return Row(shape, objects, size, events, least, validate, parsing, first, following)


def _planned(plan: Measured, home: Path, url: str, events: Measured, rounds: int) -> Planned:
    asked, paths = _asked(plan), home / "paths.json"
    paths.write_text(json.dumps(asked), "utf-8")
    fetching = child.run("pages", str(home), url, str(paths), rounds=rounds)
    return Planned(plan, fetching, events.seconds + fetching.seconds, len(asked))


def _asked(plan: Measured) -> list[str]:
    """The calls of a plan as a bare client makes them: a list that was read in several pages is asked for page by page."""
    seen: dict[str, int] = {}
    asked = []
    for path in json.loads(plan.said):
        seen[path] = number = seen.get(path, 0) + 1
        asked.append(f"{path}?pageSize=1000&order=ASC&page={number}")
    return asked


def _keep(url: str, lists: Sequence[str], folder: Path) -> None:
    folder.mkdir()
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        for number, path in enumerate(lists):
            (folder / f"{number}.json").write_bytes(client.get(path).content)


def main(*counts: str) -> list[Row]:
    """Prints a table for each shape, and what the largest is to the smallest. `counts`: the numbers of objects, the usual ones without any."""
    wanted, found = tuple(map(int, counts)), []
    for shape, usual in (("small", COUNTS), ("big", BIG)):
        print(f"{shape}: seconds of the processor, MB at most\n{_HEAD}")
        rows = []
        for objects in wanted or usual:
            rows.append(measured(shape, objects))
            print(rows[-1], flush=True)
        if len(rows) > 1:
            print(_growth(rows[0], rows[-1]))
        found += rows
    print(f"Python {sys.version.split()[0]} on {sys.platform}")
    return found


def _growth(least: Row, most: Row) -> str:
    """Seconds for an object, the largest catalog to the smallest: 1 is linear."""
    by = most.objects / least.objects
    grown = {
        "validate": most.validate.seconds / least.validate.seconds,
        "plan": most.first.plan.seconds / least.first.plan.seconds,
        "next plan": most.next.plan.seconds / least.next.plan.seconds,
    }
    each = ", ".join(f"{name} x {one / by:.2f}" for name, one in grown.items())
    return f"time for each object, {most.objects:,} to {least.objects:,}: {each} (1 is linear)"
