"""Whether what references mean can be what their members want, before anything is sent. Never shows a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from catalogsync.core.errors import Refused
from catalogsync.core.plan import Plan
from catalogsync.core.values import SecretRef
from catalogsync.openmeter.kinds import secret_members
from catalogsync.store.secrets import Secrets

_SIGNING = re.compile(r"(whsec_)?[A-Za-z0-9+/=]{32,100}")
_HEADER = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def check_secrets(plan: Plan, secrets: Secrets) -> None:
    """Resolves every reference of the plan once. Raises Refused (`secret-missing`, `secret-invalid`), naming all of a kind."""
    wrong = [text for text in _wrong(plan, secrets) if text]
    if wrong:
        raise Refused(
            "; ".join(dict.fromkeys(wrong)),
            code="secret-invalid",
            hint="correct the value and run again; nothing was sent",
        )


def _wrong(plan: Plan, secrets: Secrets) -> Iterator[str]:
    for step in plan.steps:
        for place, value in secret_members.places(step.ref.kind, step.body or {}):
            if isinstance(value, SecretRef):
                why = _why(place, secrets.resolve(value))
                if why:
                    yield f"{value} for {'.'.join(place)} of {step.ref} {why}"


def _why(place: tuple[str, ...], text: str) -> str:
    """Why a value cannot be what the member at this place wants; "" when it can (docs/server/notifications.md#channels)."""
    if place[0] == "signingSecret":
        return (
            ""
            if _SIGNING.fullmatch(text)
            else "is not a signing secret: whsec_ and 32 to 100 characters of base64"
        )
    if place[0] == "customHeaders":
        return (
            ""
            if _HEADER.fullmatch(text)
            else "cannot be a header: it holds a line break or a control character"
        )
    try:
        parts = urlsplit(text)
    except ValueError:
        return "is not a URL"
    return (
        ""
        if parts.scheme in ("http", "https") and parts.hostname
        else "is not a URL that begins with http:// or https://"
    )
