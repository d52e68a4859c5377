"""Topics of `catalogsync help`: parts of the documents (`docs/tasks` and `docs/reference`, packaged as `catalogsync/_docs`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from catalogsync.core.errors import CatalogsyncError

_DOCS = Path(__file__).parent.parent / "_docs"


class Topic(NamedTuple):
    """Where a topic is written: a page, and a heading of it, whose text ends before the next heading of the first or second level; "" is the
    whole page. `title` says in a line what it is about.
    """

    title: str
    page: str
    heading: str = ""


TOPICS: Mapping[str, Topic] = {
    "agents": Topic("Tools for an agent: catalogsync mcp.", "tasks/agents.md"),
    "environments": Topic("What catalogsync.yaml says.", "tasks/environments.md", "Environments"),
    "exit-codes": Topic("What a command ends with.", "reference/exit-codes.md"),
    "formats": Topic("What --format takes.", "tasks/review.md", "In every format"),
    "fuses": Topic("Limits beyond which a plan is not applied.", "tasks/environments.md", "Fuses"),
    "json": Topic("The JSON outputs and their schemas.", "reference/scripts.md", "JSON"),
    "manifests": Topic("Kinds, members, references by key.", "reference/manifests.md"),
    "overlays": Topic("What differs between environments.", "tasks/environments.md", "Overlays"),
    "promotion": Topic("From one environment to the next.", "tasks/environments.md", "Promotion"),
    "pull-requests": Topic("The plan in every pull request, the apply after.", "tasks/pull-requests.md"),
    "removal": Topic("How objects are removed and renamed.", "tasks/plan-and-apply.md", "Removal and renaming"),
    "run-store": Topic("Where runs, locks and proven catalogs are.", "tasks/environments.md", "Run store"),
    "secrets": Topic("How a secret is named, never written.", "tasks/validate.md", "Secrets"),
    "targets": Topic("Which server is meant: -e, --url, variables.", "tasks/environments.md", "Which server is meant"),
    "undo": Topic("A plan that takes another one back.", "tasks/plan-and-apply.md", "Undo"),
    "variables": Topic("The environment variables that are read.", "reference/scripts.md", "Environment variables"),
    "waivers": Topic("How a finding is accepted or turned off.", "tasks/validate.md", "Severities and waivers"),
}  # fmt: skip
"""Every topic by the name that it is asked for."""

_HEADING = re.compile(r"(?m)^(#{1,2}) +(.+?) *$")
_FENCED = re.compile(r"(?ms)^```.*?^```")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)\s]+\)")
_UNSEEN = re.compile(r'(?m)^(?:<a id="[^"]*"></a>|<!--.*-->)\n')


def text(topic: Topic) -> str:
    """What the documents say of a topic, as Markdown. A link to another page is left as its words. Raises CatalogsyncError when the
    installation lacks the page.
    """
    try:
        page = (_DOCS / topic.page).read_text("utf-8")
    except OSError as problem:
        raise CatalogsyncError(
            f"this installation of catalogsync lacks {_DOCS / topic.page}: {problem.strerror}",
            code="installation-incomplete",
            hint="install catalogsync again",
        ) from None
    return _LINK.sub(r"\1", _UNSEEN.sub("", _section(page, topic.heading))).strip() + "\n"


def _section(page: str, heading: str) -> str:
    if not heading:
        return page
    fenced = [found.span() for found in _FENCED.finditer(page)]  # a comment of code looks like a heading
    headings = [
        found
        for found in _HEADING.finditer(page)
        if not any(begin < found.start() < end for begin, end in fenced)
    ]
    at = next(number for number, found in enumerate(headings) if found[2] == heading)
    end = headings[at + 1].start() if at + 1 < len(headings) else len(page)
    return page[headings[at].start() : end]
