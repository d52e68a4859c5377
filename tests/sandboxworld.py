"""The sandbox as a world for plans: carries out steps one by one and reads everything, without the engine's executor."""

from __future__ import annotations

import functools
from typing import Any

from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveGroup, LiveState, Ref
from catalogsync.core.plan import Plan, Step, Verb
from catalogsync.core.values import Hidden, IdRef, LiveValue, SecretRef
from catalogsync.openmeter.kinds import KEY_METADATA, KINDS, METER
from catalogsync.planner import transitions
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import V1, Client

SECRET = "whsec_" + "A" * 32


def _target_of(sandbox: Sandbox) -> V1:
    return V1(Client("http://sandbox.localhost", transport=sandbox.transport(), workers=1))


@functools.cache
def _empty() -> Sandbox:
    """A sandbox without the meters that the server's own configuration declares."""
    sandbox = Sandbox(seed=1)
    target = _target_of(sandbox)
    for group in target.read([METER]).groups.values():
        target.client.send("DELETE", f"/meters/{group.active.id}")
    return sandbox


class RefusedBySandbox(AssertionError):
    """The sandbox would not do a step."""


class SandboxWorld:
    """A fresh sandbox behind its in-process transport."""

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self.adopting: dict[Ref, str] = {}
        self.sandbox = sandbox or _empty().copy()
        self.target = _target_of(self.sandbox)

    def __deepcopy__(self, _memo: Any) -> SandboxWorld:
        return SandboxWorld(self.sandbox.copy())

    def run(self, plan: Plan) -> None:
        """Carries out a whole plan."""
        self.adopting = transitions.wanted_names(plan)
        for step in plan.steps:
            self.do(step)

    def do(self, step: Step) -> None:
        """Carries out one step; raises RefusedBySandbox with the server's words."""
        try:
            self.target.send(self.target.encode(step), step.ref, self._plain)
        except TargetError as problem:
            raise RefusedBySandbox(f"{step}: {problem.message}") from problem

    def _plain(self, value: Any, ref: Ref) -> Any:
        match value:
            case IdRef(other, slot):
                found = getattr(self.target.reread(LiveGroup(other)), slot)
                assert found is not None, value
                return found.id
            case LiveValue(member):
                return transitions.adopt(self.read(), self.adopting).group(ref).active.body[member]
            case Hidden():
                raise AssertionError("a digest is sent")
        if isinstance(value, SecretRef):
            return f"https://hooks.example.com/{value.name}" if value.name.endswith("URL") else SECRET
        return value.value

    def read(self) -> LiveState:
        """All that is live."""
        return self.target.read()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """A call by hand."""
        return self.target.client.send(method, path, body)

    def one(self, ref: Ref, slot: str = "active") -> Any:
        """The live version of an object."""
        return getattr(self.read().group(ref), slot)

    def unkey(self) -> None:
        """Takes our key away from everything that carries it."""
        live = self.read()
        for kind, spec in KINDS.items():
            for group in live.of(kind) if spec.keyed_by_metadata else ():
                body = {name: group.active.body[name] for name in spec.put if name in group.active.body}
                for reference in spec.references:
                    name = reference.path[0]
                    body[name] = [item["id"] for item in body.get(name) or ()]
                kept = {n: v for n, v in (body.get("metadata") or {}).items() if n != KEY_METADATA}
                body = {name: value for name, value in body.items() if value != []}
                self.send("PUT", f"{spec.collection}/{group.active.id}", {**body, "metadata": kept})


__all__ = ["RefusedBySandbox", "SandboxWorld", "Verb"]
