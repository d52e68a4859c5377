"""The wire over sockets: HTTP/1.1 straight to one server, on connections that are kept; the parser is httptools'.

A plan of a large catalog makes thousands of small reads, and most of what each took was spent in the HTTP library (docs/adr/0010).
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import time
from collections.abc import Mapping
from typing import TypeAlias

from catalogsync.targets.transport.incoming import Incoming
from catalogsync.targets.transport.wire import USER_AGENT, Answer, Line, Trouble

KEPT = 5.0
"""Seconds that an idle connection is kept: servers and what lies in between close theirs without a word, some soon."""
_PORTS = {"http": 80, "https": 443}
_CHUNK = 65536
_NO_HEADER = re.compile(r"[^\t\x20-\x7e]")
Stream: TypeAlias = socket.socket


class Sockets:
    """The wire of a line (`wire.Wire`). A connection serves one request at a time; an idle one is taken again, the last one first."""

    def __init__(self, line: Line) -> None:
        parts = line.parts
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._timeout, self._most = line.timeout, line.connections
        self._tls = (line.tls or _usual_tls()) if parts.scheme == "https" else None
        if self._tls is not None:
            self._tls.set_alpn_protocols(["http/1.1"])
        self._path = parts.path
        host = _named(self._host, parts.port, parts.scheme)
        usual = {
            "host": host,
            "user-agent": USER_AGENT,
            "accept-encoding": "gzip",
            "connection": "keep-alive",
        }
        self._head = _lines({**usual, **line.headers})
        self._idle: list[tuple[Stream, float]] = []

    def send(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        request = f"{method} {self._path}{target} HTTP/1.1\r\n{self._head}{_lines(headers)}"
        if content is not None or method in ("POST", "PUT"):
            request += f"content-length: {len(content or b'')}\r\n"
        stream = self._kept() or self._connected()
        again = False
        try:
            stream.sendall(f"{request}\r\n".encode("ascii") + (content or b""))
            incoming = _read(stream)
            again = incoming.keeps
            return incoming.answer()
        except TimeoutError as problem:
            raise Trouble("timed out", sent=True, late=True) from problem
        except OSError as problem:
            raise Trouble(str(problem) or type(problem).__name__, sent=True) from problem
        finally:
            self._back(stream, again)

    def close(self) -> None:
        self._most = 0
        while self._idle:
            self._idle.pop()[0].close()

    def _kept(self) -> Stream | None:
        """An idle connection that its other end has not closed."""
        with contextlib.suppress(IndexError):  # another thread may take the last one
            while True:
                stream, since = self._idle.pop()
                if time.monotonic() - since < KEPT and not _readable(stream):
                    return stream
                stream.close()
        return None

    def _back(self, stream: Stream, again: bool) -> None:
        if again and len(self._idle) < self._most:
            self._idle.append((stream, time.monotonic()))
        else:
            stream.close()

    def _connected(self) -> Stream:
        try:
            stream = socket.create_connection((self._host, self._port), self._timeout)
        except TimeoutError as problem:
            raise Trouble("timed out", sent=False, late=True) from problem
        except UnicodeError as problem:
            raise Trouble("no host has such a name", sent=False, hopeless=True) from problem
        except OSError as problem:
            raise Trouble(str(problem), sent=False) from problem
        try:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(stream, server_hostname=self._host) if self._tls else stream
        except OSError as problem:
            stream.close()
            late = isinstance(problem, TimeoutError)
            raise Trouble("timed out" if late else str(problem), sent=False, late=late) from problem


def _read(stream: Stream) -> Incoming:
    """The next answer. Raises OSError, Trouble."""
    incoming = Incoming()
    while not incoming.whole:
        incoming.feed(stream.recv(_CHUNK))
    return incoming


def _readable(stream: Stream) -> bool:
    """Whether something has come although nothing was asked: the other end has closed, or is none to go on with."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(stream, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([stream], [], [], 0)[0])


def _usual_tls() -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _named(host: str, port: int | None, scheme: str) -> str:
    """The host as a request names it: its port where that is not the scheme's own."""
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, _PORTS[scheme]) else f"{name}:{port}"


def _lines(headers: Mapping[str, str]) -> str:
    if any(_NO_HEADER.search(value) for value in headers.values()):
        raise ValueError("a header holds a character that none may hold")
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
