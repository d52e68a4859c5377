"""Whether the tests notice a mutant."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from mutants import operators
from mutants.coverage_map import Map
from mutants.processes import HUNG, PLAIN, Job, alarm, quiet

BUDGET = 20.0
"""Seconds of tests for one mutant, as the map knows them: what lives longer counts as a survivor."""
QUICK = 0.02
"""Seconds that the tests of a file take on the average, up to which it is tried before the others are even imported: it kills most."""
PATIENCE = 10.0
"""Seconds of work for the import, and beside ten times its own for each test; then it hangs."""


class Verdict(StrEnum):
    KILLED = "killed"
    HUNG = "hung"
    SURVIVED = "survived"

    @property
    def is_kill(self) -> bool:
        return self in (Verdict.KILLED, Verdict.HUNG)


def chosen(known: Map, mutant: operators.Mutant) -> list[str]:
    """The tests that judge a mutant, within the budget."""
    out: list[str] = []
    spent = 0.0
    for test in known.tests(mutant.file, mutant.lines, mutant.imported):
        spent += known.seconds[test]
        if spent > BUDGET and out:
            break
        out.append(test)
    return out


def judging(root: Path, mutant: operators.Mutant, tests: Sequence[str], known: Map) -> Job:
    """A job that imports the package with one module changed and runs the tests."""

    def job() -> int:
        quiet()
        alarm(PATIENCE * 2)
        source = (root / mutant.file).read_text("utf-8")
        sys.meta_path.insert(0, _Changed(root, mutant.file, operators.apply(mutant, source)))
        code = int(pytest.ExitCode.NO_TESTS_COLLECTED)
        for files in batches(tests, known):
            code = int(pytest.main([*PLAIN, *files], plugins=[_Chosen(tests, known)]))
            if verdict(code).is_kill:
                break
        return code

    return job


def batches(tests: Sequence[str], known: Map) -> list[list[str]]:
    """The files of the tests: the quick ones, then the others; each in the order in which its first test is chosen."""
    spent: dict[str, list[float]] = {}
    for test, seconds in known.seconds.items():
        spent.setdefault(_file(test), []).append(seconds)
    files = dict.fromkeys(map(_file, tests))
    quick = [file for file in files if statistics.fmean(spent[file]) < QUICK]
    return [batch for batch in (quick, [file for file in files if file not in quick]) if batch]


def _file(test: str) -> str:
    return test.partition("::")[0]


def verdict(code: int) -> Verdict:
    """What a judging job's exit code says. No test left to run (5) notices nothing."""
    if code in HUNG:
        return Verdict.HUNG
    return (
        Verdict.SURVIVED
        if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        else Verdict.KILLED
    )


class _Chosen:
    """The chosen tests alone, in the chosen order, each with an alarm."""

    def __init__(self, tests: Sequence[str], known: Map) -> None:
        self.order = {test: place for place, test in enumerate(tests)}
        self.seconds = known.seconds

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.order), key=lambda i: self.order[i.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        alarm(PATIENCE + 10 * self.seconds[item.nodeid])


@dataclass(slots=True)
class _Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module of the package, and gives it the code of a changed tree."""

    root: Path
    file: str
    tree: ast.Module

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        inner = self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if fullname != inner:
            return None
        origin = str(self.root / self.file)
        is_package = self.file.endswith("__init__.py")
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=origin, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [str(Path(origin).parent)]
        return spec

    def get_source(self, fullname: str) -> str:
        return (self.root / self.file).read_text("utf-8")

    def is_package(self, fullname: str) -> bool:
        return self.file.endswith("__init__.py")

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, str(self.root / self.file), "exec")
