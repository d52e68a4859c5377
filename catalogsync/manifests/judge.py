"""What the schema of its kind says of a document: whether it takes it, and in words what it refuses. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import cast

import jsonschema_rs

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.model import Kind
from catalogsync.manifests import scalars
from catalogsync.manifests.documents import Document, Reading
from catalogsync.manifests.hints import foreign
from catalogsync.openmeter import schemas

_UNKNOWN = "manifest-unknown-field"
"""What the server drops itself, should somebody send it: a refusal for nothing else is ours alone."""

_KEY = "yaml-key-not-text"


@cache
def decide(kind: Kind) -> Callable[[object], bool]:
    """Whether the schema of a kind takes a value."""
    return jsonschema_rs.Draft7Validator(schemas.manifest_text(kind), validate_formats=False).is_valid


def judged(kind: Kind, document: Document, subject: str, reading: Reading) -> list[Diagnostic]:
    """What the schema refuses, but for values that cannot be trusted anyway. What `reading` holds of a value that would not be right as text
    either is replaced by what the schema says of it.
    """
    if decide(kind)(document.value):
        return []
    from catalogsync.manifests.hints.schema_errors import explain

    found = explain(kind, document.members, document.origin, subject)
    if document.trapped:
        return _beside_trapped(document, found, reading)
    other = foreign.looks_like(document)
    if other is None:
        return found
    code = other.code if any(one.code != _UNKNOWN for one in found) else _UNKNOWN
    new = cast("dict[str, Json]", foreign.renamed(document))
    besides = [] if decide(kind)(new) else explain(kind, new, document.origin, subject)
    return [replace(foreign.lacking(other, besides), code=code, subject=subject)]


def _beside_trapped(document: Document, found: list[Diagnostic], reading: Reading) -> list[Diagnostic]:
    """What is found of values that can be trusted; and of those that are read in two ways and refused in both, in place of what was said."""
    kept = list(found)
    refused = {one.where for one in found if one.code == "manifest-wrong-type"}
    for path in document.trapped:
        places = (document.origin.locate(path), document.origin.locate(path, key=True))
        here = [one for one in kept if one.where in places]
        told = [one for one in reading.diagnostics if one.where in places]
        if any(document.origin.locate(path[:n]) in refused for n in range(1, len(path))):
            told = [one for one in told if one.code == _KEY]  # all that holds it is to be written otherwise
            reading.diagnostics[:] = [one for one in reading.diagnostics if one not in told]
        elif here and told and all(_is_useless(one, here) for one in told):
            reading.diagnostics[:] = [one for one in reading.diagnostics if one not in told]
        else:
            kept = [one for one in kept if one not in here]
    return kept


def _is_useless(told: Diagnostic, refused: list[Diagnostic]) -> bool:
    """Whether what was said of a value would not help: it says how to write it as text, which is refused, or there is no such member."""
    if told.code not in scalars.CODES:
        return False
    as_text = any(words in told.hint for words in ("in quotes", "for the text", "it is written"))
    return any(one.code == _UNKNOWN or (as_text and one.where == told.where) for one in refused)
