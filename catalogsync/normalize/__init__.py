"""One normal form for what is desired and what is live, so that comparing is `==`; and the bodies to send.

    manifest body ──desired──▶ normal form ◀──live── answer            normal form ──unfold──▶ manifest body
    manifest body ──create, update, attach, update_attachment──▶ request body

What the server shows differently from what was sent is either gone in the normal form or evened out by `align`.

Signing secrets are in no normal form. A manifest that names one is compared at plan time only when the planner is given a way to resolve
references (`planner.PlanOptions.reveal`); otherwise the live secret is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalogsync.core.canon import JsonObject
from catalogsync.core.model import Catalog, Kind, Lifecycle, LiveResource, LiveState, Resource
from catalogsync.normalize.denormalize import unfold
from catalogsync.normalize.equivalence import align, digest, is_reference
from catalogsync.normalize.objects import assignment, content, shape
from catalogsync.normalize.requests import (
    LIVE_SECRET,
    attach,
    create,
    placeholder,
    update,
    update_attachment,
)

__all__ = [
    "LIVE_SECRET",
    "align",
    "attach",
    "content",
    "create",
    "desired",
    "digest",
    "hidden_channels",
    "is_reference",
    "live",
    "names",
    "placeholder",
    "plan_offering",
    "shape",
    "unfold",
    "update",
    "update_attachment",
]

NO_NAMES: Mapping[str, str] = {}


def names(state: LiveState) -> dict[str, str]:
    """The keys of channels and features by their ids: rules name both by id in answers."""
    return {
        group.active.id: ref.key
        for ref, group in state.groups.items()
        if group.active is not None and ref.kind in (Kind.CHANNEL, Kind.FEATURE)
    }


def hidden_channels(state: LiveState) -> frozenset[str]:
    """The keys (ids of those without one) of disabled channels: rule reads leave them out (semantics-meters §2.4)."""
    keyed = {
        ref.key
        for ref, group in state.groups.items()
        if ref.kind is Kind.CHANNEL and group.active is not None and group.active.body.get("disabled")
    }
    unkeyed = {r.id for r in state.unmatched if r.kind is Kind.CHANNEL and r.body.get("disabled")}
    return frozenset(keyed | unkeyed)


def live(
    resource: LiveResource, known: Mapping[str, str] = NO_NAMES, contents: dict[str, str] | None = None
) -> JsonObject:
    """The normal form of a live object or version. `known`: see `names`. `contents` remembers add-on versions between calls."""
    normal = shape(resource.kind, resource.body, resource.key, known)
    if resource.kind is Kind.PLAN:
        seen = contents if contents is not None else {}
        for item in resource.assignments:
            normal["addons"][item.addon_key] = assignment(
                item.body, _content_of(item.addon_id, item.body, seen)
            )
    return normal


def _content_of(addon_id: str, body: JsonObject, seen: dict[str, str]) -> str:
    if addon_id not in seen:
        addon: Any = body.get("addon") or {}
        seen[addon_id] = content(shape(Kind.ADDON, addon, "", NO_NAMES))
    return seen[addon_id]


def plan_offering(resource: Resource, contents: Mapping[str, str]) -> JsonObject:
    """A plan's normal form, when the add-ons' contents are known by their keys."""
    body: Any = resource.body
    normal = shape(Kind.PLAN, body, resource.ref.key, NO_NAMES)
    normal["addons"] = {
        item["addon"]: assignment(item, contents.get(item["addon"], "")) for item in body.get("addons") or ()
    }
    return normal


def desired(resource: Resource, catalog: Catalog) -> JsonObject:
    """The normal form of a manifest. A plan's offers carry the content of the catalog's own published add-ons."""
    if resource.ref.kind is not Kind.PLAN:
        return shape(resource.ref.kind, resource.body, resource.ref.key, NO_NAMES)
    return plan_offering(resource, _published_contents(resource, catalog))


def _published_contents(resource: Resource, catalog: Catalog) -> dict[str, str]:
    items: Iterable[Any] = resource.body.get("addons") or ()  # type: ignore[assignment]
    found = {item["addon"]: catalog.get(Kind.ADDON, item["addon"]) for item in items}
    return {
        key: content(desired(addon, catalog))
        for key, addon in found.items()
        if addon is not None and addon.lifecycle is Lifecycle.PUBLISHED
    }
