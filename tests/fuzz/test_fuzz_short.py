"""A short run of the document fuzzer (the long one: `python -m tests.fuzz.fuzz_documents`): no fault."""

from __future__ import annotations

import resource

import pytest
from fuzz_documents import run


@pytest.mark.parametrize("seed", [11, 12])
def test_mutated_documents_are_loaded_explained_and_formatted_without_a_fault(seed: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = run(1000, seed)
    print(figures.report(0))
    assert figures.failures == []
    assert figures.valid > 50
    assert len(figures.codes) > 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
