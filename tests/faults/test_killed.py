"""`kill -9` of `catalogsync apply`: running it again finishes the job, with nothing made twice.

Before and after every request: the process speaks over a socket to a proxy in front of a sandbox that keeps its state in a file. The proxy
passes requests on one after the other, and kills when one has arrived and was not passed on, or when it was answered and the answer was
not passed back. At every event of the journal: the process speaks to the sandbox itself, and dies with several requests under way.
The number of cases is generated; the normal run takes a sample, `-m slow` all.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from engine_helpers import EXAMPLE, client_of, planned
from forked import program
from scenarios import JOBS, catalog_for, check_end, prepared, versions

from catalogsync.core.plan import TargetIdentity
from catalogsync.executor import journal
from catalogsync.sandbox import Sandbox
from catalogsync.store import planfile

pytestmark = [pytest.mark.counted, pytest.mark.long]

STRIDE = 24
INSTANTS = 6
"""How many of the journal's events the normal run kills at."""
MOMENTS = ("before", "after")
SURE = ("--yes", "--format", "json")
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
def running(
    *arguments: str | Path, folder: Path | None = None, **environ: str
) -> Iterator[subprocess.Popen[str]]:
    """A command with its arguments."""
    with subprocess.Popen(
        [program(), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"], **environ}, cwd=folder,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def run(*arguments: str | Path, folder: Path | None = None) -> tuple[int, str, str]:
    """A command to its end: exit code, output, errors."""
    with running(*arguments, folder=folder) as process:
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


class Applying:
    """The apply of a saved plan in a process of its own, to be killed."""

    def __init__(self, process: subprocess.Popen[str], pid: Path) -> None:
        self.process, self._pid = process, pid

    def send(self, sent: signal.Signals) -> None:
        """To the process that carries out the plan, which has begun."""
        until = time.monotonic() + 60
        while not (self._pid.exists() and self._pid.read_text()):
            assert time.monotonic() < until
            time.sleep(0.001)
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self._pid.read_text()), sent)


@contextmanager
def applying(path: Path) -> Iterator[Applying]:
    pid = path.with_name("pid")
    pid.unlink(missing_ok=True)
    with running("apply", path, *SURE, PID_FILE=str(pid)) as process:
        yield Applying(process, pid)


def applied(path: Path) -> tuple[int, str, str]:
    return run("apply", path, *SURE)


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
        planfile.save(
            replace(plan, target=TargetIdentity(proxy.url), created="2026-01-02T03:04:05Z"), self.plan
        )
        sandbox.close()
        with self.opened(folder / "count") as (sandbox, path):
            proxy.stand_before(sandbox)
            assert applied(path)[0] == 0
            self.requests = proxy.count

    @contextmanager
    def opened(self, folder: Path) -> Iterator[tuple[Sandbox, Path]]:
        """The sandbox on a copy of its file, and a copy of the plan."""
        folder.mkdir()
        data = folder / "data.db"
        if self.data.exists():  # a server that nothing was written to has no file
            shutil.copy(self.data, data)
        sandbox = Sandbox(seed=2, data=data)
        try:
            yield sandbox, Path(shutil.copy(self.plan, folder / "plan.json"))
        finally:
            sandbox.close()
            shutil.rmtree(folder)

    def kill_at(self, number: int, moment: str, folder: Path) -> None:
        with self.opened(folder) as (sandbox, path):
            with applying(path) as begun:

                def kill(now: int, at: str) -> bool:
                    struck = now > number or (now == number and moment in ("before", at))
                    if struck:
                        begun.send(signal.SIGKILL)
                    return struck

                self.proxy.stand_before(sandbox, kill)
                begun.process.communicate(timeout=60)
                assert begun.process.returncode == -signal.SIGKILL
            self.proxy.stand_before(sandbox)
            code, _, err = applied(path)
            assert code == 0, err
            check_end(sandbox, self.versions, self.job)
            events = journal.read(path.with_name("plan.json.journal"))
            assert {event["event"] for event in events} >= {"opened", "run"}


@pytest.fixture(scope="module")
def stages(proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stage]:
    return functools.cache(lambda job: Stage(job, tmp_path_factory.mktemp(job), proxy))


@pytest.fixture(scope="module", params=JOBS)
def stage(request: pytest.FixtureRequest, stages: Callable[[str], Stage]) -> Stage:
    return stages(request.param)


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


CONFIG = "runStore: runs\nenvironments: {{shop: {{url: '{url}'}}}}\n"


