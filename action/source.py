"""Writes down what a plan was made from: the pull request, its head, and a digest of the catalog's content."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from catalogsync.app import check, environments
from catalogsync.app.runtime import Runtime
from catalogsync.core import canon, values


def catalog_digest(paths: list[str], env: str) -> str:
    """A digest of what the files ask for, the environment's overlays merged: comments, order and file names are not part of it."""
    chosen = environments.choose_catalog([Path(path) for path in paths], env or None)
    catalog = check.check_chosen(chosen, Runtime(os.environ)).catalog
    return canon.fingerprint(
        [[str(one.ref), str(one.lifecycle), values.to_plain(one.body)] for one in catalog]
    )


def made_from(event: dict[str, object]) -> dict[str, object]:
    """What is true of this run. `event` is what GitHub tells of it; without a pull request the head is the commit of the run."""
    pull = event.get("pull_request")
    number, head = None, os.environ["GITHUB_SHA"]
    if isinstance(pull, dict):
        number, head = pull["number"], pull["head"]["sha"]
    paths = [line.strip() for line in os.environ["INPUT_PATH"].splitlines() if line.strip()]
    environment = os.environ.get("INPUT_ENVIRONMENT", "")
    return {
        "pull_request": number,
        "head": head,
        "environment": environment,
        "url": os.environ.get("INPUT_URL", ""),
        "catalog": catalog_digest(paths, environment),
    }


def main() -> None:
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    Path(sys.argv[1]).write_text(json.dumps(made_from(event), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
