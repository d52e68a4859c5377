"""Reads a whole live catalog through v1's lists, for a twin of it. Only GETs are sent.

Source: docs/server/README.md#first-facts (what lists hide), docs/server/transport.md#paging (paging), docs/server/subscriptions.md#counting
(counting customers); docs/server/plans.md#list, docs/server/addons.md#list, docs/server/assignments.md#list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import simplejson

from catalogsync.sandbox.domain.contract import Json, Row

if TYPE_CHECKING:
    import httpx

_PAGE = 1000
_TRIES = 3


class SeedError(Exception):
    """A live catalog cannot be copied; the message says which call failed and how."""


@dataclass(slots=True)
class Read:
    """What was read: bodies as the server gave them, assignments by plan version, customers per plan key."""

    meters: list[Row] = field(default_factory=list)
    features: list[Row] = field(default_factory=list)
    addons: list[Row] = field(default_factory=list)
    plans: list[Row] = field(default_factory=list)
    assignments: dict[str, list[Row]] = field(default_factory=dict)
    channels: list[Row] = field(default_factory=list)
    rules: list[Row] = field(default_factory=list)
    customers: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read(client: httpx.Client, prefix: str = "/api/v1") -> Read:
    """The live catalog behind the client: all versions, archived and deleted ones too. Raises SeedError.

    What the server will not show (notifications, customers) is left out and noted.
    """
    try:
        return _read(_Source(client, prefix))
    except (LookupError, TypeError, AttributeError) as fault:
        raise SeedError("the server's answers are not as OpenMeter gives them") from fault


def _read(source: _Source) -> Read:
    found = Read()
    found.meters = source.get("/meters", {"includeDeleted": "true"})
    if len(found.meters) >= _PAGE:
        found.notes.append(f"v1 shows no more than {_PAGE} meters: the others are not copied")
    found.features = source.pages("/features", {"includeArchived": "true"})
    found.addons = source.pages("/addons", {"includeDeleted": "true", "order": "ASC"})
    found.plans = source.pages("/plans", {"includeDeleted": "true", "order": "ASC"})
    for plan in found.plans:
        if not plan.get("deletedAt"):
            found.assignments[plan["id"]] = source.pages(f"/plans/{plan['id']}/addons", {"order": "ASC"})
    _read_notifications(source, found)
    _read_customers(source, found)
    return found


def _read_notifications(source: _Source, found: Read) -> None:
    wanted = {"includeDisabled": "true", "order": "ASC"}
    try:
        found.channels = source.pages("/notification/channels", wanted)
        found.rules = source.pages("/notification/rules", wanted)
    except SeedError as fault:
        found.channels, found.rules = [], []
        found.notes.append(f"channels and rules are not copied: {fault}")


def _read_customers(source: _Source, found: Read) -> None:
    try:
        for key in sorted({plan["key"] for plan in found.plans}):
            answer = source.get("/customers", {"planKey": key, "pageSize": "1"})
            found.customers[key] = answer["totalCount"]
    except SeedError as fault:
        found.customers = {}
        found.notes.append(f"customers are not counted: {fault}")


class _Source:
    """A live server's v1."""

    def __init__(self, client: httpx.Client, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def get(self, path: str, query: Mapping[str, str]) -> Json:
        """The decoded body of a 200 answer."""
        import httpx

        where = f"GET {self._prefix}{path}"
        try:
            answer = self._client.get(self._prefix + path, params=dict(query))
        except httpx.HTTPError as fault:
            raise SeedError(f"{where}: {fault}") from fault
        if answer.status_code != 200:
            raise SeedError(f"{where} answered {answer.status_code}")
        try:
            return simplejson.loads(answer.content, use_decimal=True)
        except (ValueError, RecursionError):
            raise SeedError(f"{where} answered no JSON") from None

    def pages(self, path: str, query: Mapping[str, str]) -> list[Row]:
        """All items of a list. One that moves while it is read is read again."""
        for _ in range(_TRIES):
            items = self._all_items(path, query)
            if items is not None:
                return items
        raise SeedError(f"GET {self._prefix}{path}: the list changed during each of {_TRIES} readings")

    def _all_items(self, path: str, query: Mapping[str, str]) -> list[Row] | None:
        """The items, None when pages do not fit together."""
        items: list[Row] = []
        total, number = None, 1
        while total is None or len(items) < total:
            body = self.get(path, {**query, "page": str(number), "pageSize": str(_PAGE)})
            if total not in (None, body["totalCount"]) or (total and not body["items"]):
                return None
            total = body["totalCount"]
            items += body["items"]
            number += 1
            if len(body["items"]) < _PAGE:
                break
        ids = [simplejson.dumps(item.get("id") or item["addon"]["id"]) for item in items]
        return items if len(items) == total and len(set(ids)) == len(ids) else None
