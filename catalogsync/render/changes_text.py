"""Changes between two catalogs."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Change
from catalogsync.core.values import to_plain
from catalogsync.render.paint import counted, painter
from catalogsync.render.plan_text import change_text


def render(changes: Sequence[Change], *, color: bool = False) -> str:
    """The changes as the plan shows them, then their count."""
    paint = painter(color)
    if not changes:
        return "The catalogs are the same.\n"
    return "".join(change_text(c, paint) for c in changes) + counted(len(changes), "difference") + "\n"


def to_json(change: Change) -> JsonObject:
    """A change as `plan --format json` shows it."""
    return {
        "action": str(change.action),
        "kind": str(change.ref.kind),
        "key": change.ref.key,
        "fields": [
            {"path": f.path, "before": to_plain(f.before), "after": to_plain(f.after)} for f in change.fields
        ],
        "reason": change.reason,
        "version": change.version,
    }
