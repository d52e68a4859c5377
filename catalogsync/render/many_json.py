"""Many environments as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from catalogsync.core.canon import JsonObject

if TYPE_CHECKING:
    from catalogsync.app.side_by_side import Result


def to_json(results: Sequence[Result]) -> JsonObject:
    """A result for each environment, and how many ended in which way."""
    counts = Counter(str(one.ended) for one in results)
    return {"environments": [_result(one) for one in results], "summary": dict(sorted(counts.items()))}


def _result(one: Result) -> JsonObject:
    return {
        "environment": one.environment,
        "status": str(one.ended),
        "changes": [
            {"action": str(change.action), "kind": str(change.ref.kind), "key": change.ref.key}
            for change in one.changes
        ],
        "steps": one.steps,
        "message": one.message,
        "run": one.run,
        "proven": one.proven,
        "warnings": [
            {"code": warning.code, "subject": warning.subject, "summary": warning.summary}
            for warning in one.warnings
        ],
    }
