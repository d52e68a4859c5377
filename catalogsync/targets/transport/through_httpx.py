"""The wires over httpx: proxies, unusual addresses, and servers within this process."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from catalogsync.targets.transport.wire import Answer, Line, Trouble

_NEVER_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError, httpx.LocalProtocolError,
    httpx.InvalidURL,
)  # fmt: skip


def client_of(line: Line) -> httpx.Client:
    """An httpx client for a line; the process environment is not looked at. Raises ValueError, ImportError."""
    # plain http has no certificates, and loading those to trust takes time
    verify = line.tls or line.parts.scheme == "https"
    try:
        return httpx.Client(
            base_url=line.root,
            transport=line.transport,
            timeout=line.timeout,
            follow_redirects=False,
            verify=verify,
            headers=dict(line.headers),
            trust_env=False,
            proxy=line.proxy,
            limits=httpx.Limits(max_connections=line.connections, max_keepalive_connections=line.connections),
        )
    except (httpx.InvalidURL, TypeError) as problem:
        raise ValueError(str(problem)) from problem


class ThroughHttpx:
    """The wire of a line (`wire.Wire`)."""

    def __init__(self, line: Line) -> None:
        self.client = client_of(line)
        self._root = line.root

    def send(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        try:
            answer = self.client.request(method, self._root + target, content=content, headers=dict(headers))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as problem:
            raise _trouble(problem) from problem
        return Answer(answer.status_code, answer.headers, answer.content)

    def close(self) -> None:
        self.client.close()


class Within:
    """The wire to what answers in this process (`Line.transport`): without what httpx does for a connection, which is most of such a call."""

    def __init__(self, line: Line, transport: httpx.BaseTransport) -> None:
        self._transport, self._root, self._headers = transport, line.root, line.headers
        self._extensions = {"timeout": httpx.Timeout(line.timeout).as_dict()}

    def send(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        try:
            request = httpx.Request(
                method,
                self._root + target,
                headers={**self._headers, **headers},
                content=content,
                extensions=self._extensions,
            )
            answer = self._transport.handle_request(request)
            answer.read()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as problem:
            raise _trouble(problem) from problem
        return Answer(answer.status_code, answer.headers, answer.content)

    def close(self) -> None:
        self._transport.close()


def _trouble(problem: httpx.HTTPError | httpx.InvalidURL | httpx.StreamError) -> Trouble:
    return Trouble(
        str(problem) or type(problem).__name__,
        sent=not isinstance(problem, _NEVER_SENT),
        late=isinstance(problem, httpx.TimeoutException),
        hopeless=isinstance(problem, httpx.UnsupportedProtocol | httpx.InvalidURL),
    )
