"""What published versions offer, kept from one plan to the next, so that a plan asks only for what may have changed. Pure.

The server refuses every change of what a published version offers, but for one that it began to carry out before the version was published
(docs/adr/0008): what was read an hour later stays. It is kept by the version's id, with the instants that its list shows.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from catalogsync.core import canon
from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.model import LiveAssignment, LiveResource

SETTLED = datetime.timedelta(hours=1)
"""How long after its publication what a version offers is read again each time."""
LONGEST = datetime.timedelta(days=7)
"""How long anything is kept. What no rule of the server explains (a database that was changed by hand) is found at the latest then."""
MOST = 50_000
"""How many versions are kept at most."""
_SHOWN = ("fromPlanPhase", "maxQuantity", "metadata")
"""What of an assignment a plan compares."""


class _Offered(NamedTuple):
    """`stamp`: the version's instants as its list shows them."""

    stamp: str
    assignments: tuple[LiveAssignment, ...]


class Offers:
    """What the versions of one server offer, as far as it is known. Used by the threads of one read.

    `server`: which server it is, and which release; `since`: when the oldest part was read; `now`: when this read began.
    """

    def __init__(
        self,
        server: str,
        now: datetime.datetime,
        since: datetime.datetime | None = None,
        known: Mapping[str, _Offered] | None = None,
    ) -> None:
        self._server, self._now, self._since = server, now, since or now
        self._known = known or {}
        self._met: dict[str, _Offered] = {}

    @property
    def used(self) -> int:
        """How many versions were not asked for. Several threads read, so they are not counted one by one."""
        return sum(self._known.get(id_) is one for id_, one in self._met.items())

    @property
    def since(self) -> datetime.datetime:
        """When the oldest part of what is used was read."""
        return self._since

    @property
    def is_new(self) -> bool:
        """Whether something else is to be kept than what was."""
        return self._met != self._known

    def of(self, version: LiveResource) -> tuple[LiveAssignment, ...] | None:
        """What a version offers; None where it has to be asked for."""
        found = self._known.get(version.id)
        if version.status != "active" or found is None or found.stamp != _stamp(version):
            return None
        self._met[version.id] = found
        return found.assignments

    def learn(self, version: LiveResource, assignments: Sequence[LiveAssignment]) -> None:
        """Takes in what was read."""
        if self._is_settled(version) and len(self._met) < MOST:
            self._met[version.id] = _Offered(_stamp(version), tuple(map(_compared, assignments)))

    def _is_settled(self, version: LiveResource) -> bool:
        began = version.body.get("effectiveFrom")
        if version.status != "active" or not isinstance(began, str):
            return False
        try:
            return self._now - datetime.datetime.fromisoformat(began) >= SETTLED
        except (ValueError, TypeError):
            return False

    def to_bytes(self) -> bytes:
        """What to keep: of the versions that were met alone."""
        content = {
            "server": self._server,
            "since": (self._since if self.used else self._now).isoformat(),
            "versions": {
                id_: [one.stamp, [_row(a) for a in one.assignments]] for id_, one in self._met.items()
            },
        }
        return (canon.dumps({"digest": canon.fingerprint(content), "offers": content}) + "\n").encode()

    @classmethod
    def of_bytes(cls, data: bytes, server: str, now: datetime.datetime) -> Offers:
        """What was kept; nothing where it is of another server or release, too old, or damaged."""
        try:
            since, known = _parsed(data, server)
            if datetime.timedelta() <= now - since < LONGEST:
                return cls(server, now, since, known)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            pass
        return cls(server, now)


def _stamp(version: LiveResource) -> str:
    return f"{version.body.get('effectiveFrom')} {version.body.get('updatedAt')}"


def _compared(one: LiveAssignment) -> LiveAssignment:
    shown = {name: one.body[name] for name in _SHOWN if one.body.get(name) is not None}
    return LiveAssignment(one.addon_key, one.addon_id, one.addon_version, shown)


def _row(one: LiveAssignment) -> Json:
    return [one.addon_key, one.addon_id, one.addon_version, one.body]


def _parsed(data: bytes, server: str) -> tuple[datetime.datetime, dict[str, _Offered]]:
    """When it was read, and the versions. Raises ValueError and its like for anything but what `to_bytes` wrote for this server."""
    whole = _object(canon.loads(data))
    content = _object(whole["offers"])
    if whole["digest"] != canon.fingerprint(content) or content["server"] != server:
        raise ValueError("damaged, or of another server")
    since = datetime.datetime.fromisoformat(_text(content["since"]))
    return since, {id_: _offered(one) for id_, one in _object(content["versions"]).items()}


def _offered(value: Json) -> _Offered:
    stamp, rows = _list(value)
    return _Offered(_text(stamp), tuple(_assignment(*_list(row)) for row in _list(rows)))


def _assignment(key: Json, id_: Json, version: Json, body: Json) -> LiveAssignment:
    if not isinstance(version, int):
        raise TypeError("a version that is not a number")
    return LiveAssignment(_text(key), _text(id_), version, _object(body))


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _list(value: Json) -> Sequence[Json]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
