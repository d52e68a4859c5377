"""Pages of v1 lists: `page` from 1 and `pageSize` up to 1000, the envelope, and the overflow that the real
server answers with 500.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogsync.sandbox.domain.contract import Json, Problem, Row, View, World

_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Page:
    """A page's number (from 1) and size. Number and size 0 mean that none was asked for: everything."""

    number: int
    size: int

    def cut(self, rows: Sequence[Row] | View) -> list[Row]:
        """The page's rows. An offset beyond 64 bits wraps around; raises the 500 Problem of one that is negative then
        (docs/server/transport.md#paging).
        """
        if self.number == 0:
            return rows[:] if isinstance(rows, View) else list(rows)
        start = ((self.number - 1) * self.size + _INT64) % (2 * _INT64) - _INT64
        if start < 0:
            if rows:
                raise Problem(500)
            return []
        return list(rows[start : start + self.size])


def page_of(query: Mapping[str, Json]) -> Page:
    """The page a v1 query asks for, by default the first hundred."""
    return Page(query.get("page", 1), query.get("pageSize", 100))


def envelope(items: Sequence[Json], page: Page, total: int) -> Row:
    """A v1 list's answer."""
    return {"items": list(items), "page": page.number, "pageSize": page.size, "totalCount": total}


_ORDER = {
    "id": "id",
    "key": "key",
    "version": "version",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}


def versions_asked(
    world: World, table: str, query: Mapping[str, Json], visible: Callable[[Row], bool]
) -> Sequence[Row] | View:
    """The versions a list call is about, in its order (default id, DESC). Without ids and keys it is a kept order of the whole table,
    with them only their rows are looked at; the other filters are the caller's. `visible` must depend on the row alone.
    """
    field, deleted = _ORDER[query.get("orderBy", "id")], query.get("includeDeleted", False)
    descending = query.get("order", "DESC") == "DESC"

    def key(row: Row) -> Json:
        if not visible(row) or (row.get("deletedAt") and not deleted):
            return None
        return in_bytes(row[field]) if isinstance(row[field], str) else row[field]

    if not any(query.get(name) for name in ("id", "key", "keyVersion")):
        return world.store.view(table, f"{field} deleted={deleted}", key, descending=descending)
    rows = [row for row in _candidates(world, table, query) if key(row) is not None]
    return sorted(rows, key=lambda row: (key(row), row["id"]), reverse=descending)


def _candidates(world: World, table: str, query: Mapping[str, Json]) -> Iterable[Row]:
    if query.get("currency"):  # plans are found by any of the filters
        return world.store.rows(table)
    keys = {*query.get("key", ()), *(query.get("keyVersion") or {})}
    by_key = [row for key in keys for row in world.store.by(table, "key", key)]
    by_id = [row for id_ in query.get("id", ()) if (row := world.store.get(table, id_))]
    return {row["id"]: row for row in [*by_key, *by_id]}.values()


def listed(query: Mapping[str, Json], rows: Sequence[Row] | View, show: Callable[[Row], Row]) -> Row:
    """A list's answer: the page of the rows, each shown by `show`."""
    page = page_of(query)
    return envelope([show(row) for row in page.cut(rows)], page, len(rows))


def key_version_matches(row: Row, wanted: Mapping[str, Json] | None) -> bool:
    """Whether a `keyVersion` filter names the row."""
    return bool(wanted) and row["version"] in (wanted or {}).get(row["key"], [])


def in_bytes(value: Any) -> bytes:
    """A text as a database with C collation sorts it; an instant by time."""
    text = str(value)
    return (text.removesuffix("Z") if text[4:5] == "-" and text[10:11] == "T" else text).encode()
