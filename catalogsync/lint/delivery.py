"""Rules about webhooks: what travels in the open, what stands in git in the open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalogsync.lint.findings import Found, World, body
from catalogsync.model import Kind

_TELLING = re.compile(r"authorization|token|secret|password|api[-_]?key", re.IGNORECASE)


def in_the_open(world: World) -> Iterator[Found]:
    """Webhooks over http."""
    for channel in world.of(Kind.CHANNEL):
        url = body(channel)["url"]
        if isinstance(url, str) and url.lower().startswith("http://"):
            yield Found(channel, ("url",), "events and their signature travel unencrypted", "write https://")


def secrets(world: World) -> Iterator[Found]:
    """Secrets written out in a manifest."""
    for channel in world.of(Kind.CHANNEL):
        if isinstance(body(channel).get("signingSecret"), str):
            summary = "the signing secret stands in the file, and so in git, for ever"
            yield Found(
                channel,
                ("signingSecret",),
                summary,
                "write signingSecret: {env: NAME} or {file: PATH}",
                key=True,
            )
        for name, value in (body(channel).get("customHeaders") or {}).items():
            if isinstance(value, str) and _TELLING.search(name):
                summary = f"header `{name}` looks like a secret, and stands in the file"
                yield Found(
                    channel, ("customHeaders", name), summary, f"write {name}: {{env: NAME}}", key=True
                )
