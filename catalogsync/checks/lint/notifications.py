"""Rules about notifications: what travels in the open, what stands in git in the open, thresholds that are of no use."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from catalogsync.checks.lint.findings import Found, World
from catalogsync.core import canon
from catalogsync.core.model import Resource
from catalogsync.openmeter import credentials
from catalogsync.openmeter.kinds import CHANNEL, RULE
from catalogsync.openmeter.kinds.notification_channel import as_channel
from catalogsync.openmeter.kinds.notification_rule import as_rule

_LATE = 500
_PERCENTAGES = ("usage_percentage", "PERCENT")


def in_the_open(world: World) -> Iterator[Found]:
    """Webhooks over http."""
    for channel in world.of(CHANNEL):
        url = as_channel(channel.body)["url"]
        if isinstance(url, str) and url.lower().startswith("http://"):
            yield Found(channel, ("url",), "events and their signature travel unencrypted", "write https://")


def secrets(world: World) -> Iterator[Found]:
    """Secrets written out in a manifest."""
    for channel in world.of(CHANNEL):
        if isinstance(as_channel(channel.body).get("signingSecret"), str):
            summary = "the signing secret is written in the file: git keeps it permanently"
            yield Found(
                channel,
                ("signingSecret",),
                summary,
                "write signingSecret: {env: NAME} or {file: PATH}",
                key=True,
            )
        for name, value in (as_channel(channel.body).get("customHeaders") or {}).items():
            if isinstance(value, str) and credentials.header_holds(name, value):
                summary = f"header `{name}` holds a credential, written in the file: git keeps it permanently"
                yield Found(
                    channel, ("customHeaders", name), summary, f"write {name}: {{env: NAME}}", key=True
                )


def tokens_in_urls(world: World) -> Iterator[Found]:
    """Addresses that let in whoever knows them."""
    for channel in world.of(CHANNEL):
        url = as_channel(channel.body)["url"]
        if isinstance(url, str) and not credentials.has_password(url) and credentials.carries_token(url):
            summary = f"the URL carries a token, written in the file: {credentials.shown_url(url)}"
            yield Found(channel, ("url",), summary, "write url: {env: NAME} or {file: PATH}", key=True)


def thresholds_twice(world: World) -> Iterator[Found]:
    """The same threshold two times in one rule."""
    for rule in world.of(RULE):
        seen: dict[tuple[str, object], int] = {}
        for n, one in enumerate(as_rule(rule.body).get("thresholds") or ()):
            first = seen.setdefault((one["type"], one["value"]), n)
            if first != n:
                other = ("the first one", rule, ("thresholds", first))
                summary = f"the threshold {one['value']} is written twice: its notification says nothing new"
                yield Found(rule, ("thresholds", n), summary, "remove it, or correct the value", other=other)


def _percentages(world: World) -> Iterator[tuple[Resource, int, int | Decimal]]:
    """Thresholds in percent, with their position and value."""
    for rule in world.of(RULE):
        for n, one in enumerate(as_rule(rule.body).get("thresholds") or ()):
            if one["type"] in _PERCENTAGES:
                yield rule, n, one["value"]


def thresholds_far(world: World) -> Iterator[Found]:
    """A percentage of the quota that is reached, if ever, long after it was used up."""
    for rule, n, value in _percentages(world):
        if value >= _LATE:
            summary = f"{value} % is reached when the quota has been used up {int(value) // 100} times"
            yield Found(rule, ("thresholds", n, "value"), summary, "is the decimal point in its place?")


def thresholds_as_fractions(world: World) -> Iterator[Found]:
    """A percentage below one, where a fraction of the quota is meant; and a 1 beside such a one."""
    fractions = {rule.ref for rule, _, value in _percentages(world) if 0 < value < 1}
    for rule, n, value in _percentages(world):
        if 0 < value < 1 or (value == 1 and rule.ref in fractions):
            hundredfold = canon.decimal_text(Decimal(value) * 100)
            summary = f"{value} % of the quota is next to nothing: every customer is reported at once"
            hint = f"write {hundredfold} for {hundredfold} %"
            yield Found(rule, ("thresholds", n, "value"), summary, hint)
