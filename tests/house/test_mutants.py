"""The changes that `make mutants` makes: each kind on a line of code, none on what no behaviour shows, and each is what it says."""

from __future__ import annotations

import ast

import pytest
from mutants import judge, operators
from mutants.coverage_map import Map
from mutants.operators import Mutant


def changed(source: str) -> set[str]:
    """The module with each of its changes, as source."""
    return {ast.unparse(operators.apply(mutant, source)) for mutant in operators.mutants("a.py", source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"a <= b"}),
        ("a is not b", {"a is b"}),
        ("a and b", {"a or b", "a", "b"}),
        ("not a", {"a"}),
        ("if a:\n    b()", {"if not a:\n    b()", "if a:\n    pass"}),
        ("[a for a in b if c]", {"[a for a in b]"}),
        ("a + b", {"a - b"}),
        ("a[1]", {"a[2]"}),
        ("a['key']", {"a['keyXX']"}),
        ("a[f'{b}@{c}']", {"a['XX']"}),
        ("any(a)", {"all(a)", "pass"}),
        ("f(a, b)", {"f(b, a)", "pass"}),
        ("a = f(b, c=True)", {"a = f(b, c=False)", "a = f(b)", "a = None"}),
        ("a = b, c", {"a = (c,)", "a = (b,)", "a = None"}),
        ("a['x'] = b", {"pass"}),
        ("def f():\n    return a", {"def f():\n    return None"}),
        ("def f():\n    return False", {"def f():\n    return True"}),
        ("def f(a=True):\n    pass", {"def f(a=False):\n    pass"}),
        ("for a in b:\n    continue", {"for a in b:\n    break"}),
        ("raise ValueError(f'{a} is not one')", {"pass"}),
    ],
)
def test_each_change_is_made(source: str, expected: set[str]) -> None:
    assert changed(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""What it does."""',
        "a: dict[str, 'B']",
        "A: TypeAlias = Literal['a', 'b']",
        "A = tuple[str | int, ...]",
        "class A(TypedDict, total=False):\n    a: int",
        "class B(A, total=False):\n    b: int",
        "if TYPE_CHECKING:\n    a = 1",
        "__slots__ = ('a', 'b')",
        "from a import b",
        "@lru_cache(maxsize=4)\ndef f(): ...",
    ],
)
def test_what_no_behaviour_shows_stays(source: str) -> None:
    assert changed(source) == set()


def mutant(lines: tuple[int, int], *, imported: bool = False) -> Mutant:
    return Mutant("a.py", lines[0], "", lines, imported, 0, 0)


def test_the_tests_that_run_a_line_judge_it_the_fastest_first() -> None:
    known = Map(
        {"a.py": {4: {"slow", "fast"}, 9: {"other"}}}, {"slow": 3.0, "fast": 1.0, "other": 2.0, "far": 0.1}
    )
    assert judge.chosen(known, mutant((3, 5))) == ["fast", "slow"]
    assert judge.chosen(known, mutant((6, 7))) == ["fast", "other", "slow"]
    assert judge.chosen(known, mutant((1, 1), imported=True)) == ["far", "fast", "other", "slow"]
    known.seconds["slow"] = judge.BUDGET
    assert judge.chosen(known, mutant((3, 5))) == ["fast"]


def test_quick_files_are_tried_before_the_others_are_imported() -> None:
    seconds = {
        "a.py::one": 0.001,
        "b.py::one": 0.3,
        "b.py::two": 0.002,
        "c.py::one": 0.001,
        "c.py::two": 0.02,
    }
    known = Map({}, seconds)
    assert judge.batches(["b.py::two", "c.py::one", "a.py::one"], known) == [["c.py", "a.py"], ["b.py"]]
    assert judge.batches(["b.py::two"], known) == [["b.py"]] and judge.batches([], known) == []
