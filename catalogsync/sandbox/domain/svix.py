"""A stand-in for Svix, the webhook service behind channels: what it keeps about an endpoint and what it
refuses.

Every refusal reaches the API's user as a bare 500 (docs/server/notifications.md#errors). An endpoint also holds the
*places* of the rules that point at it: ten, kept apart from the rules themselves, which is why they can
leak (docs/server/notifications.md#rules).

Source: docs/server/notifications.md#channels, #rules; recorded `channels_backend_*`, `channels_headers_odd_names`,
`rules_ten_*`.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import unquote

from catalogsync.sandbox.domain.contract import Problem, Row, World

TABLE = "svix"
PREFIX = "whsec_"
PLACES = 10
_KEPT_KEYS = 10
_KEPT_FOR = timedelta(hours=24)
_SECRET_BYTES = range(24, 76)
_MAX_HEADER_VALUE = 4096

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_FORBIDDEN_NAMES = frozenset(
    (
        "user-agent", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers", "upgrade",
        "transfer-encoding", "age", "cache-control", "clear-site-data", "expires", "pragma", "warning",
        "content-length", "content-type", "content-encoding", "content-language", "content-location",
    )
)  # fmt: skip
_FORBIDDEN_PREFIXES = (
    "svix-", "x-svix-", "x-amz-", "x-amzn-", "x-google", "x-goog-", "x-gfe", "x-azure-", "x-fd-",
)  # fmt: skip
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20\x7f#/:<>?@\[\\\]^|%]")


def create(world: World, channel_id: str, url: str, secret: str | None, headers: Mapping[str, str]) -> str:
    """Makes the endpoint of a channel and gives its signing secret, a fresh one where none is asked for.
    Raises the 500 Problem.
    """
    if secret is None:
        secret = fresh_secret(world)
    if not (_is_url(url) and _is_secret(secret) and _are_headers(headers)):
        raise Problem(500)
    world.store.put(TABLE, {"id": channel_id, "secret": secret, "rotated": [], "places": []})
    return secret


def fresh_secret(world: World) -> str:
    """A signing secret as the server makes one: 32 random bytes (docs/server/notifications.md#channels)."""
    return PREFIX + base64.b64encode(world.ids.token(32)).decode()


def update(
    world: World, channel_id: str, url: str, secret: str, headers: Mapping[str, str], *, rules: Iterable[str]
) -> None:
    """Changes the endpoint and rebuilds its places from the rules that live, which frees the leaked ones.
    Raises the 500 Problem.
    """
    row = _endpoint(world, channel_id)
    if not (_is_url(url) and _are_headers(headers)):
        raise Problem(500)
    if secret != row["secret"]:
        row = _rotate(world, row, secret)
    world.store.put(TABLE, {**row, "places": list(rules)})


def remove(world: World, channel_id: str) -> None:
    """Removes the endpoint; one that is not there is fine."""
    world.store.remove(TABLE, channel_id)


def take_place(world: World, channel_id: str, rule_id: str) -> bool:
    """Gives the rule a place on the endpoint, True if it has one; False when all are taken."""
    row = _endpoint(world, channel_id)
    if rule_id in row["places"]:
        return True
    if len(row["places"]) >= PLACES:
        return False
    world.store.put(TABLE, {**row, "places": [*row["places"], rule_id]})
    return True


def leave_place(world: World, channel_id: str, rule_id: str) -> None:
    """Frees the rule's place on the endpoint."""
    row = _endpoint(world, channel_id)
    world.store.put(TABLE, {**row, "places": [one for one in row["places"] if one != rule_id]})


def _endpoint(world: World, channel_id: str) -> Row:
    """The endpoint's row; a channel that Svix does not know (its data was made elsewhere) starts without
    places and secret.
    """
    found = world.store.get(TABLE, channel_id)
    return found or {"id": channel_id, "secret": None, "rotated": [], "places": []}


def _rotate(world: World, row: Row, secret: str) -> Row:
    """Ten old keys are kept for a day; while they are, no eleventh change is taken (docs/server/notifications.md#channels)."""
    now = world.clock.now()
    since = datetime.fromisoformat(now) - _KEPT_FOR
    kept = [one for one in row["rotated"] if datetime.fromisoformat(one) > since]
    if not _is_secret(secret) or len(kept) >= _KEPT_KEYS:
        raise Problem(500)
    return {**row, "secret": secret, "rotated": [*kept, now]}


def _is_secret(secret: str) -> bool:
    if not secret.startswith(PREFIX):
        return False
    try:
        return len(base64.b64decode(secret.removeprefix(PREFIX), validate=True)) in _SECRET_BYTES
    except ValueError:
        return False


def _are_headers(headers: Mapping[str, str]) -> bool:
    return all(_is_header(name, value) for name, value in headers.items())


def _is_header(name: str, value: str) -> bool:
    lower = name.lower()
    if not _TOKEN.fullmatch(name) or lower in _FORBIDDEN_NAMES or lower.startswith(_FORBIDDEN_PREFIXES):
        return False
    return len(value.encode()) <= _MAX_HEADER_VALUE and not _CONTROL.search(value)


def _is_url(text: str) -> bool:
    """An absolute http or https URL, as the WHATWG URL parser reads one."""
    trimmed = re.sub(r"[\t\n\r]", "", text.strip("".join(map(chr, range(0x21)))))
    match = re.match(r"https?:[/\\]*([^/\\?#]*)", trimmed, re.IGNORECASE)
    if match is None:
        return False
    host, port = _host_and_port(match[1].rpartition("@")[2])
    if port and not (port.isascii() and port.isdigit() and int(port) < 2**16):
        return False
    return _is_host(host)


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        return host + bracket, rest.removeprefix(":")
    host, _, port = authority.partition(":")
    return host, port


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return host.endswith("]") and _is_address(host[1:-1], 6)
    decoded = unquote(host)
    if not decoded or _FORBIDDEN_IN_HOST.search(decoded):
        return False
    last = decoded.rstrip(".").rpartition(".")[2]
    return _is_address(decoded.rstrip("."), 4) if last.isdigit() and decoded.count(".") == 3 else True


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False
