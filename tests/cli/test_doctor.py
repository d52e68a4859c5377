"""`doctor`: each trouble is found on a server that has it, with what to do; nothing is written without being asked to."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from catalogsync.app.doctor import Check, Status, examine
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime, utc_now
from catalogsync.cli import run
from catalogsync.sandbox.service import Service
from catalogsync.sandbox.transport.authentication import Authentication
from catalogsync.sandbox.transport.served import served

Serve = Callable[[Service], str]


@pytest.fixture
def serve() -> Any:
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(served(service))


def checks(url: str, runtime: Runtime | None = None, *, write: bool = False) -> dict[str, Check]:
    found = examine(Target(url=url), runtime or Runtime(), write_check=write)
    assert found.is_well == all(one.status is not Status.PROBLEM for one in found.checks)
    return {one.name: one for one in found.checks}


def test_a_healthy_server(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    url = serve(Service())
    assert run(["doctor", "--url", url, "--write-check"]) == 0
    said = capsys.readouterr().out
    assert said.endswith("No problem was found.\n") and "✗" not in said
    found = checks(url, write=True)
    good = {"reachable", "may read", "may write", "version", "Svix", "keys", "v3 only"}
    assert {name for name, one in found.items() if one.status is Status.GOOD} >= good
    assert httpx.get(f"{url}/api/v1/plans").json()["totalCount"] == 0, "what was made is gone"


def test_nothing_is_written_without_being_asked_to(serve: Serve) -> None:
    service = Service()
    url = serve(service)
    calls: list[str] = []
    found = checks(url, Runtime(observers=(lambda call: calls.append(call.method),)))
    assert set(calls) == {"GET"}
    assert found["may write"].status is found["Svix"].status is Status.SKIPPED


def test_nobody_is_there() -> None:
    (only,) = checks("http://127.0.0.1:1").values()
    assert (only.name, only.status) == ("reachable", Status.PROBLEM) and only.hint


def test_a_key_that_is_missing_or_may_only_read(serve: Serve) -> None:
    url = serve(Service(authentication=Authentication("all", "some")))
    assert "may read" in checks(url) and checks(url)["may read"].status is Status.PROBLEM
    found = checks(url, Runtime({"OPENMETER_API_KEY": "some"}), write=True)
    assert found["may read"].status is Status.GOOD
    assert found["may write"].status is found["Svix"].status is Status.PROBLEM
    assert "may write" in found["may write"].hint


def test_without_svix(serve: Serve) -> None:
    found = checks(serve(Service("no_svix")), write=True)["Svix"]
    assert found.status is Status.NOTE and "not there" in found.found


def test_an_older_release(serve: Serve) -> None:
    found = checks(serve(Service(release="v1.0.0-beta.225")))["version"]
    assert found.status is not Status.GOOD and "v1.0.0-beta.225" in found.found and found.hint


def test_clocks_that_differ(serve: Serve) -> None:
    url = serve(Service())
    early = Runtime(clock=lambda: utc_now() - datetime.timedelta(minutes=5))
    assert checks(url)["clock"].status is Status.GOOD
    found = checks(url, early)["clock"]
    assert found.status is Status.PROBLEM and "ahead of" in found.found and "NTP" in found.hint


def test_two_objects_of_one_key(serve: Serve) -> None:
    url = serve(Service())
    for _ in range(2):
        body = {
            "type": "WEBHOOK",
            "name": "H",
            "url": "https://example.com",
            "metadata": {"catalogsync/key": "hook"},
        }
        assert httpx.post(f"{url}/api/v1/notification/channels", json=body).status_code == 201
    found = checks(url)["keys"]
    assert found.status is Status.PROBLEM and "notification_channel/hook (" in found.found
    assert "--keep notification_channel/hook=" in found.hint


def test_what_only_the_v3_api_shows(serve: Serve) -> None:
    url = serve(Service("unit_config"))
    feature = httpx.post(f"{url}/api/v3/openmeter/features", json={"key": "f", "name": "F"}).json()
    card = {"key": "f", "name": "F", "feature": {"id": feature["id"]}, "billing_cadence": "P1M"}
    card |= {
        "price": {"type": "unit", "amount": "1"},
        "unit_config": {"operation": "divide", "conversion_factor": "10"},
    }
    body = {"key": "hidden", "name": "H", "currency": "USD", "billing_cadence": "P1M"}
    body |= {"phases": [{"key": "p", "name": "P", "rate_cards": [card]}]}
    answer = httpx.post(f"{url}/api/v3/openmeter/plans", json=body)
    assert answer.status_code == 201, answer.text
    found = checks(url)["v3 only"]
    assert found.status is Status.NOTE and "plan/hidden (draft)" in found.found and found.hint


def test_json_says_the_same(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    url = serve(Service("no_svix"))
    assert run(["doctor", "--url", url, "--write-check", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["well"] is True and told["target"] == {"environment": "", "url": url}
    assert {one["name"] for one in told["checks"]} == set(checks(url))
    assert run(["doctor", "--url", "http://127.0.0.1:1", "--format", "json"]) == 1
