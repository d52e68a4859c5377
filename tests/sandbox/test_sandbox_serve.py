"""`catalogsync sandbox serve` as a process: what it says, what it refuses, and that killing it loses nothing it acknowledged."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys

import httpx
import pytest

COMMAND = [sys.executable, "-m", "catalogsync", "sandbox", "serve"]


@contextlib.contextmanager
def served(*options: str):
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.mark.parametrize("moment", [3, 40])
def test_a_killed_server_has_kept_every_write_it_acknowledged(tmp_path, moment):
    data = tmp_path / "sandbox.db"
    acknowledged = []
    with (
        served("--data", str(data)) as (process, url),
        httpx.Client(base_url=url, trust_env=False, verify=False) as client,
    ):
        for n in range(moment):
            assert client.post("/api/v1/features", json={"key": f"f{n}", "name": "F"}).status_code == 201
            acknowledged.append(f"f{n}")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
    with served("--data", str(data)) as (_, url):
        kept = httpx.get(f"{url}/api/v1/features", trust_env=False, verify=False).json()
    assert sorted(one["key"] for one in kept) == sorted(acknowledged)


def test_options_reach_the_server_and_a_signal_ends_it_well():
    with served("--profile", "no_svix", "--fault", "503-before:method=GET") as (process, url):
        assert httpx.get(f"{url}/api/v1/meters", trust_env=False, verify=False).status_code == 503
        body = {"type": "WEBHOOK", "name": "c", "url": "https://example.test"}
        assert (
            httpx.post(
                f"{url}/api/v1/notification/channels", json=body, trust_env=False, verify=False
            ).status_code
            == 500
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_method_unknown_to_http_is_405_over_a_socket():
    with served() as (_, url):
        answer = httpx.request("FOO", f"{url}/api/v1/meters", trust_env=False, verify=False)
    assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--fault", "never"], "unknown kind of fault 'never'"),
        (["--profile", "other"], "'other' is none of"),
        (["--data", "/nowhere/at/all.db"], "/nowhere/at/all.db cannot keep a sandbox"),
    ],
)
def test_what_cannot_be_served_is_said(options, words):
    done = subprocess.run(
        [*COMMAND, "--port", "0", *options], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode in (1, 64)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "--port", port], capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 64
    assert f"port {port} cannot be used" in done.stderr


def test_a_release_and_a_key_reach_the_server():
    with served("--release", "v1.0.0-beta.227", "--api-key", "secret") as (_, url):
        assert httpx.get(f"{url}/api/v1/meters", trust_env=False, verify=False).status_code == 401
        key = {"Authorization": "Bearer secret"}
        with httpx.Client(base_url=url, trust_env=False, verify=False, headers=key) as opened:
            assert "unitCost" not in opened.get("/api/swagger.json").text
            assert opened.get("/version").json()["version"] == "v1.0.0-beta.227"


def test_a_description_is_read_from_a_file_and_from_a_server(tmp_path):
    with served("--release", "v1.0.0-beta.227") as (_, old):
        file = tmp_path / "openapi.json"
        file.write_bytes(httpx.get(f"{old}/api/swagger.json", trust_env=False, verify=False).content)
        for source in (str(file), f"{old}/api/swagger.json"):
            with served("--description", source) as (_, url):
                feature = {"key": "seats", "name": "Seats", "unitCost": {"type": "manual", "amount": "1"}}
                made = httpx.post(f"{url}/api/v1/features", json=feature, trust_env=False, verify=False)
                assert made.status_code == 201
                assert "unitCost" not in made.json()


NO_DESCRIPTIONS = {
    "list.yaml": "[project]\n",
    "other.yaml": "openapi: 3.0.0\ninfo: {title: Other, version: '1'}\npaths: []\n",
    "circle.yaml": """\
openapi: 3.0.0
info: {title: OpenMeter, version: "1"}
paths:
  /api/v1/meters:
    post: {operationId: createMeter, requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}}
components: {schemas: {A: {$ref: "#/components/schemas/B"}, B: {$ref: "#/components/schemas/A"}}}
""",
    "bomb.yaml": "a: &a [x, x]\nb: [*a, *a]\n",
}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--release", "v9"], "--release v9 is not a known release"),
        (["--release", "7e57a39", "--description", "x"], "two ways to say the same"),
        (["--description", "nowhere.yaml"], "cannot be read"),
        (["--description", "list.yaml"], "holds no OpenAPI description"),
        (["--description", "other.yaml"], "is not an OpenAPI description of OpenMeter"),
        (["--description", "circle.yaml"], "is not an OpenAPI description of OpenMeter"),
        (["--description", "bomb.yaml"], "bomb.yaml:2: `*a` repeats another value by reference"),
    ],
)
def test_what_is_no_release_and_no_description_is_said(options, said, tmp_path):
    for name, text in NO_DESCRIPTIONS.items():
        (tmp_path / name).write_text(text)
    options = [str(tmp_path / one) if one in NO_DESCRIPTIONS else one for one in options]
    found = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 64
    assert said in " ".join(found.stderr.split())
    assert "Traceback" not in found.stderr
