"""What goes into a trial and what comes out of it. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalogsync.core.canon import Body, JsonObject
from catalogsync.core.diagnostics import SourceRef
from catalogsync.metering.instants import seconds


@dataclass(frozen=True, slots=True)
class MeterDefinition:
    """What of a meter decides what it counts.

    `value_path` is empty for COUNT; `group_by` holds (name, JSON path) in the order of the names; `event_from` is in whole seconds since
    1970, as the server compares it.
    """

    slug: str
    aggregation: str
    event_type: str
    value_path: str = ""
    group_by: tuple[tuple[str, str], ...] = ()
    event_from: int | None = None

    @classmethod
    def from_body(cls, body: JsonObject) -> MeterDefinition:
        """The definition in a meter's manifest or in the server's answer, both of which were checked before."""
        group_by = body.get("groupBy") or {}
        assert isinstance(group_by, Mapping)
        since = body.get("eventFrom")
        return cls(
            str(body["slug"]),
            str(body["aggregation"]),
            str(body["eventType"]),
            str(body.get("valueProperty") or ""),
            tuple(sorted((name, str(path)) for name, path in group_by.items())),
            seconds(str(since)) if since is not None else None,
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the server stores it: `time` in whole seconds since 1970, `data` the parsed JSON object or None.

    `where` is its place in a file; None for an event that was read from a server.
    """

    id: str
    source: str
    type: str
    subject: str
    time: int
    data: Body | None
    where: SourceRef | None = None


class Problem(StrEnum):
    """What is to be said of a value that an event carries, or does not carry."""

    MISSING = "missing"
    """The path finds nothing."""
    NULL = "null"
    """The path finds null, or the text `null`, which the server takes for it."""
    NOT_SCALAR = "not_scalar"
    """The path finds objects or lists only, which the server reads as nothing."""
    NOT_A_NUMBER = "not_a_number"
    """The value is not a number, or not a finite one."""
    NEGATIVE = "negative"
    """A number below 0: the server takes it, and a sum becomes smaller."""


@dataclass(frozen=True, slots=True)
class Example:
    """An event with a problem: its id, its place (None when it came from a server), and the JSON that is there, cut to a line."""

    event_id: str
    where: SourceRef | None
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one property (`valueProperty`, `groupBy.NAME`): in how many events, and the first three of them."""

    problem: Problem
    property: str
    path: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One combination of dimensions, in the order of the definition: what the server's query answers for it, and of how many events.

    `value` is None where no event of the group has a value: the server shows no row.
    """

    key: tuple[str, ...]
    value: float | None
    events: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class MeterTrial:
    """What one meter would have counted.

    `read` events were looked at; `other_type` of them are of other types, `before_event_from` lie before the meter begins, `matched` count.
    `total` is the answer of a query without groupBy (None: no row), `groups` those of a query by all dimensions, sorted by key. A value
    that is not `exact` depends on the order in which the server keeps the events: the last digits of a sum of doubles, or which of several
    values of the last second is the latest. `groups_left_out` counts events whose groups are beyond the limit of a trial; the total holds
    them.
    """

    meter: MeterDefinition
    read: int
    other_type: int
    before_event_from: int
    matched: int
    total: float | None
    groups: tuple[Group, ...]
    findings: tuple[Finding, ...]
    exact: bool = True
    groups_left_out: int = 0
