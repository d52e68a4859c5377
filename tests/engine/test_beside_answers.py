"""What runs while answers are awaited: what a server says of itself is asked for at once, the files are brought into normal form, the commit is
looked up. Nothing of it changes a plan, and nothing is sent for files with errors.
"""

from __future__ import annotations

import fnmatch
import subprocess
import threading
from pathlib import Path

import httpx
import pytest
from engine_helpers import EXAMPLE, TARGET, catalog_of, client_of
from scenarios import JOBS, catalog_for, prepared

from catalogsync.app import plan as plans
from catalogsync.app.environments import Target
from catalogsync.app.revision import git_revision
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import Awaited, OpenMeter
from catalogsync.core.errors import InvalidCatalog, TargetError
from catalogsync.core.model import LiveState
from catalogsync.openmeter import releases
from catalogsync.openmeter.kinds import FEATURE, METER, PLAN
from catalogsync.planner import Forms, make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import Client, reader, support
from catalogsync.targets.v1.client import digest_of

LONG = 10.0
"""Seconds that nothing here takes."""
INTRODUCTION = {"/version", "/api/swagger.json"}


class Meeting(httpx.BaseTransport):
    """Answers nothing of these paths before all of them are asked for."""

    def __init__(self, sandbox: Sandbox, paths: set[str]) -> None:
        self._inner, self._paths = sandbox.transport(), paths
        self._all = threading.Barrier(len(paths))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in self._paths:
            self._all.wait(LONG)
        return self._inner.handle_request(request)


def test_version_and_description_are_asked_for_at_once() -> None:
    client = Client("http://sandbox.localhost", transport=Meeting(Sandbox(), INTRODUCTION))
    version, description = client.introduction()
    assert version.startswith("sandbox") and support.server_of(version, description).newest


class Waiting(httpx.BaseTransport):
    """Answers nothing of these paths before somebody has done something else."""

    def __init__(self, sandbox: Sandbox, done: threading.Event, paths: str) -> None:
        self._inner, self._done, self._paths = sandbox.transport(), done, paths

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if fnmatch.fnmatchcase(request.url.path, self._paths):
            assert self._done.wait(LONG), "nothing is done while answers are awaited"
        return self._inner.handle_request(request)


def test_work_is_done_while_lists_are_awaited() -> None:
    done = threading.Event()
    with OpenMeter("sandbox:") as server:
        server.target.client = Client(
            "http://sandbox.localhost", transport=Waiting(Sandbox(), done, "/api/v1/*")
        )
        live, said, given = server.survey_beside(lambda _awaited: done.set() or "work")
    assert (bool(live.of(METER)), said.server.newest, given) == (True, True, "work")


def test_work_is_done_while_offers_are_awaited() -> None:
    """It is given what the lists tell: everything but what is offered."""
    done = threading.Event()

    def work(awaited: Awaited) -> LiveState:
        listed = awaited.lists()
        done.set()
        return listed

    with OpenMeter("sandbox:") as server:
        offers = Waiting(prepared("update"), done, "/api/v1/plans/*/addons")
        server.target.client = Client("http://sandbox.localhost", transport=offers)
        live, _, listed = server.survey_beside(work)
    assert listed.groups.keys() == live.groups.keys()
    assert all(listed.of(kind) == live.of(kind) for kind in (METER, FEATURE))
    assert any(one.assignments for group in live.of(PLAN) for one in group.versions())
    assert not any(one.assignments for group in listed.of(PLAN) for one in group.versions())


def test_work_that_waits_for_lists_ends_where_one_cannot_be_read() -> None:
    with OpenMeter("http://127.0.0.1:9") as server, pytest.raises(TargetError):
        server.survey_beside(lambda awaited: awaited.lists())


@pytest.mark.parametrize("job", JOBS)
def test_forms_that_are_made_before_change_no_plan(job: str) -> None:
    catalog, listed = catalog_for(job), list[LiveState]()
    live = reader.read(client_of(prepared(job)), listed=listed.append)
    forms = Forms.of(catalog)
    assert forms.desired
    known = forms.beside(listed[0])
    assert make_plan(catalog, live, TARGET, forms=known) == make_plan(catalog, live, TARGET)
    once = {*map(id, known.live.values())} & {*map(id, forms.desired.values())}
    assert bool(known.live) == bool(once) == (job != "first"), "what is live as it is desired is held once"


def test_what_a_server_cannot_hold_is_left_out_of_the_forms_too() -> None:
    """Normal forms are made before it is known what the server drops."""
    old = next(one for one in releases.known() if one.missing)
    with OpenMeter("sandbox:") as server:
        sandbox = Sandbox(release=old.tag)
        server.client = client_of(sandbox)
        server.target.client = server.client
        catalog = catalog_of(EXAMPLE)
        plan = plans.plan_catalog(catalog, server)
        held = support.held(catalog, server.introduce().server)
    assert held.catalog is not catalog, "there is something that this server does not know"
    assert [s.body for s in plan.steps] == [
        s.body for s in make_plan(held.catalog, LiveState({}), plan.target).steps
    ]


def test_nothing_is_sent_for_files_with_errors(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("kind: meter\nslug: tokens\n")
    asked: list[object] = []
    with pytest.raises(InvalidCatalog):
        plans.plan_files([tmp_path], Target(url="http://127.0.0.1:9"), Runtime(observers=(asked.append,)))
    assert asked == []


def test_a_description_is_understood_once() -> None:
    text = client_of(Sandbox()).introduction()[1]
    assert support.server_of("x", text) is support.server_of("x", bytes(bytearray(text)))
    assert support.server_of("x", text) != support.server_of("x", b"")


@pytest.mark.parametrize("text", [b"", b"<html>sign in</html>", b"  \n<!doctype html>", b"[]", b"not found"])
def test_what_is_no_description_has_no_digest(text: bytes) -> None:
    assert digest_of(text) == ""
    assert support.server_of("", text).wire is None


def test_a_description_has_the_digest_of_its_text() -> None:
    one, other = b'{"openapi": "3.0.0"}', b'{"openapi": "3.0.1"}'
    assert digest_of(one) == digest_of(bytes(bytearray(one))) != digest_of(other)
    assert digest_of(one).startswith("sha256:")


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_the_commit_of_a_catalog(tmp_path: Path) -> None:
    assert git_revision(tmp_path) == ""
    git(tmp_path, "init", "-q")
    folder, beside = tmp_path / "catalog", tmp_path / "else"
    for one in (folder, beside):
        one.mkdir()
        (one / "a.yaml").write_text("x: 1\n")
    assert git_revision(folder) == "", "nothing is committed"
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    head = git(tmp_path, "rev-parse", "HEAD")
    assert git_revision(folder) == git_revision(folder / "a.yaml") == head
    (beside / "a.yaml").write_text("x: 2\n")
    assert git_revision(folder) == head, "what changed is elsewhere"
    (folder / "new.yaml").write_text("x: 3\n")
    assert git_revision(folder) == head + "+changes"
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "second")
    git(tmp_path, "checkout", "-q", "--detach", head)
    assert git_revision(folder) == head
    (folder / "a.yaml").unlink()
    assert git_revision(folder) == head + "+changes"
