"""Draws `schemas/` from an OpenAPI description, and tells what a newer description changes. Pure: text in,
text out.

A v1 description gives `wire-v1.json` (the requests, for the validator of the sandbox and for `schema
check`) and, from that alone, `<kind>.schema.json` for every kind of manifest. A v3 description gives
`wire-v3.json`. Every file names the description it came from.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from typing import TypedDict, cast

from catalogsync.core.errors import UsageError
from catalogsync.core.model import Kind
from catalogsync.openmeter.description import Description
from catalogsync.openmeter.openapi_subset import draw_wire, is_v3
from catalogsync.schemagen.changes import DescriptionChange, compare
from catalogsync.schemagen.kinds import draw_kind

__all__ = [
    "DescriptionChange",
    "compare",
    "draw",
    "draw_kinds",
    "drawn_from",
    "requests",
    "source",
    "wire_name",
]

SOURCE = "x-drawn-from"


class Source(TypedDict):
    """Which description something was drawn from; `digest` is that of its bytes."""

    title: str
    version: str
    digest: str


Wire = TypedDict("Wire", {"x-drawn-from": Source})
"""What a file of requests has beside the description itself."""


def drawn_from(wire: Description) -> Source:
    """The description that a file of requests was drawn from. Raises KeyError where it does not tell."""
    return cast("Wire", wire)["x-drawn-from"]


def source(description: Description, text: bytes) -> Source:
    """Which description this is: its title, version and the digest of its bytes. Requests that were drawn already tell what from."""
    if SOURCE in description:
        return drawn_from(description)
    info = description["info"]
    digest = "sha256:" + hashlib.sha256(text).hexdigest()
    return {"title": str(info["title"]), "version": str(info["version"]), "digest": digest}


def wire_name(description: Description) -> str:
    """The name of the file that holds the description's requests."""
    return "wire-v3.json" if is_v3(description) else "wire-v1.json"


def draw(description: Description, text: bytes) -> dict[str, str]:
    """File names and their text, drawn from a description and the bytes that it was read from.

    Raises UsageError when it is not an OpenAPI description of OpenMeter, or lacks the requests of a kind.
    """
    wire = requests(description, text)
    files = {wire_name(description): json.dumps(wire, indent=1) + "\n"}
    if not is_v3(description):
        with _described():
            files |= draw_kinds(wire)
    return files


def requests(description: Description, text: bytes) -> Description:
    """The description's requests, with where they come from. Raises UsageError when it is not an OpenAPI description."""
    with _described():
        return cast("Description", {SOURCE: source(description, text), **draw_wire(description)})


@contextlib.contextmanager
def _described() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        lacking = (
            f"there is no {problem}" if isinstance(problem, KeyError) else "a part of it has another form"
        )
        raise UsageError(
            f"this is not a description of OpenMeter's API: {lacking}",
            hint="give the OpenAPI document of a server, for instance its /api/swagger.json",
        ) from problem


def draw_kinds(wire: Description) -> dict[str, str]:
    """The manifest schemas' files, drawn from the requests alone."""
    comment = "Drawn by `catalogsync schema draw` from {title} {version} ({digest}). Do not edit.".format(
        **drawn_from(wire)
    )
    return {
        f"{kind}.schema.json": json.dumps(draw_kind(kind, wire, comment), indent=2, ensure_ascii=False) + "\n"
        for kind in Kind
    }
