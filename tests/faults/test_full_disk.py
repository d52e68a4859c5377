"""A journal that takes no more: nothing is sent that it does not know of, and the report tells what became of every step before."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned

from catalogsync.core.errors import CatalogsyncError
from catalogsync.core.report import Status
from catalogsync.executor import journal as journals
from catalogsync.sandbox import Sandbox
from catalogsync.store.runs.blobs import StoreUnusable

METERS = EXAMPLE / "meters"
ROOM = 1000
"""Bytes that a file may have."""
EVENTS = ("begun", "sent", "answered", "verified", "ended")


class Full:
    """A place for events that has room until one event of one step. What comes after it is wrong to ask for."""

    def __init__(self, event: str, step: int) -> None:
        self._last, self.is_full = (event, step), False

    def note(self, event: str, **more: object) -> None:
        """Keeps nothing."""
        assert not self.is_full, event
        if (event, more.get("step")) == self._last:
            self.is_full = True
            raise StoreUnusable("the run store cannot be used: there is no room")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_place_that_is_full_ends_the_run_before_its_next_request(
    event: str, number: int, workers: int
) -> None:
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    plan = planned(catalog_of(EXAMPLE), client)
    report = apply(plan, client, journal=Full(event, number), workers=workers)
    writes = sum(request.method != "GET" for request in sandbox.requests)
    done = [one for one in report.outcomes if one.status is Status.DONE]
    failed = [one for one in report.outcomes if one.status is Status.FAILED]
    assert writes == len(done) and not report.complete
    assert (plan.steps[number - 1] in [one.step for one in done]) is (event not in ("begun", "sent"))
    assert 1 <= len(failed) <= workers
    for one in failed:
        assert one.message == "the run store cannot be used: there is no room; nothing more was sent"
    assert {one.status for one in report.outcomes} <= {
        Status.DONE,
        Status.FAILED,
        Status.SKIPPED,
        Status.NOT_TRIED,
    }
    assert apply(plan, client).complete


def test_the_last_line_is_no_reason_to_call_a_run_failed() -> None:
    client = client_of(Sandbox(seed=1))
    plan = planned(catalog_of(METERS), client)
    assert apply(plan, client, journal=Full("ended", len(plan.steps)), workers=1).complete


def test_a_place_that_is_full_at_once_refuses_before_anything_is_sent() -> None:
    sandbox = Sandbox(seed=1)
    plan = planned(catalog_of(METERS), client_of(sandbox))

    class Closed:
        def note(self, event: str, **more: object) -> None:
            raise StoreUnusable("no room")

    with pytest.raises(CatalogsyncError, match="no room"):
        apply(plan, client_of(sandbox), journal=Closed())
    assert all(request.method == "GET" for request in sandbox.requests)


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


def test_a_disk_that_fills_up_during_an_apply(tmp_path: Path) -> None:
    """Exit code 4 and a report of every step; the line that found no room whole is closed by the next run, which does the rest."""
    with Sandbox(seed=1).serve() as url:
        command = [
            sys.executable,
            "-m",
            "catalogsync",
            "apply",
            str(METERS),
            "--url",
            url,
            "--yes",
            "--journal",
            str(tmp_path),
        ]
        cut = subprocess.run(
            [*command, "--format", "json"],
            capture_output=True,
            timeout=60,
            check=False,
            preexec_fn=_small_files,
        )
        assert cut.returncode == 4, cut.stderr
        statuses = [one["outcome"]["status"] for one in json.loads(cut.stdout)["steps"]]
        assert "done" in statuses and "failed" in statuses
        journal = tmp_path / "apply.journal"
        assert journal.stat().st_size == ROOM and journals.read(journal)
        again = subprocess.run([*command, "--format", "json"], capture_output=True, timeout=60, check=False)
        assert again.returncode == 0, again.stderr
        left = len(statuses) - statuses.count("done")
        assert [one["outcome"]["status"] for one in json.loads(again.stdout)["steps"]] == ["done"] * left
        assert [event["event"] for event in journals.read(journal)].count("opened") == 2
