"""The action's steps in their order, against a served sandbox and a stand-in for GitHub: a review, its merge, its apply, and what is refused."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from ci import composite
from ci.github import REPOSITORY, TOKEN, GitHub, served
from forked import program

from catalogsync.render.markdown import LONGEST, size

ROOT = composite.ROOT
HEAD, MERGED = "a" * 40, "b" * 40
NAME = "catalogsync-plan-production"


@pytest.fixture(scope="module")
def openmeter() -> Iterator[str]:
    """A sandbox on a socket that wants a key."""
    command = [sys.executable, "-m", "catalogsync", "sandbox", "serve", "--port", "0", "--api-key", "secret"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def reviewed(openmeter: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The artifact of a run that planned the example catalog for an empty server: most tests begin with it."""
    github = GitHub()
    with served(github) as api:
        world = World(github, api, openmeter, tmp_path_factory.mktemp("reviewed"), b"")
        job = world.plan()
        assert job.failed == "", job.log
    return github.files[1]


@pytest.fixture
def world(openmeter: str, tmp_path: Path, reviewed: bytes) -> Iterator[World]:
    httpx.post(f"{openmeter}/sandbox/reset", json={}, trust_env=False, verify=False).raise_for_status()
    github = GitHub()
    with served(github) as api:
        yield World(github, api, openmeter, tmp_path, reviewed)


