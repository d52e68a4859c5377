"""`kill -9` of the real `catalogsync apply` before and after every request it makes: running it again finishes the job.

The process speaks over a socket to a proxy in front of a sandbox that keeps its state in a file. The proxy kills it when a request has
arrived and was not passed on, or when it was answered and the answer was not passed back. The number of cases is generated; the normal
run takes every STRIDE-th, `-m slow` all.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from hands import client_of, planned
from jobs import JOBS, catalog_for, check_end, prepared, versions

from catalogsync import journal, planfile
from catalogsync.plan import Target
from catalogsync.sandbox import Sandbox

STRIDE = 24
MOMENTS = ("before", "after")
Watch = Callable[[int, str], bool]
"""Told of each request by its number, `before` it is passed on and `after` it was answered; True breaks its connection off."""


def in_peace(_number: int, _moment: str) -> bool:
    return False


class Proxy:
    """Passes requests to a sandbox, one after the other, under the eyes of a watch."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()
        self._backend: httpx.Client | None = None
        self._watch: Watch = in_peace
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length", 0)))
                answer = proxy.passed(self.command, self.path, dict(self.headers), content)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer.status_code)
                self.send_header("content-type", answer.headers.get("content-type", "application/json"))
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stand_before(self, sandbox: Sandbox, watch: Watch = in_peace) -> None:
        with self._lock:
            self._backend = httpx.Client(transport=sandbox.transport(), base_url="http://sandbox.localhost")
            self.count, self._watch = 0, watch

    def passed(
        self, method: str, path: str, headers: dict[str, str], content: bytes
    ) -> httpx.Response | None:
        with self._lock:
            self.count += 1
            if self._watch(self.count, "before"):
                return None
            kept = {
                n: v for n, v in headers.items() if n.lower() in ("content-type", "accept", "x-request-id")
            }
            answer = self._backend.request(method, path, headers=kept, content=content)  # type: ignore[union-attr]
            return None if self._watch(self.count, "after") else answer

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def applying(path: Path) -> Iterator[subprocess.Popen[str]]:
    """The real command, on a saved plan."""
    command = [sys.executable, "-m", "catalogsync", "apply", str(path), "--yes", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def applied(path: Path) -> tuple[int, str, str]:
    with applying(path) as process:
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    proxy = Proxy()
    yield proxy
    proxy.close()


class Stage:
    """A job made ready once: the sandbox's file as it is before, the saved plan, how many requests applying it makes."""

    def __init__(self, job: str, folder: Path, proxy: Proxy) -> None:
        self.job, self.proxy, self.data, self.plan = job, proxy, folder / f"{job}.db", folder / f"{job}.json"
        sandbox = prepared(job, self.data)
        self.versions = versions(sandbox)
        plan = planned(catalog_for(job), client_of(sandbox))
        planfile.save(replace(plan, target=Target(proxy.url), created="2026-01-02T03:04:05Z"), self.plan)
        sandbox.close()
        with self.opened(folder / "count") as (sandbox, path):
            proxy.stand_before(sandbox)
            assert applied(path)[0] == 0
            self.requests = proxy.count

    @contextmanager
    def opened(self, folder: Path) -> Iterator[tuple[Sandbox, Path]]:
        """The sandbox on a copy of its file, and a copy of the plan."""
        folder.mkdir()
        data = Path(shutil.copy(self.data, folder / "data.db"))
        sandbox = Sandbox(seed=2, data=data)
        try:
            yield sandbox, Path(shutil.copy(self.plan, folder / "plan.json"))
        finally:
            sandbox.close()
            shutil.rmtree(folder)

    def kill_at(self, number: int, moment: str, folder: Path) -> None:
        with self.opened(folder) as (sandbox, path):
            with applying(path) as process:

                def kill(now: int, at: str) -> bool:
                    struck = now > number or (now == number and moment in ("before", at))
                    if struck:
                        os.kill(process.pid, signal.SIGKILL)
                    return struck

                self.proxy.stand_before(sandbox, kill)
                process.communicate(timeout=60)
                assert process.returncode == -signal.SIGKILL
            self.proxy.stand_before(sandbox)
            code, _, err = applied(path)
            assert code == 0, err
            check_end(sandbox, self.versions, self.job)
            events = journal.read(path.with_name("plan.json.journal"))
            assert {event["event"] for event in events} >= {"opened", "run"}


@pytest.fixture(scope="module", params=JOBS)
def stage(request: pytest.FixtureRequest, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(request.param, tmp_path_factory.mktemp(request.param), proxy)


def cases(stage: Stage) -> list[tuple[int, str]]:
    return [(number, moment) for number in range(1, stage.requests + 1) for moment in MOMENTS]


def test_killed_at_a_sample_of_requests(stage: Stage, tmp_path: Path) -> None:
    sample = cases(stage)[:: STRIDE + 1]  # an odd stride meets both moments
    for number, moment in sample:
        stage.kill_at(number, moment, tmp_path / f"{number}-{moment}")
    print(f"{stage.job}: {len(sample)} kills of {len(cases(stage))}")


@pytest.mark.slow
def test_killed_at_every_request(stage: Stage, tmp_path: Path) -> None:
    for number, moment in cases(stage):
        stage.kill_at(number, moment, tmp_path / f"{number}-{moment}")
    print(f"{stage.job}: {len(cases(stage))} kills")


def test_an_interrupt_finishes_what_is_under_way_and_reports(
    proxy: Proxy, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = Stage("first", tmp_path_factory.mktemp("interrupt"), proxy)
    with stage.opened(tmp_path / "run") as (sandbox, path):
        with applying(path) as process:

            def interrupt(now: int, at: str) -> bool:
                if (now, at) == (20, "before"):
                    os.kill(process.pid, signal.SIGINT)
                return False

            proxy.stand_before(sandbox, interrupt)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "Traceback" not in err
        statuses = {step["outcome"]["status"] for step in json.loads(out)["steps"]}
        assert "done" in statuses and "not_tried" in statuses
        proxy.stand_before(sandbox)
        assert applied(path)[0] == 0
        check_end(sandbox, stage.versions, "first")
