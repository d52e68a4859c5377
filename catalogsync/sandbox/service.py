"""One running sandbox: a world, its gateway, a lock, a log of requests. What the transports and the served
application talk to.
"""

from __future__ import annotations

import copy
import functools
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import simplejson

from catalogsync import __version__
from catalogsync.openmeter import releases
from catalogsync.openmeter.description import Description
from catalogsync.openmeter.openapi_subset import draw_wire
from catalogsync.openmeter.releases import Release
from catalogsync.sandbox import seeding, seedread
from catalogsync.sandbox.backends import FileBackend
from catalogsync.sandbox.descriptions import drawn
from catalogsync.sandbox.domain import instants, meters, taxcodes
from catalogsync.sandbox.domain.clock import SeededClock, SystemClock, Ulids
from catalogsync.sandbox.domain.contract import PROFILES, Json, Profile, Row, Store, World
from catalogsync.sandbox.seeding import Seeded
from catalogsync.sandbox.transport.authentication import NOBODY_IS_ASKED, Authentication
from catalogsync.sandbox.transport.faults import Delivery, Fault, Faults
from catalogsync.sandbox.transport.gateway import Gateway
from catalogsync.sandbox.transport.messages import Reply, Request
from catalogsync.sandbox.v1 import dispatch as v1

if TYPE_CHECKING:
    import httpx

_ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that was answered."""

    method: str
    path: str
    status: int


class Service:
    """Answers requests one at a time. `data`: a file that keeps the state; a new or empty one starts as a
    fresh server, and a new one is made with the first change.
    """

    def __init__(
        self,
        profile: str = "default",
        *,
        data: Path | None = None,
        faults: Iterable[Fault] = (),
        seed: int | None = None,
        authentication: Authentication = NOBODY_IS_ASKED,
        release: str | None = None,
        description: Description | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._seed = seed
        self._backend = FileBackend(data) if data is not None else None
        self._authentication = authentication
        self._made_with = release, description
        self._choose(release, description)
        self.faults = Faults(faults, seed)
        self.requests: list[Logged] = []
        self.world = self._world(PROFILES[profile])
        if not self.world.store.rows(taxcodes.TABLE):
            _furnish(self.world)
        if self._backend is not None:
            self._backend.begin()

    _description: Description
    _described: Reply | None

    def _choose(self, release: str | None, given: Description | None) -> None:
        """Which server this is from now on: a known release, one with a description of its own, else the newest. Raises KeyError."""
        if given is not None:
            self._release = releases.nearest(given)
            self._description = draw_wire(given)
            dispatch = v1.Dispatch(self._description)
        else:
            self._release = release_of(release)
            self._description = releases.description(self._release)
            dispatch = _dispatch(self._release)
        self._described = None
        self._lacks = frozenset(releases.missing(self._description))
        self._named = release
        self._gateway = Gateway(dispatch, self._authentication)

    def _world(self, profile: Profile, store: Store | None = None) -> World:
        """A world on a store, or on what the file holds, its clock and ids moved past what is there."""
        clock = SystemClock() if self._seed is None else SeededClock()
        held = Store(self._backend) if store is None else store
        world = World(held, clock, Ulids(self._seed), profile, self._release, self._lacks)
        _catch_up(world)
        return world

    def seed_from(self, client: httpx.Client, prefix: str, *, secrets: bool = False) -> Seeded:
        """Becomes a twin of the live catalog behind the client. Raises SeedError, and then nothing has
        changed.
        """
        found = seedread.read(client, prefix)
        with self._lock:
            memory = Store()
            world = self._world(self.world.profile, memory)
            try:
                taxcodes.seed(world)
                seeded = seeding.write(world, found, secrets=secrets)
            except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as fault:
                raise seedread.SeedError("the server's answers are not as OpenMeter gives them") from fault
            world.store.commit()
            if self._backend is not None:
                self._backend.clear()
                world = replace(world, store=memory.copy(self._backend))
                world.store.commit()
            _catch_up(world)
            self.world = world
            return seeded

    def copy(self) -> Service:
        """Another service that holds the same, deleted rows and the sequence of its ids included, in memory; its faults are none. It shares
        what is made from the API's description.
        """
        with self._lock:
            other = copy.copy(self)
            world, ids = self.world, copy.deepcopy(self.world.ids)
            other.world = replace(world, store=world.store.copy(), clock=copy.copy(world.clock), ids=ids)
        other._lock, other._backend = threading.RLock(), None
        other.faults, other.requests = Faults((), self._seed), []
        return other

    def reset(self, profile: str, release: str | None = None) -> None:
        """A fresh server of the profile; of another release, if one is named, else of what the service was made with. Raises KeyError
        for an unknown profile or release.
        """
        chosen = PROFILES[profile]
        with self._lock:
            if release is not None:
                self._choose(release, None)
            elif self._named != self._made_with[0]:
                self._choose(*self._made_with)
            if self._backend is not None:
                self._backend.clear()
            self.world = self._world(chosen)
            _furnish(self.world)

    def close(self) -> None:
        """Lets go of the file; the sandbox is not used after that."""
        if self._backend is not None:
            self._backend.close()

    def state(self) -> dict[str, list[Row]]:
        """All tables, for looking at."""
        with self._lock:
            return self.world.store.dump()

    def break_with(self, faults: Iterable[Fault]) -> None:
        """From now on these faults and no others."""
        self.faults = Faults(faults, self._seed)

    def answer(self, request: Request) -> Delivery:
        """What becomes of a request, faults included. The log says 0 where the server was not reached."""
        delivery = self.faults.deliver(request, self._handle)
        status = delivery.reply.status if delivery.reply is not None else 0
        self.requests.append(Logged(request.method, request.path, status))
        return delivery

    def _handle(self, request: Request) -> Reply:
        with self._lock:
            return self._own(request) or self._gateway.handle(self.world, request)

    def _own(self, request: Request) -> Reply | None:
        """What is served beside the API: descriptions, the version, and the sandbox's own doors."""
        at = (request.method, request.path)
        if at == ("GET", "/api/swagger.json"):
            self._described = self._described or _json(
                200, self._description
            )  # long, and asked for by each plan
            return self._described
        if at == ("GET", "/api/v3/openapi.json"):
            return _json(200, drawn("v3"))
        if at == ("GET", "/version"):
            return _json(200, {"version": self._named or f"sandbox {__version__}", "os": "", "arch": ""})
        if at == ("GET", "/sandbox/state"):
            return _json(200, self.world.store.dump())
        if at == ("POST", "/sandbox/reset"):
            return self._reset(request)
        return None

    def _reset(self, request: Request) -> Reply:
        try:
            wanted = simplejson.loads(request.body or b"{}")
            self.reset(wanted.get("profile", "default"), wanted.get("release"))
        except (ValueError, AttributeError, KeyError, TypeError):
            tags = ", ".join(one.tag for one in releases.known())
            said = f'send {{"profile": one of {", ".join(PROFILES)}, "release": none or one of {tags}}}'
            return _json(400, {"error": said})
        return Reply(204, {}, b"")


