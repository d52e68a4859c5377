"""One client for one server: keep-alive, bounded and adapting concurrency, retries of what is safe to repeat, every call observed."""

from __future__ import annotations

import hashlib
import ipaddress
import random
import re
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

from catalogsync.core import canon
from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.errors import TargetError, UsageError
from catalogsync.targets import transport as wires
from catalogsync.targets.errors import Ambiguous, Unreachable, from_answer, from_trouble, without_secrets
from catalogsync.targets.transport import Answer, Line, Trouble
from catalogsync.targets.v1 import payload
from catalogsync.targets.v1.payload import Garbled
from catalogsync.targets.v1.slots import Pace, Slots

if TYPE_CHECKING:
    import httpx

PREFIX, V3 = "/api/v1", "/api/v3"
TRIES = 4
"""How often a call that is safe to repeat is tried in all."""
LONGEST_WAIT = 30.0
"""Seconds: a Retry-After beyond it, in seconds or as a date, is cut to it."""
_AGAIN = frozenset({408, 429, 502, 503, 504})
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it went: `status` 0 when there was no answer; `phase` is read, write or verify."""

    phase: str
    method: str
    path: str
    status: int
    milliseconds: int
    request_id: str


Observer = Callable[[Call], None]
Query: TypeAlias = Mapping[str, str | Sequence[str]]


class Client:
    """Speaks to one OpenMeter. Safe to use from several threads.

    `prefix` comes before every path. A bearer key never goes over plain http except to this machine, and redirects are not followed, so
    it never reaches another host. `key_source` says in words where the key came from, or why none is sent; a refusal repeats it. `tls`: the
    certificates to trust, None for the usual ones. `proxy`: the proxy's URL; this machine is never reached by one. The process
    environment is not looked at. `wait`, `jitter` and `clock` (seconds since 1970) are handed in by tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        key_source: str = "",
        prefix: str = PREFIX,
        transport: httpx.BaseTransport | None = None,
        workers: int = 16,
        tls: ssl.SSLContext | None = None,
        proxy: str | None = None,
        timeout: float = 60.0,
        observers: Sequence[Observer] = (),
        wait: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.time,
    ) -> None:
        parts = urlsplit(base_url)
        here = is_this_machine(parts.hostname or "")
        if api_key and parts.scheme != "https" and not here:
            raise UsageError(
                f"the API key is not sent to {parts.hostname}: plain http, which anybody on the way can read",
                code="key-over-http",
                hint="use https, or leave the key out",
            )
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {api_key}"} if api_key else {})
        self.workers, self.observers = workers, list(observers)
        self._thread = threading.local()
        self.prefix, self._root = prefix.rstrip("/"), base_url.rstrip("/")
        self._key_source, self._sent_key = key_source, api_key or ""
        self._wait, self._jitter, self._clock = wait, jitter, clock
        self._slots = Slots(workers)
        through = None if here or transport is not None else proxy
        self._line = Line(self._root, headers, workers, timeout, tls, through, transport)
        self._wire = wires.opened(self._line)

    @property
    def phase(self) -> str:
        """What this thread's calls are for: read, write or verify."""
        return getattr(self._thread, "phase", "read")

    @phase.setter
    def phase(self, phase: str) -> None:
        self._thread.phase = phase

    @cached_property
    def http(self) -> httpx.Client:
        """An httpx client for the same server, for what reads it in its own way: the seeding of a twin."""
        from catalogsync.targets.transport.through_httpx import client_of

        return client_of(self._line)

    @property
    def at_once(self) -> int:
        """How many calls may be under way now."""
        return self._slots.allowed

    def pace(self) -> Pace:
        """How many calls go out at once, and what waits."""
        return self._slots.pace()

    def close(self) -> None:
        """Closes the connections."""
        self._wire.close()
        if "http" in vars(self):
            self.http.close()

    def get(self, path: str, query: Query | None = None) -> Json:
        """The body of a read. Raises TargetError."""
        return self.send("GET", path, query=query)

    def identity(self) -> tuple[str, str]:
        """The server's version and the digest of its API description; "" for what it does not tell."""
        version, description = self.introduction()
        return version, digest_of(description)

    def introduction(self) -> tuple[str, bytes]:
        """The server's version ("" if it does not tell) and the text of its API description (empty where it serves none)."""
        with ThreadPoolExecutor(1) as beside:
            answer = beside.submit(self._outside, "/version")
            description = self._outside("/api/swagger.json")
            said = _parsed(answer.result())
        version = said.get("version", "") if isinstance(said, Mapping) else ""
        return str(version), description

    def _outside(self, path: str) -> bytes:
        try:
            answer = self._wire.send("GET", path, {})
        except Trouble:
            return b""
        return answer.content if answer.status == 200 else b""

    def send(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        query: Query | None = None,
    ) -> Json:
        """The body of an answer below 400, None without one. `path` comes after the prefix, or holds it already, or is one of the v3 API.

        Raises ApiError (refused), Unreachable (no effect), Ambiguous (a write that may have taken effect). GET is repeated on trouble,
        everything else only where the server says that it did not take it (429) or could not be connected to.
        """
        full = path if path.startswith((self.prefix + "/", V3 + "/")) else self.prefix + path
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES
            try:
                return self._once(method, full, body, query, last=last)
            except _Again as again:
                asked = self._backoff(attempt) if again.after is None else again.after
                asked = min(asked, LONGEST_WAIT)
                with self._slots.pausing(asked):
                    self._wait(asked)
        raise AssertionError("the last try returns or raises")

    def _backoff(self, attempt: int) -> float:
        return float(0.2 * 2**attempt * (0.5 + self._jitter() / 2))

    def _once(
        self, method: str, path: str, body: JsonObject | None, query: Query | None, *, last: bool
    ) -> Json:
        request_id = uuid.uuid4().hex
        headers = {"x-request-id": request_id}
        content = None
        if body is not None:
            content, headers["content-type"] = canon.dumps(body).encode(), "application/json"
        began = time.monotonic()
        try:
            with self._slots:
                sent = time.monotonic()
                answer = self._wire.send(method, _target(path, query), headers, content)
        except Trouble as problem:
            self._observe(method, path, 0, began, request_id)
            if problem.late:
                self._slots.narrow()
            error = from_trouble(problem, method, self._root + path)
            if isinstance(error, Unreachable) and not last and not problem.hopeless:
                raise _Again(None) from problem
            raise error from problem
        self._slots.learn(answer.status, time.monotonic() - sent)
        self._observe(method, path, answer.status, began, request_id)
        return self._answered(method, path, answer, request_id, last=last)

    def _answered(self, method: str, path: str, answer: Answer, request_id: str, *, last: bool) -> Json:
        status = answer.status
        repeatable = status == 429 or (method == "GET" and status in _AGAIN)
        if repeatable and not last:
            raise _Again(payload.retry_after(answer, self._clock()))
        if 300 <= status < 400:
            raise TargetError(
                f"{method} {path}: {status}: a redirect is not followed", hint="name the server's own URL"
            )
        body = payload.decoded(answer)
        if status >= 500 and method != "GET":
            title = body.get("title", "") if isinstance(body, Mapping) else ""
            said = without_secrets(f"{method} {path}: {status} {title}".rstrip(), self._sent_key)
            raise Ambiguous(said)
        if isinstance(body, Garbled):
            if status >= 400:
                words = body.words if body.page else ""
                raise from_answer(status, None, method, path, request_id, key=self._key_source, words=words)
            said = f"{method} {path}: {status}: {body.words}"
            raise Unreachable(said) if method == "GET" else Ambiguous(said)
        if status >= 400:
            raise from_answer(
                status, body, method, path, request_id, key=self._key_source, sent_key=self._sent_key
            )
        return body

    def _observe(self, method: str, path: str, status: int, began: float, request_id: str) -> None:
        call = Call(self.phase, method, path, status, int((time.monotonic() - began) * 1000), request_id)
        for observer in self.observers:
            observer(call)


