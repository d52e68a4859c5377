"""A run store in a folder. What processes of one machine (or of one shared folder that has locks) write is put in order by a file lock."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import filelock

from catalogsync.core.errors import CatalogsyncError
from catalogsync.store import output
from catalogsync.store.runs.blobs import Blob, Claim, StoreUnusable

_WAIT = 20.0
"""Seconds in which another process has surely ended its one small write."""
_PAUSE = 0.005
_IGNORED = "# Made by catalogsync: locks, runs and last applied catalogs of this machine.\n*\n"


class Directory:
    """Blobs as files. The folder is made with the first write, and hides itself from git."""

    tells_the_dead = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self.where = str(root)

    def get(self, name: str) -> Blob | None:
        try:
            data = self._path(name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise self._unusable(problem) from problem
        return Blob(data, _tag(data))

    def put(self, name: str, data: bytes, *, over: str = "") -> str | None:
        with self._alone():
            there = self.get(name)
            if (there.tag if there is not None else "") != over:
                return None
            self._write(self._path(name), data)
        return _tag(data)

    def append(self, name: str, data: bytes) -> None:
        path = self._path(f"{name}.log")
        try:
            self._made(path.parent)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            descriptor = os.open(path, flags, 0o600)
            try:
                output.append(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as problem:
            raise self._unusable(problem) from problem

    def log(self, name: str) -> bytes:
        found = self.get(f"{name}.log")
        return found.data if found is not None else b""

    def names(self, folder: str) -> list[str]:
        try:
            found = [
                path.name
                for path in self._path(folder).iterdir()
                if path.is_file() and not path.name.startswith(".") and path.suffix not in (".log", ".held")
            ]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as problem:
            raise self._unusable(problem) from problem
        return sorted(found)

    def remove(self, name: str) -> None:
        try:
            for path in (self._path(name), self._path(f"{name}.log")):
                path.unlink(missing_ok=True)
        except OSError as problem:
            raise self._unusable(problem) from problem

    def claim(self, name: str) -> Claim | None:
        lock = filelock.FileLock(self._path(f"{name}.held"), timeout=0, mode=0o600)
        try:
            self._made(Path(lock.lock_file).parent)
            lock.acquire()
        except filelock.Timeout:
            return None
        except (OSError, NotImplementedError) as problem:
            raise self._unusable(problem) from problem
        return _Held(lock)

    def _path(self, name: str) -> Path:
        return self.root.joinpath(*name.split("/"))

    def _made(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        hidden = self.root / ".gitignore"
        if not hidden.exists():
            output.write(hidden, _IGNORED)

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self._made(path.parent)
            output.write(path, data.decode())
        except OSError as problem:
            raise self._unusable(problem) from problem
        except CatalogsyncError as problem:
            raise StoreUnusable(problem.message) from problem

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time; a writer that is killed frees the next."""
        try:
            self._made(self.root)
            with filelock.FileLock(self.root / ".writing", timeout=_WAIT, mode=0o600, poll_interval=_PAUSE):
                yield
        except (OSError, NotImplementedError) as problem:  # a Timeout is an OSError
            raise self._unusable(problem) from problem

    def _unusable(self, problem: Exception) -> StoreUnusable:
        reason = getattr(problem, "strerror", None) or "no file can be locked there"
        return StoreUnusable(
            f"the run store {self.where} cannot be used: {reason}",
            hint="check the folder, or name another with runStore in catalogsync.yaml",
        )


class _Held:
    """A claim: a file lock that the operating system frees with its process. Names of claims are never used twice, so the file goes too."""

    def __init__(self, lock: filelock.BaseFileLock) -> None:
        self._lock = lock

    def close(self) -> None:
        self._lock.release()
        with contextlib.suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)


def _tag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
