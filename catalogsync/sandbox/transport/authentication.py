"""API keys, where the sandbox is told to ask for one: a self-hosted OpenMeter asks for none, a proxy in front of it and the cloud do.

The scheme is the cloud description's (`Authorization: Bearer KEY`), the words are the server's own for 401 and 403
(docs/server/transport.md#authentication, docs/server/errors.md#shape); the cloud's own bodies are not known.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from catalogsync.sandbox.domain.contract import Problem
from catalogsync.sandbox.transport.messages import Request

_READING = ("GET", "HEAD", "OPTIONS")
_SCHEME = "bearer "


@dataclass(frozen=True, slots=True)
class Authentication:
    """Who may do what. `api_key` may do everything, `read_only_key` may read; without any key nobody is asked."""

    api_key: str | None = None
    read_only_key: str | None = None

    def refusal(self, request: Request) -> Problem | None:
        """Why a request may not be answered: 401 without a known key, 403 for a write with the key that only reads."""
        if self.api_key is None and self.read_only_key is None:
            return None
        sent = request.headers.get("authorization", "")
        if not sent.lower().startswith(_SCHEME):
            return Problem(401, "unauthorized error: an API key is required: Authorization: Bearer KEY")
        key = sent[len(_SCHEME) :].strip()
        if _same(key, self.api_key):
            return None
        if not _same(key, self.read_only_key):
            return Problem(401, "unauthorized error: the API key is not known")
        if request.method in _READING:
            return None
        return Problem(403, "forbidden error: the API key may only read")


NOBODY_IS_ASKED = Authentication()


def _same(sent: str, known: str | None) -> bool:
    return known is not None and hmac.compare_digest(sent.encode(), known.encode())
