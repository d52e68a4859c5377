"""From a v3 request to its handler: finds the operation, holds path and body against the description, calls the handler.

The order is the server's: an unknown route 404, a wrong method 405, a bad `page`, `sort` or `filter` before
anything in the body, an id that cannot be one 404, then the body with all its problems at once (recorded:
`transport_v3_unknown_paths`, `v3_plan_schema_refusals`, `v3_plan_list`). An operation the description has and
the sandbox does not is 501, by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from catalogsync.openmeter.description import Description, Operation
from catalogsync.sandbox.descriptions import operations
from catalogsync.sandbox.domain.contract import Answer, Call, Json, Problem, World
from catalogsync.sandbox.domain.instants import parse
from catalogsync.sandbox.v3.problems import Parameter, as_v3, bad_request, method_not_allowed, not_found
from catalogsync.sandbox.v3.query import PAIRS, Pairs
from catalogsync.sandbox.v3.routes import HANDLERS
from catalogsync.sandbox.v3.schema import Checker, parameters_of

Decoder = Callable[[bytes], Json]


@dataclass(frozen=True, slots=True)
class Request:
    """A v3 request as it came in. `path` is still percent-encoded, `headers` have lower-case names."""

    method: str
    path: str
    pairs: Pairs
    headers: Mapping[str, str]
    body: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A path of the description, and what stands for its parameters."""

    template: str
    path: dict[str, str]


class Dispatch:
    """The v3 API over a drawn description. `decode` reads JSON and raises ValueError with the server's
    words.
    """

    def __init__(self, description: Description, decode: Decoder) -> None:
        self._decode = decode
        self._checker = Checker(description["components"]["schemas"])
        self._operations = {(one.method, one.template): one for one in operations(description)}
        self._paths = [(_pattern(path), path) for path in description["paths"]]

    def answer(self, world: World, request: Request) -> Answer:
        """The answer to a request. Raises Problems, all of them in v3's form."""
        found = self._find(request.path)
        if found is None:
            raise not_found("route")
        operation = self._operations.get((request.method, found.template))
        if operation is None:
            raise method_not_allowed()
        handler = HANDLERS.get(operation.name)
        if handler is None:
            raise Problem(501, f"not emulated: {request.method} {found.template}")
        self._check_path(operation.described, found.path)
        body = self._body(operation.described, request)
        call = Call(
            method=request.method,
            template=found.template,
            path=found.path,
            query={PAIRS: list(request.pairs)},
            body=body,
            headers=request.headers,
            request_id=request.request_id,
        )
        try:
            return handler(world, call)
        except Problem as problem:
            raise as_v3(problem) from None

    def _find(self, path: str) -> _Found | None:
        for pattern, template in self._paths:
            if match := pattern.fullmatch(path):
                values = {name: unquote(value) for name, value in match.groupdict().items()}
                return _Found(template, values)
        return None

    def _check_path(self, operation: Operation, values: Mapping[str, str]) -> None:
        for parameter in operation.get("parameters", ()):
            if parameter.get("in") != "path":
                continue
            if self._checker.check(parameter["schema"], values[parameter["name"]]):
                raise not_found("entity")

    def _body(self, operation: Operation, request: Request) -> Json:
        described = operation.get("requestBody")
        if described is None:
            return None
        if not request.body:
            if described.get("required"):
                raise _unreadable("value is required but missing")
            return None
        kind = request.headers.get("content-type", "")
        media = described["content"].get(kind.split(";")[0].strip().lower())
        if media is None:
            raise _unreadable(f'header Content-Type has unexpected value "{kind}"')
        try:
            body = self._decode(request.body)
        except ValueError as error:
            raise _unreadable(f"failed to decode request body: {error}") from None
        if failures := self._checker.check(media["schema"], body):
            raise bad_request(parameters_of(failures))
        if not all(_is_instant(text) for text in self._checker.instants(media["schema"], body)):
            raise bad_request([Parameter("", "unable to parse body", source="body")])
        return body


def _is_instant(text: str) -> bool:
    """Whether what looks like an instant is one: 30 February passes the schema and not the decoder."""
    try:
        parse(text)
    except (ValueError, OverflowError):
        return False
    return True


def _unreadable(reason: str) -> Problem:
    return bad_request([Parameter("", f"request body has an error: {reason}")])


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    text = "".join(re.escape(p) if n % 2 == 0 else f"(?P<{p}>[^/]+)" for n, p in enumerate(parts))
    return re.compile(text)
