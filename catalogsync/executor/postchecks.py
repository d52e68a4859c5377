"""What no state shows and a run has to look at all the same: why a plan's offers do not fit, what a server does not keep. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.changes import FieldChange
from catalogsync.core.model import LiveGroup
from catalogsync.core.plan import Step, Verb
from catalogsync.openmeter import releases


def unfit_offers(step: Step, group: LiveGroup) -> list[str]:
    """For a plan that was not published, why its add-ons do not fit: the refusal does not say which (docs/server/plans.md#publish)."""
    if step.verb is not Verb.PUBLISH or group.draft is None:
        return []
    return [
        f"add-on {one.addon_key}: {entry.get('message', '')} [{entry.get('code', '')}]"
        for one in group.draft.assignments
        for entry in _entries(one.body.get("validationErrors"))
    ]


def not_kept(fields: Iterable[FieldChange]) -> str:
    """For what came back without fields that were sent: that the server did not keep them, and the known release that would."""
    lost = [one for one in fields if one.before is not None and one.after is None]
    if not lost:
        return ""
    names = {part for one in lost for part in one.path.split(".")}
    names |= {name for one in lost if isinstance(one.before, Mapping) for name in one.before}
    since = sorted({one.since for one in releases.later_members() if one.name in names})
    told = f"; {' and '.join(since)} and later releases do" if since else ""
    return f"the server did not keep {', '.join(one.path for one in lost)}{told}"


def _entries(value: Json) -> list[JsonObject]:
    entries = value if isinstance(value, list | tuple) else ()
    return [entry for entry in entries if isinstance(entry, Mapping)]
