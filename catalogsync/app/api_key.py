"""API keys: looked up by their reference at the moment they are needed, checked, and shown in no message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogsync.core.errors import Refused
from catalogsync.store import secrets


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key and where it came from, in words for a message."""

    value: str = field(repr=False)
    source: str


def look_up(reference: Mapping[str, str], environ: Mapping[str, str]) -> ApiKey:
    """The key behind `{"env": NAME}` or `{"file": PATH}`. Raises Refused, without the key."""
    ((how, name),) = reference.items()
    if how == "env":
        value = environ.get(name, "")
        if not value:
            raise Refused(
                f"the API key is not there: the variable {secrets.lacking(name, environ)}",
                code="secret-missing",
                hint=f"set {name} and run again; nothing was sent",
            )
        return checked(value, f"the variable {name}")
    try:
        value = secrets.read_file(name)
    except (OSError, ValueError) as problem:
        raise Refused(
            f"the API key's file {name} cannot be read: {secrets.why_unread(problem)}",
            code="secret-missing",
            hint="nothing was sent",
        ) from None
    return checked(value, f"the file {name}")


def checked(value: str, source: str) -> ApiKey:
    """The key as it can be sent in a header. Raises Refused for what no header holds, without the key."""
    problem = _problem(value)
    if problem:
        raise Refused(
            f"the API key from {source} {problem}",
            code="api-key-invalid",
            hint="copy the key again, alone and without quotation marks; nothing was sent",
        )
    return ApiKey(value, source)


def _problem(value: str) -> str:
    if not value:
        return "is empty"
    if "\n" in value or "\r" in value:
        return "holds a line break"
    if any(sign in value for sign in "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\"'"):
        return "holds a quotation mark"
    if not value.isascii():
        return "holds a character that is not ASCII"
    if " " in value or not value.isprintable():
        return "holds a space or a control character"
    return ""
