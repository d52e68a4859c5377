"""The emulator's contract: a call in, an answer out, a clock and an id source handed in. No HTTP, no engine.

A *handler* gets a `World` and a `Call` and returns an `Answer`, or raises `Problem`; `v1/routes.py` and `v3/routes.py` say which one
answers which operation. Everything a handler changes goes through `world.store`; the gateway commits after an answer below 400 and rolls
back on any `Problem` (a handler that must keep a change in spite of an error commits itself and says why).
"""

from __future__ import annotations

import bisect
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from catalogsync.openmeter.releases import Behaviour, Release

Json = Any
Row = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Call:
    """One routed request, checked against the description and decoded.

    `path`: the template's parameters, percent-decoded. `query`: values bound to their types (lists for array parameters), absent ones
    missing. `body`: the decoded JSON (numbers without a fraction are `int`, others `Decimal`), None without one.
    `headers`: lower-case names. `request_id`: what an error's `instance` shows after `urn:request:`.
    """

    method: str
    template: str
    path: Mapping[str, str]
    query: Mapping[str, Json]
    body: Json
    headers: Mapping[str, str]
    request_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: JSON, or nothing when `body` is EMPTY."""

    status: int
    body: Json
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


EMPTY: Json = object()
"""The body of an answer without one."""


class Problem(Exception):
    """An error answer (application/problem+json). `detail` None leaves it out, as a 500 always does.

    `instance=False` leaves the request id out, as the request validator's errors do (docs/server/errors.md#shape).
    `members` are further top-level members (v3's `invalid_parameters`); `type_` is the problem's type.
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        extensions: Mapping[str, Json] | None = None,
        instance: bool = True,
        type_: str = "about:blank",
        title: str | None = None,
        members: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(detail or str(status))
        self.status, self.detail, self.extensions = status, detail, extensions
        self.instance, self.type_, self.title, self.members = instance, type_, title, members


class Clock(Protocol):
    """Hands out instants, each later than the one before: text like 2026-01-02T03:04:05.123456Z."""

    def now(self) -> str: ...

    def start_after(self, instant: datetime) -> None:
        """No instant up to this one is handed out any more."""
        ...


class Ids(Protocol):
    """Hands out ULIDs, upper case, ascending."""

    def new(self) -> str: ...

    def start_after(self, id_: str) -> None:
        """No id up to this one is handed out any more."""
        ...

    def token(self, size: int) -> bytes:
        """Random bytes, for signing secrets."""
        ...


Change = tuple[str, str, Row | None]
"""A table, an id, and the row as it is now (None: removed)."""


OrderKey = Callable[[Row], Json]
"""What a row is sorted by; None leaves it out."""


class Backend(Protocol):
    """Where committed rows live beyond the process. `save` returns only when they are safe."""

    def load(self) -> Iterator[tuple[str, Row]]: ...

    def save(self, changes: list[Change]) -> None: ...


class View:
    """Rows in the order of a kept index, read by slices."""

    def __init__(
        self, entries: Sequence[tuple[Json, str]], rows: Mapping[str, Row], *, descending: bool
    ) -> None:
        self._entries, self._rows, self._descending = entries, rows, descending

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, wanted: slice) -> list[Row]:
        start, stop, _ = wanted.indices(len(self._entries))
        if self._descending:
            start, stop = len(self._entries) - stop, len(self._entries) - start
        cut = self._entries[max(start, 0) : max(stop, 0)]
        return [self._rows[id_] for _, id_ in (reversed(cut) if self._descending else cut)]


