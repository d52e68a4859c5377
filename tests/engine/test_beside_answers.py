"""What runs while answers are awaited: what a server says of itself is asked for at once, the files are brought into normal form, the commit is
looked up. Nothing of it changes a plan, and nothing is sent for files with errors.
"""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import httpx
import pytest
from engine_helpers import EXAMPLE, TARGET, catalog_of, client_of

from catalogsync.app import plan as plans
from catalogsync.app.environments import Target
from catalogsync.app.revision import git_revision
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.model import LiveState
from catalogsync.openmeter import releases
from catalogsync.openmeter.kinds import METER
from catalogsync.planner import make_plan, normal_forms
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import Client, support
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
    """Answers no list before somebody has done something else."""

    def __init__(self, sandbox: Sandbox, done: threading.Event) -> None:
        self._inner, self._done = sandbox.transport(), done

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/v1/"):
            assert self._done.wait(LONG), "nothing is done while answers are awaited"
        return self._inner.handle_request(request)


def test_work_is_done_while_lists_are_awaited() -> None:
    done = threading.Event()
    with OpenMeter("sandbox:") as server:
        server.target.client = Client("http://sandbox.localhost", transport=Waiting(Sandbox(), done))
        live, said, given = server.survey_beside(lambda _said: done.set() or "work")
    assert (bool(live.of(METER)), said.server.newest, given) == (True, True, "work")


def test_forms_that_are_made_before_change_no_plan() -> None:
    catalog, nothing = catalog_of(EXAMPLE), LiveState({})
    forms = normal_forms(catalog)
    assert forms.keys() == catalog.resources.keys()
    assert make_plan(catalog, nothing, TARGET, forms=forms) == make_plan(catalog, nothing, TARGET)


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
