"""`python -m mutants SEED…`: small changes of the core's rooms, picked by each seed, and which of them no test notices."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mutants import judge, operators
from mutants.coverage_map import Map, measuring
from mutants.processes import run, warm_up

ROOT = Path(__file__).parents[2]
ROOMS = ("planner", "normalize", "openmeter/kinds", "executor")
SUITE = (
    "tests/core",
    "tests/planner",
    "tests/normalize",
    "tests/kinds",
    "tests/engine",
    "tests/house/test_seventh_kind.py",
    "tests/faults/test_two_writers.py",
    "tests/faults/test_moved.py",
)
"""The tests that judge: those of these rooms that need no other process."""
TOO_LONG = ("test_every_field.py", "test_fault_matrix.py")
"""Files of hundreds of cases that run the same lines as others."""
NEEDED = 90
"""Percent of the mutants that have to be noticed."""


def files() -> list[Path]:
    """Every module of the rooms."""
    return [path for room in ROOMS for path in sorted((ROOT / "catalogsync" / room).glob("*.py"))]


def picked(seed: int, count: int) -> list[operators.Mutant]:
    """So many of all changes, by the seed."""
    every = [
        mutant
        for path in files()
        for mutant in operators.mutants(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    ]
    return sorted(random.Random(seed).sample(every, count), key=lambda m: (m.file, m.line, m.place, m.choice))


def mapped(workers: int) -> Map:
    """Which test runs which line. Ends the process when a test fails without any change."""
    tests = [path for place in SUITE for path in _test_files(ROOT / place) if path.name not in TOO_LONG]
    known = Map()
    with tempfile.TemporaryDirectory() as folder:
        jobs = [
            ((test, Path(folder, str(n))), measuring(ROOT, files(), test, Path(folder, str(n))))
            for n, test in enumerate(tests)
        ]
        for (test, part), code in run(jobs, workers):
            if code:
                raise SystemExit(f"{test.relative_to(ROOT)} fails without a change (exit code {code})")
            known.add(part)
    return known


def _test_files(place: Path) -> Iterator[Path]:
    yield from [place] if place.is_file() else place.rglob("test_*.py")


def judged(seed: int, count: int, workers: int, known: Map) -> bool:
    """Prints what one seed's mutants came to, each that no test notices as soon as it is known; whether enough were noticed."""
    jobs = [(m, judge.judging(ROOT, m, judge.chosen(known, m), known)) for m in picked(seed, count)]
    killed = 0
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
    parser.add_argument("--workers", type=int, default=2, help="how many processes judge (2)")
    said = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    warm_up()
    known = mapped(said.workers)
    print(f"{len(known.seconds)} tests judge", flush=True)
    enough = [judged(seed, said.count, said.workers, known) for seed in said.seeds]
    return 0 if all(enough) else 1


if __name__ == "__main__":
    raise SystemExit(main())
