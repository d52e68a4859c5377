"""Objects that another catalog owns, once the server has shown them: whether what names them here fits them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from catalogsync import normalize
from catalogsync.checks.validate import validate
from catalogsync.core.canon import JsonObject
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.model import Catalog, Lifecycle, LiveState, Ref, Resource
from catalogsync.openmeter.kinds import KINDS

UNCHECKED = "external-unchecked"
"""The code of what is said of an external object offline."""


def misfits(catalog: Catalog, live: LiveState) -> tuple[Diagnostic, ...]:
    """What the server would say of the catalog's own objects because of the external ones as they are live."""
    shown = dict(_as_live(catalog, live))
    if not shown:
        return ()
    whole = {**catalog.resources, **shown}
    found = validate(Catalog({ref: whole[ref] for ref in sorted(whole)}, catalog.external))
    alone = frozenset(validate(catalog))
    foreign = {str(ref) for ref in catalog.external}
    return tuple(one for one in found if one not in alone and one.subject not in foreign)


def _as_live(catalog: Catalog, live: LiveState) -> Iterator[tuple[Ref, Resource]]:
    for ref, resource in catalog.external.items():
        active = live.active(ref)
        if active is not None:
            body = cast("JsonObject", KINDS[ref.kind].manifest(normalize.live(active, live), ref.key))
            yield ref, replace(resource, lifecycle=Lifecycle.PUBLISHED, body=body)
