"""What an OpenAPI description means for those who call its API, as a digest: two that mean the same have the same one. Pure."""

from __future__ import annotations

import hashlib
import json

from catalogsync.openmeter.description import Description

_UNSAID = ("deprecated", "operationId")
_ZERO = ("minItems", "minLength", "minProperties")
_PROSE = frozenset(
    ("description", "title", "summary", "example", "examples", "externalDocs", "tags", *_UNSAID)
)
_MAYBE_NOTHING = frozenset((*_PROSE, "required", "parameters", *_ZERO))
_SCHEMA = frozenset(("type", "$ref", "allOf", "oneOf"))


def digest(description: Description) -> str:
    """The digest of what a description means for those who call it: spelling, prose, order and defaults of OpenAPI aside. A served
    description has the digest of the file that it was made from.
    """
    said = {"paths": description["paths"], "components": description["components"]}
    text = json.dumps(_meaning(said), sort_keys=True, separators=(",", ":"), default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _meaning(part: object) -> object:
    """What is left of a description. Walked for every plan, and a server's has thousands of parts: plain tests of type."""
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str):  # what stands beside a reference counts for nothing, and is not served
            return {"$ref": reference}
        return {
            str(name): value if isinstance(value, str) else _meaning(value)
            for name, value in part.items()
            if (name not in _MAYBE_NOTHING and str(name)[:2] != "x-") or not _says_nothing(str(name), value)
        }
    return [_meaning(one) for one in part] if isinstance(part, list) else part


def _says_nothing(name: str, value: object) -> bool:
    if name.startswith("x-") or (name == "required" and value is False) or (name in _ZERO and value == 0):
        return True
    if name == "parameters" and value == []:
        return True
    return name in _PROSE and not (isinstance(value, dict) and not _SCHEMA.isdisjoint(value))