class World:
    """A repository with the example catalog, its GitHub and its OpenMeter."""

    def __init__(self, github: GitHub, api: str, openmeter: str, folder: Path, reviewed: bytes) -> None:
        self.github, self.api, self.openmeter, self.folder = github, api, openmeter, folder
        self.workspace, self.temp = folder / "repository", folder / "temp"
        shutil.copytree(ROOT / "examples" / "catalog", self.workspace / "catalog")
        (self.workspace / "catalogsync.yaml").write_text(
            f"environments:\n  production:\n    url: {openmeter}\n    api_key: {{env: KEY}}\n", "utf-8"
        )
        programs = self.temp / "catalogsync" / "venv" / "bin"
        programs.mkdir(parents=True)
        for name in ("catalogsync", "python"):
            (programs / name).symlink_to(program(name))
        self.reviewed = reviewed
        self.uploads: list[str] = []
        self.sarif: Any = None

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.workspace / "catalog" / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")

    def run(
        self, inputs: Mapping[str, str], event: str, payload: Mapping[str, Any], **environ: str
    ) -> composite.Job:
        told = self.folder / "event.json"
        told.write_text(json.dumps(payload), "utf-8")

        def uses(action: str, given: Mapping[str, str]) -> None:
            if action.startswith("actions/upload-artifact@"):
                self.uploads.append(given["name"])
                data = composite.packed(Path(given["path"]))
                if self.github.runs:
                    self.github.uploaded(self.github.runs[-1]["id"], given["name"], data)
            elif action.startswith("github/codeql-action/upload-sarif@"):
                self.sarif = json.loads(Path(given["sarif_file"]).read_text("utf-8"))

        return composite.run(
            {"environment": "production", **inputs},
            github={"event_name": event, "event": payload, "token": TOKEN},
            environ={
                "GITHUB_API_URL": self.api,
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_RUN_ID": "7",
                "GITHUB_EVENT_PATH": str(told),
                "GITHUB_SHA": MERGED,
                "NO_PROXY": "*",
                "KEY": "secret",
                **environ,
            },
            workspace=self.workspace,
            temp=self.temp,
            uses=uses,
        )

    def plan(self, run: int = 1, head: str = HEAD, number: int = 5, **inputs: str) -> composite.Job:
        """The pull request gets a commit, and its workflow runs."""
        self.github.opened(number, head)
        self.github.ran(run, head)
        payload = {"pull_request": {"number": number, "head": {"sha": head}}}
        return self.run({"command": "plan", **inputs}, "pull_request", payload)

    def planned(self) -> None:
        """The pull request as it is after `plan`, without the comment."""
        self.github.opened(5, HEAD)
        self.github.ran(1, HEAD)
        self.github.uploaded(1, NAME, self.reviewed)

    def comment(self, text: str, head: str = HEAD) -> str:
        """The step that comments, on its own; what it said."""
        body = self.folder / "body.md"
        body.write_text(text, "utf-8")
        done = subprocess.run(
            [program("python"), ROOT / "action" / "comment.py"],
            env={
                "PYTHONPATH": str(ROOT),
                "GITHUB_API_URL": self.api,
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_RUN_ID": "7",
                "GITHUB_TOKEN": TOKEN,
                "NO_PROXY": "*",
                "TOPIC": "plan production",
                "BODY": str(body),
                "PULL_REQUEST": "5",
                "HEAD_SHA": head,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    def merge(
        self, number: int = 5, commit: str = MERGED, others: tuple[str, ...] = (), **inputs: str
    ) -> composite.Job:
        """The pull request is merged, and the workflow of the push runs."""
        self.github.merged(number, commit)
        payload = {"commits": [{"id": one} for one in (*others, commit)]}
        return self.run({"command": "apply", **inputs}, "push", payload, GITHUB_SHA=commit)

    def live(self) -> list[str]:
        key = {"Authorization": "Bearer secret"}
        plans = httpx.get(f"{self.openmeter}/api/v1/plans", headers=key, trust_env=False, verify=False).json()
        return sorted(one["key"] for one in plans["items"])

    def bodies(self) -> list[str]:
        return [one["body"] for one in self.github.comments]


def test_a_change_from_its_pull_request_to_the_server(world: World) -> None:
    job = world.plan()
    assert job.failed == "", job.log
    assert world.uploads == [NAME]
    assert world.sarif["version"] == "2.1.0"
    assert len(world.bodies()) == 1
    assert "### Plan: 26 to create" in world.bodies()[0]
    assert "### Plan: 26 to create" in job.summary
    assert job.outputs["plan"]["changes"] == "true"
    assert world.live() == []

    world.edit("plans/pro.yaml", "name: Pro", "name: Professional")
    job = world.plan(run=2, head="c" * 40)
    assert job.failed == "", job.log
    assert len(world.bodies()) == 1, "updated in place"
    assert "cccccccccccc" in world.bodies()[0]

    job = world.merge()
    assert job.failed == "", job.log
    assert world.live() == ["enterprise", "free", "pro"]
    assert world.uploads[-1] == f"{NAME}-applied"
    assert len(world.bodies()) == 2
    assert "### Applied: 35 done." in world.bodies()[1]
    kept = zipfile.ZipFile(io.BytesIO(world.github.files[max(world.github.files)])).namelist()
    assert {"plan.json.journal", "report.json"} <= set(kept)
    assert "secret" not in job.log + job.summary + "".join(world.bodies())
    assert world.github.leaked == [], "the token stays with the API"

    job = world.plan(run=3, head="d" * 40, number=6)
    assert (job.failed, job.outputs["plan"]["changes"]) == ("", "false")
    assert world.live() == ["enterprise", "free", "pro"]


def test_the_artifact_is_what_is_applied_and_nothing_is_planned_again(world: World) -> None:
    """Live has all but one plan when the plan is made; what somebody changes elsewhere until the apply is left as it is."""
    world.planned()
    assert world.merge().failed == ""
    world.edit("plans/free.yaml", "name: Free", "name: Gratis")
    world.plan(run=2, head="c" * 40, number=6)
    key = {"Authorization": "Bearer secret"}
    made = httpx.post(
        f"{world.openmeter}/api/v1/features",
        json={"key": "by_hand", "name": "By hand"},
        headers=key,
        trust_env=False,
        verify=False,
    )
    assert made.status_code == 201
    before = len(world.github.seen)
    assert world.merge(6, "e" * 40).failed == ""
    assert any(call.endswith("/zip") for call in world.github.seen[before:])
    kept = httpx.get(f"{world.openmeter}/api/v1/features", headers=key, trust_env=False, verify=False).json()
    assert "by_hand" in [one["key"] for one in kept]


def test_a_server_that_moved_is_refused(world: World) -> None:
    world.planned()
    assert world.merge().failed == ""
    world.edit("plans/free.yaml", "name: Free", "name: Gratis")
    world.plan(run=2, head="c" * 40, number=6)
    key = {"Authorization": "Bearer secret"}
    free = next(
        one
        for one in httpx.get(
            f"{world.openmeter}/api/v1/plans", headers=key, trust_env=False, verify=False
        ).json()["items"]
        if one["key"] == "free"
    )
    httpx.post(
        f"{world.openmeter}/api/v1/plans/{free['id']}/archive", headers=key, trust_env=False, verify=False
    )
    job = world.merge(6, "e" * 40)
    assert (job.failed, job.code) == ("Say how the apply went", 3), job.log
    assert "Not applied whole (exit 3)" in world.bodies()[-1]


def test_an_invalid_catalog_saves_no_plan_and_says_why(world: World) -> None:
    world.planned()
    world.edit("plans/free.yaml", "featureKey: api_requests", "featureKey: api_request")
    job = world.plan(run=2, head="c" * 40)
    assert (job.failed, job.code) == ("Say how the plan went", 1)
    assert world.uploads == [], "no plan is saved"
    assert len(world.bodies()) == 1
    assert "did you mean `api_requests`?" in world.bodies()[0]
    assert [one["ruleId"] for one in world.sarif["runs"][0]["results"]] == ["rate_card_feature_not_found"]
    assert "::error" in job.log, "beside the line"
    job = world.merge()
    assert (job.failed, job.code) == ("Find the plan that was reviewed", 3)
    assert world.live() == []


def test_a_fuse_that_blew_is_said_without_an_empty_block(world: World) -> None:
    world.planned()
    assert world.merge().failed == ""
    world.edit("plans/pro.yaml", "amount: 49,", "amount: 490,")
    job = world.plan(run=2, head="c" * 40, number=6)
    assert (job.failed, job.code) == ("Say how the plan went", 3), job.log
    said = job.summary[job.summary.index("### This plan is not applied (exit 3)") :]
    assert "fuse-price-move" in said
    assert "~~~" not in said.partition("fuse-price-move")[0]


def test_a_plan_of_an_earlier_commit_is_not_applied(world: World) -> None:
    world.planned()
    world.github.opened(5, "c" * 40)
    job = world.merge()
    assert job.code == 3
    assert "no run for cccccccccccc" in job.log
    assert "no run for cccccccccccc" in job.summary
    assert world.live() == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"head": "f" * 40}, "was made for ffffffffffff of #5, not for aaaaaaaaaaaa of #5"),
        ({"pull_request": 4}, "of #4, not for"),
        ({"environment": "staging"}, "made for environment staging, not production"),
        ({"url": "https://other.example"}, "made for url https://other.example, not none"),
        ({"catalog": "sha256:0"}, "the catalog that was merged is not the one"),
    ],
)
def test_a_plan_made_from_something_else_is_refused(world: World, source: dict[str, Any], said: str) -> None:
    world.planned()
    folder = world.folder / "artifact"
    zipfile.ZipFile(io.BytesIO(world.reviewed)).extractall(folder)
    known = json.loads((folder / "source.json").read_text("utf-8"))
    (folder / "source.json").write_text(json.dumps(known | source), "utf-8")
    world.github.uploaded(1, NAME, composite.packed(folder))
    job = world.merge()
    assert job.code == 3
    assert said in job.log
    assert world.live() == []


