"""From a request's bytes to an answer's: routing, binding, checking, decoding, the handler, the problem body. Knows no sockets.

The order is the real server's (semantics-meters §3.2–3.4): route, query binding, path patterns, query values, body, handler. Whatever a
handler changed is committed with an answer below 400 and rolled back otherwise.
"""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

import simplejson

from catalogsync.sandbox import routes
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Handler, Json, Problem, World
from catalogsync.sandbox.domain.instants import exists
from catalogsync.sandbox.v1 import gojson, query_binding
from catalogsync.sandbox.v1.validator import Check, Failure, Validator
from catalogsync.sandbox.v3.dispatch import Gate
from catalogsync.sandbox.v3.dispatch import Request as V3Request

_LOG = logging.getLogger(__name__)
POWERED_BY = "OpenMeter by Kong, Inc."
SCHEMAS = Path(__file__).parents[2] / "_schemas"
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT")


@dataclass(frozen=True, slots=True)
class Request:
    """What came in: the target as sent (path and query, still percent-encoded), lower-case header names, the body's bytes."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def pairs(self) -> list[tuple[str, str]]:
        """The query as Go's url package reads it."""
        found = []
        for part in self.target.partition("?")[2].split("&"):
            name, _, value = part.partition("=")
            if part and ";" not in part:
                found.append((unquote_plus(name), unquote_plus(value)))
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Operation:
    handler: Handler | None
    parameters: tuple[Mapping[str, Any], ...]
    checks: tuple[tuple[Mapping[str, Any], Check], ...]
    body_schema: Mapping[str, Any] | None
    body_check: Check | None
    body_name: str


@functools.cache
def description(version: str) -> dict[str, Any]:
    """The drawn description of an API version, "v1" or "v3"."""
    drawn: dict[str, Any] = json.loads((SCHEMAS / f"wire-{version}.json").read_text("utf-8"))
    return drawn