def release_of(tag: str | None) -> Release:
    """The known release of that name, the newest for None. Raises KeyError."""
    found = releases.newest() if tag is None else releases.by_tag(tag)
    if found is None:
        raise KeyError(tag)
    return found


def check_description(given: Description) -> None:
    """Raises ValueError for what is not an OpenAPI description that a sandbox can answer by."""
    try:
        v1.Dispatch(draw_wire(given)).check()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, re.error) as problem:
        raise ValueError(str(problem)) from None


@functools.cache
def _dispatch(release: Release) -> v1.Dispatch:
    """v1 over a known release's description. It holds nothing of a world, and making it takes longer than all requests of a small run, so
    the sandboxes of a process share it.
    """
    return v1.Dispatch(releases.description(release))


def _furnish(world: World) -> None:
    """Puts into an empty store what a fresh server holds: the meters of its config file and its seeded tax codes."""
    taxcodes.seed(world)
    meters.seed(world)
    world.store.commit()


def _catch_up(world: World) -> None:
    """What is made from now on is later and has a greater id than every row."""
    for row in world.store.everything():
        if _ULID.fullmatch(row["id"]):
            world.ids.start_after(row["id"])
        for name in ("createdAt", "updatedAt"):
            if row.get(name):
                world.clock.start_after(instants.parse(row[name]))


def _json(status: int, body: Json) -> Reply:
    text = simplejson.dumps(body, use_decimal=True) + "\n"
    return Reply(status, {"content-type": "application/json"}, text.encode())
