"""Ingested events, newest first: `GET /events` knows no pages, so later calls end where earlier ones began.

A call gives at most 100 events of the last 32 days, and `to` is cut to whole seconds (v1 API description; the server's handler).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogsync.core.canon import JsonObject
from catalogsync.core.errors import TargetError
from catalogsync.metering.instants import seconds, shown
from catalogsync.targets.v1.client import Client

PAGE = 100
_REACH = 32 * 86_400 - 3600
"""Seconds into the past; an hour less than the server allows, for clocks that differ."""


class ServerEvents:
    """At most `limit` rows of the server's list. After the iteration: `cut` says that there may be more, `full_seconds` those seconds
    that hold more events than the server shows. Iterating raises TargetError.
    """

    def __init__(self, client: Client, limit: int, now: int) -> None:
        self._client, self._limit, self._since = client, limit, shown(now - _REACH)
        self.cut = False
        self.full_seconds: list[int] = []

    def __iter__(self) -> Iterator[JsonObject]:
        left, end = self._limit, None
        while left:
            size = min(PAGE, left)
            rows = self._page(size, end)
            if len(rows) < size:
                yield from rows
                return
            if size == left and size < PAGE:
                yield from rows
                break
            oldest = _second(rows[-1])
            whole = [row for row in rows if _second(row) > oldest]
            if whole:
                end = oldest + 1
            else:
                whole, end = rows, oldest
                self.full_seconds.append(oldest)
            yield from whole
            left -= len(whole)
        self.cut = True

    def _page(self, size: int, end: int | None) -> list[JsonObject]:
        query = {"limit": str(size), "from": self._since} | ({"to": shown(end)} if end is not None else {})
        rows = self._client.get("/events", query)
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise TargetError(
                "GET /events: the answer is not a list of events",
                code="target-not-openmeter",
                hint="check the URL and the prefix",
            )
        return rows


def _second(row: JsonObject) -> int:
    event = row.get("event")
    try:
        return seconds(str(event["time"] if isinstance(event, Mapping) else None))
    except (KeyError, ValueError) as problem:
        raise TargetError(
            "GET /events: an event without a time that can be read", code="target-not-openmeter"
        ) from problem