def test_what_was_merged_between_is_seen(world: World) -> None:
    world.planned()
    world.edit("plans/free.yaml", "name: Free", "name: Gratis")
    job = world.merge()
    assert job.code == 3
    assert "something else was merged between" in job.log


def test_comments_and_order_in_files_are_no_other_catalog(world: World) -> None:
    world.planned()
    world.edit("plans/free.yaml", "name: Free", "name: Free # of charge")
    assert world.merge().failed == ""


def test_runs_that_do_not_count(world: World) -> None:
    world.planned()
    world.github.ran(2, HEAD, workflow=9)
    assert world.github.artifacts
    world.github.runs[0]["status"] = "in_progress"
    assert "is not done" in world.merge().log
    world.github.runs[0]["status"] = "completed"
    world.github.artifacts[0]["expired"] = True
    assert "is kept no longer" in world.merge().log
    world.github.artifacts[0]["expired"] = False
    world.github.runs[0]["head_repository"] = {"full_name": "mallory/billing"}
    assert "made by a run for a fork" in world.merge().log
    world.github.runs[0]["head_repository"] = None
    assert "made by a run for a fork" in world.merge().log
    world.github.runs[0]["head_repository"] = {"full_name": REPOSITORY}
    world.github.ran(3, HEAD)
    assert "a later run of the workflow for aaaaaaaaaaaa saved no plan" in world.merge().log
    world.github.runs.pop()
    assert world.live() == []
    assert world.merge().failed == ""


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", composite.packed(ROOT / "action")])
def test_an_artifact_that_is_none_is_refused(world: World, data: bytes) -> None:
    world.planned()
    world.github.uploaded(1, NAME, data)
    job = world.merge()
    assert job.code == 3
    assert "the artifact holds no plan of this action" in job.log


def test_a_commit_without_a_pull_request_has_nothing_to_apply(world: World) -> None:
    job = world.run({"command": "apply"}, "push", {"commits": []})
    assert job.failed == ""
    assert "nothing to apply: no pull request was merged as bbbbbbbbbbbb" in job.log
    assert "Apply it" not in job.ran


