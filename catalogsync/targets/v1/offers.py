"""What versions of plans offer: asked of each version, where it is not known from before (docs/server/assignments.md#list,
docs/server/v3-and-v1.md#hidden-versions).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from catalogsync.core.errors import TargetError
from catalogsync.core.model import Kind, LiveAssignment, LiveResource, Ref
from catalogsync.openmeter.kinds import KINDS, offered_kind
from catalogsync.targets.errors import ApiError
from catalogsync.targets.v1.client import PREFIX, V3, Client
from catalogsync.targets.v1.pages import PAGE, paged
from catalogsync.targets.v1.rows import as_assignment, in_order


class Known(Protocol):
    """What published versions offer, as far as it was read before (`store.offers`). Used by several threads."""

    def of(self, version: LiveResource) -> tuple[LiveAssignment, ...] | None:
        """What a version offers; None where it has to be asked for."""
        ...

    def learn(self, version: LiveResource, assignments: Sequence[LiveAssignment]) -> None:
        """Takes in what was read."""
        ...


def may_hide(client: Client, kind: Kind) -> bool:
    """Whether there may be objects of a kind of which v1 lists none: v3 lists one, or does not say. A server without v3 hides nothing; where v1
    lies at a place of its own, v3 may too.
    """
    try:
        answer = client.get(
            f"{V3}/openmeter{KINDS[kind].collection}", {"page[size]": "1", "page[number]": "1"}
        )
    except ApiError as problem:
        return problem.status != 404 or client.prefix != PREFIX
    except TargetError:
        return True
    return not (isinstance(answer, Mapping) and answer.get("data") == [])


class Offers:
    """What objects of one kind offer. `unknown`: the draft and active versions that have to be asked about it, by `ask`, of all of them or of those
    that are `only` meant; `unseen`: what is said of those that offer what this API cannot show, once they are asked.
    """

    def __init__(
        self,
        client: Client,
        resources: Sequence[LiveResource],
        only: Container[Ref] | None = None,
        known: Known | None = None,
    ) -> None:
        self._client, self._resources, self._known = client, resources, known
        self._told: dict[str, LiveResource] = {}
        self.unseen: dict[Ref, str] = {}
        self.unknown = [one for one in resources if _offers(one, only) and not self._is_known(one)]

    def _is_known(self, one: LiveResource) -> bool:
        there = self._known.of(one) if self._known is not None else None
        if there is None:
            return False
        self._told[one.id] = replace(one, assignments=there)
        return True

    def ask(self, resource: LiveResource) -> LiveResource:
        """A version with what it offers. One that offers what this API cannot show goes to the unseen, with the server's code
        (recorded: unitconfig_assignment)."""
        try:
            found = assignments(self._client, resource.kind, resource.id)
        except ApiError as problem:
            code = next((c for c in problem.codes if c.endswith("_not_representable")), "")
            if not code:
                raise
            self.unseen[resource.ref] = (
                f"version {resource.version} offers an add-on that only the v3 API shows ({code})"
            )
            return resource
        if self._known is not None:
            self._known.learn(resource, found)
        return replace(resource, assignments=found) if found else resource

    def told(self, asked: Iterable[LiveResource]) -> list[LiveResource]:
        """All objects, with what those offer that were asked."""
        told = self._told | {one.id: one for one in asked}
        return [told.get(one.id, one) for one in self._resources]


def _offers(one: LiveResource, only: Container[Ref] | None) -> bool:
    return one.status in ("draft", "active") and (only is None or one.ref in only)


def assignments(client: Client, kind: Kind, id_: str) -> tuple[LiveAssignment, ...]:
    """What a version offers, by key."""
    if offered_kind(kind) is None:
        return ()
    path = f"{KINDS[kind].collection}/{id_}/addons"
    query = {"pageSize": str(PAGE), "order": "ASC"}
    found = paged(path, lambda page: client.get(path, {**query, "page": str(page)}))
    return in_order(as_assignment(kind, row) for row in found)
