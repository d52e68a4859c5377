"""One holder at a time: in a folder and on S3, between processes, after a crash, and after a lock that was broken on purpose."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogsync.core.errors import Refused
from catalogsync.store.runs.blobs import Blobs, StoreUnusable
from catalogsync.store.runs.directory import Directory
from catalogsync.store.runs.lock import Held, Holder, Lock, LockLost
from catalogsync.store.runs.run_store import opened

Reopen = Callable[[], Blobs]
ANNA = Holder("staging-1", "anna@one", "2026-01-01T00:00:00Z")
BEN = Holder("staging-2", "ben@two", "2026-01-01T00:05:00Z")


def take(blobs: Blobs, holder: Holder) -> Held:
    return Lock(blobs, "staging").acquire(holder, pause=lambda _seconds: None)


def test_the_second_is_refused_by_the_first_ones_name(blobs: Blobs, reopen: Reopen) -> None:
    first = take(blobs, ANNA)
    with pytest.raises(Refused) as refused:
        take(reopen(), BEN)
    assert (refused.value.code, refused.value.exit_code) == ("environment-locked", 3)
    assert "anna@one since 2026-01-01T00:00:00Z" in refused.value.message
    assert "unlock -e staging" in refused.value.hint
    first.check()


def test_what_is_given_back_can_be_taken_with_a_higher_fence(blobs: Blobs, reopen: Reopen) -> None:
    first = take(blobs, ANNA)
    first.release()
    assert Lock(reopen(), "staging").state().holder is None
    second = take(reopen(), BEN)
    assert second.fence > first.fence
    second.check()


def test_environments_have_locks_of_their_own(blobs: Blobs) -> None:
    first = take(blobs, ANNA)
    Lock(blobs, "production").acquire(BEN).check()
    first.check()


def test_a_broken_lock_fences_its_holder_off(blobs: Blobs, reopen: Reopen) -> None:
    lost = take(blobs, ANNA)
    lost.check()
    Lock(reopen(), "staging").unlock(ANNA.run, "ben@two")
    with pytest.raises(LockLost, match="by ben@two") as told:
        lost.check()
    assert told.value.code == "lock-lost"
    second = take(reopen(), BEN)
    with pytest.raises(LockLost, match="is held by ben@two"):
        lost.check()
    lost.release()  # gives nothing back that is not its own
    second.check()
    assert Lock(reopen(), "staging").state().holder == BEN


def test_unlock_takes_the_lock_that_was_seen_and_no_other(blobs: Blobs, reopen: Reopen) -> None:
    take(blobs, ANNA).release()
    second = take(reopen(), BEN)
    with pytest.raises(Refused, match="not held by run staging-1"):
        Lock(blobs, "staging").unlock(ANNA.run, "somebody")
    second.check()


def test_a_damaged_lock_is_nobodys(blobs: Blobs) -> None:
    blobs.put("locks/staging.json", b"{}")
    with pytest.raises(StoreUnusable, match="damaged"):
        take(blobs, ANNA)


def test_a_lock_that_cannot_be_seen_stops_its_holder(tmp_path: Path) -> None:
    held = take(Directory(tmp_path), ANNA)
    (tmp_path / "locks" / "staging.json").write_text("not json")
    with pytest.raises(LockLost, match="cannot be seen"):
        held.check()


HOLDER = """
import os, sys
from pathlib import Path
from catalogsync.store.runs.lock import Holder, Lock
from catalogsync.store.runs.run_store import opened
held = Lock(opened(sys.argv[1], os.environ).blobs, "staging").acquire(Holder("staging-9", "lost@three", "2026-01-01T00:00:00Z"))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_killed_process_frees_the_folder_and_keeps_object_storage(place: str, reopen: Reopen) -> None:
    """Where the operating system tells that a holder is gone its lock goes with it; elsewhere it is broken on purpose."""
    command = [sys.executable, "-c", HOLDER, place]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        lock = Lock(reopen(), "staging")
        assert lock.is_alive(lock.state()) in (True, None)
        with pytest.raises(Refused, match="lost@three"):
            take(reopen(), BEN)
        process.kill()
        process.wait(timeout=20)
    if lock.is_alive(lock.state()) is None:
        with pytest.raises(Refused, match="lost@three"):
            take(reopen(), BEN)
        lock.unlock("staging-9", "ben@two")
    take(reopen(), BEN).check()


RACER = """
import os, sys
from catalogsync.core.errors import Refused
from catalogsync.store.runs.lock import Holder, Lock
from catalogsync.store.runs.run_store import opened
place, me, turns = sys.argv[1], sys.argv[2], int(sys.argv[3])
blobs = opened(place, os.environ).blobs
lock = Lock(blobs, "staging")
won = 0
print("ready", flush=True)
sys.stdin.readline()
for turn in range(turns):
    try:
        held = lock.acquire(Holder(f"{me}-{turn}", me, "2026-01-01T00:00:00Z"), pause=lambda s: None)
    except Refused:
        continue
    won += 1
    counted = blobs.get("counter")
    number = int(counted.data) if counted else 0
    held.check()
    done = blobs.put("counter", str(number + 1).encode(), over=counted.tag if counted else "")
    assert done, "somebody else wrote while the lock was held"
    held.release()
print(won, flush=True)
"""


def race(place: str, turns: int) -> tuple[list[int], int]:
    """Two processes take the lock and count what they did under it: how often each had it, and what they counted to."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, place, name, str(turns)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("anna", "ben")
    ]
    for racer in racers:
        assert racer.stdout is not None and racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [int(racer.communicate(timeout=300)[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    counted = opened(place, os.environ).blobs.get("counter")
    return won, int(counted.data) if counted else 0


def held_once_at_a_time(place: str, turns: int) -> None:
    won, counted = race(place, turns)
    assert counted == sum(won) > 0
    state = opened(place, os.environ).lock("staging").state()
    assert state.holder is None
    assert state.fence == counted


def test_two_processes_race_for_one_lock(place: str) -> None:
    held_once_at_a_time(place, 40)


@pytest.mark.slow
def test_two_processes_race_a_thousand_times(place: str) -> None:
    held_once_at_a_time(place, 1000)
