"""A plan goes to the environment that it was made for, with that one's key, over a real socket; to no other, and not back from it either."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from forked import program

from catalogsync.sandbox.service import Service
from catalogsync.sandbox.transport.served import served

ROOT = Path(__file__).parents[2]
MANIFEST = "{kind: meter, slug: m, aggregation: COUNT, eventType: e}\n"
KEYS = {"STAGING_KEY": "key-of-staging", "PRODUCTION_KEY": "key-of-production"}
WITH_KEYS = """\
environments:
  staging: {{url: "{url}", api_key: {{env: STAGING_KEY}}}}
  production: {{url: "{url}", api_key: {{env: PRODUCTION_KEY}}}}
default: production
"""


@dataclass
class Recorder:
    """A relay in front of an embedded server. `seen`: method, path and key of each request."""

    url: str
    seen: list[tuple[str, str, str]] = field(default_factory=list)

    def keys(self) -> set[str]:
        return {key.removeprefix("Bearer ") for _, _, key in self.seen}

    def writes(self) -> list[tuple[str, str]]:
        return [(path, key) for method, path, key in self.seen if method != "GET"]


@pytest.fixture
def server() -> Iterator[Recorder]:
    with served(Service()) as behind:
        place = urlsplit(behind).netloc

        class Relay(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                recorder.seen.append((self.command, self.path, self.headers.get("Authorization", "")))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                line = http.client.HTTPConnection(place, timeout=20)
                path = self.path.removeprefix("/elsewhere")
                line.request(self.command, path, body or None, {"Content-Type": "application/json"})
                reply = line.getresponse()
                data = reply.read()
                line.close()
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.headers.get("Content-Type", "application/json"))
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                """Nothing goes to stderr."""

        relay = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
        recorder = Recorder(f"http://127.0.0.1:{relay.server_address[1]}")
        thread = threading.Thread(target=relay.serve_forever, daemon=True)
        thread.start()
        yield recorder
        relay.shutdown()
        relay.server_close()


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The real program, with the keys of both environments in its own."""
    return subprocess.run(
        [program(), *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **KEYS},
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path, server: Recorder) -> Path:
    """A folder with a catalog, its configuration and a plan for staging; what was asked for that is forgotten."""
    home = tmp_path / "home"
    (home / "catalog").mkdir(parents=True)
    (home / "catalog" / "m.yaml").write_text(MANIFEST)
    (home / "catalogsync.yaml").write_text(WITH_KEYS.format(url=server.url))
    planned = run("plan", "-e", "staging", "--out", "plan.json", folder=home)
    assert planned.returncode == 0, planned.stderr
    assert server.keys() == {"key-of-staging"} and not server.writes()
    server.seen.clear()
    return home


def test_a_plan_is_applied_with_the_key_of_its_environment(home: Path, server: Recorder) -> None:
    done = run("apply", "plan.json", "--yes", folder=home)
    assert done.returncode == 0, done.stderr
    assert server.keys() == {"key-of-staging"}
    assert server.writes() == [("/api/v1/meters", "Bearer key-of-staging")]
    server.seen.clear()
    back = run("plan", "--undo", "plan.json", "--out", "back.json", folder=home)
    assert back.returncode == 0, back.stderr
    assert run("apply", "back.json", "--yes", folder=home).returncode == 0
    assert server.keys() == {"key-of-staging"}
    assert [path for path, _ in server.writes()] != []


def other_url(text: str, server: Recorder) -> str:
    return text.replace(f'staging: {{url: "{server.url}"', f'staging: {{url: "{server.url}/elsewhere"')


def other_prefix(text: str, server: Recorder) -> str:
    return text.replace("STAGING_KEY}}", "STAGING_KEY}, prefix: /elsewhere/api/v1}")


def other_name(text: str, _server: Recorder) -> str:
    return text.replace("staging:", "stage:")


@pytest.mark.parametrize("undone", [False, True], ids=["apply", "undo"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (other_url, "refused-other-target"),
        (other_prefix, "refused-other-target"),
        (other_name, "refused-no-environment"),
    ],
)
def test_an_environment_that_became_another_is_refused_before_any_call(
    home: Path, server: Recorder, change, code: str, undone: bool
) -> None:
    config = home / "catalogsync.yaml"
    changed = change(config.read_text(), server)
    assert changed != config.read_text()
    config.write_text(changed)
    refuses(home, server, code, undone, ())


@pytest.mark.parametrize("undone", [False, True], ids=["apply", "undo"])
@pytest.mark.parametrize("said", ["env", "url"])
def test_another_target_on_the_command_line_is_refused(
    home: Path, server: Recorder, said: str, undone: bool
) -> None:
    refuses(
        home,
        server,
        "refused-other-target",
        undone,
        ("-e", "production") if said == "env" else ("--url", server.url),
    )


def refuses(home: Path, server: Recorder, code: str, undone: bool, more: tuple[str, ...]) -> None:
    verb = ("plan", "--undo", "plan.json") if undone else ("apply", "plan.json", "--yes")
    refused = run(*verb, *more, folder=home)
    assert (refused.returncode, refused.stdout) == (3, ""), refused
    assert f"error[{code}]" in refused.stderr and "nothing was called" in refused.stderr
    assert "staging" in refused.stderr
    assert server.seen == []


def test_two_environments_that_differ_in_prefix_alone(tmp_path: Path, server: Recorder) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "m.yaml").write_text(MANIFEST)
    (tmp_path / "catalogsync.yaml").write_text(
        f'environments:\n  plain: {{url: "{server.url}"}}\n  hosted: {{url: "{server.url}", prefix: /elsewhere/api/v1}}\ndefault: plain\n'
    )
    assert run("plan", "-e", "hosted", "--out", "plan.json", folder=tmp_path).returncode == 0
    server.seen.clear()
    assert run("apply", "plan.json", "--yes", folder=tmp_path).returncode == 0
    assert [path for path, _ in server.writes()] == ["/elsewhere/api/v1/meters"]
    assert {path.split("/v1/")[0] for _, path, _ in server.seen} == {
        "/version",
        "/api/swagger.json",
        "/elsewhere/api",
    }
    assert run("apply", "plan.json", "--yes", "-e", "plain", folder=tmp_path).returncode == 3


def test_the_configuration_is_looked_for_here_then_beside_the_plan(
    home: Path, server: Recorder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    beside = run("apply", str(home / "plan.json"), "--yes", folder=elsewhere)
    assert beside.returncode == 0, beside.stderr
    assert server.keys() == {"key-of-staging"}
    server.seen.clear()
    here = WITH_KEYS.format(url=server.url).replace("staging: {", "staging: {ca_file: unused.pem, ")
    (elsewhere / "catalogsync.yaml").write_text(here.replace("STAGING_KEY", "PRODUCTION_KEY"))
    again = run("apply", str(home / "plan.json"), "--yes", folder=elsewhere)
    assert again.returncode == 0, again.stderr
    assert server.keys() == {"key-of-production"}, "the configuration of the current folder comes first"
    (elsewhere / "catalogsync.yaml").write_text("environments: {}\n")
    assert run("apply", str(home / "plan.json"), "--yes", folder=elsewhere).returncode == 0
    server.seen.clear()
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(home / "plan.json", alone)
    lost = run("apply", "plan.json", "--yes", folder=alone)
    assert lost.returncode == 3 and "refused-no-environment" in lost.stderr
    assert str(alone) in lost.stderr and server.seen == []
