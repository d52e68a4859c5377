"""Pages of v1 lists: `page` from 1 and `pageSize` up to 1000, the envelope, and the overflow that the real
server answers with 500.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogsync.sandbox.domain.contract import Json, Problem, Row

_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Page:
    """A page's number (from 1) and size. Number and size 0 mean that none was asked for: everything."""

    number: int
    size: int

    def cut(self, rows: Sequence[Row]) -> list[Row]:
        """The page's rows. Raises the 500 Problem when the offset overflows 64 bits (semantics §3.6)."""
        if self.number == 0:
            return list(rows)
        start = (self.number - 1) * self.size
        if rows and start >= _INT64:
            raise Problem(500)
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


def listed(query: Mapping[str, Json], rows: list[Row], show: object) -> Row:
    """A list's answer: sorted (default id, DESC), cut to the page, shown by `show`."""
    assert callable(show)
    field = _ORDER[query.get("orderBy", "id")]
    rows.sort(key=lambda r: in_bytes(r[field]) if isinstance(r[field], str) else r[field])
    if query.get("order", "DESC") == "DESC":
        rows.reverse()
    page = page_of(query)
    return envelope([show(row) for row in page.cut(rows)], page, len(rows))


def key_version_matches(row: Row, wanted: Mapping[str, Json] | None) -> bool:
    """Whether a `keyVersion` filter names the row."""
    return bool(wanted) and row["version"] in (wanted or {}).get(row["key"], [])


def in_bytes(value: Any) -> bytes:
    """A text as a database with C collation sorts it; an instant by time."""
    text = str(value)
    return (text.removesuffix("Z") if text[4:5] == "-" and text[10:11] == "T" else text).encode()
