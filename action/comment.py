"""One comment on a pull request, found by a hidden mark and updated in place.

Reads TOPIC (what the comment is about: one comment for each), BODY (a file of Markdown), PULL_REQUEST, and HEAD_SHA where an older commit must
not replace what is said of a newer one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api import Api, ApiError, annotate

from catalogsync.render.markdown import LONGEST, size

_OURS = ("OWNER", "MEMBER", "COLLABORATOR")


def mark_of(topic: str) -> str:
    """The first line of the comment on a topic. A reader does not see it."""
    return f"<!-- catalogsync {hashlib.sha256(topic.encode()).hexdigest()[:16]} -->"


def body_of(mark: str, text: str, run: str, commit: str) -> str:
    """The whole comment, as long as GitHub takes it: first the line about the run goes, then the end of the text, and that is said."""
    about = f"\n<sub>{f'for {commit[:12]}, ' if commit else ''}by [this run]({run})</sub>\n"
    cut = f"\n\n**Left out: the rest.** [The run]({run}) shows the whole.\n"
    for foot in (about, ""):
        whole = f"{mark}\n{text}{foot}"
        if size(whole) <= LONGEST:
            return whole
    room = LONGEST - size(mark) - size(cut) - 1
    while size(text) > room:
        text = text[: len(text) - max(1, (size(text) - room) // 2)]
    return f"{mark}\n{text}{cut}"


def is_ours(comment: Mapping[str, Any], mark: str) -> bool:
    """Whether a comment begins with the mark and was written by a bot or by somebody of the project, not by whoever copied the mark."""
    author = comment.get("user") or {}
    trusted = author.get("type") == "Bot" or comment.get("author_association") in _OURS
    return trusted and str(comment.get("body") or "").startswith(mark)


def write(api: Api, number: str, mark: str, body: str) -> str:
    """Updates the comment, or makes it; its address."""
    for comment in api.every(f"issues/{number}/comments"):
        if is_ours(comment, mark):
            return str(api.call("PATCH", f"issues/comments/{comment['id']}", body=body)["html_url"])
    return str(api.call("POST", f"issues/{number}/comments", body=body)["html_url"])


def main() -> None:
    environ = os.environ
    number, head = environ["PULL_REQUEST"], environ.get("HEAD_SHA", "")
    run = f"{environ['GITHUB_SERVER_URL']}/{environ['GITHUB_REPOSITORY']}/actions/runs/{environ['GITHUB_RUN_ID']}"
    text = Path(environ["BODY"]).read_text("utf-8", "replace")
    mark = mark_of(environ["TOPIC"])
    api = Api()
    try:
        if head and (now := api.call("GET", f"pulls/{number}")["head"]["sha"]) != head:
            annotate("notice", f"no comment: #{number} is at {now[:12]} now, and this run is for {head[:12]}")
            return
        print(f"comment: {write(api, number, mark, body_of(mark, text, run, head))}")
    except ApiError as problem:
        # What there is to say stands in the run's summary too: a token that may not write does not fail the plan.
        hint = (
            "; give the job `permissions: pull-requests: write` (runs for forks never have it)"
            if problem.status in (403, 404)
            else ""
        )
        annotate("warning", f"the pull request got no comment: {problem}{hint}")


if __name__ == "__main__":
    main()
