"""Instants as the event store keeps them: whole seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(text: str) -> int:
    """The second that an RFC 3339 instant lies in; what comes after the point is dropped. Raises ValueError for anything else.

    The year 0, which the server takes for `eventFrom`, counts as the year 1: both lie before every event.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(f"no RFC 3339 instant: {text!r}")
    local, sign, hours, minutes = match.groups()
    naive = datetime.fromisoformat("0001" + local[4:] if local.startswith("0000") else local)
    offset = timedelta(hours=int(hours), minutes=int(minutes)) if sign else timedelta()
    if offset >= timedelta(days=1):
        raise ValueError(f"no RFC 3339 instant: {text!r}")
    shift = -offset if sign == "-" else offset
    return (naive.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1) - shift // timedelta(seconds=1)


def shown(second: int) -> str:
    """The instant in RFC 3339, UTC."""
    return (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
