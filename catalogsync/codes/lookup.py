"""Codes by the name that a person asks for."""

from __future__ import annotations

from catalogsync.codes import CODES, FAMILIES, Code
from catalogsync.core.errors import UsageError
from catalogsync.core.wording import did_you_mean


def chosen(name: str | None) -> tuple[Code, ...]:
    """The code of this name; all of them, in the order of the documentation, without one. Raises UsageError for a name that is not there."""
    if name is None:
        return tuple(CODES.values())
    if name in CODES:
        return (CODES[name],)
    if f"fuse-{name}" in CODES:  # as catalogsync.yaml names it
        return (CODES[f"fuse-{name}"],)
    hint = did_you_mean(name, CODES, "catalogsync explain lists all")
    raise UsageError(f"there is no code {name!r}", hint=hint)


def family_of(code: Code) -> str:
    """What a code is about, as a heading of the documentation says it."""
    return next(name for name, codes in FAMILIES.items() if code in codes)
