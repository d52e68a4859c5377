"""The sandbox as a world for plans: carries out steps one by one and reads everything, without the engine's executor."""

from __future__ import annotations

from typing import Any

from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveState, Ref
from catalogsync.core.plan import Plan, Step, Verb
from catalogsync.core.values import Hidden, IdRef, LiveValue
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import V1, Client

SECRET = "whsec_" + "A" * 32


class RefusedBySandbox(AssertionError):
    """The sandbox would not do a step."""


class SandboxWorld:
    """A fresh sandbox behind its in-process transport."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(seed=1)
        self.target = V1(Client("http://sandbox.localhost", transport=self.sandbox.transport(), workers=1))

    def run(self, plan: Plan) -> None:
        """Carries out a whole plan."""
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
                found = getattr(self.target.reread(self.read().group(other)), slot)
                assert found is not None, value
                return found.id
            case LiveValue(member):
                return self.read().group(ref).active.body[member]
            case Hidden():
                raise AssertionError("a digest is sent")
        return SECRET

    def read(self) -> LiveState:
        """All that is live."""
        return self.target.read()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """A call by hand."""
        return self.target.client.send(method, path, body)


__all__ = ["RefusedBySandbox", "SandboxWorld", "Verb"]
