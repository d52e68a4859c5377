"""From a v1 request to its handler: routing, binding, checking, decoding.

The order is the real server's (docs/server/transport.md#paths, #validator, docs/server/errors.md#shape): route, query binding, path patterns, query
values, body, handler.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote

from catalogsync.openmeter.description import Description, Operation, Parameter, Schema
from catalogsync.sandbox import descriptions
from catalogsync.sandbox.domain.contract import Answer, Call, Handler, Json, Problem, World
from catalogsync.sandbox.v1 import gojson, query_binding
from catalogsync.sandbox.v1.body_decoder import Decoder
from catalogsync.sandbox.v1.routes import HANDLERS
from catalogsync.sandbox.v1.undecodable import Undecodable, Unreadable
from catalogsync.sandbox.v1.validator import Check, Failure, Validator

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT")


@dataclass(frozen=True, slots=True)
class Request:
    """A v1 request as it came in. `path` is still percent-encoded, `headers` have lower-case names."""

    method: str
    path: str
    pairs: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class _Operation:
    handler: Handler | None
    parameters: tuple[Parameter, ...]
    checks: tuple[tuple[Parameter, Check], ...]
    body_schema: Schema | None
    body_check: Check | None
    body_name: str


class Dispatch:
    """The v1 API over a drawn description."""

    def __init__(self, description: Description) -> None:
        self._components = description["components"]
        self._validator = Validator(self._components["schemas"])
        self._decoder = Decoder(self._components["schemas"])
        methods: dict[str, dict[str, _Operation]] = {}
        for one in descriptions.operations(description):
            operation = self._operation(one.described, HANDLERS.get(one.name))
            methods.setdefault(one.template, {})[one.method] = operation
        self._routes = [(_pattern(path), path, methods[path]) for path in sorted(methods, key=_specificity)]

    def check(self) -> None:
        """Reads all of the description that is else read with the first request. Raises what its faults raise."""
        for _, _, methods in self._routes:
            for operation in methods.values():
                if operation.body_schema is not None:
                    self._decoder.decode(operation.body_schema, None)

    def answer(self, world: World, request: Request) -> Answer:
        """The answer to a request. Raises Problems."""
        operation, template, values = self._route(request)
        for name, value in values.items():
            if not value:
                what = (
                    f"Invalid format for parameter {name}: parameter '{name}' is empty, can't bind its value"
                )
                raise Problem(400, f"invalid param format {name}: {what}")
        query = query_binding.bind(operation.parameters, request.pairs)
        self._check_parameters(operation, values, query)
        body = self._body(operation, request)
        if operation.handler is None:
            raise Problem(501, f"not emulated: {request.method} {template}")
        path = {name: unquote(value) for name, value in values.items()}
        call = Call(request.method, template, path, query, body, request.headers, request.request_id)
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
        try:
            decoded = self._decoder.decode(operation.body_schema, value)
        except Undecodable as fault:
            raise _undecodable(operation, fault) from None
        if isinstance(decoded, Unreadable):
            raise Problem(500)
        return decoded

    def _operation(self, operation: Operation, handler: Handler | None) -> _Operation:
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

    def _parameter(self, parameter: Parameter) -> Parameter:
        if "$ref" in parameter:
            return self._components["parameters"][parameter["$ref"].rpartition("/")[2]]
        return parameter

    def _flat(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            return self._flat(self._components["schemas"][schema["$ref"].rpartition("/")[2]])
        if len(schema.get("allOf", ())) == 1:
            own = {word: value for word, value in schema.items() if word != "allOf"}
            return cast("Schema", {**self._flat(schema["allOf"][0]), **own})
        return schema


def _undecodable(operation: _Operation, fault: Undecodable) -> Problem:
    """What a body that the decoder cannot read is answered with: one call alone tells it from a trouble of the server's own."""
    if operation.body_name.rpartition("/")[2] == "FeatureCreateInputs":
        return Problem(400, f"decode json: {fault}")
    return Problem(500)


def _unfit(detail: str) -> Problem:
    return Problem(400, detail, instance=False)


def _parameter_problem(parameter: Parameter, failure: Failure) -> Problem:
    lead = "" if failure.combined else f'parameter "{parameter["name"]}" in {parameter["in"]} has an error: '
    return _unfit(lead + failure.text())


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
