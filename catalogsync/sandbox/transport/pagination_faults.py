"""A list that moves under its reader: what a later page looks like when another client wrote between two
reads.

Source: docs/server/transport.md#paging (offset paging: concurrent writes shift rows).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from urllib.parse import urlencode

import simplejson

from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.transport.messages import Reply, Request

Handle = Callable[[Request], Reply]


def is_later_page(request: Request) -> bool:
    """Whether the request reads a page of a list behind the first one."""
    return request.method == "GET" and _place(request) is not None


def shifted(request: Request, handle: Handle, *, repeats: bool) -> Reply:
    """The page as it reads after an object came in front of it (its first item repeats the page before) or
    after one in front of it went (its first item is missing).
    """
    reply = handle(request)
    name_and_step = _place(request)
    if reply.status != 200 or name_and_step is None:
        return reply
    name, step = name_and_step
    items = _items(reply)
    neighbour = _items(handle(_moved(request, name, -step if repeats else step)))
    moved = [*neighbour[-1:], *items][: max(len(items), 1)] if repeats else [*items[1:], *neighbour[:1]]
    return dataclasses.replace(reply, body=_with_items(reply, moved, 1 if repeats else -1))


def _place(request: Request) -> tuple[str, int] | None:
    """The parameter that says where the page starts, and its step to the next page; None on a first page."""
    query = dict(request.pairs())
    page, offset = query.get("page", "1"), query.get("offset", "0")
    if page.isdigit() and int(page) > 1:
        return "page", 1
    if offset.isdigit() and int(offset) > 0:
        return "offset", min(int(query.get("limit", "100")), int(offset))
    return None


def _moved(request: Request, name: str, step: int) -> Request:
    pairs = [(k, str(int(v) + step) if k == name else v) for k, v in request.pairs()]
    return dataclasses.replace(request, target=f"{request.path}?{urlencode(pairs)}")


def _items(reply: Reply) -> list[Json]:
    body = simplejson.loads(reply.body, use_decimal=True)
    items: list[Json] = body["items"] if isinstance(body, dict) else body
    return items


def _with_items(reply: Reply, items: list[Json], more: int) -> bytes:
    body = simplejson.loads(reply.body, use_decimal=True)
    whole = isinstance(body, dict)
    moved = {**body, "items": items, "totalCount": body["totalCount"] + more} if whole else items
    return simplejson.dumps(moved, use_decimal=True).encode() + b"\n"
