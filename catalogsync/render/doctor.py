"""What `doctor` found, as text and as JSON."""

from __future__ import annotations

from collections import Counter

from catalogsync.app.doctor import Diagnosis, Status
from catalogsync.core.canon import JsonObject
from catalogsync.core.wording import counted
from catalogsync.render.findings_words import on_a_line
from catalogsync.render.paint import painter

_SIGNS = {Status.GOOD: "✓", Status.NOTE: "·", Status.PROBLEM: "✗", Status.SKIPPED: "-"}
_COLORS = {Status.GOOD: "green", Status.NOTE: "cyan", Status.PROBLEM: "red", Status.SKIPPED: "dim"}


def text(found: Diagnosis, *, color: bool = False) -> str:
    """A line for each check, with what to do below it."""
    paint = painter(color)
    name = f"environment {found.environment} ({found.url})" if found.environment else found.url
    lines = [f"Target: {on_a_line(name)}"]
    for one in found.checks:
        sign = paint(_SIGNS[one.status], _COLORS[one.status])
        lines.append(f"  {sign} {one.name}: {on_a_line(one.found)}")
        if one.hint:
            lines.append(f"      {paint('help', 'cyan')}: {on_a_line(one.hint)}")
    problems = Counter(one.status for one in found.checks)[Status.PROBLEM]
    lines.append("No problem was found." if found.is_well else f"{counted(problems, 'problem')}.")
    return "\n".join(lines) + "\n"


def to_json(found: Diagnosis) -> JsonObject:
    """`{"target": {"environment", "url"}, "checks": [{"name", "status", "found", "hint"}], "well": BOOL}`."""
    return {
        "target": {"environment": found.environment, "url": found.url},
        "checks": [
            {"name": one.name, "status": str(one.status), "found": one.found, "hint": one.hint}
            for one in found.checks
        ],
        "well": found.is_well,
    }
