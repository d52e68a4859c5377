"""The sandbox in the client's own process: an httpx transport without a socket, on which faults look as
they do over one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx

from catalogsync.sandbox.service import Service
from catalogsync.sandbox.transport.faults import Delivery, Ending
from catalogsync.sandbox.transport.messages import Reply, Request


class SandboxTransport(httpx.BaseTransport):
    """Hands httpx requests to a service. Safe to use from several threads.

    Raises httpx.ReadError for a reset connection, httpx.ReadTimeout for an answer that is later than the
    request's read timeout; an answer cut short raises httpx.RemoteProtocolError when its body is read.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        delivery = self._service.answer(
            Request(
                request.method,
                request.url.raw_path.decode("ascii"),
                {k.lower(): v for k, v in request.headers.items()},
                request.read(),
            )
        )
        _wait(delivery, request)
        if delivery.reply is None or delivery.ending is Ending.RESET:
            raise httpx.ReadError("connection reset by the sandbox", request=request)
        return _response(delivery.reply, request, cut=delivery.ending is Ending.CUT)


def _wait(delivery: Delivery, request: httpx.Request) -> None:
    if not delivery.delay:
        return
    allowed = request.extensions.get("timeout", {}).get("read")
    if allowed is not None and delivery.delay > allowed:
        time.sleep(allowed)
        raise httpx.ReadTimeout("no answer from the sandbox in time", request=request)
    time.sleep(delivery.delay)


def _response(reply: Reply, request: httpx.Request, *, cut: bool) -> httpx.Response:
    headers = dict(reply.headers)
    if not cut:
        return httpx.Response(reply.status, headers=headers, content=reply.body, request=request)
    headers["content-length"] = str(len(reply.body) or 1)
    return httpx.Response(reply.status, headers=headers, stream=_CutShort(reply.body), request=request)


class _CutShort(httpx.SyncByteStream):
    """The first half of a body; then the connection ends."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
