"""What ended a run: a package that is not there is named; of a fault of ours nothing is said but its kind and place."""

from __future__ import annotations

import importlib

import pytest

from catalogsync.core import failures


def ended_by(name: str) -> Exception:
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module(name)
    return caught.value


@pytest.mark.parametrize("name", ["not_there_at_all", "not_there_at_all.inner"])
def test_a_package_that_is_not_there_is_named(name: str) -> None:
    said = failures.expected(ended_by(name))
    assert (said.code, said.message) == (
        "installation-incomplete",
        "this installation of catalogsync lacks the package not_there_at_all",
    )


@pytest.mark.parametrize(
    "fault", [ended_by("catalogsync.not_there"), ModuleNotFoundError("whsec_1"), KeyError("whsec_1")]
)
def test_of_a_fault_of_ours_the_words_are_not_said(fault: Exception) -> None:
    try:
        raise fault
    except Exception as problem:
        said = failures.expected(problem)
    assert said.code == "internal-error"
    assert type(fault).__name__ in said.message and "whsec_1" not in said.message
