"""The journal: one apply at a time, one plan, every event a line, torn lines survived."""

from __future__ import annotations

import subprocess
import sys

import pytest
from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned

from catalogsync.core.errors import Refused
from catalogsync.executor.journal import Journal, read
from catalogsync.sandbox import Sandbox


@pytest.fixture(scope="module")
def plan():
    return planned(catalog_of(EXAMPLE), client_of(Sandbox(seed=1)))


def test_the_second_is_refused(plan, tmp_path):
    first = Journal(tmp_path / "j", plan)
    with pytest.raises(Refused) as refused:
        Journal(tmp_path / "j", plan)
    assert (refused.value.code, refused.value.exit_code) == ("journal-locked", 3)
    first.close()
    Journal(tmp_path / "j", plan).close()


HOLDER = """
import sys, filelock
lock = filelock.FileLock(sys.argv[1] + ".lock")
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_goes_with_its_process(plan, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "j")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(Refused, match="another apply"):
            Journal(tmp_path / "j", plan)
        process.kill()
        process.wait(timeout=20)
    Journal(tmp_path / "j", plan).close()


def test_another_plans_journal_is_refused(plan, tmp_path):
    Journal(tmp_path / "j", plan).close()
    other = planned(catalog_of(EXAMPLE / "meters"), client_of(Sandbox(seed=1)))
    with pytest.raises(Refused) as refused:
        Journal(tmp_path / "j", other)
    assert refused.value.code == "journal-other-plan"
    Journal(tmp_path / "j", plan).close()


def test_a_torn_line_is_closed_and_left_out(plan, tmp_path):
    journal = Journal(tmp_path / "j", plan)
    journal.note("begun", step=1)
    journal.close()
    whole = (tmp_path / "j").read_bytes()
    for cut in range(1, 40):
        (tmp_path / "j").write_bytes(whole[:-cut])
        Journal(tmp_path / "j", plan).close()
        events = read(tmp_path / "j")
        assert [e["event"] for e in events] in (["opened", "opened"], ["opened", "begun", "opened"])
        assert "plan" in events[-1] and "who" in events[-1]


def test_a_run_tells_every_step(plan, tmp_path):
    client = client_of(Sandbox(seed=1))
    journal = Journal(tmp_path / "j", plan)
    assert apply(plan, client, journal=journal).complete
    journal.close()
    events = read(tmp_path / "j")
    for step in plan.steps:
        told = [e["event"] for e in events if e.get("step") == step.number]
        assert told == ["begun", "sent", "answered", "verified", "ended"]
    assert all(e["when"].endswith("+00:00") for e in events)
    assert (tmp_path / "j").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written(plan, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as refused:
        Journal(tmp_path / "file" / "j", plan)
    assert refused.value.code == "journal-unwritable"
