"""What is wrong with the address of a webhook, said without repeating what may be a secret. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogsync.openmeter import credentials

_BEGIN = re.compile(
    r"\s*(?P<scheme>[A-Za-z][A-Za-z0-9+-]{0,15})(?P<mark>:/{1,2}|//|:(?![0-9]))(?P<host>[^/?#\s]*)"
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, and what to do about it."""

    what: str
    remedy: str


def wrong(url: str) -> Wrong | None:
    """The first thing because of which a text is not an absolute http or https URL; None for one that is."""
    if credentials.is_address(url):
        if not re.match(r"[^:]*://(?:[^/?#]*@)?[^/?#]*\w", url):
            return Wrong(
                "the URL names no host",
                "write the name of the host after `https://`",
            )
        return None
    if not re.search(r"\w", url):
        return Wrong(
            "no URL stands here", "write the address that takes the events, beginning with `https://`"
        )
    if variable := re.fullmatch(r"\s*(?:\$\{?|%|\{\{ *)[A-Za-z_][A-Za-z0-9_.]*(?:\}|%| *\}\})?\s*", url):
        name = re.sub(r"\W", "", variable[0].rpartition(".")[2])
        return Wrong(
            "the URL is the name of a variable, which is not looked up", f"write `url: {{env: {name}}}`"
        )
    begin = _BEGIN.match(url)
    if begin is None:
        return Wrong("the URL has no scheme", "put `https://` before it")
    scheme = begin["scheme"].lower()
    if scheme not in ("http", "https"):
        return Wrong(
            "the URL begins with something else than http or https",
            "begin it with `https://`",
        )
    if begin["mark"] != "://":
        return Wrong(
            f"the URL lacks a sign between `{scheme}` and the host",
            f"begin it with `{scheme}://`",
        )
    if re.search(r"\s", url):
        return Wrong(
            "the URL has a space or a line break in it",
            "remove it; within a path, a space is written `%20`",
        )
    if not begin["host"]:
        return Wrong("the URL names no host", f"write the name of the host after `{scheme}://`")
    return Wrong("the URL is not an absolute http or https URL", "check the host and the port in it")
