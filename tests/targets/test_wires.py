"""The two wires to a server, over real sockets: what is one answer, what is none, which connections are used again. Where both can say it, the
one over sockets says what the one over httpx says."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proxy import message
from targets_helpers import certificate

from catalogsync.targets.transport import Answer, Line, Trouble, Wire, opened, sockets
from catalogsync.targets.transport.incoming import LONGEST_HEAD
from catalogsync.targets.transport.sockets import Sockets
from catalogsync.targets.transport.through_httpx import ThroughHttpx

BOTH = pytest.mark.parametrize("made", [Sockets, ThroughHttpx])
Script = Callable[[int], Sequence[bytes] | None]
"""What is sent after the request of this number, piece by piece; the connection stays open. After an empty piece it is closed; None: silence."""


class Scripted:
    """A server of one machine's port that sends what its script says. Keeps the requests that it saw, and how many connections there were."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self._script, self._tls = script, tls
        self.requests: list[bytes] = []
        self.connections = 0
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                stream, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(stream,), daemon=True).start()

    def _serve(self, stream: socket.socket) -> None:
        with contextlib.suppress(OSError), stream:
            if self._tls is not None:
                stream = self._tls.wrap_socket(stream, server_side=True)
            with stream, stream.makefile("rb") as requests:
                while request := message(requests):
                    with self._lock:
                        self.requests.append(request)
                        number = len(self.requests)
                    for piece in self._script(number) or ():
                        if not piece:
                            return
                        stream.sendall(piece)


@contextlib.contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    server = Scripted(script, tls)
    try:
        yield server
    finally:
        server.close()


def line(
    port: int,
    start: str = "http://127.0.0.1",
    *,
    path: str = "",
    timeout: float = 5.0,
    tls: ssl.SSLContext | None = None,
) -> Line:
    headers = {"accept": "application/json", "authorization": "Bearer k"}
    return Line(f"{start}:{port}{path}", headers, 4, timeout, tls)


def asked(wire: Wire, method: str = "GET", target: str = "/x", content: bytes | None = None) -> Answer:
    return wire.send(method, target, {"x-request-id": "r"}, content)


def outcome(made: type[Sockets] | type[ThroughHttpx], *pieces: bytes, method: str = "GET") -> object:
    """What a wire makes of one answer: its status, type and body, or what kind of trouble it is."""
    with serving(lambda _: pieces) as server, contextlib.closing(made(line(server.port))) as wire:
        try:
            answer = asked(wire, method)
        except Trouble as problem:
            return problem.sent, problem.late, problem.hopeless
        return answer.status, answer.headers.get("content-type"), answer.content


OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
PACKED = gzip.compress(b'{"a": 1}')
COUNTED = OK + b"content-length: 2\r\n\r\n{}"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n1;x=y\r\n{\r\n001\r\n}\r\n0\r\ntrailer: 1\r\n\r\n"
ANSWERS = {
    "counted": (COUNTED, b"{}"),
    "in chunks": (CHUNKED, b"{}"),
    "until the end": (OK + b"\r\n{}", b"", b"{}"),
    "packed": (OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(PACKED) + PACKED, b'{"a": 1}'),
    "packed, nothing": (OK + b"content-encoding: gzip\r\ncontent-length: 0\r\n\r\n", b""),
    "empty": (OK + b"content-length: 0\r\n\r\n", b""),
    "one on the way": (b"HTTP/1.1 103 Early Hints\r\nlink: x\r\ncontent-type: text/html\r\n\r\n" + COUNTED, b"{}"),
    "old": (b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{}", b"", b"{}"),
    "no reason": (COUNTED.replace(b" OK", b""), b"{}"),
    "other letters": (COUNTED.replace(b"content-type", b"Content-TYPE").replace(b": 2", b":2  "), b"{}"),
    "above ascii": (COUNTED.replace(b" OK", b" O\xe9"), b"{}"),
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_an_answer(made, name):
    *pieces, body = ANSWERS[name]
    assert outcome(made, *pieces) == (200, "application/json", body)


def test_an_answer_may_come_in_any_pieces():
    for whole in (COUNTED, CHUNKED, ANSWERS["one on the way"][0], ANSWERS["packed"][0]):
        pieces = [whole[n : n + 1] for n in range(len(whole))]
        assert outcome(Sockets, *pieces) == outcome(Sockets, whole)


@BOTH
@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body(made, status):
    said = b"HTTP/1.1 %d X\r\ncontent-length: 5\r\n\r\n" if status == 304 else b"HTTP/1.1 %d X\r\n\r\n"
    assert outcome(made, said % status) == (status, None, b"")


def test_packed_members_follow_each_other():
    body = gzip.compress(b'{"a"') + gzip.compress(b": 1}")
    packed = OK + b"content-encoding: GZIP\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    assert outcome(Sockets, packed) == (200, "application/json", b'{"a": 1}')


BROKEN = {
    "nothing": (b"",),
    "a cut head": (OK, b""),
    "a cut body": (OK + b"content-length: 9\r\n\r\n{}", b""),
    "a cut chunk": (OK + b"transfer-encoding: chunked\r\n\r\n9\r\n{}", b""),
    "no last chunk": (OK + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n", b""),
    "a cut hint": (b"HTTP/1.1 103 Early Hints\r\n\r\n", b""),
    "noise": (b"what?\r\n\r\n", b""),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", b""),
    "two lengths": (OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}", b""),
    "no length": (OK + b"content-length: two\r\n\r\n{}", b""),
    "no chunks": (OK + b"transfer-encoding: chunked\r\n\r\nx\r\n", b""),
    "no gzip": (OK + b"content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}", b""),
}


@BOTH
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_none(made, name, method):
    assert outcome(made, *BROKEN[name], method=method) == (True, False, False)


CUT_GZIP = OK + b"content-encoding: gzip\r\ncontent-length: 12\r\n\r\n" + PACKED[:12]
UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"
ENDLESS = OK + b"x: " + b"y" * LONGEST_HEAD


@pytest.mark.parametrize("said", [CUT_GZIP, UPGRADE, ENDLESS], ids=["cut gzip", "upgrade", "endless head"])
def test_what_is_none_for_sockets(said):
    assert outcome(Sockets, said) == (True, False, False)


@st.composite
def answers(draw):
    """A body, and one of the ways in which it may be sent, in pieces."""
    body = draw(st.binary(max_size=300))
    status = draw(st.sampled_from([200, 201, 400, 404, 429, 503]))
    packed = draw(st.booleans())
    sent = gzip.compress(body) if packed and body else body
    head = b"HTTP/1.1 %d X\r\ncontent-type: a/b\r\n" % status + (
        b"content-encoding: gzip\r\n" if packed else b""
    )
    way = draw(st.sampled_from(["counted", "chunks", "end"]))
    if way == "counted":
        whole = head + b"content-length: %d\r\n\r\n" % len(sent) + sent
    elif way == "chunks":
        size = draw(st.integers(1, 100))
        parts = [sent[n : n + size] for n in range(0, len(sent), size)]
        whole = head + b"transfer-encoding: chunked\r\n\r\n"
        whole += b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    else:
        whole = head + b"connection: close\r\n\r\n" + sent
    cuts = sorted(draw(st.sets(st.integers(1, len(whole)), max_size=5)) | {len(whole)})
    pieces = [whole[a:b] for a, b in zip([0, *cuts], cuts, strict=False)]
    return (status, "a/b", body), [*pieces, *([b""] if way == "end" else [])]


@settings(max_examples=40, deadline=None)
@given(answers())
def test_both_wires_read_the_same(drawn):
    wanted, pieces = drawn
    assert outcome(Sockets, *pieces) == outcome(ThroughHttpx, *pieces) == wanted


@BOTH
def test_a_connection_is_used_again(made):
    with serving(lambda _: [COUNTED]) as server, contextlib.closing(made(line(server.port))) as wire:
        assert all(asked(wire, method).status == 200 for method in ("GET", "POST", "PUT", "GET", "DELETE"))
    assert (server.connections, len(server.requests)) == (1, 5)


SAID_GOODBYE = (
    [COUNTED.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")],
    [COUNTED.replace(b"HTTP/1.1", b"HTTP/1.0")],
    [COUNTED, b""],
)


@BOTH
@pytest.mark.parametrize("pieces", SAID_GOODBYE, ids=["by a header", "by its version", "without a word"])
def test_a_connection_that_ended_is_not(made, pieces):
    """A write must not meet it: it would be sent and not answered."""
    with serving(lambda _: pieces) as server, contextlib.closing(made(line(server.port))) as wire:
        for _ in range(3):
            assert asked(wire, "POST").status == 200
            time.sleep(0.05)  # until the end of the connection has come
    assert (server.connections, len(server.requests)) == (3, 3)


STRAY = b"HTTP/1.1 500 Stray\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n"


STRAYS = [[COUNTED + STRAY], [COUNTED + STRAY[:20]], [COUNTED + b"noise"], [COUNTED, STRAY]]


@pytest.mark.parametrize("pieces", STRAYS, ids=["a whole one", "half of one", "noise", "a late one"])
def test_what_nobody_asked_for_is_no_answer(pieces):
    with serving(lambda _: pieces) as server, contextlib.closing(Sockets(line(server.port))) as wire:
        for _ in range(3):
            answer = asked(wire)
            assert (answer.status, answer.content) == (200, b"{}")
            time.sleep(0.05)
    assert server.connections == 3


def test_after_trouble_comes_a_new_connection():
    cut = [OK + b"content-length: 9\r\n\r\n{}", b""]
    with (
        serving(lambda n: cut if n == 1 else [COUNTED]) as server,
        contextlib.closing(Sockets(line(server.port))) as wire,
    ):
        with pytest.raises(Trouble):
            asked(wire)
        assert asked(wire).content == b"{}"
    assert server.connections == 2


def test_an_idle_connection_is_not_kept_for_long(monkeypatch):
    monkeypatch.setattr(sockets, "KEPT", 0.0)
    with serving(lambda _: [COUNTED]) as server, contextlib.closing(Sockets(line(server.port))) as wire:
        assert [asked(wire).status for _ in range(3)] == [200] * 3
    assert server.connections == 3


def test_threads_have_connections_of_their_own_and_share_them_later():
    """Each is given the answer to its own request, and no more connections are kept than were allowed."""
    meet = threading.Barrier(4)

    def script(number):
        if number <= 4:
            meet.wait(5)
        body = server.requests[number - 1].split()[1]
        return [OK + b"content-length: %d\r\n\r\n" % len(body) + body]

    with serving(script) as server, contextlib.closing(Sockets(line(server.port))) as wire:
        with ThreadPoolExecutor(4) as pool:
            told = pool.map(lambda n: asked(wire, target=f"/{n}").content == b"/%d" % n, range(4))
            assert all(told)
        assert server.connections == 4
        assert all(asked(wire, target=f"/{n}").content == b"/%d" % n for n in range(20))
        assert server.connections == 4


def test_closed_while_an_answer_is_on_its_way():
    go = threading.Event()
    with serving(lambda _: go.wait(5) and [COUNTED]) as server, ThreadPoolExecutor(1) as pool:
        wire = Sockets(line(server.port))
        answer = pool.submit(asked, wire)
        while not server.requests:
            time.sleep(0.01)
        wire.close()
        go.set()
        assert answer.result().status == 200
        assert wire._idle == []


@BOTH
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_answer_in_time(made, method):
    with (
        serving(lambda _: None) as server,
        contextlib.closing(made(line(server.port, timeout=0.2))) as wire,
        pytest.raises(Trouble, match="timed out") as trouble,
    ):
        asked(wire, method)
    assert (trouble.value.sent, trouble.value.late) == (True, True)


@BOTH
def test_nobody_listens(made):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with contextlib.closing(made(line(port))) as wire, pytest.raises(Trouble, match="refused") as trouble:
        asked(wire, "POST")
    assert (trouble.value.sent, trouble.value.hopeless) == (False, False)


@BOTH
def test_a_server_that_does_not_take_connections_in_time(made):
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = full.getsockname()[1]
        for _ in range(3):  # fills the queue of those who wait
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        wire = stack.enter_context(contextlib.closing(made(line(port, timeout=0.3))))
        with pytest.raises(Trouble, match="timed out") as trouble:
            asked(wire, "POST")
    assert (trouble.value.sent, trouble.value.late) == (False, True)


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".invalid"])
def test_no_host_has_such_a_name(host):
    with contextlib.closing(Sockets(line(1, f"http://{host}"))) as wire, pytest.raises(Trouble) as trouble:
        asked(wire, "POST")
    assert (trouble.value.sent, trouble.value.hopeless) == (False, True)


@BOTH
def test_what_is_sent(made):
    with (
        serving(lambda _: [COUNTED]) as server,
        contextlib.closing(made(line(server.port, path="/om"))) as wire,
    ):
        asked(wire, target="/api/v1/x%20y?page=1")
        asked(wire, "POST", content=b"{}")
        asked(wire, "POST")
    heads = [request.partition(b"\r\n\r\n")[0].decode().lower().split("\r\n") for request in server.requests]
    assert [head[0] for head in heads] == [
        "get /om/api/v1/x%20y?page=1 http/1.1", "post /om/x http/1.1", "post /om/x http/1.1"
    ]  # fmt: skip
    always = {f"host: 127.0.0.1:{server.port}", "accept: application/json", "authorization: bearer k", "x-request-id: r"}  # fmt: skip
    assert all(always <= set(head) for head in heads)
    lengths = [next((name for name in head if name.startswith("content-length")), "") for head in heads]
    assert lengths == ["", "content-length: 2", "content-length: 0"]
    assert server.requests[1].endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize(
    ("root", "host"),
    [
        ("http://h.invalid", "h.invalid"),
        ("http://h.invalid:80/om", "h.invalid:80"),
        ("http://H.invalid:8888", "h.invalid:8888"),
        ("http://[::1]:8", "[::1]:8"),
    ],
)
def test_the_host_header(root, host):
    head = Sockets(Line(root, {}, 1, 1.0))._head
    assert f"host: {host.removesuffix(':80')}\r\n" in head


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\nb", "\0", "\x7f", "é", "☃"])
def test_a_header_cannot_begin_another(value):
    with pytest.raises(ValueError, match="header"):
        Sockets(Line("http://localhost:1", {"authorization": value}, 1, 1.0))


def test_certificates(tmp_path: Path):
    """Trusted is what the named certificates vouch for, for this host; nothing is sent otherwise."""
    ours, others = (certificate(tmp_path / name, "localhost") for name in ("ours.pem", "others.pem"))
    serves = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serves.load_cert_chain(ours)
    trusts, distrusts = (ssl.create_default_context(cafile=file) for file in (ours, others))
    with serving(lambda _: [COUNTED], serves) as server:
        for made in (Sockets, ThroughHttpx):
            wires = [
                made(line(server.port, f"https://{host}", tls=tls))
                for host, tls in (("localhost", trusts), ("localhost", distrusts), ("127.0.0.1", trusts), ("localhost", None))
            ]  # fmt: skip
            assert [asked(wires[0]).content for _ in range(2)] == [b"{}", b"{}"]
            for wire in wires[1:]:
                with pytest.raises(Trouble, match="certificate verify failed") as trouble:
                    asked(wire, "POST")
                assert not trouble.value.sent
            for wire in wires:
                wire.close()
    assert len(server.requests) == 4


@BOTH
def test_a_server_without_tls(made):
    with serving(lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""]) as server:
        wire = made(line(server.port, "https://127.0.0.1"))
        with contextlib.closing(wire), pytest.raises(Trouble) as trouble:
            asked(wire, "POST")
    assert not trouble.value.sent


STRAIGHT = ("http://localhost", "HTTPS://h.invalid:1/a%20b/c", "http://[::1]:8", "http://127.0.0.1:8888/om")
BY_HTTPX = ("http://bücher.invalid", "http://h.invalid/ö", "http://u:p@h.invalid", "http://[fe80::1%25eth0]",
            "http://h.invalid/a b", "ftp://h.invalid")  # fmt: skip


def test_which_wire():
    plain = [opened(Line(root, {}, 1, 1.0)) for root in STRAIGHT]
    other = [opened(Line(root, {}, 1, 1.0)) for root in BY_HTTPX]
    other.append(opened(Line("http://h.invalid", {}, 1, 1.0, proxy="http://p.invalid:1")))
    assert {type(wire) for wire in plain} == {Sockets}
    assert {type(wire) for wire in other} == {ThroughHttpx}


def test_through_a_proxy():
    """One that passes on is asked by the whole URL; one that does not let through has seen nothing of the request."""
    refused = [b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", b""]
    with serving(lambda n: [COUNTED] if n == 1 else refused) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        plain = opened(Line("http://h.invalid/om", {"authorization": "Bearer k"}, 1, 5.0, proxy=proxy))
        assert asked(plain).content == b"{}"
        tls = opened(Line("https://h.invalid", {"authorization": "Bearer k"}, 1, 5.0, proxy=proxy))
        with pytest.raises(Trouble) as trouble:
            asked(tls, "POST")
        plain.close()
        tls.close()
    assert not trouble.value.sent
    assert [request.split(b"\r\n")[0] for request in server.requests] == [
        b"GET http://h.invalid/om/x HTTP/1.1", b"CONNECT h.invalid:443 HTTP/1.1"
    ]  # fmt: skip
    assert b"Bearer" not in server.requests[1]
