"""The sandbox in the client's own process: an httpx transport without a socket."""

from __future__ import annotations

import httpx

from catalogsync.sandbox.gateway import Request
from catalogsync.sandbox.service import Service


class SandboxTransport(httpx.BaseTransport):
    """Hands httpx requests to a service. Safe to use from several threads."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reply = self._service.answer(
            Request(
                request.method,
                request.url.raw_path.decode("ascii"),
                {k.lower(): v for k, v in request.headers.items()},
                request.read(),
            )
        )
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body, request=request)
