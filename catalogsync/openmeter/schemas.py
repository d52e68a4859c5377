"""Finds the drawn schemas: packaged next to the code (`catalogsync/_schemas`), so they are there from a
wheel and from a checkout alike.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import cast

from catalogsync.core.errors import CatalogsyncError
from catalogsync.core.model import Kind
from catalogsync.openmeter.description import Description, Schema

DIRECTORY = Path(__file__).parent.parent / "_schemas"


def text(name: str) -> str:
    """The text of a schema file, for instance "plan.schema.json" or "wire-v1.json".

    Raises CatalogsyncError when the installation lacks it.
    """
    try:
        return (DIRECTORY / name).read_text(encoding="utf-8")
    except OSError as problem:
        raise CatalogsyncError(
            f"this installation of catalogsync lacks {DIRECTORY / name}: {problem.strerror}",
            code="installation-incomplete",
            hint="install catalogsync again",
        ) from problem


@cache
def wire(name: str) -> Description:
    """A file of requests ("wire-v1.json") as data. Shared: treat it as immutable."""
    return cast("Description", json.loads(text(name)))


@cache
def schema(name: str) -> Schema:
    """A schema file as data. Shared: treat it as immutable."""
    return cast("Schema", json.loads(text(name)))


def manifest_schema(kind: Kind) -> Schema:
    """The manifest schema of a kind."""
    return schema(_manifest(kind))


def manifest_text(kind: Kind) -> str:
    """The same as it stands in its file, for who reads it another way."""
    return text(_manifest(kind))


def _manifest(kind: Kind) -> str:
    return f"{kind}.schema.json"
