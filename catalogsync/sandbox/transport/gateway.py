"""From a request's bytes to an answer's: which API it is for, the transaction around it, the problem body. Knows no sockets.

Whatever a handler changed is committed with an answer below 400 and rolled back otherwise.
"""

from __future__ import annotations

import functools
import logging
import re
import traceback
from http import HTTPStatus
from pathlib import Path

import simplejson

from catalogsync.sandbox.descriptions import drawn
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Json, Problem, World, holds_nul
from catalogsync.sandbox.transport.authentication import Authentication
from catalogsync.sandbox.transport.messages import Reply, Request
from catalogsync.sandbox.v1 import dispatch as v1
from catalogsync.sandbox.v1 import gojson
from catalogsync.sandbox.v3 import dispatch as v3

_LOG = logging.getLogger(__name__)
POWERED_BY = "OpenMeter by Kong, Inc."


class Gateway:
    """The server without sockets. `dispatch`: v1 over the description that it answers by. `handle` must not run twice at once on one
    world: callers hold a lock.
    """

    def __init__(self, dispatch: v1.Dispatch, authentication: Authentication) -> None:
        self._authentication = authentication
        self._v1 = dispatch
        self._v3 = _newest_v3()
        self._requests = 0

    def handle(self, world: World, request: Request) -> Reply:
        """The answer; `world.store` is committed or rolled back."""
        self._requests += 1
        request_id = request.headers.get("x-request-id") or f"sandbox/{self._requests:06d}"
        try:
            answer = self._answer(world, request, request_id)
            if (
                b"\\u0000" in request.body
                and answer.status < 300
                and any(map(holds_nul, world.store.changed()))
            ):
                raise Problem(500)
            world.store.commit()
        except Problem as problem:
            world.store.rollback()
            answer = problem_answer(problem, request_id)
        except (
            Exception
        ) as fault:  # of the sandbox's own: a client sees what a server in trouble answers, the log says why
            world.store.rollback()
            _LOG.error("%s %s failed in the sandbox: %s", request.method, request.path, _where(fault))
            _LOG.debug("what failed", exc_info=True)
            answer = problem_answer(Problem(500), request_id)
        return _reply(answer, request.method)

    def _answer(self, world: World, request: Request, request_id: str) -> Answer:
        if re.search(r"%(?![0-9A-Fa-f]{2})", request.path):
            return Answer(400, "400 Bad Request", "text/plain")
        if refusal := self._authentication.refusal(request):
            raise refusal
        sent = (request.method, request.path, request.pairs(), request.headers, request.body, request_id)
        if request.path.startswith("/api/v3"):
            return self._v3.answer(world, v3.Request(*sent))
        return self._v1.answer(world, v1.Request(*sent))


def _where(fault: Exception) -> str:
    """A fault's kind and place; its words may hold what was sent."""
    place = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {Path(place.filename).name}:{place.lineno}"


@functools.cache
def _newest_v3() -> v3.Dispatch:
    """v3 over its one description. It holds nothing of a world, so all gateways share it."""
    return v3.Dispatch(drawn("v3"), gojson.loads)


def problem_answer(problem: Problem, request_id: str) -> Answer:
    """The error body (docs/server/errors.md#shape): no `detail` with a 500, no `instance` from the validator."""
    body: dict[str, Json] = {
        "type": problem.type_,
        "title": problem.title or HTTPStatus(problem.status).phrase,
        "status": problem.status,
    }
    if problem.detail and problem.status != 500:
        body["detail"] = problem.detail
    if problem.instance:
        body["instance"] = f"urn:request:{request_id}"
    if problem.extensions:
        body["extensions"] = problem.extensions
    body.update(problem.members or {})
    return Answer(problem.status, body, "application/problem+json")


def refused_method() -> Reply:
    """What a method gets that is none of HTTP's: 405, wherever it points to (recorded: `transport_method_unknown`)."""
    return _reply(problem_answer(Problem(405), "sandbox/000000"), "")


def _reply(answer: Answer, method: str) -> Reply:
    headers = {"x-powered-by": POWERED_BY, **answer.headers}
    if answer.body is EMPTY:
        return Reply(answer.status, headers, b"")
    headers["content-type"] = answer.content_type
    if method == "HEAD":
        return Reply(answer.status, headers, b"")
    if answer.content_type == "text/plain":
        return Reply(answer.status, headers, str(answer.body).encode())
    return Reply(answer.status, headers, simplejson.dumps(answer.body, use_decimal=True).encode() + b"\n")
