"""The sandbox over a socket: a starlette application and the server that runs it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator

import uvicorn
from httptools import HttpParserInvalidMethodError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from catalogsync.sandbox.service import Service
from catalogsync.sandbox.transport.faults import Delivery, Ending
from catalogsync.sandbox.transport.gateway import refused_method
from catalogsync.sandbox.transport.messages import Request

_CONNECTION = "catalogsync.connection"


def application(service: Service) -> Starlette:
    """The ASGI application: every path goes to the service, as it was sent."""

    async def everything(scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1").partition("?")[0] + (f"?{query}" if query else "")
        headers = {k.lower(): v for k, v in http.headers.items()}
        try:
            request = Request(scope["method"], target, headers, await http.body())
        except ClientDisconnect:  # nobody is left to answer, and half a request is none
            return
        delivery = service.answer(request)  # one at a time in any case: threads would only hand it to and fro
        if delivery.delay:
            await asyncio.sleep(delivery.delay)
        if delivery.ending is Ending.WHOLE and delivery.reply is not None:
            reply = delivery.reply
            await Response(reply.body, reply.status, dict(reply.headers))(scope, receive, send)
        else:
            await _break_off(delivery, scope["extensions"][_CONNECTION], send)
            await receive()  # until the connection is gone

    app = Starlette()
    app.router.default = everything
    return app


async def _break_off(delivery: Delivery, connection: asyncio.Transport, send: Send) -> None:
    """Ends the connection: with half an answer, or with a reset and none."""
    if delivery.ending is Ending.CUT and delivery.reply is not None:
        reply = delivery.reply
        length = str(len(reply.body) or 1)
        head = [*reply.headers.items(), ("content-length", length)]
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        half = reply.body[: len(reply.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        connection.close()
        return
    now = struct.pack("ii", 1, 0)  # lingering for no time makes closing a reset
    connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
    connection.abort()


class _Protocol(HttpToolsProtocol):
    """uvicorn's own, which also lets the application get at the connection, so that a fault can break it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_CONNECTION: self.transport}  # type: ignore[dict-item]

    def send_400_response(self, msg: str) -> None:
        """A method that the parser does not know is the server's 405 (recorded: `transport_method_unknown`)."""
        if not isinstance(sys.exception(), HttpParserInvalidMethodError):
            super().send_400_response(msg)
            return
        reply = refused_method()
        head = [
            f"HTTP/1.1 {reply.status} Method Not Allowed",
            *(f"{n}: {v}" for n, v in reply.headers.items()),
        ]
        lines = [*head, f"content-length: {len(reply.body)}", "connection: close", "", ""]
        self.transport.write("\r\n".join(lines).encode("latin-1") + reply.body)
        self.transport.close()


def config(service: Service, host: str, port: int) -> uvicorn.Config:
    """How the application is served: one process, no access log, httptools' parser."""
    return uvicorn.Config(
        application(service),
        host=host,
        port=port,
        log_level="error",
        access_log=False,
        http=_Protocol,
        lifespan="off",
    )


@contextlib.contextmanager
def served(service: Service, port: int = 0) -> Iterator[str]:
    """Serves from a background thread on the loopback address; gives the URL. Port 0 picks a free one."""
    with socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    ) as listener:  # else no TCP_NODELAY
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = uvicorn.Server(config(service, "127.0.0.1", port))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=5)
