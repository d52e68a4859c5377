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
    with served("--data", str(data)) as (process, url), httpx.Client(base_url=url, trust_env=False) as client:
        for n in range(moment):
            assert client.post("/api/v1/features", json={"key": f"f{n}", "name": "F"}).status_code == 201
            acknowledged.append(f"f{n}")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
    with served("--data", str(data)) as (_, url):
        kept = httpx.get(f"{url}/api/v1/features", trust_env=False).json()
    assert sorted(one["key"] for one in kept) == sorted(acknowledged)


def test_options_reach_the_server_and_a_signal_ends_it_well():
    with served("--profile", "no_svix", "--fault", "503-before:method=GET") as (process, url):
        assert httpx.get(f"{url}/api/v1/meters", trust_env=False).status_code == 503
        body = {"type": "WEBHOOK", "name": "c", "url": "https://example.test"}
        assert (
            httpx.post(f"{url}/api/v1/notification/channels", json=body, trust_env=False).status_code == 500
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_method_unknown_to_http_is_405_over_a_socket():
    with served() as (_, url):
        answer = httpx.request("FOO", f"{url}/api/v1/meters", trust_env=False)
    assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--fault", "never"], "unknown kind of fault 'never'"),
        (["--profile", "other"], "'other' is not one of"),
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
