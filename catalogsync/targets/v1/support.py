"""What a server does not know of what a catalog asks for, said before the first write. Pure.

The server's own description is the witness: a member that it lacks would be dropped without a word. What no description tells is in
the table of known releases (`openmeter.releases`). A catalog is planned as the server can hold it, so that texts and metadata that an
older server drops are reported each time and hinder nothing; what changes what customers pay or may use is an error.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Diagnostic, Path, Severity, in_order
from catalogsync.core.model import Catalog, Kind, Lifecycle, Resource
from catalogsync.core.plan import Plan, Step, Verb
from catalogsync.openmeter import releases
from catalogsync.openmeter.description import Description
from catalogsync.openmeter.description_digest import digest
from catalogsync.openmeter.kinds import KINDS, offered_kind, offers
from catalogsync.openmeter.openapi_subset import draw_wire
from catalogsync.openmeter.releases import Behaviour, Release
from catalogsync.openmeter.unknown_members import Unknown, body_side, operation, unknown
from catalogsync.targets.protocol import Request
from catalogsync.targets.v1 import places
from catalogsync.targets.v1.encoder import encode

_TEXTS = ("description", "metadata")
"""Members that change nothing of what customers pay or may use."""


@dataclass(frozen=True, slots=True)
class Server:
    """What a server says of itself. `wire`: its description as far as requests go, None where it serves none; `known`: the releases that
    it may be, none where it cannot be known; `newest`: its description is the one that our schemas are drawn from.
    """

    wire: Description | None
    known: tuple[Release, ...]
    version: str = ""
    newest: bool = False

    def lacks(self, behaviour: Behaviour) -> bool:
        """Whether it may be a release that does not behave so yet."""
        return any(not one.has(behaviour) for one in self.known)


@functools.lru_cache(maxsize=4)
def server_of(version: str, description: bytes) -> Server:
    """The server of a version ("" if it does not tell) and of the text of a description, empty where it serves none. Understood once for the
    servers of a process that say the same: a description is long.
    """
    try:
        whole = json.loads(description)
        meaning = digest(whole)
        alike = releases.of_digest(meaning)
        wire = releases.description(alike[-1]) if alike else draw_wire(whole)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, IndexError):
        return Server(None, releases.identify(None, version), version)
    named = releases.by_tag(version)
    newest = meaning in releases.newest().digests
    return Server(wire, (named,) if named else alike, version, newest)


@dataclass(frozen=True, slots=True)
class Held:
    """A catalog as the server can hold it (the very catalog where that is all of it), and what was left out for that."""

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]


def held(catalog: Catalog, server: Server) -> Held:
    """Leaves out what the server would drop or refuse, and says so with the places in the manifests."""
    found: list[Diagnostic] = list(_of_server(server))
    resources, left_out = dict(catalog.resources), False
    for ref, resource in catalog.resources.items():
        lacks = list(_of_resource(resource, server))
        if not lacks:
            continue
        found += [one.diagnostic(resource) for one in lacks]
        body, left_out = resource.body, True
        for one in reversed(lacks):
            body = places.without(body, one.path) if one.whole else body
        resources[ref] = replace(resource, body=body)
    return Held(replace(catalog, resources=resources) if left_out else catalog, in_order(found))


def with_findings(plan: Plan, asked: Held, server: Server) -> Plan:
    """The plan of a held catalog with all that the server does not know: what was left out, and what its steps still say."""
    found = [
        one.diagnostic(resource)
        for step in plan.steps
        if (resource := asked.catalog.resources.get(step.ref)) is not None
        for one in _of_step(step, resource, plan, server)
    ]
    if not found and not asked.diagnostics:
        return plan
    return replace(plan, diagnostics=in_order((*plan.diagnostics, *asked.diagnostics, *found)))


@dataclass(frozen=True, slots=True)
class _Lack:
    """Something that the server does not know. `path`: in the manifest's body, `whole` where it is there and can be left out."""

    path: Path
    whole: bool
    what: str
    since: str
    is_error: bool

    def diagnostic(self, resource: Resource) -> Diagnostic:
        before = f" (before {self.since})" if self.since else ""
        upgrade = f", or upgrade the server to {self.since} or later" if self.since else ""
        detail = (
            "What is charged, granted or reckoned by it would not be as the manifest says."
            if self.is_error
            else "It is left out; the rest is planned as if it were not there."
        )
        return Diagnostic(
            "unknown-to-server",
            Severity.ERROR if self.is_error else Severity.WARNING,
            f"this server's API{before} does not know {self.what}",
            resource.origin.locate(self.path),
            detail,
            f"Take it out where this server is meant{upgrade}.",
            str(resource.ref),
        )


