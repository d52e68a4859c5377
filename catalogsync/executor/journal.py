"""What was done when, one JSON line per event, on the disk before the next thing happens. It tells; it never replaces reading the server."""

from __future__ import annotations

import datetime
import fcntl
import getpass
import os
import threading
from pathlib import Path
from typing import Any

from catalogsync.core import canon
from catalogsync.core.errors import Refused
from catalogsync.core.plan import Plan
from catalogsync.store import planfile


class Journal:
    """An append-only file that belongs to one plan and one apply at a time.

    The lock is the operating system's, so a crash frees it. Raises Refused when another apply holds it, or when the journal belongs to
    another plan. A line that was cut by a crash is left as it is and closed.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self._lock = threading.Lock()
        digest = str(planfile.to_json(plan)["digest"])
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as problem:
            raise Refused(
                f"the journal {path} cannot be written: {problem.strerror}", code="journal-unwritable"
            ) from problem
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(self._file)
            raise Refused(
                f"another apply is at work on {path}", code="journal-locked", hint="wait for it to end"
            ) from problem
        self._open_for(digest)

    def _open_for(self, digest: str) -> None:
        events = read(self.path)
        owner = next((e["plan"] for e in events if "plan" in e), None)
        if owner is not None and owner != digest:
            self.close()
            raise Refused(
                f"the journal {self.path} belongs to another plan",
                code="journal-other-plan",
                hint="move it away, or name another folder",
            )
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")
        self.note("opened", plan=digest, who=_who())

    def note(self, event: str, **more: Any) -> None:
        """Appends an event and waits until it is on the disk."""
        when = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        line = canon.dumps({"event": event, "when": when, **more}) + "\n"
        with self._lock:
            os.write(self._file, line.encode())
            os.fsync(self._file)

    def close(self) -> None:
        """Frees the lock."""
        os.close(self._file)


def read(path: Path) -> list[dict[str, Any]]:
    """The events of a journal; torn lines are left out."""
    found = []
    for line in path.read_bytes().splitlines():
        try:
            event = canon.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            found.append(event)
    return found


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
