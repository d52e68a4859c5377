"""What went wrong with a call, in words, and whether it may have taken effect.

    ApiError(TargetError)   the server refused: its status, its own words, its codes
    Unreachable             nothing was sent, or a GET failed: the call had no effect
    Ambiguous               sent, and no usable answer: it may or may not have taken effect

A wire's trouble becomes one of the last two (`from_trouble`). Words of the server are cut free of what it echoes of a request, so
that no secret of a body comes back through an error (docs/server/transport.md#detail-shapes, shape 2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.errors import TargetError
from catalogsync.targets.transport.wire import Trouble

_DUMP = re.compile(r"\n\s*Schema:|\n\nSchema|\nValue:", re.S)
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]+")
_SHORTEST = 4
"""Characters that a key has at least: a shorter one stands in any sentence."""


class ApiError(TargetError):
    """The server answered with an error. `codes` are those of its `extensions.validationErrors`."""

    default_code = "server-refused"

    def __init__(
        self, message: str, *, status: int, codes: tuple[str, ...] = (), request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.status, self.codes, self.request_id = status, codes, request_id


class Unreachable(TargetError):
    """No connection, or a read that failed: nothing took effect."""

    default_code = "target-unreachable"


class Ambiguous(TargetError):
    """A write was sent and not answered: it may have taken effect. Read back, never guess."""

    default_code = "outcome-unknown"


def from_trouble(problem: Trouble, method: str, url: str) -> TargetError:
    """The error for a request that got no answer."""
    if method == "GET" or not problem.sent:
        return Unreachable(f"{method} {url}: {problem}", hint="is the URL right, and the server up?")
    return Ambiguous(f"{method} {url} was sent and not answered: {problem}")


def from_answer(
    status: int,
    body: Json,
    method: str,
    path: str,
    request_id: str,
    *,
    key: str = "",
    sent_key: str = "",
    words: str = "",
) -> ApiError:
    """The error for an answer of 400 and above, in the server's own words. `key`: where the API key came from, for 401 and 403; `sent_key`: the
    key itself, which the words may repeat; `words`: what the answer is when it is not the API's.
    """
    asked = _about_the_key(status, key)
    if not isinstance(body, Mapping) or "status" not in body:
        if words or not asked:
            words = words or "from something in front of OpenMeter" + (
                " (is the path prefix right?)" if status == 404 else ""
            )
        said = ": ".join(filter(None, [f"{method} {path}", str(status), words, asked]))
        return ApiError(said, status=status, request_id=request_id)
    words = _DUMP.split(str(body.get("detail") or body.get("title") or ""))[0]
    entries = _entries(body)
    told = [_entry(e) for e in entries]
    codes = tuple(str(e["code"]) for e in entries if e.get("code"))
    message = f"{method} {path}: {status} {words}" + ("; ".join(["", *told]) if told else "")
    message = f"{message}: {asked}" if asked else message
    said = without_secrets(message, sent_key)
    return ApiError(said, status=status, codes=codes, request_id=request_id)


def without_secrets(words: str, key: str) -> str:
    """What a server said, without signing secrets and without the API key that it was sent."""
    words = _SECRET.sub("whsec_…", words)
    return words.replace(key, "…") if len(key) >= _SHORTEST else words


def _about_the_key(status: int, key: str) -> str:
    """What a refusal says of the API key: where it came from, or that none was sent."""
    if status not in (401, 403):
        return ""
    if key.startswith("none was sent"):
        return f"an API key is needed, and {key}"
    named = f"the API key from {key}" if key else "the API key"
    return f"{named} is not accepted" if status == 401 else f"{named} is not allowed to do this"


def _entries(body: JsonObject) -> list[JsonObject]:
    """What an answer says of each thing that is wrong."""
    extensions = body.get("extensions")
    entries = extensions.get("validationErrors") if isinstance(extensions, Mapping) else None
    return [e for e in entries if isinstance(e, Mapping)] if isinstance(entries, list | tuple) else []


def _entry(entry: JsonObject) -> str:
    code, field = entry.get("code", ""), entry.get("field", "")
    return f"{entry.get('message', '')}" + (f" [{code}]" if code else "") + (f" at {field}" if field else "")
