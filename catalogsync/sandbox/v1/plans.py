"""Plans in v1: versions of a key from draft to archived.

Source: docs/server/plans.md#plans; recorded areas `planlife`, `plancontent`.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain import plans, versions
from catalogsync.sandbox.domain.cards import Uncastable, period
from catalogsync.sandbox.domain.catalog_lookup import PLANS
from catalogsync.sandbox.domain.content_rules import (
    only_critical,
    phases_issues,
)
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Row, World
from catalogsync.sandbox.domain.currencies import is_fiat
from catalogsync.sandbox.domain.issues import refuse
from catalogsync.sandbox.domain.issues import shown as shown_issues
from catalogsync.sandbox.v1.cards import MissingPeriod, read_card, shown_card
from catalogsync.sandbox.v1.paging import key_version_matches, listed, versions_asked


def shown(world: World, row: Row) -> Row:
    """A plan version as v1 gives it (docs/server/plans.md#response). Raises the coded Problem of one that v1 cannot show."""
    versions.refuse_hidden(plans.hidden(row), plans.WHAT)
    body: Row = {
        name: row[name]
        for name in (
            "id", "key", "version", "name", "currency", "billingCadence", "proRatingConfig", "settlementMode", "createdAt", "updatedAt",
        )
    }  # fmt: skip
    if "PlanCreate.settlementMode" in world.lacks:
        del body["settlementMode"]
    body["status"] = versions.status(world, row)
    body["phases"] = [_shown_phase(phase) for phase in row["phases"]]
    body["validationErrors"] = shown_issues(plans.issues_of(world, row))
    for name in ("description", "metadata", "effectiveFrom", "effectiveTo", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def _shown_phase(phase: Row) -> Row:
    body: Row = {name: phase[name] for name in ("key", "name", "duration")}
    if phase.get("description") is not None:
        body["description"] = phase["description"]
    if phase.get("metadata"):
        body["metadata"] = phase["metadata"]
    body["rateCards"] = [shown_card(card) for card in phase["rateCards"]]
    return body


def read_phases(sent: list[Row]) -> list[Row]:
    """Phases in stored form. Raises Uncastable: durations first, as the server casts phase by phase."""
    phases = []
    for phase in sent:
        read: Row = {"key": phase["key"], "name": phase["name"]}
        for name in ("description", "metadata"):
            if phase.get(name) is not None:
                read[name] = phase[name]
        duration = phase["duration"]
        if duration is not None:
            try:
                duration = period(duration)
            except Uncastable as fault:
                raise _BadPhaseDuration(f"invalid duration: failed to cast to period: {fault}") from None
        read["duration"] = duration
        read["rateCards"] = [read_card(card) for card in phase["rateCards"]]
        phases.append(read)
    return phases


class _BadPhaseDuration(Uncastable):
    """A phase's duration that is none: the one cast that PUT classifies."""


def post(world: World, call: Call) -> Answer:
    body = call.body
    lead = "validation error: failed to create plan request: "
    if not is_fiat(world, body["currency"]):
        raise Problem(400, f"{lead}invalid CurrencyCode: invalid fiat currency code: {body['currency']}")
    try:
        cadence = period(body["billingCadence"])
    except Uncastable as fault:
        raise Problem(400, f"{lead}invalid BillingCadence: {fault}") from None
    try:
        phases = read_phases(body["phases"])
    except _BadPhaseDuration as fault:
        raise Problem(400, f"{lead}failed to cast PlanPhase: validation error: {fault}") from None
    except Uncastable as fault:
        raise Problem(400, f"{lead}failed to cast PlanPhase: {fault}") from None
    wish: Row = {
        "key": body["key"],
        "name": body["name"],
        "currency": body["currency"],
        "billingCadence": cadence,
    }
    for name in ("description", "metadata", "proRatingConfig"):
        if body.get(name) is not None:
            wish[name] = body[name]
    if body.get("settlementMode"):
        wish["settlementMode"] = body["settlementMode"]
    _refuse_too_many(phases)
    return Answer(201, shown(world, plans.create(world, {**wish, "phases": phases})))


def _refuse_too_many(phases: list[Row]) -> None:
    if len(phases) > 256:
        refuse(plans.WHAT, only_critical(list(phases_issues(phases))))
        raise Problem(500)


def put(world: World, call: Call) -> Answer:
    body, id_ = call.body, call.path["planId"]
    wish: Row = {"name": body["name"], "proRatingConfig": body.get("proRatingConfig") or plans.PRORATED}
    for name in ("description", "metadata", "settlementMode"):
        if body.get(name) is not None:
            wish[name] = body[name]
    try:
        if body["billingCadence"]:
            wish["billingCadence"] = period(body["billingCadence"])
    except Uncastable as fault:
        raise Problem(400, f"validation error: invalid billingCadence: {fault}") from None
    try:
        wish["phases"] = read_phases(body["phases"])
    except _BadPhaseDuration as fault:
        raise Problem(400, f"validation error: {fault}") from None
    except MissingPeriod as fault:
        raise Problem(400, "validation error: missing" + str(fault).rpartition("missing")[2]) from None
    except Uncastable:
        raise Problem(500) from None
    _refuse_too_many(wish["phases"])
    return Answer(200, shown(world, plans.update(world, id_, wish, v1=True)))


def get(world: World, call: Call) -> Answer:
    latest = call.query.get("includeLatest", False)
    return Answer(
        200, shown(world, versions.find(world, PLANS, call.path["planId"], latest=latest, what=plans.WHAT))
    )


def list_all(world: World, call: Call) -> Answer:
    """id, key, keyVersion and currency are OR-ed with each other, status is AND-ed (docs/server/plans.md#list); hidden versions are left out."""
    query = call.query
    rows = versions_asked(world, PLANS, query, lambda row: plans.hidden(row) is None)
    if any(query.get(name) for name in ("id", "key", "currency", "keyVersion")):
        rows = [row for row in rows[:] if _named(row, query)]
    if states := query.get("status"):
        rows = [row for row in rows[:] if versions.status(world, row) in states]
    return Answer(200, listed(query, rows, lambda row: shown(world, row)))


def _named(row: Row, query: Mapping[str, Json]) -> bool:
    if any(row[name] in query.get(name, ()) for name in ("id", "key", "currency")):
        return True
    return key_version_matches(row, query.get("keyVersion"))


def publish(world: World, call: Call) -> Answer:
    row = plans.found(world, call.path["planId"])
    versions.refuse_hidden(plans.hidden(row), plans.WHAT)
    before = versions.active_of(world, PLANS, row["key"])
    if before is not None and versions.status(world, row) == "draft" and not row.get("deletedAt"):
        versions.refuse_hidden(plans.hidden(before), plans.WHAT)
    return Answer(200, shown(world, plans.publish(world, row["id"])))


def archive(world: World, call: Call) -> Answer:
    versions.refuse_hidden(plans.hidden(plans.found(world, call.path["planId"])), plans.WHAT)
    return Answer(200, shown(world, plans.archive(world, call.path["planId"])))


def delete(world: World, call: Call) -> Answer:
    plans.delete(world, call.path["planId"])
    return Answer(204, EMPTY)


def next_version(world: World, call: Call) -> Answer:
    return Answer(200, shown(world, plans.copy_to_draft(world, call.path["planIdOrKey"])))
