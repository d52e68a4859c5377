"""Authentication that can be switched on: 401 without a known key, 403 for a write with a key that only reads."""

from __future__ import annotations

import httpx
import pytest

from catalogsync.sandbox import Sandbox

FEATURE = {"key": "seats", "name": "Seats"}


def client(**keys: str) -> httpx.Client:
    return httpx.Client(base_url="http://sandbox", transport=Sandbox(**keys).transport())


@pytest.mark.parametrize(
    "path", ["/api/v1/features", "/api/v3/openmeter/features", "/api/v1/billing/profiles", "/api/v1/nowhere"]
)
@pytest.mark.parametrize("sent", [None, "secret", "Bearer", "Bearer other", "Basic c2VjcmV0"])
def test_a_request_without_the_key_is_401(path: str, sent: str | None) -> None:
    headers = {} if sent is None else {"Authorization": sent}
    answer = client(api_key="secret").get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["title"], body["status"]) == ("Unauthorized", 401)
    assert body["detail"].startswith("unauthorized error: ")
    assert "secret" not in answer.text


def test_the_key_opens_everything() -> None:
    opened = client(api_key="secret", read_only_key="look")
    headers = {"Authorization": "Bearer secret"}
    assert opened.post("/api/v1/features", json=FEATURE, headers=headers).status_code == 201
    assert opened.get("/api/v1/features", headers=headers).status_code == 200


def test_a_key_that_reads_may_not_write() -> None:
    opened = client(api_key="secret", read_only_key="look")
    headers = {"Authorization": "Bearer look"}
    assert opened.get("/api/v1/features", headers=headers).json() == []
    refused = opened.post("/api/v1/features", json=FEATURE, headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "forbidden error: the API key may only read",
    )
    assert opened.get("/api/v1/features", headers=headers).json() == []


def test_the_sandboxs_own_doors_and_a_server_without_keys_ask_nobody() -> None:
    assert client(api_key="secret").post("/sandbox/reset").status_code == 204
    assert client().get("/api/v1/features", headers={"Authorization": "Bearer whatever"}).status_code == 200
