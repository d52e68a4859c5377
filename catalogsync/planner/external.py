"""Objects that another catalog owns: they have to be live, and are never written. Pure."""

from __future__ import annotations

from catalogsync.core.model import LiveGroup
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.context import Situation


def check(situation: Situation) -> None:
    """Reports each external object that is not live."""
    for ref, resource in situation.catalog.external.items():
        group = situation.group(ref)
        if group.active is None:
            situation.error(
                "external-not-live",
                resource,
                ("lifecycle",),
                f"{KINDS[ref.kind].title} `{ref.key}` belongs to another catalog and is not live here{_instead(group)}",
                hint="apply the catalog that owns it first, or correct the key"
                if group.hidden or group.draft is not None or not group.archived
                else "name one that is live, or bring it back in the catalog that owns it",
            )


def _instead(group: LiveGroup) -> str:
    """What there is in place of an active version."""
    if group.hidden:
        return ": the server keeps something under this key that its v1 API does not show"
    if group.draft is not None:
        return ": there is a draft only"
    return ": it is archived" if group.archived else ""
