"""The webhook service behind channels: what it refuses, and the ten places that each channel's filter has. Rules over rows; no sockets.

Source: semantics-meters-notifications-transport §2.3, §2.4, §2.6; recorded areas `channels`, `rules`, `nosvix`. Every refusal reaches the
API's client as a bare 500. Table `svixEndpoints`: id (the channel's), `places` (rule ids that take one), `secretChanges`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from catalogsync.sandbox.core import Problem, Row, World

TABLE = "svixEndpoints"
PLACES = 10
_SECRET_CHANGES_A_DAY = 10
_HEADERS = {
    "user-agent", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers", "transfer-encoding", "upgrade", "age",
    "cache-control", "clear-site-data", "expires", "pragma", "warning", "content-length", "content-type", "content-encoding",
    "content-language", "content-location",
}  # fmt: skip
_PREFIXES = (
    "svix-", "x-svix-", "x-amz-", "x-amzn-", "x-google", "x-goog-", "x-gfe", "x-azure-", "x-fd-",
)  # fmt: skip
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _require(world: World) -> None:
    if not world.profile.svix:
        raise Problem(500)


def create(world: World, id_: str, url: str, secret: str | None, headers: dict[str, str]) -> str:
    """Makes an endpoint; gives its signing secret, a new one where none was sent."""
    _require(world)
    _check_url(url)
    if secret is not None:
        _check_secret(secret)
    else:
        secret = "whsec_" + base64.b64encode(world.ids.token(32)).decode()
    _check_headers(headers)
    world.store.put(TABLE, {"id": id_, "places": [], "secretChanges": 0})
    return secret


def update(world: World, id_: str, url: str, secret: str, before: str, headers: dict[str, str]) -> None:
    """Changes an endpoint; a new secret is one of ten changes a day."""
    _require(world)
    _check_url(url)
    endpoint = _endpoint(world, id_)
    if secret != before:
        _check_secret(secret)
        if endpoint["secretChanges"] >= _SECRET_CHANGES_A_DAY:
            raise Problem(500)
        endpoint = {**endpoint, "secretChanges": endpoint["secretChanges"] + 1}
        world.store.put(TABLE, endpoint)
    _check_headers(headers)


def remove(world: World) -> None:
    """Removes an endpoint (a missing one is tolerated)."""
    _require(world)


def _endpoint(world: World, id_: str) -> Row:
    return world.store.get(TABLE, id_) or {"id": id_, "places": [], "secretChanges": 0}


def places(world: World, id_: str) -> list[str]:
    """The rules that have a place in the endpoint's filter."""
    taken: list[str] = _endpoint(world, id_)["places"]
    return taken


def take(world: World, id_: str, rule: str) -> bool:
    """Takes a place for a rule; False when all ten are taken."""
    _require(world)
    taken = places(world, id_)
    if rule in taken:
        return True
    if len(taken) >= PLACES:
        return False
    world.store.put(TABLE, {**_endpoint(world, id_), "places": [*taken, rule]})
    return True


def free(world: World, id_: str, rule: str) -> None:
    """Gives a rule's place back."""
    _require(world)
    kept = [one for one in places(world, id_) if one != rule]
    world.store.put(TABLE, {**_endpoint(world, id_), "places": kept})


def rebuild(world: World, id_: str, rules: Iterable[str]) -> None:
    """Makes the list anew from the live rules, as every PUT of the channel does."""
    world.store.put(TABLE, {**_endpoint(world, id_), "places": list(rules)})


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)
        )
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise Problem(500)


def _check_secret(secret: str) -> None:
    if not secret.startswith("whsec_"):
        raise Problem(500)
    try:
        decoded = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise Problem(500) from None
    if not 24 <= len(decoded) <= 75:
        raise Problem(500)


def _check_headers(headers: dict[str, str]) -> None:
    for name, value in headers.items():
        low = name.lower()
        bad_name = low in _HEADERS or low.startswith(_PREFIXES) or not _HEADER_NAME.fullmatch(name)
        bad_value = len(value.encode()) > 4096 or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value)
        if bad_name or bad_value:
            raise Problem(500)