class Served:
    """A sandbox on a socket of its own, on which the example catalog is applied for the first time, again and again: by its URL, and as an
    environment whose runs are kept.
    """

    def __init__(self, sandbox: Sandbox, url: str, folder: Path) -> None:
        self.sandbox, self.url, self.folder, self.plan = sandbox, url, folder, folder / "plan.json"
        self.journal = folder / "plan.json.journal"
        self.kills: Counter[str] = Counter()
        shutil.copytree(EXAMPLE, folder / "catalog")
        (folder / "catalogsync.yaml").write_text(CONFIG.format(url=url), "utf-8")

    def events(self) -> int:
        """How many the journal tells of: it is beside the plan, or with the runs that are kept."""
        told = (self.journal, *self.folder.glob("runs/journals/shop/*.log"))
        return sum(len(one.read_bytes().splitlines()) for one in told if one.exists())

    def events_in_peace(self) -> int:
        """How many the journal tells of in the end when nothing is killed."""
        self._begin("--url", self.url)
        assert applied(self.plan)[0] == 0
        return self.events()

    def kill_at(self, event: int, *target: str) -> int:
        """Kills as soon as the journal tells of so many events, runs again and judges; of how many it told."""
        self._begin(*target)
        with applying(self.plan) as begun:
            process, last = begun.process, time.monotonic() + 60
            while process.poll() is None and self.events() < event and time.monotonic() < last:
                time.sleep(0.0005)
            begun.send(signal.SIGKILL)
            process.wait(timeout=20)
            told = self.events()
            # after the last events it may end by itself before the kill
            assert process.returncode in (-signal.SIGKILL, 0)
            assert told >= event
            self.kills[target[0]] += process.returncode == -signal.SIGKILL
        code, _, err = applied(self.plan)
        assert code == 0, err
        assert self._planned(*target, "--exit-code") == (0, "")
        if target[0] == "-e":
            last, *lost = json.loads(run("history", *target, "--format", "json", folder=self.folder)[1])[
                "runs"
            ]
            assert last["proven"] and all(one["outcome"] == "lost" for one in lost), (last, lost)
        check_end(self.sandbox, Counter(), "first")
        return told

    def kill_at_each(self, events: Iterable[int]) -> None:
        ways = itertools.cycle((("--url", self.url), ("-e", "shop")))
        told = [self.kill_at(event, *way) for event, way in zip(events, ways, strict=False)]
        print(f"kills {dict(self.kills)}, when the journal told of {told} events")

    def _begin(self, *target: str) -> None:
        self.sandbox.reset()
        self.journal.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "runs", ignore_errors=True)
        assert self._planned(*target, "--out", self.plan)[0] == 0

    def _planned(self, *options: str | Path) -> tuple[int, str]:
        code, _, err = run("plan", "catalog", *options, "-q", folder=self.folder)
        return code, err


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    sandbox = Sandbox()
    with sandbox.serve() as url:
        yield Served(sandbox, url, tmp_path)


def test_killed_at_a_sample_of_the_journals_events(served: Served) -> None:
    most = served.events_in_peace()
    served.kill_at_each(range(1, most, -(-most // INSTANTS)))


@pytest.mark.slow
def test_killed_at_every_event_of_the_journal(served: Served) -> None:
    served.kill_at_each(range(1, served.events_in_peace()))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_finishes_what_is_under_way_and_reports(
    sent: signal.Signals, proxy: Proxy, tmp_path: Path, stages: Callable[[str], Stage]
) -> None:
    stage = stages("first")
    with stage.opened(tmp_path / "run") as (sandbox, path):
        with applying(path) as begun:

            def interrupt(now: int, at: str) -> bool:
                if (now, at) == (20, "before"):
                    begun.send(sent)
                return False

            proxy.stand_before(sandbox, interrupt)
            out, err = begun.process.communicate(timeout=60)
        assert begun.process.returncode == 130, err
        assert "Traceback" not in err
        statuses = {step["outcome"]["status"] for step in json.loads(out)["steps"]}
        assert statuses == {"done", "not_tried"}
        proxy.stand_before(sandbox)
        assert applied(path)[0] == 0
        check_end(sandbox, stage.versions, "first")


def test_a_second_interrupt_leaves_at_once_and_applying_again_ends_well(
    proxy: Proxy, tmp_path: Path, stages: Callable[[str], Stage]
) -> None:
    stage = stages("first")
    with stage.opened(tmp_path / "run") as (sandbox, path):
        with applying(path) as begun:

            def interrupt(now: int, at: str) -> bool:
                """No answer before the process has left."""
                if (now, at) != (20, "before"):
                    return False
                begun.send(signal.SIGINT)
                time.sleep(0.5)
                begun.send(signal.SIGINT)
                begun.process.wait(60)
                return True

            proxy.stand_before(sandbox, interrupt)
            _, err = begun.process.communicate(timeout=60)
        assert begun.process.returncode == -signal.SIGINT, err
        proxy.stand_before(sandbox)
        assert applied(path)[0] == 0
        check_end(sandbox, stage.versions, "first")
