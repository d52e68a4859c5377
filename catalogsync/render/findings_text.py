"""Diagnostics for people: the line of the file, the caret, the other place, the help, a count at the end."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.wording import counted
from catalogsync.render.findings_words import environments, on_a_line
from catalogsync.render.paint import Paint, painter

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def render(diagnostics: Sequence[Diagnostic], *, color: bool = False, paint: Paint | None = None) -> str:
    """All diagnostics in the order given, then their count. Empty text for none. `paint`: a terminal's, where one shows them."""
    if not diagnostics:
        return ""
    paint = paint or painter(color)
    blocks = [_block(one, paint) for one in diagnostics]
    return "\n".join([*blocks, _count(diagnostics)]) + "\n"


def render_one(one: Diagnostic, paint: Paint, more: Sequence[str] = ()) -> str:
    """One diagnostic, without a count. `more`: lines below its summary, each shown on a line of its own."""
    return _block(one, paint, more)


def _block(one: Diagnostic, paint: Paint, more: Sequence[str] = ()) -> str:
    head = paint(f"{one.severity}[{one.code}]", _COLORS[one.severity], "bold") + paint(
        f": {on_a_line(one.summary)}", "bold"
    )
    lines = [head, *map(on_a_line, more)]
    if one.where is not None:
        lines += _place(one.where, paint, _COLORS[one.severity])
    elif one.subject:
        lines.append(f"  {paint('-->', 'blue')} {on_a_line(one.subject)}")
    for other in one.related:
        lines.append(f"  {paint('::', 'blue')} {on_a_line(other.label)}")
        lines += _place(other.where, paint, "blue")
    if one.environments:
        lines.append(f"  {paint('=', 'blue')} {environments(one)}")
    if one.detail:
        lines.append(f"  {paint('=', 'blue')} {on_a_line(one.detail)}")
    if one.hint:
        lines.append(f"  {paint('help', 'cyan')}: {on_a_line(one.hint)}")
    return "\n".join(lines) + "\n"


def _place(where: SourceRef, paint: Paint, caret: str) -> list[str]:
    lines = [f"  {paint('-->', 'blue')} {paint.link(on_a_line(str(where)), where)}"]
    if where.text:
        text, column = _window(on_a_line(where.text), where.column - 1, paint.excerpt)
        gutter = str(where.line)
        blank = " " * len(gutter)
        width = max(1, min(where.width, len(text) - column))
        lines.append(f" {paint(f'{gutter} |', 'blue')} {text}")
        pad = "".join("  " if unicodedata.east_asian_width(c) in "WF" else " " for c in text[:column])
        lines.append(f" {paint(f'{blank} |', 'blue')} {pad}{paint('^' * width, caret, 'bold')}")
    return lines


def _window(text: str, column: int, widest: int) -> tuple[str, int]:
    """A long line cut to the part around the column."""
    if len(text) <= widest:
        return text, column
    start = max(0, column - widest // 2)
    lead = "…" if start else ""
    return lead + text[start : start + widest] + "…", column - start + len(lead)


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    said = [
        counted(number, str(severity))
        for severity in Severity
        if (number := sum(d.severity is severity for d in diagnostics))
    ]
    return ", ".join(said)
