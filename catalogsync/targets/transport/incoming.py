"""One answer of HTTP/1.1 as its bytes come in."""

from __future__ import annotations

import zlib

import httptools

from catalogsync.targets.transport.wire import Answer, Trouble

LONGEST_HEAD = 1 << 18
"""Bytes within which the headers of an answer end: no server that we know comes near it."""
_GZIP = 16 + zlib.MAX_WBITS


class Incoming:
    """Takes bytes by `feed` until the answer is `whole`. `keeps`: the server keeps the connection, and has said nothing beyond its answer.

    The other methods are called by httptools.
    """

    __slots__ = ("_begun", "_body", "_headed", "_headers", "_parser", "_size", "_status", "keeps", "whole")

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._begun = self._headed = self.whole = self.keeps = False
        self._size = self._status = 0

    def feed(self, data: bytes) -> None:
        """Takes the next bytes; none at the connection's end. Raises Trouble."""
        if not data:
            self._end()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as problem:
            self.keeps = False
            if not self.whole:  # else the answer is good, and what follows it is nobody's
                raise Trouble("the answer is not HTTP/1.1", sent=True) from problem
        if not self._headed:
            self._size += len(data)
            if self._size > LONGEST_HEAD:
                raise Trouble("the headers of the answer do not end", sent=True)

    def answer(self) -> Answer:
        """The whole answer. Raises Trouble where it cannot be decompressed."""
        content = b"".join(self._body)
        if content and self._headers.get("content-encoding", "").lower() == "gzip":
            content = _unpacked(content)
        return Answer(self._status, self._headers, content)

    def _end(self) -> None:
        """The connection is closed: the end of a body whose length no header tells (RFC 9112 §6.3, rule 8)."""
        if not self._headed or {"content-length", "transfer-encoding"} & self._headers.keys():
            said = "the answer was cut" if self._begun else "the connection was closed without an answer"
            raise Trouble(said, sent=True)
        self.whole = True

    def on_message_begin(self) -> None:
        self._begun = True
        if self.whole:
            self.keeps = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.whole:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        if not self.whole:
            self._headed, self._status = True, self._parser.get_status_code()

    def on_body(self, data: bytes) -> None:
        if not self.whole:
            self._body.append(data)

    def on_message_complete(self) -> None:
        if 100 <= self._status < 200:  # said on the way: the answer is still to come
            self._headers, self._headed = {}, False
        elif not self.whole:
            self.whole, self.keeps = True, self._parser.should_keep_alive()


def _unpacked(content: bytes) -> bytes:
    unpacked = []
    try:
        while content:  # several members may follow each other (RFC 1952 §2.2)
            member = zlib.decompressobj(_GZIP)
            unpacked.append(member.decompress(content))
            if not member.eof:
                raise Trouble("the answer was cut", sent=True)
            content = member.unused_data
    except zlib.error as problem:
        raise Trouble(f"the answer cannot be decompressed: {problem}", sent=True) from problem
    return b"".join(unpacked)
