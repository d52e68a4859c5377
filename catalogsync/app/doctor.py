"""What is the matter with a target: each check says what it found, and what to do about it.

Reads only; with `write_check` a draft plan under a key of its own is made and deleted, and a webhook channel that does not exist is asked to go.
"""

from __future__ import annotations

import email.utils
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import httpx

from catalogsync.app import environments
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.canon import JsonObject
from catalogsync.core.errors import CatalogsyncError, TargetError
from catalogsync.core.model import LiveState
from catalogsync.openmeter import releases
from catalogsync.openmeter.kinds import KINDS
from catalogsync.targets.errors import Ambiguous, ApiError
from catalogsync.targets.v1.support import Server

SKEW = 60
"""Seconds by which the clocks of the server and of this machine may differ."""
_V3 = "/api/v3/openmeter"
_PAGE = 100
_NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
"""An id that no object has."""
_KEY = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


class Status(StrEnum):
    """How a check came out; only a problem makes `doctor` fail."""

    GOOD = "good"
    NOTE = "note"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what was found, and what to do about it ("" where nothing is)."""

    name: str
    status: Status
    found: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks of a target, in their order."""

    environment: str
    url: str
    checks: tuple[Check, ...]

    @property
    def is_well(self) -> bool:
        return all(one.status is not Status.PROBLEM for one in self.checks)


def examine(target: Target, runtime: Runtime, *, write_check: bool = False) -> Diagnosis:
    """Looks at a target. Raises UsageError for one that cannot be chosen; what is wrong with the server is in the checks."""
    _, environment = environments.choose((), target, runtime)
    try:
        with OpenMeter.of(environment, runtime) as server:
            checks = tuple(_checks(server, runtime, write_check))
    except CatalogsyncError as problem:
        checks = (Check("reachable", Status.PROBLEM, problem.message, problem.hint),)
    return Diagnosis(environment.name, environment.url, checks)


def _checks(server: OpenMeter, runtime: Runtime, write_check: bool) -> Iterator[Check]:
    try:
        live = server.read()
    except TargetError as problem:
        yield from _unread(problem)
        return
    count = sum(1 for _ in live.groups)
    yield Check("reachable", Status.GOOD, "it answers")
    yield Check("may read", Status.GOOD, f"{count} live objects were read")
    yield (
        _may_write(server)
        if write_check
        else Check(
            "may write", Status.SKIPPED, "not tried", "--write-check makes a draft plan and deletes it"
        )
    )
    yield _version(server.introduce().server)
    yield (
        _svix(server)
        if write_check
        else Check(
            "Svix",
            Status.SKIPPED,
            "whether webhooks can be delivered shows on a write only",
            "--write-check asks",
        )
    )
    yield _clock(server, runtime)
    yield _duplicates(live)
    yield _config_meters(live)
    yield _v3_only(server, live)


def _unread(problem: TargetError) -> Iterator[Check]:
    if isinstance(problem, ApiError):
        yield Check("reachable", Status.GOOD, "it answers")
        hint = problem.hint or "use a key that may read, or have this one allowed to"
        yield Check("may read", Status.PROBLEM, problem.message, hint)
    else:
        yield Check("reachable", Status.PROBLEM, problem.message, problem.hint)


def _may_write(server: OpenMeter) -> Check:
    key = f"catalogsync_check_{secrets.token_hex(4)}"
    body: JsonObject = {
        "key": key,
        "name": "A check by catalogsync; delete it",
        "currency": "USD",
        "billingCadence": "P1M",
        "phases": [{"key": "default", "name": "Default", "duration": None, "rateCards": []}],
    }
    try:
        made = server.client.send("POST", "/plans", body)
        id_ = made["id"] if isinstance(made, Mapping) else ""
    except TargetError as problem:
        return Check("may write", Status.PROBLEM, problem.message, "use a key that may write")
    try:
        server.client.send("DELETE", f"/plans/{id_}")
    except TargetError as problem:
        said = f"a draft plan was made, and could not be deleted: {problem.message}"
        return Check("may write", Status.PROBLEM, said, f"delete the draft of plan {key} by hand")
    return Check("may write", Status.GOOD, "a draft plan was made and deleted")


def _version(server: Server) -> Check:
    name, tags = "version", ", ".join(one.tag for one in server.known)
    told = tags or server.version or "a version that it does not tell"
    if releases.older_than_minimum(server.known, server.version):
        hint = f"upgrade it to {releases.minimum().tag} or later; until then try each change on another server first"
        return Check(name, Status.PROBLEM, f"{told}, older than the oldest supported release", hint)
    if server.wire is None:
        hint = "let GET /api/swagger.json through to it, so that what it would drop can be known"
        return Check(name, Status.NOTE, f"{told}; it serves no description of its API", hint)
    if server.newest:
        return Check(name, Status.GOOD, f"{told}; its API is the one that the schemas are drawn from")
    lacking = releases.missing(server.wire)
    if not tags:
        hint = "`catalogsync schema check --spec URL` shows every difference; a newer catalogsync may know it"
        said = f"{told}, no known release; its API lacks {len(lacking)} members that the schemas have"
        return Check(name, Status.NOTE, said, hint)
    hint = "`plan` tells where a catalog asks for what it lacks (docs/reference/compatibility.md)"
    return Check(
        name, Status.NOTE, f"{told}; its API lacks {len(lacking)} members that the schemas have", hint
    )