class Store:
    """Tables of rows (dicts with an `id`), in insertion order, with undo until commit.

    Rows are values: `put` a new dict instead of changing one that was got (`get`/`rows` return the stored ones; do not assign into
    them). `index` gives fast look-up by one field and is kept in step.
    """

    def __init__(self, backend: Backend | None = None) -> None:
        self._tables: dict[str, dict[str, Row]] = {}
        self._indexes: dict[tuple[str, str], dict[Json, dict[str, None]]] = {}
        self._orders: dict[tuple[str, str], tuple[OrderKey, list[tuple[Json, str]]]] = {}
        self._undo: dict[tuple[str, str], Row | None] = {}
        self._backend = backend
        if backend is not None:
            for table, row in backend.load():
                self._set(table, row["id"], row)

    def get(self, table: str, id_: str) -> Row | None:
        return self._tables.get(table, {}).get(id_)

    def rows(self, table: str) -> list[Row]:
        return list(self._tables.get(table, {}).values())

    def by(self, table: str, field_: str, value: Json) -> list[Row]:
        """The rows whose `field_` equals `value`, in insertion order."""
        index = self._indexes.get((table, field_))
        if index is None:
            index = self._indexes[(table, field_)] = {}
            for row in self._tables.get(table, {}).values():
                index.setdefault(row.get(field_), {})[row["id"]] = None
        rows = self._tables.get(table, {})
        return [rows[i] for i in index.get(value, {})]

    def view(self, table: str, name: str, key: OrderKey, *, descending: bool = False) -> View:
        """The rows for which `key` gives a sort key (None leaves a row out), in its order and then by id. The order is kept in step
        under its `name` from the first time it is asked for: a name always comes with the same key.
        """
        if (table, name) not in self._orders:
            keyed = ((key(row), id_) for id_, row in self._tables.get(table, {}).items())
            self._orders[(table, name)] = key, sorted(entry for entry in keyed if entry[0] is not None)
        return View(self._orders[(table, name)][1], self._tables.get(table, {}), descending=descending)

    def everything(self) -> Iterator[Row]:
        """The rows of all tables."""
        for rows in self._tables.values():
            yield from rows.values()

    def put(self, table: str, row: Row) -> None:
        self._remember(table, row["id"])
        self._set(table, row["id"], row)

    def remove(self, table: str, id_: str) -> None:
        self._remember(table, id_)
        self._set(table, id_, None)

    def commit(self) -> None:
        """Makes all changes since the last commit lasting; on failure to save, none of them is kept."""
        if self._undo and self._backend is not None:
            try:
                self._backend.save([(t, i, self.get(t, i)) for t, i in self._undo])
            except BaseException:
                self.rollback()
                raise
        self._undo = {}

    def changed(self) -> list[Row]:
        """The rows that were put since the last commit, as they are now."""
        return [row for table, id_ in self._undo if (row := self.get(table, id_)) is not None]

    def rollback(self) -> None:
        for (table, id_), row in reversed(self._undo.items()):
            self._set(table, id_, row)
        self._undo = {}

    def copy(self, backend: Backend | None = None) -> Store:
        """Another store with the same rows, kept in memory; with an empty backend, which is to save them with the next commit, there."""
        other = Store(backend)
        other._tables = {table: dict(rows) for table, rows in self._tables.items()}
        if backend is not None:
            other._undo = {(table, id_): None for table, rows in self._tables.items() for id_ in rows}
        return other

    def dump(self) -> dict[str, list[Row]]:
        """Everything, for `GET /sandbox/state` and for seeding."""
        return copy.deepcopy({table: list(rows.values()) for table, rows in self._tables.items()})

    def _remember(self, table: str, id_: str) -> None:
        self._undo.setdefault((table, id_), self.get(table, id_))

    def _set(self, table: str, id_: str, row: Row | None) -> None:
        rows = self._tables.setdefault(table, {})
        old = rows.get(id_)
        for (name, field_), index in self._indexes.items():
            if name != table:
                continue
            if old is not None:
                index.get(old.get(field_), {}).pop(id_, None)
            if row is not None:
                index.setdefault(row.get(field_), {})[id_] = None
        for (name, _), (key, entries) in self._orders.items():
            if name == table:
                _move(entries, id_, None if old is None else key(old), None if row is None else key(row))
        if row is None:
            rows.pop(id_, None)
        else:
            rows[id_] = row


def _move(entries: list[tuple[Json, str]], id_: str, before: Json, after: Json) -> None:
    """Takes a row from its place in an order and puts it where it belongs now."""
    if before is not None:
        del entries[bisect.bisect_left(entries, (before, id_))]
    if after is not None:
        bisect.insort(entries, (after, id_))


@dataclass(frozen=True, slots=True)
class Profile:
    """Which server this is: with webhook delivery (Svix) or without, with unit conversions or without; credits are on."""

    name: str
    svix: bool = True
    unit_config: bool = False


PROFILES: Mapping[str, Profile] = {
    p.name: p
    for p in (Profile("default"), Profile("no_svix", svix=False), Profile("unit_config", unit_config=True))
}


@dataclass(frozen=True, slots=True)
class World:
    """All a rule may touch."""

    store: Store
    clock: Clock
    ids: Ids
    profile: Profile
    release: Release
    lacks: frozenset[str] = frozenset()
    """Members of request bodies that the newest release knows and this server does not, as `Schema.member`."""

    def does(self, behaviour: Behaviour) -> bool:
        """Whether the release that is emulated behaves so."""
        return self.release.has(behaviour)


def holds_nul(value: Json) -> bool:
    """Whether a text in it has a U+0000, which the database refuses (docs/server/errors.md#bare-500)."""
    if isinstance(value, dict):
        return any(map(holds_nul, (*value, *value.values())))
    if isinstance(value, list | tuple):
        return any(map(holds_nul, value))
    return isinstance(value, str) and "\0" in value


Handler = Callable[[World, Call], Answer]
