"""Complete reads of a live catalog, with the server's traps (docs/server/transport.md#paging; docs/server/features.md#list,
docs/server/plans.md#list, docs/server/assignments.md#list, docs/server/v3-and-v1.md#hidden-versions).

The number of list calls is the least that the page sizes allow: one per kind and 1,000 rows; assignments once for each draft and active plan
version, and not at all where no add-on version exists, which where v1 lists none one call of v3 tells.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import ParamSpec, TypeVar

from catalogsync.core.errors import TargetError
from catalogsync.core.model import Kind, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.openmeter.kinds import KINDS, Reference, offered_kind
from catalogsync.targets.errors import ApiError
from catalogsync.targets.v1.client import Client
from catalogsync.targets.v1.offers import Known, Offers, may_hide
from catalogsync.targets.v1.pages import PAGE, Pages, paged
from catalogsync.targets.v1.rows import Row, as_resource, nonsense
from catalogsync.targets.v1.side_by_side import begun, side_by_side

P = ParamSpec("P")
T = TypeVar("T")
NOTHING_UNSEEN: Mapping[Ref, str] = {}


def read(
    client: Client,
    *,
    kinds: Iterable[Kind] | None = None,
    offers_of: Container[Ref] | None = None,
    known: Callable[[], Known] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> LiveState:
    """Everything live of these kinds, by default of all. `offers_of`: the objects whose offers are asked for, by default all; `known`: gives
    what need not be asked for, once the lists are there; `meanwhile` is called once the lists are asked for. Raises TargetError.
    """
    wanted = tuple(KINDS if kinds is None else kinds)
    with _threads(client) as pool, _threads(client) as pages, ExitStack() as crews:
        asked = {kind: pool.submit(_list, client, kind, pages.map) for kind in _urgent_first(wanted)}
        meanwhile()

        def arrived(kind: Kind) -> Callable[[], LiveState]:
            """What is live of a kind as soon as its list is there; what its objects offer is asked for, and waited for by the answer."""
            found = [as_resource(kind, row) for row in asked[kind].result()]
            if not found or not _may_offer(client, kind, asked):
                part = _grouped(found)
                return lambda: part
            there = known() if known is not None else None
            offers = Offers(client, found, offers_of, there)
            crew = crews.enter_context(begun(pool, lambda: client.at_once, offers.ask, offers.unknown))
            return lambda: _grouped(offers.told(crew.results()), offers.unseen)

        parts = {kind: arrived(kind) for kind in asked}
        return _joined(parts[kind]() for kind in wanted)


def _urgent_first(kinds: Iterable[Kind]) -> list[Kind]:
    """The lists in the order in which they are asked for: first those that more has to be asked about, and what these depend on."""
    offering = [kind for kind in kinds if offered_kind(kind) is not None]
    offered = {offered_kind(kind) for kind in offering}
    return sorted(kinds, key=lambda kind: (kind not in offering, kind not in offered))


class _Here(Executor):
    """Does what it is given at once, in the thread that gives it: where one call goes out at a time, threads only wait for each other."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except TargetError as problem:
            done.set_exception(problem)
        return done


@contextmanager
def _threads(client: Client) -> Iterator[Executor]:
    """As many as calls may be under way. They are waited for where something failed; else nothing is under way at the end, and they end unseen."""
    if client.workers == 1:
        yield _Here()
        return
    pool = ThreadPoolExecutor(client.workers, initializer=_enter, initargs=(client, client.phase))
    done = False
    try:
        yield pool
        done = True
    finally:
        pool.shutdown(wait=not done)


def _enter(client: Client, phase: str) -> None:
    """A thread's calls are for what its caller's are for."""
    client.phase = phase


def _may_offer(client: Client, kind: Kind, lists: Mapping[Kind, Future[list[Row]]]) -> bool:
    """Whether objects of a kind can offer anything: not where none of what they offer exists."""
    offered = offered_kind(kind)
    if offered is None:
        return False
    return offered not in lists or bool(lists[offered].result()) or may_hide(client, offered)


def read_groups(client: Client, refs: Iterable[Ref]) -> LiveState:
    """The kinds that the objects are of, and those that they name by id: a rule's channels and features, a plan's add-ons. What is offered is
    asked of these objects alone.
    """
    asked = frozenset(refs)
    kinds = {ref.kind for ref in asked}
    for kind in tuple(kinds):
        spec = KINDS[kind]
        kinds |= {Kind(r.kind) for r in spec.references if r.assigned or (not spec.versioned and _by_id(r))}
    return read(client, kinds=sorted(kinds, key=lambda kind: kind.rank), offers_of=asked)


def _by_id(reference: Reference) -> bool:
    return reference.by_id or reference.unseen_when_disabled


def _list(client: Client, kind: Kind, run: Pages = map) -> list[Row]:
    spec = KINDS[kind]
    if spec.bare_list:
        return _bare(client, spec.collection)
    query = {"pageSize": str(PAGE), "order": "ASC", **spec.list_query}
    return paged(spec.collection, lambda page: client.get(spec.collection, {**query, "page": str(page)}), run)


