"""In what two catalogs differ, as JSON."""

from __future__ import annotations

from catalogsync.app.diff import Difference
from catalogsync.core.canon import JsonObject
from catalogsync.render import review_json
from catalogsync.store import saved_plan_json


def to_json(found: Difference) -> JsonObject:
    """Changes as `plan --format json` shows them, what was not compared, and what changed prices mean."""
    return {
        "changes": [saved_plan_json.change_to_json(change) for change in found.changes],
        "diagnostics": [saved_plan_json.diagnostic_to_json(one) for one in found.notes],
        "review": review_json.to_json(found.review),
    }