def _svix(server: OpenMeter) -> Check:
    """By the deletion of a channel that is not there: 404 with Svix, 500 without (docs/server/notifications.md#without-svix)."""
    try:
        server.client.send("DELETE", f"/notification/channels/{_NOBODY}")
    except ApiError as problem:
        if problem.status == httpx.codes.NOT_FOUND:
            return Check("Svix", Status.GOOD, "there: channels and rules can be written")
        return Check("Svix", Status.PROBLEM, problem.message, "use a key that may write")
    except Ambiguous:
        hint = "configure `svix` on the server, or keep channels and rules out of its catalog (an overlay, or --only)"
        return Check("Svix", Status.NOTE, "not there: channels and rules cannot be written", hint)
    except TargetError as problem:
        return Check("Svix", Status.PROBLEM, problem.message, problem.hint)
    return Check("Svix", Status.NOTE, "it cannot be known: a channel that is not there was deleted")


def _clock(server: OpenMeter, runtime: Runtime) -> Check:
    try:
        said = server.client.http.get("/version").headers.get("date", "")
        moment = email.utils.parsedate_to_datetime(said)
    except (httpx.HTTPError, ValueError, TypeError):
        return Check("clock", Status.SKIPPED, "the server does not tell its time")
    skew = round((runtime.clock() - moment).total_seconds())
    if abs(skew) <= SKEW:
        return Check("clock", Status.GOOD, f"within {SKEW} seconds of this machine's")
    way = "behind" if skew > 0 else "ahead of"
    hint = "set both clocks by NTP: plans, proofs and waivers go by this machine's"
    return Check("clock", Status.PROBLEM, f"the server's is {abs(skew)} seconds {way} this machine's", hint)


def _duplicates(live: LiveState) -> Check:
    twice: dict[str, list[str]] = {}
    for one in live.unmatched:
        active = live.active(one.ref) if one.key else None
        if active is not None:
            twice.setdefault(str(one.ref), [active.id]).append(one.id)
    if not twice:
        return Check("keys", Status.GOOD, "no two live objects carry one key")
    listed = "; ".join(f"{ref} ({', '.join(sorted(set(ids)))})" for ref, ids in sorted(twice.items()))
    first, ids = min(twice.items())
    hint = f"say which one stays, and the others are deleted: catalogsync plan --keep {first}={min(ids)}"
    return Check("keys", Status.PROBLEM, f"several live objects carry one key: {listed}", hint)


def _config_meters(live: LiveState) -> Check:
    """Nothing in the API marks them (docs/server/meters.md#config-meters); only a slug that the API itself would refuse tells."""
    odd = sorted(
        ref.key for ref in live.groups if KINDS[ref.kind].identity == "slug" and not _KEY.fullmatch(ref.key)
    )
    hint = "write meters of the server's own configuration as manifests equal to it: changed by the API they keep it from starting"
    if not odd:
        said = "none has a slug that only the server's own configuration can give; others cannot be known"
        return Check("configured meters", Status.GOOD, said, hint)
    said = f"declared by the server's own configuration, and not to be written by the API: {', '.join(odd)}"
    return Check("configured meters", Status.NOTE, said, hint)


def _v3_only(server: OpenMeter, live: LiveState) -> Check:
    name, found = "v3 only", []
    seen = {version.id for group in live.groups.values() for version in group.versions()}
    for spec in KINDS.values():
        if not spec.versioned:
            continue
        rows = _v3_rows(server, spec.collection)
        if rows is None:
            return Check(name, Status.SKIPPED, "the server does not show its v3 API")
        found += [f"{spec.kind}/{row['key']} ({row['status']})" for row in rows if row["id"] not in seen]
    found += [f"{ref}: {group.hidden}" for ref, group in live.groups.items() if group.hidden]
    if not found:
        return Check(name, Status.GOOD, "every plan and add-on version is shown by the v1 API")
    hint = "manage these where they were made, and keep their keys out of catalogs"
    return Check(name, Status.NOTE, f"the v1 API does not show: {', '.join(sorted(found))}", hint)


def _v3_rows(server: OpenMeter, collection: str) -> list[Mapping[str, str]] | None:
    """All versions that the v3 API lists, None where there is none to ask."""
    rows: dict[str, Mapping[str, str]] = {}
    for number in range(1, 1000):
        query = {"page[size]": str(_PAGE), "page[number]": str(number)}
        try:
            answer = server.client.http.get(f"{_V3}{collection}", params=query)
            data = answer.json()["data"] if answer.status_code == httpx.codes.OK else None
            if data is None:
                return None
            rows |= {str(r["id"]): {n: str(r.get(n, "")) for n in ("id", "key", "status")} for r in data}
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
            return None
        if len(data) < _PAGE:
            break
    return list(rows.values())