def test_two_merges_in_one_push_are_applied_by_name(world: World) -> None:
    world.planned()
    world.github.opened(6, "c" * 40)
    world.github.merged(6, "d" * 40)
    job = world.merge(others=("d" * 40,))
    assert job.code == 3
    assert "#6 came with the same push" in job.log
    job = world.run({"command": "apply", "commit": MERGED}, "workflow_dispatch", {}, GITHUB_SHA="d" * 40)
    assert job.failed == "", job.log


def test_a_token_that_may_not_comment_warns(world: World) -> None:
    world.planned()
    world.github.may_comment = False
    said = world.comment("text")
    assert said.startswith("::warning")
    assert "pull-requests: write" in said


def test_a_run_for_an_older_commit_says_nothing(world: World) -> None:
    world.planned()
    assert world.comment("first").startswith("comment: https://")
    world.github.opened(5, "c" * 40)
    assert "no comment: #5 is at cccccccccccc now" in world.comment("second")
    assert "first" in world.bodies()[0]


def test_a_mark_that_somebody_copied_is_left_alone(world: World) -> None:
    world.planned()
    world.comment("first")
    world.github.comments[0]["user"] = {"login": "mallory", "type": "User"}
    world.github.comments += [
        {"id": n, "issue": 5, "body": "LGTM", "user": {"type": "User"}, "html_url": ""} for n in range(2, 130)
    ]
    world.comment("second")
    world.comment("third")
    ours = [one for one in world.github.comments if one["user"]["type"] == "Bot"]
    assert len(ours) == 1, "found on the second page"
    assert "third" in ours[0]["body"]
    assert "first" in world.bodies()[0]


@pytest.mark.parametrize("sign", ["x", "\U0001f600", "line\n"])
def test_a_comment_is_as_long_as_one_may_be(world: World, sign: str) -> None:
    world.planned()
    world.comment("begin " + sign * (65_450 // size(sign)))
    assert "Left out" not in world.bodies()[0]
    world.comment("begin " + sign * 70_000)
    assert size(world.bodies()[0]) <= LONGEST
    assert "begin" in world.bodies()[0]
    assert "**Left out: the rest.**" in world.bodies()[0]


def test_two_environments_have_two_comments(world: World) -> None:
    text = (world.workspace / "catalogsync.yaml").read_text("utf-8")
    (world.workspace / "catalogsync.yaml").write_text(
        text + f"  staging:\n    url: {world.openmeter}\n    api_key: {{env: KEY}}\n", "utf-8"
    )
    world.plan()
    world.plan(run=1, environment="staging")
    assert len(world.bodies()) == 2
    assert world.uploads == [NAME, "catalogsync-plan-staging"]


def test_hundreds_of_changes_fit_and_words_that_look_like_commands_are_none(world: World) -> None:
    features = "---\n".join(
        f'kind: feature\nkey: f{n}\nname: "::error::{"long " * 40}{n}"\n' for n in range(400)
    )
    (world.workspace / "catalog" / "many.yaml").write_text(features, "utf-8")
    job = world.plan()
    assert job.failed == "", job.log[-2000:]
    assert 30_000 < len(world.bodies()[0]) <= LONGEST
    stopped, live = False, []
    for line in job.log.splitlines():
        if line.startswith("::stop-commands::"):
            stopped, token = True, line.removeprefix("::stop-commands::")
        elif stopped and line == f"::{token}::":
            stopped = False
        elif not stopped:
            live.append(line)
    assert not any("long long" in line for line in live)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"command": "destroy"}, "command is `destroy`; write plan or apply"),
        ({"command": "plan", "artifact": "a/b"}, "the artifact's name may hold"),
    ],
)
def test_wrong_inputs_are_named(world: World, inputs: dict[str, str], said: str) -> None:
    job = world.run(inputs, "push", {})
    assert (job.failed, job.code) == ("Install catalogsync", 64)
    assert said in job.log


def test_inputs_are_words_and_no_code(world: World) -> None:
    job = world.plan(options="--at\napi_requests=1000; touch hacked\n\n", path="catalog/$(touch hacked)\n")
    assert job.code == 1
    assert not list(world.folder.rglob("hacked"))
    assert "No plan" in world.bodies()[0]


def test_options_and_a_url_reach_the_plan(world: World) -> None:
    job = world.run(
        {
            "command": "plan",
            "environment": "",
            "url": world.openmeter,
            "options": "--rehearse",
            "artifact": "p",
        },
        "workflow_dispatch",
        {},
        OPENMETER_API_KEY="secret",
    )
    assert job.failed == "", job.log
    assert "rehears" in job.log.lower()
    assert world.bodies() == []
    assert world.uploads == ["p"]
