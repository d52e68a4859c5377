"""One client for one server: keep-alive, bounded and adapting concurrency, retries of what is safe to repeat, every call observed."""

from __future__ import annotations

import datetime
import email.utils
import hashlib
import ipaddress
import random
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import httpx

from catalogsync.core import canon
from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.errors import TargetError, UsageError
from catalogsync.targets.errors import Ambiguous, Unreachable, from_answer, from_httpx
from catalogsync.targets.v1.slots import Pace, Slots

TRIES = 4
"""How often a call that is safe to repeat is tried in all."""
LONGEST_WAIT = 30.0
"""Seconds: a Retry-After beyond it, in seconds or as a date, is cut to it."""
_AGAIN = frozenset({408, 429, 502, 503, 504})


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
        prefix: str = "/api/v1",
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
        parts = httpx.URL(base_url)
        here = is_this_machine(parts.host)
        if api_key and parts.scheme != "https" and not here:
            raise UsageError(
                f"the API key is not sent to {parts.host}: plain http, which anybody on the way can read",
                code="key-over-http",
                hint="use https, or leave the key out",
            )
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {api_key}"} if api_key else {})
        self.workers, self.observers = workers, list(observers)
        self._thread = threading.local()
        self.prefix, self._root = prefix.rstrip("/"), base_url.rstrip("/")
        self._key_source = key_source
        self._wait, self._jitter, self._clock = wait, jitter, clock
        self._slots = Slots(workers)
        # plain http has no certificates, and loading those to trust takes time
        verify = tls or parts.scheme == "https"
        self._http = httpx.Client(
            base_url=self._root,
            transport=transport,
            timeout=timeout,
            follow_redirects=False,
            verify=verify,
            headers=headers,
            trust_env=False,
            proxy=None if here or transport is not None else proxy,
            limits=httpx.Limits(max_connections=workers, max_keepalive_connections=workers),
        )

    @property
    def phase(self) -> str:
        """What this thread's calls are for: read, write or verify."""
        return getattr(self._thread, "phase", "read")

    @phase.setter
    def phase(self, phase: str) -> None:
        self._thread.phase = phase

    @property
    def http(self) -> httpx.Client:
        """The connections themselves, for what reads the server in its own way: the seeding of a twin."""
        return self._http

    def pace(self) -> Pace:
        """How many calls go out at once, and what waits."""
        return self._slots.pace()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

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
            answer = self._http.get(self._root + path)
        except httpx.HTTPError:
            return b""
        return answer.content if answer.status_code == 200 else b""

    def send(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        query: Query | None = None,
    ) -> Json:
        """The body of an answer below 400, None without one. `path` comes after the prefix, or holds it already.

        Raises ApiError (refused), Unreachable (no effect), Ambiguous (a write that may have taken effect). GET is repeated on trouble,
        everything else only where the server says that it did not take it (429) or could not be connected to.
        """
        full = path if path.startswith(self.prefix + "/") else self.prefix + path
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
                answer = self._http.request(
                    method, self._root + path, params=query, content=content, headers=headers
                )
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as problem:
            self._observe(method, path, 0, began, request_id)
            if isinstance(problem, httpx.TimeoutException):
                self._slots.narrow()
            error = from_httpx(problem, method, self._root + path)
            if (
                isinstance(error, Unreachable)
                and not last
                and not isinstance(problem, httpx.UnsupportedProtocol | httpx.InvalidURL)
            ):
                raise _Again(None) from problem
            raise error from problem
        self._slots.learn(answer.status_code, time.monotonic() - sent)
        self._observe(method, path, answer.status_code, began, request_id)
        return self._answered(method, path, answer, request_id, last=last)

    def _answered(
        self, method: str, path: str, answer: httpx.Response, request_id: str, *, last: bool
    ) -> Json:
        status = answer.status_code
        repeatable = status == 429 or (method == "GET" and status in _AGAIN)
        if repeatable and not last:
            raise _Again(_retry_after(answer, self._clock()))
        if 300 <= status < 400:
            raise TargetError(
                f"{method} {path}: {status}: a redirect is not followed", hint="name the server's own URL"
            )
        body = _decoded(answer)
        if status >= 500 and method != "GET":
            raise Ambiguous(f"{method} {path}: {status} {_words(body)}".rstrip())
        if status >= 400:
            garbled = isinstance(body, _Garbled)
            words = _WEB_PAGE if garbled and _is_page(answer) else ""
            said_by_it = None if isinstance(body, _Garbled) else body
            raise from_answer(status, said_by_it, method, path, request_id, key=self._key_source, words=words)
        if isinstance(body, _Garbled):
            what = _WEB_PAGE if _is_page(answer) else "the answer is not JSON"
            said = f"{method} {path}: {status}: {what}"
            raise Unreachable(said) if method == "GET" else Ambiguous(said)
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


class _Garbled:
    """What an answer says that is not JSON."""


_GARBLED = _Garbled()
_WEB_PAGE = "this is a web page, not OpenMeter's API: is a proxy or a wrong URL in between?"


def _is_page(answer: httpx.Response) -> bool:
    return "html" in answer.headers.get("content-type", "") or answer.content.lstrip()[:9].lower() in (
        b"<!doctype",
        b"<html>",
    )


def _decoded(answer: httpx.Response) -> Json | _Garbled:
    if not answer.content:
        return None
    if "json" not in answer.headers.get("content-type", ""):
        return _GARBLED
    try:
        return canon.loads(answer.content)
    except ValueError:
        return _GARBLED


def _words(body: Json | _Garbled) -> str:
    return str(body.get("title", "")) if isinstance(body, Mapping) else ""


def _retry_after(answer: httpx.Response, now: float) -> float | None:
    """The seconds that the server asks to wait, as a number or until a date (RFC 9110 §10.2.3); 0 for a past date, None for anything else."""
    text = answer.headers.get("retry-after", "")
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:  # the form of asctime names no zone and means GMT
        until = until.replace(tzinfo=datetime.UTC)
    return max(0.0, until.timestamp() - now)


def is_this_machine(host: str) -> bool:
    """Whether a host name or address is this machine's own: nothing sent there passes a network."""
    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
