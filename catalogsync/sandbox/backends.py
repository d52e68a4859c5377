"""Where committed rows outlive the process: a file kept by SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import simplejson

from catalogsync.sandbox.domain.contract import Change, Row


class FileBackend:
    """One SQLite file. `save` returns when the rows are on the disk, so `kill -9` loses no acknowledged write."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._open()
        except BaseException:
            self._connection.close()
            raise

    def _open(self) -> None:
        """Raises sqlite3.DatabaseError, with nothing changed, for a file that another program keeps its tables in."""
        tables = [
            n for (n,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        if tables and "rows" not in tables:
            raise sqlite3.DatabaseError("it holds tables of another program")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS rows (place INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, id TEXT, row TEXT, UNIQUE (name, id))"
        )

    def load(self) -> Iterator[tuple[str, Row]]:
        for name, text in self._connection.execute("SELECT name, row FROM rows ORDER BY place"):
            yield name, simplejson.loads(text, use_decimal=True)

    def save(self, changes: list[Change]) -> None:
        connection = self._connection
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
        self._connection.execute("DELETE FROM rows")

    def close(self) -> None:
        self._connection.close()
