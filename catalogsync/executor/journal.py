"""What was done when, one JSON line per event, on the disk before the next thing happens. It tells; it never replaces reading the server."""

from __future__ import annotations

import datetime
import getpass
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import filelock

from catalogsync.core import canon
from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.errors import CatalogsyncError, Refused
from catalogsync.core.plan import Plan
from catalogsync.store import output, saved_plan_json
from catalogsync.store.runs.run_store import events

_BEFORE_MORE = frozenset({"opened", "run", "sent", "unanswered", "ended"})
"""Events that are kept before anything else happens: a request that goes out, the end of a step. The others are kept with the next of these."""
_BEFORE_A_REQUEST = frozenset({"begun", "sent"})
"""Events after which a request goes out."""


class Notes(Protocol):
    """Where a run's events are reported."""

    def note(self, event: str, **more: Json) -> None:
        """Keeps an event of a run."""
        ...


class Lines:
    """Events as lines for a place that keeps several at once. `keep` returns when they are kept."""

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self._keep, self._waiting, self._lock = keep, b"", threading.Lock()

    def note(self, event: str, **more: Json) -> None:
        """Keeps an event, at the latest before the next request goes out."""
        with self._lock:
            self._waiting += _line(event, **more)
            if event in _BEFORE_MORE:
                self._keep(self._waiting)
                self._waiting = b""


class Both:
    """Events written in several places."""

    def __init__(self, places: Iterable[Notes]) -> None:
        self._places = tuple(places)

    def note(self, event: str, **more: Json) -> None:
        """Keeps an event in all of them."""
        for place in self._places:
            place.note(event, **more)


class SafeNotes:
    """Events for places that may fail (a full disk, a run store out of reach): a failure stops the run before its next request goes out, and
    takes away nothing of what became of the requests before.
    """

    def __init__(self, place: Notes) -> None:
        self._place, self._failure = place, ""

    def note(self, event: str, **more: Json) -> None:
        """Keeps an event while its place takes them. Raises Refused for one before a request where it could not, or some earlier one was lost."""
        try:
            if not self._failure:
                self._place.note(event, **more)
        except CatalogsyncError as problem:
            self._failure = problem.message
        if self._failure and event in _BEFORE_A_REQUEST:
            raise Refused(f"{self._failure}; nothing more was sent", code="journal-unwritable")


class Journal:
    """An append-only file that belongs to one apply at a time, and to one plan; `many_plans`: to what is planned and applied in one go, of which
    every run makes its own plan, the one that does the rest of an earlier run too.

    The lock is a file beside it (`.lock`), held by the operating system where it can, so that a crash frees it. Raises Refused when another
    apply holds it, when the journal belongs to another plan, or where it cannot be written. A line that was cut by a
    crash is left as it is and closed.
    """

    def __init__(self, path: Path, plan: Plan, *, many_plans: bool = False) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._guard = filelock.FileLock(path.with_name(path.name + ".lock"), timeout=0, mode=0o600)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._guard.acquire()
        except filelock.Timeout as problem:
            raise Refused(
                f"another apply is at work on {path}", code="journal-locked", hint="wait for it to end"
            ) from problem
        except (OSError, NotImplementedError) as problem:
            raise _unwritable(path, problem) from problem
        try:
            self._open_for(str(saved_plan_json.to_json(plan)["digest"]), many_plans)
        except BaseException:
            self._guard.release()
            raise

    def _open_for(self, digest: str, many_plans: bool) -> None:
        try:
            self._file = _opened(self.path)
            events = read(self.path)
            cut = not _ends_a_line(self.path)
        except OSError as problem:
            raise _unwritable(self.path, problem) from problem
        owner = next((e["plan"] for e in events if "plan" in e), None)
        if owner not in (None, digest) and not many_plans:
            os.close(self._file)
            raise Refused(
                f"the journal {self.path} belongs to another plan",
                code="journal-other-plan",
                hint="move it away, or name another folder",
            )
        try:
            self._write((b"\n" if cut else b"") + _line("opened", plan=digest, who=who()))
        except BaseException:
            os.close(self._file)
            raise

    def note(self, event: str, **more: Json) -> None:
        """Appends an event and waits until it is on the disk. Raises Refused where the disk does not take it."""
        self._write(_line(event, **more))

    def _write(self, line: bytes) -> None:
        try:
            with self._lock:
                output.append(self._file, line)
        except OSError as problem:
            raise _unwritable(self.path, problem) from problem

    def close(self) -> None:
        """Frees the lock."""
        os.close(self._file)
        self._guard.release()


def _line(event: str, **more: Json) -> bytes:
    when = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    return (canon.dumps({"event": event, "when": when, **more}) + "\n").encode()


def _opened(path: Path) -> int:
    """A descriptor to append to, in bytes on every system."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)


def read(path: Path) -> list[JsonObject]:
    """The events of a journal; torn lines are left out."""
    return events(path.read_bytes())


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        if not size:
            return True
        stream.seek(size - 1)
        return stream.read() == b"\n"


def _unwritable(path: Path, problem: Exception) -> Refused:
    reason = getattr(problem, "strerror", None) or "no file can be locked there"
    return Refused(f"the journal {path} cannot be written: {reason}", code="journal-unwritable")


def who() -> str:
    """The person whose process this is."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
