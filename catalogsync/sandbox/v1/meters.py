"""Meters in v1.

Source: docs/server/meters.md#meters; recorded area `meters`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain import meters
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.instants import canonical
from catalogsync.sandbox.domain.jsonpaths import Verdict, probe
from catalogsync.sandbox.v1.paging import in_bytes

_MAX_LISTED = 1000


def shown(row: Row, *, as_sent: bool = False) -> Row:
    """A meter as v1 gives it. `as_sent`: the create answer echoes `eventFrom` with its offset and digits (docs/server/meters.md#response)."""
    body: Row = {
        name: row[name]
        for name in ("id", "slug", "name", "aggregation", "eventType", "createdAt", "updatedAt")
    }
    body |= {"metadata": row.get("metadata"), "annotations": row.get("annotations")}
    for name in ("description", "valueProperty", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    if row.get("groupBy"):
        body["groupBy"] = row["groupBy"]
    if row.get("eventFrom"):
        body["eventFrom"] = (
            row["_eventFrom"].replace("+00:00", "Z") if as_sent else canonical(row["eventFrom"])
        )
    return body


def _probe(world: World, body: Mapping[str, Json]) -> None:
    """Tries the paths on the event store; the nil error in the text is the server's (docs/server/meters.md#errors)."""
    paths = [] if body.get("valueProperty") is None else [("", body["valueProperty"])]
    paths += [(f" for {key} group by", value) for key, value in sorted((body.get("groupBy") or {}).items())]
    for where, path in paths:
        verdict = probe(path)
        spliced = "'" in path and verdict is not Verdict.REFUSED and not world.does(Behaviour.QUOTED_PATHS)
        if verdict is Verdict.BROKEN or spliced:
            raise Problem(500)
        if verdict is Verdict.REFUSED:
            raise Problem(400, f"validation error: invalid JSONPath{where}: %!w(<nil>)")


_KEYS: Mapping[str, str] = {
    "key": "slug",
    "name": "name",
    "aggregation": "aggregation",
    "createdAt": "createdAt",
    "updatedAt": "updatedAt",
}


def list_all(world: World, call: Call) -> Answer:
    """A bare array of the first thousand; page and pageSize are ignored (docs/server/meters.md#list)."""
    deleted = call.query.get("includeDeleted", False)
    field = _KEYS[call.query.get("orderBy", "key")]

    def key(row: Row) -> Json:
        return None if row.get("deletedAt") and not deleted else in_bytes(row[field])

    view = world.store.view(meters.TABLE, f"{field} deleted={deleted}", key)
    if call.query.get("order") == "DESC":
        rows = sorted(view[:], key=lambda row: in_bytes(row[field]), reverse=True)[:_MAX_LISTED]
    else:
        rows = view[:_MAX_LISTED]
    if any(_poisoned(row) for row in rows):
        return Answer(200, EMPTY)
    return Answer(200, [shown(row) for row in rows])


def _poisoned(row: Row) -> bool:
    """An `eventFrom` past the year 9999 in UTC cannot be written out again (docs/server/meters.md#errors, last rows)."""
    if not row.get("eventFrom"):
        return False
    try:
        canonical(row["eventFrom"])
    except OverflowError:
        return True
    return False


def get(world: World, call: Call) -> Answer:
    row = meters.found(world, call.path["meterIdOrSlug"])
    return Answer(200, EMPTY) if _poisoned(row) else Answer(200, shown(row))


def post(world: World, call: Call) -> Answer:
    _probe(world, call.body)
    wish = {**call.body, "groupBy": call.body.get("groupBy") or {}}
    return Answer(200, shown(meters.create(world, wish), as_sent=True))


def put(world: World, call: Call) -> Answer:
    row = meters.found(world, call.path["meterIdOrSlug"])
    body = call.body
    _probe(world, {"groupBy": body.get("groupBy")})
    wish = {
        "name": body.get("name", row["slug"]),
        "groupBy": body.get("groupBy", {}),
        "metadata": body.get("metadata"),
    }
    if "description" in body:
        wish["description"] = body["description"]
    changed = meters.update(world, row["id"], wish)
    if _poisoned(changed):
        world.store.commit()  # the row is stored before the answer fails to be written
        raise Problem(500)
    return Answer(200, shown(changed))


def delete(world: World, call: Call) -> Answer:
    if _poisoned(meters.found(world, call.path["meterIdOrSlug"])):
        raise Problem(500)
    meters.delete(world, call.path["meterIdOrSlug"])
    return Answer(204, EMPTY)
