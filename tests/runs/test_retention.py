"""Old runs are removed on purpose, and nothing that is still needed with them."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_recorded import METER, Place

from catalogsync.store.runs.blobs import Blobs
from catalogsync.store.runs.record import Run, RunOutcome
from catalogsync.store.runs.retention import outdated


@pytest.fixture
def home(tmp_path: Path, usual_place: str) -> Place:
    return Place(tmp_path, usual_place)


def kept(home: Place, folder: str) -> int:
    return len(home.store.blobs.names(folder))


def test_runs_go_with_their_journals_and_plans(home: Place) -> None:
    for number in range(5):
        home.write(f"Calls {number}")
        home.run("apply", "-e", "staging", "--yes")
    home.run("apply", "-e", "production", "--yes")
    home.run("plan", "-e", "staging", "--out", "later.json")
    before = [run["id"] for run in home.runs()]
    journals = [home.store.blobs.log(f"journals/staging/{name}") for name in before]
    assert all(journals) and kept(home, "plans") == 7
    assert "refused-unasked" in home.run("history", "-e", "staging", "--keep", "2", code=3).stderr
    assert [run["id"] for run in home.runs()] == before
    said = home.run("history", "-e", "staging", "--keep", "2", "--yes").stderr
    assert "removed: 3 runs and 3 plans of staging" in said
    assert [run["id"] for run in home.runs()] == before[:2]
    assert [bool(home.store.blobs.log(f"journals/staging/{name}")) for name in before] == [True] * 2 + [
        False
    ] * 3
    assert len(home.runs("production")) == 1
    assert kept(home, "plans") == 4  # two runs', production's, and the one that waits
    assert "nothing to remove" in home.run("history", "-e", "staging", "--keep", "2", "--yes").stderr
    home.run("show", before[0])
    home.run("apply", "later.json", "--yes")
    assert home.runs()[0]["proven"]


def test_what_a_promotion_and_a_removal_need_stays(tmp_path: Path) -> None:
    home = Place(tmp_path, str(tmp_path / "store"))
    home.write("Calls", "---\n" + METER.format(name="More").replace("slug: calls", "slug: more"))
    home.run("apply", "-e", "staging", "--yes")
    home.write("Calls")
    home.run("apply", "-e", "staging", "--yes")
    home.write("Later")
    for _ in range(3):
        home.run("apply", "-e", "staging", code=3)
    home.write("Calls")
    home.run("history", "-e", "staging", "--keep", "1", "--yes")
    assert [run["outcome"] for run in home.runs()] == ["refused", "in_step", "done"]
    home.run("promote", "staging", "production", "--out", "plan.json")
    assert "- meter/more  delete" in home.run("plan", "-e", "staging", "--prune").stdout


def test_a_plan_that_was_saved_and_not_applied_goes_with_the_runs_of_its_time(tmp_path: Path) -> None:
    home = Place(tmp_path, str(tmp_path / "store"))
    home.run("plan", "-e", "staging", "--out", "never.json")
    time.sleep(1.1)  # what is of one second with a run that stays, stays
    for number in range(3):
        home.write(f"Calls {number}")
        home.run("apply", "-e", "staging", "--yes")
    home.run("history", "-e", "staging", "--keep", "1", "--yes")
    assert kept(home, "plans") == 1 and kept(home, "catalogs") == 0


def run(number: int, outcome: RunOutcome) -> Run:
    return Run(f"staging-{number}", "staging", "u", "w", f"{number}", outcome=outcome)


@given(st.lists(st.sampled_from(RunOutcome), max_size=30), st.integers(1, 10), st.randoms())
def test_the_newest_and_the_newest_of_each_outcome_stay(
    outcomes: list[RunOutcome], keep: int, rng: random.Random
) -> None:
    runs = [run(number, outcome) for number, outcome in enumerate(outcomes)]
    old = outdated(runs, keep, None)
    left = [one for one in runs if one not in old]
    assert left[:keep] == runs[:keep]
    assert {one.outcome for one in left} == set(outcomes)
    assert len(left) <= keep + len(RunOutcome)
    assert outdated(left, keep, None) == ()


def test_a_blob_and_its_log_are_removed(blobs: Blobs) -> None:
    blobs.put("a/one", b"1")
    blobs.append("a/one", b"line\n")
    blobs.put("a/two", b"2")
    for _ in range(2):
        blobs.remove("a/one")
    assert (blobs.get("a/one"), blobs.log("a/one"), blobs.names("a")) == (None, b"", ["two"])