def _of_server(server: Server) -> Iterator[Diagnostic]:
    if server.wire is None:
        yield Diagnostic(
            "server-undescribed",
            Severity.NOTE,
            "this server serves no description of its API: what it would drop of the files cannot be known",
            hint="let GET /api/swagger.json through to it",
        )
    if releases.older_than_minimum(server.known, server.version):
        yield Diagnostic(
            "server-too-old",
            Severity.WARNING,
            f"this server is older than {releases.minimum().tag}, the oldest release that is supported",
            hint="upgrade it; until then try every change on another one first (docs/reference/compatibility.md)",
        )


def _of_resource(resource: Resource, server: Server) -> Iterator[_Lack]:
    """What the server does not know of the requests that create the object."""
    if resource.lifecycle not in (Lifecycle.PUBLISHED, Lifecycle.DRAFT):
        return
    yield from _by_release(resource, server)
    if server.wire is None or server.newest:
        return
    normal = normalize.desired(resource)
    step = Step(0, Verb.CREATE, resource.ref, normal, "")
    yield from _of_request(encode(step), resource, server.wire)
    if offered_kind(resource.ref.kind) is not None:
        for key, offer in offers(normal).items():
            attach = Step(0, Verb.ATTACH, resource.ref, offer, "", addon=key)
            yield from _of_request(encode(attach), resource, server.wire, places.offer_path(resource, key))


def _of_step(step: Step, resource: Resource, plan: Plan, server: Server) -> Iterator[_Lack]:
    at = places.offer_path(resource, step.addon) if step.addon else ()
    if server.wire is not None and not server.newest:
        yield from _of_request(encode(step), resource, server.wire, at)
    if step.verb is Verb.UPDATE_ATTACHMENT and _quantity_stays(step, plan, server):
        what = "how to remove `maxQuantity` from what a draft offers: it would stay"
        yield _Lack(at, False, what, _since(Behaviour.QUANTITY_CLEARED), True)


def _quantity_stays(step: Step, plan: Plan, server: Server) -> bool:
    if not server.lacks(Behaviour.QUANTITY_CLEARED) or "maxQuantity" in (step.body or {}):
        return False
    read = next((p.state.get("draft") for p in plan.preconditions if p.ref == step.ref), None)
    return "maxQuantity" in offers(read).get(step.addon, {})


def _by_release(resource: Resource, server: Server) -> Iterator[_Lack]:
    """What only the table of releases tells, of members that the kind declares."""
    spec = KINDS[resource.ref.kind]
    for member, behaviour in spec.kept_since.items():
        if resource.body.get(member) and server.lacks(behaviour):
            yield _Lack(
                (member,), True, f"`{member}` of {spec.title}s: it would be dropped", _since(behaviour), False
            )
    if server.lacks(Behaviour.QUOTED_PATHS):
        for path, value in spec.json_paths(resource.body):
            if isinstance(value, str) and "'" in value:
                what = "how to read a JSON path with a single quote: it answers 500"
                yield _Lack(path, False, what, _since(Behaviour.QUOTED_PATHS), True)


def _since(behaviour: Behaviour) -> str:
    return next(one.release for one in releases.behaviours() if one.behaviour is behaviour)


def _of_request(request: Request, resource: Resource, wire: Description, at: Path = ()) -> Iterator[_Lack]:
    """`at`: where in the manifest the body's members stand."""
    parts = [name for one in request.path for name in (one.split("/") if isinstance(one, str) else "*")]
    newest = releases.description(releases.newest())
    described, ours = (operation(one, request.method, parts) for one in (wire, newest))
    if described is None:
        what = f"{request.method} /{'/'.join(parts)}: it would be refused"
        yield _Lack(at, False, what, "", True)
    elif request.body is not None and ours is not None:
        for one in unknown(request.body, body_side(wire, described), body_side(newest, ours)):
            yield _lack(one, resource, request.body, at)


def _lack(one: Unknown, resource: Resource, body: Body, at: Path) -> _Lack:
    path, whole = places.in_manifest(one.path, resource, body, at)
    name = next(str(part) for part in reversed(one.path) if isinstance(part, str))
    what = f"`{name}`: it would be dropped"
    if one.value is not None:
        what = f"`{one.value}` as `{name}`: it would be refused"
    return _Lack(path, whole, what, releases.since(one.member), not _is_text(one, resource.ref.kind, whole))


def _is_text(one: Unknown, kind: Kind, whole: bool) -> bool:
    """Whether nothing that customers pay or may use hangs on it. The key of a kind that is keyed by metadata does."""
    is_key = KINDS[kind].keyed_by_metadata and one.path == ("metadata",)
    return whole and one.value is None and one.path[-1] in _TEXTS and not is_key
