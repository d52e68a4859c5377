"""The API descriptions that the sandbox answers by: drawn from OpenMeter's own, packaged as data."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Description = Mapping[str, Any]
_SCHEMAS = Path(__file__).parent.parent / "_schemas"


@functools.cache
def drawn(version: str) -> Description:
    """The drawn description of an API version, "v1" or "v3"."""
    found: Description = json.loads((_SCHEMAS / f"wire-{version}.json").read_text("utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a description. `name`: its operationId, or method and template where it has none."""

    method: str
    template: str
    name: str
    described: Mapping[str, Any]


def operations(description: Description) -> Iterator[Operation]:
    """All operations, in the description's order."""
    for template, methods in description["paths"].items():
        for method, described in methods.items():
            name = described.get("operationId") or f"{method.upper()} {template}"
            yield Operation(method.upper(), template, name, described)
