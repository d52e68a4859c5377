"""Who is on what: counts of customers and of entitlements (docs/server/subscriptions.md#counting; recorded `impact_count_*`), and the number of
a version to come (docs/server/plans.md#states).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from urllib.parse import quote

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds import KINDS
from catalogsync.targets.v1.client import Client
from catalogsync.targets.v1.rows import nonsense

PAGE = 1000
_LISTED = "/customers"


def subscribed(client: Client, key: str) -> int:
    """Customers with a running subscription to any version of a plan, deleted versions too. One call. Raises TargetError."""
    return _total(client, _LISTED, {"planKey": key, "pageSize": "1"})


def subscribed_versions(client: Client, key: str, page: int) -> Counter[int]:
    """How many of one page of a plan's customers are on which version: a page holds `PAGE` of them, counted from 1. One call. Raises
    TargetError.
    """
    query = {"planKey": key, "expand": "subscriptions", "orderBy": "id", "order": "ASC"}
    answer = client.get(_LISTED, {**query, "pageSize": str(PAGE), "page": str(page)})
    found: Counter[int] = Counter()
    for row in _items(answer, _LISTED):
        subscriptions = row.get("subscriptions")
        running = subscriptions if isinstance(subscriptions, list) else []
        versions = [_version(one, key) for one in running]
        found.update({version for version in versions if version is not None})
    return found


def entitled(client: Client, key: str) -> int:
    """Active entitlements to features of this key, archived ones too. One call. Raises TargetError."""
    return _total(
        client, "/entitlements", {"feature": key, "excludeInactive": "true", "page": "1", "pageSize": "1"}
    )


def highest_version(client: Client, kind: Kind, key: str) -> int:
    """The highest number of a version under a key, deleted ones counted: a new one gets the next. One call. Raises TargetError."""
    path = f"{KINDS[kind].collection}/{quote(key, safe='')}"
    answer = client.get(path, {"includeLatest": "true"})
    version = answer.get("version") if isinstance(answer, Mapping) else None
    if not isinstance(version, int):
        raise nonsense(path)
    return version


def _total(client: Client, path: str, query: Mapping[str, str]) -> int:
    answer = client.get(path, query)
    total = answer.get("totalCount") if isinstance(answer, Mapping) else None
    if not isinstance(total, int) or total < 0:
        raise nonsense(path)
    return total


def _items(answer: Json, path: str) -> list[JsonObject]:
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(row, Mapping) for row in items):
        raise nonsense(path)
    return items


def _version(subscription: Json, key: str) -> int | None:
    """The version of this plan that a subscription runs on; None for another plan's, or one without a plan of the catalog."""
    plan = subscription.get("plan") if isinstance(subscription, Mapping) else None
    if not isinstance(plan, Mapping) or plan.get("key") != key:
        return None
    version = plan.get("version")
    return version if isinstance(version, int) else None
