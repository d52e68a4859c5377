"""The journal: one apply at a time, one plan, every event a line, torn lines survived."""

from __future__ import annotations

import subprocess
import sys

import pytest
from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned

from catalogsync.core.errors import Refused
from catalogsync.executor.journal import Journal, read, who
from catalogsync.sandbox import Fault, Sandbox
from catalogsync.targets import path_text
from catalogsync.targets.v1 import encode


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


def test_a_run_tells_whose_it_is_and_what_became_of_each_step(plan, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "alice")
    client = client_of(Sandbox(seed=1))
    journal = Journal(tmp_path / "deeper" / "still" / "j", plan)
    assert apply(plan, client, journal=journal).complete
    journal.close()
    opened, run, *events = read(tmp_path / "deeper" / "still" / "j")
    assert (opened["event"], opened["who"]) == ("opened", "alice")
    assert (run["event"], run["digest"], run["target"]) == ("run", plan.catalog_digest, plan.target.url)
    assert [e["status"] for e in events if e["event"] == "ended"] == ["done"] * len(plan.steps)
    sent = {e["step"]: (e["ref"], e["path"]) for e in events if e["event"] == "sent"}
    assert sent == {step.number: (str(step.ref), path_text(encode(step))) for step in plan.steps}


def test_a_try_without_an_answer_is_told_too(plan, tmp_path):
    sandbox = Sandbox(seed=1)
    sandbox.break_with(Fault("reset-before", method="POST"))
    journal = Journal(tmp_path / "j", plan)
    assert apply(plan, client_of(sandbox), journal=journal, workers=1).complete
    journal.close()
    told = [e["event"] for e in read(tmp_path / "j") if e.get("step") == plan.steps[0].number]
    assert told == ["begun", "sent", "unanswered", "sent", "answered", "verified", "ended"]


@pytest.mark.parametrize("problem", [KeyError("uid"), OSError("no user"), ImportError("pwd")])
def test_a_process_without_a_name_is_unknown(problem, monkeypatch):
    def nobody():
        raise problem

    monkeypatch.setattr("getpass.getuser", nobody)
    assert who() == "unknown"


def test_a_journal_that_is_refused_leaves_the_lock_free_and_tells_its_path(plan, tmp_path):
    (tmp_path / "j").mkdir()
    with pytest.raises(Refused) as refused:
        Journal(tmp_path / "j", plan)
    assert refused.value.code == "journal-unwritable" and str(tmp_path / "j") in refused.value.message
    (tmp_path / "j").rmdir()
    Journal(tmp_path / "j", plan).close()


def test_a_folder_that_cannot_be_written(plan, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as refused:
        Journal(tmp_path / "file" / "j", plan)
    assert refused.value.code == "journal-unwritable"


def test_what_is_planned_and_applied_in_one_go_writes_on_in_the_same_journal(plan, tmp_path):
    Journal(tmp_path / "j", plan, many_plans=True).close()
    other = planned(catalog_of(EXAMPLE / "meters"), client_of(Sandbox(seed=1)))
    second = Journal(tmp_path / "j", other, many_plans=True)
    with pytest.raises(Refused) as refused:
        Journal(tmp_path / "j", plan, many_plans=True)
    assert refused.value.code == "journal-locked"
    second.close()
    assert len({event["plan"] for event in read(tmp_path / "j")}) == 2
