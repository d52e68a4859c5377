"""kill -9 of the real program, at instants spread over its whole run: the same command again finishes the job, with nothing made twice."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
PROGRAM = (sys.executable, "-m", "catalogsync")
INSTANTS = 6
"""How many kills the normal run tries; `-m slow` tries one around every request."""


@contextlib.contextmanager
def served(folder: Path):
    """A sandbox with a file behind it, in a process of its own."""
    server = subprocess.Popen(
        [*PROGRAM, "sandbox", "serve", "--port", "0", "--data", "server.db"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            server.wait(timeout=20)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def lines(journal: Path) -> int:
    return len(journal.read_bytes().splitlines()) if journal.exists() else 0


def kill_after(folder: Path, events: int) -> int:
    """Applies the plan and kills it once the journal tells of so many events; what it told in the end."""
    process = subprocess.Popen(
        [*PROGRAM, "apply", "plan.json", "--yes"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )  # fmt: skip
    journal, last = folder / "plan.json.journal", time.monotonic() + 60
    while process.poll() is None and lines(journal) < events and time.monotonic() < last:
        time.sleep(0.0005)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=20)
    return lines(journal)


def finished(folder: Path, url: str) -> None:
    """Running again ends in the wished state, and nothing exists twice."""
    again = run(folder, "apply", "plan.json", "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert run(folder, "plan", "--url", url, "--exit-code").returncode == 0
    state = httpx.get(url + "/sandbox/state", timeout=20).json()
    for table in ("meters", "features", "addons", "plans", "channels", "rules"):
        rows = [row for row in state.get("state", state).get(table, []) if not row.get("deletedAt")]
        counted = Counter(row.get("key") or row.get("slug") or row["name"] for row in rows)
        assert rows and set(counted.values()) == {1}, (table, counted)


def kill_at_each(tmp_path: Path, instants) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "catalog")
    with served(tmp_path) as url:
        killed = []
        for events in instants:
            httpx.post(url + "/sandbox/reset", json={"profile": "default"}, timeout=20).raise_for_status()
            (tmp_path / "plan.json.journal").unlink(missing_ok=True)
            assert run(tmp_path, "plan", "--url", url, "--out", "plan.json").returncode == 0
            killed.append(kill_after(tmp_path, events))
            finished(tmp_path, url)
        print(f"{len(killed)} kills, when the journal told of {killed} events")


def test_kill_9_at_a_handful_of_instants(tmp_path):
    kill_at_each(tmp_path, range(1, 180, 180 // INSTANTS))


@pytest.mark.slow
def test_kill_9_around_every_request(tmp_path):
    kill_at_each(tmp_path, range(1, 180))
