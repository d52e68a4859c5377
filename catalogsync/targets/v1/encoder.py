"""Verbs as requests of the v1 API (docs/server/plans.md#plans, docs/server/addons.md#addons, docs/server/assignments.md#assignments;
docs/server/meters.md#meters, docs/server/notifications.md#notifications). Pure.
"""

from __future__ import annotations

from catalogsync.core.canon import Body
from catalogsync.core.model import Ref
from catalogsync.core.plan import Step, Verb
from catalogsync.core.values import IdRef, LiveValue
from catalogsync.openmeter.kinds import KINDS, KindSpec, offered_kind
from catalogsync.targets.protocol import Request


def encode(step: Step) -> Request:
    """The request of a step. Raises ValueError for a step without the body that its verb needs."""
    spec = KINDS[step.ref.kind]
    collection = spec.collection.strip("/")
    draft, active = _version(step, "draft"), _version(step, "active")
    match step.verb:
        case Verb.CREATE | Verb.CREATE_DRAFT:
            return Request("POST", (collection,), spec.request(_body(step), step.ref.key))
        case Verb.UPDATE:
            return Request("PUT", (collection, active), _put(step, spec))
        case Verb.UPDATE_DRAFT:
            return Request("PUT", (collection, draft), _put(step, spec))
        case Verb.DELETE_DRAFT:
            return Request("DELETE", (collection, draft), None)
        case Verb.PUBLISH:
            return Request("POST", (collection, draft, "publish"), None)
        case Verb.ARCHIVE if spec.versioned:
            return Request("POST", (collection, active, "archive"), None)
        case Verb.ARCHIVE | Verb.DELETE | Verb.DELETE_DUPLICATE:
            return Request("DELETE", (collection, active), None)
        case Verb.ATTACH:
            body = {"addonId": IdRef(_offered(step)), **_offer(step)}
            return Request("POST", (collection, draft, "addons"), body)
        case Verb.UPDATE_ATTACHMENT:
            body = {"metadata": {}, **_offer(step)}
            return Request("PUT", (collection, draft, "addons", step.addon_id or IdRef(_offered(step))), body)
        case Verb.DETACH:
            return Request(
                "DELETE", (collection, draft, "addons", step.addon_id or IdRef(_offered(step))), None
            )


def _version(step: Step, slot: str) -> str | IdRef:
    return step.id or IdRef(step.ref, slot)


def _offered(step: Step) -> Ref:
    kind = offered_kind(step.ref.kind)
    if kind is None:
        raise ValueError(f"step {step.number}: a {step.ref.kind} offers nothing")
    return Ref(kind, step.addon)


def _body(step: Step) -> Body:
    if step.body is None:
        raise ValueError(f"step {step.number}: {step.verb} {step.ref} says no body")
    return step.body


def _offer(step: Step) -> Body:
    """An assignment's body: its metadata is dropped by a POST (docs/server/assignments.md#bodies)."""
    return {name: value for name, value in _body(step).items() if name != "version"}


def _put(step: Step, spec: KindSpec) -> Body:
    """A complete PUT: what is not there is cleared by saying so; a secret that the server demands is sent as it is live."""
    whole = spec.request(_body(step), step.ref.key)
    secret = {s.path[0] for s in spec.secrets} & spec.kept
    body = {name: whole[name] for name in spec.put if name in whole}
    cleared = {name: value for name, value in spec.cleared.items() if name not in body}
    demanded = {name: LiveValue(name) for name in sorted(secret) if name not in body}
    return {**body, **cleared, **demanded}