def _bare(client: Client, path: str) -> list[Row]:
    """A bare array that ignores paging and ends at a thousand (docs/server/meters.md#list, #errors)."""
    rows = client.get(path)
    if rows is None:
        raise TargetError(
            "GET /meters: answered 200 with nothing",
            code="live-meter-poison",
            hint="one meter has an eventFrom past the year 9999, which stops every list of meters; only in the server's database can it be fixed",
        )
    if not isinstance(rows, list):
        raise nonsense(path)
    if len(rows) >= PAGE:
        raise TargetError(
            f"the server has {PAGE} meters or more, and its v1 API shows no others",
            code="live-too-many-meters",
            hint="meters beyond the first thousand cannot be managed by it",
        )
    return rows


def _grouped(resources: Iterable[LiveResource], unseen: Mapping[Ref, str] = NOTHING_UNSEEN) -> LiveState:
    versions: dict[Ref, list[LiveResource]] = {}
    unmatched: list[LiveResource] = []
    for resource in resources:
        if not resource.key:
            unmatched.append(resource)
            continue
        found = versions.setdefault(resource.ref, [])
        if found and KINDS[resource.kind].keyed_by_metadata:
            unmatched.append(resource)  # a second object with the same key: the planner names both
        else:
            found.append(resource)
    groups = {ref: _group(ref, found, unseen.get(ref, "")) for ref, found in versions.items()}
    return LiveState(groups, tuple(unmatched))


def _joined(parts: Iterable[LiveState]) -> LiveState:
    """The states of several kinds as one."""
    groups: dict[Ref, LiveGroup] = {}
    unmatched: list[LiveResource] = []
    for part in parts:
        groups.update(part.groups)
        unmatched += part.unmatched
    return LiveState(groups, tuple(unmatched))


def _group(ref: Ref, found: Sequence[LiveResource], hidden: str) -> LiveGroup:
    """What is live under one Ref, of versions that are neither draft nor archived the last one."""
    active = draft = None
    archived: list[LiveResource] = []
    for one in found:
        if one.status == "archived":
            archived.append(one)
        elif one.status == "draft":
            draft = one
        else:
            active = one
    archived.sort(key=lambda one: -(one.version or 0))
    return LiveGroup(ref, active, draft, tuple(archived), hidden)


def reread(client: Client, group: LiveGroup, known_id: str = "") -> LiveGroup:
    """One object as it is now, by calls for it alone. `known_id`: the id that an answer has just given it. Raises TargetError."""
    ref = group.ref
    if KINDS[ref.kind].keyed_by_metadata:
        return _reread_unkeyed(client, group, known_id)
    if not KINDS[ref.kind].versioned:
        return LiveGroup(ref, active=_one(client, ref, ref.key))
    return _versions(client, [ref]).group(ref)


def reread_together(client: Client, groups: Sequence[LiveGroup]) -> tuple[LiveGroup, ...]:
    """Several objects of one kind as they are now, in as few calls as they can share: all versions of all of them by their keys, objects whose
    ids nobody knows by one list. Raises TargetError.
    """
    kind = groups[0].ref.kind
    if KINDS[kind].versioned:
        live = _versions(client, [one.ref for one in groups])
    elif KINDS[kind].keyed_by_metadata and all(one.active is None for one in groups):
        live = _grouped([as_resource(kind, row) for row in _list(client, kind)])
    else:
        return tuple(reread(client, one) for one in groups)
    return tuple(live.group(one.ref) for one in groups)


def _versions(client: Client, refs: Sequence[Ref]) -> LiveState:
    """The versions of objects of one kind, with what they offer."""
    kind = refs[0].kind
    path = KINDS[kind].collection
    query = {"key": [ref.key for ref in refs], "pageSize": str(PAGE), "orderBy": "id", "order": "ASC"}
    rows = paged(path, lambda page: client.get(path, {**query, "page": str(page)}))
    resources = [as_resource(kind, row) for row in rows]
    if offered_kind(kind) is None:
        return _grouped(resources)
    offers = Offers(client, resources)
    if len(offers.unknown) < 2:
        return _grouped(offers.told(map(offers.ask, offers.unknown)), offers.unseen)
    with _threads(client) as pool:
        asked = side_by_side(pool, lambda: client.at_once, offers.ask, offers.unknown)
        return _grouped(offers.told(asked), offers.unseen)


def _one(client: Client, ref: Ref, name: str) -> LiveResource | None:
    """One object by its path, None when it is not there or deleted."""
    try:
        row = client.get(f"{KINDS[ref.kind].collection}/{name}")
    except ApiError as problem:
        if problem.status == 404:
            return None
        raise
    if not isinstance(row, Mapping):
        raise nonsense(name)
    return None if row.get("deletedAt") else as_resource(ref.kind, row)


def _reread_unkeyed(client: Client, group: LiveGroup, known_id: str) -> LiveGroup:
    ref, id_ = group.ref, known_id or (group.active.id if group.active else "")
    if id_:
        found = _one(client, ref, id_)
        return LiveGroup(ref, active=replace(found, key=ref.key) if found else None)
    return _grouped([as_resource(ref.kind, row) for row in _list(client, ref.kind)]).group(ref)
