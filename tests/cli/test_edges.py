"""The edges of the outside: files of another kind, streams that are full, closed or poor in signs, systems without locks. None is a fault of ours."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from forked import program

ROOT = Path(__file__).parents[2]
TARGET = ("--url", "sandbox:server.db")
MANIFEST = "{kind: meter, slug: m, name: Zähler → m, aggregation: COUNT, eventType: e}\n"


def environment(**more: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **more}


def run(
    *arguments: str, folder: Path, env: Mapping[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """The real program, with nothing of ours in its environment."""
    asked = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **more}
    ran = subprocess.run(
        [program(), *arguments],
        cwd=folder,
        env=environment(**(env or {})),
        timeout=120,
        check=False,
        **asked,
    )
    for stream in (ran.stdout, ran.stderr):
        assert b"internal-error" not in (stream or b"") and b"Traceback" not in (stream or b""), stream
    return ran


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "m.yaml").write_text(MANIFEST, "utf-8")
    return tmp_path


def sqlite_of_another(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("create table notes (text)")
    other.close()


def folder(path: Path) -> None:
    path.mkdir()


OTHER_FILES: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("not a database, but long enough to be one\n" * 40),
    "binary": lambda path: path.write_bytes(random.Random(1).randbytes(9000)),
    "sqlite": sqlite_of_another,
    "folder": folder,
    "loop": lambda path: path.symlink_to(path.name),
    "truncated": lambda path: path.write_bytes(b"SQLite format 3\x00" + bytes(50)),
}


@pytest.mark.parametrize(
    "verb", [("plan",), ("apply", "--yes"), ("export", "--out", "exported")], ids=lambda v: v[0]
)
@pytest.mark.parametrize("kind", OTHER_FILES)
def test_a_sandbox_file_of_another_kind(home: Path, kind: str, verb: tuple[str, ...]) -> None:
    OTHER_FILES[kind](home / "other")
    ran = run(*verb, "--url", "sandbox:other", folder=home)
    assert ran.returncode == 1, ran
    assert b"error[sandbox-file]: other is not the file of a sandbox" in ran.stderr


def test_a_sandbox_file_that_somebody_holds_is_one_all_the_same(home: Path) -> None:
    assert run("apply", "--url", "sandbox:held.db", "--yes", folder=home).returncode == 0
    holder = sqlite3.connect(home / "held.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    said = run("plan", "--url", "sandbox:held.db", folder=home)
    holder.close()
    assert (
        said.returncode == 1
        and b"error[sandbox-file]: held.db cannot be used: database is locked" in said.stderr
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of a process there")
def test_fmt_names_no_file_that_it_could_not_write(home: Path) -> None:
    import resource

    (home / "catalog" / "m.yaml").write_text("kind:  meter\n", "utf-8")
    said = subprocess.run(
        [sys.executable, "-m", "catalogsync", "fmt"],
        cwd=home,
        env=environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        capture_output=True,
        check=False,
    )
    assert said.returncode == 1 and said.stdout == b"" and b"error[file-unwritable]" in said.stderr
    assert (home / "catalog" / "m.yaml").read_text("utf-8") == "kind:  meter\n"


def test_an_export_to_a_file_that_is_there(home: Path) -> None:
    (home / "out").write_text("mine")
    for out in ("out", "out/below"):
        ran = run("export", *TARGET, "--out", out, folder=home)
        assert ran.returncode in (1, 64) and ran.stdout == b""
        assert b"out" in ran.stderr
    assert (home / "out").read_text() == "mine"


def test_dash_is_stdout(home: Path) -> None:
    assert run("apply", *TARGET, "--yes", folder=home).returncode == 0
    exported = run("export", *TARGET, "--out", "-", "--only", "meter", folder=home)
    assert exported.returncode == 0 and b"slug: m\n" in exported.stdout
    plan = run("plan", *TARGET, "--out", "-", folder=home)
    assert plan.returncode == 0 and json.loads(plan.stdout)["steps"] == []
    (home / "saved.json").write_bytes(plan.stdout)
    assert run("show", "saved.json", folder=home).returncode == 0
    shown = run("plan", *TARGET, "--format", "json=-", folder=home)
    assert shown.returncode == 0 and json.loads(shown.stdout)["steps"] == []
    assert not (home / "-").exists()
    both = run("plan", *TARGET, "--out", "-", "--format", "json=-", folder=home)
    assert (both.returncode, both.stdout) == (64, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", *TARGET), 1),
        (("plan", *TARGET, "--format", "json"), 1),
        (("apply", *TARGET, "--yes"), 1),
        (("explain",), 1),
        (("--help",), 1),
        (("plan", *TARGET, "--url", "nowhere"), 64),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_full_disk_behind_stdout(home: Path, arguments: tuple[str, ...], code: int) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = run(*arguments, folder=home, stdout=full)
    assert ran.returncode == code, ran.stderr
    assert code != 1 or b"stdout-unwritable" in ran.stderr or b"No space left" in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_behind_stderr_and_files(home: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        assert run("plan", *TARGET, folder=home, stderr=full).returncode == 0
        assert run("apply", *TARGET, "--yes", folder=home, stderr=full).returncode == 0
    for arguments in (
        ("plan", *TARGET, "--out", "/dev/full"),
        ("plan", *TARGET, "--format", "json=/dev/full"),
    ):
        ran = run(*arguments, folder=home)
        assert ran.returncode == 1 and b"file-unwritable" in ran.stderr, ran


@pytest.mark.parametrize(
    "arguments", [("explain",), ("plan", *TARGET), ("apply", *TARGET, "--yes"), ("--help",)]
)
def test_a_closed_pipe(home: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = run(*arguments, folder=home, stdout=writer)
    finally:
        os.close(writer)
    assert (ran.returncode, b"error" in ran.stderr) == (0, False), ran.stderr
    if arguments[0] == "apply":
        assert run("plan", *TARGET, "--exit-code", folder=home).returncode == 0


def test_closed_streams(home: Path) -> None:
    line = f'"{sys.executable}" -m catalogsync apply --url sandbox:server.db --yes'
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        ran = subprocess.run(
            ["/bin/sh", "-c", f"{line} {closed}"], cwd=home, env=environment(), timeout=60, check=False
        )
        assert ran.returncode == 0, closed
    assert run("plan", *TARGET, "--exit-code", folder=home).returncode == 0


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "cp437"])
def test_streams_that_lack_signs(home: Path, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    planned = run("plan", *TARGET, "--exit-code", folder=home, env=env)
    assert planned.returncode == 2, planned.stderr
    assert run("apply", *TARGET, "--yes", folder=home, env=env).returncode == 0
    (home / "catalog" / "m.yaml").write_text(MANIFEST.replace("Zähler", "Summe"), "utf-8")
    changed = run("plan", *TARGET, folder=home, env=env)
    assert changed.returncode == 0 and b"->" in changed.stdout
    assert changed.stdout.decode(encoding)
    as_json = run("plan", *TARGET, "--format", "json", folder=home, env=env)
    assert "Zähler → m" in json.dumps(json.loads(as_json.stdout.decode(encoding)), ensure_ascii=False)
    (home / "catalog" / "m.yaml").write_text("{kind: meter, slug: ☃}\n", "utf-8")
    assert run("validate", folder=home, env=env).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "env", "coloured"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "0"}, False),
        ((), {"FORCE_COLOR": ""}, False),
        ((), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        (("--no-color",), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(home: Path, arguments: tuple[str, ...], env: dict[str, str], coloured: bool) -> None:
    ran = run("plan", *TARGET, *arguments, folder=home, env=env)
    assert (ran.returncode, b"\x1b[" in ran.stdout) == (0, coloured)
    wrong = run(*arguments, "plan", "missing", *TARGET, folder=home, env=env)
    assert (wrong.returncode != 0, b"\x1b[" in wrong.stderr) == (True, coloured)


@pytest.mark.parametrize(("term", "coloured"), [("xterm", True), ("dumb", False)])
def test_a_terminal_gets_colour_unless_it_is_dumb(home: Path, term: str, coloured: bool) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    try:
        assert run("plan", *TARGET, folder=home, env={"TERM": term}, stdout=theirs).returncode == 0
        shown = os.read(ours, 100_000)
    finally:
        os.close(ours)
        os.close(theirs)
    assert (b"\x1b[" in shown) == coloured


def test_quiet_says_errors_alone(home: Path) -> None:
    assert run("plan", *TARGET, "--out", "plan.json", "-q", folder=home).stderr == b""
    assert b"saved" in run("plan", *TARGET, "--out", "plan.json", folder=home).stderr
    refused = run("-q", "apply", "plan.json", folder=home)
    assert refused.returncode == 3 and b"refused-unasked" in refused.stderr


WITHOUT_FCNTL = """
import sys
sys.modules["fcntl"] = None
sys.modules["msvcrt"] = None
import filelock
assert filelock.FileLock is filelock.SoftFileLock, filelock.FileLock
from catalogsync.cli import main
main(sys.argv[1:])
"""


def without_fcntl(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_FCNTL, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_a_system_that_locks_no_files(home: Path) -> None:
    assert without_fcntl("plan", *TARGET, "--out", "plan.json", folder=home).returncode == 0
    first = without_fcntl("apply", "plan.json", "--yes", folder=home)
    assert first.returncode == 0, first.stderr
    again = without_fcntl("apply", "plan.json", "--yes", folder=home)
    assert again.returncode == 0 and "already" in again.stdout, again.stderr
    (home / "plan.json.journal.lock").write_text("")
    held = without_fcntl("apply", "plan.json", "--yes", folder=home)
    assert held.returncode == 3 and "journal-locked" in held.stderr, held.stderr


@pytest.mark.parametrize("seed", [12, 13])
def test_no_run_ends_in_a_fault_of_ours(tmp_path: Path, seed: int) -> None:
    """Flags, variables, configurations and files of every kind, drawn for a second and a half of the processor."""
    ran = subprocess.run(
        [program("python"), str(Path(__file__).with_name("outside.py")), str(seed), "1.5"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
    assert int(ran.stderr.split("tried ")[1]) > 25
