"""Diagnostics as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.render.findings_words import message, on_a_line

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """A command a line."""
    return "".join(_command(one) + "\n" for one in diagnostics)


def _command(one: Diagnostic) -> str:
    members = {"title": one.code}
    if one.where is not None:
        members |= {"file": one.where.file, "line": str(one.where.line), "col": str(one.where.column)}
    said = ",".join(f"{name}={_member(value)}" for name, value in sorted(members.items()))
    return f"::{_LEVELS[one.severity]} {said}::{_data(on_a_line(message(one)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _member(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
