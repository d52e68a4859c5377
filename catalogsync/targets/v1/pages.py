"""Whole lists from pages (docs/server/transport.md#paging)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypedDict, TypeGuard

from catalogsync.core.canon import Json
from catalogsync.core.errors import TargetError
from catalogsync.targets.v1.rows import Row, nonsense

PAGE = 1000
"""The most rows of a page."""
_READS = 3
"""How often a list that shifts between its pages is read again."""
_AT_ONCE = 8
"""How many pages are asked for on the word of the page before them."""
Pages = Callable[[Callable[[int], Json], Iterable[int]], Iterable[Json]]
"""Fetches pages by their numbers, in order."""


class _Page(TypedDict):
    items: list[Row]
    totalCount: int


def paged(path: str, fetch: Callable[[int], Json], run: Pages = map) -> list[Row]:
    """All rows of the paged list at `path`, each id once. Read again when rows shift between pages; raises TargetError when they keep shifting. `run`
    fetches the pages after the first, side by side if it likes.
    """
    page = partial(_page, path)
    for _ in range(_READS):
        pages = [page(fetch(1))]
        while len(pages[-1]["items"]) >= PAGE and (left := _pages(pages[-1]["totalCount"]) - len(pages)) > 0:
            first = len(pages) + 1
            pages += map(page, run(fetch, range(first, first + min(left, _AT_ONCE))))
        found = {_identity(row): row for page in pages for row in page["items"]}
        if len(found) == pages[-1]["totalCount"]:
            return list(found.values())
    raise TargetError(
        f"GET {path}: the list keeps changing while it is read",
        code="live-unstable",
        hint="try again when nobody else writes",
    )


def _pages(rows: int) -> int:
    return -(-rows // PAGE)


def _page(path: str, page: Json) -> _Page:
    if not _is_page(page):
        raise nonsense(path)
    return page


def _is_page(page: Json) -> TypeGuard[_Page]:
    if not isinstance(page, dict) or not isinstance(page.get("totalCount"), int):
        return False
    items = page.get("items")
    return isinstance(items, list) and all(isinstance(item, dict) and _identity(item) for item in items)


def _identity(row: Row) -> str:
    """An object's id; an assignment shows none, and is known by its add-on's. Empty when there is neither."""
    holder = row if "id" in row else row.get("addon")
    return str(holder.get("id") or "") if isinstance(holder, dict) else ""
