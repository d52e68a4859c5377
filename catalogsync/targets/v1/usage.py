"""What was used: the query of a meter (docs/server/meters.md#query)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote

from catalogsync.core.canon import Body, Json, dumps
from catalogsync.targets.v1.client import Client
from catalogsync.targets.v1.rows import nonsense


def by_subject(client: Client, meter: str, filters: Body, since: str, until: str) -> dict[str, Decimal]:
    """A meter's totals by subject, of events from `since` on and before `until`, whole seconds in RFC 3339. `filters`: a feature's, operators by
    dimension. One call; the answer has no pages. Raises TargetError.
    """
    path = f"/meters/{quote(meter, safe='')}/query"
    query = {"from": since, "to": until, "groupBy": "subject"}
    if filters:
        query["advancedMeterGroupByFilters"] = dumps(filters)
    answer = client.get(path, query)
    rows = answer.get("data") if isinstance(answer, Mapping) else None
    if not isinstance(rows, list):
        raise nonsense(path)
    return dict(_row(row, path) for row in rows)


def _row(row: Json, path: str) -> tuple[str, Decimal]:
    subject, value = (row.get("subject"), row.get("value")) if isinstance(row, Mapping) else (None, None)
    if not isinstance(subject, str) or isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise nonsense(path)
    return subject, Decimal(f"{Decimal(value):f}")
