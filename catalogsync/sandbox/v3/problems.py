"""v3's own error answers: the `kongapi.info` types, `invalid_parameters`, and what it leaves out of the
shared rules' errors.

Source: docs/server/v3-and-v1.md#kinds, recorded `v3_*_refusals`, `transport_v3_unknown_paths`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogsync.sandbox.domain.contract import Problem, Row

_TYPE = "https://kongapi.info/konnect/"
_STATUS_ATTRIBUTE = "commonhttp.httpAttributeKey:openmeter.http.status_code"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing wrong with a request: the field (dotted path), the rule's name, the reason, where it was
    sent.
    """

    field: str
    reason: str
    rule: str = ""
    source: str = ""

    def shown(self) -> Row:
        body: Row = {"field": self.field}
        if self.rule:
            body["rule"] = self.rule
        return {**body, "reason": self.reason, "source": self.source}

    def said(self) -> str:
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{self.field}{rule}: {self.reason}"


def bad_request(parameters: Sequence[Parameter]) -> Problem:
    """400 with every invalid parameter, in the order found."""
    said = ", ".join(one.said() for one in parameters)
    return Problem(
        400,
        f"Bad Request: {said}" if parameters else "Bad Request",
        type_=_TYPE + "bad-request",
        members={"invalid_parameters": [one.shown() for one in parameters]} if parameters else None,
    )


def query_error(field: str, reason: str, rule: str = "") -> Problem:
    """400 for one query parameter."""
    return bad_request([Parameter(field, reason, rule, "query")])


def not_found(what: str) -> Problem:
    """404: `route` for an unknown path, `entity` for a path id that cannot be one."""
    return Problem(404, f"The requested {what} was not found", type_=_TYPE + "not-found")


def method_not_allowed() -> Problem:
    """405 for a known path."""
    return Problem(405, "The requested method is not allowed", type_=_TYPE + "method-not-allowed")


def forbidden(detail: str) -> Problem:
    """403 with a sentence."""
    return Problem(403, detail, type_=_TYPE + "unauthorized")


def as_v3(problem: Problem) -> Problem:
    """A shared rule's error as v3 shows it: coded issues stay, without detail and without the leaked status attribute. One that has no
    such attribute turns all of them into one sentence.
    """
    issues = (problem.extensions or {}).get("validationErrors")
    if issues is None or problem.detail not in (None, "invalid plan", "invalid add-on"):
        return problem
    if problem.detail is not None and any(_STATUS_ATTRIBUTE not in issue for issue in issues):
        return Problem(400, "validation error: " + "\n".join(issue["message"] for issue in issues))
    cleaned = [
        {name: value for name, value in issue.items() if name != _STATUS_ATTRIBUTE} for issue in issues
    ]
    return Problem(problem.status, extensions={"validationErrors": cleaned})
