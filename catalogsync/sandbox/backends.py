"""Where committed rows outlive the process: a file kept by SQLite."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import simplejson

from catalogsync.sandbox.domain.contract import Change, Row
from catalogsync.sandbox.domain.durations import Double


class FileBackend:
    """One SQLite file. `save` returns when the rows are on the disk, so `kill -9` loses no acknowledged write. A file that is not there is made
    when rows are first saved after `begin`: who only reads leaves none behind.
    """

    def __init__(self, path: Path) -> None:
        """Raises sqlite3.Error for a file that cannot be made, and for one that another program keeps its tables in."""
        self._path = path
        self._kept_back: list[Change] = []
        self._begun = False
        self._connection = self._opened() if os.path.lexists(path) else None
        if self._connection is None:
            _refuse_unless_writable(path)

    def begin(self) -> None:
        """What is saved from now on was asked for; what was saved before is what every new server holds."""
        self._begun = True

    def _opened(self) -> sqlite3.Connection:
        """Raises sqlite3.DatabaseError, with nothing changed, for a file that another program keeps its tables in."""
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        try:
            tables = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            if tables and "rows" not in tables:
                raise sqlite3.DatabaseError("it holds tables of another program")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS rows (place INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, id TEXT, row TEXT, UNIQUE (name, id))"
            )
        except BaseException:
            connection.close()
            raise
        return connection

    def _made(self) -> sqlite3.Connection:
        """The file, made if it is not there. Raises sqlite3.DatabaseError for one that somebody else made meanwhile."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            self._path.touch(exist_ok=False)
            return self._opened()
        raise sqlite3.DatabaseError("it was made by another run since this one began")

    def load(self) -> Iterator[tuple[str, Row]]:
        if self._connection is None:
            return
        for name, text in self._connection.execute("SELECT name, row FROM rows ORDER BY place"):
            yield name, simplejson.loads(text, parse_float=Double)

    def save(self, changes: list[Change]) -> None:
        if self._connection is None and not self._begun:
            self._kept_back += changes
            return
        if self._connection is None:
            self._connection = self._made()
        self._write(self._connection, [*self._kept_back, *changes])
        self._kept_back = []

    def _write(self, connection: sqlite3.Connection, changes: list[Change]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for name, id_, row in changes:
                if row is None:
                    connection.execute("DELETE FROM rows WHERE name = ? AND id = ?", (name, id_))
                else:
                    connection.execute(
                        "INSERT INTO rows (name, id, row) VALUES (?, ?, ?) "
                        "ON CONFLICT (name, id) DO UPDATE SET row = excluded.row",
                        (name, id_, simplejson.dumps(row, use_decimal=True)),
                    )
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def clear(self) -> None:
        """Forgets everything."""
        self._kept_back = []
        if self._connection is not None:
            self._connection.execute("DELETE FROM rows")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _refuse_unless_writable(path: Path) -> None:
    """Raises sqlite3.OperationalError where a file cannot be made, as making it would."""
    folder = next((one for one in path.absolute().parents if one.exists()), path)
    if not folder.is_dir():
        raise sqlite3.OperationalError(os.strerror(errno.ENOTDIR))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise sqlite3.OperationalError(os.strerror(errno.EACCES))
