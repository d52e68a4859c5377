"""Finds the saved plan that was reviewed: the merged commit → its pull request → the run of its last head → the artifact. Never makes one.

Everything that does not fit is refused with exit 3: no plan for the last head, one made for another head, in a fork, for another environment or
for other content of the catalog than what was merged. A commit that came without a pull request has nothing to apply; that is said.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api import Api, ApiError, annotate, output, stop
from source import catalog_digest

_LARGEST = 256 * 1024 * 1024
_FILES = ("plan.json", "source.json")


class Refused(Exception):
    """A plan that is not the one that was reviewed and merged."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan has to be for."""

    artifact: str
    environment: str
    url: str
    paths: tuple[str, ...]


def pull_of(api: Api, commit: str, pushed: Sequence[str]) -> Mapping[str, Any] | None:
    """The pull request whose merge made `commit`. `pushed`: the other commits of the push. Raises Refused when these hold another merge."""
    found = [one for one in api.every(f"commits/{commit}/pulls") if one.get("merged_at")]
    merged = [one for one in found if one.get("merge_commit_sha") == commit]
    if others := _merged_as(api, pushed):
        listed = ", ".join(f"#{number}" for number in sorted(others))
        raise Refused(
            f"{listed} came with the same push, and plans are applied one at a time: run the apply for each merged commit (input `commit`)"
        )
    return merged[0] if merged else None


def _merged_as(api: Api, commits: Sequence[str]) -> set[int]:
    """The numbers of the pull requests, of the hundred that moved last, whose merge made one of the commits."""
    if not commits:
        return set()
    latest = api.call("GET", "pulls?state=closed&sort=updated&direction=desc&per_page=100")
    return {
        one["number"] for one in latest if one.get("merged_at") and one.get("merge_commit_sha") in commits
    }


def artifact_of(api: Api, pull: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The newest artifact of the pull request's last head. None when no run made one. Raises Refused when a later run of the workflow did not."""
    head = pull["head"]["sha"]
    runs = sorted(
        api.every("actions/runs", "workflow_runs", event="pull_request", head_sha=head),
        key=lambda run: (run["created_at"], run["id"]),
        reverse=True,
    )
    for run in runs:
        if run["head_sha"] != head:
            continue
        for artifact in api.every(f"actions/runs/{run['id']}/artifacts", "artifacts", name=name):
            if artifact["name"] == name:
                _refuse_unfit(artifact, run, runs, head)
                return {**artifact, "run": run["id"]}
    return None


def _refuse_unfit(
    artifact: Mapping[str, Any], run: Mapping[str, Any], runs: Sequence[Mapping[str, Any]], head: str
) -> None:
    later = runs[: runs.index(run)]
    if any(one["workflow_id"] == run["workflow_id"] for one in later):
        raise Refused(f"a later run of the workflow for {head[:12]} saved no plan")
    if run["status"] != "completed":
        raise Refused(f"the run that makes the plan for {head[:12]} is not done")
    if artifact["expired"]:
        raise Refused(f"the plan for {head[:12]} is kept no longer")
    made = artifact.get("workflow_run") or {}
    if made.get("head_sha", head) != head:
        raise Refused(f"the plan was made for {made['head_sha'][:12]}, not for {head[:12]}, which was merged")
    if (run.get("head_repository") or {}).get("full_name") != run["repository"]["full_name"]:
        raise Refused("the plan was made by a run for a fork, which could have written anything into it")


def unpacked(data: bytes, folder: Path) -> Mapping[str, Any]:
    """Puts the plan into the folder; what it was made from. Raises Refused for a file that is no saved plan of the action."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in _FILES:
                if packed.getinfo(name).file_size > _LARGEST:
                    raise Refused(f"{name} in the artifact is too large")
                (folder / name).write_bytes(packed.read(name))
        source = json.loads((folder / "source.json").read_bytes())
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise Refused(f"the artifact holds no plan of this action: {problem}") from problem
    if not isinstance(source, Mapping):
        raise Refused("the artifact holds no plan of this action")
    return source


def refuse_other(source: Mapping[str, Any], pull: Mapping[str, Any], wanted: Wanted) -> None:
    """Raises Refused for a plan that was made from something else than what was merged."""
    head = pull["head"]["sha"]
    if source.get("head") != head or source.get("pull_request") != pull["number"]:
        raise Refused(
            f"the plan was made for {str(source.get('head'))[:12]} of #{source.get('pull_request')}, not for {head[:12]} of #{pull['number']}"
        )
    for what, asked in (("environment", wanted.environment), ("url", wanted.url)):
        if source.get(what) != asked:
            raise Refused(f"the plan was made for {what} {source.get(what) or 'none'}, not {asked or 'none'}")
    if source.get("catalog") != catalog_digest(list(wanted.paths), wanted.environment):
        raise Refused(
            f"the catalog that was merged is not the one that the plan for {head[:12]} was made from: something else was merged between. "
            "Plan again in a new pull request; branches that must be up to date before merging avoid this"
        )


def find(api: Api, commit: str, pushed: Sequence[str], wanted: Wanted, folder: Path) -> str:
    """Puts the reviewed plan into the folder; the pull request's number, "" when there is nothing to apply. Raises Refused, ApiError."""
    pull = pull_of(api, commit, pushed)
    if pull is None:
        annotate("notice", f"nothing to apply: no pull request was merged as {commit[:12]}")
        return ""
    artifact = artifact_of(api, pull, wanted.artifact)
    if artifact is None:
        raise Refused(
            f"no run for {pull['head']['sha'][:12]}, the last commit of #{pull['number']}, saved a plan called {wanted.artifact}"
        )
    source = unpacked(api.download(f"actions/artifacts/{artifact['id']}/zip", _LARGEST), folder)
    refuse_other(source, pull, wanted)
    print(f"plan of run {artifact['run']} for #{pull['number']} at {pull['head']['sha']}")
    return str(pull["number"])


def main() -> None:
    environ = os.environ
    event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    asked = environ.get("COMMIT", "")
    commit = asked or environ["GITHUB_SHA"]
    pushed = [] if asked else [one["id"] for one in event.get("commits", []) if one["id"] != commit]
    wanted = Wanted(
        environ["ARTIFACT"],
        environ.get("INPUT_ENVIRONMENT", ""),
        environ.get("INPUT_URL", ""),
        tuple(line.strip() for line in environ["INPUT_PATH"].splitlines() if line.strip()),
    )
    folder = Path(environ["RUNNER_TEMP"]) / "catalogsync" / "plan"
    try:
        number = find(Api(), commit, pushed, wanted, folder)
    except Refused as problem:
        stop(f"not applied: {problem}", 3)
    except ApiError as problem:
        stop(f"not applied, the plan cannot be looked for: {problem}", 1)
    if number:
        output(plan=str(folder / "plan.json"), pull_request=number)


if __name__ == "__main__":
    main()
