"""The room of notification events: none ever happen here, since no usage is metered; sending a rule's test event is not emulated."""

from __future__ import annotations

from catalogsync.sandbox import channels
from catalogsync.sandbox.core import Answer, Call, Route, World
from catalogsync.sandbox.paging import envelope, page_of


def _list(world: World, call: Call) -> Answer:
    return Answer(200, envelope([], page_of(call.query), 0))


def _get(world: World, call: Call) -> Answer:
    raise channels.not_found(call.path["eventId"])


_ALL = "/api/v1/notification/events"

ROUTES = (Route("GET", _ALL, _list), Route("GET", _ALL + "/{eventId}", _get))
