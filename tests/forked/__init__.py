"""The program for tests of what it does: `subprocess.run([program(), "plan", …])`, in a terminal too; it ends as the command ends, also by a
signal. With PID_FILE in the environment the command's own process id is written there, for tests that send one.

Each command runs in a process of its own with its own environment, folder and streams, as the real one does; but that process is forked off
one that has loaded catalogsync already, which takes a fraction of the time. Where the start itself is tested (what is loaded, how Python is
set up, closed streams), call `sys.executable -m catalogsync`.
"""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent


@functools.cache
def _started(_process: int) -> Path:
    """Starts the process that commands are forked off; it ends when this one does."""
    folder = Path(tempfile.mkdtemp(prefix="catalogsync-"))
    for name in ("catalogsync", "python"):
        client = folder / name
        client.write_text(f"#!{sys.executable} -IS\n" + (_HERE / "client.py").read_text("utf-8"), "utf-8")
        client.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, str(_HERE / "server.py"), str(folder)],
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None and server.stdout.readline() == b"ready\n"
    atexit.register(_end, server)
    return folder


def _end(server: subprocess.Popen[bytes]) -> None:
    """Its stdin closes, also when this process is killed: then it ends."""
    assert server.stdin is not None and server.stdout is not None
    server.stdin.close()
    server.stdout.close()
    server.wait(10)


def program(name: str = "catalogsync") -> str:
    """The path of a program that does what `python -m catalogsync` does, or what `python FILE.py` does for one called `python`."""
    return str(_started(os.getpid()) / name)
