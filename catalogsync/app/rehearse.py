"""Rehearsals: a plan is carried out on a twin of the live server, by the same executor, before anyone carries it out for real.

Proven is that every step is done as planned, that a second plan is empty, and that from wherever a run may stop a new plan leads to the
same end. The twin lives in this process; secrets that the steps name are needed, and neither these nor those of the server leave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from catalogsync import executor, sandbox
from catalogsync.core.canon import Body
from catalogsync.core.errors import CatalogsyncError, Refused, TargetError
from catalogsync.core.model import Catalog, Kind, LiveState, Ref
from catalogsync.core.plan import Plan, Rehearsal, State
from catalogsync.core.report import RunReport
from catalogsync.openmeter.kinds import KINDS, offered_kind, offers
from catalogsync.planner import PlanOptions, make_plan, transitions
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1, Client
from catalogsync.targets.v1.support import Server

if TYPE_CHECKING:
    import httpx

_URL = "http://twin.localhost"
States: TypeAlias = Mapping[Ref, State]


class _Twin:
    """A sandbox that starts as the copy of a server and knows as much as it, with a client of its own."""

    def __init__(self, embedded: sandbox.Sandbox, secrets: Secrets) -> None:
        self.secrets, self._sandbox = secrets, embedded
        self._client = Client(_URL, transport=embedded.transport(), workers=1)
        self.target = V1(self._client)

    @classmethod
    def of(cls, origin: httpx.Client, prefix: str, secrets: Secrets, like: Server) -> _Twin:
        """A twin of the server behind a client."""
        release = like.known[-1].tag if like.known else None
        embedded = sandbox.Sandbox(release=release, description=None if release else like.wire)
        try:
            embedded.seed_from(origin, prefix, secrets=True)
        except sandbox.SeedError as problem:
            raise TargetError(
                f"the live catalog cannot be copied for a rehearsal: {problem}", code="rehearsal-unseeded"
            ) from problem
        return cls(embedded, secrets)

    def copy(self) -> _Twin:
        return _Twin(self._sandbox.copy(), self.secrets)

    def read(self) -> LiveState:
        return self.target.read()

    def close(self) -> None:
        self._client.close()
        self._sandbox.close()


def rehearse(
    plan: Plan, catalog: Catalog, client: Client, secrets: Secrets, options: PlanOptions, like: Server
) -> Plan:
    """The plan with its proof. `client` speaks to the live server, which is only read; `like` is what that one says of itself.

    Raises TargetError when the live catalog cannot be copied, and Refused when a secret is missing.
    """
    twin = _Twin.of(client.http, client.prefix, secrets, like)
    try:
        proof = _Rehearsing(plan, catalog, options, twin).proof()
    finally:
        twin.close()
    return replace(plan, rehearsal=proof)


class _Rehearsing:
    """One rehearsal; failures are collected as sentences."""

    def __init__(self, plan: Plan, catalog: Catalog, options: PlanOptions, twin: _Twin) -> None:
        self._plan, self._catalog, self._options, self._twin = plan, catalog, options, twin
        self._failures: list[str] = []

    def proof(self) -> Rehearsal:
        forks = self._walk()
        done = sum(step_done for step_done, _ in forks)
        second = self._again(self._twin)
        end = _states(self._twin.read())
        converging = sum(self._converges(number, fork, end) for number, (_, fork) in enumerate(forks))
        return Rehearsal(done, second.is_empty, len(forks), converging, tuple(self._failures))

    def _walk(self) -> list[tuple[bool, _Twin]]:
        """Carries out step after step, with a copy of the twin from before each. Ends at the first step that fails."""
        forks: list[tuple[bool, _Twin]] = []
        for number in range(1, len(self._plan.steps) + 1):
            forks.append((True, self._twin.copy()))
            failure = _failure(replace(self._plan, steps=self._plan.steps[:number]), self._twin)
            if failure:
                self._failures.append(failure)
                forks[-1] = (False, forks[-1][1])
                break
        return forks

    def _again(self, twin: _Twin) -> Plan:
        return make_plan(self._catalog, twin.read(), self._plan.target, self._options)

    def _converges(self, number: int, fork: _Twin, end: States) -> bool:
        """Whether a new plan, made after `number` steps, leads to the same end."""
        try:
            failure = _failure(self._again(fork), fork)
            found = _states(fork.read())
        finally:
            fork.close()
        differing = sorted(ref for ref in end.keys() | found.keys() if end.get(ref) != found.get(ref))
        if differing and not failure:
            failure = "a new plan leads to another end for " + ", ".join(map(str, differing))
        if failure:
            self._failures.append(f"stopped after {number} steps: {failure}")
        return not failure


def _failure(plan: Plan, twin: _Twin) -> str:
    """Carries out a plan on a twin; what went wrong, "" if nothing did. Raises Refused when a secret is missing."""
    try:
        report = executor.apply(plan, twin.target, twin.secrets)
    except Refused as problem:
        if problem.code == "secret-missing":
            raise
        return problem.message
    except (CatalogsyncError, ValueError) as problem:
        return str(problem)
    return _first_bad(report)


def _first_bad(report: RunReport) -> str:
    for outcome in report.outcomes:
        if not outcome.status.is_good:
            step = outcome.step
            return f"step {step.number} ({step.verb} {step.ref}): {outcome.status}: {outcome.message}"
    return ""


def _states(live: LiveState) -> States:
    """Everything that can be seen; what never was and what is gone count the same. A secret that the server made up is in no state."""
    seen = {ref: transitions.seen(ref, live) for ref in live.groups}
    return {
        ref: {slot: _comparable(ref.kind, body, live) for slot, body in state.items()}
        for ref, state in seen.items()
        if any(body is not None for body in state.values())
    }


def _comparable(kind: Kind, body: Body | None, live: LiveState) -> Body | None:
    """Without secrets that the server made up; of an offer's version, whether it is the active one."""
    if body is None:
        return None
    made_up = {secret.path[0] for secret in KINDS[kind].secrets} & KINDS[kind].kept
    told = {name: value for name, value in body.items() if name not in made_up}
    offered = offered_kind(kind)
    if offered is not None:
        active = {g.ref.key: g.active.version for g in live.of(offered) if g.active is not None}
        told["addons"] = {
            key: {**offer, "version": offer["version"] == active.get(key)}
            for key, offer in offers(body).items()
        }
    return told
