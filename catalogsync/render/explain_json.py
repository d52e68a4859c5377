"""The stories of codes for programs."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.codes import Code
from catalogsync.codes.lookup import family_of
from catalogsync.core.canon import JsonObject


def to_json(codes: Sequence[Code]) -> JsonObject:
    """`{"codes": [{"code", "family", "title", "why", "instead"}]}`; a finding of lint has a `severity` too, some have an `example`, and
    `atLeast` is the mildest severity that one may be given which cannot be turned off.
    """
    return {"codes": [_one(code) for code in codes]}


def _one(code: Code) -> JsonObject:
    more = {"severity": code.severity, "atLeast": code.at_least, "example": code.example}
    return {
        "code": code.name,
        "family": family_of(code),
        "title": code.title,
        "why": code.why,
        "instead": code.instead,
        **{name: text for name, text in more.items() if text},
    }
