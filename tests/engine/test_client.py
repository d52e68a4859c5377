"""The client: what is repeated and what never, what each trouble is called, where the key goes."""

from __future__ import annotations

import inspect

import httpx
import pytest

from catalogsync.core.errors import TargetError, UsageError
from catalogsync.targets.errors import Ambiguous, ApiError, Unreachable
from catalogsync.targets.v1 import Client
from catalogsync.targets.v1.client import LONGEST_WAIT, TRIES


def client_with(answer, waits=None, **more):
    """A client whose server is a function; and the requests that it saw."""
    seen: list[httpx.Request] = []

    def handle(request):
        seen.append(request)
        found = answer(len(seen))
        if isinstance(found, Exception):
            raise found
        return found

    wait = (waits if waits is not None else []).append
    transport = httpx.MockTransport(handle)
    return Client("http://localhost:1", transport=transport, wait=wait, jitter=lambda: 1.0, **more), seen


EVERY = [
    kind
    for _, kind in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(kind, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError)
    and kind not in (httpx.HTTPStatusError,)
]


def made(kind):
    return (
        kind() if issubclass(kind, httpx.StreamError) and kind is not httpx.StreamError else kind("trouble")
    )


NEVER_SENT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "ProxyError",
    "LocalProtocolError",
    "InvalidURL",
}


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_every_exception_has_a_name_of_ours(kind, method):
    client, seen = client_with(lambda _n: made(kind))
    sure = method == "GET" or kind.__name__ in NEVER_SENT
    with pytest.raises(Unreachable if sure else Ambiguous):
        client.send(method, "/meters", {} if method != "GET" else None)
    if not sure:
        assert len(seen) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_only_what_is_safe_is_repeated(status, method):
    client, seen = client_with(lambda _n: httpx.Response(status, html="<h1>no</h1>"))
    with pytest.raises(TargetError):
        client.send(method, "/meters")
    again = status == 429 or (method == "GET" and status != 500)
    assert len(seen) == (TRIES if again else 1)


def test_a_5xx_after_a_write_is_unknown_and_a_4xx_is_not():
    client, _ = client_with(lambda _n: httpx.Response(503))
    with pytest.raises(Ambiguous):
        client.send("POST", "/meters", {})
    client, _ = client_with(lambda _n: httpx.Response(400, json={"status": 400, "detail": "no"}))
    with pytest.raises(ApiError, match="400 no") as refused:
        client.send("POST", "/meters", {})
    assert refused.value.status == 400


NOW = 784_111_777.0
"""Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 §5.6.7."""
OWN = 0.4
"""The client's own first pause."""


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("9999", LONGEST_WAIT),
        ("9" * 400, LONGEST_WAIT),
        ("Sun, 06 Nov 1994 08:49:44 GMT", 7.0),
        ("Sunday, 06-Nov-94 08:49:44 GMT", 7.0),
        ("Sun Nov  6 08:49:44 1994", 7.0),
        ("Sun, 06 Nov 1994 08:49:44 -0000", 7.0),
        ("Sun, 06 Nov 1994 09:49:44 +0100", 7.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        ("Sun, 06 Nov 1994 08:49:36 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Mon, 07 Nov 1994 08:49:37 GMT", LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("Fri, 31 Dec 10000 23:59:59 GMT", OWN),
        ("Sun, 06 Nov 1994 08:49:37 +9999", OWN),
        ("Sun, 36 Nov 1994 08:49:44 GMT", OWN),
        ("Sun, 06 Nov 1994 25:49:44 GMT", OWN),
        ("Sun, 06 Nov", OWN),
        ("1994-11-06T08:49:44Z", OWN),
        ("soon", OWN),
        ("-3", OWN),
        ("1.5", OWN),
        ("nan", OWN),
        (",", OWN),
        (" ", OWN),
        ("", OWN),
        (None, OWN),
    ],
)
def test_retry_after(said, waited):
    waits: list[float] = []
    headers = {} if said is None else {"retry-after": said}
    client, seen = client_with(
        lambda n: httpx.Response(429, headers=headers) if n == 1 else httpx.Response(200, json={}),
        waits,
        clock=lambda: NOW,
    )
    assert client.send("POST", "/meters", {}) == {}
    assert (len(seen), waits) == (2, [waited])


@pytest.mark.parametrize("content", [b"{", b"<html>", b'{"a":}', b'{"a":' * 100_000], ids=range(4))
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
def test_answers_that_are_no_json(content, kind):
    client, _ = client_with(lambda _n: httpx.Response(200, content=content, headers={"content-type": kind}))
    with pytest.raises(Unreachable):
        client.get("/meters")
    with pytest.raises(Ambiguous):
        client.send("POST", "/meters", {})


