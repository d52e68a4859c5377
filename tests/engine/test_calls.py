"""As few calls as truth needs: how many requests a run makes is a promise (docs/adr/0006)."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from engine_helpers import EXAMPLE

from catalogsync.app import apply
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime

pytestmark = pytest.mark.counted


def applied(folder: Path) -> Counter[str]:
    """Applies a folder's catalog to the sandbox beside it. The requests by method, without the two that ask the server what it is."""
    calls: list[str] = []
    runtime = Runtime(os.environ, observers=(lambda call: calls.append(call.method),))
    with apply.ready_files(
        [folder / "catalog"], Target(None, f"sandbox:{folder}/sandbox.db"), runtime
    ) as ready:
        assert ready.carry_out().complete
    return Counter(calls)


def writes(calls: Counter[str]) -> int:
    return calls.total() - calls["GET"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "catalog")
    return tmp_path


def test_a_fresh_catalog_takes_fewer_than_three_calls_for_two_writes(folder: Path) -> None:
    calls = applied(folder)
    print(f"fresh: {dict(calls)}")
    assert writes(calls) == 35
    assert calls.total() <= 1.4 * writes(calls)


def test_one_price_takes_at_most_twenty_calls(folder: Path) -> None:
    applied(folder)
    plan = folder / "catalog" / "plans" / "pro.yaml"
    text = plan.read_text("utf-8")
    assert "amount: 49," in text
    plan.write_text(text.replace("amount: 49,", "amount: 59,"), "utf-8")
    calls = applied(folder)
    print(f"one price: {dict(calls)}")
    assert writes(calls) == 5
    assert calls.total() <= 20


def test_nothing_to_do_takes_the_lists_and_the_offers_of_each_plan(folder: Path) -> None:
    applied(folder)
    calls = applied(folder)
    assert calls == {"GET": 6 + 3}
