"""`python -m mutants SEED…`: small changes of the core's rooms, picked by each seed, and which of them no test notices."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mutants import judge, operators
from mutants.coverage_map import Map, import_all, measuring
from mutants.processes import Job, run, warm_up

ROOT = Path(__file__).parents[2]
ROOMS = ("planner", "normalize", "openmeter/kinds", "executor")
SUITE = (
    "tests/core",
    "tests/planner",
    "tests/normalize",
    "tests/kinds",
    "tests/engine",
    "tests/faults/test_moved.py",
)
"""The tests that judge: those of these rooms that need no other process."""
LEFT_OUT = (
    "test_every_field.py",
    "test_fault_matrix.py",
    "test_planner_properties.py",
    "test_only.py",
    "test_client.py",
    "test_nonsense.py",
    "test_slots.py",
)
"""Files that do not judge: hundreds of cases and drawn catalogs, which run the same lines as others and take longer than `judge.BUDGET`; and
those that run no line of these rooms. A change that only they would notice counts as one that nobody notices.
"""
NEEDED = 90
"""Percent of the mutants that have to be noticed."""


def files() -> list[Path]:
    """Every module of the rooms."""
    return [path for room in ROOMS for path in sorted((ROOT / "catalogsync" / room).glob("*.py"))]


def picked(seed: int, count: int, within: str) -> list[operators.Mutant]:
    """So many of all changes, by the seed; of those in modules whose path holds `within`."""
    every = [
        mutant
        for path in files()
        for mutant in operators.mutants(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        if within in mutant.file
    ]
    some = random.Random(seed).sample(every, min(count, len(every)))
    return sorted(some, key=lambda m: (m.file, m.line, m.place, m.choice))


def mapped(workers: int) -> Map:
    """Which test runs which line. Ends the process when a test fails without any change."""
    tests = [path for place in SUITE for path in _test_files(ROOT / place) if path.name not in LEFT_OUT]
    known = Map()
    with tempfile.TemporaryDirectory() as folder:
        parts = {test: Path(folder, str(n)) for n, test in enumerate(tests)}
        for _, code in run([("map", _measuring_all(parts, workers))], 1):
            if code:
                raise SystemExit(code)
        for part in parts.values():
            known.add(part)
    return known


def _measuring_all(parts: Mapping[Path, Path], workers: int) -> Job:
    """A job that imports the package, and then measures each file of tests in a process of its own."""

    def job() -> int:
        import_all(ROOT)
        jobs = [(test, measuring(ROOT, files(), test, part)) for test, part in parts.items()]
        for test, code in run(jobs, workers):
            if code:
                print(f"{test.relative_to(ROOT)} fails without a change (exit code {code})", file=sys.stderr)
                return 1
        return 0

    return job


def _test_files(place: Path) -> Iterator[Path]:
    yield from [place] if place.is_file() else place.rglob("test_*.py")


def judged(seed: int, mutants: Sequence[operators.Mutant], workers: int, known: Map) -> bool:
    """Prints what one seed's mutants came to, each that no test notices as soon as it is known; whether enough were noticed."""
    jobs = [(m, judge.judging(ROOT, m, judge.chosen(known, m), known)) for m in mutants]
    killed, count = 0, len(mutants)
    for mutant, code in run(jobs, workers):
        if judge.verdict(code).is_kill:
            killed += 1
        else:
            print(f"{mutant.file}:{mutant.line}: {mutant.change}", flush=True)
    print(f"seed {seed}: {killed} of {count} changes noticed, {100 * killed / count:.1f} %", flush=True)
    return 100 * killed >= NEEDED * count


def main() -> int:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("seeds", type=int, nargs="*", default=[1], metavar="SEED")
    parser.add_argument("--count", type=int, default=300, help="how many changes for each seed (300)")
    parser.add_argument(
        "--within", default="", metavar="TEXT", help="only modules whose path holds this: planner/undo"
    )
    parser.add_argument("--workers", type=int, default=2, help="how many processes judge (2)")
    said = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    warm_up()
    known = mapped(said.workers)
    print(f"{len(known.seconds)} tests judge", flush=True)
    enough = [judged(seed, picked(seed, said.count, said.within), said.workers, known) for seed in said.seeds]
    return 0 if all(enough) else 1


if __name__ == "__main__":
    raise SystemExit(main())