class Gateway:
    """The server without sockets. `handle` must not run twice at once on one world: callers hold a lock."""

    def __init__(self) -> None:
        v1, v3 = description("v1"), description("v3")
        self._components = v1["components"]
        self._validator = Validator(self._components["schemas"])
        self._decoder = gojson.Decoder(self._components["schemas"])
        self._v3 = Gate(v3, routes.V3, gojson.loads)
        handlers = {(r.method, r.template): r.handler for r in routes.V1}
        self._routes = [
            (
                _pattern(template),
                template,
                {
                    m.upper(): self._operation(op, handlers.get((m.upper(), template)))
                    for m, op in methods.items()
                },
            )
            for template, methods in v1["paths"].items()
        ]
        self._routes.sort(key=lambda route: _specificity(route[1]))
        self._requests = 0

    def handle(self, world: World, request: Request) -> Reply:
        """The answer; `world.store` is committed or rolled back."""
        self._requests += 1
        request_id = request.headers.get("x-request-id") or f"sandbox/{self._requests:06d}"
        try:
            answer = self._answer(world, request, request_id)
            if _has_nul(request.body) and answer.status < 300 and request.method in ("POST", "PUT", "PATCH"):
                raise Problem(500)  # the database refuses U+0000 in a text (semantics-productcatalog §9.4)
            world.store.commit()
        except Problem as problem:
            world.store.rollback()
            answer = problem_answer(problem, request_id)
        except (
            Exception
        ):  # a fault of the sandbox's own: a client sees what a server in trouble answers, the log says why
            world.store.rollback()
            _LOG.exception("%s %s failed in the sandbox", request.method, request.path)
            answer = problem_answer(Problem(500), request_id)
        return _reply(answer, request.method)

    def _answer(self, world: World, request: Request, request_id: str) -> Answer:
        if re.search(r"%(?![0-9A-Fa-f]{2})", request.path):
            return Answer(400, "400 Bad Request", "text/plain")
        if request.path.startswith("/api/v3"):
            return self._v3.answer(
                world,
                V3Request(
                    request.method, request.path, request.pairs(), request.headers, request.body, request_id
                ),
            )
        operation, template, values = self._route(request)
        for name, value in values.items():
            if not value:
                what = f"parameter '{name}' is empty, can't bind its value"
                raise Problem(
                    400, f"invalid param format {name}: Invalid format for parameter {name}: {what}"
                )
        query = query_binding.bind(operation.parameters, request.pairs())
        self._check_parameters(operation, values, query)
        body = self._body(operation, request)
        if operation.handler is None:
            raise Problem(501, f"not emulated: {request.method} {template}")
        call = Call(
            request.method,
            template,
            {k: unquote(v) for k, v in values.items()},
            query,
            body,
            request.headers,
            request_id,
        )
        return operation.handler(world, call)

    def _route(self, request: Request) -> tuple[_Operation, str, dict[str, str]]:
        if request.method not in _METHODS:
            raise Problem(405)
        known = False
        for pattern, template, methods in self._routes:
            match = pattern.fullmatch(request.path)
            if match is None:
                continue
            known = True
            if request.method in methods:
                return methods[request.method], template, match.groupdict()
        raise Problem(405 if known else 404)

    def _check_parameters(
        self, operation: _Operation, values: Mapping[str, str], query: Mapping[str, Json]
    ) -> None:
        for parameter, check in operation.checks:
            if parameter["in"] == "path" and (failure := check(values[parameter["name"]])):
                raise _parameter_problem(parameter, failure)
        for parameter, check in operation.checks:
            value = query.get(parameter["name"])
            if parameter["in"] != "query" or value is None:
                continue
            if value == [""]:
                raise _unfit(
                    f'parameter "{parameter["name"]}" in query has an error: empty value is not allowed'
                )
            if failure := check(value):
                raise _parameter_problem(parameter, failure)

    def _body(self, operation: _Operation, request: Request) -> Json:
        if operation.body_schema is None or operation.body_check is None:
            return None
        if not request.body:
            raise _unfit("request body has an error: value is required but missing")
        kind = request.headers.get("content-type", "")
        if kind.split(";")[0] != "application/json":
            raise _unfit(f'request body has an error: header Content-Type has unexpected value "{kind}"')
        try:
            value = gojson.loads(request.body)
        except gojson.Malformed as fault:
            raise _unfit(f"request body has an error: failed to decode request body: {fault}") from None
        if failure := operation.body_check(value):
            lead = (
                ""
                if failure.combined
                else f"request body has an error: doesn't match schema{operation.body_name}: "
            )
            raise _unfit(lead + failure.text())
        decoded = self._decoder.decode(operation.body_schema, value)
        _decodable(operation.body_schema, decoded, self._components["schemas"])
        return decoded

    def _operation(self, operation: Mapping[str, Any], handler: Handler | None) -> _Operation:
        parameters = tuple(p for p in map(self._parameter, operation.get("parameters", ())) if "schema" in p)
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        return _Operation(
            handler,
            tuple({**p, "schema": self._flat(p["schema"])} for p in parameters),
            tuple(
                (p, self._validator.compile(p["schema"]))
                for p in parameters
                if p.get("style") != "deepObject"
            ),
            body,
            self._validator.compile(body) if body else None,
            f" {body['$ref']}" if body and "$ref" in body else "",
        )

    def _parameter(self, parameter: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" in parameter:
            found: Mapping[str, Any] = self._components["parameters"][parameter["$ref"].rpartition("/")[2]]
            return found
        return parameter

    def _flat(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" in schema:
            return self._flat(self._components["schemas"][schema["$ref"].rpartition("/")[2]])
        if len(schema.get("allOf", ())) == 1:
            return {**self._flat(schema["allOf"][0]), **{k: v for k, v in schema.items() if k != "allOf"}}
        return schema


def _has_nul(body: bytes) -> bool:
    return b"\\u0000" in body and re.search(rb"(?<!\\)(?:\\\\)*\\u0000", body) is not None


def _decodable(schema: Mapping[str, Any], value: Json, schemas: Mapping[str, Any]) -> None:
    """Raises the bare 500 of a value that passes the validator and not the decoder behind it: an impossible date, an integer member
    written with a fraction or beyond 64 bits. What lies inside phases and rate cards is the rooms' to judge: there it depends on the call.
    """
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for name, member in schema.get("properties", {}).items():
        if not isinstance(value, dict) or value.get(name) is None:
            continue
        sent = value[name]
        if member.get("type") == "integer" and not (isinstance(sent, int) and -(2**63) <= sent < 2**63):
            raise Problem(500)
        if member.get("format") == "date-time" and not exists(sent):
            raise Problem(500)


def _unfit(detail: str) -> Problem:
    return Problem(400, detail, instance=False)


def _parameter_problem(parameter: Mapping[str, Any], failure: Failure) -> Problem:
    lead = "" if failure.combined else f'parameter "{parameter["name"]}" in {parameter["in"]} has an error: '
    return _unfit(lead + failure.text())


def problem_answer(problem: Problem, request_id: str) -> Answer:
    """The error body (semantics-meters §3.3): no `detail` with a 500, no `instance` from the validator."""
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


def _pattern(template: str) -> re.Pattern[str]:
    """A parameter takes an empty segment too, unless it is the last one (recorded: `transport_double_slash`)."""
    parts = re.split(r"\{(\w+)\}", template)
    last = len(parts) - 2 if not parts[-1] else -1
    source = [
        re.escape(p) if n % 2 == 0 else f"(?P<{p}>[^/]{'+' if n == last else '*'})"
        for n, p in enumerate(parts)
    ]
    return re.compile("".join(source))


def _specificity(template: str) -> tuple[int, str]:
    """Literal segments win over parameters, as in the server's router."""
    return (template.count("{"), template)
