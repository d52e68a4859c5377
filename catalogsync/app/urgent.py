"""Warnings that nobody may miss: a plan takes somebody's work back, or goes past a rule. They stand with the dangers wherever a plan is shown."""

from __future__ import annotations

from collections.abc import Iterable

from catalogsync.core.diagnostics import Diagnostic

_FUSE = "fuse-"
_CODES = ("changed-by-hand", "promote-drift", "promote-takes-back", "not-promoted", "promotion-skipped")


def of(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those among what was found; with them each fuse that was waived."""
    return tuple(
        one for one in found if (one.code in _CODES or one.code.startswith(_FUSE)) and not one.is_error
    )
