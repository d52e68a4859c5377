"""Rules about notifications: what travels in the open, what stands in git in the open, thresholds that are of no use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalogsync.checks.lint.findings import Found, World, body
from catalogsync.core.model import Kind

_LATE = 500
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


def thresholds_twice(world: World) -> Iterator[Found]:
    """The same threshold two times in one rule."""
    for rule in world.of(Kind.RULE):
        seen: dict[tuple[str, object], int] = {}
        for n, one in enumerate(body(rule).get("thresholds") or ()):
            first = seen.setdefault((one["type"], one["value"]), n)
            if first != n:
                other = ("the first one", rule, ("thresholds", first))
                summary = f"the threshold {one['value']} is written twice: its notification says nothing new"
                yield Found(rule, ("thresholds", n), summary, "remove it, or mend the value", other=other)


def thresholds_far(world: World) -> Iterator[Found]:
    """A percentage of the quota that is reached, if ever, long after it was used up."""
    for rule in world.of(Kind.RULE):
        for n, one in enumerate(body(rule).get("thresholds") or ()):
            if one["type"] in ("usage_percentage", "PERCENT") and one["value"] >= _LATE:
                summary = f"{one['value']} % is reached when the quota has been used up {int(one['value']) // 100} times"
                yield Found(rule, ("thresholds", n, "value"), summary, "is the decimal point in its place?")
