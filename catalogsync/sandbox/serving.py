"""The sandbox over a socket: a starlette application and the server that runs it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from catalogsync.sandbox.gateway import Request
from catalogsync.sandbox.service import Service


def application(service: Service) -> Starlette:
    """The ASGI application: every path goes to the service, as it was sent."""

    async def everything(scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1").partition("?")[0] + (f"?{query}" if query else "")
        headers = {k.lower(): v for k, v in http.headers.items()}
        request = Request(scope["method"], target, headers, await http.body())
        reply = await run_in_threadpool(service.answer, request)
        response = Response(reply.body, reply.status, dict(reply.headers))
        await response(scope, receive, send)

    app = Starlette()
    app.router.default = everything
    return app


def config(service: Service, host: str, port: int) -> uvicorn.Config:
    """How the application is served: one process, no access log, httptools' parser."""
    return uvicorn.Config(
        application(service),
        host=host,
        port=port,
        log_level="error",
        access_log=False,
        http="httptools",
        lifespan="off",
    )


@contextlib.contextmanager
def served(service: Service, port: int = 0) -> Iterator[str]:
    """Serves from a background thread on the loopback address; gives the URL. Port 0 picks a free one."""
    with socket.socket() as listener:
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
