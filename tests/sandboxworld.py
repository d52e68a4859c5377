"""The sandbox as a world for plans: reads everything through its API and carries out steps one by one, without the engine's own hands.

The same face as `twin.Twin`, so that a test of planning can run against either.
"""

from __future__ import annotations

import re
from typing import Any

import httpx

from catalogsync.core import canon
from catalogsync.core.model import Kind, LiveAssignment, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, Step
from catalogsync.openmeter.kinds import KEY_METADATA, KINDS
from catalogsync.sandbox import Sandbox

_PLACEHOLDER = re.compile(r"\{([a-z_]+/[^}#]+)#(active|draft)\}")
_QUERY = {
    Kind.METER: "",
    Kind.FEATURE: "?page=1&pageSize=1000",
    Kind.CHANNEL: "?includeDisabled=true&pageSize=1000",
    Kind.RULE: "?includeDisabled=true&pageSize=1000",
}
SECRET = "whsec_" + "A" * 32


class RefusedBySandbox(AssertionError):
    """The sandbox would not do a step."""


class SandboxWorld:
    """A fresh sandbox behind its in-process transport."""

    def __init__(self) -> None:
        sandbox = Sandbox()
        self.http = httpx.Client(transport=sandbox.transport(), base_url="http://sandbox.invalid")

    def run(self, plan: Plan) -> None:
        """Carry out a whole plan."""
        for step in plan.steps:
            self.do(step)

    def do(self, step: Step) -> None:
        """Carry out one step; raises RefusedBySandbox with the server's words."""
        asks = "{" in step.path or any(
            mark in canon.dumps(step.body) for mark in ("#active}", "#draft}", '"live"')
        )
        live = self.read() if asks else LiveState({})
        path = self._text(step.path, live)
        body = self._resolved(step.body, live, step)
        content = None if body is None else canon.dumps(body)
        headers = {"content-type": "application/json"} if content is not None else {}
        answer = self.http.request(step.method, "/api/v1" + path, content=content, headers=headers)
        if not answer.is_success:
            raise RefusedBySandbox(f"{step.method} {path} {content} → {answer.status_code} {answer.text}")

    def _text(self, text: str, live: LiveState) -> str:
        def found(match: re.Match[str]) -> str:
            resource = getattr(live.group(Ref.parse(match[1])), match[2])
            assert resource is not None, match[0]
            return str(resource.id)

        return _PLACEHOLDER.sub(found, text)

    def _resolved(self, value: Any, live: LiveState, step: Step) -> Any:
        if isinstance(value, str):
            return self._text(value, live)
        if isinstance(value, dict):
            if value == {"live": "signingSecret"}:
                return live.group(step.ref).active.body["signingSecret"]
            if set(value) == {"env"}:
                return SECRET
            return {name: self._resolved(item, live, step) for name, item in value.items()}
        return [self._resolved(item, live, step) for item in value] if isinstance(value, list) else value

    # Reading

    def _list(self, path: str) -> list[Any]:
        answer = self.http.get("/api/v1" + path)
        assert answer.status_code == 200, answer.text
        value: Any = canon.loads(answer.text)
        return value if isinstance(value, list) else value["items"]

    def read(self) -> LiveState:
        """All that is live, grouped as the engine's reader does it."""
        groups: dict[Ref, dict[str, Any]] = {}
        unmatched = []
        for kind, spec in KINDS.items():
            for body in self._list(spec.collection + _QUERY.get(kind, "?orderBy=id&order=ASC&pageSize=1000")):
                key = self._key(kind, body)
                resource = self._resource(kind, key or "", body)
                if key is None:
                    unmatched.append(resource)
                    continue
                group = groups.setdefault(resource.ref, {"archived": ()})
                if resource.status == "archived":
                    group["archived"] = (resource, *group["archived"])
                else:
                    group[resource.status] = resource
        return LiveState({ref: LiveGroup(ref, **slots) for ref, slots in groups.items()}, tuple(unmatched))

    @staticmethod
    def _key(kind: Kind, body: Any) -> str | None:
        if kind in (Kind.CHANNEL, Kind.RULE):
            return (body.get("metadata") or {}).get(KEY_METADATA)
        return str(body[KINDS[kind].identity])

    def _resource(self, kind: Kind, key: str, body: Any) -> LiveResource:
        status = body["status"] if KINDS[kind].versioned else "active"
        offers = self._offers(body["id"]) if kind is Kind.PLAN and status in ("draft", "active") else ()
        return LiveResource(kind, body["id"], key, status, body, body.get("version"), offers)

    def _offers(self, plan_id: str) -> tuple[LiveAssignment, ...]:
        found = self._list(f"/plans/{plan_id}/addons?pageSize=1000")
        return tuple(
            LiveAssignment(b["addon"]["key"], b["addon"]["id"], b["addon"]["version"], b) for b in found
        )
