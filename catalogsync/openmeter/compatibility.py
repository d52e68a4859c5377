"""The page about known releases, made from their table.

python -m catalogsync.openmeter.compatibility     writes docs/reference/compatibility.md again
"""

from __future__ import annotations

from pathlib import Path

from catalogsync.openmeter import releases
from catalogsync.openmeter.releases import Release

_HEAD = """# Releases of OpenMeter

`plan` says in its first line which release the server is, by its version or by the description of its API. What that release does not know of a
catalog is reported before the first write, with its place in the manifests: an error for what is charged, granted or reckoned, a warning for
descriptions and metadata, which are then left out. A server of no known release is judged by its description alone; where that is not served
either, a note says so and the plan goes on.

The oldest supported release is **{minimum}**. On an older one `plan` warns: try each change on another server first.
`catalogsync sandbox serve --release TAG` answers as any of these; docs/server/releases.md tells more.

This page is made from the table of releases by `python -m catalogsync.openmeter.compatibility`.
"""


def page() -> str:
    """docs/reference/compatibility.md."""
    parts = [_HEAD.format(minimum=releases.minimum().tag), _overview(), _behaviours()]
    return "\n".join(parts)


def _overview() -> str:
    rows = [
        f"| {one.tag}{_standing(one)} | {one.date} | {_works(one)} | {_refused(one)} | {one.tried} |"
        for one in releases.known()
    ]
    head = [
        "| release | date | what works | what is refused or left out | how it was tried |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(["## What works", "", *head, *rows, ""])


def _standing(one: Release) -> str:
    if one == releases.newest():
        return " (what `schemas/` is drawn from)"
    return " (at your own risk)" if releases.older_than_minimum((one,), "") else ""


def _works(one: Release) -> str:
    return "everything" if not _gaps(one) else "everything else"


def _refused(one: Release) -> str:
    return ", ".join(_gaps(one)) or "nothing"


def _gaps(one: Release) -> list[str]:
    later = [member for member in releases.later_members() if f"{member.schema}.{member.name}" in one.missing]
    members = sorted({f"`{member.name}` (before {member.since})" for member in later})
    told = {
        releases.Behaviour.METER_METADATA: "`metadata` of meters (left out)",
        releases.Behaviour.QUANTITY_CLEARED: "removing `maxQuantity` from what a draft offers",
        releases.Behaviour.QUOTED_PATHS: "JSON paths with a single quote",
    }
    return members + [words for behaviour, words in told.items() if not one.has(behaviour)]


def _behaviours() -> str:
    rows = [f"| {since.release} | {since.what} |" for since in releases.behaviours()]
    head = ["| since | what the server does |", "|---|---|"]
    return "\n".join(["## What changed", "", *head, *rows, ""])


if __name__ == "__main__":
    Path("docs/reference/compatibility.md").write_text(page(), "utf-8")
