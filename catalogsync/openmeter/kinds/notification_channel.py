"""Notification channels: webhooks, which have no key on the server and may hold secrets (docs/server/notifications.md#channels)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, LiveGroup
from catalogsync.core.values import Hidden, SecretRef, SecretText
from catalogsync.openmeter.credentials import carries_token, has_password, header_holds
from catalogsync.openmeter.kinds.spec import (
    ANY,
    PUBLISHED_OR_DELETED,
    STAMPS,
    KeyOf,
    KindSpec,
    Normal,
    Secret,
)
from catalogsync.openmeter.kinds.texts import Texts, given, with_key, without_key

CHANNEL = Kind.declare("notification_channel")

_MEMBERS = ("type", "name", "url", "customHeaders", "signingSecret")


SecretMember: TypeAlias = str | Mapping[str, str] | SecretRef | SecretText | Hidden
"""What may be a secret: {env: NAME} or {file: PATH} in a manifest; from then on the values of `core.values`."""


class ChannelBody(Texts, total=False):
    """A channel, as a manifest, an answer or the normal form has it."""

    key: str
    type: str
    url: SecretMember
    disabled: bool
    customHeaders: Mapping[str, SecretMember] | None
    signingSecret: SecretMember | None


def as_channel(body: Body) -> ChannelBody:
    """A body that a schema, or the server, vouches for."""
    return cast("ChannelBody", body)


def _normal(body: Body, _key: str, _key_of: KeyOf) -> Normal:
    raw = as_channel(body)
    out: Normal = {
        "type": raw.get("type"),
        "name": raw.get("name"),
        "url": raw.get("url"),
        "disabled": bool(raw.get("disabled")),
    }
    without_key(raw, out)
    for name in ("customHeaders", "signingSecret"):
        if body.get(name):
            out[name] = body[name]
    return out


def _request(normal: Body, key: str) -> Normal:
    metadata = with_key(as_channel(normal), key)
    return {**given(normal, _MEMBERS), "disabled": normal["disabled"], "metadata": metadata}


def _manifest(normal: Body, key: str) -> Normal:
    """A reference to a secret is written as it is in a manifest; a secret that is only known by its digest cannot be written."""
    out: Normal = {"key": key, **normal}
    if not normal["disabled"]:
        del out["disabled"]
    for name in ("url", "signingSecret"):
        out |= {name: _written(out[name])} if name in out else {}
    if headers := as_channel(normal).get("customHeaders"):
        out["customHeaders"] = {name: _written(value) for name, value in headers.items()}
    return out


def _written(value: object) -> object:
    return {value.source: value.name} if isinstance(value, SecretRef) else value


def _aligned(expected: Body, live: Body, _unseen: frozenset[str]) -> Body:
    """A signing secret that nobody names is not compared: the server makes one."""
    if "signingSecret" in expected:
        return live
    return {name: value for name, value in live.items() if name != "signingSecret"}


def _always(_name: str, _value: str) -> bool:
    return True


def _lets_in(_name: str, url: str) -> bool:
    return has_password(url) or carries_token(url)


def _remarks(_group: LiveGroup) -> Iterable[str]:
    yield "The signing secret stays on the server. To set one: signingSecret: {env: NAME}"


SPEC = KindSpec(
    kind=CHANNEL,
    title="notification channel",
    about="Where notifications are sent: a webhook.",
    keyed_by_metadata=True,
    collection="/notification/channels",
    folder="notifications/channels",
    list_query={"orderBy": "id", "includeDisabled": "true"},
    read_only=STAMPS,
    lifecycles=PUBLISHED_OR_DELETED,
    lost_when_remade="; a signing secret that no manifest names is a new one, which the receiver has to learn",
    renamed="Deliveries to the old one end when it is deleted; the new one has a signing secret of its own unless the manifest names one.",
    fixed=frozenset({"type"}),
    put=("type", "name", "disabled", "metadata", "url", "customHeaders", "signingSecret"),
    cleared={"customHeaders": {}},
    kept=frozenset({"signingSecret"}),
    normal=_normal,
    request=_request,
    manifest=_manifest,
    aligned=_aligned,
    secrets=(
        Secret(("signingSecret",), _always),
        Secret(("url",), _lets_in),
        Secret(("customHeaders", ANY), header_holds),
    ),
    remarks=_remarks,
)
