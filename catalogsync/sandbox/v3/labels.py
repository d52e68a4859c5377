"""v3's labels: what v1 calls metadata, narrower in what a key and a value may be.

On read metadata that could not be a label is left out; on write it is refused with coded issues, the reserved
prefixes too (recorded: `v3_labels`, `v3_v1_metadata`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalogsync.sandbox.domain.contract import Json, Problem, Row

_WORD = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9._-]?[a-zA-Z0-9])?){1,63}")
_RESERVED = ("_", "kong", "konnect", "insomnia", "mesh", "kic", "kuma", "openmeter")
_ANNOTATION = "openmeter_"
_ISSUES = {
    "invalid_label_key_format": "label key must be in valid format",
    "invalid_label_value_format": "label value must be in valid format",
    "invalid_label_key_prefix": "label key must not have reserved prefix",
}


def _faults(key: str, value: str) -> list[str]:
    faults = []
    if not _WORD.fullmatch(key):
        faults.append("invalid_label_key_format")
    if not _WORD.fullmatch(value):
        faults.append("invalid_label_value_format")
    if key.startswith(_RESERVED):
        faults.append("invalid_label_key_prefix")
    return faults


def from_labels(labels: Mapping[str, str] | None) -> dict[str, str]:
    """The metadata that labels make. Raises a coded 400 Problem for labels that must not be."""
    faults = [fault for key, value in (labels or {}).items() for fault in _faults(key, value)]
    if faults:
        entries = [
            {"code": code, "field": "$.labels", "message": _ISSUES[code], "severity": "critical"}
            for code in faults
        ]
        raise Problem(400, extensions={"validationErrors": entries})
    return dict(labels or {})


def shown_labels(metadata: Mapping[str, str] | None, annotations: Mapping[str, Json] | None = None) -> Row:
    """The labels that metadata and annotations make, without those that could not be labels."""
    shown = {key: value for key, value in (metadata or {}).items() if not _faults(key, value)}
    for key, value in (annotations or {}).items():
        text = value if isinstance(value, str) else ""
        if not _faults(key, text):
            shown[key if key.startswith(_ANNOTATION) else _ANNOTATION + key] = text
    return shown
