"""Changes between two catalogs."""

from __future__ import annotations

from catalogsync.app.diff import Difference
from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Change
from catalogsync.core.values import to_plain
from catalogsync.render import price_change, review_json
from catalogsync.render.paint import counted, painter
from catalogsync.render.plan_text import change_text


def render(found: Difference, *, color: bool = False) -> str:
    """The changes as the plan shows them, then their count."""
    paint = painter(color)
    if not found.changes:
        return "The catalogs are the same.\n"
    parts = [change_text(change, paint, found.review) for change in found.changes]
    parts += price_change.notes(found.review, paint)
    return "".join(parts) + counted(len(found.changes), "difference") + "\n"


def to_json(found: Difference) -> JsonObject:
    """Changes as `plan --format json` shows them, and what changed prices mean."""
    return {
        "changes": [_change(change) for change in found.changes],
        "review": review_json.to_json(found.review),
    }


def _change(change: Change) -> JsonObject:
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
