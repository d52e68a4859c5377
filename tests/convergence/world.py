"""A sandbox that can be copied, cut off after any write, and looked into: what it really stores, also what its API hides."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import httpx

from catalogsync.sandbox import Sandbox

Row = dict[str, Any]


class Killed(BaseException):
    """The process ends here."""


def fresh() -> Sandbox:
    """An empty sandbox, the same in every run."""
    return _empty().copy()


@cache
def _empty() -> Sandbox:
    return Sandbox(seed=1)


def writes(sandbox: Sandbox) -> int:
    """How many requests were sent that are not reads."""
    return sum(request.method != "GET" for request in sandbox.requests)


class Watched(httpx.BaseTransport):
    """The sandbox's transport; `before` and `after` are called with the number of each write, counted from 1."""

    def __init__(
        self,
        sandbox: Sandbox,
        before: Callable[[int], None] = lambda _: None,
        after: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._inner, self._before, self._after, self._count = sandbox.transport(), before, after, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return self._inner.handle_request(request)
        self._count += 1
        number = self._count
        self._before(number)
        answer = self._inner.handle_request(request)
        self._after(number)
        return answer


def killed_after(sandbox: Sandbox, number: int) -> Watched:
    """A transport on which the process ends before write `number + 1`: `number` writes are done."""

    def end(count: int) -> None:
        if count > number:
            raise Killed

    return Watched(sandbox, before=end)


def recorded(sandbox: Sandbox, moments: list[Sandbox]) -> Watched:
    """A transport that keeps a copy of the sandbox after each write."""
    return Watched(sandbox, after=lambda _: moments.append(sandbox.copy()))


class Rows:
    """The stored rows, by kind and key."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.tables: dict[str, list[Row]] = sandbox.state()

    def of(self, table: str) -> list[Row]:
        """The rows that are not deleted."""
        return [row for row in self.tables.get(table, ()) if not row.get("deletedAt")]

    def versions(self, table: str, key: str, status: str) -> list[Row]:
        """The versions of a plan or add-on that are draft, active or archived."""
        return [row for row in self.of(table) if row["key"] == key and stage(row) == status]

    def keyed(self, table: str, key: str) -> list[Row]:
        """The channels or rules that carry a key."""
        return [r for r in self.of(table) if (r.get("metadata") or {}).get("catalogsync/key") == key]

    def offers(self, plan: Row) -> list[Row]:
        """The assignments of a plan version."""
        return [row for row in self.of("planAddons") if row["planId"] == plan["id"]]


def stage(row: Row) -> str:
    """Whether a version is draft, active or archived."""
    if not row.get("effectiveFrom"):
        return "draft"
    return "archived" if row.get("effectiveTo") else "active"