KEYED = "om_canary_key_0123456789"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.invalid",
        "http://127.example.invalid",
        "http://localhost.evil.invalid",
        "http://127.0.0.1.evil.invalid",
        "ftp://example.invalid",
    ],
)
def test_no_key_over_plain_http(url):
    with pytest.raises(UsageError) as refused:
        Client(url, api_key=KEYED)
    assert refused.value.code == "key-over-http"
    assert KEYED not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8888",
        "http://127.0.0.1",
        "http://127.9.9.9:1",
        "http://[::1]:8",
        "http://sandbox.localhost",
        "https://example.invalid",
    ],
)
def test_a_key_goes_to_this_machine_and_over_tls(url):
    seen = []
    transport = httpx.MockTransport(lambda request: seen.append(request) or httpx.Response(200, json=[]))
    Client(url, api_key=KEYED, transport=transport).get("/meters")
    assert seen[0].headers["authorization"] == f"Bearer {KEYED}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_not_followed(status, method):
    client, seen = client_with(
        lambda _n: httpx.Response(status, headers={"location": "https://evil.invalid/"}), api_key=KEYED
    )
    with pytest.raises(TargetError, match="redirect"):
        client.send(method, "/meters")
    assert len(seen) == 1


def test_each_call_is_told_with_its_request_id():
    calls = []
    client, seen = client_with(
        lambda n: httpx.Response(503 if n == 1 else 200, json={}), observers=[calls.append]
    )
    client.get("/meters")
    assert [c.status for c in calls] == [503, 200]
    assert [c.request_id for c in calls] == [r.headers["x-request-id"] for r in seen]
    assert calls[0].request_id != calls[1].request_id


def test_concurrency_goes_down_and_up_again():
    client, _ = client_with(lambda n: httpx.Response(429 if n < 3 else 200, json={}), workers=8)
    client.get("/meters")
    assert client._slots.allowed == 2  # 6 → 3 → 1, and one more for the success


def test_concurrency_goes_down_when_no_answer_comes():
    client, _ = client_with(lambda _n: httpx.ReadTimeout("too late"), workers=8)
    with pytest.raises(Ambiguous):
        client.send("POST", "/plans", {})
    assert client._slots.allowed == 3


def test_a_refusal_repeats_no_secret_of_the_body():
    body = {"status": 400, "detail": 'bad whsec_Y2FuYXJ5Y2FuYXJ5\nSchema: x\nValue: {"k": "canary"}'}
    client, _ = client_with(lambda _n: httpx.Response(400, json=body))
    with pytest.raises(ApiError) as refused:
        client.send("POST", "/notification/channels", {})
    assert "canary" not in str(refused.value) and "Y2FuYXJ5" not in str(refused.value)


@pytest.mark.parametrize("status", [400, 401, 409, 500, 503])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_words_of_a_server_repeat_no_api_key(status, method):
    body = {
        "status": status,
        "title": f"not you, {KEYED}",
        "detail": f"bearer {KEYED} is wrong",
        "extensions": {"validationErrors": [{"message": f"{KEYED}?", "code": "no", "field": KEYED}]},
    }
    answer = httpx.Response(status, json=body)
    client, seen = client_with(lambda _n: answer, api_key=KEYED)
    with pytest.raises(TargetError) as refused:
        client.send(method, "/meters", {} if method == "POST" else None)
    assert KEYED in seen[0].headers["authorization"]
    assert KEYED not in str(refused.value) and KEYED not in refused.value.hint
    if status < 500:
        assert f"{status} bearer … is wrong" in str(refused.value)


ASKED = [
    ("/plans/a_1/addons", None, "/plans/a_1/addons"),
    ("/meters/a b", None, "/meters/a%20b"),
    ("/meters/%41%zz50%", None, "/meters/%41%25zz50%25"),
    ("/meters/a?b#c", None, "/meters/a%3Fb%23c"),
    ("/meters/\u00f6\r\nx: y", None, "/meters/%C3%B6%0D%0Ax:%20y"),
    ("/plans", {"page": "1", "order": "ASC", "empty": ""}, "/plans?page=1&order=ASC&empty="),
    ("/plans", {"key": ["a", "b"], "page": "2"}, "/plans?key=a&key=b&page=2"),
    ("/plans", {"from": "2026-01-01T00:00:00Z", "name": "a&b=\u00f6 c"},
     "/plans?from=2026-01-01T00%3A00%3A00Z&name=a%26b%3D%C3%B6+c"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "target"), ASKED)
def test_paths_and_queries_as_they_are_sent(path, query, target):
    client, seen = client_with(lambda _n: httpx.Response(200, json=[]))
    client.get(path, query)
    assert seen[0].url.raw_path.decode() == f"/api/v1{target}"
