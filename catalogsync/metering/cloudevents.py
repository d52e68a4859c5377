"""CloudEvents as the server takes them: what it refuses is reported, what it stores becomes an `Event`.

Source: the `Event` schema of the v1 API description; instants and duplicates as the server's sink handles them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import SourceRef
from catalogsync.metering.instants import seconds
from catalogsync.metering.json_value import stored_string
from catalogsync.metering.model import Event

_TEXTS = ("id", "source", "specversion", "type", "subject")
_VERSIONS = ("1.0", "0.3")
_LAST_SECOND = 2**32 - 1
"""The event store keeps seconds in 32 bits: until February 2106."""


class NotAnEvent(ValueError):
    """The server refuses it: what is wrong, and what to write."""

    def __init__(self, summary: str, hint: str) -> None:
        super().__init__(summary)
        self.summary, self.hint = summary, hint


def event_of(value: object, where: SourceRef | None, now: int) -> Event:
    """One CloudEvent, or an item of the server's list of events, which holds one as `event`. An event without `time` is of the second
    `now`. Raises NotAnEvent.
    """
    if isinstance(value, Mapping) and "specversion" not in value and isinstance(value.get("event"), Mapping):
        value = value["event"]
    if not isinstance(value, Mapping):
        raise NotAnEvent("this is not a CloudEvent: not a JSON object", "write one event as one object: {…}")
    id_, source, _, type_, subject = (_text(value, name) for name in _TEXTS)
    if value["specversion"] not in _VERSIONS:
        raise NotAnEvent("`specversion` is not a version that the server reads", 'write "specversion": "1.0"')
    if value.get("datacontenttype") not in (None, "application/json"):
        raise NotAnEvent(
            "`datacontenttype` is not application/json", "the server takes JSON data only: leave it out"
        )
    if value.get("data_base64") is not None:
        raise NotAnEvent("`data_base64` is not tried", "write the data as a JSON object in `data`")
    data = value.get("data")
    if data is not None and not isinstance(data, Mapping):
        raise NotAnEvent("`data` is not a JSON object", "the server takes an object or null as data")
    return Event(id_, source, type_, subject, _second(value.get("time"), now), data, where)


def _text(value: Body, name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text:
        state = "missing" if text is None else "empty" if text == "" else "not a text"
        needed = (
            "a CloudEvent needs id, source, specversion, type and subject; the server refuses it otherwise"
        )
        quoted = 'write `"specversion": "1.0"`' if name == "specversion" else f"write {name} in quotes"
        raise NotAnEvent(f"`{name}` is {state}", quoted if state == "not a text" else needed)
    return stored_string(text)


def _second(time: object, now: int) -> int:
    if time is None:
        return now
    try:
        second = seconds(time) if isinstance(time, str) else None
    except ValueError:
        second = None
    if second is None:
        raise NotAnEvent("`time` is not an RFC 3339 instant", 'write it like "2026-01-31T00:00:00Z"')
    if not 0 < second <= _LAST_SECOND:
        raise NotAnEvent(
            "`time` is outside of what the event store keeps", "it keeps instants after 1970 and before 2106"
        )
    return second


class Repeats:
    """Knows the last events by source and id: a server that deduplicates takes each once. Memory is bounded."""

    REMEMBERED = 1_000_000
    """Events; about 200 MB of their ids at the most."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def is_new(self, event: Event) -> bool:
        """Whether no event of this source and id was asked about before."""
        key = (event.source, event.id)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > self.REMEMBERED:
            self._seen.popitem(last=False)
        return True
