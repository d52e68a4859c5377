"""What no state shows and a run has to look at all the same: why a plan's offers do not fit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogsync.core.model import LiveGroup
from catalogsync.core.plan import Step, Verb


def unfit_offers(step: Step, group: LiveGroup) -> list[str]:
    """For a plan that was not published, why its add-ons do not fit: the refusal does not say which (docs/server/plans.md#publish)."""
    if step.verb is not Verb.PUBLISH or group.draft is None:
        return []
    return [
        f"add-on {one.addon_key}: {entry.get('message', '')} [{entry.get('code', '')}]"
        for one in group.draft.assignments
        for entry in _entries(one.body.get("validationErrors"))
    ]


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value or () if isinstance(entry, Mapping)]
