"""Normal forms that are made before a plan is: while answers are awaited. Pure; a plan is the same without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.model import Catalog, Kind, Lifecycle, LiveResource, LiveState, Ref
from catalogsync.openmeter.kinds import KINDS

Version: TypeAlias = tuple[Kind, str]
"""A live object or version, by its id."""


@dataclass(frozen=True, slots=True)
class Forms:
    """`desired`: of what a catalog wants to be there; `live`: of what is live under the same keys, as if it offered nothing (`normalize.content`)."""

    desired: Mapping[Ref, Body] = field(default_factory=dict)
    live: Mapping[Version, Body] = field(default_factory=dict)

    @classmethod
    def of(cls, catalog: Catalog) -> Forms:
        """What `make_plan` asks the files for, before anything live is known."""
        wanted = (one for one in catalog if one.lifecycle is Lifecycle.PUBLISHED)
        return cls({one.ref: normalize.desired(one, catalog) for one in wanted})

    def beside(self, live: LiveState) -> Forms:
        """With those of what is live, before it is known what it offers. One that is equal to what is desired is held once."""
        found: dict[Version, Body] = {}
        for ref, expected in self.desired.items():
            for one in _versions(ref, live):
                content = normalize.content(one, live)
                found[one.kind, one.id] = expected if content == expected else content
        return replace(self, live=found)


def _versions(ref: Ref, live: LiveState) -> Iterator[LiveResource]:
    """What is live of an object whose content nothing else than its rows tells: no secret is in it, no name is given to it."""
    spec, group = KINDS[ref.kind], live.groups.get(ref)
    if group is not None and not spec.secrets and not spec.keyed_by_metadata:
        yield from (one for one in (group.active, group.draft) if one is not None)


NO_FORMS = Forms()