def digest_of(description: bytes) -> str:
    """The digest of an API description's text, "" where it is none."""
    is_one = description.lstrip()[:1] == b"{"
    return f"sha256:{hashlib.sha256(description).hexdigest()}" if is_one else ""


def _parsed(text: bytes) -> Json:
    try:
        return canon.loads(text)
    except (ValueError, RecursionError):
        return None


class _Again(Exception):
    """Try once more, after so many seconds (None: after our own backoff)."""

    def __init__(self, after: float | None) -> None:
        super().__init__()
        self.after = after


def _target(path: str, query: Query | None) -> str:
    """Path and query as a request line holds them. Escapes that are there already stay."""
    if not _PLAIN.fullmatch(path):
        path = quote(_LONE_PERCENT.sub("%25", path), safe="/%:@!$&'()*+,;=~")
    return f"{path}?{_asked(query)}" if query else path


def _asked(query: Query) -> str:
    """The text of a query: most are plain, and thousands of the same are asked."""
    pairs = []
    for name, value in query.items():
        if not isinstance(value, str) or not _PLAIN.fullmatch(value):
            return urlencode(query, doseq=True)
        pairs.append(f"{name}={value}")
    return "&".join(pairs)


def is_this_machine(host: str) -> bool:
    """Whether a host name or address is this machine's own: nothing sent there passes a network."""
    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
