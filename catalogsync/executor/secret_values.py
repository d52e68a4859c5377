"""Whether what references mean can be what their members want, before anything is sent. Never shows a value."""

from __future__ import annotations

from collections.abc import Iterator

from catalogsync.core.errors import Refused
from catalogsync.core.plan import Plan
from catalogsync.core.values import SecretRef
from catalogsync.openmeter import credentials
from catalogsync.openmeter.kinds import secret_members
from catalogsync.store.secrets import Secrets


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
        for place, value in secret_members.places(step.ref.kind, step.body):
            if isinstance(value, SecretRef):
                why = _why(place, secrets.resolve(value))
                if why:
                    yield f"{value} for {'.'.join(place)} of {step.ref} {why}"


def _why(place: tuple[str, ...], text: str) -> str:
    """Why a value cannot be what the member at this place wants; "" when it can (docs/server/notifications.md)."""
    if place[0] == "signingSecret":
        fits = credentials.is_signing_secret(text)
        return "" if fits else "is not a signing secret: `whsec_` and 24 to 75 bytes in base64"
    if place[0] == "customHeaders":
        fits = credentials.is_header_value(text)
        return "" if fits else "cannot be a header: it holds a line break or another control character"
    if credentials.has_password(text):
        return "is a URL with a user or a password"
    return "" if credentials.is_address(text) else "is not an absolute http or https URL"
