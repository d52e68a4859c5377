"""The API descriptions that the sandbox answers by: drawn from OpenMeter's own, packaged as data."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from catalogsync.openmeter import description as openapi
from catalogsync.openmeter.description import Description
from catalogsync.openmeter.openapi_subset import METHODS

_SCHEMAS = Path(__file__).parent.parent / "_schemas"


@functools.cache
def drawn(version: str) -> Description:
    """The drawn description of an API version, "v1" or "v3"."""
    return cast("Description", json.loads((_SCHEMAS / f"wire-{version}.json").read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a description. `name`: its operationId, or method and template where it has none."""

    method: str
    template: str
    name: str
    described: openapi.Operation


def operations(description: Description) -> Iterator[Operation]:
    """All operations, in the description's order."""
    for template, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                name = item[method].get("operationId") or f"{method.upper()} {template}"
                yield Operation(method.upper(), template, name, item[method])
