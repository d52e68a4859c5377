"""A small TCP proxy in front of a server, which breaks connections as it is told."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import BinaryIO
from urllib.parse import urlsplit


class Break(StrEnum):
    """How a connection breaks.

    unforwarded: closed before the request is passed on · unanswered: closed when the server has answered, before the answer is passed back ·
    cut: closed in the middle of the answer's body · late: the answer is passed back after a pause · overdue: the request is passed on after a
    pause · reset_before, reset_after: reset before the request is passed on, or when the server has answered.
    """

    UNFORWARDED = "unforwarded"
    UNANSWERED = "unanswered"
    CUT = "cut"
    LATE = "late"
    OVERDUE = "overdue"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"


Schedule = Callable[[str], Break | None]
"""Asked once for each request, by its method, one after the other: how its connection breaks, None for not at all."""
BEFORE = frozenset({Break.UNFORWARDED, Break.RESET_BEFORE})
RESET = frozenset({Break.RESET_BEFORE, Break.RESET_AFTER})
SLOW = frozenset({Break.LATE, Break.OVERDUE})
NOW = struct.pack("ii", 1, 0)
"""Lingering for no time makes closing a reset."""


class BreakingProxy:
    """Stands before the server at `url` while its context lasts. `pause`: the seconds that what is late is held back.

    `requests` counts what arrived, `broken` how connections broke. Its clients close their connections before the context ends.
    """

    def __init__(self, url: str, schedule: Schedule, pause: float) -> None:
        parts = urlsplit(url)
        self._onward = (str(parts.hostname), int(parts.port or 80))
        self._schedule, self._pause = schedule, pause
        self._lock = threading.Lock()
        self.requests = 0
        self.broken: Counter[str] = Counter()
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    proxy.relay(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> BreakingProxy:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def relay(self, client: socket.socket) -> None:
        """Passes on one connection's requests and their answers, until either side closes or the schedule breaks it."""
        with (
            client.makefile("rb") as requests,
            socket.create_connection(self._onward) as onward,
            onward.makefile("rb") as answers,
        ):
            while request := message(requests):
                broken = self._next(request)
                if broken is Break.OVERDUE:
                    time.sleep(self._pause)
                if broken not in BEFORE:
                    onward.sendall(request)
                    client.sendall(self._left(message(answers), broken))
                if broken in RESET:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
                    requests.close()  # it holds the connection open
                    client.close()
                if broken not in (None, *SLOW):
                    return

    def _next(self, request: bytes) -> Break | None:
        with self._lock:
            self.requests += 1
            broken = self._schedule(request.split(b" ", 1)[0].decode())
            if broken is not None:
                self.broken[broken] += 1
            return broken

    def _left(self, answer: bytes, broken: Break | None) -> bytes:
        """What the break leaves of an answer."""
        if broken is Break.LATE:
            time.sleep(self._pause)
        if broken is Break.CUT:
            return halved(answer)
        return answer if broken in (None, *SLOW) else b""


def message(stream: BinaryIO) -> bytes:
    """The next request or answer on a connection, its head and its body; empty at the end."""
    head = b""
    while line := stream.readline():
        head += line
        if line == b"\r\n":
            return head + body_after(head, stream)
    return b""


def body_after(head: bytes, stream: BinaryIO) -> bytes:
    """The body that follows a head, as it comes over the wire: counted, or in chunks."""
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    if fields.get(b"transfer-encoding") != b"chunked":
        return stream.read(int(fields.get(b"content-length", 0)))
    body = b""
    while line := stream.readline():
        size = int(line, 16)
        body += line + stream.read(size + 2)
        if not size:
            break
    return body


def halved(answer: bytes) -> bytes:
    """An answer up to the middle of its body, of its head when it has none."""
    head, end, body = answer.partition(b"\r\n\r\n")
    return head + end + body[: len(body) // 2] if body else head[: len(head) // 2]
