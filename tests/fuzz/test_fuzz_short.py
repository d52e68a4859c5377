"""A short run of the document fuzzer (the long one: `python -m tests.fuzz.fuzz_documents`): no fault."""

from __future__ import annotations

import pytest
from fuzz_documents import memory, run


@pytest.mark.unmeasured
@pytest.mark.parametrize(("count", "seed"), [(300, 11), pytest.param(2000, 12, marks=pytest.mark.slow)])
def test_mutated_documents_are_checked_rendered_and_formatted_without_a_fault(count: int, seed: int) -> None:
    before = memory()
    figures = run(count, seed)
    print(figures.report(0))
    assert figures.failures == []
    assert figures.judged > figures.documents / 3
    assert figures.linted > figures.documents / 5
    assert len(figures.codes) > 50
    assert memory() - before < 200
