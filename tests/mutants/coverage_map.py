"""Which tests run a line, and how long each takes: one measured run of the suite that judges, in as many processes as there are workers."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import coverage
import pytest

from mutants.processes import PLAIN, Job, quiet

Tests = dict[str, float]
"""Tests by their ids, with the seconds each took."""


@dataclass(slots=True)
class Map:
    """`lines`: for each file and line the tests that run it; `seconds`: what each test took of the processor."""

    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    seconds: Tests = field(default_factory=dict)

    def add(self, part: Path) -> None:
        """Takes over what one process measured."""
        said = json.loads(part.read_text("utf-8"))
        self.seconds.update(said["seconds"])
        for file, lines in said["lines"].items():
            known = self.lines.setdefault(file, {})
            for line, tests in lines.items():
                known.setdefault(int(line), set()).update(tests)

    def tests(self, file: str, lines: tuple[int, int], imported: bool) -> list[str]:
        """The tests that can see a change there, fastest first. What runs in no test is for every test that runs any of the module; what
        runs when it is imported is for every test: others look at what it says.
        """
        known = self.lines.get(file, {})
        within = (tests for line, tests in known.items() if lines[0] <= line <= lines[1] and not imported)
        found: set[str] = set().union(*within)
        if not imported:
            found = found or set().union(*known.values())
        found = found or set(self.seconds)
        return sorted(found, key=lambda test: (self.seconds[test], test))


class _Measuring:
    """Names the test that runs, to the coverage and to the clock. Caches are emptied first: they would hide lines from all but one test."""

    def __init__(self, measured: coverage.Coverage, caches: list[Callable[[], None]]) -> None:
        self.measured, self.caches = measured, caches
        self.seconds: Tests = {}
        self.failed: list[str] = []

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        for empty in self.caches:
            empty()
        began = time.process_time()
        self.measured.switch_context(item.nodeid)
        yield
        self.measured.switch_context("")
        self.seconds[item.nodeid] = time.process_time() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def measuring(root: Path, files: list[Path], test: Path, out: Path) -> Job:
    """A job that runs a file of tests and writes which lines of `files` each test ran to `out`. The package is imported already."""

    def job() -> int:
        quiet()
        measured = coverage.Coverage(data_file=None, include=[str(file) for file in files], config_file=False)
        measured.start()
        plugin = _Measuring(measured, list(_caches(files)))
        code = int(pytest.main([*PLAIN, str(test)], plugins=[plugin]))
        measured.stop()
        data = measured.get_data()
        lines = {
            Path(file).relative_to(root).as_posix(): {
                line: [name for name in names if name in plugin.seconds]
                for line, names in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        out.write_text(
            json.dumps({"seconds": plugin.seconds, "lines": lines, "failed": plugin.failed}), "utf-8"
        )
        return code

    return job


def import_all(root: Path) -> None:
    """Every module of the package, so that what runs at import counts for no test."""
    package = importlib.import_module("catalogsync")
    if Path(str(package.__file__)).parents[1] != root:
        raise SystemExit(f"catalogsync comes from {package.__file__}, not from {root}")
    for module in pkgutil.walk_packages(package.__path__, "catalogsync."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _caches(files: list[Path]) -> Iterator[Callable[[], None]]:
    """What empties the caches of these modules."""
    measured = {str(file) for file in files}
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) in measured:
            yield from (value.cache_clear for value in vars(module).values() if hasattr(value, "cache_clear"))
